"""Owns the part of the port that is alike for every site that tells nothing by itself: it is read in rounds, and facts
are told one after the other. Never knows a site, never keeps anything that may not be lost.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Protocol

from app.domain.abilities import Ability
from app.domain.clock_skew import ClockReading
from app.domain.facts import Fact
from app.domain.fiscal import KnownHead
from app.sync.connectors.declined import answers_expected
from app.sync.connectors.offer import Opening
from app.sync.connectors.polling import Poller, Source
from app.sync.connectors.telling import FactTeller
from app.sync.connectors.unoffered import Unoffered
from app.usecases.connector_kinds import abilities_of
from app.usecases.connector_ports import MarketplaceKind
from app.usecases.marketplace_port import Change, ChangePage, FactAnswer, MarketplaceStatus
from app.usecases.ports import Unavailable

POLL_GAP_S = 10.0


class Door(Protocol):
    """The site's interface, as far as this module looks at it."""

    @property
    def clock_reading(self) -> ClockReading | None: ...

    def close(self) -> None: ...


class PolledMarketplace(Unoffered, ABC):
    """Part of `marketplace_port.Marketplace`. Changes are asked for on one thread and facts told on another."""

    poll_gap_s = POLL_GAP_S
    kind: MarketplaceKind

    def __init__(self, opening: Opening, door: Door, source: Source, facts: FactTeller) -> None:
        """Asks nobody yet."""
        world = opening.surroundings
        self._door = door
        self._source = source
        self._facts = facts
        self._poller = Poller(source, opening.books, opening.till.shop_id, world.monotonic, world.now)
        self._telling = threading.Lock()

    @abstractmethod
    def _knock(self) -> None:
        """Ask whether the door is open, and nothing more."""

    def abilities(self) -> frozenset[Ability]:
        return abilities_of(self.kind)

    def changes(self, cursor: str, limit: int, wait_s: float) -> ChangePage:
        """At once, whatever `wait_s` says: the site tells nothing by itself."""
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
        """Whether the door is open; of this till the site knows nothing."""
        with answers_expected():
            self._knock()
        return MarketplaceStatus(server_time=self._source.server_time())

    def fetch(self, kind: str, record_id: str) -> Change | None:
        if kind != "order":
            return None
        with answers_expected():
            read = self._source.orders_by_id([record_id])
        if read.broken:
            return read.broken[0]
        for order in read.orders:
            return self._poller.as_change(order)
        return None

    def clock_reading(self) -> ClockReading | None:
        return self._door.clock_reading

    def close(self) -> None:
        self._door.close()
