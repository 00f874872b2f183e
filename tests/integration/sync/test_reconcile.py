"""The comparison over a real socket, against a marketplace by script: when it is due, how it breaks off and goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.domain.reconciliation import GapKind
from app.sync.client import HttpMarketplace
from app.sync.heads import HeadsTold
from app.sync.pull import stored_cursor
from app.sync.push import BatchSize, push_batch
from app.sync.reconcile import DailyComparison, reconcile
from app.usecases.apply_server_orders import apply_page
from app.usecases.marketplace_port import ChangePage
from app.usecases.ports import MarketplaceRefused, MarketplaceUnreachable
from app.usecases.reconciliation_ports import MovementPage, OrderPage
from tests.fakes.fake_marketplace import FakeMarketplace, Fault, problem
from tests.fakes.memory_store import A_TILL, MemoryStore
from tests.fakes.samples import COFFEE
from tests.fakes.surroundings import HandSetClock, MemorySecrets, a_counter
from tests.fakes.wire_samples import a_fact, wire_movement, wire_order


class Till:
    """A till in memory with ten facts told."""

    def __init__(self, marketplace: FakeMarketplace, client: HttpMarketplace) -> None:
        self.clock = HandSetClock()
        self.store = MemoryStore()
        self.secrets = MemorySecrets()
        self.counter = a_counter(self.store.unit_of_work, clock=self.clock)
        self.marketplace, self.client = marketplace, client
        self.daily = DailyComparison(self.counter, self.store.queries, self.secrets)
        marketplace.compares = True
        with self.store.unit_of_work() as uow:
            uow.catalogue.save_all([COFFEE])
            for seq in range(1, 11):
                uow.outbox.append(a_fact(seq))
            uow.commit()
        self.push()

    def push(self) -> None:
        batch, told = BatchSize(), HeadsTold()
        while push_batch(self.counter, self.client, batch, told).claimed:
            pass

    def kinds(self) -> list[GapKind]:
        run = reconcile(self.counter, self.store.queries, self.secrets, self.client)
        assert run is not None
        return [gap.kind for gap in run.gaps]

    def asked(self) -> list[str]:
        return [request.path for request in self.marketplace.requests if "reconciliation" in request.path]

    def run_today(self) -> None:
        while self.daily.reconcile_if_due(self.client):
            pass


@pytest.fixture
def till(marketplace: FakeMarketplace, client: HttpMarketplace) -> Till:
    return Till(marketplace, client)


def test_what_was_told_is_there(till: Till) -> None:
    assert till.kinds() == []


def test_what_the_marketplace_lost_is_told_again_once(till: Till) -> None:
    lost = [till.marketplace.facts.pop(key) for key in sorted(till.marketplace.facts)[3:6]]
    assert till.kinds() == [GapKind.FACT_MISSING_THERE] * 3
    assert set(till.kinds()) == {GapKind.FACT_WAITING}
    till.push()
    assert till.kinds() == []
    assert {fact["fact_id"] for fact in lost} <= till.marketplace.facts.keys()
    assert sorted(till.marketplace.facts) == sorted(fact.fact_id for fact in till.store.tables.facts.values())


def test_a_movement_and_an_order_from_the_feed_agree(till: Till) -> None:
    till.marketplace.change("stock_movement", "m-1", wire_movement(movement_id="m-1", product_id=COFFEE.product_id))
    till.marketplace.change("order", "order-1", wire_order())
    assert till.kinds() == []
    assert "m-1" in till.store.tables.movements


def test_what_waits_beside_what_was_lost_is_not_taken_for_lost(till: Till) -> None:
    with till.store.unit_of_work() as uow:
        uow.outbox.append_all([a_fact(11), a_fact(12)])
        uow.commit()
    lost = min(till.marketplace.facts)
    del till.marketplace.facts[lost]
    run = reconcile(till.counter, till.store.queries, till.secrets, till.client)
    assert run is not None
    assert [(gap.kind, gap.record_id) for gap in run.open_gaps] == [(GapKind.FACT_MISSING_THERE, lost)]


class Meddler:
    """The marketplace, where something happens right after the first list of movements was answered."""

    def __init__(self, client: HttpMarketplace, happen: Callable[[], None]) -> None:
        self._client = client
        self._happen: Callable[[], None] | None = happen

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def listed_movements(self, product_id: str, after: str) -> MovementPage:
        page = self._client.listed_movements(product_id, after)
        happen, self._happen = self._happen, None
        if happen is not None:
            happen()
        return page


def test_what_another_till_tells_between_two_requests_is_no_gap(till: Till) -> None:
    def moves(movement_id: str) -> None:
        record = wire_movement(movement_id=movement_id, product_id=COFFEE.product_id, till_id="till-b")
        till.marketplace.change("stock_movement", movement_id, record)

    moves("m-1")
    meddler: Any = Meddler(till.client, lambda: moves("m-2"))
    run = reconcile(till.counter, till.store.queries, till.secrets, meddler)
    assert run is not None
    assert run.gaps == ()
    assert {"m-1", "m-2"} <= till.store.tables.movements.keys()


def test_a_movement_lost_here_is_recorded_from_the_list(till: Till) -> None:
    till.marketplace.change("stock_movement", "m-1", wire_movement(movement_id="m-1", product_id=COFFEE.product_id))
    till.kinds()
    del till.store.tables.movements["m-1"]
    assert till.kinds() == [GapKind.MOVEMENT_MISSING_HERE]
    assert "m-1" in till.store.tables.movements
    assert till.kinds() == []


def test_a_marketplace_that_cannot_compare_is_asked_once_and_nothing_is_said(till: Till) -> None:
    till.marketplace.compares = False
    assert reconcile(till.counter, till.store.queries, till.secrets, till.client) is None
    assert not till.daily.reconcile_if_due(till.client)
    assert not till.daily.reconcile_if_due(till.client)
    assert len(till.asked()) == 2


def test_one_that_fails_by_itself_makes_way_for_what_is_sold(till: Till) -> None:
    """Asked again with every step, it would call the link broken and let each sale wait for the pause after it."""
    till.marketplace.fail_next(*(problem(500, path="/v1/reconciliation") for _ in range(2)))
    for _ in range(2):
        with pytest.raises(MarketplaceUnreachable):
            till.daily.reconcile_if_due(till.client)
        assert not till.daily.reconcile_if_due(till.client)
        till.clock.go_on(minutes=11)
    till.run_today()
    assert till.store.queries.agreed().last_run_at is not None


def test_one_that_is_refused_is_no_refusal_of_the_till(till: Till) -> None:
    till.marketplace.fail_next(problem(422, path="/v1/reconciliation"))
    assert till.daily.reconcile_if_due(till.client)
    assert not till.daily.reconcile_if_due(till.client)
    till.clock.go_on(minutes=11)
    till.run_today()
    assert till.store.queries.agreed().last_run_at is not None


def test_it_is_due_once_a_day(till: Till) -> None:
    till.run_today()
    assert till.asked()
    before = len(till.asked())
    till.run_today()
    till.clock.go_on(hours=23, minutes=59)
    till.run_today()
    assert len(till.asked()) == before
    till.clock.go_on(minutes=2)
    till.run_today()
    assert len(till.asked()) > before


def test_a_till_just_paired_waits_a_day(till: Till) -> None:
    with till.store.unit_of_work() as uow:
        uow.set_identity(replace(A_TILL, paired_at=till.clock.now() - timedelta(hours=1)))
        uow.commit()
    assert not till.daily.reconcile_if_due(till.client)
    till.clock.go_on(hours=24)
    assert till.daily.reconcile_if_due(till.client)


def test_a_marketplace_that_was_set_back_is_compared_with_at_once(till: Till) -> None:
    """Until tomorrow, other tills would be told that what left here is still to be collected."""
    till.run_today()
    forgotten = {key: till.marketplace.facts.pop(key) for key in sorted(till.marketplace.facts)[3:6]}
    till.run_today()
    till.push()
    assert not set(forgotten) & set(till.marketplace.facts)

    apply_page(till.counter, till.secrets, ChangePage((), "7", False, begins_anew=True, history_lost=True))
    till.daily = DailyComparison(till.counter, till.store.queries, till.secrets)  # the till was started anew meanwhile
    till.run_today()
    till.push()
    assert set(forgotten) <= set(till.marketplace.facts)

    before = len(till.asked())
    till.run_today()
    assert len(till.asked()) == before


class SetBackMeanwhile:
    """The marketplace, set back to an older copy right before its orders are listed once more."""

    def __init__(self, till: Till, forgotten: list[str]) -> None:
        self._till = till
        self._forgotten = forgotten
        self._lists = 0
        self._cursors_gone: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._till.client, name)

    def open_orders(self, after: str) -> OrderPage:
        self._lists += 1
        if self._lists == 2:
            for fact_id in self._forgotten:
                del self._till.marketplace.facts[fact_id]
            self._cursors_gone.add(stored_cursor(self._till.counter))
            self._till.marketplace.change("order", "order-2", wire_order(order_id="order-2"))  # in its new history
        return replace(self._till.client.open_orders(after), orders=())

    def changes(self, cursor: str, limit: int, wait_s: float) -> ChangePage:
        if cursor in self._cursors_gone:
            self._cursors_gone.clear()
            raise MarketplaceRefused("cursor_gone")
        return self._till.client.changes(cursor, limit, wait_s)


def test_a_set_back_that_the_comparison_itself_comes_upon_is_not_read_over(till: Till) -> None:
    """Reading all orders anew from the beginning, it would be the last one to learn that things were forgotten."""
    till.marketplace.change("order", "order-1", wire_order())
    till.run_today()
    till.clock.go_on(days=1, minutes=1)
    forgotten = sorted(till.marketplace.facts)[3:6]
    set_back: Any = SetBackMeanwhile(till, forgotten)
    while till.daily.reconcile_if_due(set_back):
        pass
    till.push()
    assert set(forgotten) <= set(till.marketplace.facts)
    assert not till.daily.reconcile_if_due(set_back)


def test_a_clock_set_back_makes_it_due(till: Till) -> None:
    till.run_today()
    before = len(till.asked())
    till.clock.go_on(days=-3)
    till.run_today()
    assert len(till.asked()) > before


@pytest.mark.parametrize(
    "fault", [Fault(lose_answer=True), Fault(cut_after=5), problem(503), Fault(status=200, body=b"<html>")]
)
def test_what_breaks_off_goes_on_with_the_request_that_failed(till: Till, fault: Fault) -> None:
    till.marketplace.facts.pop(min(till.marketplace.facts))
    assert till.daily.reconcile_if_due(till.client)
    assert till.daily.reconcile_if_due(till.client)
    before = till.asked()
    till.marketplace.fail_next(fault)
    with pytest.raises(MarketplaceUnreachable):
        till.run_today()
    till.clock.go_on(minutes=11)
    till.run_today()
    asked_again = till.asked()[len(before) :]
    assert asked_again[0] == asked_again[1]
    assert till.asked().count("/v1/reconciliation") == 1
    run = till.store.queries.last_reconciliation()
    assert run is not None
    assert [gap.kind for gap in run.gaps] == [GapKind.FACT_MISSING_THERE]


def test_a_comparison_cut_off_long_ago_begins_anew(till: Till) -> None:
    assert till.daily.reconcile_if_due(till.client)
    till.clock.go_on(hours=7)
    till.run_today()
    assert till.asked().count("/v1/reconciliation") == 2


def test_a_line_so_slow_that_it_takes_all_day_ends_it_all_the_same(till: Till) -> None:
    for _ in range(100):
        if not till.daily.reconcile_if_due(till.client):
            break
        till.clock.go_on(hours=2)
    assert till.asked().count("/v1/reconciliation") == 1
    assert till.store.queries.last_reconciliation() is not None


def test_a_refusal_is_not_swallowed(till: Till) -> None:
    till.marketplace.fail_next(problem(403, path="/v1/reconciliation"))
    with pytest.raises(MarketplaceRefused, match="revoked"):
        till.daily.reconcile_if_due(till.client)
