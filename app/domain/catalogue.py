"""Owns what can be sold and how much of it there is: products, units, quantities, stock movements and their sum.

Levels are sums of movements, never numbers of their own (I4). Never knows where a product came from or how it is
stored.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.money import Money, divide_half_up


class Unit(StrEnum):
    """How a product is priced. Quantities are whole base units: pieces, grams, millilitres, minutes."""

    PIECE = "piece"
    KG = "kg"
    LITRE = "litre"
    HOUR = "hour"

    @property
    def base_per_priced(self) -> int:
        """Base units in one priced unit: 1 000 grams in the kilogram, 60 minutes in the hour."""
        return _BASE_PER_PRICED[self]


_BASE_PER_PRICED = {Unit.PIECE: 1, Unit.KG: 1000, Unit.LITRE: 1000, Unit.HOUR: 60}


class LineNature(StrEnum):
    """What a line is to the tax office. All but goods and service stand outside turnover and VAT (R29)."""

    GOODS = "goods"
    SERVICE = "service"
    CONTAINER = "container"
    """A deposit on a container (consigne), given back when it comes back."""
    DEPOSIT = "deposit"
    """An advance payment (acompte, arrhes)."""
    VOUCHER = "voucher"
    """A multi-purpose gift voucher sold: a debt of the shop, turnover only when it is spent."""
    SETTLEMENT = "settlement"
    """A customer's account paid."""

    @property
    def in_turnover(self) -> bool:
        """Whether it counts in turnover and bears VAT."""
        return self in (LineNature.GOODS, LineNature.SERVICE)


def usual_nature(unit: Unit) -> LineNature:
    """What an article is while nobody says otherwise: a service if it is sold by the hour."""
    return LineNature.SERVICE if unit is Unit.HOUR else LineNature.GOODS


@dataclass(frozen=True, slots=True)
class Product:
    """Something the shop sells, goods or service.

    Attributes:
        product_id: the marketplace's or the till's id, unique for ever.
        price: including VAT, for one priced unit (piece, kg, litre, hour).
        vat_rate_bp: one of `money.VAT_RATES_BP`.
        codes: bar codes in their stored form (`barcodes.normalise_code`), or the shop's own article numbers.
        withdrawal_right: whether a distance sale of it can be cancelled within 14 days (C. conso L. 221-28).
        age_limit: 0, or 18 where proof of majority must be asked (R32).
        active: False once withdrawn from sale; kept, because documents refer to it.
        nature: outside turnover (container, voucher...) the VAT rate is 0.
        meal_voucher: may be paid with meal vouchers (R27); never together with an age limit.
        legal_guarantee: the receipt must say that the legal guarantee of conformity exists (R22).
        weigh_slip: sold loose by weight, a slip with weight, price per kg and total goes with it (R23).
    """

    product_id: str
    name: str
    price: Money
    vat_rate_bp: int
    unit: Unit = Unit.PIECE
    codes: tuple[str, ...] = ()
    category: str = ""
    stock_tracked: bool = True
    shelf: str = ""
    published: bool = False
    withdrawal_right: bool = True
    age_limit: int = 0
    active: bool = True
    nature: LineNature = LineNature.GOODS
    meal_voucher: bool = False
    legal_guarantee: bool = False
    weigh_slip: bool = False


def contradiction_in(product: Product) -> str:
    """The keyword of what cannot be true of one article at once, "" if nothing: `vat_outside_turnover`,
    `meal_voucher_age`."""
    if not product.nature.in_turnover and product.vat_rate_bp:
        return "vat_outside_turnover"
    if product.meal_voucher and product.age_limit:
        return "meal_voucher_age"
    return ""


def price_of(unit_price: Money, quantity: int, unit: Unit) -> Money:
    """Price of a quantity in base units, to the cent, halves up: 7.12 EUR/kg x 1 200 g = 8.54 EUR."""
    return Money(divide_half_up(unit_price.minor * quantity, unit.base_per_priced))


class MovementReason(StrEnum):
    """Why stock moved; words for people live in `ui/messages.py`."""

    OPENING = "opening"
    SALE = "sale"
    HANDOVER = "handover"
    HANDOVER_UNDONE = "handover_undone"
    GOODS_IN = "goods_in"
    CORRECTION = "correction"
    LOSS = "loss"
    TRANSFER = "transfer"
    CUSTOMER_RETURN = "customer_return"
    ONLINE_SHIPPED = "online_shipped"


@dataclass(frozen=True, slots=True)
class StockMovement:
    """A signed change of what is physically there.

    Attributes:
        movement_id: unique for ever, on every till and on the marketplace: the same movement counts once.
        quantity: base units, negative when goods leave; never nought.
        till_id: the till it happened at, or "" for the marketplace.
        source_id: the sale line, handover line or count it comes from.
    """

    movement_id: str
    product_id: str
    location: str
    quantity: int
    reason: MovementReason
    happened_at: datetime
    till_id: str
    source_id: str = ""
    operator: str = ""
    note: str = ""


DEFAULT_LOCATION = "shop"


def level_of(movements: Iterable[StockMovement]) -> int:
    """Physical level in base units: the sum of distinct movements (I4)."""
    return sum({movement.movement_id: movement.quantity for movement in movements}.values())


_LIGATURES = str.maketrans(
    {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "’": "'", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l"}
)
_WORD = re.compile(r"[^\W_]+")


def fold_text(text: str) -> str:
    """The form in which names are compared and searched: no case, no accents, ligatures opened, words separated by one
    space."""
    opened = unicodedata.normalize("NFKD", text.translate(_LIGATURES)).casefold()
    bare = opened if opened.isascii() else "".join([char for char in opened if not unicodedata.combining(char)])
    return " ".join(_WORD.findall(bare))
