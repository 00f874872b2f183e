"""Owns the words of labels and of the market sheet, in French and English; not in the screens' catalogue, as `words`
explains.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.catalogue import Unit


@dataclass(frozen=True, slots=True)
class LabelWords:
    """The words of one language. Templates take their values by name."""

    bag: str
    shelf: str
    per: dict[Unit, str]
    market_sheet: str
    orders: tuple[str, str]
    no_orders: str
    bags: tuple[str, str]
    no_bags: str
    paid: str
    to_collect: str
    check_age: str
    how_to_tick: str
    sales_sheet: str
    how_to_write: str
    sale_columns: tuple[str, str, str]


FRENCH = LabelWords(
    bag="Sac {number} sur {count}",
    shelf="Place : {shelf}",
    per={Unit.KG: "Le kilo", Unit.LITRE: "Le litre", Unit.HOUR: "L'heure"},
    market_sheet="À REMETTRE SANS LA CAISSE",
    orders=("{count} commande", "{count} commandes"),
    no_orders="Aucune commande à remettre.",
    bags=("{count} sac", "{count} sacs"),
    no_bags="à préparer",
    paid="payé",
    to_collect="À encaisser {amount}",
    check_age="vérifier {age} ans",
    how_to_tick="Demandez le code, cochez, notez l'heure. Remettez les commandes cochées dans la caisse dès qu'elle "
    "marche à nouveau, et gardez cette feuille.",
    sales_sheet="VENTES SANS LA CAISSE",
    how_to_write="Une ligne par vente : article, montant, moyen (E espèces, C carte, Q chèque). Saisissez-les dans la "
    "caisse dès qu'elle marche à nouveau, et gardez cette feuille.",
    sale_columns=("Article", "Montant", "E C Q"),
)

ENGLISH = LabelWords(
    bag="Bag {number} of {count}",
    shelf="Place: {shelf}",
    per={Unit.KG: "Per kilo", Unit.LITRE: "Per litre", Unit.HOUR: "Per hour"},
    market_sheet="TO HAND OVER WITHOUT THE TILL",
    orders=("{count} order", "{count} orders"),
    no_orders="No order to hand over.",
    bags=("{count} bag", "{count} bags"),
    no_bags="to prepare",
    paid="paid",
    to_collect="To collect {amount}",
    check_age="check age {age}",
    how_to_tick="Ask for the code, tick, note the time. Hand over the ticked orders in the till as soon as it works "
    "again, and keep this sheet.",
    sales_sheet="SALES WITHOUT THE TILL",
    how_to_write="A line for each sale: article, amount, means (E cash, C card, Q cheque). Enter them in the till as "
    "soon as it works again, and keep this sheet.",
    sale_columns=("Article", "Amount", "E C Q"),
)


def label_words_for(language: str) -> LabelWords:
    """French unless English is asked for."""
    return ENGLISH if language == "en" else FRENCH
