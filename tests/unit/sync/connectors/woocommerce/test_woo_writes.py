"""Writes on a WooCommerce that nothing protects: differences that another write swallows, fields known again, notes
that are mailed once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.order import VerdictKind
from app.sync.connectors.woocommerce.marks import StockMarks, stock_field
from app.usecases.connector_ports import WriteNote, WriteState
from tests.connectors.kit.invariants import broken_in
from tests.connectors.kit.shop import Shop
from tests.connectors.kit.stage import BREAD, CANDLE, CHEESE, Payment
from tests.connectors.kit.till import Till
from tests.connectors.kit.wire import Fault
from tests.connectors.stages.woocommerce import FakeWooStage
from tests.fakes.fake_woocommerce import FakeOrder, FakeProduct, FakeWooCommerce, Storage


@pytest.fixture(params=list(Storage))
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    made = Shop(FakeWooStage("woocommerce", request.param), tmp_path, tmp_path / "template.sqlite3")
    yield made
    made.close()


def site_of(shop: Shop) -> FakeWooCommerce:
    assert isinstance(shop.stage, FakeWooStage)
    return shop.stage.server


def bread_of(shop: Shop) -> FakeProduct:
    return next(one for one in site_of(shop).products.values() if one.name == BREAD.name)


def order_of(shop: Shop, order_id: str) -> FakeOrder:
    return site_of(shop).orders[int(order_id.removeprefix("woo:"))]


def ends_well(shop: Shop) -> None:
    shop.come_to_rest()
    assert not broken_in(shop)


def test_an_order_at_the_same_instant_that_our_write_undid_is_made_good(shop: Shop) -> None:
    till = shop.till()
    till.sell({BREAD: 1})

    def a_customer_is_faster() -> None:
        bread = bread_of(shop)
        read = bread.left_to_sell
        shop.place({BREAD: 2})
        site_of(shop).stale_levels[bread.product_id] = read

    till.wire.before_next_write(a_customer_is_faster)
    till.round()
    assert bread_of(shop).left_to_sell == BREAD.opening - 3
    ends_well(shop)


@pytest.mark.parametrize(("ours", "theirs"), [(1, 2), (3, 3)])
def test_another_tills_write_that_ours_undid_is_made_good(shop: Shop, ours: int, theirs: int) -> None:
    a, b = shop.two_tills()
    a.sell({BREAD: ours})
    b.sell({BREAD: theirs})

    def the_other_till_is_faster() -> None:
        bread = bread_of(shop)
        read = bread.left_to_sell
        assert b.try_round() == ""
        site_of(shop).stale_levels[bread.product_id] = read

    a.wire.before_next_write(the_other_till_is_faster)
    a.round()
    assert bread_of(shop).left_to_sell == BREAD.opening - ours - theirs
    ends_well(shop)


def test_what_a_person_set_meanwhile_stays(shop: Shop) -> None:
    till = shop.till()
    till.sell({BREAD: 1})
    till.wire.before_next_write(lambda: shop.count_on_site(BREAD, 12))
    till.round()
    assert bread_of(shop).left_to_sell == 11
    ends_well(shop)


def test_a_handover_elsewhere_meanwhile_is_no_lost_change(shop: Shop) -> None:
    a, b = shop.two_tills()
    placed = shop.place({BREAD: 1})
    shop.exchange()
    b.hand_over(placed.order_id, because="le client est connu")
    a.sell({BREAD: 1})
    a.wire.before_next_write(b.try_round)
    a.round()
    assert bread_of(shop).left_to_sell == BREAD.opening - 2
    ends_well(shop)


def many_later_changes(shop: Shop) -> None:
    marks = StockMarks("A")
    for number in range(20):
        marks = marks.with_one_more(f"cmp1/A/later-{number}/stock", -1)
    site_of(shop).change_product(bread_of(shop).product_id, {"meta_data": [stock_field(marks)]})


def test_a_change_whose_trace_is_gone_is_left_to_a_person(shop: Shop) -> None:
    """It may have been made: so many others came after it that its name is not kept any more."""
    till = shop.till()
    till.sell({BREAD: 1, CANDLE: 1})
    (fact_id,) = till.ask("SELECT fact_id FROM fact ORDER BY till_seq DESC LIMIT 1")[0]
    note_id = f"cmp1/A/{fact_id}/stock/{shop.stage.product_id(BREAD)}"
    last = {"last": "cmp1/A/long-ago/stock"}
    till.store.connector_books.keep_write_note(WriteNote(note_id, last, {}, WriteState.SENT, till.clock.now()))
    many_later_changes(shop)
    shop.expect_doubts()
    till.round()
    assert [reason for _, reason, _ in till.refused()] == ["stock_in_doubt"]
    assert bread_of(shop).left_to_sell == BREAD.opening
    assert shop.stage.level(CANDLE) == CANDLE.opening - 1, "of the others nobody doubts"


@pytest.mark.parametrize("is_forgotten", [True, False])
def test_a_copy_put_back_tells_only_what_would_be_known_again(shop: Shop, is_forgotten: bool) -> None:
    till = shop.till()
    till.sell({BREAD: 1})
    copy = till.keep_copy()
    till.round()
    if is_forgotten:
        many_later_changes(shop)
    till.put_back(copy)
    shop.expect_doubts()
    shop.exchange()
    assert [reason for _, reason, _ in till.refused()] == (["stock_in_doubt"] if is_forgotten else [])
    assert bread_of(shop).left_to_sell == BREAD.opening - 1


def test_other_sales_between_a_lost_answer_and_the_next_try(shop: Shop) -> None:
    till = shop.till()
    till.sell({BREAD: 2})
    till.wire.before_next_write(lambda: till.wire.suffer_next(Fault.LOST, Fault.DROPPED))
    assert till.try_round() == "timeout"
    for _ in range(5):
        till.sell({BREAD: 1})
    ends_well(shop)
    assert bread_of(shop).left_to_sell == BREAD.opening - 7


def mails(shop: Shop, order_id: str) -> list[str]:
    return [text for _, text, to_customer in order_of(shop, order_id).notes if to_customer]


def private_notes(shop: Shop, order_id: str) -> list[str]:
    return [text for _, text, to_customer in order_of(shop, order_id).notes if not to_customer]


def test_the_customer_is_mailed_once_and_told_the_code(shop: Shop) -> None:
    till = shop.till()
    placed = shop.place({BREAD: 1})
    till.round()
    till.ready(placed.order_id)
    till.wire.before_next_write(lambda: till.wire.suffer_next(Fault.LOST, Fault.DROPPED), after=1)
    assert till.try_round()
    shop.exchange()
    till.ready(placed.order_id)
    shop.exchange()
    told = mails(shop, placed.order_id)
    assert len(told) == 1
    assert till.order(placed.order_id).order.spoken_code in told[0]


def missing_cheese(shop: Shop) -> tuple[Till, str]:
    till = shop.till()
    placed = shop.place({BREAD: 2, CHEESE: 1})
    till.round()
    till.ready(placed.order_id, missing=[CHEESE])
    till.round()
    till.hand_over(placed.order_id)
    till.round()
    return till, placed.order_id


def test_what_never_comes_is_back_in_the_stock_and_a_person_is_told(shop: Shop) -> None:
    _, order_id = missing_cheese(shop)
    order = order_of(shop, order_id)
    cheese = next(one for one in site_of(shop).products.values() if one.name == CHEESE.name)
    assert (order.status, cheese.left_to_sell) == ("completed", CHEESE.opening)
    assert order.refunds == [], "a refund is a person's act"
    assert any("8.00" in text and CHEESE.name in text for text in private_notes(shop, order_id))
    ends_well(shop)


def test_a_handover_with_something_missing_is_taken_back(shop: Shop) -> None:
    till, order_id = missing_cheese(shop)
    till.undo(order_id)
    till.round()
    order = order_of(shop, order_id)
    cheese = next(one for one in site_of(shop).products.values() if one.name == CHEESE.name)
    assert (order.status, cheese.left_to_sell) == ("processing", CHEESE.opening - 1)
    ends_well(shop)


def test_a_part_is_noted_for_the_shops_people(shop: Shop) -> None:
    till = shop.till()
    placed = shop.place({BREAD: 2, CANDLE: 1})
    till.round()
    till.hand_over(placed.order_id, only=[BREAD], because="le client attend")
    till.round()
    assert order_of(shop, placed.order_id).status == "processing"
    assert any(f"2 x {BREAD.name}" in text for text in private_notes(shop, placed.order_id))
    ends_well(shop)


def test_a_transfer_that_is_awaited_goes_back_on_hold(shop: Shop) -> None:
    till = shop.till()
    placed = shop.place({BREAD: 1}, Payment.LATER)
    till.round()
    till.hand_over(placed.order_id, because="il paiera", unpaid=True)
    till.round()
    assert order_of(shop, placed.order_id).status == "completed"
    shop.exchange()
    assert till.order(placed.order_id).amount_due.minor == BREAD.price_minor, "completing it paid nothing"
    till.undo(placed.order_id)
    till.round()
    assert order_of(shop, placed.order_id).status == "on-hold"
    shop.exchange()
    assert till.order(placed.order_id).amount_due.minor == BREAD.price_minor


def test_two_tills_write_into_fields_of_their_own(shop: Shop) -> None:
    a, b = shop.two_tills()
    placed = shop.place({BREAD: 2, CANDLE: 1})
    shop.exchange()
    a.hand_over(placed.order_id, only=[BREAD], because="le client est connu")
    b.hand_over(placed.order_id, only=[CANDLE], because="le client est connu")
    a.wire.before_next_write(b.try_round)
    a.round()
    order = order_of(shop, placed.order_id)
    assert order.status == "completed"
    assert sum(key.startswith("_comptoir_handed_over/") for key in order.own.fields) == 2
    ends_well(shop)


def test_an_order_that_was_deleted_for_good_is_cancelled_here(shop: Shop) -> None:
    till = shop.till()
    placed = shop.place({BREAD: 1})
    kept = shop.place({CANDLE: 1})
    shop.exchange()
    site_of(shop).delete_for_good(int(placed.order_id.removeprefix("woo:")))
    del shop.orders[placed.order_id]
    shop.exchange()
    assert till.verdict(placed.order_id).kind is VerdictKind.CANCELLED
    assert till.verdict(kept.order_id).kind is VerdictKind.NOT_READY
    ends_well(shop)
