"""Owns looking, once for all shops of a process, whether another process wrote to a shop's change feed, and ringing the
bell of those shops. Never reads a page.

What this process commits rings at once (`Store.on_commit`). Behind one PostgreSQL may be several server processes, and
beside a SQLite file a command: their commits are seen here, at most `LOOK_AGAIN_S` later. One query a second for the
whole process, whether it holds one long poll or ten thousand.
"""

from __future__ import annotations

import asyncio
import logging

from sqlalchemy import select
from starlette.concurrency import run_in_threadpool

from app.marketplace import tables as t
from app.marketplace.changes import Bell
from app.marketplace.statements import fixed
from app.marketplace.store import DatabaseBusy, Store

LOOK_AGAIN_S = 1.0
HEADS = fixed(select(t.shop.c.shop_id, t.shop.c.head_seq))
"""Reads every shop on purpose: a row each, once a second; asking for those who wait would be longer than the answer."""
_log = logging.getLogger("comptoir.marketplace")


class Lookout:
    """Remembers how far each feed had come when it looked last."""

    def __init__(self, store: Store, bell: Bell) -> None:
        self._store = store
        self._bell = bell
        self._heads: dict[str, int] = {}

    def look(self) -> None:
        """Ring for every shop whose feed is not where it was (also one that went back). Raises DatabaseBusy."""
        with self._store.reading() as connection:
            heads = {row.shop_id: row.head_seq for row in connection.execute(HEADS)}
        before, self._heads = self._heads, heads
        for shop_id, head in heads.items():
            if before.get(shop_id) != head:
                self._bell.ring(shop_id)

    async def keep_looking(self) -> None:
        """Until cancelled. Does not look while nobody waits."""
        while True:
            if self._bell.is_waited_for or not self._heads:
                try:
                    await run_in_threadpool(self.look)
                except DatabaseBusy:
                    _log.info("the change feeds could not be looked at; trying again")
            await asyncio.sleep(LOOK_AGAIN_S)
