"""Owns join codes: what a shop's first till gives its next one, so that both make and open the same pickup codes. The
marketplace of such a shop knows of neither. Never knows where keys are kept; the text is a secret: shown on demand
only, never logged, never stored.

    CJ1      version                                            3
    length   of what follows, in bytes                          2
    body     what is told, as one number                        by its length
    check    SHA-256 of the body                                8

The symbols are those of pickup codes: they survive a scanner with a foreign keyboard layout.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from string import ascii_uppercase

from app.domain.errors import BrokenInvariant
from app.domain.pickup_code import ALPHABET, symbols_of

VERSION = "CJ1"
KEY_BYTES = 32
_LENGTH_SYMBOLS, _CHECK_SYMBOLS, _MOST_BYTES = 2, 8, 400
_VALUE = {symbol: value for value, symbol in enumerate(ALPHABET)}
_SHAPE = re.compile(rf"{VERSION}[{ALPHABET}]+")


@dataclass(frozen=True, slots=True)
class JoinCode:
    """What the next till is told.

    Attributes:
        shop_id: of the shop both belong to.
        key_id, key: of the shop's pickup key.
        letters_used: of the tills there are.
        letter: of the till that this is for.
    """

    shop_id: str
    key_id: str
    key: bytes = field(repr=False)
    letters_used: str
    letter: str


def is_till_letter(letter: str) -> bool:
    """One capital from A to Z."""
    return len(letter) == 1 and letter in ascii_uppercase


def next_letter(used: str) -> str:
    """The first letter that no till has; "" if all are used."""
    return next((letter for letter in ascii_uppercase if letter not in used), "")


def write_join_code(told: JoinCode) -> str:
    """The text to show, without a blank (see `in_groups`). Raises BrokenInvariant for a key of another length."""
    if len(told.key) != KEY_BYTES:
        raise BrokenInvariant(f"a pickup key of {len(told.key)} bytes")
    letters = "".join(sorted(set(told.letters_used)))
    body = "\n".join((told.key_id, told.letter, letters, told.shop_id)).encode() + b"\n" + told.key
    length = symbols_of(len(body), _LENGTH_SYMBOLS)
    return VERSION + length + symbols_of(int.from_bytes(body, "big"), _symbols_for(len(body))) + _check(body)


def looks_like_join_code(text: str) -> bool:
    """Whether the text begins as a join code does; nothing else that is scanned in a shop does."""
    return text[: len(VERSION)].upper() == VERSION


def read_join_code(text: str) -> JoinCode | None:
    """What a join code tells; None if the text is none or was misread. Blanks, hyphens and case do not matter."""
    code = "".join(text.split()).replace("-", "").upper() if text.isascii() else ""
    if not _SHAPE.fullmatch(code):
        return None
    rest = code[len(VERSION) :]
    size = _number_of(rest[:_LENGTH_SYMBOLS])
    inner, check = rest[_LENGTH_SYMBOLS:-_CHECK_SYMBOLS], rest[-_CHECK_SYMBOLS:]
    if size > _MOST_BYTES or len(inner) != _symbols_for(size) or (number := _number_of(inner)) >> (8 * size):
        return None
    body = number.to_bytes(size, "big")
    return _told_by(body) if _check(body) == check else None


def in_groups(code: str, size: int = 5) -> str:
    """As people read it aloud."""
    return " ".join(code[start : start + size] for start in range(0, len(code), size))


def _told_by(body: bytes) -> JoinCode | None:
    words, key = body[: -KEY_BYTES - 1], body[-KEY_BYTES:]
    try:
        key_id, letter, letters, shop_id = words.decode().split("\n")
    except ValueError:
        return None
    in_place = body[-KEY_BYTES - 1 : -KEY_BYTES] == b"\n"
    sound = in_place and len(key_id) == 1 and key_id in ALPHABET and is_till_letter(letter) and shop_id
    return JoinCode(shop_id, key_id, key, letters, letter) if sound else None


def _symbols_for(size: int) -> int:
    """How many symbols hold so many bytes."""
    count = 0
    while len(ALPHABET) ** count < 256**size:
        count += 1
    return count


def _number_of(symbols: str) -> int:
    number = 0
    for symbol in symbols:
        number = number * len(ALPHABET) + _VALUE[symbol]
    return number


def _check(body: bytes) -> str:
    return symbols_of(int.from_bytes(hashlib.sha256(body).digest(), "big"), _CHECK_SYMBOLS)
