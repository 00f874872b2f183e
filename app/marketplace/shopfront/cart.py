"""Owns the customer's cart: products and quantities in a cookie of one shop, and nothing else.

A cookie is what the browser says: it is read with suspicion, and prices, names and stock never come from it.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping

from app.marketplace.schemas import ID_PATTERN

COOKIE = "panier"
MAX_LINES = 30
MAX_QUANTITY = 100_000
LASTS_S = 7 * 24 * 3600
_ID = re.compile(ID_PATTERN)

Cart = Mapping[str, int]


def read_cart(cookie: str | None) -> dict[str, int]:
    """The cart in a cookie; whatever makes no sense is not in it."""
    if not cookie or len(cookie) > 4096:
        return {}
    try:
        decoded = json.loads(base64.urlsafe_b64decode(cookie + "=" * (-len(cookie) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return {}
    if not isinstance(decoded, dict):
        return {}
    lines = [(id_, quantity) for id_, quantity in decoded.items() if _makes_sense(id_, quantity)]
    return dict(lines[:MAX_LINES])


def _makes_sense(product_id: object, quantity: object) -> bool:
    return (
        isinstance(product_id, str)
        and _ID.match(product_id) is not None
        and type(quantity) is int
        and 0 < quantity <= MAX_QUANTITY
    )


def write_cart(cart: Cart) -> str:
    return base64.urlsafe_b64encode(json.dumps(dict(cart), separators=(",", ":")).encode()).decode().rstrip("=")


def with_more(cart: Cart, product_id: str, quantity: int) -> dict[str, int]:
    """The cart with more of a product; a full cart takes no further product."""
    if product_id not in cart and len(cart) >= MAX_LINES:
        return dict(cart)
    return {**cart, product_id: min(cart.get(product_id, 0) + quantity, MAX_QUANTITY)}


def with_quantity(cart: Cart, product_id: str, quantity: int) -> dict[str, int]:
    """The cart with that much of a product that is in it; 0 takes it out."""
    changed = {id_: quantity if id_ == product_id else kept for id_, kept in cart.items()}
    return {id_: kept for id_, kept in changed.items() if kept > 0}
