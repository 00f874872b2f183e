"""Owns the change feed: which entities changed since a cursor, what they look like now, and waking who waits for more.

A page holds each entity once, at its latest state; an entity changed again moves to the end. Never decides what is a
change (that is `ShopTransaction.mark`).

Nothing falls between two pages: numbers are given out while the shop's row is locked (`store`), so whoever reads
number n can read every smaller number that will ever exist. An entity that moves to the end while a till pages is met
again later, with its newer state.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select

from app.marketplace import catalogue, disagreements, orders, stock
from app.marketplace import tables as t
from app.marketplace.feed_marks import mark_of
from app.marketplace.statements import Connection, fixed
from app.marketplace.store import ChangeKind

_CURSOR = re.compile(r"^(?:1\.(\d{1,18})|2\.(\d{1,18})\.([0-9a-f]{15}))\Z")


_SINCE = fixed(
    select(t.change.c.seq, t.change.c.kind, t.change.c.entity_id)
    .where(t.change.c.shop_id == bindparam("of_shop"), t.change.c.seq > bindparam("since"))
    .order_by(t.change.c.seq)
    .limit(bindparam("most"))
)
_HEAD = fixed(select(t.shop.c.head_seq).where(t.shop.c.shop_id == bindparam("of_shop")))
_KEYS = fixed(
    select(t.pickup_key.c.key_id, t.pickup_key.c.key_base64).where(
        t.pickup_key.c.shop_id == bindparam("of_shop"),
        t.pickup_key.c.key_id.in_(bindparam("ids", expanding=True)),
    )
)


class BadCursor(ValueError):
    """The cursor was not given out by this server."""


class CursorGone(ValueError):
    """The cursor is of another history: the server was set back to an older copy of its data. Or it is too old to
    tell."""


def make_cursor(seq: int, mark: str | None = None) -> str:
    """Args: mark: of the transaction that drew the number (`feed_marks`); None where it has none."""
    text = f"1.{seq}" if mark is None else f"2.{seq}.{mark}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(text: str) -> tuple[int, str | None]:
    """The number in a cursor, 0 for the empty one, and its mark, if it has one. Raises BadCursor."""
    if not text:
        return 0, None
    try:
        decoded = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        raise BadCursor(text) from None
    match = _CURSOR.match(decoded)
    if match is None:
        raise BadCursor(text)
    return int(match[1] or match[2]), match[3]


def read_page(connection: Connection, shop_id: str, cursor: str, limit: int) -> dict[str, Any]:
    """One page of changes, oldest first, as it goes on the wire. Raises BadCursor, CursorGone."""
    since, mark = read_cursor(cursor)
    rows = connection.execute(_SINCE, {"of_shop": shop_id, "since": since, "most": limit + 1}).all()
    if _is_gone(connection, shop_id, since, mark, any_rows=bool(rows)):
        raise CursorGone(cursor)
    page = rows[:limit]
    shown = _render(connection, shop_id, [(row.kind, row.entity_id) for row in page])
    return {
        "changes": [
            {"seq": row.seq, "kind": row.kind, "id": row.entity_id, "data": shown[row.kind, row.entity_id]}
            for row in page
        ],
        "cursor": _cursor_after(connection, shop_id, page[-1].seq) if page else cursor,
        "more": len(rows) > limit,
    }


def _is_gone(connection: Connection, shop_id: str, since: int, mark: str | None, *, any_rows: bool) -> bool:
    if mark is not None:
        return mark_of(connection, shop_id, since) != mark
    return not any_rows and since > head_seq(connection, shop_id)


def _cursor_after(connection: Connection, shop_id: str, seq: int) -> str:
    return make_cursor(seq, mark_of(connection, shop_id, seq))


def head_seq(connection: Connection, shop_id: str) -> int:
    head: int = connection.execute(_HEAD, {"of_shop": shop_id}).scalar_one()
    return head


_Show = Callable[[Connection, str, Sequence[str]], Mapping[str, dict[str, Any]]]


def _show_keys(connection: Connection, shop_id: str, key_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    rows = connection.execute(_KEYS, {"of_shop": shop_id, "ids": key_ids})
    return {row.key_id: {"key_id": row.key_id, "key": row.key_base64} for row in rows}


_SHOW: Mapping[str, _Show] = {
    ChangeKind.ORDER: orders.show_orders,
    ChangeKind.PRODUCT: catalogue.show_products,
    ChangeKind.STOCK_MOVEMENT: stock.show_movements,
    ChangeKind.PICKUP_KEY: _show_keys,
    ChangeKind.DISAGREEMENT: disagreements.show_disagreements,
}


def _render(
    connection: Connection, shop_id: str, entities: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], dict[str, Any]]:
    by_kind: dict[str, list[str]] = defaultdict(list)
    for kind, entity_id in entities:
        by_kind[kind].append(entity_id)
    return {
        (kind, entity_id): shown
        for kind, ids in by_kind.items()
        for entity_id, shown in _SHOW[kind](connection, shop_id, ids).items()
    }


class Bell:
    """Wakes the long polls of a shop. Ring it from any thread; wait for it on the loop it was opened on."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: dict[str, set[asyncio.Event]] = {}
        self._rings: Counter[str] = Counter()
        self._closed = False

    @property
    def is_waited_for(self) -> bool:
        """Whether anybody listens."""
        return bool(self._waiting)

    @property
    def closed(self) -> bool:
        """True once the server is going down: nobody should wait any longer."""
        return self._closed

    def open(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def close(self) -> None:
        """Wake everybody for good. From any thread."""
        self._closed = True
        self._on_loop(self._wake_all)

    def ring(self, shop_id: str) -> None:
        """Say that a shop's feed has grown. From any thread; after the server has gone it does nothing."""
        self._on_loop(lambda: self._wake(shop_id))

    def rings(self, shop_id: str) -> int:
        """How often it rang for a shop. From any thread; ask before reading the feed."""
        return self._rings[shop_id]

    def listen(self, shop_id: str, rings: int) -> asyncio.Event:
        """An event that is set at the next ring after the first `rings` ones: at once if it came already."""
        event = asyncio.Event()
        if self._closed or self._rings[shop_id] != rings:
            event.set()
        self._waiting.setdefault(shop_id, set()).add(event)
        return event

    def leave(self, shop_id: str, event: asyncio.Event) -> None:
        listening = self._waiting.get(shop_id, set())
        listening.discard(event)
        if not listening:
            self._waiting.pop(shop_id, None)

    def _on_loop(self, call: Callable[[], None]) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(call)

    def _wake(self, shop_id: str) -> None:
        self._rings[shop_id] += 1
        for event in self._waiting.get(shop_id, ()):
            event.set()

    def _wake_all(self) -> None:
        for shop_id in list(self._waiting):
            self._wake(shop_id)
