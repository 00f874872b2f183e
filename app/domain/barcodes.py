"""Owns bar code numbers: GTIN check digits and their one stored form. Never reads pictures or keys (that is
scanning)."""

from __future__ import annotations

from dataclasses import dataclass

_GTIN_LENGTHS = (8, 12, 13, 14)


def gtin_check_digit(body: str) -> int:
    """Check digit of a GTIN's digits without their last one (GS1 General Specifications 7.9: weights 3, 1 from the
    right)."""
    digits = [int(digit) for digit in reversed(body)]
    return -(3 * sum(digits[::2]) + sum(digits[1::2])) % 10


def is_gtin(text: str) -> bool:
    """Whether the text is a GTIN-8, 12, 13 or 14 with the right check digit."""
    return (
        len(text) in _GTIN_LENGTHS
        and text.isascii()
        and text.isdigit()
        and gtin_check_digit(text[:-1]) == int(text[-1])
    )


def normalise_code(text: str) -> str:
    """The stored form of a code: a UPC-12 as GTIN-13, a GTIN-14 of packaging level 0 as GTIN-13, any other code as it
    is.

    So the same article scanned by two scanners with other settings is found under one number.
    """
    code = text.strip()
    if not is_gtin(code):
        return code
    if len(code) == 12:
        return "0" + code
    if len(code) == 14 and code[0] == "0":
        return code[1:]
    return code


@dataclass(frozen=True, slots=True)
class ScaleLabel:
    """A bar code printed by the shop's scale. `item_code` is the article's own code, with noughts for the value."""

    item_code: str
    value: int


def read_scale_label(code: str) -> ScaleLabel | None:
    """Read an in-store EAN-13 (prefixes 20 to 29): article in digits 3 to 7, value (grams or cents) in 8 to 12."""
    if len(code) != 13 or not is_gtin(code) or code[0] != "2" or code[7:12] == "00000":
        return None
    item = code[:7] + "00000"
    return ScaleLabel(item + str(gtin_check_digit(item)), int(code[7:12]))
