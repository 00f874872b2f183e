"""Owns what this till takes over from another one: a fulfilment that stood ready there and of which the goods left
here. Finds out whether they left there as well in the same instant: a fulfilment that was just delivered can be
cancelled like one that is ready. Never decides what is taken over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from app.sync.connectors.vendure.fulfilments import OrderWrites
from app.sync.connectors.vendure.orders import units_in
from app.sync.connectors.vendure.wire import WireFulfilment, WireOrder
from app.usecases.connector_ports import ConnectorBooks, WriteNote, WriteState


class Takeovers:
    """Of one till."""

    def __init__(self, writes: OrderWrites, books: ConnectorBooks, now: Callable[[], datetime]) -> None:
        self._writes = writes
        self._books = books
        self._now = now

    def note(self, fact_id: str, fulfilments: Sequence[WireFulfilment]) -> None:
        """Kept before these are cancelled: afterwards nothing tells whose doing it was."""
        known = self._books.write_note(_note_id(fact_id))
        after = {**(known.after if known else {}), **{one.id: one.state for one in fulfilments}}
        if after:
            self._books.keep_write_note(WriteNote(_note_id(fact_id), {}, after, WriteState.DONE, self._now()))

    def left_there_too(self, fact_id: str, order: WireOrder, order_id: str) -> Mapping[str, int]:
        """Units by line id that the other till had just handed over when this one took them over."""
        note = self._books.write_note(_note_id(fact_id))
        if note is None:
            return {}
        were_gone = self._writes.cancelled_after_delivery(order_id)
        return units_in(one for one in order.fulfillments or () if one.id in note.after and one.id in were_gone)


def _note_id(fact_id: str) -> str:
    return f"{fact_id}/taken-over"
