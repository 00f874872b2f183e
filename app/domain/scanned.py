"""Owns what a scanned or typed text is, by its shape alone: an order's code, an article's, an address, words.

Looks nothing up and judges no seal: that is for `find_order` and `find_article`. The questions are asked in one fixed
order and each text gets one answer, so that an order's code and an article's can never be taken for one another:

    ]C1 ]e0 ]d2 ]Q3 ]J1 before it    the scanner says that it is GS1: goods, whatever follows
    CJ1...                           join code of another till
    P1...                            an order's code, whole, cut or forged
    4H7KRC                           spoken code (right check symbol)
    https://…/01/<GTIN>…             GS1 Digital Link: goods
    https://…  mailto:…  WIFI:…      an address: neither order nor article
    (01)…(17)…   0103017620422003…   GS1 element string: goods
    7 to 14 figures                  article number
    anything else                    words
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.domain.barcodes import gtin_check_digit, is_gtin, normalise_code
from app.domain.join_code import looks_like_join_code
from app.domain.pickup_code import looks_like_pickup_code, parse_spoken_code

LONGEST = 500
"""Characters; no label says more, and whoever sends more gets no answer but "words"."""

CUT = "…"

SEPARATOR = "\x1d"
"""Between the parts of a GS1 code (FNC1 as scanners send it)."""


@dataclass(frozen=True, slots=True)
class OrderCode:
    """Begins as a pickup code does. `text` has no scanner's prefix; the seal is not judged."""

    text: str


@dataclass(frozen=True, slots=True)
class SpokenCode:
    """`text` is what came: if no order has the code it may still be a word or an article's number."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class JoinCodeText:
    """Begins as a join code does: a secret, for the settings alone."""

    text: str


@dataclass(frozen=True, slots=True)
class GoodsCode:
    """A GS1 element string or Digital Link.

    Attributes:
        text: with `SEPARATOR` wherever the scanner sent something in its place; `what_is` of it is the same again.
        gtin: the 14 figures of the article it begins with, check digit right; "" if it names none in a place that is
            sure.
    """

    text: str
    gtin: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """A web address, a contact, a network: never an order, never an article."""

    text: str


@dataclass(frozen=True, slots=True)
class ArticleNumber:
    """`code` in its stored form; `sound`: it is a GTIN with the right check digit."""

    code: str
    sound: bool


@dataclass(frozen=True, slots=True)
class Words:
    text: str


Scanned = OrderCode | SpokenCode | JoinCodeText | GoodsCode | Address | ArticleNumber | Words

_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_GS1_SYMBOLOGIES = frozenset({"]C1", "]e0", "]d2", "]Q3", "]J1"})
_INSTEAD_OF_SEPARATOR = re.compile(r"\{GS\}|\[GS\]|<GS>|[\u241d|~^]")
"""What scanners are set to send because a keyboard cannot type FNC1; none of it but `<` may stand in a GS1 code."""

_LEADING_GTIN = re.compile(r"(?:1[1-7][0-9]{6}){0,2}01([0-9]{14})")
_LEADING_CONTENT = re.compile(r"02([0-9]{14})")
_PALLET = re.compile(r"00([0-9]{18})")
_BRACKETS = re.compile(r"\([0-9]{2,4}\)[^(]")
_BRACKETED_GTIN = re.compile(r"\(01\) ?([0-9]{14})(?= ?\(|$)")
_WEB = re.compile(r"https?://[^/?#]{1,253}(/[^?#]*)?", re.IGNORECASE)
_LINKED_GTIN = re.compile(r"/01/([0-9]{14}|[0-9]{12,13}|[0-9]{8})(?=/|$)")
_ADDRESS = re.compile(
    r"[a-z][a-z0-9+.-]{0,20}://|www\.|(?:mailto|tel|sms|smsto|geo|wifi|mecard|bitcoin|magnet|data|javascript):"
    r"|begin:v",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[0-9]{7,14}")


def what_is(text: str) -> Scanned:
    """What the text is; never raises, whatever the text, and takes a time bounded by `LONGEST`."""
    came = text.strip()
    if len(came) > LONGEST:
        return Words(came[:LONGEST] + CUT)  # still too long: what is left of it is never taken for a code
    symbology = _SYMBOLOGY.match(came)
    if symbology is None:
        return _without_prefix(came)
    if symbology[0] in _GS1_SYMBOLOGIES:
        return _told_to_be_gs1(symbology[0], came[3:])
    meant = _without_prefix(came[3:])
    return Words(came) if isinstance(meant, Words) else meant


def linked_gtin(text: str) -> str:
    """The 14 figures of the article that a Digital Link names, check digit right; "" if it is none."""
    web = _WEB.match(text)
    found = _LINKED_GTIN.search(web[1] or "") if web is not None else None
    return found[1].zfill(14) if found is not None and is_gtin(found[1]) else ""


def _told_to_be_gs1(symbology: str, rest: str) -> GoodsCode:
    if gtin := linked_gtin(rest):
        return GoodsCode(rest, gtin)
    elements = _INSTEAD_OF_SEPARATOR.sub(SEPARATOR, rest).strip(SEPARATOR)
    return GoodsCode(symbology + elements, _leading_gtin(elements))


def _without_prefix(text: str) -> Scanned:
    if looks_like_join_code(text):
        return JoinCodeText(text)
    if looks_like_pickup_code(text):
        return OrderCode(text)
    if spoken := parse_spoken_code(text):
        return SpokenCode(spoken, text)
    if gtin := linked_gtin(text):
        return GoodsCode(text, gtin)
    if _ADDRESS.match(text):
        return Address(text)
    return _elements(text) or _number(text) or Words(text)


def _elements(text: str) -> GoodsCode | None:
    if _BRACKETS.match(text):
        gtin = _BRACKETED_GTIN.match(text)
        return GoodsCode(text, gtin[1] if gtin is not None and is_gtin(gtin[1]) else "")
    elements = _INSTEAD_OF_SEPARATOR.sub(SEPARATOR, text).strip(SEPARATOR)
    if gtin_found := _leading_gtin(elements):
        return GoodsCode(elements, gtin_found)
    content, pallet = _LEADING_CONTENT.match(elements), _PALLET.match(elements)
    if content is not None and is_gtin(content[1]):
        return GoodsCode(elements)
    if pallet is not None and gtin_check_digit(pallet[1][:-1]) == int(pallet[1][-1]):
        return GoodsCode(elements)
    return None


def _leading_gtin(elements: str) -> str:
    found = _LEADING_GTIN.match(elements)
    return found[1] if found is not None and is_gtin(found[1]) else ""


def _number(text: str) -> ArticleNumber | None:
    figures = text.replace(" ", "")
    if _NUMBER.fullmatch(figures) is None:
        return None
    return ArticleNumber(normalise_code(figures), is_gtin(figures))
