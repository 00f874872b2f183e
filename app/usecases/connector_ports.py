"""Owns what a connector to somebody else's marketplace needs of this till: its books to compare with, and a journal of
the writes it may have to read back. Holds no implementation, never says how a marketplace is asked (that is `sync`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from app.domain.catalogue import Product
from app.domain.order import Order, OrderAtCounter


class MarketplaceKind(StrEnum):
    """Whose marketplace a till is linked to."""

    COMPTOIR = "comptoir"
    VENDURE = "vendure"
    WOOCOMMERCE = "woocommerce"


@dataclass(frozen=True, slots=True)
class Linked:
    """How this till is linked. Plain settings, no secret: what opens the door is in the key store.

    Attributes:
        options: the connector's own, pinned when the link was made and checked at each start (channel, stock location,
            codes of the shipping methods that mean pickup, states...).
        only_till: the shop said that no other till hands over this marketplace's orders.
        letters_given: of tills that this one gave a join code to.
        restored_through_seq: this database was put back from a copy that knew the facts up to this number; 0 if never.
    """

    kind: MarketplaceKind = MarketplaceKind.COMPTOIR
    options: Mapping[str, str] = field(default_factory=dict)
    only_till: bool = True
    letters_given: str = ""
    restored_through_seq: int = 0


class WriteState(StrEnum):
    """How far a write came. SENT: it may have been done; read back before anything else."""

    SENT = "sent"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class WriteNote:
    """A write that says nothing of who made it, kept before it is sent: a stock level, mostly.

    Attributes:
        operation_id: made from the fact's id: the same write has the same one, however often it is tried.
        before: what was read just before, and what tells later writes from this one; the connector's own plain text.
        after: what it was to become.
    """

    operation_id: str
    before: Mapping[str, str]
    after: Mapping[str, str]
    state: WriteState
    noted_at: datetime


class ConnectorBooks(Protocol):
    """This till's books as a connector reads them, and its journal. Every call is a short transaction of its own, never
    held open while the network is asked, and may raise StoreUnavailable."""

    def order(self, order_id: str) -> OrderAtCounter | None: ...

    def server_copies(self, order_ids: Sequence[str]) -> Mapping[str, Order]:
        """The marketplace's copies as stored, by id, those that exist. One whose customer's data were taken away has
        neither name nor note: these two do not count when it is compared."""

    def open_order_ids(self) -> Sequence[str]:
        """Of orders that are neither cancelled nor handed over, as the stored copies say."""

    def products(self, product_ids: Sequence[str]) -> Mapping[str, tuple[Product, int]]:
        """Article and the version of its copy, by id, those that exist."""

    def product_ids(self) -> Sequence[str]:
        """Of all articles the marketplace ever told of."""

    def levels(self, product_ids: Sequence[str]) -> Mapping[str, int]:
        """Physical level in base units: the sum of all movements known here. 0 for an article without any."""

    def products_in_doubt(self) -> frozenset[str]:
        """Ids of the articles with a movement in a fact that is not told yet, or was refused."""

    def orders_in_doubt(self) -> frozenset[str]:
        """Ids of the orders with a fact that is not told yet, or was refused."""

    def may_be_told_already(self, fact_id: str) -> bool:
        """Whether this database was put back from a copy in which the fact waited: it may have been told since, and the
        journal of that was lost with the newer database. A write that nobody would know again is not made then."""

    def write_note(self, operation_id: str) -> WriteNote | None: ...

    def keep_write_note(self, note: WriteNote) -> None:
        """Insert or replace; durable when this returns."""
