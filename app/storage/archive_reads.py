"""Owns the reading of the ledger's past for archives, exports and checks. Never writes, never holds a transaction open:
rows do not change, so page after page is one moment's view all the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date
from itertools import islice

from sqlalchemy import bindparam, desc, select

from app.domain.fiscal import LedgerHead, LedgerRow, Series
from app.storage.fiscal_tables import fiscal_key, ledger, ledger_head
from app.storage.repositories.ledger import PAGE, ledger_row_of, load_head, load_rows
from app.storage.session import Session
from app.storage.values import time_of
from app.usecases.archive_ports import PublicKey

_CHAINS = select(ledger_head.c.till_letter, ledger_head.c.series).order_by(ledger_head.c.till_letter)
_IN_CHAIN = (ledger.c.till_letter == bindparam("till_letter"), ledger.c.series == bindparam("series"))
_COLUMNS = tuple(column for column in ledger.c if column.name != "row_id")
_LAST_BEFORE = (
    select(*_COLUMNS)
    .where(*_IN_CHAIN, ledger.c.number < bindparam("number"))
    .order_by(desc(ledger.c.number))
    .limit(bindparam("count"))
)
_DAY_FROM = (
    select(ledger.c.number, ledger.c.trading_day)
    .where(*_IN_CHAIN, ledger.c.number >= bindparam("number"))
    .order_by(ledger.c.number)
    .limit(bindparam("count"))
)
_KEYS = select(fiscal_key.c.key_id, fiscal_key.c.public_pem, fiscal_key.c.created_at).order_by(
    fiscal_key.c.created_at, fiscal_key.c.key_id
)


class ArchiveReads:
    """The part of `StoreQueries` that answers `archive_ports.LedgerReader`."""

    def _reading(self) -> AbstractContextManager[Session]:
        """A session for one moment's view."""
        raise NotImplementedError

    def ledger_chains(self) -> Sequence[tuple[str, Series]]:
        with self._reading() as session:
            return ledger_chains(session)

    def ledger_head(self, till_letter: str, series: Series) -> LedgerHead:
        with self._reading() as session:
            return load_head(session, till_letter, series)

    def ledger_rows(self, till_letter: str, series: Series, first: int, last: int) -> Iterator[LedgerRow]:
        """A page at a time, each with its own short reading."""
        while first <= last:
            with self._reading() as session:
                page = page_of_rows(session, till_letter, series, first, last)
            if not page:
                return
            yield from page
            first = page[-1].number + 1

    def ledger_last_before(self, till_letter: str, series: Series, number: int) -> LedgerRow | None:
        with self._reading() as session:
            return last_before(session, till_letter, series, number)

    def ledger_first_since(self, till_letter: str, series: Series, day: date) -> int:
        with self._reading() as session:
            return first_since(session, till_letter, series, day)

    def public_keys(self) -> Sequence[PublicKey]:
        with self._reading() as session:
            return public_keys(session)


def ledger_chains(session: Session) -> Sequence[tuple[str, Series]]:
    return [(row[0], Series(row[1])) for row in session.rows(_CHAINS)]


def page_of_rows(session: Session, till_letter: str, series: Series, first: int, last: int) -> Sequence[LedgerRow]:
    """The first of the rows first..last, as many as one statement brings."""
    return list(islice(load_rows(session, till_letter, series, first, last), PAGE))


def last_before(session: Session, till_letter: str, series: Series, number: int) -> LedgerRow | None:
    row = session.one(_LAST_BEFORE, till_letter=till_letter, series=series.value, number=number, count=1)
    return ledger_row_of(row) if row is not None else None


def first_since(session: Session, till_letter: str, series: Series, day: date) -> int:
    """By halves: days never go back within a chain (R10)."""
    low, high = 1, load_head(session, till_letter, series).number + 1
    while low < high:
        middle = (low + high) // 2
        found = session.one(_DAY_FROM, till_letter=till_letter, series=series.value, number=middle, count=1)
        if found is None or found[1] >= day.isoformat():
            high = middle
        else:
            low = int(found[0]) + 1
    return low


def public_keys(session: Session) -> Sequence[PublicKey]:
    return [PublicKey(row[0], row[1], time_of(row[2])) for row in session.rows(_KEYS)]
