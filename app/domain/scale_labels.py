"""Owns what a shop's own templates make of a scale's label: article, price or weight, and what follows from it. Never
guesses a layout: France has no national one, each shop says its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.domain.barcodes import gtin_check_digit, is_gtin
from app.domain.catalogue import Unit, price_of
from app.domain.errors import BrokenInvariant
from app.domain.money import Money, divide_half_up

_LENGTH = 13


class LabelKind(StrEnum):
    """What the value of a label is."""

    PRICE = "price"
    WEIGHT = "weight"
    BY_ARTICLE = "by_article"
    """A weight on what is sold by the kilogram, a price on anything else."""


@dataclass(frozen=True, slots=True)
class LabelTemplate:
    """How one prefix is laid out: PP IIIII VVVVV C.

    Attributes:
        prefix: two figures, 20 to 29.
        item_digits, value_digits: together ten.
        kind: the value is a price in cents, VAT included, or a weight in grams.
        plain_numbers: the article may be in the catalogue under its number on the scale alone, not only under the whole
            code with noughts for the value.
    """

    prefix: str
    item_digits: int
    value_digits: int
    kind: LabelKind
    plain_numbers: bool = True

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


@dataclass(frozen=True, slots=True)
class LabelParts:
    """A label taken apart; `value` in cents or grams, as its kind says."""

    prefix: str
    item: str
    value: int
    template: LabelTemplate

    def article_codes(self) -> tuple[str, ...]:
        """What the article may be called in the catalogue, surest first."""
        whole = self.prefix + self.item + "0" * self.template.value_digits
        codes = [whole + str(gtin_check_digit(whole))]
        if self.template.plain_numbers:
            codes += [self.prefix + self.item, self.item, self.item.lstrip("0")]
        return tuple(code for code in dict.fromkeys(codes) if code)


USUAL_TEMPLATES = tuple(
    LabelTemplate(str(prefix), 5, 5, LabelKind.WEIGHT, plain_numbers=False) for prefix in range(20, 30)
)
"""While a shop has said nothing: a weight, on articles whose code has noughts for it. A price is not guessed."""


def split_label(code: str, template: LabelTemplate) -> LabelParts | BadLabel | None:
    """Take a label apart by its shop's template; None if it is of another prefix or no label at all."""
    if len(code) != _LENGTH or not (code.isascii() and code.isdigit()) or not code.startswith(template.prefix):
        return None
    if not is_gtin(code):
        return BadLabel.CHECK_DIGIT
    item_end = len(template.prefix) + template.item_digits
    item, value = code[len(template.prefix) : item_end], int(code[item_end:-1])
    return LabelParts(template.prefix, item, value, template) if value else BadLabel.NO_VALUE


def quantity_for(total: Money, unit_price: Money, unit: Unit) -> int:
    """The weight (or volume) that a price stands for, about: base units, at least one.

    Args:
        unit_price: of one priced unit, positive.
    """
    return max(1, divide_half_up(total.minor * unit.base_per_priced, unit_price.minor))


def read_label(code: str, template: LabelTemplate, price_per_kg: Money) -> LabelReading | BadLabel | None:
    """Read the label of an article sold by weight; None if it is of another prefix or no label at all.

    Args:
        price_per_kg: the article's price of now, VAT included, positive.
    """
    parts = split_label(code, template)
    if not isinstance(parts, LabelParts):
        return parts
    if template.kind is LabelKind.PRICE:
        total = Money(parts.value)
        return LabelReading(parts.item, total, quantity_for(total, price_per_kg, Unit.KG), derived=True)
    return LabelReading(parts.item, price_of(price_per_kg, parts.value, Unit.KG), parts.value, derived=False)
