"""Owns stock movements and the levels that are their sums (I4). Never writes a level that no movement explains."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.sqlite import insert

from app.domain.catalogue import MovementReason, StockMovement
from app.storage.session import Row, Session, Statement, key_binds
from app.storage.tables import stock_level, stock_movement
from app.storage.values import time_of, time_text

_m = stock_movement.c
MOVEMENT_COLUMNS = (
    _m.movement_id,
    _m.product_id,
    _m.location,
    _m.quantity,
    _m.reason,
    _m.happened_at,
    _m.till_id,
    _m.source_id,
    _m.operator,
    _m.note,
)

_INSERT = insert(stock_movement)
_INSERT_LEVEL = insert(stock_level)
_ADD_TO_LEVEL = _INSERT_LEVEL.on_conflict_do_update(
    index_elements=[stock_level.c.product_id, stock_level.c.location],
    set_={"quantity": stock_level.c.quantity + _INSERT_LEVEL.excluded.quantity},
)
_LEVEL = select(func.coalesce(func.sum(stock_level.c.quantity), 0)).where(
    stock_level.c.product_id == bindparam("product_id")
)
_LEVEL_AT = _LEVEL.where(stock_level.c.location == bindparam("location"))


def _levels_at(size: int) -> Statement:
    return select(stock_level.c.product_id, stock_level.c.quantity).where(
        stock_level.c.product_id.in_(key_binds(size)), stock_level.c.location == bindparam("location")
    )


def _moved_by(size: int) -> Statement:
    return select(*MOVEMENT_COLUMNS).where(_m.source_id.in_(key_binds(size))).order_by(_m.movement_id)


def known_statement(size: int) -> Statement:
    return select(_m.movement_id).where(_m.movement_id.in_(key_binds(size)))


def movement_of(row: Row) -> StockMovement:
    """A movement from its columns, in the order of MOVEMENT_COLUMNS."""
    return StockMovement(
        row[0], row[1], row[2], row[3], MovementReason(row[4]), time_of(row[5]), row[6], row[7], row[8], row[9]
    )


class StockRows:
    """Implements `ports.Stock`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def record(self, movements: Iterable[StockMovement]) -> list[StockMovement]:
        distinct = {movement.movement_id: movement for movement in movements}
        if not distinct:
            return []
        known = {row[0] for row in self._session.rows_for(known_statement, distinct)}
        new = [movement for movement in distinct.values() if movement.movement_id not in known]
        self._session.run_many(_INSERT, [_row(movement) for movement in new])
        self._session.run_many(
            _ADD_TO_LEVEL,
            [{"product_id": m.product_id, "location": m.location, "quantity": m.quantity} for m in new],
        )
        return new

    def level(self, product_id: str, location: str | None = None) -> int:
        if location is None:
            return int(self._session.value(_LEVEL, product_id=product_id))
        return int(self._session.value(_LEVEL_AT, product_id=product_id, location=location))

    def levels(self, product_ids: Sequence[str], location: str) -> Mapping[str, int]:
        return {row[0]: row[1] for row in self._session.rows_for(_levels_at, product_ids, location=location)}

    def moved_by(self, source_ids: Sequence[str]) -> Sequence[StockMovement]:
        return [movement_of(row) for row in self._session.rows_for(_moved_by, source_ids)]


def _row(movement: StockMovement) -> dict[str, object]:
    return {
        "movement_id": movement.movement_id,
        "product_id": movement.product_id,
        "location": movement.location,
        "quantity": movement.quantity,
        "reason": movement.reason.value,
        "happened_at": time_text(movement.happened_at),
        "till_id": movement.till_id,
        "source_id": movement.source_id,
        "operator": movement.operator,
        "note": movement.note,
    }
