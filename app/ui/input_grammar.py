"""Owns the grammar of the one box: what a typed or scanned text can be. Pure: looks nothing up, no Qt.

    P1...                    pickup code (whole, cut or forged: judging is for `find_order`)
    4H7KRC                   spoken code (right check symbol); may still be a word, so the text is kept
    3017620422003            code; also with a quantity before it: 3*3017620422003
    (01)0301...(17)261231    the same: a GS1 code or Digital Link (`app.domain.scanned` says what is one)
    https://...              an address: no article and no order
    3,50   5€   3,50 + brie  open price, with words; 3,50*2 brie or 2*3,50 brie for two
    3*   0,456*              quantity for what comes next
    0,456*tomate   3*brie    quantity and a search
    *5   q5                  quantity of the active line; *0 takes it out
    /7                       the seventh tile; /0 parks the basket, or takes the newest one back
    anything else            a search

Quantities are thousandths as typed (`0,456` is 456): what they mean depends on the unit of the article found.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from app.domain import scanned
from app.domain.catalogue import Unit
from app.domain.money import Money, divide_half_up, parse_amount

MAX_TEXT = 200
"""No name, code or price is longer; the rest of a pasted page is not looked at."""

ONE = 1000
"""Thousandths in one."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """An empty box."""


@dataclass(frozen=True, slots=True)
class PickupCode:
    text: str


@dataclass(frozen=True, slots=True)
class SpokenCode:
    """`text` is what was typed: if no order has the code it is searched as any other text."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """A number in its stored form, or a GS1 code. `thousandths` is None if no quantity was typed."""

    code: str
    thousandths: int | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """A web address and the like."""

    text: str


@dataclass(frozen=True, slots=True)
class OpenPrice:
    """`amount` for one, `words` "" if none were typed, `quantity` in pieces."""

    amount: Money
    words: str = ""
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Quantity:
    thousandths: int


@dataclass(frozen=True, slots=True)
class ActiveQuantity:
    thousandths: int


@dataclass(frozen=True, slots=True)
class TileNumber:
    """`number` from 1, 0 for parking, None while only the sign was typed."""

    number: int | None


@dataclass(frozen=True, slots=True)
class WeightedSearch:
    thousandths: int
    text: str


@dataclass(frozen=True, slots=True)
class Text:
    text: str


Typed = (
    Nothing
    | PickupCode
    | SpokenCode
    | Code
    | Address
    | OpenPrice
    | Quantity
    | ActiveQuantity
    | TileNumber
    | WeightedSearch
    | Text
)

_NUMBER = r"\d{1,3}(?:[.,]\d{1,3})?"
_PRICE = r"\d{1,6}[.,]\d{1,2}\s*(?:€|eur)?|\d{1,6}\s*(?:€|eur)"
_QUANTITY = re.compile(rf"^({_NUMBER})\s*[*×]\s*(.*)$", re.DOTALL)
_TILE = re.compile(r"^/\s*(\d{0,2})$", re.ASCII)
_ACTIVE = re.compile(rf"^[*×qQ]\s*({_NUMBER})$")
_OPEN_PRICE = re.compile(
    rf"^({_PRICE})(?:\s*[*×]\s*(\d{{1,3}})(?=\s|$|\+))?(?:\s*\+\s*|\s+|$)(.*)$", re.DOTALL | re.IGNORECASE
)
_SURE_PRICE = re.compile(r"^(\d{1,6})\s*\+\s*(.*)$", re.DOTALL)


def parse_input(text: str) -> Typed:
    """Read what was typed or scanned; never raises, whatever the text. The order of the questions is fixed."""
    meant = scanned.what_is(text)  # before blanks are tidied: a GS1 code's separator is one
    cleaned = " ".join(text[:MAX_TEXT].split())
    if not cleaned:
        return Nothing()
    match meant:
        case scanned.OrderCode(order_code):
            return PickupCode(" ".join(order_code.split()))
        case scanned.SpokenCode(spoken, _):
            return SpokenCode(spoken, cleaned)
        case scanned.Address(address):
            return Address(address)
        case scanned.GoodsCode(code) | scanned.ArticleNumber(code):
            return Code(code)
    if tile := _TILE.match(cleaned):
        return TileNumber(int(tile.group(1)) if tile.group(1) else None)
    if active := _ACTIVE.match(cleaned):
        return _active_quantity(active.group(1), cleaned)
    return _open_price(cleaned, 1) or _with_quantity(cleaned) or Text(cleaned)


def _active_quantity(number: str, text: str) -> Typed:
    thousandths = parse_thousandths(number)
    return Text(text) if thousandths is None else ActiveQuantity(thousandths)


def _code(text: str, thousandths: int) -> Code | None:
    match scanned.what_is(text):
        case scanned.GoodsCode(code) | scanned.ArticleNumber(code):
            return Code(code, thousandths)
    return None


def _open_price(text: str, quantity: int) -> OpenPrice | None:
    match = _OPEN_PRICE.match(text)
    if match is not None:
        price, pieces, words = match.group(1), match.group(2), match.group(3)
    else:
        sure = _SURE_PRICE.match(text)
        if sure is None:
            return None
        price, pieces, words = sure.group(1), None, sure.group(2)
    amount = parse_amount(re.sub(r"(?i)\s*(€|eur)$", "", price))
    wanted = int(pieces) if pieces else quantity
    if not amount or not wanted:
        return None
    return OpenPrice(amount, words.strip(), wanted)


def _with_quantity(text: str) -> Typed | None:
    match = _QUANTITY.match(text)
    if match is None:
        return None
    thousandths, rest = parse_thousandths(match.group(1)), match.group(2).strip()
    if not thousandths:
        return None
    if not rest:
        return Quantity(thousandths)
    if code := _code(rest, thousandths):
        return code
    if thousandths % ONE == 0 and (price := _open_price(rest, thousandths // ONE)):
        return price
    return WeightedSearch(thousandths, rest)


def parse_thousandths(text: str) -> int | None:
    """`3`, `0,456`, `1.5` in thousandths; None if it is no such number."""
    if not text.isascii() or not re.fullmatch(r"\d{1,6}(?:[.,]\d{1,3})?", text):
        return None
    whole, _, part = text.replace(",", ".").partition(".")
    return int(whole) * ONE + int(part.ljust(3, "0"))


def quantity_in_base_units(thousandths: int, unit: Unit) -> int | None:
    """Base units of a typed quantity: `0,456` kg is 456 grams; None for a part of a piece or for nothing."""
    if unit is Unit.PIECE and thousandths % ONE:
        return None
    return divide_half_up(thousandths * unit.base_per_priced, ONE) or None


_WEIGHT = re.compile(r"^(\d{1,6}(?:[.,]\d{1,3})?)\s*(kg|g|l|ml|cl|h|min|mn)?$", re.IGNORECASE)
_TARE = re.compile("[-t]", re.IGNORECASE)
_BASE_UNITS = {"kg": 1000, "g": 1, "l": 1000, "ml": 1, "cl": 10, "h": 60, "min": 1, "mn": 1}
_UNITS_OF = {Unit.KG: ("kg", "g"), Unit.LITRE: ("l", "ml", "cl"), Unit.HOUR: ("h", "min", "mn")}
_SMALLEST_PLAIN = 10


def parse_measure(text: str, unit: Unit) -> int | None:
    """A weight, volume or duration read off a scale, in base units; None if it is none.

    With a decimal mark it is in the priced unit (`0,456` is 456 g); a plain whole number is in base units (`456` is
    456 g), but below 10 kilograms may be meant: None, so that it is asked again. A unit may be written: `2 kg`, `75cl`.
    What holds the goods is taken off behind a `-` or a `t`: `0,480-24`, `0,480t24`.
    """
    gross, tare = parse_weighing(text, unit)
    return gross - tare if gross is not None and tare is not None and gross > tare else None


def parse_weighing(text: str, unit: Unit) -> tuple[int | None, int | None]:
    """What stood on the scale and the tare in it, in base units; 0 if none was typed, None for what is no measure."""
    whole, *tare = _TARE.split(text.strip()[:MAX_TEXT], maxsplit=1)
    return _measure(whole, unit), _measure(tare[0], unit) if tare else 0


def _measure(text: str, unit: Unit) -> int | None:
    match = _WEIGHT.match(text.strip())
    if match is None:
        return None
    number, written = match.group(1), (match.group(2) or "").lower()
    thousandths = parse_thousandths(number)
    if not thousandths or (written and written not in _UNITS_OF.get(unit, ())):
        return None
    if unit is Unit.PIECE:
        return quantity_in_base_units(thousandths, unit)
    if written:
        return divide_half_up(thousandths * _BASE_UNITS[written], ONE) or None
    if thousandths % ONE == 0 and not re.search(r"[.,]", number):
        return thousandths // ONE if thousandths // ONE >= _SMALLEST_PLAIN else None
    return quantity_in_base_units(thousandths, unit)


class StockAction(StrEnum):
    GOODS_IN = "goods_in"
    COUNTED = "counted"
    LOSS = "loss"


@dataclass(frozen=True, slots=True)
class StockInput:
    action: StockAction
    thousandths: int


_STOCK = re.compile(r"^([+=-]?)\s*(\d{1,5}(?:[.,]\d{1,3})?)$")
_STOCK_SIGNS = {"": StockAction.GOODS_IN, "+": StockAction.GOODS_IN, "=": StockAction.COUNTED, "-": StockAction.LOSS}


def parse_stock_input(text: str) -> StockInput | None:
    """On an open stock card: `24` or `+24` came in, `=18` were counted, `-2` are lost. None: something to look for."""
    match = _STOCK.match(text.strip()[:MAX_TEXT])
    thousandths = parse_thousandths(match.group(2)) if match else None
    if match is None or thousandths is None:
        return None
    action = _STOCK_SIGNS[match.group(1)]
    return None if not thousandths and action is not StockAction.COUNTED else StockInput(action, thousandths)
