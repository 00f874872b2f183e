"""Owns the talk about leases: asking for those of open orders in time, asking for one somebody waits for, giving up
what another till waits for. Never decides who may hand over (`domain.order.judge_handover` does), never takes another
till's running lease.

    wished for here      asked for at once, `wanted`; what is granted comes down with the next changes
    asked back from us   given up for good (committed), then told, and told again until it is acknowledged
    free, run out, ours  asked for now and then, so that a till cut off can still hand over
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from app.domain.abilities import Ability
from app.domain.lease import is_to_be_claimed, newest_time
from app.domain.order import HandoverState, Order
from app.sync.pace import Pace
from app.usecases.give_up_leases import give_up_asked_leases
from app.usecases.lease_ports import LeaseHere
from app.usecases.marketplace_port import ChangePage, Marketplace, OrderChange
from app.usecases.ports import Counter, MarketplaceRefused, Unavailable
from app.usecases.queries import OrderList, OrderRow, Queries

_log = logging.getLogger(__name__)

AT_ONCE = 100
WISH_S = 30.0
"""How long a wish is tried again: then the goods went on a recorded override, or the customer left."""
NOT_OFFERED = frozenset({"gone", "refused", "conflict"})
_OPEN_LISTS = (OrderList.TO_PREPARE, OrderList.READY)
_LIST_SIZE = 200
_MOST_PAGES = 50


class LeaseWishes:
    """The orders somebody waits for at this till, whose lease another till has. From any thread. None is kept for long:
    who waits is at the counter now."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._added_at: dict[str, float] = {}

    def add(self, order_id: str) -> None:
        with self._lock:
            self._added_at[order_id] = self._monotonic()

    def open(self) -> list[str]:
        """Those not asked for yet, oldest first."""
        with self._lock:
            youngest = self._monotonic() - WISH_S
            self._added_at = {order_id: at for order_id, at in self._added_at.items() if at > youngest}
            return list(self._added_at)[:AT_ONCE]

    def asked(self, order_ids: Sequence[str]) -> None:
        with self._lock:
            for order_id in order_ids:
                self._added_at.pop(order_id, None)


class LeaseTalk:
    """What the push lane says about leases, step by step. `heard` may be called from the pull lane's thread."""

    def __init__(
        self, counter: Counter, queries: Queries, wishes: LeaseWishes, pace: Pace, monotonic: Callable[[], float]
    ) -> None:
        self._counter = counter
        self._queries = queries
        self._wishes = wishes
        self._pace = pace
        self._monotonic = monotonic
        self._claimed_at = -math.inf
        self._claims_due = True
        self._asked_back = True  # or given up and not told, before this start

    def heard(self, page: ChangePage) -> bool:
        """Note what a page that was just stored brings; whether there is something to say now."""
        if not page.changes:
            return False
        till_id = self._queries.identity().till_id
        asked_back = asks_leases_back(page, till_id)
        free = brings_free_orders(page, self._counter.clock.now())
        self._asked_back = self._asked_back or asked_back
        self._claims_due = self._claims_due or free
        return asked_back or free

    def step(self, marketplace: Marketplace) -> bool:
        """Say what there is to say; whether the marketplace was asked anything. Raises as the ports.

        A marketplace that passes no leases on, or refuses this talk, is left in peace: it holds nothing else up.
        """
        if Ability.LEASES not in marketplace.abilities():
            return False
        try:
            said = self._ask_for_wishes(marketplace) + self._settle_asked_back(marketplace)
            return said + self._claim_due(marketplace) > 0
        except MarketplaceRefused as refusal:
            if refusal.reason not in NOT_OFFERED:
                raise
            _log.info("leases: the marketplace answered %s", refusal.reason)
            self._asked_back = False
            return True

    def _ask_for_wishes(self, marketplace: Marketplace) -> int:
        wanted = self._wishes.open()
        if wanted:
            marketplace.claim_leases(wanted, wanted=True)
            self._wishes.asked(wanted)
        return len(wanted)

    def _settle_asked_back(self, marketplace: Marketplace) -> int:
        if not self._asked_back:
            return 0
        self._asked_back = False  # first: the pull lane may hear of another one meanwhile
        try:
            return settle_leases(self._counter, marketplace)
        except Unavailable:
            self._asked_back = True
            raise

    def _claim_due(self, marketplace: Marketplace) -> int:
        since_s = self._monotonic() - self._claimed_at
        if since_s < (self._pace.lease_gap_s if self._claims_due else self._pace.lease_check_s):
            return 0
        self._claims_due = False
        self._claimed_at = self._monotonic()
        self._asked_back = True  # what could not be given up because of a handover still to be told
        till_id = self._queries.identity().till_id
        return claim_wanted_leases(self._queries, marketplace, till_id, self._counter.clock.now())


def settle_leases(counter: Counter, marketplace: Marketplace) -> int:
    """Give up the leases other tills wait for, and tell what was given up and not acknowledged; how many were told.

    Each is committed before it is told: whatever becomes of the answer, this till does not use it any more.

    Raises as the ports.
    """
    give_up_asked_leases(counter)
    told = 0
    while True:
        with counter.unit_of_work() as uow:
            untold = uow.leases.untold(AT_ONCE)
        if not untold:
            return told
        marketplace.release_leases(untold)
        with counter.unit_of_work() as uow:
            uow.leases.note_told(untold, counter.clock.now())
            uow.commit()
        told += len(untold)


def claim_wanted_leases(queries: Queries, marketplace: Marketplace, till_id: str, now: datetime) -> int:
    """Ask for the leases of open orders that nobody holds or that soon run out; how many were asked for.

    What is granted comes down with the next changes. Raises as the ports.
    """
    newest = newest_time(now, queries.newest_server_time())
    order_ids = list(_open_order_ids(queries, now))
    leases = queries.leases_of(order_ids)
    wanted = [order_id for order_id in order_ids if _wanted(leases.get(order_id), till_id, newest)]
    for start in range(0, len(wanted), AT_ONCE):
        marketplace.claim_leases(wanted[start : start + AT_ONCE])
    return len(wanted)


def brings_free_orders(page: ChangePage, now: datetime) -> bool:
    """Whether a page brings an open order that nobody may hand over off line yet."""
    return any(isinstance(change, OrderChange) and _is_free(change.order, now) for change in page.changes)


def asks_leases_back(page: ChangePage, till_id: str) -> bool:
    """Whether a page says that another till waits for a lease of this one."""
    leases = [change.order.lease for change in page.changes if isinstance(change, OrderChange)]
    return any(each is not None and each.till_id == till_id and each.wanted_by not in ("", till_id) for each in leases)


def _open_order_ids(queries: Queries, now: datetime) -> Iterable[str]:
    for which in _OPEN_LISTS:
        after = ""
        for _ in range(_MOST_PAGES):
            rows = queries.orders(which, now, _LIST_SIZE, after)
            yield from (row.order_id for row in rows if _is_open(row))
            if len(rows) < _LIST_SIZE:
                break
            after = rows[-1].order_id


def _is_open(row: OrderRow) -> bool:
    return not row.cancelled and row.handover is not HandoverState.HANDED_OVER


def _wanted(found: LeaseHere | None, till_id: str, newest: datetime) -> bool:
    return found is not None and is_to_be_claimed(found.lease, till_id, found.given_up, newest)


def _is_free(order: Order, now: datetime) -> bool:
    if order.cancelled_at is not None or order.server_handover is HandoverState.HANDED_OVER:
        return False
    return order.lease is None or order.lease.until <= now
