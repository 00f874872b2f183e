"""Owns what a price on a shelf must say besides itself: the price for a kilogram, litre or piece (arrêté of 16 November
1999). Never changes a price.

The catalogue has no field for the net content. Most names of packed goods say it ("Bière ambrée 75 cl"); it is read
from there, and only if it can be read in one way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.domain.catalogue import Product, Unit, fold_text
from app.domain.money import Money, divide_half_up


@dataclass(frozen=True, slots=True)
class NetContent:
    """What a package holds. `quantity` in grams or millilitres, all its pieces together."""

    quantity: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """A price for one kilogram, litre, hour or piece."""

    price: Money
    unit: Unit


_GRAMS_OR_MILLILITRES = {
    "kg": (1000, Unit.KG),
    "kilo": (1000, Unit.KG),
    "kilos": (1000, Unit.KG),
    "g": (1, Unit.KG),
    "gr": (1, Unit.KG),
    "l": (1000, Unit.LITRE),
    "litre": (1000, Unit.LITRE),
    "litres": (1000, Unit.LITRE),
    "dl": (100, Unit.LITRE),
    "cl": (10, Unit.LITRE),
    "ml": (1, Unit.LITRE),
}
_CONTENT = re.compile(
    r"(?<![\w.,])(?:(?P<times>\d{1,3})\s*[x×*]\s*)?(?P<figure>\d{1,5}(?:[.,]\d{1,3})?)\s*"
    rf"(?P<sign>{'|'.join(sorted(_GRAMS_OR_MILLILITRES, key=len, reverse=True))})(?!\w)",
    re.IGNORECASE,
)
_SEVERAL = frozenset(
    {"lot", "lots", "pack", "packs", "coffret", "coffrets", "assortiment", "carton", "caisse", "duo", "trio"}
)
"""Words of packages of several things: how many of what is not for a program to guess."""

_MOST = 1_000_000
"""Grams or millilitres in a package that a shop sells over the counter: a tonne."""


def net_content(name: str) -> NetContent | None:
    """What the name says of the package's content; None if it says nothing, or something in two ways."""
    found = list(_CONTENT.finditer(name))
    if len(found) != 1:
        return None
    [content] = found
    if content["sign"] == "G" and not name.isupper():
        return None  # a telephone's 5G
    if not content["times"] and _SEVERAL & set(fold_text(name).split()):
        return None
    factor, unit = _GRAMS_OR_MILLILITRES[content["sign"].lower()]
    whole, _, decimals = content["figure"].replace(",", ".").partition(".")
    thousandths = int(whole) * 1000 + int(decimals.ljust(3, "0") or "0")
    quantity, rest = divmod(int(content["times"] or 1) * thousandths * factor, 1000)
    return NetContent(quantity, unit) if 0 < quantity <= _MOST and not rest else None


def unit_price(product: Product) -> UnitPrice | None:
    """The price for one kilogram, litre or hour; None for an article sold by the piece whose name says no content."""
    if product.unit is not Unit.PIECE:
        return UnitPrice(product.price, product.unit)
    content = net_content(product.name)
    if content is None:
        return None
    return UnitPrice(Money(divide_half_up(product.price.minor * 1000, content.quantity)), content.unit)
