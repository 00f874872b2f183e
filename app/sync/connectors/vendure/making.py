"""Owns making a fulfilment of goods that are here although the site believes that there are too few of them: Vendure
refuses such a one. Never decides what is fulfilled.

What is here counts: the level is raised by what lacks, the fulfilment takes it away again, and the fact that asked for
it writes the raise off with its other stock, so that in the end the site shows a level below nought if that is true.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from app.sync.connectors.codes import Operation
from app.sync.connectors.declined import Declined
from app.sync.connectors.vendure.fulfilments import SHORT_OF_STOCK, OrderWrites
from app.sync.connectors.vendure.orders import order_id_of
from app.sync.connectors.vendure.stock import StockWriter
from app.sync.connectors.vendure.wire import WireFulfilment, WireOrder
from app.usecases.connector_ports import ConnectorBooks, WriteNote, WriteState


class FulfilmentMaker:
    """Of one till."""

    def __init__(
        self, writes: OrderWrites, stock: StockWriter, books: ConnectorBooks, now: Callable[[], datetime]
    ) -> None:
        self._writes = writes
        self._stock = stock
        self._books = books
        self._now = now

    def make(self, order: WireOrder, order_id: str, operation: Operation, lines: Mapping[str, int]) -> WireFulfilment:
        """As `OrderWrites.fulfil`; also raises StockInDoubt."""
        self.raised(operation.fact_id)
        try:
            return self._writes.fulfil(order, order_id, operation, lines)
        except Declined as refusal:
            if refusal.code != SHORT_OF_STOCK or self.raised(operation.fact_id):
                raise
        self._note_raise(order, operation.fact_id, lines)
        self.raised(operation.fact_id)
        return self._writes.fulfil(order, order_id, operation, lines)

    def raised(self, fact_id: str) -> dict[str, int]:
        """Units by product id by which a fact raised levels, to be written off with it. A raise that was begun is made
        first: nobody could tell otherwise. Raises StockInDoubt."""
        note = self._books.write_note(_raise_id(fact_id))
        raised = {product_id: int(units) for product_id, units in note.after.items()} if note else {}
        if raised:
            self._stock.move(f"{fact_id}/raise", raised)
        return raised

    def _note_raise(self, order: WireOrder, fact_id: str, lines: Mapping[str, int]) -> None:
        needed: dict[str, int] = {}
        for line in order.lines:
            if line.id in lines:
                product_id = order_id_of(line.product_variant.id)
                needed[product_id] = needed.get(product_id, 0) + lines[line.id]
        levels = self._stock.levels(list(needed))
        lacking = {key: units - levels.get(key, 0) for key, units in needed.items() if key in levels}
        short = {key: units for key, units in lacking.items() if units > 0} or needed  # a threshold of the shop's own
        after = {product_id: str(units) for product_id, units in short.items()}
        self._books.keep_write_note(WriteNote(_raise_id(fact_id), {}, after, WriteState.DONE, self._now()))


def _raise_id(fact_id: str) -> str:
    return f"{fact_id}/raised"
