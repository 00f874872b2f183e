"""Owns what the two lanes between till and marketplace do, step by step: one waits for changes, one empties the outbox.
Never starts a thread, never sleeps but at its bell, never holds a transaction while it waits.

    pull lane   long poll -> apply the page -> rest -> ... ; failure: back off, ask again from the stored cursor
    push lane   greet, at first and after each failure; claim, send, settle -> rest -> ... ; nothing to do: wait

A step makes one exchange with the marketplace (a batch too large for the line, or refused whole: one for each part) and
says how long to rest. `SyncWorker` takes the steps on threads; the simulator (`tests/simulation`) takes the same ones
on a clock of its own, so that what it proves is what runs.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from app.sync.greeting import Greeting
from app.sync.heads import HeadsTold, OnHeads, tell_heads
from app.sync.leases import LeaseTalk, LeaseWishes
from app.sync.link import Lane, LinkJudge
from app.sync.pace import BackOff, Bell, Pace, Woken
from app.sync.pull import PageSize, fetch_page, store_page, stored_cursor
from app.sync.push import BatchSize, push_batch
from app.sync.reconcile import DailyComparison
from app.sync.relay import Relay
from app.sync.token_age import TokenAge
from app.usecases.marketplace_port import LinkState, LinkStatus, Marketplace
from app.usecases.ports import (
    Counter,
    MarketplaceUnreachable,
    Secrets,
    StoreUnavailable,
    TokenUnknown,
    Unavailable,
)
from app.usecases.queries import Queries

_log = logging.getLogger(__name__)


class Connection(Marketplace, Protocol):
    """A marketplace whose calls under way can be ended."""

    @property
    def poll_gap_s(self) -> float:
        """Least time between two looks for changes, for a marketplace that cannot hold its answer until there are
        some; 0 for one that can."""

    def close(self) -> None: ...


Connect = Callable[[], Connection]
"""Opens the connection of the paired till; called on a lane's thread, so it may import what is heavy. May raise
MarketplaceRefused (`not_paired`) and every other Unavailable."""


@dataclass(frozen=True, slots=True)
class Rest:
    """How long a lane waits before its next step.

    Attributes:
        patient: after a failure: a kick does not cut it short, because it only means that one more fact waits.
        recount: the outbox is counted when the wait is over: nothing else would.
    """

    seconds: float
    patient: bool = False
    recount: bool = False


_AT_ONCE = Rest(0.0)


class Lanes:
    """What the two lanes of one start share, until one stop. Each lane's steps are taken by one thread at a time;
    everything else may be called from any thread."""

    def __init__(
        self,
        counter: Counter,
        queries: Queries,
        secrets: Secrets,
        connect: Connect,
        *,
        bells: Mapping[Lane, Bell],
        chance: Callable[[], float],
        on_status: Callable[[LinkStatus], None],
        on_heads: OnHeads,
        pace: Pace,
        monotonic: Callable[[], float],
        wishes: LeaseWishes | None = None,
    ) -> None:
        """Args as `SyncWorker`'s; bells: where each lane waits; wishes: leases that somebody waits for."""
        self.bells = bells
        self.judge = LinkJudge(counter.clock.now())
        self._counter = counter
        self._queries = queries
        self._secrets = secrets
        self._connect = connect
        self._on_status = on_status
        self._pace = pace
        self._monotonic = monotonic
        self._back_offs = {lane: BackOff(chance, pace) for lane in Lane}
        self._steps = {Lane.PULL: self._pull_step, Lane.PUSH: self._push_step}
        self._cursor: str | None = None
        self._poll_s = 0.0
        self._greeting = Greeting(counter, on_heads)
        self._token_age = TokenAge(counter, secrets, monotonic)
        self._page_size = PageSize()
        self._batch = BatchSize(monotonic=monotonic)
        self._heads_told = HeadsTold()
        self._daily = DailyComparison(counter, queries, secrets)
        self._relay = Relay(counter)
        self._leases = LeaseTalk(counter, queries, wishes or LeaseWishes(monotonic), pace, monotonic)
        self._lock = threading.Lock()
        self._connection: Connection | None = None
        self._stopping = False
        self._telling = threading.Lock()
        self._told: LinkStatus | None = None

    def run(self, lane: Lane) -> None:
        """Take a lane's steps until `stop`. What is neither refusal nor failure of the world propagates."""
        bell = self.bells[lane]
        while not bell.is_stopped():
            self._wait_out(bell, self.step(lane))

    def step(self, lane: Lane) -> Rest:
        """One step of a lane, and how long to rest after it. A failure of the world makes the rest longer; a fault of
        the program propagates to the crash hook: a lane must not end in silence."""
        try:
            return self._steps[lane]()
        except Unavailable as error:
            if self.bells[lane].is_stopped():
                return _AT_ONCE
            self._failed(lane, error)
            asked_s = error.retry_after_s if isinstance(error, MarketplaceUnreachable) else None
            return Rest(self._back_offs[lane].next_s(asked_s), patient=True)
        except BaseException:
            self.judge.broken(lane, self._counter.clock.now())
            self._tell()
            raise

    def stop(self) -> None:
        with self._lock:
            self._stopping = True
            connection, self._connection = self._connection, None
        for bell in self.bells.values():
            bell.stop()
        if connection is not None:
            connection.close()

    # --- pull ---

    def _pull_step(self) -> Rest:
        marketplace = self._connected()
        if self._cursor is None:
            self._cursor = stored_cursor(self._counter)
            self._poll_s = 0.0  # the first answer comes at once, so that the screen soon knows that we are on line
        asked_at, poll_s = self._monotonic(), self._poll_s
        page = fetch_page(marketplace, self._cursor, poll_s, self._page_size)
        if self.bells[Lane.PULL].is_stopped():
            return _AT_ONCE
        stored = store_page(self._counter, self._secrets, self._cursor, page)
        self._cursor, self._poll_s = None if stored.overtaken else page.cursor, self._pace.poll_s
        self._answered(Lane.PULL)
        if self._leases.heard(page) or page.begins_anew:
            self.bells[Lane.PUSH].kick()
        took_s = self._monotonic() - asked_at
        if marketplace.poll_gap_s:
            return Rest(self._pace.rest_s if page.more else marketplace.poll_gap_s)
        held_short = not page.changes and poll_s > 0
        return Rest(max(self._pace.rest_s, self._pace.empty_rest_s - took_s if held_short else 0.0))

    # --- push ---

    def _push_step(self) -> Rest:
        marketplace = self._connected()
        self._greeting.say(marketplace)
        pushed = push_batch(self._counter, marketplace, self._batch, self._heads_told)
        self._count_waiting()
        talked = self._leases.step(marketplace)
        if pushed.claimed or talked or self._tell_heads(marketplace):
            self._answered(Lane.PUSH)
            return Rest(self._pace.rest_s)
        if self._relay.step(marketplace) or self._token_age.step(marketplace):
            self._answered(Lane.PUSH)
            return Rest(self._pace.rest_s)
        if self._daily.reconcile_if_due(marketplace):
            self._answered(Lane.PUSH)
            return Rest(self._pace.rest_s)
        self.judge.idle(Lane.PUSH, self._counter.clock.now())
        self._tell()
        return Rest(self._pace.idle_s, recount=True)

    def _tell_heads(self, marketplace: Marketplace) -> bool:
        return tell_heads(self._counter, marketplace, self._heads_told)

    # --- both ---

    def _wait_out(self, bell: Bell, rest: Rest) -> None:
        if not rest.patient:
            bell.wait(rest.seconds)
            if rest.recount:
                self._count_waiting()
            return
        until = self._monotonic() + rest.seconds
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

    def _answered(self, lane: Lane) -> None:
        self._back_offs[lane].reset()
        connection = self._connection
        if connection is not None:
            self.judge.clock_read(connection.clock_reading())
        was = self.judge.status.state
        if self.judge.answered(lane, self._counter.clock.now()):
            for other in Lane:
                if other is not lane:
                    self.bells[other].hurry()
        self._note_state(lane, was, "")
        self._tell()

    def _failed(self, lane: Lane, error: Unavailable) -> None:
        if lane is Lane.PULL:
            self._cursor = None
        else:
            self._greeting.say_again()
        if isinstance(error, TokenUnknown):
            self._token_age.refused()  # not one that was shut out: it shows whose leases a new pairing takes over
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
