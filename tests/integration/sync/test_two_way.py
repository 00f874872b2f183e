"""A real till (store on disk, use cases, worker) and the real reference marketplace over HTTP, in one process.

What the shop does arrives there exactly once and what customers order arrives here, whatever the network does (I3, I4).
"""

from __future__ import annotations

import contextlib
import random
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.domain.order import HandoverState, Preparation
from app.marketplace import tables as t
from app.marketplace.orders import PlacedOrder, cancel_order, show_order
from app.marketplace.pairing import revoke_till, rotate_key
from app.marketplace.schemas import FaultSetting
from app.marketplace.seed import DemoCustomers, SeededShop, seed_demo
from app.marketplace.server import RunningMarketplace, start_in_thread
from app.paths import resources_dir
from app.storage.store import Store, open_store
from app.surroundings import SystemClock, TimeOrderedIds
from app.sync.client import HttpMarketplace
from app.sync.connectors.registry import connect_paired
from app.sync.one_round import run_round
from app.sync.pace import Pace
from app.sync.transport import Limits
from app.sync.worker import SyncWorker
from app.usecases.adjust_stock import receive_goods
from app.usecases.find_order import HowFound
from app.usecases.hand_over_order import HandoverDone, HandoverRequest, hand_over_order
from app.usecases.marketplace_port import LinkState, LinkStatus
from app.usecases.pair_till import pair_till
from app.usecases.ports import Counter, Touched
from app.usecases.prepare_order import mark_ready
from tests.fakes.surroundings import DigestSigner, MemorySecrets

QUICK = Pace(first_pause_s=0.01, longest_pause_s=0.05, rest_s=0.001)
HASTY = Limits(connect_s=5.0, read_s=5.0)


class RealTill:
    """A paired till with its store on disk; `until` looks again after each commit and each news of the link."""

    def __init__(self, folder: Path, url: str) -> None:
        self.clock = SystemClock()
        self.store: Store = open_store(folder / "till.sqlite3", clock=self.clock)
        self.secrets = MemorySecrets({})
        self._news = threading.Condition()
        self.statuses: list[LinkStatus] = []
        self.counter = Counter(
            unit_of_work=self.store.unit_of_work,
            clock=self.clock,
            ids=TimeOrderedIds(self.clock),
            keys=self.secrets,
            announce=self._announce,
            software="Comptoir test",
            signer=DigestSigner(),
        )
        self.worker = SyncWorker(
            self.counter,
            self.store.queries,
            self.secrets,
            lambda: HttpMarketplace(url, self.secrets.device_token, limits=HASTY),
            chance=random.Random(1).random,
            on_status=self._hear,
            pace=QUICK,
        )

    def _announce(self, touched: Touched) -> None:
        if touched.outbox:
            self.worker.kick()
        self._notify()

    def _hear(self, status: LinkStatus) -> None:
        self.statuses.append(status)
        self._notify()

    def _notify(self) -> None:
        with self._news:
            self._news.notify_all()

    def until(self, condition: Callable[[], bool]) -> None:
        with self._news:
            assert self._news.wait_for(condition, 60), (self.statuses[-3:], self.store.queries.outbox())

    def all_sent(self) -> bool:
        return self.store.queries.outbox_state().waiting == 0

    def level(self, product_id: str) -> int:
        with self.store.unit_of_work() as uow:
            return uow.stock.level(product_id)

    def cursor(self) -> str:
        with self.store.unit_of_work() as uow:
            return uow.pulled.cursor()

    def close(self) -> None:
        assert self.worker.stop()
        self.store.close()


class Town:
    """The marketplace with its demonstration shop and one paired till."""

    def __init__(self, folder: Path, server: RunningMarketplace) -> None:
        self.server = server
        self.shop: SeededShop = seed_demo(server.store, resources_dir() / "demo" / "catalogue.csv", max_products=40)
        self.customers = DemoCustomers(server.store, self.shop.shop_id)
        self.till = RealTill(folder, server.url)
        with HttpMarketplace(server.url, lambda: None) as marketplace:
            self.identity = pair_till(
                self.till.counter, self.till.secrets, marketplace, self.shop.pairing_code, "Caisse A", server.url
            )

    def misbehave(self, mode: str, **setting: object) -> None:
        assert self.server.fault_switch is not None
        self.server.fault_switch.set(FaultSetting.model_validate({"mode": mode, "delay_s": 0.0, **setting}))

    def place_order(self) -> PlacedOrder:
        placed = self.customers.place(prepaid=True)
        assert isinstance(placed, PlacedOrder)
        return placed

    def shown(self, order_id: str) -> dict[str, object]:
        with self.server.store.reading() as connection:
            shown = show_order(connection, self.shop.shop_id, order_id)
        assert shown is not None
        return shown

    def facts_taken(self) -> int:
        with self.server.store.reading() as connection:
            count: int = connection.execute(select(func.count()).select_from(t.fact)).scalar_one()
        return count

    def levels(self) -> dict[str, int]:
        movement = t.stock_movement.c
        with self.server.store.reading() as connection:
            rows = connection.execute(
                select(movement.product_id, func.sum(movement.quantity)).group_by(movement.product_id)
            ).all()
        return {product_id: int(total) for product_id, total in rows}

    def assert_levels_agree(self) -> None:
        levels = self.levels()
        assert {product_id: self.till.level(product_id) for product_id in levels} == levels

    def tracked_product(self) -> str:
        return min(self.levels())


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    chance = random.Random(20261122)
    url = f"sqlite:///{tmp_path / 'marketplace.sqlite3'}"
    with start_in_thread(url, faults=True, chance=chance.random) as server:
        made = Town(tmp_path, server)
        try:
            yield made
        finally:
            made.till.close()


def test_an_order_goes_the_whole_way_and_both_sides_agree(town: Town) -> None:
    till = town.till
    till.worker.start()
    till.until(lambda: till.worker.status.state is LinkState.ONLINE)
    placed = town.place_order()
    till.until(lambda: till.store.queries.order(placed.order_id) is not None)
    town_lease = till.store.queries.order(placed.order_id)
    assert town_lease is not None
    assert town_lease.order.lease is not None
    assert town_lease.order.lease.till_id == town.identity.till_id

    mark_ready(till.counter, placed.order_id, bags=1, shelf="A1", operator="Zoé")
    till.until(till.all_sent)
    assert town.shown(placed.order_id)["preparation"] == Preparation.READY

    done = hand_over_order(till.counter, HandoverRequest(placed.order_id, HowFound.SCAN, "Zoé"))
    assert isinstance(done, HandoverDone)
    till.until(till.all_sent)
    assert town.shown(placed.order_id)["handover"] == HandoverState.HANDED_OVER
    town.assert_levels_agree()


def test_the_whole_catalogue_and_stock_come_down_once(town: Town) -> None:
    store = town.till.store
    with contextlib.closing(connect_paired(store.queries, town.till.secrets, store.connector_books)) as marketplace:
        first = run_round(town.till.counter, town.till.store.queries, town.till.secrets, marketplace)
        second = run_round(town.till.counter, town.till.store.queries, town.till.secrets, marketplace)
    assert first.pulled.products == town.shop.products
    assert first.pulled.quarantined == 0
    assert second.pulled.changes == 0
    town.assert_levels_agree()


def test_five_hundred_facts_through_random_faults_each_take_effect_once(town: Town) -> None:
    till = town.till
    product_id = town.tracked_product()
    before = town.levels()[product_id]
    till.worker.start()
    till.until(lambda: till.store.queries.product(product_id) is not None and till.level(product_id) == before)
    modes = ["lose_answer", "error_500", "cut_body", "offline", "html", "unauthorized", "rate_limit", "slow"]
    for number in range(500):
        if number % 50 == 0:
            town.misbehave(modes[number // 50 % len(modes)], share=0.5)
        receive_goods(till.counter, [(product_id, 1)], "shop", "Zoé", note=str(number))
    town.misbehave("lose_answer", share=0.5, count=3)
    till.until(till.all_sent)
    town.misbehave("none")
    till.until(lambda: till.worker.status.state is LinkState.ONLINE)
    assert town.facts_taken() == 500
    assert town.levels()[product_id] == before + 500
    town.assert_levels_agree()
    assert not till.store.queries.exceptions()
    assert not till.store.queries.quarantined()
    state = till.store.queries.outbox_state()
    assert (state.refused, state.conflicted) == (0, 0)


@pytest.mark.parametrize("mode", ["duplicate_page", "reorder_page", "cut_body", "html", "error_500", "lose_answer"])
def test_orders_come_down_whole_through_bad_pages(town: Town, mode: str) -> None:
    till = town.till
    town.misbehave(mode, share=0.5, count=6)
    till.worker.start()
    placed = [town.place_order().order_id for _ in range(12)]
    till.until(lambda: all(till.store.queries.order(order_id) is not None for order_id in placed))
    town.misbehave("none")
    town.assert_levels_agree()
    assert not till.store.queries.quarantined()


def test_twenty_actions_without_a_network_are_sent_when_it_is_back(town: Town) -> None:
    till = town.till
    till.worker.start()
    placed = [town.place_order().order_id for _ in range(5)]
    till.until(lambda: all(till.store.queries.order(order_id) is not None for order_id in placed))
    town.misbehave("offline")
    product_id = town.tracked_product()
    for order_id in placed:
        mark_ready(till.counter, order_id, bags=1, shelf="", operator="Zoé")
        assert isinstance(hand_over_order(till.counter, HandoverRequest(order_id, HowFound.NAME, "Zoé")), HandoverDone)
    for _ in range(10):
        receive_goods(till.counter, [(product_id, 2)], "shop", "Zoé")
    till.until(lambda: till.worker.status.state is LinkState.OFFLINE and till.worker.status.waiting == 20)
    assert town.facts_taken() == 0
    town.misbehave("none")
    till.until(till.all_sent)
    till.until(lambda: till.worker.status.state is LinkState.ONLINE)
    assert town.facts_taken() == 20
    assert {town.shown(order_id)["handover"] for order_id in placed} == {HandoverState.HANDED_OVER}
    town.assert_levels_agree()


def test_handed_over_after_the_customer_cancelled_is_an_exception_not_a_loss(town: Town) -> None:
    till = town.till
    till.worker.start()
    order_id = town.place_order().order_id
    till.until(lambda: till.store.queries.order(order_id) is not None)
    mark_ready(till.counter, order_id, bags=1, shelf="", operator="Zoé")
    till.until(till.all_sent)
    assert till.worker.stop()
    with town.server.store.writing(town.shop.shop_id) as transaction:
        assert cancel_order(transaction, order_id)
    hand_over_order(till.counter, HandoverRequest(order_id, HowFound.SCAN, "Zoé"))
    till.worker.start()
    till.until(till.all_sent)
    (opened,) = till.store.queries.exceptions()
    assert opened.order_id == order_id
    assert opened.message
    town.assert_levels_agree()


def test_a_rotated_key_reaches_the_key_store(town: Town) -> None:
    till = town.till
    till.worker.start()
    till.until(lambda: till.worker.status.state is LinkState.ONLINE)
    with town.server.store.writing(town.shop.shop_id) as transaction:
        new_key, _withdrawn = rotate_key(transaction)
    cursor = till.cursor()
    order_id = town.place_order().order_id
    till.until(lambda: till.store.queries.order(order_id) is not None)
    assert till.cursor() != cursor
    assert new_key in till.secrets.pickup_keys()


def test_a_revoked_till_says_so_and_goes_on_selling(town: Town) -> None:
    till = town.till
    till.worker.start()
    till.until(lambda: till.worker.status.state is LinkState.ONLINE)
    product_id = town.tracked_product()
    till.until(lambda: till.store.queries.product(product_id) is not None)
    assert revoke_till(town.server.store, town.identity.till_id)
    receive_goods(till.counter, [(product_id, 1)], "shop", "Zoé")
    till.until(lambda: till.worker.status.state is LinkState.REFUSED)
    assert till.worker.status.message_key == "revoked"
    assert till.store.queries.outbox_state().waiting == 1
