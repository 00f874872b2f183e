"""Owns what a fact of this till becomes on Vendure: which handler tells it. Never writes itself (`handover`, `ready`,
`stock` do).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from app.domain.facts import Fact, FactKind
from app.sync.connectors.levels import moved_units
from app.sync.connectors.telling import FactTeller, applied
from app.sync.connectors.vendure.fulfilments import OrderWrites
from app.sync.connectors.vendure.graphql import AdminApi
from app.sync.connectors.vendure.handover import Handovers
from app.sync.connectors.vendure.orders import Viewpoint
from app.sync.connectors.vendure.reading import VendureReading
from app.sync.connectors.vendure.ready import ReadyOrders
from app.sync.connectors.vendure.stock import StockWriter
from app.usecases.connector_ports import ConnectorBooks
from app.usecases.marketplace_port import FactAnswer


def fact_teller(
    api: AdminApi,
    reading: VendureReading,
    books: ConnectorBooks,
    viewpoint: Viewpoint,
    location_id: str,
    now: Callable[[], datetime],
) -> FactTeller:
    """Args: location_id: of the stock that the shop's goods are counted in."""
    stock = StockWriter(api, books, location_id, now, reading.are_tracked_by_default)
    writes = OrderWrites(api, reading)
    handovers = Handovers(writes, stock, books, viewpoint, now)

    def moved(fact: Fact) -> FactAnswer:
        stock.move(f"{fact.fact_id}/stock", moved_units(fact.payload.get("movements") or ()))
        return applied(fact)

    return FactTeller(
        {
            FactKind.ORDER_READY: ReadyOrders(writes, stock, books, viewpoint, now).tell,
            FactKind.ORDER_HANDED_OVER: handovers.tell,
            FactKind.HANDOVER_UNDONE: handovers.take_back,
            FactKind.SALE_RECORDED: moved,
            FactKind.STOCK_MOVED: moved,
        }
    )
