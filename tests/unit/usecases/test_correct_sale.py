"""Returns, exchanges, cancellations, changes of means: each a document of its own, with the opposite sign (R2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.catalogue import LineNature, MovementReason, Product
from app.domain.fiscal import EventCode, Series
from app.domain.merchant import VatRegime
from app.domain.money import ZERO, Money, total_of
from app.domain.sale import Basket, DocumentKind, PaymentMeans, check_document
from app.usecases.correct_sale import (
    Cancelled,
    CorrectionRefusal,
    CorrectionRefused,
    PaymentChanged,
    cancel_sale,
    change_payment,
    line_without_ticket,
    return_lines,
)
from app.usecases.find_order import HowFound
from app.usecases.hand_over_order import HandoverRequest
from app.usecases.sell_at_counter import SaleRefusal, order_basket_lines
from app.usecases.training import start_training
from tests.fakes.counter_acts import (
    articles,
    card,
    cash,
    coming_back,
    ends,
    events,
    has_team,
    not_sold,
    open_price,
    pay,
    rows,
    sell,
)
from tests.fakes.memory_store import MemoryStore
from tests.fakes.samples import COFFEE, HEMMING, TOMATO, WINE, an_order
from tests.fakes.shop import Shop
from tests.fakes.surroundings import HandSetClock

BOTTLE_DEPOSIT = Product("p-deposit", "Consigne bouteille", Money(20), 0, nature=LineNature.CONTAINER)


def cancelled(shop: Shop, sale_id: str, reason: str = "Erreur de saisie", **other: str) -> Cancelled:
    done = cancel_sale(shop.counter, sale_id, "Léa", reason, **other)
    assert isinstance(done, Cancelled), done
    check_document(done.document)
    return done


def correction_refused(outcome: object) -> CorrectionRefusal:
    assert isinstance(outcome, CorrectionRefused), outcome
    return outcome.reason


# --- returns ---


def test_r02_a_return_is_a_document_of_its_own_that_names_what_it_corrects(shop: Shop) -> None:
    shop.has_stock(COFFEE, 10)
    sale = sell(shop, articles(shop, (COFFEE, 3), (WINE, 1)))
    back = sell(shop, coming_back(shop, sale, l1=1), cash(-499))
    assert (back.kind, back.number, back.corrects, back.total) == (DocumentKind.RETURN, 2, sale.sale_id, Money(-499))
    (line,) = back.lines
    assert (line.quantity, line.total, line.corrects_sale_id, line.corrects_line_no) == (
        -1,
        Money(-499),
        sale.sale_id,
        1,
    )
    assert shop.queries.sale(sale.sale_id) == sale
    assert shop.queries.sale(back.sale_id) == back
    assert shop.level(COFFEE) == 10 - 3 + 1
    assert shop.facts()[-1].payload["movements"][0]["reason"] == MovementReason.CUSTOMER_RETURN
    assert ends(shop)[Series.SALES] == (2, 3 * 499 + 1250 - 499, 3 * 499 + 1250 + 499)


def test_broken_goods_do_not_go_back_to_the_shelf(shop: Shop) -> None:
    sale = sell(shop, articles(shop, (COFFEE, 3), (TOMATO, 500)))
    sell(shop, coming_back(shop, sale, 1, l1=2, l2=500), cash(-998 - 240))
    assert (shop.level(COFFEE), shop.level(TOMATO)) == (-3, 0)


def test_a_refund_has_the_price_and_the_rate_of_the_ticket_not_of_today(shop: Shop) -> None:
    sale = sell(shop, articles(shop, (COFFEE, 2)))
    shop.has_products(replace(COFFEE, price=Money(999), vat_rate_bp=2000))
    back = sell(shop, coming_back(shop, sale, l1=2), card(-998))
    assert [(part.rate_bp, part.gross) for part in back.vat] == [(550, Money(-998))]
    assert [(-p.net.minor, -p.vat.minor) for p in back.vat] == [(p.net.minor, p.vat.minor) for p in sale.vat]


def test_never_more_comes_back_than_was_sold(shop: Shop) -> None:
    sale = sell(shop, articles(shop, (COFFEE, 3)))
    early = coming_back(shop, sale, l1=2)
    sell(shop, early, cash(-998))
    again = Basket(tuple(replace(line, line_id="again") for line in early.lines))
    assert not_sold(shop, again, cash(-998)).reason is SaleRefusal.RETURN_CHANGED
    assert coming_back(shop, sale, l1=5).total == Money(-499)
    sell(shop, coming_back(shop, sale, l1=5), cash(-499))
    assert coming_back(shop, sale, l1=1).lines == ()


def test_one_basket_cannot_give_the_same_goods_back_twice(shop: Shop) -> None:
    sale = sell(shop, articles(shop, (COFFEE, 2)))
    (line,) = coming_back(shop, sale, l1=2).lines
    twice = Basket((line, replace(line, line_id="twice")))
    assert not_sold(shop, twice, cash(-1996)).reason is SaleRefusal.RETURN_CHANGED


@pytest.mark.parametrize("change", [{"fixed_total": Money(-600)}, {"vat_rate_bp": 2000}, {"quantity": -2}])
def test_what_comes_back_is_worth_what_the_ticket_says(shop: Shop, change: dict[str, object]) -> None:
    sale = sell(shop, articles(shop, (COFFEE, 2)))
    (line,) = coming_back(shop, sale, l1=1).lines
    basket = Basket((replace(line, **change),))  # type: ignore[arg-type]  # one field of the line
    assert not_sold(shop, basket, cash(basket.total.minor)).reason is SaleRefusal.RETURN_CHANGED


def test_lines_of_an_unknown_ticket_are_refused(shop: Shop) -> None:
    line = open_price(shop, 100, 550, -1, corrects_sale_id="nowhere", corrects_line_no=1)
    assert not_sold(shop, Basket((line,)), cash(-100)).reason is SaleRefusal.RETURN_CHANGED
    assert return_lines(shop.counter, "nowhere") is None


def test_a_discount_comes_back_with_the_goods(shop: Shop) -> None:
    basket = articles(shop, (COFFEE, 3), (WINE, 1)).with_discount(Money(500), "Fidélité")
    sale = sell(shop, basket.with_line_discount(basket.lines[0].line_id, Money(100), "Abîmé"))
    parts = [sell(shop, back, cash(back.total.minor)) for back in (coming_back(shop, sale, l1=1) for _ in range(3))]
    assert total_of([part.total for part in parts]) == -sale.lines[0].total
    assert total_of([part.lines[0].discount for part in parts]) == -sale.lines[0].discount


def test_goods_of_no_value_come_back_for_nothing(shop: Shop) -> None:
    sale = sell(shop, Basket((open_price(shop, 0, 550),)))
    back = sell(shop, coming_back(shop, sale, l1=1))
    assert (back.kind, back.total, back.payments) == (DocumentKind.RETURN, ZERO, ())


def test_an_exchange_is_one_document(shop: Shop) -> None:
    sale = sell(shop, articles(shop, (COFFEE, 2)))
    dearer = Basket((*coming_back(shop, sale, l1=1).lines, *articles(shop, (WINE, 1)).lines))
    exchange = sell(shop, dearer, cash(751))
    assert (exchange.kind, exchange.total) == (DocumentKind.SALE, Money(751))
    assert [(part.rate_bp, part.gross) for part in exchange.vat] == [(2000, Money(1250)), (550, Money(-499))]
    assert ends(shop)[Series.SALES] == (2, 998 - 499 + 1250, 998 + 499 + 1250)
    cheaper = Basket((*coming_back(shop, exchange, l2=1).lines, *articles(shop, (TOMATO, 500)).lines))
    given_back = sell(shop, cheaper, cash(-1010))
    assert (given_back.kind, given_back.corrects) == (DocumentKind.RETURN, exchange.sale_id)


def test_an_even_exchange_needs_no_payment(shop: Shop) -> None:
    sale = sell(shop, articles(shop, (COFFEE, 1)))
    even = Basket((*coming_back(shop, sale, l1=1).lines, *articles(shop, (COFFEE, 1)).lines))
    assert sell(shop, even).kind is DocumentKind.SALE


def test_what_came_back_on_an_exchange_cannot_come_back_again(shop: Shop) -> None:
    sale = sell(shop, articles(shop, (COFFEE, 2)))
    exchange = sell(shop, Basket((*coming_back(shop, sale, l1=1).lines, *articles(shop, (WINE, 1)).lines)), card(751))
    assert coming_back(shop, exchange, l1=1).lines == ()


def test_returned_goods_of_a_franchise_ticket_stay_without_vat(shop: Shop) -> None:
    with shop.store.unit_of_work() as uow:
        day = shop.clock.now().date()
        since = ((day - timedelta(days=900), VatRegime.FRANCHISE), (day + timedelta(days=1), VatRegime.NORMAL))
        uow.set_merchant(replace(uow.merchant(), regimes=since))
        uow.commit()
    sale = sell(shop, articles(shop, (COFFEE, 2)))
    shop.clock.go_on(days=2)
    back = sell(shop, coming_back(shop, sale, l1=1), cash(-499))
    assert [part.rate_bp for part in sale.vat] == [part.rate_bp for part in back.vat] == [0]
    after = sell(shop, articles(shop, (COFFEE, 1)))
    assert [part.rate_bp for part in after.vat] == [550]


def test_r21_goods_sold_with_vat_come_back_with_it_after_the_switch_to_franchise(shop: Shop) -> None:
    sale = sell(shop, articles(shop, (COFFEE, 1)))
    with shop.store.unit_of_work() as uow:
        tomorrow = shop.clock.now().date() + timedelta(days=1)
        uow.set_merchant(replace(uow.merchant(), regimes=((tomorrow, VatRegime.FRANCHISE),)))
        uow.commit()
    shop.clock.go_on(days=2)
    exchange = Basket((*coming_back(shop, sale, l1=1).lines, *articles(shop, (WINE, 1)).lines))
    assert [(part.rate_bp, part.gross.minor) for part in sell(shop, exchange).vat] == [(550, -499), (0, 1250)]


# --- without a ticket ---


def test_without_a_ticket_a_reason_is_asked_and_kept(shop: Shop) -> None:
    line = line_without_ticket(shop.counter.ids, COFFEE, Money(450), 550, 2)
    assert not_sold(shop, Basket((line,)), cash(-900)).reason is SaleRefusal.REASON_MISSING
    assert not_sold(shop, Basket((line,)), cash(-900), reason="  ").reason is SaleRefusal.REASON_MISSING
    back = sell(shop, Basket((line,)), cash(-900), reason="Cadeau reçu")
    assert (back.kind, back.corrects, back.total) == (DocumentKind.RETURN, "", Money(-900))
    assert shop.level(COFFEE) == 2
    assert [event["reason"] for event in events(shop, EventCode.CORRECTED)] == ["Cadeau reçu"]


def test_a_label_is_enough_without_a_ticket(shop: Shop) -> None:
    line = line_without_ticket(shop.counter.ids, "Bouquet", Money(1500), 1000, 1)
    assert sell(shop, Basket((line,)), cash(-1500), reason="Fané").vat[0].gross == Money(-1500)


def test_without_a_ticket_the_right_is_needed(shop: Shop) -> None:
    has_team(shop)
    basket = Basket((line_without_ticket(shop.counter.ids, COFFEE, Money(450), 550, 1),))
    assert not_sold(shop, basket, cash(-450), reason="Cadeau").reason is SaleRefusal.NOT_ALLOWED
    assert not_sold(shop, basket, cash(-450), reason="Cadeau", approved_by="Ada").reason is SaleRefusal.NOT_ALLOWED
    sell(shop, basket, cash(-450), reason="Cadeau", approved_by="Paul")
    assert events(shop, EventCode.APPROVAL) == [
        {"operator": "Léa", "right": "return_without_ticket", "approved_by": "Paul"}
    ]


def test_a_cashier_takes_goods_back_with_their_ticket(shop: Shop) -> None:
    has_team(shop)
    sale = sell(shop, articles(shop, (COFFEE, 1)))
    sell(shop, coming_back(shop, sale, l1=1), cash(-499))
    assert events(shop, EventCode.APPROVAL) == []


def test_r29_a_container_deposit_is_given_back_to_anybody(shop: Shop) -> None:
    shop.has_products(BOTTLE_DEPOSIT)
    has_team(shop)
    back = sell(shop, articles(shop, (BOTTLE_DEPOSIT, -6)), cash(-120))
    assert (back.outside, back.turnover, back.vat) == (Money(-120), ZERO, ())
    assert ends(shop)[Series.SALES] == (1, 0, 0)
    mixed = sell(shop, articles(shop, (COFFEE, 1), (BOTTLE_DEPOSIT, 2), (BOTTLE_DEPOSIT, -1)), cash(519))
    assert (mixed.turnover, mixed.outside) == (Money(499), Money(20))


@pytest.mark.parametrize("means", [PaymentMeans.CHEQUE, PaymentMeans.MEAL_VOUCHER])
def test_money_does_not_go_back_by_cheque_or_meal_voucher(shop: Shop, means: PaymentMeans) -> None:
    sale = sell(shop, articles(shop, (COFFEE, 1)))
    outcome = not_sold(shop, coming_back(shop, sale, l1=1), pay(means, -499))
    assert (outcome.reason, outcome.missing) == (SaleRefusal.REFUND_MEANS, Money(499))


def test_a_refund_is_given_back_to_the_cent(shop: Shop) -> None:
    sale = sell(shop, articles(shop, (COFFEE, 1)))
    back = coming_back(shop, sale, l1=1)
    assert not_sold(shop, back, cash(-498)).reason is SaleRefusal.NOT_PAID_IN_FULL
    assert not_sold(shop, back, cash(-500)).reason is SaleRefusal.PAID_TOO_MUCH
    assert not_sold(shop, back, cash(499)).reason is SaleRefusal.WRONG_PAYMENT
    assert not_sold(shop, back, cash(-499, 0)).reason is SaleRefusal.WRONG_PAYMENT
    sell(shop, back, cash(-199), pay(PaymentMeans.GIFT_VOUCHER, -300))


# --- cancelling ---


def test_example_cancel_and_redo(shop: Shop) -> None:
    wrong = sell(shop, Basket((open_price(shop, 1200, 2000),)), cash(1200))
    undone = cancelled(shop, wrong.sale_id)
    assert undone.basket.total == Money(1200)
    right = sell(shop, Basket((open_price(shop, 1000, 2000),)), cash(1000))
    documents = [wrong, undone.document, right]
    assert [(d.number, d.total.minor, d.corrects) for d in documents] == [
        (1, 1200, ""),
        (2, -1200, wrong.sale_id),
        (3, 1000, ""),
    ]
    assert undone.document.kind is DocumentKind.CANCELLATION
    assert ends(shop)[Series.SALES] == (3, 1000, 3400)
    assert [row["corrects"] for row in rows(shop, Series.SALES)] == ["", wrong.sale_id, ""]


def test_r02_a_cancellation_mirrors_lines_vat_payments_and_stock(shop: Shop) -> None:
    shop.has_stock(COFFEE, 10)
    basket = articles(shop, (COFFEE, 3), (WINE, 1), (HEMMING, 1)).with_discount(Money(700), "Fidélité")
    sale = sell(shop, basket, card(2000), cash(basket.total.minor - 2000, 5000))
    document = cancelled(shop, sale.sale_id).document
    assert [(line.total, line.net, line.quantity) for line in document.lines] == [
        (-line.total, -line.net, -line.quantity) for line in sale.lines
    ]
    assert [(p.rate_bp, p.net, p.vat) for p in document.vat] == [(p.rate_bp, -p.net, -p.vat) for p in sale.vat]
    assert {p.means: p.amount for p in document.payments} == {p.means: -p.amount for p in sale.payments}
    assert (shop.level(COFFEE), shop.level(WINE), shop.level(HEMMING)) == (10, 0, 0)
    assert shop.queries.sale(document.sale_id) == document
    assert events(shop, EventCode.CORRECTED)[0]["reason"] == "Erreur de saisie"


def test_the_basket_of_a_cancelled_ticket_sells_the_same_again(shop: Shop) -> None:
    basket = articles(shop, (COFFEE, 3), (TOMATO, 456), (WINE, 2)).with_discount(Money(333), "Fidélité")
    basket = basket.with_line_discount(basket.lines[2].line_id, Money(50), "Étiquette")
    sale = sell(shop, basket)
    again = sell(shop, cancelled(shop, sale.sale_id).basket)
    assert [replace(line, line_id="") for line in again.lines] == [replace(line, line_id="") for line in sale.lines]
    assert (again.vat, again.discount_reason) == (sale.vat, sale.discount_reason)


def test_a_ticket_is_cancelled_once(shop: Shop) -> None:
    sale = sell(shop, articles(shop, (COFFEE, 1)))
    undone = cancelled(shop, sale.sale_id).document
    before = ends(shop)
    assert correction_refused(cancel_sale(shop.counter, sale.sale_id, "Léa", "x")) is (
        CorrectionRefusal.ALREADY_CANCELLED
    )
    assert correction_refused(cancel_sale(shop.counter, undone.sale_id, "Léa", "x")) is CorrectionRefusal.NOT_A_SALE
    assert correction_refused(cancel_sale(shop.counter, "?", "Léa", "x")) is CorrectionRefusal.UNKNOWN_SALE
    assert correction_refused(cancel_sale(shop.counter, sale.sale_id, "Léa", " ")) is CorrectionRefusal.REASON_MISSING
    assert ends(shop) == before
    assert coming_back(shop, sale, l1=1).lines == ()
    assert coming_back(shop, undone, l1=1).lines == ()


def test_a_ticket_of_which_part_came_back_is_not_cancelled(shop: Shop) -> None:
    sale = sell(shop, articles(shop, (COFFEE, 2)))
    back = sell(shop, coming_back(shop, sale, l1=1), cash(-499))
    assert correction_refused(cancel_sale(shop.counter, sale.sale_id, "Léa", "x")) is CorrectionRefusal.CAME_BACK
    cancelled(shop, back.sale_id, "Retour saisi par erreur")
    assert shop.level(COFFEE) == -2
    assert coming_back(shop, sale, l1=2).total == Money(-998)
    cancelled(shop, sale.sale_id)
    assert shop.level(COFFEE) == 0


def test_cancelling_needs_the_right(shop: Shop) -> None:
    has_team(shop)
    sale = sell(shop, articles(shop, (COFFEE, 1)))
    assert correction_refused(cancel_sale(shop.counter, sale.sale_id, "Léa", "x")) is CorrectionRefusal.NOT_ALLOWED
    cancelled(shop, sale.sale_id, approved_by="Paul")
    assert events(shop, EventCode.APPROVAL)[0]["right"] == "cancel_ticket"


def test_a_ticket_that_paid_an_order_that_left_is_not_cancelled(shop: Shop) -> None:
    shop.has_order(an_order())
    lines = order_basket_lines(shop.counter.ids, shop.order())
    handover = HandoverRequest("order-1", HowFound.SCAN, "Léa")
    sale = sell(shop, Basket(lines, "order-1"), handover=handover)
    refusal = correction_refused(cancel_sale(shop.counter, sale.sale_id, "Léa", "x"))
    assert refusal is CorrectionRefusal.ORDER_HANDED_OVER
    back = sell(shop, coming_back(shop, sale, l1=1), card(-499))
    assert (back.order_id, shop.order().to_refund, shop.level(COFFEE)) == ("", ZERO, -1)


def test_a_ticket_that_paid_an_order_still_here_makes_it_due_again(shop: Shop) -> None:
    shop.has_order(an_order())
    sale = sell(shop, Basket(order_basket_lines(shop.counter.ids, shop.order()), "order-1"))
    assert shop.order().amount_due == ZERO
    undone = cancelled(shop, sale.sale_id)
    assert shop.order().amount_due == Money(1574)
    sell(shop, undone.basket)
    assert shop.order().amount_due == ZERO


def test_r12_a_real_ticket_is_not_cancelled_in_training(shop: Shop) -> None:
    sale = sell(shop, articles(shop, (COFFEE, 1)))
    start_training(shop.counter, "Paul")
    assert correction_refused(cancel_sale(shop.counter, sale.sale_id, "Léa", "x")) is CorrectionRefusal.TRAINING


# --- change of means ---


def test_example_change_of_payment_means(shop: Shop) -> None:
    sale = sell(shop, articles(shop, (COFFEE, 2)), card(998))
    before = ends(shop)[Series.SALES]
    done = change_payment(
        shop.counter, sale.sale_id, {PaymentMeans.CARD: Money(998)}, {PaymentMeans.CASH: Money(998)}, "Léa"
    )
    assert isinstance(done, PaymentChanged)
    document = done.document
    assert (document.kind, document.total, document.lines, document.vat) == (DocumentKind.PAYMENT_CHANGE, ZERO, (), ())
    assert [(p.means, p.amount.minor) for p in document.payments] == [("card", -998), ("cash", 998)]
    assert document.corrects == sale.sale_id
    assert ends(shop)[Series.SALES] == (before[0] + 1, *before[1:])
    ticket = return_lines(shop.counter, sale.sale_id)
    assert ticket is not None
    assert ticket.payments == {PaymentMeans.CASH: Money(998)}
    assert [p.means for p in cancelled(shop, sale.sale_id).document.payments] == [PaymentMeans.CASH]


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ({"card": 999}, {"cash": 999}, CorrectionRefusal.WRONG_AMOUNTS),
        ({"card": 500}, {"cash": 499}, CorrectionRefusal.WRONG_AMOUNTS),
        ({"cheque": 100}, {"cash": 100}, CorrectionRefusal.WRONG_AMOUNTS),
        ({"card": -100}, {"cash": -100}, CorrectionRefusal.WRONG_AMOUNTS),
        ({}, {}, CorrectionRefusal.WRONG_AMOUNTS),
        ({"card": 500}, {"card": 500}, CorrectionRefusal.MEANS_NOT_CHANGED),
    ],
)
def test_only_what_was_paid_is_moved(
    shop: Shop, before: dict[str, int], after: dict[str, int], reason: CorrectionRefusal
) -> None:
    sale = sell(shop, articles(shop, (COFFEE, 2)), card(998))
    was, became = ({PaymentMeans(means): Money(minor) for means, minor in one.items()} for one in (before, after))
    assert correction_refused(change_payment(shop.counter, sale.sale_id, was, became, operator="Léa")) is reason


def test_r26_a_change_of_means_cannot_pass_the_cash_limit(shop: Shop) -> None:
    sale = sell(shop, articles(shop, (WINE, 100)), card(50000), cash(75000))
    told = {PaymentMeans.CARD: Money(50000)}, {PaymentMeans.CASH: Money(50000)}
    assert correction_refused(change_payment(shop.counter, sale.sale_id, *told, operator="Léa")) is (
        CorrectionRefusal.CASH_OVER_LIMIT
    )


def test_the_means_of_a_refund_can_be_changed_too(shop: Shop) -> None:
    sale = sell(shop, articles(shop, (COFFEE, 1)))
    back = sell(shop, coming_back(shop, sale, l1=1), cash(-499))
    told = {PaymentMeans.CASH: Money(-499)}, {PaymentMeans.CARD: Money(-499)}
    done = change_payment(shop.counter, back.sale_id, *told, operator="Léa")
    assert isinstance(done, PaymentChanged)
    assert {p.means: p.amount.minor for p in done.document.payments} == {"cash": 499, "card": -499}


def test_a_change_of_means_is_neither_cancelled_nor_changed(shop: Shop) -> None:
    sale = sell(shop, articles(shop, (COFFEE, 1)), card(499))
    told = {PaymentMeans.CARD: Money(499)}, {PaymentMeans.CASH: Money(499)}
    done = change_payment(shop.counter, sale.sale_id, *told, operator="Léa", reason="Mauvaise touche")
    assert isinstance(done, PaymentChanged)
    assert correction_refused(cancel_sale(shop.counter, done.document.sale_id, "Léa", "x")) is (
        CorrectionRefusal.NOT_A_SALE
    )
    assert events(shop, EventCode.CORRECTED)[0]["reason"] == "Mauvaise touche"


# --- parts add up ---


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)
@given(
    st.integers(2, 9),
    st.integers(1, 5000),
    st.integers(0, 100),
    st.lists(st.tuples(st.integers(1, 4), st.booleans()), max_size=8),
)
def test_parts_that_come_back_add_up_to_the_line_whatever_is_cancelled_between(
    quantity: int, price: int, discount_percent: int, acts: list[tuple[int, bool]]
) -> None:
    shop = Shop(MemoryStore(), HandSetClock())
    line = open_price(shop, price, 550, quantity)
    off = Money(price * quantity * discount_percent // 100)
    sale = sell(shop, Basket((replace(line, discount=off, discount_reason="Solde" if off else ""),)))
    given_back: list[Money] = []
    for wanted, undo in [*acts, (quantity, False)]:
        basket = coming_back(shop, sale, l1=wanted)
        if not basket.lines:
            break
        back = sell(shop, basket, *([cash(basket.total.minor)] if basket.total else []))
        if undo:
            cancelled(shop, back.sale_id)
        else:
            given_back.append(back.total)
    assert total_of(given_back) == -sale.total
    assert ends(shop)[Series.SALES][1] == 0
