"""Owns what a fact of this till becomes on Vendure: which handler tells it, and what is answered to what cannot be
told. Never writes itself (`handover`, `ready`, `stock` do).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from app.domain.facts import Fact, FactKind
from app.i18n import tr
from app.sync.connectors.levels import moved_units
from app.sync.connectors.vendure.fulfilments import OrderWrites, UnknownOrder
from app.sync.connectors.vendure.graphql import AdminApi, Declined
from app.sync.connectors.vendure.handover import Handovers
from app.sync.connectors.vendure.orders import Viewpoint
from app.sync.connectors.vendure.reading import VendureReading
from app.sync.connectors.vendure.ready import ReadyOrders
from app.sync.connectors.vendure.stock import StockInDoubt, StockWriter
from app.sync.wire_values import BrokenRuleError
from app.usecases.connector_ports import ConnectorBooks
from app.usecases.marketplace_port import FactAnswer, FactOutcome

_ABOUT_ORDERS = frozenset({FactKind.ORDER_READY, FactKind.ORDER_HANDED_OVER, FactKind.HANDOVER_UNDONE})


class FactTeller:
    """Of one till. Belongs to one thread at a time."""

    def __init__(
        self,
        api: AdminApi,
        reading: VendureReading,
        books: ConnectorBooks,
        viewpoint: Viewpoint,
        location_id: str,
        now: Callable[[], datetime],
    ) -> None:
        stock = StockWriter(api, books, location_id, now, reading.are_tracked_by_default)
        writes = OrderWrites(api, reading)
        self._stock = stock
        self._ready = ReadyOrders(writes, stock, books, viewpoint, now)
        self._handovers = Handovers(writes, stock, books, viewpoint, now)
        self._written_to: set[str] = set()
        self._handlers: dict[FactKind, Callable[[Fact], FactAnswer]] = {
            FactKind.ORDER_READY: self._ready.tell,
            FactKind.ORDER_HANDED_OVER: self._handovers.tell,
            FactKind.HANDOVER_UNDONE: self._handovers.take_back,
            FactKind.SALE_RECORDED: self._moved,
            FactKind.STOCK_MOVED: self._moved,
            FactKind.PRODUCT_CHANGED: self._not_offered,
        }

    def tell(self, fact: Fact) -> FactAnswer:
        """Tell one fact, whatever an earlier try came to.

        Raises:
            MarketplaceUnreachable: how far it came is not known; told again it goes on from there.
            MarketplaceRefused: the door is shut.
        """
        handler = self._handlers.get(fact.kind, _nothing_to_tell)
        if fact.kind in _ABOUT_ORDERS:
            self._written_to.add(str(fact.payload["order_id"]))
        try:
            return handler(fact)
        except StockInDoubt:
            return refused(
                fact,
                "stock_in_doubt",
                tr("The answer to a stock change was lost, and the level there has moved since: count these articles"),
            )
        except UnknownOrder:
            return refused(fact, "unknown_order", tr("The marketplace does not show this order any more"))
        except BrokenRuleError as error:
            return refused(fact, "not_understood", str(error))
        except Declined as error:
            return refused(fact, "declined", f"{error.code}: {error.message}".rstrip(": "))

    def orders_written_to(self) -> Sequence[str]:
        """Since this was asked last."""
        order_ids, self._written_to = sorted(self._written_to), set()
        return order_ids

    def _moved(self, fact: Fact) -> FactAnswer:
        self._stock.move(f"{fact.fact_id}/stock", moved_units(fact.payload.get("movements") or ()))
        return applied(fact)

    def _not_offered(self, fact: Fact) -> FactAnswer:
        return refused(fact, "not_offered", tr("Articles and prices are changed on the web site of this marketplace"))


def applied(fact: Fact) -> FactAnswer:
    return FactAnswer(fact.fact_id, FactOutcome.APPLIED)


def refused(fact: Fact, reason: str, sentence: str) -> FactAnswer:
    return FactAnswer(fact.fact_id, FactOutcome.REFUSED, sentence[:500], reason=reason)


def _nothing_to_tell(fact: Fact) -> FactAnswer:
    """What this marketplace keeps no record of: that preparation goes on, that a disagreement was settled."""
    return applied(fact)
