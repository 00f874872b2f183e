"""Owns pickup codes and spoken codes: making, reading, judging them. Never looks an order up, never knows where keys
are kept.

A pickup code is what the QR holds, 25 characters, for example `P1K7F3K9XRLT...`:

    P1      version                                               2
    key id  which of the shop's pickup keys sealed it             1
    ref     the order's reference, random, unique in the shop     7
    seal    HMAC-SHA-256(key, "P1|shop id|ref") modulo 25**14    14
    check   weighted sum of the 22 symbols before it, modulo 25   1

The 25 symbols have no look-alikes and none of the letters that move between AZERTY and QWERTY. The code carries no
personal data; without the key it can be neither guessed (65 bits) nor made. Test vectors: docs/pickup-code.md.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

ALPHABET = "23456789BCDFGHJKLNPRSTVXY"
VERSION = "P1"
REFERENCE_LENGTH = 7
SEAL_LENGTH = 14
CODE_LENGTH = len(VERSION) + 1 + REFERENCE_LENGTH + SEAL_LENGTH + 1
SPOKEN_LENGTH = 6
_VALUE = {symbol: value for value, symbol in enumerate(ALPHABET)}
_SHAPE = re.compile(rf"^{VERSION}[{ALPHABET}]{{{CODE_LENGTH - len(VERSION)}}}$")
_SPOKEN_SHAPE = re.compile(rf"^[{ALPHABET}]{{{SPOKEN_LENGTH}}}$")


class CodeJudgement(StrEnum):
    """What a text is, as a pickup code of this shop."""

    GENUINE = "genuine"
    NOT_A_PICKUP_CODE = "not_a_pickup_code"
    MISREAD = "misread"
    WRONG_SHOP = "wrong_shop"
    FORGED = "forged"


@dataclass(frozen=True, slots=True)
class PickupCode:
    """A text that has the shape and the check symbol of a pickup code; not yet verified against a key."""

    key_id: str
    reference: str
    seal: str

    def __str__(self) -> str:
        body = self.key_id + self.reference + self.seal
        return VERSION + body + check_symbol(body)


def check_symbol(body: str) -> str:
    """Check symbol over symbols of the alphabet.

    Weights 1, 2, 3, 4 in turn: each is prime to 25 and so is the difference of neighbours, so that any one wrong symbol
    and any two swapped neighbours are found for certain, other misreadings 24 times in 25.
    """
    return ALPHABET[sum(_VALUE[symbol] * (index % 4 + 1) for index, symbol in enumerate(body)) % len(ALPHABET)]


def symbols_of(number: int, length: int) -> str:
    """The last `length` base-25 digits of a number, most significant first: how random numbers become references."""
    symbols = []
    for _ in range(length):
        number, value = divmod(number, len(ALPHABET))
        symbols.append(ALPHABET[value])
    return "".join(reversed(symbols))


def seal_of(key: bytes, shop_id: str, reference: str) -> str:
    """The 14 symbols that only the holder of the shop's pickup key can make."""
    digest = hmac.digest(key, f"{VERSION}|{shop_id}|{reference}".encode(), "sha256")
    return symbols_of(int.from_bytes(digest, "big"), SEAL_LENGTH)


def make_pickup_code(key_id: str, key: bytes, shop_id: str, reference: str) -> str:
    """The text to put into the QR of an order."""
    return str(PickupCode(key_id, reference, seal_of(key, shop_id, reference)))


def looks_like_pickup_code(text: str) -> bool:
    """Whether the text begins as a pickup code does; a product's number or address never does."""
    return normalise(text).startswith(VERSION) and len(normalise(text)) >= SPOKEN_LENGTH


def normalise(text: str) -> str:
    """What was scanned or typed without blanks, hyphens and case. Over-long input is cut: no code is that long."""
    code = "".join(text[:200].split()).replace("-", "")
    # the capital of some foreign letters is an ASCII one ("ſ" gives "S"): such a text was misread
    return code.upper() if code.isascii() else code


def parse_pickup_code(text: str) -> PickupCode | None:
    """Read a pickup code; None if shape or check symbol are wrong. Verifies nothing else."""
    code = normalise(text)
    if not _SHAPE.match(code) or check_symbol(code[len(VERSION) : -1]) != code[-1]:
        return None
    key_id, rest = code[len(VERSION)], code[len(VERSION) + 1 : -1]
    return PickupCode(key_id, rest[:REFERENCE_LENGTH], rest[REFERENCE_LENGTH:])


def judge_pickup_code(text: str, shop_id: str, keys: Mapping[str, bytes]) -> tuple[CodeJudgement, PickupCode | None]:
    """Decide off line whether a text is a pickup code sealed for this shop.

    Args:
        text: as scanned or typed.
        shop_id: this shop.
        keys: the shop's pickup keys by key id; two are valid while one is being replaced.

    Returns:
        The judgement, and the parsed code for GENUINE, WRONG_SHOP and FORGED. WRONG_SHOP: sealed with a key this shop
        does not hold. FORGED: it names one of our keys but is not sealed with it; another shop that happens to use the
        same key id looks the same (1 in 25), so the sentence shown must not accuse anyone.
    """
    if not looks_like_pickup_code(text):
        return CodeJudgement.NOT_A_PICKUP_CODE, None
    code = parse_pickup_code(text)
    if code is None:
        return CodeJudgement.MISREAD, None
    key = keys.get(code.key_id)
    if key is None:
        return CodeJudgement.WRONG_SHOP, code
    if not hmac.compare_digest(seal_of(key, shop_id, code.reference), code.seal):
        return CodeJudgement.FORGED, code
    return CodeJudgement.GENUINE, code


def make_spoken_code(random_number: int) -> str:
    """A code to say aloud for a dead phone: five symbols of a random number and a check symbol."""
    body = symbols_of(random_number, SPOKEN_LENGTH - 1)
    return body + check_symbol(body)


def parse_spoken_code(text: str) -> str | None:
    """The spoken code in its one form, or None if the text cannot be one or was misheard (check symbol)."""
    code = normalise(text)
    if not _SPOKEN_SHAPE.match(code) or check_symbol(code[:-1]) != code[-1]:
        return None
    return code
