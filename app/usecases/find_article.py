"""Answers "which article is this, and how much of it?" for a code that was scanned or typed. Never writes.

What is an order's code is no article's, whatever the catalogue says. Then the catalogue's own codes come first, but for
GS1 codes, whose dates must be heard; then the shop's scale labels and other spellings of the same number. What is not
sure is not guessed: the answer says why.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.barcodes import inner_gtin, normalise_code, short_gtin, upc_a_of_upc_e
from app.domain.catalogue import Unit
from app.domain.gs1_goods import EURO, Gs1Goods
from app.domain.money import Money
from app.domain.scale_labels import (
    USUAL_TEMPLATES,
    BadLabel,
    LabelKind,
    LabelParts,
    LabelTemplate,
    quantity_for,
    split_label,
)
from app.domain.scanned import Address, ArticleNumber, GoodsCode, JoinCodeText, OrderCode, what_is
from app.settings import ScaleLabelSettings
from app.usecases.queries import ProductRow, Queries

_VALUE_AND_ITEM = 10
"""Figures of a label between its prefix and its check digit."""

_CHECKED_LENGTHS = (12, 13, 14)
"""A number of so many figures is nobody's own: its check digit is wrong because it was misread."""


class CodeProblem(StrEnum):
    """Why no article is sold under a code; worded in `ui/code_words.py`."""

    UNKNOWN = "unknown"
    MISREAD = "misread"
    LABEL_MISREAD = "label_misread"
    LABEL_NO_VALUE = "label_no_value"
    LABEL_UNKNOWN = "label_unknown"
    LABEL_NOT_BY_WEIGHT = "label_not_by_weight"
    NO_PRICE_PER_KG = "no_price_per_kg"
    CASE = "case"
    UNKNOWN_CASE = "unknown_case"
    PALLET = "pallet"
    GS1_UNREADABLE = "gs1_unreadable"
    OTHER_CURRENCY = "other_currency"
    ADDRESS = "address"
    ORDER_CODE = "order_code"


@dataclass(frozen=True, slots=True)
class NoArticle:
    """Attributes:
    code: what to show and to keep with an open price: the article's number as far as one was read.
    name: of an article that is meant but not sold this way.
    """

    problem: CodeProblem
    code: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class ArticleFound:
    """The article, and what its code says besides.

    Attributes:
        quantity: base units that the code says; None if it says none.
        price: of that quantity, VAT included, as the label says; None for the catalogue's.
        derived: the quantity was reckoned from the price and so is only about right.
        goods: what a GS1 code says, dates above all.
    """

    row: ProductRow
    quantity: int | None = None
    price: Money | None = None
    derived: bool = False
    goods: Gs1Goods | None = None


def reads_no_goods(_text: str) -> Gs1Goods | None:
    """Where nothing reads GS1 codes."""
    return None


@dataclass(frozen=True, slots=True)
class CodeReading:
    """How codes are read here.

    Attributes:
        templates: of the labels that the shop's scale prints.
        read_goods: what a GS1 code says; None for one that cannot be trusted.
    """

    templates: Sequence[LabelTemplate] = USUAL_TEMPLATES
    read_goods: Callable[[str], Gs1Goods | None] = reads_no_goods


def templates_of(labels: Sequence[ScaleLabelSettings]) -> Sequence[LabelTemplate]:
    """The shop's own table; the usual one while it has none."""
    own = [
        LabelTemplate(label.prefix, label.item_digits, _VALUE_AND_ITEM - label.item_digits, LabelKind(label.value))
        for label in labels
    ]
    return tuple(own) or USUAL_TEMPLATES


def find_article(queries: Queries, reading: CodeReading, text: str) -> ArticleFound | NoArticle:
    """The article of a code, with the weight or price its label says.

    Raises:
        StoreUnavailable: the catalogue cannot be read.
    """
    meant = what_is(text)
    if isinstance(meant, OrderCode | JoinCodeText):
        return NoArticle(CodeProblem.ORDER_CODE, "")
    if isinstance(meant, GoodsCode):
        return _goods(queries, reading, meant)
    code = meant.code if isinstance(meant, ArticleNumber) else meant.text
    row = queries.product_by_code(code)
    if row is not None:
        return ArticleFound(row)
    if isinstance(meant, ArticleNumber):
        return _number(queries, reading, meant)
    return NoArticle(CodeProblem.ADDRESS if isinstance(meant, Address) else CodeProblem.UNKNOWN, code)


# --- numbers and scale labels ---------------------------------------------------------------------------------------


def _number(queries: Queries, reading: CodeReading, number: ArticleNumber) -> ArticleFound | NoArticle:
    for template in reading.templates:
        parts = split_label(number.code, template)
        if parts is not None:
            return _label(queries, number.code, parts)
    row = _first(queries, (short_gtin(number.code), upc_a_of_upc_e(number.code)))
    if row is not None:
        return ArticleFound(row)
    if not number.sound and len(number.code) in _CHECKED_LENGTHS:
        return NoArticle(CodeProblem.MISREAD, number.code)
    return _case(queries, number.code)


def _label(queries: Queries, code: str, parts: LabelParts | BadLabel) -> ArticleFound | NoArticle:
    if parts is BadLabel.CHECK_DIGIT:
        return NoArticle(CodeProblem.LABEL_MISREAD, code)
    if not isinstance(parts, LabelParts):
        return NoArticle(CodeProblem.LABEL_NO_VALUE, code)
    row = _first(queries, parts.article_codes())
    if row is None:
        own = parts.template.plain_numbers
        return NoArticle(CodeProblem.LABEL_UNKNOWN if own else CodeProblem.UNKNOWN, code, parts.item)
    kind, by_weight = parts.template.kind, row.product.unit is Unit.KG
    if kind is LabelKind.WEIGHT or (kind is LabelKind.BY_ARTICLE and by_weight):
        if not by_weight:
            return NoArticle(CodeProblem.LABEL_NOT_BY_WEIGHT, code, row.product.name)
        return ArticleFound(row, parts.value)
    return _priced(ArticleFound(row), Money(parts.value), code)


def _priced(found: ArticleFound, price: Money, code: str) -> ArticleFound | NoArticle:
    """The label's own price wins over the catalogue's; a weight that it does not say is reckoned from it."""
    row, product = found.row, found.row.product
    if product.unit is Unit.PIECE or found.quantity is not None:
        return ArticleFound(row, found.quantity or 1, price, goods=found.goods)
    if product.price.minor <= 0:
        return NoArticle(CodeProblem.NO_PRICE_PER_KG, code, product.name)
    about = quantity_for(price, product.price, product.unit)
    return ArticleFound(row, about, price, derived=True, goods=found.goods)


# --- GS1 ------------------------------------------------------------------------------------------------------------


def _goods(queries: Queries, reading: CodeReading, meant: GoodsCode) -> ArticleFound | NoArticle:
    goods = reading.read_goods(meant.text)
    if goods is None or not goods.gtin:
        own = queries.product_by_code(meant.text)
        if own is not None:
            return ArticleFound(own)
    if goods is None:
        return NoArticle(CodeProblem.GS1_UNREADABLE, normalise_code(meant.gtin) or meant.text)
    code = normalise_code(goods.gtin)
    if not goods.gtin:
        inside = _first(queries, (normalise_code(goods.contained_gtin),)) if goods.contained_gtin else None
        return NoArticle(CodeProblem.PALLET, meant.text, inside.product.name if inside is not None else "")
    row = _first(queries, (code, short_gtin(goods.gtin)))
    if row is None:
        return _case(queries, code)
    return _measured(ArticleFound(row, goods=goods), goods, code)


def _measured(found: ArticleFound, goods: Gs1Goods, code: str) -> ArticleFound | NoArticle:
    by_weight = found.row.product.unit is Unit.KG
    said = {Unit.KG: goods.net_weight_g, Unit.PIECE: goods.count}.get(found.row.product.unit)
    if said == 0 or (goods.price is not None and not goods.price.minor):
        return NoArticle(CodeProblem.LABEL_NO_VALUE, code)
    measured = ArticleFound(found.row, said, goods=goods)
    if goods.price is None or not (by_weight or goods.varies):
        return measured
    if goods.currency not in ("", EURO):
        return NoArticle(CodeProblem.OTHER_CURRENCY, code)
    return _priced(measured, goods.price, code)


def _case(queries: Queries, code: str) -> NoArticle:
    """Nobody's code: perhaps that of a case, whose content only the catalogue could say for sure."""
    inside = inner_gtin(code)
    if not inside:
        return NoArticle(CodeProblem.UNKNOWN, code)
    row = _first(queries, (inside, short_gtin(inside)))
    if row is None:
        return NoArticle(CodeProblem.UNKNOWN_CASE, code)
    return NoArticle(CodeProblem.CASE, code, row.product.name)


def _first(queries: Queries, codes: Sequence[str]) -> ProductRow | None:
    for code in codes:
        row = queries.product_by_code(code) if code else None
        if row is not None:
            return row
    return None
