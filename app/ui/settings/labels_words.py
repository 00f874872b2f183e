"""Owns the wording of the sheet about the scale's labels. No Qt, no decision."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.catalogue import price_of
from app.domain.scale_labels import LabelKind, LabelParts
from app.i18n import tr
from app.settings import ScaleLabelSettings
from app.ui import messages
from app.ui.code_words import no_article_words
from app.ui.settings.labels import LabelsState, LabelTried
from app.ui.style.tokens import Role
from app.usecases.find_article import ArticleFound


def kind_words(kind: str) -> str:
    return {
        "none": tr("Not used"),
        "weight": tr("Weight"),
        "price": tr("Price"),
        "by_article": tr("As the article is sold"),
    }[kind]


def table_words(labels: Sequence[ScaleLabelSettings]) -> str:
    """The table in a line a row."""
    if not labels:
        return tr("Nothing is set: 20 to 29 are weights, of articles whose code ends in noughts.")
    row = tr("{prefix}: {kind}, {digits} figures of the article")
    return "\n".join(
        row.format(prefix=label.prefix, kind=kind_words(label.value).lower(), digits=label.item_digits)
        for label in labels
    )


def tried_role(state: LabelsState) -> Role:
    if state.failure is not None:
        return Role.DANGER
    return Role.SUCCESS if state.tried is not None and isinstance(state.tried.found, ArticleFound) else Role.WARNING


def tried_words(state: LabelsState) -> str:
    """What the label scanned last would become, or why nothing."""
    if state.failure is not None:
        return messages.describe_failure(state.failure)
    if state.tried is None:
        return tr("Scan a label now: it says here what would be sold.")
    found = state.tried.found
    return _sold(found) if isinstance(found, ArticleFound) else _not_sold(state.tried)


def _sold(found: ArticleFound) -> str:
    product = found.row.product
    if found.quantity is None:
        return tr("{name}: the label says no weight and no price of its own.").format(name=product.name)
    quantity = messages.quantity(found.quantity, product.unit)
    if found.price is None:
        total = messages.amount(price_of(product.price, found.quantity, product.unit))
        return tr("{name}: {quantity}, {total}").format(name=product.name, quantity=quantity, total=total)
    price = messages.amount(found.price)
    if found.derived:
        return tr("{name}: {price}, about {quantity}").format(name=product.name, price=price, quantity=quantity)
    return tr("{name}: {quantity}, {total}").format(name=product.name, quantity=quantity, total=price)


def _not_sold(tried: LabelTried) -> str:
    why = no_article_words(tried.found) if not isinstance(tried.found, ArticleFound) else ""
    if not isinstance(tried.parts, LabelParts):
        return why
    read = {
        LabelKind.WEIGHT: tr("Read as article {item}, {value} grams."),
        LabelKind.PRICE: tr("Read as article {item}, {value} cents."),
        LabelKind.BY_ARTICLE: tr("Read as article {item}, value {value}."),
    }[tried.parts.template.kind]
    return read.format(item=tried.parts.item, value=tried.parts.value) + " " + why
