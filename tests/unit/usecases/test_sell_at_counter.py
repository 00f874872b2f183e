"""Selling: one transaction for number, document, payments, stock, fact, receipt and the handover that goes with it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.catalogue import Unit
from app.domain.facts import FactKind
from app.domain.money import ZERO, Money, total_of
from app.domain.order import HandoverState, LineOutcome, VerdictKind, as_ordered, replaced, weighed, without_goods
from app.domain.receipt import SaleReceipt
from app.domain.sale import Basket, BasketLine, Payment, PaymentMeans, check_document, line_for_product
from app.usecases.find_order import HowFound
from app.usecases.hand_over_order import HandoverRequest, hand_over_order
from app.usecases.ports import StoreUnavailable, Touched
from app.usecases.sell_at_counter import (
    SaleDone,
    SaleRefusal,
    SaleRefused,
    SaleRequest,
    order_basket_lines,
    sell_at_counter,
)
from tests.fakes.memory_store import MemoryStore
from tests.fakes.samples import COFFEE, HEMMING, TOMATO, WINE, an_order, an_order_line
from tests.fakes.shop import Shop
from tests.fakes.surroundings import NOON, CountingIds, HandSetClock

COFFEES, TOMATOES = an_order().lines


def cash(minor: int, tendered: int | None = None) -> Payment:
    return Payment(PaymentMeans.CASH, Money(minor), Money(minor if tendered is None else tendered))


def card(minor: int) -> Payment:
    return Payment(PaymentMeans.CARD, Money(minor), Money(minor))


def a_basket(*entries: tuple[Any, int], order_id: str = "") -> Basket:
    lines = tuple(line_for_product(f"line-{n}", product, quantity) for n, (product, quantity) in enumerate(entries))
    return Basket(lines, order_id)


def a_request(basket: Basket, *payments: Payment, **other: Any) -> SaleRequest:
    return SaleRequest(basket, payments, "Léa", **{"age_confirmed_by": "Léa", **other})


def sold(shop: Shop, request: SaleRequest) -> SaleDone:
    done = sell_at_counter(shop.counter, request)
    assert isinstance(done, SaleDone), done
    return done


def refused(shop: Shop, request: SaleRequest) -> SaleRefused:
    before = shop.everything()
    outcome = sell_at_counter(shop.counter, request)
    assert isinstance(outcome, SaleRefused), outcome
    assert shop.everything() == before
    assert shop.heard == []
    return outcome


# --- plain sales ---


def test_a_sale_is_numbered_kept_and_paid_with_change(shop: Shop) -> None:
    done = sold(shop, a_request(a_basket((COFFEE, 2), (TOMATO, 456), (WINE, 1)), card(1000), cash(1467, 2000)))
    assert done.change == Money(533)
    assert done.sale == shop.queries.sale(done.sale.sale_id)
    check_document(done.sale)
    assert (done.sale.display_number, done.sale.till_id, done.sale.operator) == ("A-000001", "till-a", "Léa")
    assert (done.sale.happened_at, done.sale.utc_offset_minutes) == (NOON, 60)
    assert [(line.label, line.quantity, line.total.minor) for line in done.sale.lines] == [
        ("Café moulu 250 g", 2, 998),
        ("Tomate cœur de bœuf", 456, 219),
        ("Bordeaux 75 cl", 1, 1250),
    ]
    assert sold(shop, a_request(a_basket((COFFEE, 1)), cash(499))).sale.number == 2


def test_stock_leaves_once_and_only_what_is_tracked(shop: Shop) -> None:
    shop.has_stock(COFFEE, 10)
    sold(shop, a_request(a_basket((COFFEE, 2), (HEMMING, 1)), card(2498)))
    assert (shop.level(COFFEE), shop.level(HEMMING)) == (8, 0)
    (fact,) = shop.facts()
    assert [(m["product_id"], m["quantity"], m["source_id"]) for m in fact.payload["movements"]] == [
        ("p-coffee", -2, "line-0")
    ]


def test_the_marketplace_is_told(shop: Shop) -> None:
    done = sold(shop, a_request(a_basket((COFFEE, 1), order_id="order-7"), card(499)))
    (fact,) = shop.facts()
    assert (fact.kind, fact.subject) == (FactKind.SALE_RECORDED, f"sale:{done.sale.sale_id}")
    assert fact.payload["order_id"] == done.sale.order_id == "order-7"
    assert fact.payload["total_minor"] == 499
    assert fact.payload["payments"] == [{"means": "card", "amount_minor": 499}]


def test_screens_hear_of_it_after_the_commit(shop: Shop) -> None:
    sold(shop, a_request(a_basket((COFFEE, 1)), card(499)))
    assert shop.heard == [Touched(stock=True, sales=True, outbox=True)]


def test_a_receipt_is_queued_when_asked_for_and_cash_opens_the_drawer(shop: Shop) -> None:
    sold(shop, a_request(a_basket((COFFEE, 1)), card(499)))
    assert shop.queries.print_jobs() == []
    done = sold(shop, a_request(a_basket((COFFEE, 1)), cash(499), print_receipt=True))
    assert shop.heard[-1].print_queue
    (row,) = shop.queries.print_jobs()
    job = shop.queries.print_job(row.job_id)
    assert job is not None
    assert isinstance(job.document, SaleReceipt)
    assert (job.document.sale, job.document.copy_no, job.document.software) == (done.sale, 0, "Comptoir 0.1.0")
    assert (job.open_drawer, job.title) == (True, "A-000002")


def test_a_free_article_needs_no_payment(shop: Shop) -> None:
    free = BasketLine("l", "Dégustation", ZERO, 550)
    assert sold(shop, a_request(Basket((free,)))).sale.total == ZERO


@pytest.mark.parametrize(
    ("basket", "payments", "reason", "missing"),
    [
        (Basket(), (), SaleRefusal.EMPTY_BASKET, 0),
        (a_basket((COFFEE, 2)), (), SaleRefusal.NOT_PAID_IN_FULL, 998),
        (a_basket((COFFEE, 2)), (cash(500), card(497)), SaleRefusal.NOT_PAID_IN_FULL, 1),
        (a_basket((COFFEE, 2)), (cash(999),), SaleRefusal.PAID_TOO_MUCH, 1),
        (a_basket((COFFEE, 0)), (), SaleRefusal.QUANTITY_NOT_POSITIVE, 0),
        (a_basket((WINE, 1), (COFFEE, -1)), (card(751),), SaleRefusal.REASON_MISSING, 0),
        (a_basket((COFFEE, 1000)), (card(499000),), SaleRefusal.QUANTITY_TOO_LARGE, 0),
        (a_basket((TOMATO, 999_001)), (card(479520),), SaleRefusal.QUANTITY_TOO_LARGE, 0),
        (Basket((BasketLine("l", "?", Money(-1), 550),)), (), SaleRefusal.NEGATIVE_TOTAL, 0),
        (a_basket((COFFEE, 1)), (cash(499, 400),), SaleRefusal.WRONG_PAYMENT, 0),
        (a_basket((COFFEE, 1)), (Payment(PaymentMeans.CARD, Money(499), Money(500)),), SaleRefusal.WRONG_PAYMENT, 0),
        (a_basket((COFFEE, 1)), (cash(999), card(-500)), SaleRefusal.WRONG_PAYMENT, 0),
        (a_basket((COFFEE, 1)), (card(499), cash(0)), SaleRefusal.WRONG_PAYMENT, 0),
        (a_basket((WINE, 81)), (cash(101250),), SaleRefusal.CASH_OVER_LIMIT, 1250),
        (a_basket((WINE, 81)), (cash(60000), cash(41250)), SaleRefusal.CASH_OVER_LIMIT, 1250),
    ],
)
def test_what_cannot_be_sold_is_refused(
    shop: Shop, basket: Basket, payments: tuple[Payment, ...], reason: SaleRefusal, missing: int
) -> None:
    outcome = refused(shop, a_request(basket, *payments))
    assert (outcome.reason, outcome.missing) == (reason, Money(missing))


def test_a_thousand_in_cash_is_allowed(shop: Shop) -> None:
    sold(shop, a_request(a_basket((WINE, 80)), cash(100000)))


def test_a_failing_commit_records_nothing_and_draws_no_number() -> None:
    shop = Shop(MemoryStore(), HandSetClock())
    before = shop.everything()
    shop.store.fail_commit_with = StoreUnavailable("disk_full")
    with pytest.raises(StoreUnavailable):
        sell_at_counter(shop.counter, a_request(a_basket((COFFEE, 1)), card(499)))
    assert shop.everything() == before
    assert shop.heard == []
    assert sold(shop, a_request(a_basket((COFFEE, 1)), card(499))).sale.number == 1


# --- orders in the basket ---


def of_order(shop: Shop, *extras: tuple[Any, int], results: tuple[Any, ...] = ()) -> Basket:
    lines = order_basket_lines(shop.counter.ids, shop.order().with_results(results))
    return Basket((*lines, *a_basket(*extras).lines), "order-1")


def handing_over(**other: Any) -> HandoverRequest:
    return HandoverRequest("order-1", HowFound.SCAN, "Léa", **other)


def test_an_order_to_pay_and_extras_leave_in_one_act(shop: Shop) -> None:
    shop.has_order(an_order())
    shop.has_stock(COFFEE, 10)
    basket = of_order(shop, (COFFEE, 1), (WINE, 1))
    done = sold(shop, a_request(basket, card(1574 + 499 + 1250), handover=handing_over(print_slip=True)))
    assert done.handover is not None
    assert done.handover.sale == done.sale
    assert done.sale.order_id == "order-1"
    assert [(line.order_id, line.order_line_no) for line in done.sale.lines] == [
        ("order-1", 1),
        ("order-1", 2),
        ("", 0),
        ("", 0),
    ]
    assert (shop.level(COFFEE), shop.level(TOMATO), shop.level(WINE)) == (10 - 2 - 1, -1200, -1)
    order = shop.order()
    assert order == done.handover.order
    assert order.handover is HandoverState.HANDED_OVER
    assert (order.amount_due, order.facts.paid_here) == (ZERO, Money(1574))
    assert order.facts.handovers[0].sale_id == done.sale.sale_id
    sale_fact, handover_fact = shop.facts()
    assert (sale_fact.kind, handover_fact.kind) == (FactKind.SALE_RECORDED, FactKind.ORDER_HANDED_OVER)
    assert handover_fact.payload["sale_id"] == done.sale.sale_id
    assert handover_fact.payload["collected_minor"] == 1574
    assert shop.heard[-1].orders
    assert shop.heard[-1].print_queue


def test_a_prepaid_order_with_extras_makes_a_sale_of_the_extras_alone(shop: Shop) -> None:
    shop.has_order(an_order(prepaid=True))
    basket = of_order(shop, (WINE, 1))
    assert len(basket.lines) == 1
    done = sold(shop, a_request(basket, card(1250), handover=handing_over()))
    assert (done.sale.total, done.sale.order_id) == (Money(1250), "order-1")
    assert shop.facts()[1].payload["collected_minor"] == 0


def test_the_rest_of_a_part_paid_order_is_one_line_a_rate(shop: Shop) -> None:
    lines = (an_order_line(1, COFFEE, 2), an_order_line(2, WINE, 1))
    shop.has_order(an_order(lines=lines, paid_online=Money(1124)))
    basket = of_order(shop)
    assert [(line.label, line.vat_rate_bp, line.total.minor) for line in basket.lines] == [
        ("Reste à payer, commande 1042", 2000, 625),
        ("Reste à payer, commande 1042", 550, 499),
    ]
    sold(shop, a_request(basket, card(1124), handover=handing_over()))
    assert shop.order().amount_due == ZERO


def test_goods_are_paid_as_they_turned_out(shop: Shop) -> None:
    shop.has_order(an_order())
    results = (replaced(COFFEES, "p-tea", "Thé vert", 3, Money(900)), weighed(TOMATOES, 1100))
    basket = of_order(shop, results=results)
    assert [(line.label, line.quantity, line.unit, line.total.minor) for line in basket.lines] == [
        ("Thé vert", 1, Unit.PIECE, 900),
        ("Tomate cœur de bœuf", 1100, Unit.KG, 528),
    ]
    done = sold(shop, a_request(basket, card(1428), handover=handing_over(results=results)))
    assert done.handover is not None
    assert done.handover.order.amount_due == ZERO


def test_paying_first_and_fetching_later(shop: Shop) -> None:
    shop.has_order(an_order())
    sold(shop, a_request(of_order(shop), card(1574)))
    assert shop.order().amount_due == ZERO
    assert shop.order().handover is HandoverState.OPEN
    assert of_order(shop).lines == ()
    hand_over_order(shop.counter, handing_over())
    assert shop.order().handover is HandoverState.HANDED_OVER


def test_each_visit_pays_what_leaves(shop: Shop) -> None:
    lines = (an_order_line(1, COFFEE, 2), an_order_line(2, WINE, 1))
    shop.has_order(an_order(lines=lines))
    first = (as_ordered(lines[0]), without_goods(lines[1], LineOutcome.TO_FOLLOW))
    sold(shop, a_request(of_order(shop, results=first), card(998), handover=handing_over(results=first)))
    assert shop.order().amount_due == Money(1250)
    basket = of_order(shop)
    assert [(line.vat_rate_bp, line.total.minor) for line in basket.lines] == [(2000, 1250)]
    sold(shop, a_request(basket, card(1250), handover=handing_over()))
    order = shop.order()
    assert (order.handover, order.amount_due, order.to_refund) == (HandoverState.HANDED_OVER, ZERO, ZERO)


def test_an_order_in_the_basket_is_never_paid_twice(shop: Shop) -> None:
    order = shop.has_order(an_order())
    basket = of_order(shop)
    request = a_request(basket, card(1574), handover=handing_over())
    shop.has_order(replace(order, paid_online=Money(1574), version=2))
    assert refused(shop, request).reason is SaleRefusal.ORDER_CHANGED
    assert refused(shop, replace(request, handover=None)).reason is SaleRefusal.ORDER_CHANGED
    shop.has_order(replace(order, cancelled_at=NOON, version=3))
    assert refused(shop, replace(request, handover=None)).reason is SaleRefusal.ORDER_CHANGED


def test_the_same_key_twice_sells_and_hands_over_once(shop: Shop) -> None:
    shop.has_order(an_order())
    request = a_request(of_order(shop), card(1574), handover=handing_over())
    sold(shop, request)
    shop.heard.clear()
    again = refused(shop, request)
    assert again.reason is SaleRefusal.HANDOVER_REFUSED
    assert again.verdict is not None
    assert again.verdict.kind is VerdictKind.ALREADY_HANDED_OVER


def test_a_basket_without_what_is_due_hands_nothing_over(shop: Shop) -> None:
    shop.has_order(an_order())
    outcome = refused(shop, a_request(a_basket((WINE, 1)), card(1250), handover=handing_over()))
    assert (outcome.reason, outcome.missing) == (SaleRefusal.HANDOVER_REFUSED, Money(1574))


def test_a_refused_handover_refuses_the_sale(shop: Shop) -> None:
    shop.has_order(an_order(cancelled_at=NOON))
    outcome = refused(shop, a_request(a_basket((WINE, 1)), card(1250), handover=handing_over()))
    assert outcome.verdict is not None
    assert outcome.verdict.kind is VerdictKind.CANCELLED


def test_lines_of_an_unknown_order_are_refused(shop: Shop) -> None:
    line = BasketLine("l", "?", Money(100), 550, order_id="order-9", fixed_total=Money(100))
    assert refused(shop, a_request(Basket((line,)), card(100))).reason is SaleRefusal.ORDER_CHANGED


# --- I6 on anything ---


@st.composite
def visits(draw: st.DrawFn) -> tuple[Any, ...]:
    products = draw(st.lists(st.sampled_from([COFFEE, TOMATO, WINE, HEMMING]), min_size=1, max_size=5))
    lines = tuple(
        an_order_line(n, product, draw(st.integers(1, 2000)) if product is TOMATO else draw(st.integers(1, 9)))
        for n, product in enumerate(products, 1)
    )
    total = total_of([line.total for line in lines])
    order = an_order(lines=lines, paid_online=Money(draw(st.integers(0, total.minor))))
    results = tuple(
        draw(
            st.sampled_from(
                [
                    as_ordered(line),
                    weighed(line, draw(st.integers(1, 3000))),
                    without_goods(line, LineOutcome.MISSING),
                    without_goods(line, LineOutcome.TO_FOLLOW),
                ]
            )
        )
        for line in lines
    )
    extras = draw(st.lists(st.tuples(st.sampled_from([COFFEE, TOMATO, WINE]), st.integers(1, 900)), max_size=3))
    return order, results, extras, draw(st.integers(0, 100)), draw(st.integers(0, 5000))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(visits())
def test_any_visit_adds_up_to_the_cent(visit: tuple[Any, ...]) -> None:
    order, results, extras, card_share, tendered_over = visit
    shop = Shop(MemoryStore(), HandSetClock())
    shop.has_order(order)
    seen = shop.order().with_results(results)
    lines = [*order_basket_lines(CountingIds(), seen), *a_basket(*extras).lines]
    basket = Basket(tuple(replace(line, line_id=f"l{n}") for n, line in enumerate(lines)), "order-1")
    by_card = basket.total.minor * card_share // 100
    in_cash = basket.total.minor - by_card
    payments = [card(by_card)] if by_card else []
    if in_cash:
        payments.append(cash(in_cash, in_cash + tendered_over))
    outcome = sell_at_counter(shop.counter, a_request(basket, *payments, handover=handing_over(results=results)))
    if isinstance(outcome, SaleRefused):
        nothing_leaves = all(result.outcome is LineOutcome.TO_FOLLOW for result in results)
        assert nothing_leaves or not basket.lines or in_cash > 100_000
        return
    check_document(outcome.sale)
    assert outcome.change == (Money(tendered_over) if in_cash else ZERO)
    after = shop.order()
    assert after.facts.paid_here + order.paid_online == after.paid
    given_now = after.with_results([without_goods(line, LineOutcome.TO_FOLLOW) for line in after.open_lines])
    assert given_now.amount_due == ZERO
    left = {m["product_id"]: 0 for fact in shop.facts() for m in fact.payload["movements"]}
    for fact in shop.facts():
        for movement in fact.payload["movements"]:
            left[movement["product_id"]] += movement["quantity"]
    assert {product_id: quantity for product_id, quantity in left.items() if quantity} == {
        product.product_id: shop.level(product) for product in (COFFEE, TOMATO, WINE, HEMMING) if shop.level(product)
    }
