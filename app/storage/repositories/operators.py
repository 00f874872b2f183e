"""Owns operators and tried PINs in the database. Never hashes or compares a PIN, never judges a try."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update

from app.domain.operators import Operator, PinTry, Role
from app.storage.operator_tables import operator, pin_try
from app.storage.session import Row, Session
from app.storage.values import time_of, time_text

_c = operator.c
_COLUMNS = (_c.operator_id, _c.name, _c.role, _c.active)
_ALL = select(*_COLUMNS).order_by(_c.name)
_HASHES = select(_c.operator_id, _c.pin_hash).where(_c.active)
_INSERT = insert(operator)
_CHANGE = (
    update(operator)
    .where(_c.operator_id == bindparam("of_operator"))
    .values(name=bindparam("new_name"), role=bindparam("new_role"), active=bindparam("is_active"))
)
_SET_PIN = update(operator).where(_c.operator_id == bindparam("of_operator")).values(pin_hash=bindparam("new_hash"))
_TRIES = select(pin_try.c.at, pin_try.c.role).order_by(pin_try.c.row_id)
_ADD_TRY = insert(pin_try).values(at=bindparam("tried_at"), role=bindparam("of_role"))
_FORGET_TRIES = delete(pin_try).where(pin_try.c.at < bindparam("before"))


class OperatorRows:
    """Implements `ports.Operators`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def all(self) -> Sequence[Operator]:
        return load_operators(self._session)

    def add(self, new: Operator, pin_hash: str) -> None:
        self._session.run(
            _INSERT,
            operator_id=new.operator_id,
            name=new.name,
            role=new.role.value,
            active=new.active,
            pin_hash=pin_hash,
        )

    def change(self, changed: Operator) -> None:
        self._session.run(
            _CHANGE,
            of_operator=changed.operator_id,
            new_name=changed.name,
            new_role=changed.role.value,
            is_active=changed.active,
        )

    def set_pin(self, operator_id: str, pin_hash: str) -> None:
        self._session.run(_SET_PIN, of_operator=operator_id, new_hash=pin_hash)

    def tries(self) -> Sequence[PinTry]:
        return load_tries(self._session)

    def add_try(self, entry: PinTry, forget_before: datetime) -> None:
        self._session.run(_FORGET_TRIES, before=time_text(forget_before))
        self._session.run(_ADD_TRY, tried_at=time_text(entry.at), of_role=entry.role.value if entry.role else "")


def load_operators(session: Session) -> Sequence[Operator]:
    return [_operator_of(row) for row in session.rows(_ALL)]


def load_pin_hashes(session: Session) -> Mapping[str, str]:
    return {row[0]: row[1] for row in session.rows(_HASHES)}


def load_tries(session: Session) -> Sequence[PinTry]:
    return [PinTry(time_of(at), Role(role) if role else None) for at, role in session.rows(_TRIES)]


def _operator_of(row: Row) -> Operator:
    return Operator(operator_id=row[0], name=row[1], role=Role(row[2]), active=bool(row[3]))
