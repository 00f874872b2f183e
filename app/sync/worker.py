"""Owns the two threads that keep till and marketplace together: one waits for changes, one empties the outbox. Never
touches Qt, never decides what a lane does (`lane_steps` does), never stops because of a failure of the world.

Two lanes, because a sale must not wait 25 s behind a long poll to be told. When one lane gets through after a failure
it hurries the other, so that what was done off line leaves at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from app.sync.heads import OnHeads
from app.sync.lane_steps import Connect, Connection, Lanes
from app.sync.leases import LeaseWishes
from app.sync.link import Lane
from app.sync.pace import DEFAULT_PACE, Bell, Pace
from app.usecases.marketplace_port import LinkStatus
from app.usecases.ports import Counter, Secrets
from app.usecases.queries import Queries

__all__ = ["Connect", "Connection", "SyncWorker"]

STOP_LIMIT_S = 2.0


class SyncWorker:
    """Starts and stops the lanes; every method may be called from any thread and, but for `stop`, returns at once.

    Pairing anew: `stop`, pair, `start`; otherwise a page of the old shop could still be applied after it.
    """

    def __init__(
        self,
        counter: Counter,
        queries: Queries,
        secrets: Secrets,
        connect: Connect,
        *,
        chance: Callable[[], float],
        on_status: Callable[[LinkStatus], None] = lambda status: None,
        on_heads: OnHeads = lambda heads: None,
        pace: Pace = DEFAULT_PACE,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Args: chance: gives 0 <= x < 1, for the jitter; on_status: called on a worker thread whenever the status has
        changed, must return at once and not call `stop`; on_heads: called once a start on a worker thread, with what
        the marketplace remembers of the ledger's ends, before it is told anything; monotonic: seconds that never go
        back."""
        self._wishes = LeaseWishes(monotonic)
        self._new_lanes: Callable[[], Lanes] = lambda: Lanes(
            counter,
            queries,
            secrets,
            connect,
            bells={lane: Bell() for lane in Lane},
            chance=chance,
            on_status=on_status,
            on_heads=on_heads,
            pace=pace,
            monotonic=monotonic,
            wishes=self._wishes,
        )
        self._lanes = self._new_lanes()
        self._threads: tuple[threading.Thread, ...] = ()
        self._monotonic = monotonic

    @property
    def status(self) -> LinkStatus:
        return self._lanes.judge.status

    def start(self) -> None:
        """Begin, or begin again after `stop`. Does nothing while running."""
        if self._threads:
            return
        lanes = self._lanes = self._new_lanes()
        # Daemons: a name look-up on a dead network cannot be interrupted and must not keep the till from closing.
        self._threads = tuple(
            threading.Thread(target=lanes.run, args=(lane,), name=f"net-{lane.value}", daemon=True) for lane in Lane
        )
        for thread in self._threads:
            thread.start()

    def stop(self, timeout_s: float = STOP_LIMIT_S) -> bool:
        """End both lanes, calls under way included. False if the system still holds one up after that time; let go,
        it only ends."""
        self._lanes.stop()
        deadline = self._monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(deadline - self._monotonic(), 0.0))
        ended = not any(thread.is_alive() for thread in self._threads)
        self._threads = ()
        return ended

    def kick(self) -> None:
        """There may be facts to send: call it after each commit that touched the outbox."""
        self._lanes.bells[Lane.PUSH].kick()

    def want_lease(self, order_id: str) -> None:
        """Somebody waits at this till for an order whose lease another till has: ask for it now, or within seconds.
        What comes of it comes with the order."""
        self._wishes.add(order_id)
        self.kick()

    def retry_now(self) -> None:
        """Try again now, whatever pause is running: on a person's word, or after pairing."""
        for bell in self._lanes.bells.values():
            bell.hurry()
