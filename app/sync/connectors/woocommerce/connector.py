"""Owns WooCommerce as a marketplace of this till: the port, answered with its REST API v3. Never decides what a fact
means on its own (`facts` does), never keeps anything that may not be lost.
"""

from __future__ import annotations

from app.sync.connectors.offer import Opening
from app.sync.connectors.polled import PolledMarketplace
from app.sync.connectors.woocommerce.facts import fact_teller
from app.sync.connectors.woocommerce.orders import Viewpoint
from app.sync.connectors.woocommerce.reading import WooReading
from app.sync.connectors.woocommerce.rest import RestApi
from app.sync.transport import Transport, checked_address
from app.usecases.connector_ports import MarketplaceKind


class WooMarketplace(PolledMarketplace):
    """Implements `marketplace_port.Marketplace`."""

    kind = MarketplaceKind.WOOCOMMERCE

    def __init__(self, opening: Opening) -> None:
        """Asks nobody yet. Raises MarketplaceRefused (`checked_address`)."""
        address = checked_address(opening.address)
        world, till = opening.surroundings, opening.till
        transport = Transport(address, adapter=world.adapter, monotonic=world.monotonic, now=world.now)
        api = RestApi(transport, address, opening.credentials, now=world.now)
        methods = frozenset(filter(None, opening.options.get("pickup_methods", "").split(",")))
        viewpoint = Viewpoint(till.till_id, till.till_letter, methods)
        reading = WooReading(api, opening.books, viewpoint, till.shop_id, opening.pickup_keys, opening.only_till)
        super().__init__(opening, api, reading, fact_teller(api, reading, opening.books, till.till_letter, world.now))
        self._reading = reading

    def _knock(self) -> None:
        self._reading.newest_order()
