"""Owns asking for one lease and waiting a moment for it, without a worker (`comptoir handover`). Never runs beside a
`SyncWorker` on the same database, never tries twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from app.sync.pull import fetch_page, store_page, stored_cursor
from app.usecases.find_order import judge_order
from app.usecases.marketplace_port import Marketplace
from app.usecases.ports import Counter, Secrets
from app.usecases.queries import Queries

WAIT_S = 2.0


def ask_for_lease(
    counter: Counter,
    queries: Queries,
    secrets: Secrets,
    marketplace: Marketplace,
    order_id: str,
    *,
    wait_s: float = WAIT_S,
    monotonic: Callable[[], float] = time.monotonic,
) -> bool:
    """Ask for the lease of an order somebody waits for, and take what the marketplace says meanwhile; whether it came.

    Raises MarketplaceUnreachable, MarketplaceRefused, StoreUnavailable, KeyStoreUnavailable.
    """
    marketplace.claim_leases([order_id], wanted=True)
    cursor, deadline = stored_cursor(counter), monotonic() + wait_s
    while True:
        left_s = deadline - monotonic()
        page = fetch_page(marketplace, cursor, max(left_s, 0.0))
        stored = store_page(counter, secrets, cursor, page)
        cursor = stored_cursor(counter) if stored.overtaken else page.cursor
        if not judge_order(queries, order_id, counter.clock.now()).lacks_lease:
            return True
        if left_s <= 0 and not page.more:
            return False
