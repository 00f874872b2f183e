"""Which leases are asked for: free, run out, or soon to run out; never another till's running one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from app.domain.abilities import ALL_ABILITIES, Ability
from app.domain.lease import Lease
from app.domain.order import HandoverState, Order, Preparation
from app.sync.leases import WISH_S, LeaseTalk, LeaseWishes, brings_free_orders, claim_wanted_leases
from app.sync.pace import DEFAULT_PACE
from app.usecases.apply_server_orders import apply_page
from app.usecases.give_up_leases import give_up_asked_leases
from app.usecases.lease_ports import GivenUp
from app.usecases.marketplace_port import ChangePage, OrderChange
from app.usecases.ports import MarketplaceRefused, MarketplaceUnreachable
from tests.fakes.memory_store import MemoryStore
from tests.fakes.samples import an_order
from tests.fakes.surroundings import NOON, MemorySecrets, a_counter


class AskedLeases:
    def __init__(self) -> None:
        self.calls: list[list[str]] = []

    def claim_leases(self, order_ids: Sequence[str]) -> None:
        self.calls.append(list(order_ids))


def asked_for(*orders: Order) -> list[list[str]]:
    store, asked = MemoryStore(), AskedLeases()
    with store.unit_of_work() as uow:
        for order in orders:
            uow.orders.save_server_copy(order)
        uow.commit()
    count = claim_wanted_leases(store.queries, asked, "till-a", NOON)  # type: ignore[arg-type]  # the one call used
    assert count == sum(len(call) for call in asked.calls)
    return asked.calls


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("lease", "wanted"),
    [
        (None, True),
        (Lease("till-a", NOON + 14.5 * DAY), False),
        (Lease("till-a", NOON + 13.5 * DAY), True),
        (Lease("till-a", NOON - DAY), True),
        (Lease("till-b", NOON + DAY), False),
        (Lease("till-b", NOON - DAY), True),
    ],
)
@pytest.mark.parametrize("preparation", [Preparation.TO_PREPARE, Preparation.READY])
def test_which_leases_are_wanted(lease: Lease | None, wanted: bool, preparation: Preparation) -> None:
    calls = asked_for(an_order(lease=lease, server_preparation=preparation))
    assert calls == ([["order-1"]] if wanted else [])


def test_orders_that_are_done_are_left_alone() -> None:
    done = an_order("order-1", lease=None, server_handover=HandoverState.HANDED_OVER)
    cancelled = an_order("order-2", lease=None, cancelled_at=NOON)
    assert asked_for(done, cancelled) == []
    page = ChangePage([OrderChange(done), OrderChange(cancelled)], "1", False)
    assert not brings_free_orders(page, NOON)


def test_many_orders_are_asked_for_in_portions() -> None:
    orders = [an_order(f"order-{n:03d}", lease=None, number=str(n)) for n in range(450)]
    calls = asked_for(*orders)
    assert sorted(order_id for call in calls for order_id in call) == [order.order_id for order in orders]
    assert max(len(call) for call in calls) == 100


def test_a_page_with_an_order_nobody_holds() -> None:
    free = OrderChange(an_order(lease=Lease("till-b", NOON - DAY)))
    held = OrderChange(an_order(lease=Lease("till-b", NOON + DAY)))
    assert brings_free_orders(ChangePage([held, free], "1", False), NOON)
    assert not brings_free_orders(ChangePage([held], "1", False), NOON)


# --- the talk of the push lane ---


class Heard(AskedLeases):
    """A marketplace that hears of leases; `failures` are raised first, one for each call."""

    def __init__(self, *failures: Exception) -> None:
        super().__init__()
        self.wanted: list[list[str]] = []
        self.released: list[list[GivenUp]] = []
        self.failures = list(failures)

    def abilities(self) -> frozenset[Ability]:
        return ALL_ABILITIES

    def claim_leases(self, order_ids: Sequence[str], *, wanted: bool = False) -> None:
        self._fail()
        (self.wanted if wanted else self.calls).append(list(order_ids))

    def release_leases(self, leases: Sequence[GivenUp]) -> None:
        self._fail()
        self.released.append(list(leases))

    def _fail(self) -> None:
        if self.failures:
            raise self.failures.pop(0)


class Talk:
    def __init__(self, *orders: Order) -> None:
        self.now_s = 0.0
        self.store = MemoryStore()
        self.counter = a_counter(self.store.unit_of_work)
        self.wishes = LeaseWishes(lambda: self.now_s)
        self.talk = LeaseTalk(self.counter, self.store.queries, self.wishes, DEFAULT_PACE, lambda: self.now_s)
        self.bring(*orders)

    def bring(self, *orders: Order) -> ChangePage:
        page = ChangePage([OrderChange(order) for order in orders], str(self.store.commits + 1), False)
        apply_page(self.counter, MemorySecrets(), page)
        return page

    def step(self, marketplace: Heard) -> bool:
        return self.talk.step(marketplace)  # type: ignore[arg-type]  # the calls used

    def untold(self) -> list[GivenUp]:
        with self.store.unit_of_work() as uow:
            return list(uow.leases.untold(10))


OURS = Lease("till-a", NOON + 15 * DAY, 1)
ASKED = Lease("till-a", NOON + 15 * DAY, 1, "till-b", NOON + DAY)
THEIRS = Lease("till-b", NOON + 15 * DAY, 1)


def test_a_wish_is_told_at_once_and_once() -> None:
    till, marketplace = Talk(an_order(lease=THEIRS)), Heard()
    till.step(marketplace)
    till.wishes.add("order-1")
    assert till.step(marketplace)
    assert not till.step(marketplace)
    assert marketplace.wanted == [["order-1"]]


def test_a_wish_outlives_a_short_failure_and_no_long_one() -> None:
    unreachable = MarketplaceUnreachable("no_network")
    till, marketplace = Talk(an_order(lease=THEIRS)), Heard()
    till.step(marketplace)
    till.wishes.add("order-1")
    marketplace.failures = [unreachable]
    with pytest.raises(MarketplaceUnreachable):
        till.step(marketplace)
    till.now_s += 5
    assert till.step(marketplace)
    assert marketplace.wanted == [["order-1"]]
    till.wishes.add("order-1")
    till.now_s += WISH_S
    till.step(marketplace)
    assert marketplace.wanted == [["order-1"]], "the customer left long ago"


def test_given_up_before_it_is_told_and_told_until_it_is_heard() -> None:
    till, marketplace = Talk(an_order(lease=OURS)), Heard()
    till.step(marketplace)
    assert till.talk.heard(till.bring(an_order(lease=ASKED, version=2)))
    marketplace.failures = [MarketplaceUnreachable("timeout")]
    with pytest.raises(MarketplaceUnreachable):
        till.step(marketplace)
    assert till.untold() == [GivenUp("order-1", 1)], "committed, although nobody heard of it"
    assert till.step(marketplace)
    assert marketplace.released == [[GivenUp("order-1", 1)]]
    assert till.untold() == []
    assert not till.step(marketplace)


def test_what_was_not_told_before_the_end_is_told_after_the_next_start() -> None:
    till = Talk(an_order(lease=ASKED))
    give_up_asked_leases(till.counter)
    marketplace = Heard()
    assert till.step(marketplace)
    assert marketplace.released == [[GivenUp("order-1", 1)]]


@pytest.mark.parametrize("reason", ["gone", "refused", "conflict"])
def test_a_marketplace_without_leases_holds_nothing_up(reason: str) -> None:
    till, marketplace = Talk(an_order(lease=ASKED)), Heard(MarketplaceRefused(reason))
    assert till.step(marketplace)
    till.step(marketplace)
    assert marketplace.released == []


def test_a_till_that_is_shut_out_is_told_so() -> None:
    till = Talk(an_order(lease=ASKED))
    with pytest.raises(MarketplaceRefused, match="revoked"):
        till.step(Heard(MarketplaceRefused("revoked")))


def test_news_of_other_tills_leases_is_nothing_to_talk_about() -> None:
    till = Talk()
    assert not till.talk.heard(till.bring(an_order(lease=THEIRS, version=2)))
    assert till.talk.heard(till.bring(an_order(lease=None, version=3)))
