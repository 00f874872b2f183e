"""Owns money: whole minor units (cents), their rounding, their splitting, VAT inside a price. Never a float, never a
currency mix.

Comptoir trades in euros; the currency travels on the wire and in documents as a word, not in each amount.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.errors import BrokenInvariant

CURRENCY = "EUR"
VAT_RATES_BP = (2000, 1000, 550, 210, 0)
"""French rates in basis points (1/100 of a percent): 20, 10, 5.5, 2.1 and none."""

MAX_AMOUNT_MINOR = 99_999_999_99
"""Above this an amount typed or imported is taken for a bar code in the wrong field."""


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in minor units (cents); negative for what goes back to the customer."""

    minor: int

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + other.minor)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - other.minor)

    def __neg__(self) -> Money:
        return Money(-self.minor)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        sign = "-" if self.minor < 0 else ""
        return f"{sign}{abs(self.minor) // 100}.{abs(self.minor) % 100:02d}"


ZERO = Money(0)


def total_of(amounts: Sequence[Money]) -> Money:
    """The sum of amounts; nothing adds up to zero."""
    return Money(sum(amount.minor for amount in amounts))


def divide_half_up(numerator: int, denominator: int) -> int:
    """Whole quotient, halves away from zero, so that a return is the exact mirror of its sale.

    Raises:
        BrokenInvariant: the denominator is not positive.
    """
    if denominator <= 0:
        raise BrokenInvariant(f"division by {denominator}")
    magnitude = (2 * abs(numerator) + denominator) // (2 * denominator)
    return magnitude if numerator >= 0 else -magnitude


def net_of_vat(gross: Money, rate_bp: int) -> Money:
    """Base before VAT of an amount that includes it: round(gross / (1 + rate)), half up (R20).

    Args:
        gross: amount including VAT.
        rate_bp: VAT rate in basis points (2000 is 20 %), 0 or more.
    """
    return Money(divide_half_up(gross.minor * 10_000, 10_000 + rate_bp))


def allocate(amount: Money, weights: Sequence[int]) -> list[Money]:
    """Split an amount in proportion to weights so that the parts add up to the cent (largest remainder).

    Ties go to the earlier part. All weights nought: everything goes to the first part.

    Raises:
        BrokenInvariant: there is no part to give anything to, or a weight is negative.
    """
    if not weights or any(weight < 0 for weight in weights):
        raise BrokenInvariant(f"cannot allocate over weights {weights!r}")
    whole = sum(weights)
    if whole == 0:
        return [amount, *[ZERO] * (len(weights) - 1)]
    sign = -1 if amount.minor < 0 else 1
    size = abs(amount.minor)
    parts = [size * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(size * weights[i] % whole), i))
    for index in by_remainder[: size - sum(parts)]:
        parts[index] += 1
    return [Money(sign * part) for part in parts]


_LONGEST_AMOUNT = 40
"""Characters; Python refuses to turn thousands of digits into a number."""
_AMOUNT = re.compile(r"^(-?)(\d{1,3}(?:[ \u00a0\u202f]\d{3})+|\d+)(?:[.,](\d{1,2}))?$")


def parse_amount(text: str) -> Money | None:
    """Read what a person or a file wrote: `3,50`, `3.5`, `1 234,50 €`, `-2`, `−2`. None if it is no amount.

    A point or comma is a decimal mark, never a thousands mark; more than two decimals is no amount of money.
    """
    cleaned = text.strip().replace("\u2212", "-").removesuffix("€").removesuffix("EUR").strip()
    match = _AMOUNT.match(cleaned) if len(cleaned) <= _LONGEST_AMOUNT else None
    if match is None:
        return None
    sign, whole, cents = match.groups()
    minor = int(re.sub(r"\D", "", whole)) * 100 + int((cents or "0").ljust(2, "0"))
    if minor > MAX_AMOUNT_MINOR:
        return None
    return Money(-minor if sign else minor)
