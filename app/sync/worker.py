"""Owns the two threads that keep till and marketplace together: one waits for changes, one empties the outbox. Never
touches Qt, never holds a transaction while it waits, never stops because of a failure of the world.

    pull lane   long poll -> apply the page -> rest -> ... ; failure: back off, ask again from the stored cursor
    push lane   waits for a kick -> claim, send, settle -> ... ; failure: back off; a kick does not cut that short

Two lanes, because a sale must not wait 25 s behind a long poll to be told. When one lane gets through after a failure
it hurries the other, so that what was done off line leaves at once.
"""

from __future__ import annotations

import contextlib
import logging
import math
import threading
import time
from collections.abc import Callable
from typing import Protocol

from app.sync.heads import HeadsTold, OnHeads, hear_heads, tell_heads
from app.sync.leases import brings_free_orders, claim_wanted_leases
from app.sync.link import Lane, LinkJudge
from app.sync.pace import DEFAULT_PACE, BackOff, Bell, Pace, Woken
from app.sync.pull import fetch_page, store_page, stored_cursor
from app.sync.push import BatchSize, push_batch
from app.usecases.marketplace_port import LinkState, LinkStatus, Marketplace
from app.usecases.ports import Counter, MarketplaceUnreachable, Secrets, StoreUnavailable, Unavailable
from app.usecases.queries import Queries

_log = logging.getLogger(__name__)

STOP_LIMIT_S = 2.0


class Connection(Marketplace, Protocol):
    """A marketplace whose calls under way can be ended."""

    def close(self) -> None: ...


Connect = Callable[[], Connection]
"""Opens the connection of the paired till; called on a worker thread, so it may import what is heavy. May raise
MarketplaceRefused (`not_paired`) and every other Unavailable."""


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
        self._new_lanes: Callable[[], _Lanes] = lambda: _Lanes(
            counter,
            queries,
            secrets,
            connect,
            chance=chance,
            on_status=on_status,
            on_heads=on_heads,
            pace=pace,
            monotonic=monotonic,
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
        self._threads = (
            threading.Thread(target=lanes.run_pull, name="net-pull", daemon=True),
            threading.Thread(target=lanes.run_push, name="net-push", daemon=True),
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

    def retry_now(self) -> None:
        """Try again now, whatever pause is running: on a person's word, or after pairing."""
        for bell in self._lanes.bells.values():
            bell.hurry()


class _Lanes:
    """What the two threads of one start share, until one stop."""

    def __init__(
        self,
        counter: Counter,
        queries: Queries,
        secrets: Secrets,
        connect: Connect,
        *,
        chance: Callable[[], float],
        on_status: Callable[[LinkStatus], None],
        on_heads: OnHeads,
        pace: Pace,
        monotonic: Callable[[], float],
    ) -> None:
        self.bells = {lane: Bell() for lane in Lane}
        self.judge = LinkJudge(counter.clock.now())
        self._counter = counter
        self._queries = queries
        self._secrets = secrets
        self._connect = connect
        self._chance = chance
        self._on_status = on_status
        self._on_heads = on_heads
        self._heads_heard = False
        self._heads_told = HeadsTold()
        self._pace = pace
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._connection: Connection | None = None
        self._stopping = False
        self._telling = threading.Lock()
        self._told: LinkStatus | None = None
        self._leases_checked_at = -math.inf
        self._leases_due = True

    def stop(self) -> None:
        with self._lock:
            self._stopping = True
            connection, self._connection = self._connection, None
        for bell in self.bells.values():
            bell.stop()
        if connection is not None:
            connection.close()

    # --- pull ---

    def run_pull(self) -> None:
        self._run(Lane.PULL, self._pull_until_failure)

    def _pull_until_failure(self, bell: Bell, back_off: BackOff) -> None:
        marketplace = self._connected()
        cursor = stored_cursor(self._counter)
        wait_s = 0.0  # the first answer comes at once, so that the screen soon knows that we are on line
        while not bell.is_stopped():
            asked_at = self._monotonic()
            page = fetch_page(marketplace, cursor, wait_s)
            if bell.is_stopped():
                return
            store_page(self._counter, self._secrets, cursor, page)
            cursor = page.cursor
            self._answered(Lane.PULL, back_off)
            if brings_free_orders(page, self._counter.clock.now()):
                self._leases_due = True
                self.bells[Lane.PUSH].kick()
            took_s = self._monotonic() - asked_at
            held_short = not page.changes and wait_s > 0
            bell.wait(max(self._pace.rest_s, self._pace.empty_rest_s - took_s if held_short else 0.0))
            wait_s = self._pace.poll_s

    # --- push ---

    def run_push(self) -> None:
        batch = BatchSize()
        self._run(Lane.PUSH, lambda bell, back_off: self._push_until_failure(bell, back_off, batch))

    def _push_until_failure(self, bell: Bell, back_off: BackOff, batch: BatchSize) -> None:
        marketplace = self._connected()
        if not self._heads_heard:
            hear_heads(marketplace, self._on_heads)
            self._heads_heard = True
        while not bell.is_stopped():
            pushed = push_batch(self._counter, marketplace, batch, self._heads_told)
            self._count_waiting()
            if pushed.claimed or self._claim_due_leases(marketplace) or self._tell_heads(marketplace):
                self._answered(Lane.PUSH, back_off)
                bell.wait(self._pace.rest_s)
                continue
            self.judge.idle(Lane.PUSH, self._counter.clock.now())
            self._tell()
            bell.wait(self._pace.idle_s)
            self._count_waiting()

    def _tell_heads(self, marketplace: Marketplace) -> bool:
        return tell_heads(self._counter, marketplace, self._heads_told)

    def _claim_due_leases(self, marketplace: Marketplace) -> bool:
        """Whether the marketplace was asked for any."""
        since_s = self._monotonic() - self._leases_checked_at
        if since_s < (self._pace.lease_gap_s if self._leases_due else self._pace.lease_check_s):
            return False
        self._leases_due = False
        self._leases_checked_at = self._monotonic()
        till_id = self._queries.identity().till_id
        return claim_wanted_leases(self._queries, marketplace, till_id, self._counter.clock.now()) > 0

    # --- both ---

    def _run(self, lane: Lane, until_failure: Callable[[Bell, BackOff], None]) -> None:
        bell = self.bells[lane]
        back_off = BackOff(self._chance, self._pace)
        while not bell.is_stopped():
            try:
                until_failure(bell, back_off)
            except Unavailable as error:
                if bell.is_stopped():
                    return
                self._failed(lane, error)
                asked_s = error.retry_after_s if isinstance(error, MarketplaceUnreachable) else None
                self._wait_out(bell, back_off.next_s(asked_s))
            except BaseException:
                self.judge.broken(lane, self._counter.clock.now())
                self._tell()
                raise  # to the crash hook: a lane must not end in silence

    def _wait_out(self, bell: Bell, pause_s: float) -> None:
        """A kick does not cut the pause short: it only means that one more fact waits."""
        until = self._monotonic() + pause_s
        while bell.wait(until - self._monotonic()) is Woken.KICK:
            self._count_waiting()
            self._tell()

    def _connected(self) -> Connection:
        """The lanes' one connection. Opened outside the lock: a key store may take long, and `stop` must not."""
        with self._lock:
            if self._connection is not None:
                return self._connection
        opened = self._connect()
        kept = self._keep(opened)
        if kept is not opened:
            opened.close()
        if kept is None:
            raise MarketplaceUnreachable("no_network", "stopping")
        return kept

    def _keep(self, opened: Connection) -> Connection | None:
        """The connection to use: the other lane's if it was faster, none while stopping."""
        with self._lock:
            if self._connection is None and not self._stopping:
                self._connection = opened
            return self._connection

    def _answered(self, lane: Lane, back_off: BackOff) -> None:
        back_off.reset()
        was = self.judge.status.state
        if self.judge.answered(lane, self._counter.clock.now()):
            for other in Lane:
                if other is not lane:
                    self.bells[other].hurry()
        self._note_state(lane, was, "")
        self._tell()

    def _failed(self, lane: Lane, error: Unavailable) -> None:
        was = self.judge.status.state
        self.judge.failed(lane, error, self._counter.clock.now())
        self._note_state(lane, was, error.reason)
        self._count_waiting()
        self._tell()

    def _note_state(self, lane: Lane, was: LinkState, reason: str) -> None:
        state = self.judge.status.state
        if state is not was:
            _log.info("marketplace %s (%s lane) %s", state.value, lane.value, reason)

    def _count_waiting(self) -> None:
        with contextlib.suppress(StoreUnavailable):  # the old count is better than no worker
            state = self._queries.outbox_state()
            self.judge.waiting(state.waiting, state.refused + state.conflicted)

    def _tell(self) -> None:
        with self._telling:  # so that the last one told is the last one judged
            status = self.judge.status
            if status != self._told:
                self._told = status
                self._on_status(status)
