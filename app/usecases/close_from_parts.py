"""Closes months from their days and fiscal years from their months, in the running transaction. Never commits, never
adds up documents.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from app.domain.closure import (
    Closure,
    ClosureKind,
    closure_body,
    joined_parts,
    last_day_of_month,
    period_of_month,
    range_of,
)
from app.domain.fiscal import Series
from app.domain.merchant import FiscalYear, Merchant, trading_day
from app.domain.money import ZERO
from app.domain.period_totals import check_totals
from app.usecases.open_period import OpenPeriod, first_day_of_year, heads_now, open_period, year_to_date
from app.usecases.ports import Counter, TillIdentity, UnitOfWork
from app.usecases.seal_row import Place, next_place, seal

_A_DAY = timedelta(days=1)


def close_months(uow: UnitOfWork, counter: Counter, till: TillIdentity, operator: str) -> list[Closure]:
    period = open_period(uow, till.till_letter)
    closed = []
    for first_day, last_day, days in months_over(uow, period.till_letter, trading_day_now(counter, uow.merchant())):
        if days_open(period, last_day):
            break
        bounds = (ClosureKind.MONTH, period_of_month(first_day), first_day, last_day)
        closed.append(_close_from_parts(uow, counter, till, bounds, days, operator))
    return closed


def close_years(uow: UnitOfWork, counter: Counter, till: TillIdentity, operator: str) -> list[Closure]:
    merchant, period = uow.merchant(), open_period(uow, till.till_letter)
    closed = []
    for year in years_over(uow, period.till_letter, merchant, trading_day_now(counter, merchant)):
        if days_open(period, year.last_day):
            break
        first_day = first_day_of_year(uow, period.till_letter, year)
        months = uow.closures.between(
            period.till_letter, ClosureKind.MONTH, period_of_month(first_day), period_of_month(year.last_day)
        )
        bounds = (ClosureKind.YEAR, str(year.first_day.year), first_day, year.last_day)
        closed.append(_close_from_parts(uow, counter, till, bounds, months, operator))
    return closed


def months_over(uow: UnitOfWork, letter: str, today: date) -> list[tuple[date, date, list[Closure]]]:
    """Months before today's that have day closures and none of their own, with those days."""
    last = uow.closures.last(letter, ClosureKind.MONTH)
    after = (last.last_day + _A_DAY).isoformat() if last else ""
    months: dict[date, list[Closure]] = {}
    for day in uow.closures.between(letter, ClosureKind.DAY, after, today.replace(day=1).isoformat()):
        if day.last_day < today.replace(day=1):
            months.setdefault(day.last_day.replace(day=1), []).append(day)
    return [(first, last_day_of_month(first), months[first]) for first in sorted(months)]


def years_over(uow: UnitOfWork, letter: str, merchant: Merchant, today: date) -> list[FiscalYear]:
    """Fiscal years before today's that have closed months, or months to close, and no closure of their own."""
    last = uow.closures.last(letter, ClosureKind.YEAR)
    after = period_of_month(last.last_day + _A_DAY) if last else ""
    months = [row.first_day for row in uow.closures.between(letter, ClosureKind.MONTH, after, period_of_month(today))]
    months += [first for first, _, _ in months_over(uow, letter, today)]
    years = {merchant.fiscal_year_of(month) for month in months}
    return sorted((year for year in years if year.last_day < today), key=lambda year: year.first_day)


def _close_from_parts(
    uow: UnitOfWork,
    counter: Counter,
    till: TillIdentity,
    bounds: tuple[ClosureKind, str, date, date],
    parts: Sequence[Closure],
    operator: str,
) -> Closure:
    """Seal a month from its days, a year from its months."""
    kind, name, first_day, last_day = bounds
    place = next_place(uow, counter, Series.CLOSURES, till)
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
    return seal_closure(uow, counter, place, closure)


def seal_closure(uow: UnitOfWork, counter: Counter, place: Place, closure: Closure) -> Closure:
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


def trading_day_now(counter: Counter, merchant: Merchant) -> date:
    return trading_day(counter.clock.now(), counter.clock.utc_offset_minutes(), merchant.cutoff_hour)


def days_open(period: OpenPeriod, last_day: date) -> bool:
    """Whether a day up to this one is not closed yet."""
    return any(day <= last_day for day in period.trading_days)
