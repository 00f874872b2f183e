"""Owns how a fact is told to a site that is not ours, what every connector answers to one, and the ways in which that
can end without an answer of the site. Never knows a site.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from app.domain.facts import Fact, FactKind
from app.i18n import tr
from app.sync.connectors.declined import Declined
from app.sync.wire_values import BrokenRuleError
from app.usecases.marketplace_port import FactAnswer, FactOutcome

_ABOUT_ORDERS = frozenset({FactKind.ORDER_READY, FactKind.ORDER_HANDED_OVER, FactKind.HANDOVER_UNDONE})

Handler = Callable[[Fact], FactAnswer]
"""Tells one kind of facts. Raises as `FactTeller.tell` handles it."""


class StockInDoubt(Exception):
    """Whether a level was written cannot be told: nothing is written until somebody has counted."""


class UnknownOrder(Exception):
    """The site has no such order, or shows it to this till no longer."""


class FactTeller:
    """Of one till. Belongs to one thread at a time."""

    def __init__(self, handlers: Mapping[FactKind, Handler]) -> None:
        """Args: handlers: of the kinds that the site keeps a record of; articles are changed on the site alone."""
        self._handlers = {FactKind.PRODUCT_CHANGED: not_offered, **handlers}
        self._written_to: set[str] = set()

    def tell(self, fact: Fact) -> FactAnswer:
        """Tell one fact, whatever an earlier try came to.

        Raises:
            MarketplaceUnreachable: how far it came is not known; told again it goes on from there.
            MarketplaceRefused: the door is shut.
        """
        handler = self._handlers.get(fact.kind, nothing_to_tell)
        if fact.kind in _ABOUT_ORDERS:
            self._written_to.add(str(fact.payload["order_id"]))
        try:
            return handler(fact)
        except StockInDoubt:
            return stock_in_doubt(fact)
        except UnknownOrder:
            return unknown_order(fact)
        except BrokenRuleError as error:
            return refused(fact, "not_understood", str(error))
        except Declined as error:
            return refused(fact, "declined", f"{error.code}: {error.message}".rstrip(": "))

    def orders_written_to(self) -> Sequence[str]:
        """Since this was asked last."""
        order_ids, self._written_to = sorted(self._written_to), set()
        return order_ids


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
