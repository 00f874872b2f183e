"""A connector's books over the tables of `memory_store`, in the plainest way there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from app.domain.catalogue import Product
from app.domain.order import HandoverState, Order, OrderAtCounter
from app.usecases.connector_ports import WriteNote

if TYPE_CHECKING:
    from tests.fakes.memory_store import Tables


class MemoryConnectorBooks:
    """Implements `connector_ports.ConnectorBooks`. `notes`: the journal; tests may look, and only look."""

    def __init__(self, tables: Callable[[], Tables]) -> None:
        self._tables = tables
        self.notes: dict[str, WriteNote] = {}

    def order(self, order_id: str) -> OrderAtCounter | None:
        return self._tables().order_at_counter(order_id)

    def server_copies(self, order_ids: Sequence[str]) -> Mapping[str, Order]:
        known = self._tables().orders
        return {order_id: known[order_id] for order_id in order_ids if order_id in known}

    def open_order_ids(self) -> Sequence[str]:
        return sorted(
            order.order_id
            for order in self._tables().orders.values()
            if order.cancelled_at is None and order.server_handover is not HandoverState.HANDED_OVER
        )

    def products(self, product_ids: Sequence[str]) -> Mapping[str, tuple[Product, int]]:
        tables = self._tables()
        return {
            key: (tables.products[key], tables.product_versions.get(key, 0))
            for key in product_ids
            if key in tables.products
        }

    def product_ids(self) -> Sequence[str]:
        return sorted(key for key, version in self._tables().product_versions.items() if version > 0)

    def levels(self, product_ids: Sequence[str]) -> Mapping[str, int]:
        moved = self._tables().movements.values()
        return {key: sum(one.quantity for one in moved if one.product_id == key) for key in product_ids}

    def products_in_doubt(self) -> frozenset[str]:
        return frozenset(
            movement["product_id"] for payload in self._untold() for movement in payload.get("movements") or ()
        )

    def orders_in_doubt(self) -> frozenset[str]:
        return frozenset(payload["order_id"] for payload in self._untold() if payload.get("order_id"))

    def may_be_told_already(self, fact_id: str) -> bool:
        fact = self._tables().facts.get(fact_id)
        return fact is not None and fact.till_seq <= self._tables().linked.restored_through_seq

    def write_note(self, operation_id: str) -> WriteNote | None:
        return self.notes.get(operation_id)

    def keep_write_note(self, note: WriteNote) -> None:
        self.notes[note.operation_id] = note

    def _untold(self) -> Iterator[Mapping[str, Any]]:
        waiting = ("pending", "sending", "refused")
        return (entry.fact.payload for entry in self._tables().outbox.values() if entry.state in waiting)
