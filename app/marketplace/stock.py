"""Owns stock on the marketplace: movements recorded once each, and the physical level that is their sum (I4).

Never knows why something moved.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, select

from app.marketplace import tables as t
from app.marketplace.schemas import MovementPayload
from app.marketplace.store import ChangeKind, ShopTransaction
from app.marketplace.surroundings import parse_moment, time_text


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
    transaction.connection.execute(t.stock_movement.insert(), list(new.values()))
    _raise_levels(transaction, new.values())
    for movement_id in new:
        transaction.mark(ChangeKind.STOCK_MOVEMENT, movement_id)
    return {row["product_id"]: movement_id for movement_id, row in new.items()}


def _row(transaction: ShopTransaction, movement: MovementPayload, till_id: str) -> dict[str, Any]:
    row = movement.model_dump()
    row["happened_at"] = time_text(parse_moment(movement.happened_at))
    return {"shop_id": transaction.shop_id, "till_id": till_id, **row}


def _known(transaction: ShopTransaction, movement_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    movements = t.stock_movement.c
    rows = transaction.connection.execute(
        select(t.stock_movement).where(
            movements.shop_id == transaction.shop_id, movements.movement_id.in_(movement_ids)
        )
    )
    return {row.movement_id: dict(row._mapping) for row in rows}  # noqa: SLF001  # SQLAlchemy's documented way to a dict


def _raise_levels(transaction: ShopTransaction, rows: Any) -> None:
    change: Counter[str] = Counter()
    for row in rows:
        change[row["product_id"]] += row["quantity"]
    levels = t.stock_level.c
    for product_id, quantity in change.items():
        at_product = (levels.shop_id == transaction.shop_id) & (levels.product_id == product_id)
        updated = transaction.connection.execute(
            t.stock_level.update().where(at_product).values(physical=levels.physical + quantity)
        )
        if updated.rowcount == 0:
            transaction.connection.execute(
                t.stock_level.insert().values(shop_id=transaction.shop_id, product_id=product_id, physical=quantity)
            )


def physical_levels(connection: Connection, shop_id: str, product_ids: Sequence[str]) -> dict[str, int]:
    """Base units that are there, by product; products that never moved are absent."""
    levels = t.stock_level.c
    rows = connection.execute(
        select(levels.product_id, levels.physical).where(levels.shop_id == shop_id, levels.product_id.in_(product_ids))
    )
    return {row.product_id: row.physical for row in rows}


def promised_quantities(connection: Connection, shop_id: str, product_ids: Sequence[str]) -> dict[str, int]:
    """Base units ordered on line and neither handed over nor cancelled, by product; 0 is absent."""
    lines = t.order_line.c
    rows = connection.execute(
        select(lines.product_id, func.sum(lines.open_quantity).label("promised"))
        .where(lines.shop_id == shop_id, lines.product_id.in_(product_ids), lines.open_quantity > 0)
        .group_by(lines.product_id)
    )
    return {row.product_id: int(row.promised) for row in rows}


def available_quantities(connection: Connection, shop_id: str, product_ids: Sequence[str]) -> dict[str, int]:
    """What the shop front may still sell: physical less promised, never negative, for each product asked for."""
    physical = physical_levels(connection, shop_id, product_ids)
    promised = promised_quantities(connection, shop_id, product_ids)
    return {id_: max(physical.get(id_, 0) - promised.get(id_, 0), 0) for id_ in product_ids}


def show_movements(connection: Connection, shop_id: str, movement_ids: Sequence[str]) -> Mapping[str, dict[str, Any]]:
    movements = t.stock_movement.c
    rows = connection.execute(
        select(t.stock_movement).where(movements.shop_id == shop_id, movements.movement_id.in_(movement_ids))
    )
    return {row.movement_id: _shown(row) for row in rows}


def _shown(row: Row[Any]) -> dict[str, Any]:
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
