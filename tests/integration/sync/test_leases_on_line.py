"""Two real tills and the real marketplace: while both are on line, the lease goes where the customer stands."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from app.domain.order import HandoverVerdict, VerdictKind
from app.marketplace.orders import PlacedOrder
from app.marketplace.pairing import make_pairing_code
from app.sync.ask_lease import ask_for_lease
from app.sync.client import HttpMarketplace
from app.sync.one_round import run_round
from app.usecases.find_order import HowFound, judge_code, judge_order
from app.usecases.hand_over_order import HandoverDone, HandoverRequest, hand_over_order
from app.usecases.marketplace_port import LinkState
from app.usecases.pair_till import pair_till
from app.usecases.prepare_order import mark_ready
from tests.integration.sync.test_two_way import HASTY, RealTill, Town, town

__all__ = ["town"]


def _is_on_line(till: RealTill) -> bool:
    return till.worker.status.state is LinkState.ONLINE


class TwoTills:
    """Till A, which is given every new order's lease, and till B."""

    def __init__(self, folder: Path, town: Town) -> None:
        self.town = town
        self.a = town.till
        self.b = RealTill(folder, town.server.url)
        code, _ = make_pairing_code(town.server.store, town.shop.shop_id)
        with HttpMarketplace(town.server.url, lambda: None) as marketplace:
            pair_till(self.b.counter, self.b.secrets, marketplace, code, "Caisse B", town.server.url)

    def go_on_line(self, *tills: RealTill) -> None:
        for till in tills:
            till.worker.start()
            till.until(partial(_is_on_line, till))

    def a_ready_order(self) -> PlacedOrder:
        """Prepared at A, known to both."""
        placed = self.town.place_order()
        self.a.until(lambda: self.a.store.queries.order(placed.order_id) is not None)
        mark_ready(self.a.counter, placed.order_id, bags=1, shelf="A1", operator="Zoé")
        self.b.until(lambda: verdict(self.b, placed.order_id).kind is VerdictKind.CANNOT_TELL)
        return placed


def verdict(till: RealTill, order_id: str) -> HandoverVerdict:
    return judge_order(till.store.queries, order_id, till.clock.now())


@pytest.fixture
def tills(tmp_path: Path, town: Town) -> Iterator[TwoTills]:
    (tmp_path / "b").mkdir()
    made = TwoTills(tmp_path / "b", town)
    try:
        yield made
    finally:
        made.b.close()


def test_it_passes_to_the_till_where_somebody_waits(tills: TwoTills) -> None:
    a, b = tills.a, tills.b
    tills.go_on_line(a, b)
    placed = tills.a_ready_order()
    scanned = judge_code(b.store.queries, b.secrets, placed.pickup_code, b.clock.now())
    assert (scanned.kind, scanned.lacks_lease, scanned.may_override) == (VerdictKind.CANNOT_TELL, True, True)
    b.worker.want_lease(placed.order_id)
    b.until(lambda: verdict(b, placed.order_id).kind is VerdictKind.READY)
    assert verdict(a, placed.order_id).kind is VerdictKind.CANNOT_TELL
    done = hand_over_order(b.counter, HandoverRequest(placed.order_id, HowFound.SCAN, "Léa"))
    assert isinstance(done, HandoverDone)
    a.until(lambda: verdict(a, placed.order_id).kind is VerdictKind.ALREADY_HANDED_OVER)


@pytest.mark.parametrize("mode", ["lose_answer", "error_500", "cut_body"])
def test_what_is_lost_on_the_way_is_said_again(tills: TwoTills, mode: str) -> None:
    a, b = tills.a, tills.b
    tills.go_on_line(a, b)
    placed = tills.a_ready_order()
    tills.town.misbehave(mode, share=0.5)
    b.worker.want_lease(placed.order_id)
    b.until(lambda: verdict(b, placed.order_id).kind is VerdictKind.READY)
    tills.town.misbehave("none")
    a.until(lambda: not _untold(a))
    assert verdict(a, placed.order_id).kind is VerdictKind.CANNOT_TELL


def test_a_holder_that_is_off_line_keeps_it_and_b_can_hand_over_with_a_reason(tills: TwoTills) -> None:
    a, b = tills.a, tills.b
    tills.go_on_line(a, b)
    placed = tills.a_ready_order()
    a.until(a.all_sent)
    assert a.worker.stop()
    b.worker.want_lease(placed.order_id)
    b.until(lambda: _wished(b, placed.order_id))
    assert verdict(b, placed.order_id).kind is VerdictKind.CANNOT_TELL
    assert verdict(a, placed.order_id).kind is VerdictKind.READY
    request = HandoverRequest(placed.order_id, HowFound.SCAN, "Léa", override_reason="seul au comptoir")
    assert isinstance(hand_over_order(b.counter, request), HandoverDone)


def test_who_prepares_gets_it(tills: TwoTills) -> None:
    a, b = tills.a, tills.b
    tills.go_on_line(a, b)
    placed = tills.town.place_order()
    b.until(lambda: b.store.queries.order(placed.order_id) is not None)
    mark_ready(b.counter, placed.order_id, bags=1, shelf="B1", operator="Léa")
    b.until(lambda: verdict(b, placed.order_id).kind is VerdictKind.READY)
    a.until(lambda: verdict(a, placed.order_id).kind is VerdictKind.CANNOT_TELL)


def test_rounds_by_hand_pass_it_on_as_well(tills: TwoTills) -> None:
    a, b, url = tills.a, tills.b, tills.town.server.url
    placed = tills.town.place_order()

    def a_round(till: RealTill) -> None:
        with HttpMarketplace(url, till.secrets.device_token, limits=HASTY) as marketplace:
            run_round(till.counter, till.store.queries, till.secrets, marketplace)

    a_round(b)
    mark_ready(b.counter, placed.order_id, bags=1, shelf="B1", operator="Léa")
    for till in (b, a, b):
        a_round(till)
    assert verdict(b, placed.order_id).kind is VerdictKind.READY
    assert verdict(a, placed.order_id).kind is not VerdictKind.READY


def test_the_time_of_the_marketplace_is_kept_with_what_it_says(tills: TwoTills) -> None:
    a = tills.a
    assert a.store.queries.newest_server_time() is None
    tills.go_on_line(a)
    tills.town.place_order()
    a.until(lambda: a.store.queries.newest_server_time() is not None)
    with a.store.unit_of_work() as uow:
        told = uow.pulled.clock_told()
    assert told is not None
    assert told.server_time <= a.clock.now()
    assert a.worker.status.clock_skew_s == 0


def _untold(till: RealTill) -> bool:
    with till.store.unit_of_work() as uow:
        return bool(uow.leases.untold(1))


def _wished(till: RealTill, order_id: str) -> bool:
    order = till.store.queries.order(order_id)
    return order is not None and order.order.lease is not None and bool(order.order.lease.wanted_by)


def test_a_command_asks_and_waits_a_moment(tills: TwoTills) -> None:
    a, b = tills.a, tills.b
    tills.go_on_line(a, b)
    placed = tills.a_ready_order()
    assert b.worker.stop()
    with HttpMarketplace(tills.town.server.url, b.secrets.device_token, limits=HASTY) as marketplace:
        assert ask_for_lease(b.counter, b.store.queries, b.secrets, marketplace, placed.order_id, wait_s=60.0)
        assert verdict(b, placed.order_id).kind is VerdictKind.READY
        assert a.worker.stop()
        other = tills.town.place_order()
        with HttpMarketplace(tills.town.server.url, a.secrets.device_token, limits=HASTY) as line_of_a:
            run_round(a.counter, a.store.queries, a.secrets, line_of_a)
        mark_ready(a.counter, other.order_id, bags=1, shelf="A1", operator="Zoé")
        with HttpMarketplace(tills.town.server.url, a.secrets.device_token, limits=HASTY) as line_of_a:
            run_round(a.counter, a.store.queries, a.secrets, line_of_a)
        assert not ask_for_lease(b.counter, b.store.queries, b.secrets, marketplace, other.order_id, wait_s=0.1)
        assert verdict(b, other.order_id).kind is VerdictKind.CANNOT_TELL
