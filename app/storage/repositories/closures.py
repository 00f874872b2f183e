"""Owns closures in the database: rows are added, never changed, and read from their sealed bytes. Never adds up
documents."""

from __future__ import annotations

from datetime import date

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.sqlite import insert

from app.domain.canonical import content_of
from app.domain.closure import Closure, ClosureKind, closure_of
from app.domain.fiscal import Series
from app.domain.money import Money
from app.storage.fiscal_tables import closure, ledger, ledger_head
from app.storage.session import Session, values_of
from app.storage.values import time_text
from app.usecases.closing_ports import OpenDay

_INSERT = insert(closure)
_OF_KIND = select(closure.c.body).where(
    closure.c.till_letter == bindparam("till_letter"), closure.c.kind == bindparam("kind")
)
_BY_ID = select(closure.c.body).where(closure.c.closure_id == bindparam("closure_id"))
LAST = _OF_KIND.order_by(closure.c.number.desc()).limit(1)
# a handful of rows back at most: months and years stand between days
BETWEEN = _OF_KIND.where(closure.c.period >= bindparam("first"), closure.c.period <= bindparam("last")).order_by(
    closure.c.period, closure.c.rank
)
LETTERS = (
    select(ledger_head.c.till_letter)
    .distinct()
    .where(ledger_head.c.series.in_(values_of((Series.SALES.value, Series.EVENTS.value))))
    .order_by(ledger_head.c.till_letter)
)
TURNOVER = select(func.coalesce(func.sum(closure.c.turnover_minor), 0)).where(
    closure.c.till_letter == bindparam("till_letter"),
    closure.c.kind == ClosureKind.DAY.value,
    closure.c.period >= bindparam("first"),
    closure.c.period <= bindparam("last"),
)
OPEN_DAYS = (
    select(ledger.c.trading_day, func.min(ledger.c.number), func.max(ledger.c.number))
    .where(
        ledger.c.till_letter == bindparam("till_letter"),
        ledger.c.series == Series.SALES.value,
        ledger.c.number > bindparam("after_number"),
    )
    .group_by(ledger.c.trading_day)
    .order_by(ledger.c.trading_day)
)
LAST_EVENT = select(func.coalesce(func.max(ledger.c.number), bindparam("after_event"))).where(
    ledger.c.till_letter == bindparam("till_letter"),
    ledger.c.series == Series.EVENTS.value,
    ledger.c.number > bindparam("after_event"),
    ledger.c.trading_day <= bindparam("day"),
)
EVENT_COUNTS = (
    select(ledger.c.kind, func.count())
    .where(
        ledger.c.till_letter == bindparam("till_letter"),
        ledger.c.series == Series.EVENTS.value,
        ledger.c.number >= bindparam("first"),
        ledger.c.number <= bindparam("last"),
    )
    .group_by(ledger.c.kind)
)


class ClosureRows:
    """Implements `closing_ports.Closures`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, closure: Closure, canonical: bytes) -> None:
        self._session.run(
            _INSERT,
            closure_id=closure.closure_id,
            till_letter=closure.till_letter,
            number=closure.number,
            kind=closure.kind.value,
            period=closure.period,
            rank=closure.rank,
            first_number=closure.first_number,
            last_number=closure.last_number,
            last_event=closure.last_event,
            opened_at=time_text(closure.opened_at),
            closed_at=time_text(closure.closed_at),
            turnover_minor=closure.totals.turnover.minor,
            body=canonical.decode("utf-8"),
        )

    def get(self, closure_id: str) -> Closure | None:
        return load_closure(self._session, closure_id)

    def letters(self) -> list[str]:
        return [row[0] for row in self._session.rows(LETTERS)]

    def last(self, till_letter: str, kind: ClosureKind) -> Closure | None:
        return last_closure(self._session, till_letter, kind)

    def between(self, till_letter: str, kind: ClosureKind, first: str, last: str) -> list[Closure]:
        rows = self._session.rows(BETWEEN, till_letter=till_letter, kind=kind.value, first=first, last=last)
        return [closure_of_text(row[0]) for row in rows]

    def turnover_of_days(self, till_letter: str, first: date, last: date) -> Money:
        bounds = {"first": first.isoformat(), "last": last.isoformat()}
        return Money(int(self._session.value(TURNOVER, till_letter=till_letter, **bounds)))

    def open_days(self, till_letter: str, after_number: int) -> list[OpenDay]:
        rows = self._session.rows(OPEN_DAYS, till_letter=till_letter, after_number=after_number)
        return [OpenDay(date.fromisoformat(row[0]), row[1], row[2]) for row in rows]

    def last_event_of(self, till_letter: str, after_event: int, day: date) -> int:
        return int(
            self._session.value(LAST_EVENT, till_letter=till_letter, after_event=after_event, day=day.isoformat())
        )

    def event_counts(self, till_letter: str, first: int, last: int) -> dict[str, int]:
        return dict(self._session.rows(EVENT_COUNTS, till_letter=till_letter, first=first, last=last))


def load_closure(session: Session, closure_id: str) -> Closure | None:
    row = session.one(_BY_ID, closure_id=closure_id)
    return closure_of_text(row[0]) if row is not None else None


def last_closure(session: Session, till_letter: str, kind: ClosureKind) -> Closure | None:
    row = session.one(LAST, till_letter=till_letter, kind=kind.value)
    return closure_of_text(row[0]) if row is not None else None


def closure_of_text(body: str) -> Closure:
    """A closure from its sealed text."""
    return closure_of(content_of(body.encode("utf-8")))
