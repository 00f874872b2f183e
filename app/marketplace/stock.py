"""Owns stock on the marketplace: movements recorded once each, and the physical level that is their sum (I4).

Never knows why something moved.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, bindparam, func, select

from app.marketplace import tables as t
from app.marketplace.schemas import MovementPayload
from app.marketplace.statements import Connection, Row, fixed
from app.marketplace.store import ChangeKind, ShopTransaction
from app.marketplace.surroundings import parse_moment, time_text

_shop: BindParameter[str] = bindparam("of_shop")
_ids: BindParameter[list[str]] = bindparam("ids", expanding=True)
_movement, _level, _line = t.stock_movement.c, t.stock_level.c, t.order_line.c
_MOVEMENTS = fixed(select(t.stock_movement).where(_movement.shop_id == _shop, _movement.movement_id.in_(_ids)))
_RECORD = fixed(t.stock_movement.insert())
_PHYSICAL = fixed(
    select(_level.product_id, _level.physical).where(_level.shop_id == _shop, _level.product_id.in_(_ids))
)
_RAISE = fixed(
    t.stock_level.update()
    .where(_level.shop_id == _shop, _level.product_id == bindparam("of_product"))
    .values(physical=_level.physical + bindparam("by"))
)
_FIRST_LEVEL = fixed(t.stock_level.insert())
_PROMISED = fixed(
    select(_line.product_id, func.sum(_line.open_quantity).label("promised"))
    .where(_line.shop_id == _shop, _line.product_id.in_(_ids), _line.open_quantity > 0)
    .group_by(_line.product_id)
)


class MovementIdTaken(ValueError):
    """A movement's id already stands for another movement."""


def record_movements(
    transaction: ShopTransaction, movements: Sequence[MovementPayload], till_id: str
) -> dict[str, str]:
    """Record the movements not known yet, bring the levels along, and tell the shop's tills. Returns the last new
    movement by product.

    Raises MovementIdTaken if an id is known with another content; then the caller must undo everything.
    """
    known = _known(transaction, [movement.movement_id for movement in movements])
    new: dict[str, dict[str, Any]] = {}
    for movement in movements:
        row = _row(transaction, movement, till_id)
        before = known.get(movement.movement_id) or new.get(movement.movement_id)
        if before is None:
            new[movement.movement_id] = row
        elif before != row:
            raise MovementIdTaken(movement.movement_id)
    if not new:
        return {}
    transaction.connection.execute(_RECORD, list(new.values()))
    _raise_levels(transaction, new.values())
    for movement_id in new:
        transaction.mark(ChangeKind.STOCK_MOVEMENT, movement_id)
    return {row["product_id"]: movement_id for movement_id, row in new.items()}


def _row(transaction: ShopTransaction, movement: MovementPayload, till_id: str) -> dict[str, Any]:
    row = movement.model_dump()
    row["happened_at"] = time_text(parse_moment(movement.happened_at))
    return {"shop_id": transaction.shop_id, "till_id": till_id, **row}


def _known(transaction: ShopTransaction, movement_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    rows = transaction.connection.execute(_MOVEMENTS, {"of_shop": transaction.shop_id, "ids": list(movement_ids)})
    return {row.movement_id: row._asdict() for row in rows}


def _raise_levels(transaction: ShopTransaction, rows: Any) -> None:
    change: Counter[str] = Counter()
    for row in rows:
        change[row["product_id"]] += row["quantity"]
    for product_id, quantity in change.items():
        raised = {"of_shop": transaction.shop_id, "of_product": product_id, "by": quantity}
        if transaction.connection.execute(_RAISE, raised).rowcount == 0:
            first = {"shop_id": transaction.shop_id, "product_id": product_id, "physical": quantity}
            transaction.connection.execute(_FIRST_LEVEL, first)


def physical_levels(connection: Connection, shop_id: str, product_ids: Sequence[str]) -> dict[str, int]:
    """Base units that are there, by product; products that never moved are absent."""
    rows = connection.execute(_PHYSICAL, {"of_shop": shop_id, "ids": list(product_ids)})
    return {row.product_id: row.physical for row in rows}


def promised_quantities(connection: Connection, shop_id: str, product_ids: Sequence[str]) -> dict[str, int]:
    """Base units ordered on line and neither handed over nor cancelled, by product; 0 is absent."""
    rows = connection.execute(_PROMISED, {"of_shop": shop_id, "ids": list(product_ids)})
    return {row.product_id: int(row.promised) for row in rows}


def available_quantities(connection: Connection, shop_id: str, product_ids: Sequence[str]) -> dict[str, int]:
    """What the shop front may still sell: physical less promised, never negative, for each product asked for."""
    physical = physical_levels(connection, shop_id, product_ids)
    promised = promised_quantities(connection, shop_id, product_ids)
    return {id_: max(physical.get(id_, 0) - promised.get(id_, 0), 0) for id_ in product_ids}


def show_movements(connection: Connection, shop_id: str, movement_ids: Sequence[str]) -> Mapping[str, dict[str, Any]]:
    rows = connection.execute(_MOVEMENTS, {"of_shop": shop_id, "ids": list(movement_ids)})
    return {row.movement_id: _shown(row) for row in rows}


def _shown(row: Row) -> dict[str, Any]:
    return {
        "movement_id": row.movement_id,
        "product_id": row.product_id,
        "location": row.location,
        "quantity": row.quantity,
        "reason": row.reason,
        "happened_at": row.happened_at,
        "source_id": row.source_id,
        "till_id": row.till_id,
        "operator": "",
    }
