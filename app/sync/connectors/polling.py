"""Owns how changes are found on a marketplace that tells none: it is read again, and compared with what this till has.
Never asks itself (a `Source` does), never writes into the till: pages go the way of every page.

    each look      orders placed since the newest known, from a little before it; orders this till has just written to
    every 5 min    all open orders, and by id those that are open here and no longer listed there; articles changed
    once a day     all articles, and the orders of two weeks: what has left may still be cancelled or given back there

What is read now and then is also read at the start, because what was due is kept in memory alone.

An order or article is a change if its contents differ from the stored copy, whatever dates say; its version is then the
stored one and one more. A page with changes moves the cursor, so a page that was not stored is read again. A level is
compared only if nothing is under way for its article, before and after, here and there.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

import msgspec

from app.domain.catalogue import Product
from app.domain.disagreements import DisagreementKind, cancelled_after_id
from app.domain.order import HandoverState, Order
from app.sync.connectors.levels import difference
from app.usecases.connector_ports import ConnectorBooks
from app.usecases.marketplace_port import (
    BrokenChange,
    Change,
    ChangePage,
    Disagreement,
    ExceptionChange,
    MovementChange,
    OrderChange,
    ProductChange,
)
from app.usecases.ports import MarketplaceRefused

OVERLAP = timedelta(minutes=2)
"""How far before the newest known date the next reading begins: what was being written when it was read carries an
older date than what was there already."""
OPEN_SET_EVERY_S = 300.0
ARTICLES_EVERY_S = 300.0
ALL_ARTICLES_EVERY_S = 86_400.0
PAST_ORDERS_EVERY_S = 86_400.0
PAST_ORDERS = timedelta(days=14)
"""How far before the newest known order the daily look back begins."""
RECENTLY_CLOSED_S = 1800.0
"""A handover may be undone at another till a while after; its order is looked at so long."""
_AT_ONCE = 100
_LEVEL_TRIES = 3
"""A level that the marketplace did not tell so often in a row is not asked for at each look any more: its article is
gone there or not tracked, and each question reads all open orders twice."""


@dataclass(frozen=True, slots=True)
class OrdersRead:
    """Some orders as they are now. `newest`: the latest date among them by which they are listed, None for none."""

    orders: Sequence[Order] = ()
    broken: Sequence[BrokenChange] = ()
    newest: datetime | None = None


@dataclass(frozen=True, slots=True)
class ArticlesRead:
    """Some articles as they are now.

    Attributes:
        told: names of `Product`'s fields that the marketplace knows; of all others the till's word stays.
        levels: how many stand in the shop as far as this reading alone can tell, by product id; those whose stock is
            not tracked are left out.
    """

    products: Sequence[Product] = ()
    told: frozenset[str] = frozenset()
    levels: Mapping[str, int] = field(default_factory=dict)
    broken: Sequence[BrokenChange] = ()
    newest: datetime | None = None


class Source(Protocol):
    """What a connector reads. Every call may raise MarketplaceUnreachable or MarketplaceRefused."""

    def newest_order(self) -> datetime | None:
        """The date of the order that comes last in `orders_placed`, None if there was none yet."""

    def orders_placed(self, after: datetime | None) -> Iterator[OrdersRead]:
        """Placed strictly after a moment, or changed if the marketplace lists them by that; oldest first; None: all."""

    def open_orders(self) -> Iterator[OrdersRead]: ...
    def orders_by_id(self, order_ids: Sequence[str]) -> OrdersRead:
        """Those of them that exist."""

    def articles(self, after: datetime | None) -> Iterator[ArticlesRead]:
        """Changed strictly after a moment, oldest first; None: all."""

    def standing_in_shop(self, product_ids: Sequence[str]) -> Mapping[str, int]:
        """Units by product id, of those that two readings agree on."""

    def server_time(self) -> datetime | None: ...


class _Place(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where reading has come to; the cursor's text is its JSON.

    Attributes:
        pages: counts pages with changes: two different states of the till never have one cursor.
        placed, changed: newest date of an order placed and of an article changed, None before the first.
        began: the first reading is done.
    """

    pages: int = 0
    placed: datetime | None = None
    changed: datetime | None = None
    began: bool = False

    def text(self) -> str:
        return msgspec.json.encode(self).decode()


def _place(cursor: str) -> _Place:
    """Raises MarketplaceRefused: `cursor_gone`: another connector's cursor."""
    if not cursor:
        return _Place()
    try:
        return msgspec.json.decode(cursor.encode(), type=_Place)
    except msgspec.MsgspecError:
        raise MarketplaceRefused("cursor_gone", "not of this connector") from None


@dataclass(frozen=True, slots=True)
class _Step:
    """Part of a round: changes, and where reading has come to once they are stored."""

    changes: Sequence[Change] = ()
    placed: datetime | None = None
    changed: datetime | None = None
    began: bool = False

    def on_from(self, place: _Place) -> _Place:
        return msgspec.structs.replace(
            place,
            placed=_later(place.placed, self.placed),
            changed=_later(place.changed, self.changed),
            began=place.began or self.began,
        )


class Poller:
    """Reads one marketplace for one till. `changes` belongs to one thread; `look_again` may be called from any."""

    def __init__(
        self,
        source: Source,
        books: ConnectorBooks,
        shop_id: str,
        monotonic: Callable[[], float],
        now: Callable[[], datetime],
    ) -> None:
        """Args: monotonic: seconds that never go back."""
        self._source = source
        self._books = books
        self._shop_id = shop_id
        self._monotonic = monotonic
        self._now = now
        self._lock = threading.Lock()
        self._written_to: set[str] = set()
        self._begin_anew("")

    def _begin_anew(self, cursor: str) -> None:
        self._place = _place(cursor)
        self._told = cursor
        self._round: Iterator[_Step] | None = None
        self._left: list[Change] = []
        self._after_left = self._place
        self._open_read_at = self._articles_read_at = self._all_articles_read_at = self._past_read_at = -math.inf
        self._broken_told: dict[tuple[str, str], BrokenChange] = {}
        self._levels_to_check: set[str] = set()
        self._levels_untold: dict[str, int] = {}
        self._closed_lately: dict[str, float] = {}

    def look_again(self, order_ids: Iterable[str]) -> None:
        """These orders were written to: read them with the next look."""
        with self._lock:
            self._written_to.update(order_ids)

    def changes(self, cursor: str, limit: int) -> ChangePage:
        """The next page; an empty one if nothing is new. A cursor other than the one told last: that page was not
        stored, so everything is read again.

        Raises:
            MarketplaceRefused: `cursor_gone`, and as the source.
            MarketplaceUnreachable: as the source; what was due stays due.
        """
        if cursor != self._told:
            self._begin_anew(cursor)
        while not self._left:
            step = self._next_step()
            if step is None:
                return self._page((), more=False)
            self._left = list(step.changes)
            self._after_left = step.on_from(self._place)
            if not self._left:
                self._place = self._after_left
        handed, self._left = self._left[:limit], self._left[limit:]
        if not self._left:
            self._place = self._after_left
        self._place = msgspec.structs.replace(self._place, pages=self._place.pages + 1)
        self._after_left = msgspec.structs.replace(self._after_left, pages=self._place.pages)
        return self._page(handed, more=True)

    def _page(self, changes: Sequence[Change], *, more: bool) -> ChangePage:
        self._told = self._place.text() if self._place != _Place() else ""
        return ChangePage(changes, self._told, more, server_time=self._source.server_time())

    def _next_step(self) -> _Step | None:
        """None at the end of a round; the next look begins another one."""
        if self._round is None:
            self._round = self._read_round()
        try:
            step = next(self._round, None)
        except BaseException:
            self._round = None
            raise
        if step is None:
            self._round = None
        return step

    # --- what one round reads ---

    def _read_round(self) -> Iterator[_Step]:
        if not self._place.began:
            yield from self._first_reading()
            return
        yield from self._orders_placed()
        yield from self._orders_written_to()
        if self._is_due(self._open_read_at, OPEN_SET_EVERY_S):
            yield from self._open_orders()
        if self._is_due(self._past_read_at, PAST_ORDERS_EVERY_S):
            yield from self._past_orders()
        if self._is_due(self._articles_read_at, ARTICLES_EVERY_S):
            yield from self._articles()
        yield from self._levels(opening=False)

    def _is_due(self, read_at: float, every_s: float) -> bool:
        return self._monotonic() - read_at >= every_s

    def _first_reading(self) -> Iterator[_Step]:
        """Of an order that nobody waits for any more a new till needs to know nothing."""
        newest = self._source.newest_order()
        yield from self._articles()
        yield from self._open_orders()
        yield from self._levels(opening=True)
        yield _Step(placed=newest, began=True)

    def _orders_placed(self) -> Iterator[_Step]:
        after = self._place.placed and self._place.placed - OVERLAP
        for read in self._source.orders_placed(after):
            yield replace(self._orders_step(read), placed=read.newest)

    def _orders_written_to(self) -> Iterator[_Step]:
        with self._lock:
            order_ids, self._written_to = sorted(self._written_to), set()
        try:
            for some in _in_parts(order_ids):
                yield self._orders_step(self._source.orders_by_id(some), written_here=True)
        except BaseException:
            self.look_again(order_ids)
            raise

    def _open_orders(self) -> Iterator[_Step]:
        began_at = self._monotonic()
        listed: set[str] = set()
        for read in self._source.open_orders():
            listed.update(order.order_id for order in read.orders)
            yield self._orders_step(read)
        self._closed_lately = {
            order_id: at for order_id, at in self._closed_lately.items() if not self._is_due(at, RECENTLY_CLOSED_S)
        }
        unlisted = {*self._books.open_order_ids(), *self._closed_lately} - listed
        for some in _in_parts(sorted(unlisted)):
            yield self._orders_step(self._source.orders_by_id(some))
        self._open_read_at = began_at

    def _past_orders(self) -> Iterator[_Step]:
        """Of what this till never heard of it needs to know nothing now."""
        began_at = self._monotonic()
        if self._place.placed is not None:
            for read in self._source.orders_placed(self._place.placed - PAST_ORDERS):
                known = self._books.server_copies([order.order_id for order in read.orders])
                yield self._orders_step(OrdersRead([order for order in read.orders if order.order_id in known]))
        self._past_read_at = began_at

    def _articles(self) -> Iterator[_Step]:
        began_at = self._monotonic()
        every_one = self._is_due(self._all_articles_read_at, ALL_ARTICLES_EVERY_S) or self._place.changed is None
        listed: set[str] = set()
        for read in self._source.articles(None if every_one else self._place.changed and self._place.changed - OVERLAP):
            listed.update(product.product_id for product in read.products)
            listed.update(change.record_id for change in read.broken)
            changes: list[Change] = [
                *self._products_changed(read.products, read.told),
                *self._newly_broken(read.broken),
            ]
            self._note_levels_that_differ(read.levels)
            yield _Step(changes, changed=read.newest)
        self._articles_read_at = began_at
        if every_one:
            yield from self._withdrawn_articles(listed)
            self._all_articles_read_at = began_at

    def _withdrawn_articles(self, listed: set[str]) -> Iterator[_Step]:
        for some in _in_parts(sorted(set(self._books.product_ids()) - listed)):
            known = self._books.products(some)
            gone = [replace(product, active=False) for product, _ in known.values() if product.active]
            yield _Step(self._products_changed(gone, frozenset({"active"})))

    # --- comparing ---

    def _orders_step(self, read: OrdersRead, *, written_here: bool = False) -> _Step:
        stored = self._books.server_copies([order.order_id for order in read.orders])
        changes: list[Change] = list(self._newly_broken(read.broken))
        for order in read.orders:
            known = stored.get(order.order_id)
            told = carried_over(order, known)
            if known is not None and same_contents(told, known):
                continue
            changes.append(OrderChange(replace(told, version=known.version + 1 if known else 1)))
            if known is not None and _cancelled_after_handover(known, told):
                changes.append(ExceptionChange(_cancelled_after(told, self._now())))
            if order.server_handover is HandoverState.HANDED_OVER:
                self._closed_lately[order.order_id] = self._monotonic()
            first_heard = known is None and not self._place.began  # what stands ready is not on hand there any more
            if first_heard or (not written_here and _moved_goods(known, told)):
                self._levels_to_check.update(self._tracked(line.product_id for line in order.lines))
        return _Step(changes)

    def _newly_broken(self, broken: Sequence[BrokenChange]) -> list[BrokenChange]:
        """Those that are not as they were told last: what stays senseless is not written again with each look."""
        news = [change for change in broken if self._broken_told.get((change.kind, change.record_id)) != change]
        self._broken_told.update({(change.kind, change.record_id): change for change in news})
        return news

    def as_change(self, order: Order) -> OrderChange:
        """One order asked for by itself, as a page would tell it."""
        known = self._books.server_copies([order.order_id]).get(order.order_id)
        told = carried_over(order, known)
        if known is not None and same_contents(told, known):
            return OrderChange(replace(told, version=known.version))
        return OrderChange(replace(told, version=known.version + 1 if known else 1))

    def _products_changed(self, products: Sequence[Product], told: frozenset[str]) -> list[ProductChange]:
        known = self._books.products([product.product_id for product in products])
        untold = _PRODUCT_FIELDS - told
        changes = []
        for product in products:
            stored, version = known.get(product.product_id, (None, 0))
            if stored is None or any(getattr(product, name) != getattr(stored, name) for name in told):
                changes.append(ProductChange(product, version + 1, untold))
        return changes

    def _note_levels_that_differ(self, levels: Mapping[str, int]) -> None:
        here = self._books.levels(list(levels))
        self._levels_to_check.update(
            product_id for product_id, level in levels.items() if here.get(product_id, 0) != level
        )

    def _tracked(self, product_ids: Iterable[str]) -> list[str]:
        known = self._books.products([product_id for product_id in product_ids if product_id])
        return [product_id for product_id, (product, _) in known.items() if product.stock_tracked]

    def _levels(self, *, opening: bool) -> Iterator[_Step]:
        for some in _in_parts(sorted(self._levels_to_check)):
            in_doubt = self._books.products_in_doubt()
            product_ids = [product_id for product_id in some if product_id not in in_doubt]
            if product_ids:
                yield _Step(self._level_changes(product_ids, opening=opening))

    def _level_changes(self, product_ids: Sequence[str], *, opening: bool) -> list[MovementChange]:
        here = self._books.levels(product_ids)
        there = self._source.standing_in_shop(product_ids)
        here_again = self._books.levels(product_ids)
        in_doubt = self._books.products_in_doubt()
        changes = []
        for product_id in product_ids:
            if product_id in in_doubt or here[product_id] != here_again[product_id]:
                continue  # something is under way: at the next look
            if product_id not in there:
                self._note_untold(product_id)
                continue
            self._checked(product_id)
            level, cursor = here[product_id], self._place.text()
            movement = difference(
                self._shop_id, product_id, level, there[product_id], cursor, self._now(), opening=opening
            )
            if movement is not None:
                changes.append(MovementChange(movement))
        return changes

    def _note_untold(self, product_id: str) -> None:
        self._levels_untold[product_id] = self._levels_untold.get(product_id, 0) + 1
        if self._levels_untold[product_id] >= _LEVEL_TRIES:
            self._checked(product_id)

    def _checked(self, product_id: str) -> None:
        self._levels_to_check.discard(product_id)
        self._levels_untold.pop(product_id, None)


_PRODUCT_FIELDS = frozenset(one.name for one in fields(Product)) - {"product_id"}


def carried_over(order: Order, known: Order | None) -> Order:
    """The order with what stays as it was first told: its codes are on a slip, its cancellation has one moment."""
    if known is None:
        return order
    cancelled_at = order.cancelled_at and (known.cancelled_at or order.cancelled_at)
    return replace(order, reference=known.reference, spoken_code=known.spoken_code, cancelled_at=cancelled_at)


def same_contents(one: Order, other: Order) -> bool:
    """Whether two copies say the same. Versions do not count, nor how long a lease runs; nor the name and the note of
    a copy whose customer's data were taken away."""
    if not other.customer_name and not other.note:
        one = replace(one, customer_name="", note="")
    return _bare(one) == _bare(other)


def _bare(order: Order) -> Order:
    lease = order.lease and replace(order.lease, until=_ANY_TIME)
    return replace(order, version=0, lease=lease)


_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


def _moved_goods(known: Order | None, told: Order) -> bool:
    """Whether goods may have moved that this till did not move."""
    if known is None:
        return False
    cancelled = told.cancelled_at is not None and known.cancelled_at is None
    return cancelled or known.server_handover is not told.server_handover


def _cancelled_after_handover(known: Order, told: Order) -> bool:
    """Whether somebody on the site cancelled what the site itself knows to have left."""
    newly = told.cancelled_at is not None and known.cancelled_at is None
    return newly and told.server_handover is not HandoverState.OPEN


def _cancelled_after(order: Order, at: datetime) -> Disagreement:
    cancelled_at, left_at = order.cancelled_at, order.handed_over_at
    view = {
        "number": order.number,
        "cancelled_at": cancelled_at.isoformat() if cancelled_at else None,
        "handed_over_at": left_at.isoformat() if left_at else None,
        "handed_over_by": order.handed_over_by,
    }
    kind = DisagreementKind.CANCELLED_AFTER_HANDOVER.value
    return Disagreement(cancelled_after_id(order.order_id), kind, at, order.order_id, view=view)


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(filter(None, (one, other)), default=None)


def _in_parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for begin in range(0, len(ids), _AT_ONCE):
        yield ids[begin : begin + _AT_ONCE]
