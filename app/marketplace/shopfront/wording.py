"""Owns how amounts, quantities and an order's progress are written for customers, in French. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.catalogue import Product, Unit, fold_text
from app.domain.order import HandoverState, LineOutcome, Preparation
from app.marketplace.paris import day_in_words, moment_in_words
from app.marketplace.surroundings import time_of

NBSP = "\u00a0"
_NARROW = "\u202f"

_PRICED = {
    Unit.PIECE: "",
    Unit.KG: f"{NBSP}/{NBSP}kg",
    Unit.LITRE: f"{NBSP}/{NBSP}litre",
    Unit.HOUR: f"{NBSP}/{NBSP}heure",
}
_CHOICES = {
    Unit.PIECE: (1, 2, 3, 4, 5, 6, 8, 10, 12),
    Unit.KG: (100, 200, 250, 300, 400, 500, 750, 1000, 1500, 2000, 3000),
    Unit.LITRE: (250, 500, 750, 1000, 1500, 2000, 3000, 5000),
    Unit.HOUR: (30, 60, 90, 120, 180, 240),
}
_FIRST_CHOICE = {Unit.PIECE: 1, Unit.KG: 500, Unit.LITRE: 1000, Unit.HOUR: 60}

# the first word found in the folded category decides; each name is a drawing of templates/_drawings.html
_DRAWINGS = (
    ("boulangerie", "bread"), ("fruit", "carrot"), ("cremerie", "cheese"), ("boucherie", "meat"), ("poisson", "fish"),
    ("cave", "bottle"), ("boisson", "glass"), ("cafe", "cup"), ("confiserie", "sweet"), ("biscuit", "biscuit"),
    ("surgele", "snow"), ("plat", "pot"), ("condiment", "jar"), ("sucree", "jar"), ("aperitif", "olive"),
    ("service", "hand"), ("vrac", "glass"),
)  # fmt: skip


def euros(minor: int) -> str:
    """`1 234,50 €`."""
    euro, cents = divmod(abs(minor), 100)
    return f"{'-' if minor < 0 else ''}{whole(euro)},{cents:02d}{NBSP}€"


def whole(number: int) -> str:
    """`1 537`."""
    return f"{number:,}".replace(",", _NARROW)


def price_words(product: Product) -> str:
    """`3,49 € / kg`."""
    return euros(product.price.minor) + _PRICED[product.unit]


def quantity_words(quantity: int, unit: Unit) -> str:
    """`2`, `400 g`, `1,5 kg`, `75 cl`, `1 h 30`."""
    if unit is Unit.KG:
        return f"{quantity}{NBSP}g" if quantity < 1000 else f"{_decimal(quantity)}{NBSP}kg"
    if unit is Unit.LITRE:
        return f"{_decimal(quantity * 100)}{NBSP}cl" if quantity < 1000 else f"{_decimal(quantity)}{NBSP}l"
    if unit is Unit.HOUR:
        hours, minutes = divmod(quantity, 60)
        if not hours:
            return f"{minutes}{NBSP}min"
        return f"{hours}{NBSP}h{NBSP}{minutes:02d}" if minutes else f"{hours}{NBSP}h"
    return str(quantity)


def _decimal(thousandths: int) -> str:
    return f"{thousandths // 1000},{thousandths % 1000:03d}".rstrip("0").rstrip(",")


def drawing_of(category: str) -> str:
    folded = fold_text(category)
    return next((drawing for word, drawing in _DRAWINGS if word in folded), "basket")


@dataclass(frozen=True, slots=True)
class Choice:
    """One quantity a customer may choose."""

    quantity: int
    words: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Shelf:
    """A product as customers see it. `stock_note`: how little is left, "" if enough; `choices`: empty once sold out."""

    product_id: str
    name: str
    price: str
    category: str
    drawing: str
    age_limit: int
    stock_note: str
    choices: tuple[Choice, ...]

    @property
    def tone(self) -> int:
        """Which of the style's six tints goes behind the drawing."""
        names = [name for _word, name in _DRAWINGS]
        return names.index(self.drawing) % 6 if self.drawing in names else 0

    @property
    def sold_out(self) -> bool:
        return not self.choices


def shelf_of(product: Product, left: int, chosen: int | None = None) -> Shelf:
    """Args: left: base units that may still be ordered; means nothing for products whose stock is not tracked."""
    return Shelf(
        product.product_id,
        product.name,
        price_words(product),
        product.category,
        drawing_of(product.category),
        product.age_limit,
        _stock_note(product, left),
        choices_for(product, left, chosen),
    )


def choices_for(product: Product, left: int, chosen: int | None) -> tuple[Choice, ...]:
    """The usual quantities that are there, the one chosen among them even if it is unusual."""
    usual = [quantity for quantity in _CHOICES[product.unit] if not product.stock_tracked or quantity <= left]
    if chosen is not None and chosen not in usual:
        usual = sorted([*usual, chosen])
    start = chosen if chosen is not None else min(_FIRST_CHOICE[product.unit], usual[-1] if usual else 0)
    return tuple(Choice(quantity, quantity_words(quantity, product.unit), quantity == start) for quantity in usual)


@dataclass(frozen=True, slots=True)
class LineToChange:
    """An article of an order that its customer may change, or one of the cart that may be added (`is_new`)."""

    product_id: str
    label: str
    price: str
    is_new: bool
    choices: tuple[Choice, ...]


def line_to_change(product: Product | None, line: Mapping[str, Any] | None, left: int, quantity: int) -> LineToChange:
    """Args: product: None if it is no longer on sale: then as much as was ordered, or none; line: None if it is only in
    the cart; left: base units beyond what was ordered."""
    if line is None:
        return _to_add(product, left, quantity)
    unit = Unit(line["unit"])
    price = f"{euros(line['unit_price_minor'])}{_PRICED[unit]}"
    if product is None:
        choices: tuple[Choice, ...] = (Choice(quantity, quantity_words(quantity, unit), chosen=True),)
    else:
        choices = choices_for(product, left + quantity, quantity)
    return LineToChange(line["product_id"], line["label"], price, is_new=False, choices=(_NONE, *choices))


def _to_add(product: Product | None, left: int, quantity: int) -> LineToChange:
    if product is None:
        raise LookupError("neither ordered nor on sale")
    choices = choices_for(product, left, min(quantity, left) if product.stock_tracked and left else quantity)
    return LineToChange(product.product_id, product.name, price_words(product), is_new=True, choices=(_NONE, *choices))


_NONE = Choice(0, "Aucun", chosen=False)


def _stock_note(product: Product, left: int) -> str:
    if not product.stock_tracked:
        return ""
    if left < _CHOICES[product.unit][0]:
        return "Épuisé"
    if left <= {Unit.PIECE: 5, Unit.KG: 1500, Unit.LITRE: 2000, Unit.HOUR: 0}[product.unit]:
        return f"Plus que {quantity_words(left, product.unit)}"
    return ""


# --- the order's page ------------------------------------------------------------------------------------------------

STEPS = ("Reçue", "En préparation", "Prête", "Remise")


@dataclass(frozen=True, slots=True)
class Progress:
    """Where an order is, for its customer.

    Attributes:
        headline, advice: what to read first, and what to do.
        step: index in `STEPS` of the step reached; -1 once cancelled.
        collectable: whether codes are of any use (still).
    """

    headline: str
    advice: str
    step: int
    collectable: bool


def progress_of(order: Mapping[str, Any], now: datetime) -> Progress:
    """Args: order: as tills are shown it."""
    if order["handover"] == HandoverState.HANDED_OVER:
        when = moment_in_words(time_of(order["handed_over_at"]))
        return Progress("Votre commande vous a été remise", f"C’était {when}. Merci de votre visite !", 3, False)
    if order["cancelled_at"]:
        return Progress(
            "Cette commande est annulée", "Rien n’est à retirer. La boutique peut vous répondre.", -1, False
        )
    kept = f"La boutique la garde jusqu’au {day_in_words(time_of(order['keep_until']))}."
    if now > time_of(order["keep_until"]):
        return Progress(
            "Le délai de retrait est passé", "Appelez la boutique avant de vous déplacer.", _step(order), True
        )
    if order["handover"] == HandoverState.PARTLY:
        return Progress("Une partie vous attend encore", kept, 2, True)
    if order["preparation"] == Preparation.READY:
        return Progress("Votre commande est prête", f"Venez quand vous voulez. {kept}", 2, True)
    if order["preparation"] == Preparation.IN_PREPARATION:
        return Progress("Votre commande est en préparation", f"Cette page vous dira quand venir. {kept}", 1, True)
    return Progress("Votre commande est bien reçue", f"Cette page vous dira quand venir. {kept}", 0, True)


def _step(order: Mapping[str, Any]) -> int:
    return {Preparation.TO_PREPARE: 0, Preparation.IN_PREPARATION: 1, Preparation.READY: 2}[order["preparation"]]


_OUTCOMES = {
    LineOutcome.MISSING: "Indisponible, non facturé",
    LineOutcome.REFUSED: "Non pris, non facturé",
    LineOutcome.TO_FOLLOW: "À retirer plus tard",
}


@dataclass(frozen=True, slots=True)
class LineWords:
    """A line of an order as it turned out so far. `note`: what is different from what was ordered, "" for nothing."""

    label: str
    quantity: str
    amount: str
    note: str


def line_words(line: Mapping[str, Any], result: Mapping[str, Any] | None) -> LineWords:
    unit = Unit(line["unit"])
    ordered = quantity_words(line["quantity"], unit)
    if result is None or result["outcome"] == LineOutcome.GIVEN:
        return LineWords(line["label"], ordered, euros(line["total_minor"]), "")
    amount = euros(result["amount_minor"])
    if result["outcome"] == LineOutcome.WEIGHED:
        weighed = quantity_words(result["quantity"], unit)
        note = "" if result["quantity"] == line["quantity"] else f"Commandé : {ordered}"
        return LineWords(line["label"], weighed, amount, note)
    if result["outcome"] == LineOutcome.REPLACED:
        return LineWords(result["label"], ordered, amount, f"Remplace : {line['label']}")
    return LineWords(line["label"], ordered, euros(0), _OUTCOMES[LineOutcome(result["outcome"])])


def owed_minor(lines: Sequence[Mapping[str, Any]], results: Sequence[Mapping[str, Any] | None]) -> int:
    """What the order costs as it turned out so far; lines to follow keep the price they were ordered at."""
    return sum(
        line["total_minor"]
        if result is None or result["outcome"] in (LineOutcome.GIVEN, LineOutcome.TO_FOLLOW)
        else result["amount_minor"]
        for line, result in zip(lines, results, strict=True)
    )
