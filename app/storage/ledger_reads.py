"""Owns the reading of the ledger for checks: rows as they are, unbelieved. Never writes, never judges."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Executable, bindparam, func, literal_column, select, text

from app.domain.fiscal import Series
from app.domain.ledger_check import ChainEnd, RawHead, RawKey, RawRow
from app.storage import evidence
from app.storage.append_only import sqlite_triggers
from app.storage.fiscal_tables import NEVER_CHANGED, TURNING_EVENTS, fiscal_key, ledger, ledger_head
from app.storage.repositories.till import load_identity
from app.storage.session import Session
from app.usecases.ledger_books import ChainSize, Sealed, TableDifference

_COLUMNS = tuple(ledger.c[name] for name in RawRow._fields)
_CHAIN = (ledger.c.till_letter == bindparam("till_letter"), ledger.c.series == bindparam("series"))
_PAGE = (
    select(*_COLUMNS)
    .where(*_CHAIN, ledger.c.number > bindparam("after"))
    .order_by(ledger.c.number)
    .limit(bindparam("most"))
)
_ROW = select(*_COLUMNS).where(*_CHAIN, ledger.c.number == bindparam("number"))
_LAST_TWO = select(*_COLUMNS).where(*_CHAIN).order_by(ledger.c.number.desc()).limit(2)
_COUNTER = select(*(ledger_head.c[name] for name in RawHead._fields)).where(
    ledger_head.c.till_letter == bindparam("till_letter"), ledger_head.c.series == bindparam("series")
)
_COUNTED = select(ledger_head.c.till_letter, ledger_head.c.series)
_SIZES = select(ledger.c.till_letter, ledger.c.series, func.count()).group_by(ledger.c.till_letter, ledger.c.series)
_TURNING = (
    select(*_COLUMNS).where(ledger.c.till_letter == bindparam("till_letter"), TURNING_EVENTS).order_by(ledger.c.number)
)
_KEYS = select(*(fiscal_key.c[name] for name in RawKey._fields)).order_by(fiscal_key.c.created_at)
_TRIGGERS: Executable = (
    select(literal_column("name"), literal_column("sql"))
    .select_from(text("sqlite_master"))
    .where(literal_column("type") == literal_column("'trigger'"))
)


class StoredBooks:
    """Implements `ledger_books.LedgerBooks`."""

    def __init__(self, reading: Callable[[], AbstractContextManager[Session]]) -> None:
        """Args: reading: gives a session on one moment's view."""
        self._reading = reading

    def ends(self) -> Sequence[ChainEnd]:
        with self._reading() as session:
            return load_ends(session)

    def chains(self) -> Sequence[ChainSize]:
        with self._reading() as session:
            return [ChainSize(*row) for row in session.rows(_SIZES)]

    def page(self, till_letter: Any, series: Any, after: int, most: int) -> Sequence[RawRow]:
        with self._reading() as session:
            rows = session.rows(_PAGE, till_letter=till_letter, series=series, after=after, most=most)
        return list(map(RawRow._make, rows))

    def row_at(self, till_letter: str, series: str, number: int) -> RawRow | None:
        with self._reading() as session:
            return load_row(session, till_letter, series, number)

    def turning_events(self, till_letter: str) -> Sequence[RawRow]:
        with self._reading() as session:
            return load_turning_events(session, till_letter)

    def keys(self) -> Sequence[RawKey]:
        with self._reading() as session:
            return load_keys(session)

    def differences(self, sealed: Sequence[Sealed]) -> Sequence[TableDifference]:
        with self._reading() as session:
            return evidence.differences(session, sealed)

    def orphans(self, most: int) -> Sequence[TableDifference]:
        with self._reading() as session:
            return evidence.orphans(session, most)

    def unsealed_sales(self) -> int:
        with self._reading() as session:
            return evidence.unsealed_sales(session)

    def guards_missing(self) -> Sequence[str]:
        with self._reading() as session:
            there = {name: _plain(sql) for name, sql in session.rows(_TRIGGERS)}
        wanted = {sql.split()[2]: _plain(sql) for sql in sqlite_triggers(NEVER_CHANGED)}
        return [name for name, sql in wanted.items() if there.get(name) != sql]


def load_ends(session: Session) -> list[ChainEnd]:
    """The end of every chain of this till, and of every one that has a counter: a few looks into the index."""
    own = load_identity(session).till_letter
    counted = [(str(letter), str(series)) for letter, series in session.rows(_COUNTED)]
    letters = dict.fromkeys([own, *(letter for letter, _ in counted)])
    chains = dict.fromkeys([*((letter, series.value) for letter in letters for series in Series), *counted])
    ends = [_end(session, letter, series) for letter, series in chains]
    return [end for end in ends if end.last is not None or end.counter is not None]


def _end(session: Session, letter: str, series: str) -> ChainEnd:
    rows = [RawRow._make(row) for row in session.rows(_LAST_TWO, till_letter=letter, series=series)]
    counter = session.one(_COUNTER, till_letter=letter, series=series)
    return ChainEnd(
        till_letter=letter,
        series=series,
        last=rows[0] if rows else None,
        before_last=rows[1] if len(rows) > 1 else None,
        counter=RawHead._make(counter) if counter is not None else None,
    )


def load_row(session: Session, till_letter: str, series: str, number: int) -> RawRow | None:
    row = session.one(_ROW, till_letter=till_letter, series=series, number=number)
    return RawRow._make(row) if row is not None else None


def load_turning_events(session: Session, till_letter: str) -> list[RawRow]:
    return [RawRow._make(row) for row in session.rows(_TURNING, till_letter=till_letter)]


def load_keys(session: Session) -> list[RawKey]:
    return [RawKey._make(row) for row in session.rows(_KEYS)]


def _plain(sql: str) -> str:
    return " ".join(sql.split())
