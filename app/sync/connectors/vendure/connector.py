"""Owns Vendure as a marketplace of this till: the port, answered with Vendure's Admin API. Never decides what a fact
means on its own (`fulfilments`, `stock`), never keeps anything that may not be lost.

Known limits of several tills there: two that move the same article by the same amount at the same instant, one movement
may be lost in its level; an order to be paid at the counter that is handed over in parts by two tills, the second one
asks for the whole rest, because a promised payment cannot be settled in part.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

from app.domain.abilities import Ability
from app.domain.clock_skew import ClockReading
from app.domain.facts import Fact
from app.domain.fiscal import KnownHead
from app.sync.connectors.offer import Opening
from app.sync.connectors.polling import Poller
from app.sync.connectors.unoffered import Unoffered
from app.sync.connectors.vendure import operations
from app.sync.connectors.vendure.facts import FactTeller
from app.sync.connectors.vendure.graphql import AdminApi, answers_expected
from app.sync.connectors.vendure.orders import Viewpoint
from app.sync.connectors.vendure.reading import VendureReading
from app.sync.connectors.vendure.wire import Anything
from app.sync.transport import Transport, checked_address
from app.usecases.connector_kinds import abilities_of
from app.usecases.connector_ports import MarketplaceKind
from app.usecases.marketplace_port import (
    Change,
    ChangePage,
    FactAnswer,
    MarketplaceStatus,
)
from app.usecases.ports import Unavailable

POLL_GAP_S = 10.0


class VendureMarketplace(Unoffered):
    """Implements `marketplace_port.Marketplace`. Changes are asked for on one thread and facts told on another."""

    poll_gap_s = POLL_GAP_S

    def __init__(self, opening: Opening) -> None:
        """Asks nobody yet. Raises MarketplaceRefused (`checked_address`)."""
        address = checked_address(opening.address)
        world = opening.surroundings
        transport = Transport(address, adapter=world.adapter, monotonic=world.monotonic, now=world.now)
        self._api = AdminApi(transport, address, opening.options.get("channel", ""), opening.credentials, now=world.now)
        till, location = opening.till, opening.options.get("location", "")
        viewpoint = Viewpoint(
            till_id=till.till_id,
            letter=till.till_letter,
            pickup_methods=_codes(opening.options.get("pickup_methods", "")),
            counter_methods=_codes(opening.options.get("counter_methods", "")),
        )
        self._books = opening.books
        self._reading = VendureReading(
            self._api, opening.books, viewpoint, till.shop_id, location, opening.pickup_keys, opening.only_till
        )
        self._poller = Poller(self._reading, opening.books, till.shop_id, world.monotonic, world.now)
        self._facts = FactTeller(self._api, self._reading, opening.books, viewpoint, location, world.now)
        self._telling = threading.Lock()

    def abilities(self) -> frozenset[Ability]:
        return abilities_of(MarketplaceKind.VENDURE)

    def changes(self, cursor: str, limit: int, wait_s: float) -> ChangePage:
        """At once, whatever `wait_s` says: Vendure tells nothing by itself."""
        with answers_expected():
            return self._poller.changes(cursor, limit)

    def push(self, facts: Sequence[Fact], heads: Sequence[KnownHead] = ()) -> Sequence[FactAnswer]:
        """One fact after the other; those after the first whose outcome is not known are left out."""
        answers: list[FactAnswer] = []
        with self._telling:
            for fact in facts:
                try:
                    answers.append(self._facts.tell(fact))
                except Unavailable:
                    if not answers:
                        raise
                    break  # what was answered is settled first: the next one says again what is wrong
                finally:
                    self._poller.look_again(self._facts.orders_written_to())
        return answers

    def status(self) -> MarketplaceStatus:
        """Whether the door is open; of this till Vendure knows nothing."""
        with answers_expected():
            self._api.ask(operations.SETTINGS, {}, Anything)
        return MarketplaceStatus(server_time=self._reading.server_time())

    def fetch(self, kind: str, record_id: str) -> Change | None:
        if kind != "order":
            return None
        with answers_expected():
            read = self._reading.orders_by_id([record_id])
        if read.broken:
            return read.broken[0]
        for order in read.orders:
            return self._poller.as_change(order)
        return None

    def clock_reading(self) -> ClockReading | None:
        return self._api.clock_reading

    def close(self) -> None:
        self._api.close()


def _codes(option: str) -> frozenset[str]:
    return frozenset(filter(None, option.split(",")))
