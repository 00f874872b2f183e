"""Owns stock changes on WooCommerce: what a till moved, told as a difference, together with our own field that says so.
Never writes a level, never sends a difference again without having looked for the field.

A difference is no safe thing there: the site reads, adds and writes, and of two at one instant one is lost. So before
and after it is read what stands in the shop, open orders included (a customer's order at the same instant changes
both). If then exactly one change is missing that must be there, it is added: ours, another till's, or the order's. What
a person set meanwhile stays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from app.sync.connectors.codes import Operation
from app.sync.connectors.telling import StockInDoubt
from app.sync.connectors.woocommerce.catalogue import is_tracked
from app.sync.connectors.woocommerce.marks import StockMarks, stock_field, stock_marks
from app.sync.connectors.woocommerce.orders import PREFIX
from app.sync.connectors.woocommerce.reading import WooReading
from app.sync.connectors.woocommerce.rest import RestApi
from app.sync.connectors.woocommerce.wire import WireProduct
from app.sync.connectors.writing import write_once
from app.usecases.connector_ports import ConnectorBooks, WriteNote, WriteState

_AGAIN = "again"


Held = Mapping[int, Mapping[str, int]]
"""Pieces by product id, by open order."""


class StockWriter:
    """Of one till."""

    def __init__(
        self, api: RestApi, reading: WooReading, books: ConnectorBooks, letter: str, now: Callable[[], datetime]
    ) -> None:
        self._api = api
        self._reading = reading
        self._books = books
        self._letter = letter
        self._now = now

    def move(self, operation: Operation, units: Mapping[str, int]) -> None:
        """Let the stock go up or down by so much, once, however often this is called with one operation.

        Args:
            units: pieces by product id. Articles that are not of this site, or not tracked there, are left out.

        Raises:
            StockInDoubt, MarketplaceUnreachable, MarketplaceRefused, Declined.
        """
        left = {key: pieces for key, pieces in sorted(units.items()) if key.startswith(PREFIX) and pieces}
        if not left:
            return
        held = self._reading.held_by_order()
        moved: dict[str, WireProduct] = {}
        doubts: list[StockInDoubt] = []
        for product_id, pieces in left.items():
            try:
                before = self._move_one(operation, product_id, pieces)
            except StockInDoubt as doubt:
                doubts.append(doubt)
                continue
            if before is not None:
                moved[product_id] = before
        if moved:
            held_after = self._reading.held_by_order()
            for product_id, before in moved.items():
                ordered = ordered_between(held, held_after, product_id)
                if ordered is not None:
                    self._mend(operation, product_id, before, ordered)
        if doubts:
            raise doubts[0]

    def _move_one(self, whole: Operation, product_id: str, pieces: int) -> WireProduct | None:
        """One article. As it was read before it was written; None if there was nothing to write any more."""
        operation, first = str(whole), self._read(product_id)
        if first is None or not is_tracked(first):
            return None
        own = stock_marks(first.meta_data).get(self._letter, StockMarks(self._letter))
        if own.has(operation):
            self._note(operation, product_id, own, WriteState.DONE)
            return None
        self._refuse_if_in_doubt(whole, product_id, own)
        self._note(operation, product_id, own, WriteState.SENT)
        seen = [first]

        def look() -> WireProduct | None:
            product = seen.pop() if seen else self._read(product_id)
            marks = stock_marks(product.meta_data) if product is not None else {}
            return product if self._letter in marks and marks[self._letter].has(operation) else None

        body = {"inventory_delta": pieces, "meta_data": [stock_field(own.with_one_more(operation, pieces))]}
        write_once(look, lambda: self._api.change("PUT", _path(product_id), body, WireProduct))
        self._note(operation, product_id, own, WriteState.DONE)
        return first

    def _refuse_if_in_doubt(self, operation: Operation, product_id: str, own: StockMarks) -> None:
        """An earlier try, or one by this till before it was put back from a copy, may be so long ago that its trace was
        pushed out by later changes."""
        note = self._books.write_note(_note_id(str(operation), product_id))
        if note is None:
            forgotten = own.is_full and self._books.may_be_told_already(operation.fact_id)
        else:
            last = note.before.get("last", "")
            forgotten = note.state is WriteState.SENT and own.is_full and not own.has(last)
        if forgotten:
            raise StockInDoubt(str(operation))

    def _note(self, operation: str, product_id: str, own: StockMarks, state: WriteState) -> None:
        note_id = _note_id(operation, product_id)
        known = self._books.write_note(note_id)
        if known is not None and known.state is state:
            return
        before = known.before if known is not None else {"last": own.last}
        self._books.keep_write_note(WriteNote(note_id, before, {}, state, self._now()))

    def _mend(self, operation: Operation, product_id: str, before: WireProduct, ordered: int) -> None:
        """Add what the site lost of several changes at one instant. Should the answer to that be lost, the next
        comparison of levels shows the difference."""
        after = self._read(product_id)
        missing = missing_change(before, after, ordered) if after is not None else 0
        if after is not None and missing:
            own = stock_marks(after.meta_data).get(self._letter, StockMarks(self._letter))
            again = str(Operation(operation.letter, operation.fact_id, _AGAIN))
            body = {"inventory_delta": missing, "meta_data": [stock_field(own.with_one_more(again, 0))]}
            self._api.change("PUT", _path(product_id), body, WireProduct)

    def _read(self, product_id: str) -> WireProduct | None:
        return self._api.get_or_none(_path(product_id), WireProduct)


def ordered_between(before: Held, after: Held, product_id: str) -> int | None:
    """Pieces that customers ordered between two readings; None if something else happened to orders of the article
    (handed over, taken back, cancelled): then nothing follows from their sum."""
    if any(held.get(product_id, 0) != after.get(order_id, {}).get(product_id, 0) for order_id, held in before.items()):
        return None
    return sum(held.get(product_id, 0) for order_id, held in after.items() if order_id not in before)


def missing_change(before: WireProduct, after: WireProduct, ordered: int) -> int:
    """Pieces of the one change that the site lost, 0 if none is: tills' own, or what customers ordered meanwhile."""
    known = stock_marks(before.meta_data)
    told = [
        pieces
        for letter, marks in stock_marks(after.meta_data).items()
        for _, pieces in marks.after(known[letter].last if letter in known else "")
    ]
    gap = (before.stock_quantity or 0) + sum(told) - ordered - (after.stock_quantity or 0)
    return gap if gap and gap in (*told, -ordered) else 0


def _path(product_id: str) -> str:
    parent, _, variation = product_id.removeprefix(PREFIX).partition("-")
    return f"/products/{parent}/variations/{variation}" if variation else f"/products/{parent}"


def _note_id(operation: str, product_id: str) -> str:
    return f"{operation}/{product_id}"
