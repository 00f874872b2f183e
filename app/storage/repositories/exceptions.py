"""Owns disagreements in the database: opened by an answer, by the marketplace's word or by this till, settled once.

Never decides anything, and never keeps a customer's name with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, literal_column, select, update
from sqlalchemy.dialects.sqlite import insert

from app.domain.disagreements import proposed_answer
from app.domain.facts import FactKind
from app.storage.session import Row, Session
from app.storage.tables import exception, fact
from app.storage.values import canonical_json, optional_time_of, optional_time_text, plain_of, time_of, time_text
from app.usecases.conflicts import kind_of_conflict
from app.usecases.marketplace_port import Disagreement, FactAnswer
from app.usecases.record_fact import exception_subject

_PERSONAL_FIELDS = frozenset({"customer_name", "note", "handed_to"})

_e = exception.c
_COLUMNS = (
    _e.exception_id,
    _e.kind,
    _e.opened_at,
    _e.order_id,
    _e.product_id,
    _e.fact_id,
    _e.reason,
    _e.view,
    _e.settled_at,
    _e.settled_by,
    _e.answer,
    _e.settled_note,
)
_GET = select(*_COLUMNS).where(_e.exception_id == bindparam("exception_id"))
_OPEN_OF_ORDER = (
    select(*_COLUMNS).where(_e.order_id == bindparam("order_id"), _e.settled_at.is_(None)).order_by(_e.exception_id)
)
_INSERT = insert(exception)
_OPEN = _INSERT.on_conflict_do_update(
    index_elements=[_e.exception_id],
    # the answer and the pull tell of the same disagreement in any order: the first view stays, the sentence is added
    set_={"message": case((_e.message == "", _INSERT.excluded.message), else_=_e.message)},
)
_TOLD = _INSERT.on_conflict_do_update(
    index_elements=[_e.exception_id],
    set_={name: _INSERT.excluded[name] for name in ("kind", "order_id", "product_id", "fact_id", "reason")}
    | {
        "proposed_answer": _INSERT.excluded.proposed_answer,
        # of what only this till had opened the marketplace knows the answer alone
        "view": case((_INSERT.excluded.view == "{}", _e.view), else_=_INSERT.excluded.view),
    },
)
_SETTLE = (
    update(exception)
    .where(_e.exception_id == bindparam("of_exception"), _e.settled_at.is_(None))
    .values(
        settled_at=bindparam("at"),
        settled_by=bindparam("by"),
        answer=bindparam("with_answer"),
        settled_note=bindparam("with_note"),
    )
)
_SETTLED_THERE = (
    update(exception)
    .where(_e.exception_id == bindparam("of_exception"))
    .values(
        settled_at=bindparam("at"),
        settled_by=bindparam("by"),
        answer=bindparam("with_answer"),
        settled_note=bindparam("with_note"),
    )
)
ANSWERED_HERE = (
    select(fact.c.till_seq)
    # said as the index is said, so that it is used
    .where(literal_column("fact.kind = 'exception_settled'"), fact.c.subject == bindparam("of_subject"))
    .limit(1)
)


class ExceptionRows:
    """Implements `ports.Exceptions`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, exception_id: str) -> Disagreement | None:
        row = self._session.one(_GET, exception_id=exception_id)
        return disagreement_of(row) if row else None

    def open_of_order(self, order_id: str) -> list[Disagreement]:
        return [disagreement_of(row) for row in self._session.rows(_OPEN_OF_ORDER, order_id=order_id)]

    def open(self, opened: Disagreement, message: str = "") -> None:
        self._session.run(_OPEN, **_row(opened, message))

    def told(self, opened: Disagreement) -> None:
        self._session.run(_TOLD, **_row(opened, ""))
        if opened.settled_at is not None:
            self._session.run(_SETTLED_THERE, **_settlement(opened, opened.settled_at))

    def settle(self, exception_id: str, now: datetime, operator: str, answer: str, note: str) -> bool:
        values = {"at": time_text(now), "by": operator, "with_answer": answer, "with_note": note}
        return self._session.run(_SETTLE, of_exception=exception_id, **values) > 0

    def answered_here(self, exception_id: str) -> bool:
        return self._session.one(ANSWERED_HERE, of_subject=exception_subject(exception_id)) is not None

    def open_for_conflict(
        self, answer: FactAnswer, fact_kind: FactKind, payload: Mapping[str, Any], now: datetime
    ) -> bool:
        """Open what a conflict answered to a fact disagrees on. Whether it was settled already."""
        view = answer.view or {}
        self.open(
            Disagreement(
                exception_id=answer.fact_id,
                kind=kind_of_conflict(fact_kind, answer.reason, view),
                opened_at=now,
                order_id=str(payload.get("order_id", "")),
                product_id=str(payload.get("product_id", "")),
                fact_id=answer.fact_id,
                reason=answer.reason,
                view=view,
            ),
            answer.message,
        )
        known = self.get(answer.fact_id)
        return known is not None and known.settled_at is not None


def _row(opened: Disagreement, message: str) -> dict[str, Any]:
    return {
        "exception_id": opened.exception_id,
        "kind": opened.kind,
        "opened_at": time_text(opened.opened_at),
        "order_id": opened.order_id,
        "message": message,
        "view": canonical_json({key: value for key, value in opened.view.items() if key not in _PERSONAL_FIELDS}),
        "proposed_answer": proposed_answer(opened.kind).value,
        "settled_at": optional_time_text(opened.settled_at),
        "settled_by": opened.settled_by,
        "settled_note": opened.note,
        "product_id": opened.product_id,
        "fact_id": opened.fact_id,
        "answer": opened.answer,
        "reason": opened.reason,
    }


def _settlement(settled: Disagreement, at: datetime) -> dict[str, Any]:
    return {
        "of_exception": settled.exception_id,
        "at": time_text(at),
        "by": settled.settled_by,
        "with_answer": settled.answer,
        "with_note": settled.note,
    }


def disagreement_of(row: Row) -> Disagreement:
    return Disagreement(
        exception_id=row[0],
        kind=row[1],
        opened_at=time_of(row[2]),
        order_id=row[3],
        product_id=row[4],
        fact_id=row[5],
        reason=row[6],
        view=plain_of(row[7]),
        settled_at=optional_time_of(row[8]),
        settled_by=row[9],
        answer=row[10],
        note=row[11],
    )
