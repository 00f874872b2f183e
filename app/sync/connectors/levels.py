"""Owns the arithmetic between a till that counts movements and a marketplace that knows levels. Never reads nor writes
either.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from app.domain.catalogue import DEFAULT_LOCATION, MovementReason, StockMovement

_NAMESPACE = uuid.UUID("5d1f2f0e-6a55-4f0f-9a3e-0c3b7c1d7d10")
"""Of the ids of movements that stand for a difference; never to be changed."""


def moved_units(movements: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Base units by product id, as a fact's payload tells its movements; what comes to nought is left out."""
    units: dict[str, int] = {}
    for movement in movements:
        product_id = str(movement["product_id"])
        units[product_id] = units.get(product_id, 0) + int(movement["quantity"])
    return without_noughts(units)


def left_to_write(moved: Mapping[str, int], done: Mapping[str, int]) -> dict[str, int]:
    """What a fact moved, less what the marketplace's own records of the same fact moved already."""
    return without_noughts(
        {product_id: moved.get(product_id, 0) - done.get(product_id, 0) for product_id in {*moved, *done}}
    )


def without_noughts(units: Mapping[str, int]) -> dict[str, int]:
    return {product_id: quantity for product_id, quantity in units.items() if quantity}


def difference(
    shop_id: str, product_id: str, here: int, there: int, at_cursor: str, at: datetime, *, opening: bool
) -> StockMovement | None:
    """The movement that brings this till's level to the marketplace's, None if they agree. The same difference found
    again at the same place of the feed has the same id: it counts once."""
    if here == there:
        return None
    name = f"{shop_id}|{product_id}|{at_cursor}|{here}|{there}"
    return StockMovement(
        movement_id=str(uuid.uuid5(_NAMESPACE, name)),
        product_id=product_id,
        location=DEFAULT_LOCATION,
        quantity=there - here,
        reason=MovementReason.OPENING if opening else MovementReason.CORRECTION,
        happened_at=at,
        till_id="",
    )
