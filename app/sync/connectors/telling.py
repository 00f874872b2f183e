"""Owns what every connector answers to a fact, and the ways in which telling one can end without an answer of the site.
Never knows a site.
"""

from __future__ import annotations

from dataclasses import replace

from app.domain.facts import Fact
from app.i18n import tr
from app.usecases.marketplace_port import FactAnswer, FactOutcome


class StockInDoubt(Exception):
    """Whether a level was written cannot be told: nothing is written until somebody has counted."""


class UnknownOrder(Exception):
    """The site has no such order, or shows it to this till no longer."""


def applied(fact: Fact) -> FactAnswer:
    return FactAnswer(fact.fact_id, FactOutcome.APPLIED)


def refused(fact: Fact, reason: str, sentence: str) -> FactAnswer:
    return FactAnswer(fact.fact_id, FactOutcome.REFUSED, sentence[:500], reason=reason)


def stock_in_doubt(fact: Fact) -> FactAnswer:
    sentence = tr("The answer to a stock change was lost, and the level there has moved since: count these articles")
    return refused(fact, "stock_in_doubt", sentence)


def to_count_too(disagreement: FactAnswer) -> FactAnswer:
    """What is disagreed on must be seen, whatever became of the stock."""
    sentence = f"{disagreement.message}. {tr('The answer to a stock change was lost as well: count these articles')}"
    return replace(disagreement, message=sentence[:500])


def unknown_order(fact: Fact) -> FactAnswer:
    return refused(fact, "unknown_order", tr("The marketplace does not show this order any more"))


def not_offered(fact: Fact) -> FactAnswer:
    return refused(fact, "not_offered", tr("Articles and prices are changed on the web site of this marketplace"))


def nothing_to_tell(fact: Fact) -> FactAnswer:
    """What a marketplace keeps no record of: that preparation goes on, that a disagreement was settled."""
    return applied(fact)
