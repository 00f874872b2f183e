"""Closes days, months and years, shows the period under way, prints what was closed. Never changes what is closed.

One act, one transaction: the count, its difference and every Z it makes are there together or not at all. Closing needs
no network. Days that were forgotten get their own Z first, and months and years that are over close with the first day
after them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from app.domain.cash import CashCount, CashMovementKind
from app.domain.clock_skew import ClockTold, is_another_day
from app.domain.closure import (
    Closure,
    ClosureKind,
    PeriodReport,
    range_of,
)
from app.domain.fiscal import LedgerHead, Series
from app.domain.money import ZERO, Money
from app.domain.operators import Right
from app.usecases.allowed import is_allowed
from app.usecases.approve import note_approval
from app.usecases.cash_movement import pieces_of, record_movement
from app.usecases.close_from_parts import (
    close_months,
    close_years,
    days_open,
    months_over,
    seal_closure,
    trading_day_now,
    years_over,
)
from app.usecases.keep_cash import session_now
from app.usecases.open_period import (
    OpenPeriod,
    Slice,
    activity_in,
    day_closure,
    events_up_to,
    open_period,
    slice_of,
    tills_of,
)
from app.usecases.ports import Counter, PrintJob, TillIdentity, Touched, UnitOfWork
from app.usecases.print_closure import queue_count_slip, queue_x, queue_z
from app.usecases.seal_row import next_place

DIFFERENCE_LIMIT = Money(10_00)
"""A greater cash difference needs somebody with the right to accept it, unless the shop says otherwise."""


class CloseRefusal(StrEnum):
    """Why nothing was closed; worded in `ui/closing_words.py`."""

    NOTHING_TO_CLOSE = "nothing_to_close"
    CLOCK_BEHIND = "clock_behind"
    ANOTHER_DAY = "another_day"
    DIFFERENCE_NEEDS_REASON = "difference_needs_reason"
    DIFFERENCE_NEEDS_APPROVAL = "difference_needs_approval"
    FLOAT_OVER_CASH = "float_over_cash"
    NOT_OVER = "not_over"
    DAYS_OPEN = "days_open"
    NEEDS_APPROVAL = "needs_approval"


@dataclass(frozen=True, slots=True)
class CloseDayRequest:
    """What the screen or the command asks for.

    Attributes:
        count: of the drawer as it is now; None if it is not counted.
        difference_reason: needed for any difference; approved_by: for one over `difference_limit`.
        next_float: stays in the drawer for tomorrow, the rest is taken out; None: all of it stays.
        date_confirmed: a person says that this computer's date is right, whatever the marketplace said.
    """

    operator: str
    count: CashCount | None = None
    difference_reason: str = ""
    approved_by: str = ""
    next_float: Money | None = None
    print_z: bool = True
    difference_limit: Money = DIFFERENCE_LIMIT
    date_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class DayClosed:
    """What was closed: days, oldest first, then months and years that were due. `difference`: counted less expected."""

    closures: tuple[Closure, ...]
    difference: Money = ZERO


@dataclass(frozen=True, slots=True)
class PeriodsClosed:
    """Months or years, oldest first."""

    closures: tuple[Closure, ...]


@dataclass(frozen=True, slots=True)
class CloseRefused:
    """Nothing was written. `difference` as far as it was computed; `clock_told`: for ANOTHER_DAY, where a person may
    confirm the date."""

    reason: CloseRefusal
    difference: Money = ZERO
    clock_told: ClockTold | None = None


@dataclass(frozen=True, slots=True)
class DuePeriod:
    """What can be closed now.

    Attributes:
        is_over: its trading days are past: it should have been closed.
        document_count: 0 for months and years.
        till_letter: this till's, or one it had before it was paired.
    """

    kind: ClosureKind
    first_day: date
    last_day: date
    is_over: bool
    document_count: int = 0
    till_letter: str = ""


# --- looking ---


def report_x(counter: Counter) -> PeriodReport:
    """The period under way, as it stands; nothing is closed or recorded."""
    with counter.unit_of_work() as uow:
        return _report(uow, counter)


def print_x(counter: Counter, operator: str) -> PrintJob:
    """Queue the period under way for the printer."""
    with counter.unit_of_work() as uow:
        job = queue_x(uow, counter, _report(uow, counter), operator)
        uow.commit()
    counter.announce(Touched(print_queue=True))
    return job


def due_closures(counter: Counter) -> tuple[DuePeriod, ...]:
    """Open days, oldest first, then months and years that are over; under each letter that this till had."""
    with counter.unit_of_work() as uow:
        return tuple(due for till in tills_of(uow) for due in _due_of(uow, counter, till))


def _due_of(uow: UnitOfWork, counter: Counter, till: TillIdentity) -> list[DuePeriod]:
    merchant, period = uow.merchant(), open_period(uow, till.till_letter)
    now = trading_day_now(counter, merchant)
    counts = {day.day: day.last_number - day.first_number + 1 for day in period.days}
    due = [
        DuePeriod(ClosureKind.DAY, day, day, day < now, counts.get(day, 0), till.till_letter)
        for day in period.trading_days
    ]
    over = [(ClosureKind.MONTH, first, last) for first, last, _ in months_over(uow, till.till_letter, now)]
    years = years_over(uow, till.till_letter, merchant, now)
    over += [(ClosureKind.YEAR, year.first_day, year.last_day) for year in years]
    return due + [
        DuePeriod(kind, first, last, True, till_letter=till.till_letter)
        for kind, first, last in over
        if not days_open(period, last)
    ]


def _report(uow: UnitOfWork, counter: Counter) -> PeriodReport:
    period = open_period(uow, uow.identity().till_letter)
    part = _everything_open(uow, period)
    return PeriodReport(
        till_letter=period.till_letter,
        made_at=counter.clock.now(),
        utc_offset_minutes=counter.clock.utc_offset_minutes(),
        since=period.last.closed_at if period.last else None,
        days=tuple(period.trading_days),
        first_number=part.numbers[0],
        last_number=part.numbers[1],
        totals=part.totals,
        cash=part.cash,
        activity=activity_in(uow, period, part.events, newest=True),
        perpetual=part.perpetual.algebraic,
        perpetual_absolute=part.perpetual.absolute,
    )


def _everything_open(uow: UnitOfWork, period: OpenPeriod) -> Slice:
    last_event = uow.ledger.head(period.till_letter, Series.EVENTS).number
    numbers = range_of((day.first_number, day.last_number) for day in period.days)
    events = events_up_to(period.after_event + 1, last_event)
    return slice_of(uow, period, numbers, events, period.carried, period.perpetual)


# --- the day ---


def close_day(counter: Counter, request: CloseDayRequest) -> DayClosed | CloseRefused:
    """Count the drawer, close every open trading day, then the months and years that are over.

    Raises:
        MoneyDoesNotAddUp: the documents do not add up; nothing is closed then.
    """
    with counter.unit_of_work() as uow:
        if not is_allowed(uow, Right.CLOSE_DAY, request.operator, request.approved_by):
            return CloseRefused(CloseRefusal.NEEDS_APPROVAL)
        if _clock_is_behind(uow, counter):
            return CloseRefused(CloseRefusal.CLOCK_BEHIND)
        if not request.date_confirmed and (told := _another_day(uow, counter)) is not None:
            return CloseRefused(CloseRefusal.ANOTHER_DAY, clock_told=told)
        till, *former = tills_of(uow)
        closed = [closure for before in former for closure in _close_all(uow, counter, before, request.operator)]
        # asked before anything is counted: a count of the morning after belongs to the day that was forgotten
        days = open_period(uow, till.till_letter).trading_days
        if not (days or closed or request.count):
            return CloseRefused(CloseRefusal.NOTHING_TO_CLOSE)
        counted = _count_drawer(uow, counter, request)
        if isinstance(counted, CloseRefused):
            return counted
        closed += _close_all(uow, counter, till, request.operator, days)
        if request.print_z:
            _print_closures(uow, counter, closed, request)
        uow.commit()
    counter.witness()
    counter.announce(Touched(closures=True, cash=True, print_queue=request.print_z))
    return DayClosed(tuple(closed), counted)


def _close_all(
    uow: UnitOfWork, counter: Counter, till: TillIdentity, operator: str, days: Sequence[date] = ()
) -> list[Closure]:
    """The open days under one letter, then its months and years that are over."""
    return [
        *_close_days(uow, counter, till, days, operator),
        *close_months(uow, counter, till, operator),
        *close_years(uow, counter, till, operator),
    ]


def _count_drawer(uow: UnitOfWork, counter: Counter, request: CloseDayRequest) -> Money | CloseRefused:
    """Record the count, its difference and what is taken out; the difference, or why it cannot be so."""
    _, session = session_now(uow)
    found = request.count.total if request.count else session.expected
    difference = found - session.expected
    refused = _refusal_of_count(uow, request, found, difference)
    if refused is not None:
        return CloseRefused(refused, difference)
    if request.count is not None:
        details: dict[str, str | int] = {"expected": session.expected.minor, **pieces_of(request.count)}
        record_movement(uow, counter, CashMovementKind.COUNTED, found, request.operator, details=details)
    if difference:
        note_approval(uow, counter, Right.ACCEPT_CASH_DIFFERENCE, request.operator, request.approved_by)
        reason = request.difference_reason.strip()
        record_movement(uow, counter, CashMovementKind.DIFFERENCE, difference, request.operator, reason)
    if request.next_float is not None and request.next_float < found:
        record_movement(uow, counter, CashMovementKind.BANKED, found - request.next_float, request.operator)
    return difference


def _refusal_of_count(
    uow: UnitOfWork, request: CloseDayRequest, found: Money, difference: Money
) -> CloseRefusal | None:
    if difference and not request.difference_reason.strip():
        return CloseRefusal.DIFFERENCE_NEEDS_REASON
    over = abs(difference.minor) > request.difference_limit.minor
    if over and not is_allowed(uow, Right.ACCEPT_CASH_DIFFERENCE, request.operator, request.approved_by):
        return CloseRefusal.DIFFERENCE_NEEDS_APPROVAL
    if request.next_float is not None and not ZERO <= request.next_float <= found:
        return CloseRefusal.FLOAT_OVER_CASH
    return None


def _close_days(
    uow: UnitOfWork, counter: Counter, till: TillIdentity, days: Sequence[date], operator: str
) -> list[Closure]:
    """One Z for each trading day, the oldest first; the newest takes all that was recorded up to now.

    Args:
        days: empty for all that are open.
    """
    period = open_period(uow, till.till_letter)
    days = days or period.trading_days
    numbers = {day.day: (day.first_number, day.last_number) for day in period.days}
    carried, perpetual, after_event = period.carried, period.perpetual, period.after_event
    closed = []
    for day in days:
        newest = day == days[-1]
        place = next_place(uow, counter, Series.CLOSURES, till)
        place = replace(place, trading_day=max(place.trading_day, days[-1]))
        last_event = (
            uow.ledger.head(period.till_letter, Series.EVENTS).number
            if newest
            else uow.closures.last_event_of(period.till_letter, after_event, day)
        )
        events = events_up_to(after_event + 1, last_event)
        part = slice_of(uow, period, numbers.get(day, (0, 0)), events, carried, perpetual)
        closure = day_closure(uow, period, place, counter.ids.new(), day, part, operator, newest=newest)
        closed.append(seal_closure(uow, counter, place, closure))
        carried, perpetual, after_event = part.cash.left, part.perpetual, max(after_event, last_event)
    return closed


# --- months and years ---


def close_month(
    counter: Counter, operator: str, *, print_z: bool = True, approved_by: str = "", date_confirmed: bool = False
) -> PeriodsClosed | CloseRefused:
    """Close the months that are over, from their days."""
    return _close_longer(
        counter, operator, ClosureKind.MONTH, print_z=print_z, approved_by=approved_by, date_confirmed=date_confirmed
    )


def close_year(
    counter: Counter, operator: str, *, print_z: bool = True, approved_by: str = "", date_confirmed: bool = False
) -> PeriodsClosed | CloseRefused:
    """Close the fiscal years that are over, from their months, which are closed first if they were not."""
    return _close_longer(
        counter, operator, ClosureKind.YEAR, print_z=print_z, approved_by=approved_by, date_confirmed=date_confirmed
    )


def _close_longer(
    counter: Counter, operator: str, kind: ClosureKind, *, print_z: bool, approved_by: str, date_confirmed: bool
) -> PeriodsClosed | CloseRefused:
    with counter.unit_of_work() as uow:
        if not is_allowed(uow, Right.CLOSE_DAY, operator, approved_by):
            return CloseRefused(CloseRefusal.NEEDS_APPROVAL)
        if _clock_is_behind(uow, counter):
            return CloseRefused(CloseRefusal.CLOCK_BEHIND)
        if not date_confirmed and (told := _another_day(uow, counter)) is not None:
            return CloseRefused(CloseRefusal.ANOTHER_DAY, clock_told=told)
        closed = []
        for till in tills_of(uow):
            closed += close_months(uow, counter, till, operator)
            if kind is ClosureKind.YEAR:
                closed += close_years(uow, counter, till, operator)
        if not any(closure.kind is kind for closure in closed):
            return CloseRefused(_why_not_over(uow, counter, kind))
        if print_z:
            for closure in closed:
                queue_z(uow, counter, closure, operator)
        uow.commit()
    counter.witness()
    counter.announce(Touched(closures=True, print_queue=print_z))
    return PeriodsClosed(tuple(closed))


def _why_not_over(uow: UnitOfWork, counter: Counter, kind: ClosureKind) -> CloseRefusal:
    merchant = uow.merchant()
    now = trading_day_now(counter, merchant)
    begins = merchant.fiscal_year_of(now).first_day if kind is ClosureKind.YEAR else now.replace(day=1)
    open_ones = [day for till in tills_of(uow) for day in open_period(uow, till.till_letter).trading_days]
    forgotten = any(day < begins for day in open_ones)
    return CloseRefusal.DAYS_OPEN if forgotten else CloseRefusal.NOT_OVER


# --- paper ---


def print_z(counter: Counter, closure_id: str, operator: str) -> PrintJob | None:
    """Queue a Z again, for ever: DUPLICATA n°k from the second paper on. None if unknown."""
    with counter.unit_of_work() as uow:
        closure = uow.closures.get(closure_id)
        if closure is None:
            return None
        job = queue_z(uow, counter, closure, operator)
        uow.commit()
    counter.announce(Touched(print_queue=True))
    return job


def _print_closures(uow: UnitOfWork, counter: Counter, closures: Sequence[Closure], request: CloseDayRequest) -> None:
    for closure in closures:
        queue_z(uow, counter, closure, request.operator)
    if request.count is not None and request.count.pieces:
        newest_day = [closure for closure in closures if closure.kind is ClosureKind.DAY][-1]
        queue_count_slip(uow, counter, newest_day, request.count, request.difference_reason)


# --- what all share ---


def _another_day(uow: UnitOfWork, counter: Counter) -> ClockTold | None:
    """What the marketplace said, if a day closed now might get a date that is not its own: for good (R10)."""
    told = uow.pulled.clock_told()
    return told if is_another_day(counter.clock.now(), told) else None


def _clock_is_behind(uow: UnitOfWork, counter: Counter) -> bool:
    """Whether the clock says a moment before the last document or the last closure (R10)."""
    letter, now = uow.identity().till_letter, counter.clock.now()
    heads: list[LedgerHead] = [uow.ledger.head(letter, series) for series in (Series.SALES, Series.CLOSURES)]
    return any(head.happened_at is not None and now < head.happened_at for head in heads)
