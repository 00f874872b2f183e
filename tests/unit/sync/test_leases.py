"""Which leases are asked for: free, run out, or soon to run out; never another till's running one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from app.domain.lease import Lease
from app.domain.order import HandoverState, Order, Preparation
from app.sync.leases import brings_free_orders, claim_wanted_leases
from app.usecases.marketplace_port import ChangePage, OrderChange
from tests.fakes.memory_store import MemoryStore
from tests.fakes.samples import an_order
from tests.fakes.surroundings import NOON


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
