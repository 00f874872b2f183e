"""Owns the words about labels: what went to the printer, and why nothing did. No Qt, no decision."""

from __future__ import annotations

from app.i18n import tr, trn
from app.usecases.print_labels import NoLabel, ShelfLabelsQueued

_NAMES_SHOWN = 3


def no_label_words(why: NoLabel) -> str:
    """Why nothing was printed, and what to do."""
    return {
        NoLabel.UNKNOWN_ORDER: tr("This till has no such order: look for it again by its name."),
        NoLabel.CANCELLED: tr("This order was cancelled: it needs no label."),
        NoLabel.ALREADY_HANDED_OVER: tr("This order has already been handed over: it needs no label."),
        NoLabel.NO_ARTICLE: tr("There is no article for sale here: open one or search for several, then print."),
    }[why]


def bag_labels_words(bags: int) -> str:
    text = trn("{count} bag label goes to the printer.", "{count} bag labels go to the printer.", bags)
    return text.format(count=bags)


def shelf_labels_words(queued: ShelfLabelsQueued) -> str:
    """What was printed, and on which labels the price for a kilogram or litre is missing."""
    text = trn("{count} shelf label goes to the printer.", "{count} shelf labels go to the printer.", queued.count)
    said = text.format(count=queued.count)
    lacking = queued.without_unit_price
    if not lacking:
        return said
    names = ", ".join(lacking[:_NAMES_SHOWN]) + (" …" if len(lacking) > _NAMES_SHOWN else "")
    hint = tr(
        "Without a price per kilo or litre: {names}. If it is packed food, write its content into its name, as in "
        "“Honey 250 g”."
    )
    return f"{said} {hint.format(names=names)}"
