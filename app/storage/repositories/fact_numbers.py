"""Owns the numbers of facts in the database: left out and given anew where another copy of the till has used them.
Never touches what a fact says."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, func, select, update

from app.domain.reconciliation import range_of
from app.storage.outbox import CONFLICTED
from app.storage.reconciliation_tables import fact_range
from app.storage.repositories.numbers import draw_numbers, leave_numbers_out, number_drawn_last
from app.storage.session import Session, Statement, key_binds
from app.storage.tables import fact, outbox

_COUNTER = "fact"
_o = outbox.c
_FACT_AT = select(fact.c.fact_id).where(fact.c.till_seq == bindparam("seq"))
_is_unsent = _o.state != CONFLICTED  # of a conflict the marketplace has kept the fact
_LOWEST = select(func.coalesce(func.min(_o.till_seq), 0)).where(_is_unsent)
_UNSENT = select(_o.till_seq).where(_is_unsent).order_by(_o.till_seq)
_MOVE_FACT = update(fact).where(fact.c.till_seq == bindparam("old")).values(till_seq=bindparam("new"))
_FORGET = delete(fact_range).where(fact_range.c.first_seq == bindparam("of_range"))
_MOVE_QUEUED = update(outbox).where(_o.till_seq == bindparam("old")).values(till_seq=bindparam("new"))


def _numbers(size: int) -> Statement:
    return select(fact.c.fact_id, fact.c.till_seq).where(fact.c.fact_id.in_(key_binds(size)))


class FactNumberRows:
    """Implements `identity_ports.FactNumbers`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def fact_at(self, till_seq: int) -> str:
        row = self._session.one(_FACT_AT, seq=till_seq)
        return str(row[0]) if row else ""

    def last_drawn(self) -> int:
        return number_drawn_last(self._session, _COUNTER)

    def lowest_unsent(self) -> int:
        return int(self._session.value(_LOWEST))

    def leave_out(self, up_to: int) -> None:
        leave_numbers_out(self._session, _COUNTER, up_to)

    def renumber_unsent(self) -> int:
        return self._move([row[0] for row in self._session.rows(_UNSENT)])

    def renumber(self, fact_ids: Sequence[str]) -> None:
        number_of = {row[0]: row[1] for row in self._session.rows_for(_numbers, fact_ids)}
        old = [number_of[fact_id] for fact_id in fact_ids if fact_id in number_of]
        self._move(old)
        self._session.run_many(_FORGET, [{"of_range": first_seq} for first_seq in sorted(set(map(range_of, old)))])

    def _move(self, old: Sequence[int]) -> int:
        if not old:
            return 0
        new = draw_numbers(self._session, _COUNTER, len(old))
        # fact and queue refer to each other by number: until both have moved they may disagree
        self._session.execute_text("PRAGMA defer_foreign_keys = ON")
        moves = [{"old": before, "new": after} for before, after in zip(old, new, strict=True)]
        self._session.run_many(_MOVE_FACT, moves)
        self._session.run_many(_MOVE_QUEUED, moves)
        return len(old)
