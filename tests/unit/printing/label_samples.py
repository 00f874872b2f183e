"""Owns the labels and the market sheet that the printing tests set on paper."""

from __future__ import annotations

from datetime import timedelta

from app.domain.catalogue import Unit
from app.domain.money import ZERO, Money
from app.domain.receipt import BagLabels, ListedOrder, MarketSheet, Printable, ShelfLabel, ShelfLabels
from tests.unit.printing.samples import NOON, SHOP


def bag_labels() -> BagLabels:
    return BagLabels(
        shop=SHOP,
        order_id="o1",
        order_number="1042",
        customer_name="Aurélie Lefebvre-Dœuf",
        spoken_code="7F3K9X",
        pickup_code="P1K7F3K9XRLT8T4R6BC2B2N9S",
        shelf="Frais 2",
        bags=2,
        keep_until=NOON + timedelta(days=3),
    )


def shelf_labels() -> ShelfLabels:
    return ShelfLabels(
        SHOP,
        (
            ShelfLabel("Bière ambrée 75 cl", Money(590), Unit.PIECE, Money(787), Unit.LITRE, "3057067201236"),
            ShelfLabel("Maroilles fermier AOP « Cœur d’Avesnois »", Money(1890), Unit.KG, Money(1890), Unit.KG),
            ShelfLabel("Foie gras entier, seau de traiteur", Money(123450), Unit.PIECE, code="ART0042"),
            ShelfLabel("Chewing-gum", Money(90), Unit.PIECE, code="96385074"),
        ),
    )


def market_sheet(orders: bool = True) -> MarketSheet:
    listed = (
        ListedOrder("1042", "Lefebvre-Dœuf Aurélie", "7F3K9X", Money(123450), 2, "Frais 2", 5, 18),
        ListedOrder("1039", "Müller Zoé, " + "pour la compagnie des " * 4, "K2P4TV", ZERO, 1, "", 1),
        ListedOrder("1044", "N’Guyen Thi", "", ZERO, line_count=3),
    )
    return MarketSheet(SHOP, "Caisse A", NOON, listed if orders else (), 12)


DOCUMENTS: dict[str, Printable] = {
    "bag-labels": bag_labels(),
    "shelf-labels": shelf_labels(),
    "market-sheet": market_sheet(),
    "market-sheet-empty": market_sheet(orders=False),
}
