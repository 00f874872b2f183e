"""Owns what a fact of this till becomes on WooCommerce: which handler tells it, and what is answered to what cannot be
told. Never writes itself (`handover`, `ready`, `stock` do).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from app.domain.facts import Fact, FactKind
from app.sync.connectors import telling
from app.sync.connectors.codes import Operation
from app.sync.connectors.levels import moved_units
from app.sync.connectors.telling import StockInDoubt, UnknownOrder
from app.sync.connectors.woocommerce.handover import Handovers
from app.sync.connectors.woocommerce.order_writes import OrderWrites
from app.sync.connectors.woocommerce.reading import WooReading
from app.sync.connectors.woocommerce.ready import ReadyOrders
from app.sync.connectors.woocommerce.rest import Declined, RestApi
from app.sync.connectors.woocommerce.stock import StockWriter
from app.sync.wire_values import BrokenRuleError
from app.usecases.connector_ports import ConnectorBooks
from app.usecases.marketplace_port import FactAnswer

_ABOUT_ORDERS = frozenset({FactKind.ORDER_READY, FactKind.ORDER_HANDED_OVER, FactKind.HANDOVER_UNDONE})


class FactTeller:
    """Of one till. Belongs to one thread at a time."""

    def __init__(
        self, api: RestApi, reading: WooReading, books: ConnectorBooks, letter: str, now: Callable[[], datetime]
    ) -> None:
        writes = OrderWrites(api, reading)
        self._letter = letter
        self._stock = StockWriter(api, reading, books, letter, now)
        self._handovers = Handovers(writes, self._stock, books, letter)
        self._written_to: set[str] = set()
        self._handlers: dict[FactKind, Callable[[Fact], FactAnswer]] = {
            FactKind.ORDER_READY: ReadyOrders(writes, reading, books, letter).tell,
            FactKind.ORDER_HANDED_OVER: self._handovers.tell,
            FactKind.HANDOVER_UNDONE: self._handovers.take_back,
            FactKind.SALE_RECORDED: self._moved,
            FactKind.STOCK_MOVED: self._moved,
            FactKind.PRODUCT_CHANGED: telling.not_offered,
        }

    def tell(self, fact: Fact) -> FactAnswer:
        """Tell one fact, whatever an earlier try came to.

        Raises:
            MarketplaceUnreachable: how far it came is not known; told again it goes on from there.
            MarketplaceRefused: the door is shut.
        """
        handler = self._handlers.get(fact.kind, telling.nothing_to_tell)
        if fact.kind in _ABOUT_ORDERS:
            self._written_to.add(str(fact.payload["order_id"]))
        try:
            return handler(fact)
        except StockInDoubt:
            return telling.stock_in_doubt(fact)
        except UnknownOrder:
            return telling.unknown_order(fact)
        except BrokenRuleError as error:
            return telling.refused(fact, "not_understood", str(error))
        except Declined as error:
            return telling.refused(fact, "declined", f"{error.code}: {error.message}".rstrip(": "))

    def orders_written_to(self) -> Sequence[str]:
        """Since this was asked last."""
        order_ids, self._written_to = sorted(self._written_to), set()
        return order_ids

    def _moved(self, fact: Fact) -> FactAnswer:
        operation = Operation(self._letter, fact.fact_id, "stock")
        self._stock.move(operation, moved_units(fact.payload.get("movements") or ()))
        return telling.applied(fact)
