"""Owns paging through the changes of the marketplace. Never writes itself: `apply_page` does, the cursor in its commit.

Nothing falls between two pages: the feed is oldest first, the server numbers changes in the order of its commits, and
the cursor asked with is the one stored with the last page applied. A page that comes twice or late changes nothing:
records carry versions, movements their ids.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.sync.sizes import Swing
from app.usecases.apply_server_orders import AppliedPage, apply_page
from app.usecases.marketplace_port import ChangePage, Marketplace
from app.usecases.ports import Counter, MarketplaceRefused, MarketplaceUnreachable, Secrets, Unavailable

PAGE_SIZE = 100
"""Records a page, so a transaction: a cashier's commit never waits longer than one of these (measured)."""
LEAST_PAGE = 5
_TOO_MUCH_AT_ONCE = frozenset({"timeout", "not_understood", "server_error"})


class PageSize:
    """How many records to ask for: halves when a page does not get through, doubles when a full one did. Belongs to one
    thread."""

    def __init__(self) -> None:
        self._records = Swing(LEAST_PAGE, PAGE_SIZE)

    @property
    def records(self) -> int:
        return self._records.value

    def came(self, page: ChangePage) -> None:
        if len(page.changes) >= self.records:
            self._records.grow()

    def failed(self, error: Unavailable) -> None:
        """A line without a network says nothing about sizes; what breaks off half way is not understood."""
        if error.reason in _TOO_MUCH_AT_ONCE:
            self._records.shrink()


@dataclass(frozen=True, slots=True)
class Pulled:
    """What came down. `overtaken`: nothing of the page was kept, because another one was taken in since it was asked
    for; read the stored cursor again."""

    pages: int = 0
    changes: int = 0
    orders_new: int = 0
    orders_changed: int = 0
    products: int = 0
    movements: int = 0
    quarantined: int = 0
    overtaken: bool = False

    def __add__(self, other: Pulled) -> Pulled:
        return Pulled(
            self.pages + other.pages,
            self.changes + other.changes,
            self.orders_new + other.orders_new,
            self.orders_changed + other.orders_changed,
            self.products + other.products,
            self.movements + other.movements,
            self.quarantined + other.quarantined,
        )


def stored_cursor(counter: Counter) -> str:
    """Where the last applied page ended; "" before the first. Raises StoreUnavailable."""
    with counter.unit_of_work() as uow:
        return uow.pulled.cursor()


def fetch_page(marketplace: Marketplace, cursor: str, wait_s: float, size: PageSize | None = None) -> ChangePage:
    """The page after a cursor; the first of all if the marketplace no longer knows the cursor (it was set back to an
    older copy of itself): then its word counts again, whatever versions it had given out before.

    Args:
        size: how much to ask for, and where it is noted how that went; the usual size if left out.

    Raises:
        MarketplaceUnreachable, MarketplaceRefused: as the port. Also `not_understood` for a page that brings or
            announces changes and does not move on, twice: asked for again and again it would never end.
    """
    size = size or PageSize()
    try:
        page = _fetch(marketplace, cursor, wait_s, size.records)
    except Unavailable as error:
        size.failed(error)
        raise
    size.came(page)
    return page


def _fetch(marketplace: Marketplace, cursor: str, wait_s: float, limit: int) -> ChangePage:
    try:
        page = marketplace.changes(cursor, limit, wait_s)
        if _stands_still(page, cursor):
            page = marketplace.changes(cursor, limit, 0.0)
    except MarketplaceRefused as error:
        if error.reason != "cursor_gone" or not cursor:
            raise
        page = replace(marketplace.changes("", limit, 0.0), begins_anew=True, history_lost=True)
    if _stands_still(page, cursor):
        raise MarketplaceUnreachable("not_understood", "a page that does not move on")
    return page


def _stands_still(page: ChangePage, cursor: str) -> bool:
    return page.cursor == cursor and bool(page.changes or page.more)


def store_page(counter: Counter, secrets: Secrets, cursor: str, page: ChangePage) -> Pulled:
    """Apply a page; nothing is written if it brings nothing.

    Args:
        cursor: what was stored when the page was asked for.

    Raises StoreUnavailable.
    """
    if page.cursor == cursor and not page.begins_anew:
        return Pulled()
    applied = apply_page(counter, secrets, page, asked_after=cursor)
    return Pulled(overtaken=True) if applied.overtaken else _pulled(page, applied)


def _pulled(page: ChangePage, applied: AppliedPage) -> Pulled:
    return Pulled(
        1,
        len(page.changes),
        applied.orders_new,
        applied.orders_changed,
        applied.products,
        applied.movements,
        applied.quarantined,
    )
