"""Owns what two tills may do to each other in one instant: this one cancels a fulfilment that stood ready at another
one, because its goods left here, while the other one delivers it. Finds out from Vendure's history what came to pass;
never writes on the site.

There, a delivered fulfilment is cancelled as easily as a ready one, and at one instant PostgreSQL takes both. Who
cancels makes good for it: his stock write takes off what his cancelling gave back. Who delivered has delivered,
whatever became of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from app.sync.connectors.vendure.fulfilments import OrderWrites
from app.sync.connectors.vendure.orders import CANCELLED, DELIVERED, units_in
from app.sync.connectors.vendure.wire import WireFulfilment, WireOrder
from app.usecases.connector_ports import ConnectorBooks, WriteNote, WriteState

_TAKES, _DELIVERS, _GIVES_WAY = "taken-over", "delivers", "gives-way"


class Takeovers:
    """Of one till. What is about to be done is noted first: afterwards nothing tells whose doing it was."""

    def __init__(self, writes: OrderWrites, books: ConnectorBooks, now: Callable[[], datetime]) -> None:
        self._writes = writes
        self._books = books
        self._now = now

    def takes_over(self, fact_id: str, fulfilments: Iterable[WireFulfilment]) -> None:
        """Another till's, about to be cancelled."""
        self._note(fact_id, _TAKES, fulfilments)

    def delivers(self, fact_id: str, fulfilments: Iterable[WireFulfilment]) -> None:
        """Ours, about to be delivered."""
        self._note(fact_id, _DELIVERS, fulfilments)

    def gives_way(self, fact_id: str, fulfilment: WireFulfilment) -> None:
        """Ours, about to be cancelled by ourselves."""
        self._note(fact_id, _GIVES_WAY, [fulfilment])

    def taken_from_us(self, fact_id: str, order: WireOrder, order_id: str) -> Mapping[str, int]:
        """Units by line id that this fact delivered, and of which another till has cancelled the record since."""
        ours = self._noted(fact_id, _DELIVERS) - self._noted(fact_id, _GIVES_WAY)
        cancelled = [one for one in order.fulfillments or () if one.id in ours and one.state == CANCELLED]
        if not cancelled:
            return {}
        reached = self._writes.states_reached(order_id)
        return units_in(one for one in cancelled if DELIVERED in reached.get(one.id, ()))

    def left_there_too(self, fact_id: str, order: WireOrder, order_id: str) -> Mapping[str, int]:
        """Units by line id that left at the other till, and that our cancelling has given back to the site's stock."""
        taken = self._noted(fact_id, _TAKES)
        if not taken:
            return {}
        reached = self._writes.states_reached(order_id)
        both = {CANCELLED, DELIVERED}
        return units_in(
            one for one in order.fulfillments or () if one.id in taken and both <= reached.get(one.id, frozenset())
        )

    def _note(self, fact_id: str, what: str, fulfilments: Iterable[WireFulfilment]) -> None:
        ids = {one.id for one in fulfilments} - self._noted(fact_id, what)
        if ids:
            after = dict.fromkeys(sorted(ids | self._noted(fact_id, what)), what)
            self._books.keep_write_note(WriteNote(f"{fact_id}/{what}", {}, after, WriteState.DONE, self._now()))

    def _noted(self, fact_id: str, what: str) -> set[str]:
        note = self._books.write_note(f"{fact_id}/{what}")
        return set(note.after) if note else set()
