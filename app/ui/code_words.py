"""Owns the sentences on codes that lead to no article, and on dates past: what is wrong and what to do. No Qt, no
decision."""

from __future__ import annotations

from datetime import date

from app.domain.gs1_goods import DateVerdict, Gs1Goods
from app.i18n import tr
from app.ui.shown_code import shown_code
from app.usecases.find_article import CodeProblem, NoArticle


def no_article_words(found: NoArticle) -> str:
    """Why nothing was added or opened, and what to do."""
    return _sentence(found).format(code=shown_code(found.code), name=found.name)


def _sentence(found: NoArticle) -> str:
    if found.problem is CodeProblem.PALLET and found.name:
        return tr("This is the label of a whole delivery of {name}. Scan one article, or type its name.")
    return {
        CodeProblem.UNKNOWN: tr("No article has the code {code}."),
        CodeProblem.MISREAD: tr("{code} was misread: its check digit is wrong. Scan it again, or type the name."),
        CodeProblem.LABEL_MISREAD: tr("The scale's label was misread: scan it again, or weigh the article anew."),
        CodeProblem.LABEL_NO_VALUE: tr("This label says no weight and no price: weigh the article anew."),
        CodeProblem.LABEL_UNKNOWN: tr(
            "No article has the scale's number {name}. Give it this code in the catalogue, or type the name."
        ),
        CodeProblem.LABEL_NOT_BY_WEIGHT: tr(
            "{name} is not sold by weight, but this label is read as a weight. "
            "Say in the settings, under Scale labels, what its figures are."
        ),
        CodeProblem.NO_PRICE_PER_KG: tr("{name} has no price per kilogram: give it one in the catalogue."),
        CodeProblem.CASE: tr("This is the code of a case of {name}. Scan one article, with 12* before it for twelve."),
        CodeProblem.UNKNOWN_CASE: tr("This is the code of a case, {code}: no article has it. Scan one article of it."),
        CodeProblem.PALLET: tr("This is the label of a delivery, not of an article. Scan one article."),
        CodeProblem.GS1_UNREADABLE: tr(
            "The details in this code cannot be trusted. Scan it again, or the ordinary bar code beside it."
        ),
        CodeProblem.OTHER_CURRENCY: tr("The price in this code is not in euros: type the article's name or price."),
        CodeProblem.ORDER_CODE: tr("This is an order's code: it opens under Pickup (F2)."),
        CodeProblem.ADDRESS: tr("This is a web address, not an article's code. Scan the ordinary bar code beside it."),
    }[found.problem]


def past_date_words(verdict: DateVerdict, goods: Gs1Goods, name: str) -> str:
    """What the date on the goods means for the sale; "" if it is fine."""
    if verdict is DateVerdict.PAST_USE_BY and goods.use_by is not None:
        return tr(
            "{name}: use-by date {date} is past. It must not be sold: take it off the shelf and record a loss (F4)."
        ).format(name=name, date=_day(goods.use_by))
    if verdict is DateVerdict.PAST_BEST_BEFORE and goods.best_before is not None:
        return tr("{name}: best before {date} is past. It may be sold; tell the customer.").format(
            name=name, date=_day(goods.best_before)
        )
    if verdict is DateVerdict.PAST_SELL_BY and goods.sell_by is not None:
        return tr("{name}: its maker wanted it sold by {date}. Look at it before you sell it.").format(
            name=name, date=_day(goods.sell_by)
        )
    return ""


def _day(day: date) -> str:
    """As it stands on the goods."""
    return f"{day:%d/%m/%Y}"
