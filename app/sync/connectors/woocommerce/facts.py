"""Owns what a fact of this till becomes on WooCommerce: which handler tells it. Never writes itself (`handover`,
`ready`, `stock` do).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from app.domain.facts import Fact, FactKind
from app.sync.connectors.codes import Operation
from app.sync.connectors.levels import moved_units
from app.sync.connectors.telling import FactTeller, applied
from app.sync.connectors.woocommerce.handover import Handovers
from app.sync.connectors.woocommerce.order_writes import OrderWrites
from app.sync.connectors.woocommerce.reading import WooReading
from app.sync.connectors.woocommerce.ready import ReadyOrders
from app.sync.connectors.woocommerce.rest import RestApi
from app.sync.connectors.woocommerce.stock import StockWriter
from app.usecases.connector_ports import ConnectorBooks
from app.usecases.marketplace_port import FactAnswer


def fact_teller(
    api: RestApi, reading: WooReading, books: ConnectorBooks, letter: str, now: Callable[[], datetime]
) -> FactTeller:
    """Args: letter: of this till; it goes into each write."""
    writes = OrderWrites(api, reading)
    stock = StockWriter(api, reading, books, letter, now)
    handovers = Handovers(writes, stock, books, letter)

    def moved(fact: Fact) -> FactAnswer:
        stock.move(Operation(letter, fact.fact_id, "stock"), moved_units(fact.payload.get("movements") or ()))
        return applied(fact)

    return FactTeller(
        {
            FactKind.ORDER_READY: ReadyOrders(writes, reading, books, letter).tell,
            FactKind.ORDER_HANDED_OVER: handovers.tell,
            FactKind.HANDOVER_UNDONE: handovers.take_back,
            FactKind.SALE_RECORDED: moved,
            FactKind.STOCK_MOVED: moved,
        }
    )
