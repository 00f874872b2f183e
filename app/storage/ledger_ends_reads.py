"""Owns the reading of the chains' ends, and of what a check of them must know: in constant time. Never writes, never
judges."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from app.domain.fiscal import Series
from app.domain.ledger_check import ChainEnd, RawHead, RawKey, RawRow
from app.storage.fiscal_tables import TURNING_EVENTS, fiscal_key, ledger, ledger_head
from app.storage.repositories.till import load_identity
from app.storage.session import Session

_COLUMNS = tuple(ledger.c[name] for name in RawRow._fields)
_CHAIN = (ledger.c.till_letter == bindparam("till_letter"), ledger.c.series == bindparam("series"))
_ROW = select(*_COLUMNS).where(*_CHAIN, ledger.c.number == bindparam("number"))
_LAST_TWO = select(*_COLUMNS).where(*_CHAIN).order_by(ledger.c.number.desc()).limit(2)
_COUNTER = select(*(ledger_head.c[name] for name in RawHead._fields)).where(
    ledger_head.c.till_letter == bindparam("till_letter"), ledger_head.c.series == bindparam("series")
)
_COUNTED = select(ledger_head.c.till_letter, ledger_head.c.series)
_TURNING = (
    select(*_COLUMNS).where(ledger.c.till_letter == bindparam("till_letter"), TURNING_EVENTS).order_by(ledger.c.number)
)
_KEYS = select(*(fiscal_key.c[name] for name in RawKey._fields)).order_by(fiscal_key.c.created_at)


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
