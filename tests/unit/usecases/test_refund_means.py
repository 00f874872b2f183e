"""Ways round the rules of payment by way of a correction: none may be had (R26, R27, R29, R30)."""

from __future__ import annotations

import pytest

from app.domain.catalogue import LineNature
from app.domain.money import Money
from app.domain.sale import Basket, PaymentMeans, SaleDocument
from app.usecases.correct_sale import (
    Cancelled,
    CorrectionRefusal,
    CorrectionRefused,
    PaymentChanged,
    cancel_sale,
    change_payment,
)
from app.usecases.sell_at_counter import SaleRefusal
from tests.fakes.counter_acts import card, cash, coming_back, not_sold, open_price, pay, sell
from tests.fakes.shop import Shop

MEAL, VOUCHER, ONLINE = PaymentMeans.MEAL_VOUCHER, PaymentMeans.GIFT_VOUCHER, PaymentMeans.ONLINE


@pytest.fixture
def lunch(shop: Shop) -> SaleDocument:
    """Two dishes at 15.00: 25.00 by meal vouchers, 5.00 in cash."""
    basket = Basket((open_price(shop, 1500, 1000, 2, meal_voucher=True),))
    return sell(shop, basket, pay(MEAL, 2500), cash(500))


@pytest.mark.parametrize("means", [PaymentMeans.CASH, PaymentMeans.CARD, PaymentMeans.ACCOUNT])
def test_r27_what_meal_vouchers_paid_does_not_go_back_as_money(
    shop: Shop, lunch: SaleDocument, means: PaymentMeans
) -> None:
    back = coming_back(shop, lunch, l1=1)
    refused = not_sold(shop, back, pay(means, -1500))
    assert (refused.reason, refused.missing) == (SaleRefusal.MEAL_VOUCHER_REFUND, Money(1000))
    sell(shop, back, pay(means, -500), pay(VOUCHER, -1000))


def test_r27_what_was_given_back_counts_and_a_cancelled_return_does_not(shop: Shop, lunch: SaleDocument) -> None:
    first = sell(shop, coming_back(shop, lunch, l1=1), cash(-500), pay(VOUCHER, -1000))
    assert not_sold(shop, coming_back(shop, lunch, l1=1), cash(-500), pay(VOUCHER, -1000)).missing == Money(500)
    assert isinstance(cancel_sale(shop.counter, first.sale_id, "Léa", "erreur"), Cancelled)
    sell(shop, coming_back(shop, lunch, l1=1), cash(-500), pay(VOUCHER, -1000))


def test_r27_other_tickets_in_the_same_return_are_given_back_as_they_were(shop: Shop, lunch: SaleDocument) -> None:
    other = sell(shop, Basket((open_price(shop, 4000, 2000),)))
    both = Basket((*coming_back(shop, lunch, l1=2).lines, *coming_back(shop, other, l1=1).lines))
    assert not_sold(shop, both, card(-7000)).missing == Money(2500)
    sell(shop, both, card(-4500), pay(VOUCHER, -2500))


def test_r27_no_change_of_means_passes_the_days_limit_of_meal_vouchers(shop: Shop, lunch: SaleDocument) -> None:
    more = change_payment(shop.counter, lunch.sale_id, {PaymentMeans.CASH: Money(500)}, {MEAL: Money(500)}, "Léa")
    assert more == CorrectionRefused(CorrectionRefusal.MEAL_VOUCHER_LIMIT)
    bought = sell(shop, Basket((open_price(shop, 2500, 1000, meal_voucher=True),)))
    paid = change_payment(shop.counter, bought.sale_id, {PaymentMeans.CARD: Money(2500)}, {MEAL: Money(2500)}, "Léa")
    assert isinstance(paid, PaymentChanged)


def test_r30_only_the_marketplace_says_what_was_paid_on_line(shop: Shop) -> None:
    basket = Basket((open_price(shop, 2000, 2000),))
    assert not_sold(shop, basket, pay(ONLINE, 2000)).reason is SaleRefusal.WRONG_PAYMENT
    sold = sell(shop, basket)
    changed = change_payment(shop.counter, sold.sale_id, {PaymentMeans.CARD: Money(2000)}, {ONLINE: Money(2000)}, "Léa")
    assert changed == CorrectionRefused(CorrectionRefusal.PAID_ONLINE)


def test_a_refund_is_not_changed_to_what_no_refund_is_made_by(shop: Shop) -> None:
    sold = sell(shop, Basket((open_price(shop, 2000, 2000),)))
    back = sell(shop, coming_back(shop, sold, l1=1), card(-2000))
    moved = {PaymentMeans.CARD: Money(-2000)}
    cheque = change_payment(shop.counter, back.sale_id, moved, {PaymentMeans.CHEQUE: Money(-2000)}, "Léa")
    assert cheque == CorrectionRefused(CorrectionRefusal.REFUND_MEANS)
    in_cash = change_payment(shop.counter, back.sale_id, moved, {PaymentMeans.CASH: Money(-2000)}, "Léa")
    assert isinstance(in_cash, PaymentChanged)


@pytest.mark.parametrize(
    "nature", [LineNature.VOUCHER, LineNature.DEPOSIT, LineNature.CONTAINER, LineNature.SETTLEMENT]
)
def test_r29_no_discount_lowers_what_is_no_turnover(shop: Shop, nature: LineNature) -> None:
    line = open_price(shop, 5000, 0, nature=nature, discount=Money(1000), discount_reason="geste")
    assert not_sold(shop, Basket((line,))).reason is SaleRefusal.WRONG_DISCOUNT
