"""Owns card attempts in the database: what was asked of the terminal, and what is known of the answer (R28)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, insert, or_, select, update

from app.domain.card import PAID_STATES, UNSURE_STATES, CardAttempt, CardState
from app.domain.money import Money
from app.storage.fiscal_tables import card_attempt
from app.storage.session import Row, Session, values_of
from app.storage.values import time_of, time_text

_c = card_attempt.c
_INSERT = insert(card_attempt)
_CHANGE = (
    update(card_attempt)
    .where(_c.attempt_id == bindparam("of_attempt"))
    .values({name: bindparam(name) for name in ("state", "settled_at", "settled_by", "note", "sale_id")})
)
_ATTEMPT = select(card_attempt).where(_c.attempt_id == bindparam("attempt_id"))
_OPEN = (
    select(card_attempt)
    .where(
        or_(
            _c.state.in_(values_of(sorted(UNSURE_STATES))),
            _c.state.in_(values_of(sorted(PAID_STATES))) & (_c.sale_id == ""),
        )
    )
    .order_by(_c.attempt_id)
)


class CardAttemptRows:
    """Implements `fiscal_ports.CardAttempts`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, attempt: CardAttempt) -> None:
        self._session.run(_INSERT, attempt_id=attempt.attempt_id, **_told_once(attempt), **_changing(attempt))

    def get(self, attempt_id: str) -> CardAttempt | None:
        row = self._session.one(_ATTEMPT, attempt_id=attempt_id)
        return _attempt_of(row) if row else None

    def change(self, attempt: CardAttempt) -> None:
        self._session.run(_CHANGE, of_attempt=attempt.attempt_id, **_changing(attempt))

    def open(self) -> Sequence[CardAttempt]:
        return load_open_attempts(self._session)


def load_open_attempts(session: Session) -> list[CardAttempt]:
    return [_attempt_of(row) for row in session.rows(_OPEN)]


def _told_once(attempt: CardAttempt) -> dict[str, object]:
    return {
        "started_at": time_text(attempt.started_at),
        "amount_minor": attempt.amount.minor,
        "operator": attempt.operator,
    }


def _changing(attempt: CardAttempt) -> dict[str, object]:
    return {
        "state": attempt.state.value,
        "settled_at": time_text(attempt.settled_at) if attempt.settled_at else "",
        "settled_by": attempt.settled_by,
        "note": attempt.note,
        "sale_id": attempt.sale_id,
    }


def _attempt_of(row: Row) -> CardAttempt:
    return CardAttempt(
        attempt_id=row[0],
        started_at=time_of(row[1]),
        amount=Money(row[2]),
        state=CardState(row[3]),
        operator=row[4],
        settled_at=time_of(row[5]) if row[5] else None,
        settled_by=row[6],
        note=row[7],
        sale_id=row[8],
    )
