"""Owns the codes that a marketplace of somebody else's does not give: an order's reference and spoken code, and the
operation id that a write carries so that it is known again. Never keeps a key.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.pickup_code import REFERENCE_LENGTH, make_spoken_code, symbols_of
from app.usecases.ports import MarketplaceRefused

_MARK = "cmp1"
_OPERATION = re.compile(
    rf"{_MARK}/(?P<letter>[A-Z]{{1,3}})/(?P<fact_id>[^/\s]{{1,80}})(?:/(?P<part>[a-z0-9-]{{1,20}}))?"
)


@dataclass(frozen=True, slots=True)
class OrderCodes:
    """What a customer shows or says of an order."""

    reference: str
    spoken_code: str


def order_codes(pickup_keys: Mapping[str, bytes], shop_id: str, order_id: str) -> OrderCodes:
    """The codes of an order, the same on every till of the shop.

    Raises:
        MarketplaceRefused: `not_paired`: there is no pickup key to make them from.
    """
    if not pickup_keys:
        raise MarketplaceRefused("not_paired", "no pickup key")
    key = pickup_keys[min(pickup_keys)]
    reference = symbols_of(_number(key, "reference", shop_id, order_id), REFERENCE_LENGTH)
    return OrderCodes(reference, make_spoken_code(_number(key, "spoken", shop_id, order_id)))


def _number(key: bytes, purpose: str, shop_id: str, order_id: str) -> int:
    digest = hmac.digest(key, f"{purpose}|{shop_id}|{order_id}".encode(), "sha256")
    return int.from_bytes(digest, "big")


@dataclass(frozen=True, slots=True)
class Operation:
    """One write of one till, named by the fact that it tells. `part`: which of several writes of that fact, "" for the
    first."""

    letter: str
    fact_id: str
    part: str = ""

    def __str__(self) -> str:
        return "/".join(filter(None, (_MARK, self.letter, self.fact_id, self.part)))


def read_operation(text: str) -> Operation | None:
    """The operation that a text names, None for anything a till did not write."""
    found = _OPERATION.fullmatch(text.strip())
    return Operation(found["letter"], found["fact_id"], found["part"] or "") if found else None
