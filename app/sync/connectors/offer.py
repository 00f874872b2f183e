"""Owns what a connector is given when it is opened, and what its package must offer to `registry`. Holds none."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from app.sync.lane_steps import Connection
from app.usecases.connector_ports import ConnectorBooks
from app.usecases.link_ports import LinkTested, LinkWish
from app.usecases.ports import PickupKeys, TillIdentity

if TYPE_CHECKING:
    from requests.adapters import BaseAdapter


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What tests and the simulator put in the place of the world. `adapter`: carries the requests instead of
    sockets."""

    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    monotonic: Callable[[], float] = time.monotonic
    adapter: BaseAdapter | None = None


REAL_SURROUNDINGS = Surroundings()


@dataclass(frozen=True, slots=True)
class Opening:
    """All that a connector is given.

    Attributes:
        credentials: asked for when a session is to be opened, by the names of the link's fields; kept nowhere. Raises
            MarketplaceRefused (`not_paired`), KeyStoreUnavailable.
        options: as pinned when the link was made.
        only_till: whether no other till hands over this marketplace's orders. Asked with each page of orders, never
            kept: a join code may have been given since, in another program too. Raises StoreUnavailable.
        till: whose letter goes into each write.
    """

    address: str
    credentials: Callable[[], Mapping[str, str]]
    options: Mapping[str, str]
    only_till: Callable[[], bool]
    till: TillIdentity
    books: ConnectorBooks
    pickup_keys: PickupKeys
    surroundings: Surroundings = REAL_SURROUNDINGS


class Connector(Protocol):
    """What the module `connect` of a connector's package offers."""

    def open_connection(self, opening: Opening) -> Connection:
        """The connection of a linked till; asks nobody yet. Raises MarketplaceRefused (`checked_address`)."""

    def test_link(self, wish: LinkWish, surroundings: Surroundings = REAL_SURROUNDINGS) -> LinkTested:
        """See `link_ports.LinkTest`."""
