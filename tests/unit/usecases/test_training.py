"""Training mode (R12), gift receipts, baskets given up: what leaves a trace, and where."""

from __future__ import annotations

from app.domain.canonical import content_of
from app.domain.fiscal import EventCode, Series
from app.domain.money import ZERO
from app.domain.receipt import SaleReceipt
from app.domain.sale import Basket, DocumentKind
from app.usecases.find_order import HowFound
from app.usecases.hand_over_order import HandoverRequest
from app.usecases.park_basket import abandon_basket, abandon_parked_basket, park_basket
from app.usecases.print_document import print_gift_receipt, print_receipt_copy
from app.usecases.sell_at_counter import SaleRefusal, order_basket_lines
from app.usecases.training import start_training, stop_training
from tests.fakes.counter_acts import articles, cash, ends, events, has_team, not_sold, open_price, rows, sell
from tests.fakes.samples import COFFEE, TOMATO, WINE, an_order
from tests.fakes.shop import Shop


def test_example_training(shop: Shop) -> None:
    sell(shop, articles(shop, (COFFEE, 1)))
    real, everything = ends(shop)[Series.SALES], shop.everything()
    assert start_training(shop.counter, "Paul")
    assert shop.queries.training() == "Paul"
    shop.heard.clear()
    sold = sell(shop, Basket((open_price(shop, 5000, 2000),)), cash(5000, 6000), training=True)
    assert (sold.is_training, sold.number, sold.display_number) == (True, 1, "XA-000001")
    assert ends(shop)[Series.SALES] == real
    assert shop.everything() == everything
    assert shop.queries.sale(sold.sale_id) is None
    assert ends(shop)[Series.TRAINING] == (1, 0, 0)
    assert stop_training(shop.counter, "Léa")
    assert shop.queries.training() == ""
    assert events(shop, EventCode.TRAINING_ON) == [{"operator": "Paul", "responsible": "Paul"}]
    assert events(shop, EventCode.TRAINING_OFF) == [{"operator": "Léa", "responsible": "Paul"}]
    assert [row["total"] for row in rows(shop, Series.TRAINING)] == [5000]


def test_r12_training_moves_no_stock_tells_nobody_and_prints_marked(shop: Shop) -> None:
    shop.has_stock(COFFEE, 10)
    start_training(shop.counter, "Paul")
    sold = sell(shop, articles(shop, (COFFEE, 2)), cash(998), training=True, print_receipt=True)
    assert (shop.level(COFFEE), shop.facts()) == (10, [])
    (row,) = shop.queries.print_jobs()
    job = shop.queries.print_job(row.job_id)
    assert job is not None
    assert isinstance(job.document, SaleReceipt)
    assert (job.document.sale, job.document.sale.is_training, job.open_drawer) == (sold, True, False)
    with shop.store.unit_of_work() as uow:
        assert uow.copies.count(sold.sale_id) == 0
    assert print_receipt_copy(shop.counter, sold.sale_id, "Léa") is None


def test_r12_a_sale_is_training_exactly_while_the_till_is(shop: Shop) -> None:
    basket = articles(shop, (COFFEE, 1))
    assert not_sold(shop, basket, training=True).reason is SaleRefusal.TRAINING_CHANGED
    start_training(shop.counter, "Paul")
    assert not_sold(shop, basket).reason is SaleRefusal.TRAINING_CHANGED
    sell(shop, basket, training=True)
    stop_training(shop.counter, "Paul")
    assert not_sold(shop, basket, training=True).reason is SaleRefusal.TRAINING_CHANGED
    assert sell(shop, basket).number == 1


def test_r12_an_order_is_never_part_of_training(shop: Shop) -> None:
    shop.has_order(an_order())
    start_training(shop.counter, "Paul")
    of_order = Basket(order_basket_lines(shop.counter.ids, shop.order()), "order-1")
    assert not_sold(shop, of_order, training=True).reason is SaleRefusal.TRAINING_WITH_ORDER
    handover = HandoverRequest("order-1", HowFound.SCAN, "Léa")
    basket = articles(shop, (COFFEE, 1))
    assert not_sold(shop, basket, training=True, handover=handover).reason is SaleRefusal.TRAINING_WITH_ORDER


def test_r12_training_begins_and_ends_once(shop: Shop) -> None:
    assert not stop_training(shop.counter, "Léa")
    assert start_training(shop.counter, "Paul")
    assert not start_training(shop.counter, "Léa")
    assert shop.queries.training() == "Paul"
    assert stop_training(shop.counter, "Paul")
    assert not stop_training(shop.counter, "Paul")
    assert start_training(shop.counter, "Léa")
    assert shop.queries.training() == "Léa"


def test_r12_training_is_begun_by_somebody_who_may(shop: Shop) -> None:
    has_team(shop)
    assert not start_training(shop.counter, "Ada")
    assert start_training(shop.counter, "Ada", "Paul")
    assert events(shop, EventCode.APPROVAL)[0]["right"] == "training_mode"


def test_r12_numbers_of_training_go_on_from_one_training_to_the_next(shop: Shop) -> None:
    for expected in (1, 2):
        start_training(shop.counter, "Paul")
        assert sell(shop, articles(shop, (COFFEE, 1)), training=True).number == expected
        stop_training(shop.counter, "Paul")


# --- gift receipts ---


def test_a_gift_receipt_names_the_articles_and_is_no_duplicate(shop: Shop) -> None:
    sold = sell(shop, articles(shop, (COFFEE, 1), (TOMATO, 500), (WINE, 1)), print_receipt=True)
    job = print_gift_receipt(shop.counter, sold.sale_id, {1, 3}, "Léa")
    assert job is not None
    assert isinstance(job.document, SaleReceipt)
    assert job.document.gift
    assert [line.label for line in job.document.sale.lines] == [COFFEE.name, WINE.name]
    assert events(shop, EventCode.GIFT_RECEIPT) == [
        {"operator": "Léa", "document": sold.sale_id, "number": "A-000001", "lines": "1 3"}
    ]
    assert events(shop, EventCode.DUPLICATE) == []


def test_a_gift_receipt_of_nothing_is_none(shop: Shop) -> None:
    sold = sell(shop, articles(shop, (COFFEE, 1)))
    assert print_gift_receipt(shop.counter, sold.sale_id, (), "Léa") is None
    assert print_gift_receipt(shop.counter, "?", (1,), "Léa") is None
    assert shop.queries.print_jobs() == []


def test_example_duplicate(shop: Shop) -> None:
    sold = sell(shop, articles(shop, (COFFEE, 1)), print_receipt=True)
    before = ends(shop)[Series.SALES]
    jobs = [print_receipt_copy(shop.counter, sold.sale_id, "Léa") for _ in range(3)]
    assert [job.document.copy_no for job in jobs if job and isinstance(job.document, SaleReceipt)] == [1, 2, 3]
    assert [event["copy"] for event in events(shop, EventCode.DUPLICATE)] == [1, 2, 3]
    assert ends(shop)[Series.SALES] == before


# --- baskets given up ---


def test_a_basket_given_up_after_somebody_saw_it_is_noted(shop: Shop) -> None:
    abandon_basket(shop.counter, articles(shop, (COFFEE, 2)), "Léa", "Client parti")
    assert events(shop, EventCode.BASKET_ABANDONED) == [
        {"operator": "Léa", "lines": 1, "total": 998, "order": "", "reason": "Client parti"}
    ]
    abandon_basket(shop.counter, Basket(), "Léa", "")
    assert len(events(shop, EventCode.BASKET_ABANDONED)) == 1


def test_a_parked_basket_does_not_vanish_silently(shop: Shop) -> None:
    basket_id = park_basket(shop.counter, articles(shop, (COFFEE, 2)), "Léa")
    assert abandon_parked_basket(shop.counter, basket_id, "Léa", "Oublié")
    assert shop.queries.parked_baskets() == []
    assert not abandon_parked_basket(shop.counter, basket_id, "Léa", "Oublié")
    assert [event["reason"] for event in events(shop, EventCode.BASKET_ABANDONED)] == ["Oublié"]


def test_r12_a_training_basket_given_up_leaves_no_trace(shop: Shop) -> None:
    start_training(shop.counter, "Paul")
    abandon_basket(shop.counter, articles(shop, (COFFEE, 2)), "Léa", "Exercice")
    assert events(shop, EventCode.BASKET_ABANDONED) == []


# --- tickets looked for ---


def test_tickets_of_a_day_and_those_looked_for(shop: Shop) -> None:
    first = sell(shop, articles(shop, (COFFEE, 1)), cash(499))
    second = sell(shop, articles(shop, (WINE, 1)))
    shop.clock.go_on(days=1)
    third = sell(shop, articles(shop, (WINE, 1)))
    assert first.trading_day is not None
    of_day = shop.queries.sales_of_day(first.trading_day)
    assert [row.sale_id for row in of_day] == [second.sale_id, first.sale_id]
    assert (of_day[1].means, of_day[1].total, of_day[1].kind) == (("cash",), first.total, DocumentKind.SALE)
    assert [row.sale_id for row in shop.queries.sales_of_day(first.trading_day, 1)] == [second.sale_id]
    after = shop.queries.sales_of_day(first.trading_day, 5, second.sale_id)
    assert [row.sale_id for row in after] == [first.sale_id]
    found = {
        text: [row.display_number for row in shop.queries.find_sale(text)] for text in ("A-000002", "a2", " 2 ", "B2")
    }
    assert found == {
        "A-000002": ["A-000002"],
        "a2": ["A-000002"],
        " 2 ": ["A-000002"],
        "B2": [],
    }
    assert [row.sale_id for row in shop.queries.find_sale("12,50")] == [third.sale_id, second.sale_id]
    assert [row.sale_id for row in shop.queries.find_sale(first.sale_id)] == [first.sale_id]
    assert shop.queries.find_sale("xyz") == []


def test_the_sealed_row_of_training_says_so(shop: Shop) -> None:
    start_training(shop.counter, "Paul")
    sold = sell(shop, articles(shop, (COFFEE, 1)), training=True)
    with shop.store.unit_of_work() as uow:
        row = uow.ledger.row_of(sold.sale_id)
    assert row is not None
    content = content_of(bytes(row.canonical))
    assert (content["series"], content["perpetual"], content["turnover"]) == ("training", 0, 499)
    assert row.perpetual == ZERO
