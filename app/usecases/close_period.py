"""Closes days, months and years, shows the period under way, prints what was closed. Never changes what is closed.

One act, one transaction: the count, its difference and every Z it makes are there together or not at all. Closing needs
no network. Days that were forgotten get their own Z first, and months and years that are over close with the first day
after them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from app.domain.cash import CashCount, CashMovementKind
from app.domain.closure import (
    Closure,
    ClosureKind,
    PeriodReport,
    closure_body,
    joined_parts,
    last_day_of_month,
    period_of_month,
    range_of,
)
from app.domain.fiscal import LedgerHead, Series
from app.domain.merchant import FiscalYear, Merchant, trading_day
from app.domain.money import ZERO, Money
from app.domain.operators import Right
from app.domain.period_totals import check_totals
from app.usecases.allowed import is_allowed
from app.usecases.approve import note_approval
from app.usecases.cash_movement import pieces_of, record_movement
from app.usecases.keep_cash import session_now
from app.usecases.open_period import (
    OpenPeriod,
    Slice,
    activity_in,
    day_closure,
    events_up_to,
    heads_now,
    open_period,
    slice_of,
    year_to_date,
)
from app.usecases.ports import Counter, PrintJob, Touched, UnitOfWork
from app.usecases.print_closure import queue_count_slip, queue_x, queue_z
from app.usecases.seal_row import Place, next_place, seal

DIFFERENCE_LIMIT = Money(10_00)
"""A greater cash difference needs somebody with the right to accept it, unless the shop says otherwise."""
_A_DAY = timedelta(days=1)


class CloseRefusal(StrEnum):
    """Why nothing was closed; worded in `ui/closing_words.py`."""

    NOTHING_TO_CLOSE = "nothing_to_close"
    CLOCK_BEHIND = "clock_behind"
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
    """

    operator: str
    count: CashCount | None = None
    difference_reason: str = ""
    approved_by: str = ""
    next_float: Money | None = None
    print_z: bool = True
    difference_limit: Money = DIFFERENCE_LIMIT


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
    """Nothing was written. `difference` as far as it was computed."""

    reason: CloseRefusal
    difference: Money = ZERO


@dataclass(frozen=True, slots=True)
class DuePeriod:
    """What can be closed now.

    Attributes:
        is_over: its trading days are past: it should have been closed.
        document_count: 0 for months and years.
    """

    kind: ClosureKind
    first_day: date
    last_day: date
    is_over: bool
    document_count: int = 0


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
    """Open days, oldest first, then months and years that are over."""
    with counter.unit_of_work() as uow:
        merchant, period = uow.merchant(), open_period(uow)
        today = _today(counter, merchant)
        counts = {day.day: day.last_number - day.first_number + 1 for day in period.days}
        days = [DuePeriod(ClosureKind.DAY, day, day, day < today, counts.get(day, 0)) for day in period.trading_days]
        months = [group for group in _months_over(uow, period.till_letter, today) if not _days_open(period, group[1])]
        due = [DuePeriod(ClosureKind.MONTH, first, last, True) for first, last, _ in months]
        years = _years_over(uow, period.till_letter, merchant, today)
        due += [
            DuePeriod(ClosureKind.YEAR, year.first_day, year.last_day, True)
            for year in years
            if not _days_open(period, year.last_day)
        ]
    return (*days, *due)


def _report(uow: UnitOfWork, counter: Counter) -> PeriodReport:
    period = open_period(uow)
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
        days = open_period(uow).trading_days
        if not days and request.count is None:
            return CloseRefused(CloseRefusal.NOTHING_TO_CLOSE)
        counted = _count_drawer(uow, counter, request)
        if isinstance(counted, CloseRefused):
            return counted
        closed = _close_days(uow, counter, days or [_today(counter, uow.merchant())], request.operator)
        closed += _close_months(uow, counter, request.operator)
        closed += _close_years(uow, counter, request.operator)
        if request.print_z:
            _print_closures(uow, counter, closed, request)
        uow.commit()
    counter.witness()
    counter.announce(Touched(closures=True, cash=True, print_queue=request.print_z))
    return DayClosed(tuple(closed), counted)


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


def _close_days(uow: UnitOfWork, counter: Counter, days: Sequence[date], operator: str) -> list[Closure]:
    """One Z for each trading day, the oldest first; the newest takes all that was recorded up to now."""
    period = open_period(uow)
    numbers = {day.day: (day.first_number, day.last_number) for day in period.days}
    carried, perpetual, after_event = period.carried, period.perpetual, period.after_event
    closed = []
    for day in days:
        newest = day == days[-1]
        place = next_place(uow, counter, Series.CLOSURES)
        place = replace(place, trading_day=max(place.trading_day, days[-1]))
        last_event = (
            uow.ledger.head(period.till_letter, Series.EVENTS).number
            if newest
            else uow.closures.last_event_of(period.till_letter, after_event, day)
        )
        events = events_up_to(after_event + 1, last_event)
        part = slice_of(uow, period, numbers.get(day, (0, 0)), events, carried, perpetual)
        closure = day_closure(uow, period, place, counter.ids.new(), day, part, operator, newest=newest)
        closed.append(_seal_closure(uow, counter, place, closure))
        carried, perpetual, after_event = part.cash.left, part.perpetual, max(after_event, last_event)
    return closed


# --- months and years ---


def close_month(
    counter: Counter, operator: str, *, print_z: bool = True, approved_by: str = ""
) -> PeriodsClosed | CloseRefused:
    """Close the months that are over, from their days."""
    return _close_longer(counter, operator, ClosureKind.MONTH, print_z=print_z, approved_by=approved_by)


def close_year(
    counter: Counter, operator: str, *, print_z: bool = True, approved_by: str = ""
) -> PeriodsClosed | CloseRefused:
    """Close the fiscal years that are over, from their months, which are closed first if they were not."""
    return _close_longer(counter, operator, ClosureKind.YEAR, print_z=print_z, approved_by=approved_by)


def _close_longer(
    counter: Counter, operator: str, kind: ClosureKind, *, print_z: bool, approved_by: str
) -> PeriodsClosed | CloseRefused:
    with counter.unit_of_work() as uow:
        if not is_allowed(uow, Right.CLOSE_DAY, operator, approved_by):
            return CloseRefused(CloseRefusal.NEEDS_APPROVAL)
        if _clock_is_behind(uow, counter):
            return CloseRefused(CloseRefusal.CLOCK_BEHIND)
        closed = _close_months(uow, counter, operator)
        if kind is ClosureKind.YEAR:
            closed += _close_years(uow, counter, operator)
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
    merchant, period = uow.merchant(), open_period(uow)
    today = _today(counter, merchant)
    begins = merchant.fiscal_year_of(today).first_day if kind is ClosureKind.YEAR else today.replace(day=1)
    forgotten = any(day < begins for day in period.trading_days)
    return CloseRefusal.DAYS_OPEN if forgotten else CloseRefusal.NOT_OVER


def _close_months(uow: UnitOfWork, counter: Counter, operator: str) -> list[Closure]:
    period = open_period(uow)
    closed = []
    for first_day, last_day, days in _months_over(uow, period.till_letter, _today(counter, uow.merchant())):
        if _days_open(period, last_day):
            break
        bounds = (ClosureKind.MONTH, period_of_month(first_day), first_day, last_day)
        closed.append(_close_from_parts(uow, counter, bounds, days, operator))
    return closed


def _close_years(uow: UnitOfWork, counter: Counter, operator: str) -> list[Closure]:
    merchant, period = uow.merchant(), open_period(uow)
    closed = []
    for year in _years_over(uow, period.till_letter, merchant, _today(counter, merchant)):
        if _days_open(period, year.last_day):
            break
        months = _months_of_year(uow, period.till_letter, year)
        bounds = (ClosureKind.YEAR, str(year.first_day.year), year.first_day, year.last_day)
        closed.append(_close_from_parts(uow, counter, bounds, months, operator))
    return closed


def _months_over(uow: UnitOfWork, letter: str, today: date) -> list[tuple[date, date, list[Closure]]]:
    """Months before today's that have day closures and none of their own, with those days."""
    last = uow.closures.last(letter, ClosureKind.MONTH)
    after = (last.last_day + _A_DAY).isoformat() if last else ""
    months: dict[date, list[Closure]] = {}
    for day in uow.closures.between(letter, ClosureKind.DAY, after, today.replace(day=1).isoformat()):
        if day.last_day < today.replace(day=1):
            months.setdefault(day.last_day.replace(day=1), []).append(day)
    return [(first, last_day_of_month(first), months[first]) for first in sorted(months)]


def _years_over(uow: UnitOfWork, letter: str, merchant: Merchant, today: date) -> list[FiscalYear]:
    """Fiscal years before today's that have closed months, or months to close, and no closure of their own."""
    last = uow.closures.last(letter, ClosureKind.YEAR)
    after = period_of_month(last.last_day + _A_DAY) if last else ""
    months = [row.first_day for row in uow.closures.between(letter, ClosureKind.MONTH, after, period_of_month(today))]
    months += [first for first, _, _ in _months_over(uow, letter, today)]
    years = {merchant.fiscal_year_of(month) for month in months}
    return sorted((year for year in years if year.last_day < today), key=lambda year: year.first_day)


def _months_of_year(uow: UnitOfWork, letter: str, year: FiscalYear) -> Sequence[Closure]:
    last = uow.closures.last(letter, ClosureKind.YEAR)
    first = period_of_month(year.first_day)
    if last is not None and last.last_day >= year.first_day:  # the fiscal year was moved: nothing counts twice
        first = period_of_month(last.last_day + _A_DAY)
    return uow.closures.between(letter, ClosureKind.MONTH, first, period_of_month(year.last_day))


def _close_from_parts(
    uow: UnitOfWork,
    counter: Counter,
    bounds: tuple[ClosureKind, str, date, date],
    parts: Sequence[Closure],
    operator: str,
) -> Closure:
    """Seal a month from its days, a year from its months."""
    kind, name, first_day, last_day = bounds
    place = next_place(uow, counter, Series.CLOSURES)
    letter = place.till.till_letter
    totals, cash, activity = joined_parts(parts)
    numbers = range_of((part.first_number, part.last_number) for part in parts)
    events = range_of((part.first_event, part.last_event) for part in parts)
    year_first, to_date = year_to_date(uow, letter, place.merchant, last_day, ZERO)
    closure = Closure(
        closure_id=counter.ids.new(),
        till_letter=letter,
        number=place.number,
        kind=kind,
        period=name,
        rank=len(uow.closures.between(letter, kind, name, name)) + 1,
        first_day=first_day,
        last_day=last_day,
        opened_at=parts[0].opened_at,
        closed_at=place.happened_at,
        utc_offset_minutes=place.utc_offset_minutes,
        operator=operator,
        first_number=numbers[0],
        last_number=numbers[1],
        first_event=events[0],
        last_event=events[1],
        totals=totals,
        cash=cash,
        activity=activity,
        year_first_day=year_first,
        year_to_date=to_date,
        perpetual=parts[-1].perpetual,
        perpetual_absolute=parts[-1].perpetual_absolute,
        heads=heads_now(uow, letter),
        parts=tuple(part.number for part in parts),
    )
    return _seal_closure(uow, counter, place, closure)


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


def _seal_closure(uow: UnitOfWork, counter: Counter, place: Place, closure: Closure) -> Closure:
    check_totals(closure.totals)
    row = seal(
        uow,
        counter,
        place,
        kind=closure.kind,
        record_id=closure.closure_id,
        operator=closure.operator,
        body=closure_body(closure),
    )
    uow.closures.add(closure, row.canonical)
    return closure


def _today(counter: Counter, merchant: Merchant) -> date:
    return trading_day(counter.clock.now(), counter.clock.utc_offset_minutes(), merchant.cutoff_hour)


def _days_open(period: OpenPeriod, last_day: date) -> bool:
    """Whether a day up to this one is not closed yet."""
    return any(day <= last_day for day in period.trading_days)


def _clock_is_behind(uow: UnitOfWork, counter: Counter) -> bool:
    """Whether the clock says a moment before the last document or the last closure (R10)."""
    letter, now = uow.identity().till_letter, counter.clock.now()
    heads: list[LedgerHead] = [uow.ledger.head(letter, series) for series in (Series.SALES, Series.CLOSURES)]
    return any(head.happened_at is not None and now < head.happened_at for head in heads)
