"""Owns the ledger in the database: rows are added, the head moves with them; keys and paper copies. Never signs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.sqlite import insert

from app.domain.fiscal import GENESIS, LedgerHead, LedgerRow, Series
from app.domain.money import Money
from app.storage.fiscal_tables import document_copy, fiscal_key, ledger, ledger_head
from app.storage.session import Row, Session
from app.storage.values import time_of, time_text

if TYPE_CHECKING:
    from app.domain.ledger_check import ChainEnd, RawKey, RawRow

PAGE = 500

_HEAD = select(
    ledger_head.c.number,
    ledger_head.c.hash,
    ledger_head.c.signature,
    ledger_head.c.perpetual_minor,
    ledger_head.c.perpetual_absolute_minor,
    ledger_head.c.trading_day,
    ledger_head.c.happened_at,
).where(ledger_head.c.till_letter == bindparam("till_letter"), ledger_head.c.series == bindparam("series"))
_INSERT_HEAD = insert(ledger_head)
_MOVE_HEAD = _INSERT_HEAD.on_conflict_do_update(
    index_elements=[ledger_head.c.till_letter, ledger_head.c.series],
    set_={c.name: _INSERT_HEAD.excluded[c.name] for c in ledger_head.c if c.name not in ("till_letter", "series")},
)
_INSERT_ROW = insert(ledger).values({c.name: bindparam(c.name) for c in ledger.c if c.name != "row_id"})
_COLUMNS = tuple(column for column in ledger.c if column.name != "row_id")
_ROW_OF = select(*_COLUMNS).where(ledger.c.record_id == bindparam("record_id"))
_ROWS = (
    select(*_COLUMNS)
    .where(
        ledger.c.till_letter == bindparam("till_letter"),
        ledger.c.series == bindparam("series"),
        ledger.c.number >= bindparam("first"),
        ledger.c.number <= bindparam("last"),
    )
    .order_by(ledger.c.number)
    .limit(PAGE)
)
_KEY = select(fiscal_key.c.key_id).where(fiscal_key.c.key_id == bindparam("key_id"))
_ANY_KEY = select(fiscal_key.c.key_id).limit(1)
_INSERT_KEY = insert(fiscal_key)
_COPIES = select(func.count()).where(document_copy.c.document_id == bindparam("document_id"))
_INSERT_COPY = insert(document_copy)


class LedgerRows:
    """Implements `fiscal_ports.Ledger`. `known_keys` outlives the transaction: a key that was there stays there."""

    def __init__(self, session: Session, known_keys: set[str]) -> None:
        self._session = session
        self._known_keys = known_keys
        self._added_key = ""

    def head(self, till_letter: str, series: Series) -> LedgerHead:
        return load_head(self._session, till_letter, series)

    def append(self, row: LedgerRow) -> None:
        self._session.run(
            _INSERT_ROW,
            till_letter=row.till_letter,
            series=row.series.value,
            number=row.number,
            kind=row.kind,
            record_id=row.record_id,
            happened_at=time_text(row.happened_at),
            trading_day=row.trading_day.isoformat(),
            canonical=row.canonical,
            hash=row.hash,
            signature=row.signature,
            key_id=row.key_id,
        )
        self._move_head(row.till_letter, row.series, row.head, row.happened_at, row.trading_day)

    def row_of(self, record_id: str) -> LedgerRow | None:
        row = self._session.one(_ROW_OF, record_id=record_id)
        return ledger_row_of(row) if row is not None else None

    def rows(self, till_letter: str, series: Series, first: int, last: int) -> Iterator[LedgerRow]:
        return load_rows(self._session, till_letter, series, first, last)

    def ends(self) -> Sequence[ChainEnd]:
        from app.storage.ledger_ends_reads import load_ends  # for checks alone: kept off the start path

        return load_ends(self._session)

    def row_at(self, till_letter: str, series: str, number: int) -> RawRow | None:
        from app.storage.ledger_ends_reads import load_row  # for checks alone: kept off the start path

        return load_row(self._session, till_letter, series, number)

    def turning_events(self, till_letter: str) -> Sequence[RawRow]:
        from app.storage.ledger_ends_reads import load_turning_events  # for checks alone: kept off the start path

        return load_turning_events(self._session, till_letter)

    def keys(self) -> Sequence[RawKey]:
        from app.storage.ledger_ends_reads import load_keys  # for checks alone: kept off the start path

        return load_keys(self._session)

    def knows_key(self, key_id: str) -> bool:
        if key_id in self._known_keys:
            return True
        known = self._session.one(_KEY, key_id=key_id) is not None
        if known and key_id != self._added_key:  # what this transaction adds may be rolled back
            self._known_keys.add(key_id)
        return known

    def knows_any_key(self) -> bool:
        return self._session.one(_ANY_KEY) is not None

    def add_key(self, key_id: str, public_pem: str, created_at: datetime) -> None:
        self._added_key = key_id
        self._session.run(_INSERT_KEY, key_id=key_id, public_pem=public_pem, created_at=time_text(created_at))

    def set_head(self, till_letter: str, series: Series, head: LedgerHead) -> None:
        if head.happened_at is None or head.trading_day is None:
            raise ValueError("a chain's end without its moment")
        self._move_head(till_letter, series, head, head.happened_at, head.trading_day)

    def _move_head(self, till_letter: str, series: Series, head: LedgerHead, at: datetime, day: date) -> None:
        self._session.run(
            _MOVE_HEAD,
            till_letter=till_letter,
            series=series.value,
            number=head.number,
            hash=head.hash,
            signature=head.signature,
            perpetual_minor=head.perpetual.minor,
            perpetual_absolute_minor=head.perpetual_absolute.minor,
            trading_day=day.isoformat(),
            happened_at=time_text(at),
        )


class CopyRows:
    """Implements `fiscal_ports.Copies`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def count(self, document_id: str) -> int:
        return int(self._session.value(_COPIES, document_id=document_id))

    def add(self, document_id: str, copy_no: int, kind: str, made_at: datetime, operator: str) -> None:
        self._session.run(
            _INSERT_COPY,
            document_id=document_id,
            copy_no=copy_no,
            kind=kind,
            made_at=time_text(made_at),
            operator=operator,
        )


def load_head(session: Session, till_letter: str, series: Series) -> LedgerHead:
    """The end of a chain as `ledger_head` says."""
    row = session.one(_HEAD, till_letter=till_letter, series=series.value)
    if row is None:
        return GENESIS
    return LedgerHead(
        number=row[0],
        hash=row[1],
        signature=row[2],
        perpetual=Money(row[3]),
        perpetual_absolute=Money(row[4]),
        trading_day=date.fromisoformat(row[5]),
        happened_at=time_of(row[6]),
    )


def load_rows(session: Session, till_letter: str, series: Series, first: int, last: int) -> Iterator[LedgerRow]:
    """Rows of a chain in order, a page at a time."""
    while first <= last:
        page = session.rows(_ROWS, till_letter=till_letter, series=series.value, first=first, last=last)
        if not page:
            return
        yield from (ledger_row_of(row) for row in page)
        first = int(page[-1][2]) + 1


def ledger_row_of(row: Row) -> LedgerRow:
    """A row as stored; its perpetual totals are inside its canonical bytes."""
    return LedgerRow(
        till_letter=row[0],
        series=Series(row[1]),
        number=row[2],
        kind=row[3],
        record_id=row[4],
        happened_at=time_of(row[5]),
        trading_day=date.fromisoformat(row[6]),
        canonical=row[7],
        hash=row[8],
        signature=row[9],
        key_id=row[10],
    )
