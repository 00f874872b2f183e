"""Owns bar codes as bars: EAN-13 and EAN-8 for article numbers, Code 128 for a shop's own. For pictures and screens; a
ticket printer draws its own. Pure.
"""

from __future__ import annotations

from app.domain.barcodes import is_gtin

_LEFT = ("0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011", "0110111", "0001011")
_PARITIES = (
    "LLLLLL",
    "LLGLGG",
    "LLGGLG",
    "LLGGGL",
    "LGLLGG",
    "LGGLLG",
    "LGGGLL",
    "LGLGLG",
    "LGLGGL",
    "LGGLGL",
)
_EDGE, _MIDDLE = "101", "01010"
_TABLE_128 = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 "
    "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 "
    "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 "
    "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 "
    "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112"
)
_WIDTHS_128 = _TABLE_128.split()
_START_B, _STOP = 104, 106
MOST_CHARACTERS = 20
"""Of a shop's own number in bars; a longer one does not fit the paper."""


def can_be_bars(number: str) -> bool:
    """Whether a ticket printer can draw the number: a GTIN-8 or 13 with its right check digit, or a short text of
    plain letters and figures."""
    if len(number) in (8, 13) and number.isascii() and number.isdigit():
        return is_gtin(number)
    return 0 < len(number) <= MOST_CHARACTERS and number.isascii() and number.isalnum()


def bars_of(number: str) -> tuple[bool, ...]:
    """The modules from left to right, True is dark, without quiet zone. Raises ValueError if it cannot be drawn."""
    if not can_be_bars(number):
        raise ValueError(f"{number!r} cannot be drawn as bars")
    if number.isdigit() and len(number) == 13:
        pattern = _ean13(number)
    elif number.isdigit() and len(number) == 8:
        pattern = _ean8(number)
    else:
        pattern = _code128(number)
    return tuple(module == "1" for module in pattern)


def _ean13(digits: str) -> str:
    parities = _PARITIES[int(digits[0])]
    left = "".join(
        _left(digit) if parity == "L" else _even(digit) for digit, parity in zip(digits[1:7], parities, strict=True)
    )
    return _EDGE + left + _MIDDLE + "".join(_right(digit) for digit in digits[7:]) + _EDGE


def _ean8(digits: str) -> str:
    left, right = ("".join(draw(digit) for digit in half) for draw, half in ((_left, digits[:4]), (_right, digits[4:])))
    return _EDGE + left + _MIDDLE + right + _EDGE


def _left(digit: str) -> str:
    return _LEFT[int(digit)]


def _right(digit: str) -> str:
    return _left(digit).translate(str.maketrans("01", "10"))


def _even(digit: str) -> str:
    return _right(digit)[::-1]


def _code128(text: str) -> str:
    values = [_START_B, *(ord(character) - 32 for character in text)]
    check = (_START_B + sum(place * value for place, value in enumerate(values))) % 103
    return "".join(_drawn(_WIDTHS_128[value]) for value in (*values, check, _STOP))


def _drawn(widths: str) -> str:
    return "".join(("1", "0")[place % 2] * int(width) for place, width in enumerate(widths))
