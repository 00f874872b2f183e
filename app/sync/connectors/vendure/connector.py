"""Owns Vendure as a marketplace of this till: the port, answered with Vendure's Admin API. Never decides what a fact
means on its own (`fulfilments`, `stock`), never keeps anything that may not be lost.

Known limits of several tills there: two that move the same article by the same amount at the same instant, one movement
may be lost in its level; an order to be paid at the counter that is handed over in parts by two tills, the second one
asks for the whole rest, because a promised payment cannot be settled in part.
"""

from __future__ import annotations

from app.sync.connectors.offer import Opening
from app.sync.connectors.polled import PolledMarketplace
from app.sync.connectors.vendure import operations
from app.sync.connectors.vendure.facts import fact_teller
from app.sync.connectors.vendure.graphql import AdminApi
from app.sync.connectors.vendure.orders import Viewpoint
from app.sync.connectors.vendure.reading import VendureReading
from app.sync.connectors.vendure.wire import Anything
from app.sync.transport import Transport, checked_address
from app.usecases.connector_ports import MarketplaceKind


class VendureMarketplace(PolledMarketplace):
    """Implements `marketplace_port.Marketplace`."""

    kind = MarketplaceKind.VENDURE

    def __init__(self, opening: Opening) -> None:
        """Asks nobody yet. Raises MarketplaceRefused (`checked_address`)."""
        address = checked_address(opening.address)
        world, till, books = opening.surroundings, opening.till, opening.books
        transport = Transport(address, adapter=world.adapter, monotonic=world.monotonic, now=world.now)
        api = AdminApi(transport, address, opening.options.get("channel", ""), opening.credentials, now=world.now)
        location = opening.options.get("location", "")
        viewpoint = Viewpoint(
            till_id=till.till_id,
            letter=till.till_letter,
            pickup_methods=_codes(opening.options.get("pickup_methods", "")),
            counter_methods=_codes(opening.options.get("counter_methods", "")),
        )
        reading = VendureReading(api, books, viewpoint, till.shop_id, location, opening.pickup_keys, opening.only_till)
        super().__init__(opening, api, reading, fact_teller(api, reading, books, viewpoint, location, world.now))
        self._api = api

    def _knock(self) -> None:
        self._api.ask(operations.SETTINGS, {}, Anything)


def _codes(option: str) -> frozenset[str]:
    return frozenset(filter(None, option.split(",")))
