"""Owns what a shop's own templates make of a scale's label: article, price or weight, and what follows from it. Never
guesses a layout: France has no national one, each shop says its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.domain.barcodes import is_gtin
from app.domain.catalogue import Unit, price_of
from app.domain.errors import BrokenInvariant
from app.domain.money import Money, divide_half_up

_LENGTH = 13
_GRAMS_IN_A_KILO = Unit.KG.base_per_priced


class LabelKind(StrEnum):
    """What the value of a label is."""

    PRICE = "price"
    WEIGHT = "weight"


@dataclass(frozen=True, slots=True)
class LabelTemplate:
    """How one prefix is laid out: PP IIIII VVVVV C.

    Attributes:
        prefix: two figures, 20 to 29.
        item_digits, value_digits: together ten.
        kind: the value is a price in cents, VAT included, or a weight in grams.
    """

    prefix: str
    item_digits: int
    value_digits: int
    kind: LabelKind

    def __post_init__(self) -> None:
        if len(self.prefix) + self.item_digits + self.value_digits + 1 != _LENGTH or self.prefix[:1] != "2":
            raise BrokenInvariant(f"a label of {self.prefix} {self.item_digits} {self.value_digits}")


@dataclass(frozen=True, slots=True)
class LabelReading:
    """What a label says of an article whose price a kilogram is known.

    Attributes:
        item: the article's number on the scale, with its noughts.
        total: what it costs; the label's own price wins over catalogue price times weight.
        grams: what it weighs; `derived` if it was computed from the price and so is only about right.
    """

    item: str
    total: Money
    grams: int
    derived: bool


class BadLabel(StrEnum):
    """Why a label is refused."""

    CHECK_DIGIT = "check_digit"
    NO_VALUE = "no_value"


def read_label(code: str, template: LabelTemplate, price_per_kg: Money) -> LabelReading | BadLabel | None:
    """Read a label by its shop's template; None if it is of another prefix or no label at all.

    Args:
        price_per_kg: the article's price of now, VAT included, positive.
    """
    if len(code) != _LENGTH or not (code.isascii() and code.isdigit()) or not code.startswith(template.prefix):
        return None
    if not is_gtin(code):
        return BadLabel.CHECK_DIGIT
    item_end = len(template.prefix) + template.item_digits
    item, value = code[len(template.prefix) : item_end], int(code[item_end:-1])
    if not value:
        return BadLabel.NO_VALUE
    if template.kind is LabelKind.WEIGHT:
        return LabelReading(item, price_of(price_per_kg, value, Unit.KG), value, derived=False)
    return LabelReading(item, Money(value), divide_half_up(value * _GRAMS_IN_A_KILO, price_per_kg.minor), derived=True)
