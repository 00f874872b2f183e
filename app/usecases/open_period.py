"""Reads what is not closed yet, and makes a day's closure of it. Never seals, never writes.

What it costs depends on the documents since the last closure, never on what came before (L1).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from app.domain.canonical import content_of, sale_body
from app.domain.cash import CashMovement, CashTotals, cash_totals
from app.domain.closure import ActivityCounts, ChainHead, Closure, ClosureKind, activity_of, period_of_day
from app.domain.fiscal import GENESIS, LedgerRow, Series, is_broken_link
from app.domain.merchant import FiscalYear, Merchant
from app.domain.money import ZERO, Money
from app.domain.period_totals import PeriodTotals, Tally
from app.usecases.closing_ports import OpenDay
from app.usecases.ports import TillIdentity, UnitOfWork
from app.usecases.seal_row import Place


@dataclass(frozen=True, slots=True)
class Perpetual:
    """Turnover since the first use: sales less refunds, and both together."""

    algebraic: Money = ZERO
    absolute: Money = ZERO


@dataclass(frozen=True, slots=True)
class OpenPeriod:
    """What came after the last day's closure.

    Attributes:
        last: that closure, None before the first.
        days: trading days with documents, in order.
        movements: of the drawer, in order.
    """

    till_letter: str
    last: Closure | None
    days: tuple[OpenDay, ...]
    movements: tuple[CashMovement, ...]

    @property
    def after_number(self) -> int:
        return self.last.documents_up_to if self.last else 0

    @property
    def after_event(self) -> int:
        return self.last.events_up_to if self.last else 0

    @property
    def carried(self) -> Money:
        return self.last.cash.left if self.last else ZERO

    @property
    def perpetual(self) -> Perpetual:
        return Perpetual(self.last.perpetual, self.last.perpetual_absolute) if self.last else Perpetual()

    @property
    def trading_days(self) -> list[date]:
        """Days that need a Z: with documents, or with money moved in the drawer."""
        return sorted({day.day for day in self.days} | {movement.trading_day for movement in self.movements})


def tills_of(uow: UnitOfWork) -> list[TillIdentity]:
    """This till, then the same under the letters it had before it was paired: what it did must be closed too."""
    till = uow.identity()
    former = [letter for letter in uow.closures.letters() if letter != till.till_letter]
    return [till, *(replace(till, till_letter=letter) for letter in former)]


def open_period(uow: UnitOfWork, till_letter: str) -> OpenPeriod:
    letter = till_letter
    last = uow.closures.last(letter, ClosureKind.DAY)
    return OpenPeriod(
        letter,
        last,
        tuple(uow.closures.open_days(letter, last.documents_up_to if last else 0)),
        tuple(uow.cash.after(letter, last.events_up_to if last else 0)),
    )


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the open period: one trading day's, or all of it.

    Attributes:
        numbers, events: first and last, 0 and 0 for none.
        opened_at: of the first document or movement; None if there is neither.
        perpetual: after its last document.
    """

    numbers: tuple[int, int]
    events: tuple[int, int]
    opened_at: datetime | None
    totals: PeriodTotals
    cash: CashTotals
    perpetual: Perpetual


def slice_of(
    uow: UnitOfWork,
    period: OpenPeriod,
    numbers: tuple[int, int],
    events: tuple[int, int],
    carried: Money,
    perpetual: Perpetual,
) -> Slice:
    """Add up the documents and movements of these ranges.

    Args:
        carried, perpetual: as the part before left them.
    """
    tally, opened_at = Tally(), None
    for row, content in _documents(uow, period.till_letter, *numbers, perpetual) if numbers[1] else ():
        opened_at = opened_at or row.happened_at
        tally.add_document(content)
        perpetual = _perpetual_of(content)
    totals = tally.totals()
    movements = [row for row in period.movements if events[0] <= row.event_number <= events[1]]
    starts = [moment for moment in (opened_at, movements[0].happened_at if movements else None) if moment]
    return Slice(
        numbers,
        events,
        min(starts, default=None),
        totals,
        cash_totals(carried, movements, totals.cash),
        perpetual,
    )


def _documents(
    uow: UnitOfWork, till_letter: str, first: int, last: int, before: Perpetual
) -> Iterator[tuple[LedgerRow, Mapping[str, Any]]]:
    """The sealed documents first..last with what they say.

    Bytes that are not those that were sealed are not believed: the tables of sales say then what it was, and what they
    do not know is left out. A shop must be able to close all the same (I7); the check of the ledger names the row.
    """
    previous: LedgerRow | None = None
    for row in uow.ledger.rows(till_letter, Series.SALES, max(first - 1, 1), last):
        if row.number >= first:
            content = content_of(row.canonical) if _is_sound(previous, row) else _said_by_tables(uow, row, before)
            if content is not None:
                yield row, content
                before = _perpetual_of(content)
        previous = row


def _is_sound(previous: LedgerRow | None, row: LedgerRow) -> bool:
    """Whether its bytes are those its digest was made of; where the row before is lost nobody can tell here."""
    if previous is None and row.number > 1:
        return _is_readable(row)
    head = previous.head if previous is not None else GENESIS
    if row.number != head.number + 1:
        return _is_readable(row)
    try:
        return not is_broken_link(head, row)
    except TypeError:  # whoever wrote there put no bytes
        return False


def _is_readable(row: LedgerRow) -> bool:
    try:
        Tally().add_document(content_of(row.canonical))
    except (KeyError, ValueError, TypeError, AttributeError):
        return False
    return True


def _said_by_tables(uow: UnitOfWork, row: LedgerRow, before: Perpetual) -> Mapping[str, Any] | None:
    sale = uow.sales.get(row.record_id)
    if sale is None:
        return None
    after = replace(
        GENESIS,
        perpetual=before.algebraic + sale.turnover,
        perpetual_absolute=before.absolute + sale.turnover_absolute,
    )
    return {**sale_body(sale, after), "kind": sale.kind.value}


def _perpetual_of(content: Mapping[str, Any]) -> Perpetual:
    return Perpetual(Money(content["perpetual"]), Money(content["perpetual_absolute"]))


def activity_in(uow: UnitOfWork, period: OpenPeriod, events: tuple[int, int], *, newest: bool) -> ActivityCounts:
    """Args: newest: the part that reaches to now; training documents and parked baskets are counted with it."""
    counts = uow.closures.event_counts(period.till_letter, *events) if events[1] else {}
    if not newest:
        return activity_of(counts, training=0, parked=0)
    heads = period.last.heads if period.last else ()
    before = next((head.number for head in heads if head.series is Series.TRAINING), 0)
    now = uow.ledger.head(period.till_letter, Series.TRAINING).number
    return activity_of(counts, training=now - before, parked=uow.baskets.count())


def heads_now(uow: UnitOfWork, till_letter: str) -> tuple[ChainHead, ...]:
    """The ends of all chains that have begun."""
    heads = [(series, uow.ledger.head(till_letter, series)) for series in Series]
    return tuple(ChainHead(series, head.number, head.hash) for series, head in heads if head.number)


def events_up_to(first: int, last: int) -> tuple[int, int]:
    """A range of numbers, 0 and 0 if it is empty."""
    return (first, last) if last >= first else (0, 0)


def first_day_of_year(uow: UnitOfWork, till_letter: str, year: FiscalYear) -> date:
    """The fiscal year's first day; after what a closed year took already, where the merchant moved the beginning."""
    last = uow.closures.last(till_letter, ClosureKind.YEAR)
    return max(year.first_day, last.last_day + timedelta(days=1)) if last else year.first_day


def year_to_date(
    uow: UnitOfWork, till_letter: str, merchant: Merchant, day: date, turnover: Money
) -> tuple[date, Money]:
    """First day of the fiscal year, and its turnover up to this closure."""
    first_day = first_day_of_year(uow, till_letter, merchant.fiscal_year_of(day))
    return first_day, uow.closures.turnover_of_days(till_letter, first_day, day) + turnover


def day_closure(
    uow: UnitOfWork,
    period: OpenPeriod,
    place: Place,
    closure_id: str,
    day: date,
    part: Slice,
    operator: str,
    *,
    newest: bool,
) -> Closure:
    """The Z of one trading day, to be sealed at `place`."""
    letter = period.till_letter
    before: Sequence[Closure] = uow.closures.between(letter, ClosureKind.DAY, period_of_day(day), period_of_day(day))
    first_day, to_date = year_to_date(uow, letter, place.merchant, day, part.totals.turnover)
    return Closure(
        closure_id=closure_id,
        till_letter=letter,
        number=place.number,
        kind=ClosureKind.DAY,
        period=period_of_day(day),
        rank=len(before) + 1,
        first_day=day,
        last_day=day,
        opened_at=part.opened_at or place.happened_at,
        closed_at=place.happened_at,
        utc_offset_minutes=place.utc_offset_minutes,
        operator=operator,
        first_number=part.numbers[0],
        last_number=part.numbers[1],
        first_event=part.events[0],
        last_event=part.events[1],
        totals=part.totals,
        cash=part.cash,
        activity=activity_in(uow, period, part.events, newest=newest),
        year_first_day=first_day,
        year_to_date=to_date,
        perpetual=part.perpetual.algebraic,
        perpetual_absolute=part.perpetual.absolute,
        heads=heads_now(uow, letter),
    )
