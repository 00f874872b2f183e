"""Owns bar code numbers: GTIN check digits and their one stored form. Never reads pictures or keys (that is
scanning)."""

from __future__ import annotations

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


def inner_gtin(gtin: str) -> str:
    """The stored form of the article in a case: that of a GTIN-14 of packaging level 1 to 8; "" for any other code.

    Only sure as far as the case holds one kind of article, which its own number does not say.
    """
    if len(gtin) != 14 or not is_gtin(gtin) or gtin[0] not in "12345678":
        return ""
    body = gtin[1:-1]
    return normalise_code(body + str(gtin_check_digit(body)))


def short_gtin(gtin: str) -> str:
    """The GTIN-8 that a GTIN-13 or 14 filled with noughts stands for; "" if it is no such number."""
    short = gtin[-8:]
    filled = len(gtin) in (13, 14) and not gtin[:-8].strip("0") and short[0] != "0"
    return short if filled and is_gtin(short) else ""


def upc_a_of_upc_e(code: str) -> str:
    """The stored form (GTIN-13) of a UPC-E of number system 0, eight figures; "" if it is none.

    The same eight figures may be a GTIN-8: whoever asks looks for that one first.
    """
    if len(code) != 8 or not (code.isascii() and code.isdigit()) or code[0] != "0":
        return ""
    figures, how = code[1:7], code[6]
    if how in "012":
        body = figures[:2] + how + "0000" + figures[2:5]
    elif how == "3":
        body = figures[:3] + "00000" + figures[3:5]
    elif how == "4":
        body = figures[:4] + "00000" + figures[4]
    else:
        body = figures[:5] + "0000" + how
    upc = "0" + body + code[7]
    return normalise_code(upc) if is_gtin(upc) else ""
