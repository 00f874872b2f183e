"""Owns the writes on one order of WooCommerce, each made once: our fields and the status in one request, known again by
the operation that the field's name or value tells; notes, known again by their text. Never decides which of them a fact
needs (`ready`, `handover` do).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.sync.connectors.codes import Operation
from app.sync.connectors.telling import UnknownOrder
from app.sync.connectors.woocommerce.orders import PREFIX, OrderThere, order_id_of
from app.sync.connectors.woocommerce.reading import WooReading
from app.sync.connectors.woocommerce.rest import RestApi
from app.sync.connectors.woocommerce.wire import Anything, WireNote
from app.sync.connectors.writing import write_once


class OrderWrites:
    """Of one till."""

    def __init__(self, api: RestApi, reading: WooReading) -> None:
        self._api = api
        self._reading = reading

    def read(self, order_id: str) -> OrderThere:
        """Raises UnknownOrder, BrokenRuleError."""
        there = self._reading.order_there(order_id)
        if there is None:
            raise UnknownOrder(order_id)
        return there

    def put(
        self,
        seen: OrderThere,
        fields: Sequence[Mapping[str, str]],
        is_there: Callable[[OrderThere], bool],
        status: str = "",
    ) -> OrderThere:
        """The order with these fields of ours, and that status if one is named, written now or before.

        Args:
            seen: the order as it was just read.
            is_there: whether what was read shows that it was written.

        Raises:
            Declined, UnknownOrder, BrokenRuleError, MarketplaceUnreachable.
        """
        body: dict[str, Any] = {"meta_data": list(fields)} if fields else {}
        if status:
            body["status"] = status

        order_id, looked = order_id_of(seen.wire.id), [seen]

        def look() -> OrderThere | None:
            there = looked.pop() if looked else self.read(order_id)
            return there if is_there(there) else None

        return write_once(look, lambda: self._api.change("PUT", _path(order_id), body, Anything))

    def tell_customer(self, order_id: str, text: str) -> None:
        """A note that the site mails to the customer, once for one text."""
        self._note(order_id, text, lambda note: note.customer_note and _bare(note.note) == _bare(text), is_public=True)

    def note(self, order_id: str, operation: Operation, text: str) -> None:
        """A note for whoever looks after the orders on the site, once; customers do not see it."""
        mark = f"[{operation}]"
        self._note(order_id, f"{text} {mark}", lambda note: mark in note.note, is_public=False)

    def _note(self, order_id: str, text: str, is_it: Callable[[WireNote], bool], *, is_public: bool) -> None:
        path = f"{_path(order_id)}/notes"

        def look() -> WireNote | None:
            return next((note for note in self._api.get(path, list[WireNote]) if is_it(note)), None)

        body = {"note": text, "customer_note": is_public}
        write_once(look, lambda: self._api.change("POST", path, body, Anything))


def _path(order_id: str) -> str:
    return f"/orders/{order_id.removeprefix(PREFIX)}"


def _bare(text: str) -> str:
    """Without what a site may do to a text when it shows it."""
    return "".join(letter for letter in text if letter.isalnum())
