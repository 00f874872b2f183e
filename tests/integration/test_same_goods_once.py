"""I1 on a real database: whatever two hands press at the same moment, goods leave once and numbers have no gap."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.domain.sale import Basket, Payment, PaymentMeans, line_for_product
from app.storage.store import open_store
from app.usecases.find_order import HowFound
from app.usecases.hand_over_order import HandoverDone, HandoverRefused, HandoverRequest, hand_over_order
from app.usecases.sell_at_counter import SaleDone, SaleRefused, SaleRequest, order_basket_lines, sell_at_counter
from tests.fakes.samples import COFFEE, TOMATO, an_order
from tests.fakes.shop import Shop
from tests.fakes.surroundings import HandSetClock

HANDS = 8


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    store = open_store(tmp_path / "till.sqlite3", clock=HandSetClock())
    try:
        yield Shop(store, HandSetClock())
    finally:
        store.close()


def all_at_once(action: Callable[[], object]) -> list[object]:
    outcomes: list[object] = []
    begin = threading.Barrier(HANDS)

    def press() -> None:
        begin.wait(10)
        outcomes.append(action())

    hands = [threading.Thread(target=press) for _ in range(HANDS)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join(60)
    return outcomes


def kinds(outcomes: list[object]) -> dict[type, int]:
    return {kind: sum(type(outcome) is kind for outcome in outcomes) for kind in map(type, outcomes)}


def test_one_order_many_hands(shop: Shop) -> None:
    shop.has_order(an_order(prepaid=True))
    request = HandoverRequest("order-1", HowFound.SCAN, "Léa")
    outcomes = all_at_once(lambda: hand_over_order(shop.counter, request))
    assert kinds(outcomes) == {HandoverDone: 1, HandoverRefused: HANDS - 1}
    assert (shop.level(COFFEE), shop.level(TOMATO)) == (-2, -1200)
    assert len(shop.facts()) == 1


def test_one_order_to_pay_many_hands(shop: Shop) -> None:
    shop.has_order(an_order())
    lines = order_basket_lines(shop.counter.ids, shop.order())
    basket = Basket(lines, "order-1")
    payment = Payment(PaymentMeans.CARD, basket.total, basket.total)
    request = SaleRequest(basket, (payment,), "Léa", HandoverRequest("order-1", HowFound.SCAN, "Léa"))
    outcomes = all_at_once(lambda: sell_at_counter(shop.counter, request))
    assert kinds(outcomes) == {SaleDone: 1, SaleRefused: HANDS - 1}
    assert len(shop.queries.sales()) == 1
    assert shop.order().facts.paid_here == basket.total


def test_many_sales_have_numbers_without_gap(shop: Shop) -> None:
    def sell_ten() -> None:
        for _ in range(10):
            line = line_for_product(shop.counter.ids.new(), COFFEE, 1)
            payment = Payment(PaymentMeans.CASH, line.total, line.total)
            assert isinstance(sell_at_counter(shop.counter, SaleRequest(Basket((line,)), (payment,), "Léa")), SaleDone)
            refused = SaleRequest(Basket((line,)), (), "Léa", HandoverRequest("order-9", HowFound.SCAN, "Léa"))
            assert isinstance(sell_at_counter(shop.counter, refused), SaleRefused)

    all_at_once(sell_ten)
    numbers = sorted(int(row.display_number.removeprefix("A-")) for row in shop.queries.sales(limit=200))
    assert numbers == list(range(1, 10 * HANDS + 1))
    assert [fact.till_seq for fact in shop.facts()] == list(range(1, 10 * HANDS + 1))
    assert shop.level(COFFEE) == -10 * HANDS
