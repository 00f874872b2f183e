"""Owns stock levels at the shop's own location of Vendure: what a till moved, written as levels. Never writes a level
that it has not just read, never sends one twice without having looked.

A level says nothing of who wrote it. So before each write is noted what was read: the level, and how long the variant's
stock journal was; afterwards the journal tells what our write came to. If something else moved meanwhile, the
difference is written as well. After a lost answer: one new adjustment of our quantity: it was done; none: it was not,
again; anything else: a person counts. So too for what waited in a copy of the database that was put back: its journal
may be older than what was written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from app.sync.connectors.levels import without_noughts
from app.sync.connectors.telling import StockInDoubt
from app.sync.connectors.vendure import operations
from app.sync.connectors.vendure.catalogue import is_tracked, on_hand
from app.sync.connectors.vendure.graphql import AdminApi
from app.sync.connectors.vendure.orders import PREFIX, raw_id_of
from app.sync.connectors.vendure.wire import Anything, WireStock, WireStocks
from app.usecases.connector_ports import ConnectorBooks, WriteNote, WriteState

_TRIES = 4
_ADJUSTMENT = "ADJUSTMENT"
_JOURNAL_AT_ONCE = 100


class StockWriter:
    """Of one till."""

    def __init__(
        self,
        api: AdminApi,
        books: ConnectorBooks,
        location_id: str,
        now: Callable[[], datetime],
        tracked_by_default: Callable[[], bool],
    ) -> None:
        self._api = api
        self._books = books
        self._location_id = location_id
        self._now = now
        self._tracked_by_default = tracked_by_default

    def levels(self, product_ids: Sequence[str]) -> dict[str, int]:
        """On hand at the shop's location, by product id, of those whose stock is tracked there."""
        return {PREFIX + raw_id: level for raw_id, (level, _) in self._now_there(product_ids).items()}

    def move(self, operation_id: str, units: Mapping[str, int]) -> None:
        """Let the levels go up or down by so much, once, however often this is called with one operation id.

        Args:
            units: base units by product id. Articles that are not of this Vendure, or not tracked there, are left out.

        Raises:
            StockInDoubt, MarketplaceUnreachable, MarketplaceRefused, Declined.
        """
        left = {raw_id_of(key): quantity for key, quantity in units.items() if key.startswith(PREFIX) and quantity}
        note = self._books.write_note(operation_id)
        if note is not None:
            left = {} if note.state is WriteState.DONE else self._not_done_of(note)
        elif not left:
            return
        elif self._books.may_be_told_already(operation_id.partition("/")[0]):
            raise StockInDoubt(operation_id)
        for _ in range(_TRIES):
            if not left:
                self._done(operation_id)
                return
            noted = self._noted(operation_id, left)
            if noted is None:
                return
            self._api.ask(operations.SET_STOCK, {"input": self._input(noted)}, Anything)
            left = self._swallowed(noted)
        raise StockInDoubt(operation_id)

    def _noted(self, operation_id: str, left: Mapping[str, int]) -> WriteNote | None:
        """The note of the write to be made, kept; None if none of these articles has a level to write."""
        there = self._now_there([PREFIX + raw_id for raw_id in left])
        if not there:
            return None
        note = WriteNote(
            operation_id=operation_id,
            before={raw_id: f"{level}:{length}" for raw_id, (level, length) in there.items()},
            after={raw_id: str(level + left[raw_id]) for raw_id, (level, _) in there.items()},
            state=WriteState.SENT,
            noted_at=self._now(),
        )
        self._books.keep_write_note(note)
        return note

    def _done(self, operation_id: str) -> None:
        note = self._books.write_note(operation_id)
        if note is not None and note.state is not WriteState.DONE:
            self._books.keep_write_note(WriteNote(operation_id, note.before, note.after, WriteState.DONE, self._now()))

    def _input(self, note: WriteNote) -> list[dict[str, Any]]:
        return [
            {"id": raw_id, "stockLevels": [{"stockLocationId": self._location_id, "stockOnHand": int(level)}]}
            for raw_id, level in note.after.items()
        ]

    def _swallowed(self, note: WriteNote) -> dict[str, int]:
        """What our write, just answered, undid of others' because the level was not any more what was read."""
        journal = self._journal_since(note)
        wanted = _wanted(note)
        ours = {raw_id: _own_entry(moved, wanted[raw_id]) for raw_id, moved in journal.items()}
        return without_noughts({raw_id: wanted[raw_id] - ours.get(raw_id, 0) for raw_id in wanted})

    def _not_done_of(self, note: WriteNote) -> dict[str, int]:
        """Of a write whose answer was lost: what is still to be moved. All of it or nothing: it is one transaction.

        Raises StockInDoubt.
        """
        journal = self._journal_since(note)
        wanted = _wanted(note)
        if all(not moved for moved in journal.values()):
            return without_noughts(wanted)
        if all(journal.get(raw_id, []) == ([quantity] if quantity else []) for raw_id, quantity in wanted.items()):
            return {}
        raise StockInDoubt(note.operation_id)

    def _now_there(self, product_ids: Sequence[str]) -> dict[str, tuple[int, int]]:
        """Level and length of the journal, by raw id."""
        raw_ids = sorted(raw_id_of(product_id) for product_id in product_ids if product_id.startswith(PREFIX))
        if not raw_ids:
            return {}
        variables = {"options": {"filter": {"id": {"in": raw_ids}}, "take": len(raw_ids)}, "since": {"take": 1}}
        stocks = self._api.ask(operations.STOCK, variables, WireStocks).product_variants.items
        by_default = self._tracked_by_default()
        return {
            stock.id: (on_hand(stock.stock_levels, self._location_id), stock.stock_movements.total_items)
            for stock in stocks
            if is_tracked(stock.track_inventory, by_default=by_default)
        }

    def _journal_since(self, note: WriteNote) -> dict[str, list[int]]:
        """Adjustments made since the note, oldest first, by raw id."""
        raw_ids = list(note.before)
        variables: dict[str, Any] = {}
        for number, raw_id in enumerate(raw_ids):
            length = int(note.before[raw_id].partition(":")[2])
            variables[f"id{number}"] = raw_id
            variables[f"since{number}"] = {"skip": length, "take": _JOURNAL_AT_ONCE}
        answer = self._api.ask(operations.stock_journal(len(raw_ids)), variables, dict[str, WireStock | None])
        stocks = [answer.get(f"v{number}") for number in range(len(raw_ids))]
        return {
            stock.id: [moved.quantity for moved in stock.stock_movements.items if moved.type == _ADJUSTMENT]
            for stock in stocks
            if stock is not None
        }


def _wanted(note: WriteNote) -> dict[str, int]:
    """How much the noted write was to move, by raw id."""
    return {raw_id: int(note.after[raw_id]) - int(before.partition(":")[0]) for raw_id, before in note.before.items()}


def _own_entry(moved: Sequence[int], wanted: int) -> int:
    """Which of the adjustments since a level was read is the write of that level, just answered: the first one after
    which the level was what we wrote. Those behind it were made after ours and are none of our business. Where none
    fits, a fulfilment came in between: ours is the last."""
    level = 0
    for quantity in moved:
        level += quantity
        if level == wanted:
            return quantity
    return moved[-1] if moved else 0
