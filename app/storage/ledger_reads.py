"""Owns the reading of the ledger for checks: rows as they are, unbelieved. Never writes, never judges."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Executable, bindparam, func, literal_column, select, text

from app.domain.ledger_check import ChainEnd, RawKey, RawRow
from app.storage.append_only import sqlite_triggers
from app.storage.fiscal_tables import NEVER_CHANGED, ledger
from app.storage.ledger_ends_reads import load_ends, load_keys, load_row, load_turning_events
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
_SIZES = select(ledger.c.till_letter, ledger.c.series, func.count()).group_by(ledger.c.till_letter, ledger.c.series)
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
        from app.storage import evidence  # its statements are made when something is verified, not at each start

        with self._reading() as session:
            return evidence.differences(session, sealed)

    def orphans(self, most: int) -> Sequence[TableDifference]:
        from app.storage import evidence  # its statements are made when something is verified, not at each start

        with self._reading() as session:
            return evidence.orphans(session, most)

    def unsealed_sales(self) -> int:
        from app.storage import evidence  # its statements are made when something is verified, not at each start

        with self._reading() as session:
            return evidence.unsealed_sales(session)

    def guards_missing(self) -> Sequence[str]:
        with self._reading() as session:
            there = {name: _plain(sql) for name, sql in session.rows(_TRIGGERS)}
        wanted = {sql.split()[2]: _plain(sql) for sql in sqlite_triggers(NEVER_CHANGED)}
        return [name for name, sql in wanted.items() if there.get(name) != sql]


def _plain(sql: str) -> str:
    return " ".join(sql.split())
