"""Payments: what the law allows (R26, R27), what stands outside turnover (R29), a card payment in doubt (R28), proof of
majority (R32), discounts and who may give them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from app.domain.card import CardOutcome, CardState
from app.domain.catalogue import LineNature, Product
from app.domain.fiscal import EventCode, Series
from app.domain.merchant import Merchant
from app.domain.money import ZERO, Money
from app.domain.sale import Basket, BasketLine, Payment, PaymentMeans
from app.usecases.sell_at_counter import SaleRefusal
from app.usecases.take_payment import (
    PaymentRefusal,
    ask_card,
    decide_card,
    doubt_cards_cut_short,
    eligible_for_meal_vouchers,
    judge_payments,
    meal_voucher_room,
    settle_card,
)
from tests.fakes.counter_acts import articles, card, cash, ends, events, has_team, not_sold, open_price, pay, sell
from tests.fakes.samples import COFFEE, WINE
from tests.fakes.shop import Shop

SATURDAY, SUNDAY = date(2026, 11, 21), date(2026, 11, 22)
BREAD = Product("p-bread", "Pain", Money(3000), 550, meal_voucher=True, stock_tracked=False)
MEAL, GIFT = PaymentMeans.MEAL_VOUCHER, PaymentMeans.GIFT_VOUCHER


def a_line(minor: int, **other: object) -> BasketLine:
    return BasketLine(f"l{minor}", "Article", Money(minor), 550, **other)  # type: ignore[arg-type]  # fields of a line


def judged(
    basket: Basket, *payments: Payment, day: date = SATURDAY, resident: bool = True
) -> tuple[PaymentRefusal | None, int]:
    verdict = judge_payments(basket, payments, Merchant(), day, resident=resident)
    return verdict.refusal, verdict.excess.minor


# --- due and change ---


def test_what_is_due_and_what_goes_back() -> None:
    basket = Basket((a_line(1000),))
    verdict = judge_payments(basket, (card(300), cash(500, 1000)), Merchant(), SATURDAY)
    assert (verdict.due, verdict.change, verdict.refusal, verdict.is_settled) == (Money(200), Money(500), None, False)
    assert judge_payments(basket, (cash(1000, 2000),), Merchant(), SATURDAY).is_settled
    refund = Basket((a_line(1000, quantity=-1),))
    assert judge_payments(refund, (cash(-400),), Merchant(), SATURDAY).due == Money(600)


@pytest.mark.parametrize("means", [PaymentMeans.CHEQUE, GIFT, MEAL, PaymentMeans.CARD, PaymentMeans.ACCOUNT])
def test_r27_only_cash_gives_change(means: PaymentMeans) -> None:
    basket = Basket((a_line(1000, meal_voucher=True),))
    assert judged(basket, pay(means, 1000, 1100)) == (PaymentRefusal.WRONG_PAYMENT, 0)


# --- cash (R26) ---


def test_example_cash_cap(shop: Shop) -> None:
    basket = Basket((open_price(shop, 145000, 2000),))
    outcome = not_sold(shop, basket, cash(90000), cash(55000))
    assert (outcome.reason, outcome.missing) == (SaleRefusal.CASH_OVER_LIMIT, Money(45000))
    sell(shop, basket, cash(90000), card(55000))


def test_r26_cash_is_capped_over_split_payments_and_a_non_resident_may_pay_more(shop: Shop) -> None:
    basket = Basket((open_price(shop, 145000, 2000),))
    sell(shop, basket, cash(145000), non_resident_proof="Passeport vu")
    assert events(shop, EventCode.CASH_OVER_LIMIT) == [
        {"operator": "Léa", "number": "A-000001", "amount": 145000, "proof": "Passeport vu"}
    ]
    huge = Basket((open_price(shop, 1000001, 2000),))
    assert not_sold(shop, huge, cash(1000001), non_resident_proof="Passeport vu").missing == Money(1)


# --- meal vouchers (R27) ---


def test_example_meal_voucher(shop: Shop) -> None:
    shop.has_products(BREAD)
    basket = articles(shop, (BREAD, 1))
    basket = replace(basket, lines=(*basket.lines, open_price(shop, 1000, 2000, age_limit=18)))
    assert eligible_for_meal_vouchers(basket) == Money(3000)
    assert meal_voucher_room(basket, (), Merchant(), SATURDAY) == Money(2500)
    assert not_sold(shop, basket, pay(MEAL, 3000), card(1000)).missing == Money(500)
    sold = sell(shop, basket, pay(MEAL, 2500), card(1500))
    assert [payment.amount.minor for payment in sold.payments] == [2500, 1500]


def test_r27_alcohol_is_never_paid_by_meal_voucher() -> None:
    basket = Basket((a_line(1000, meal_voucher=True, age_limit=18), a_line(400, meal_voucher=True)))
    assert judged(basket, pay(MEAL, 500)) == (PaymentRefusal.MEAL_VOUCHER_LIMIT, 100)


def test_r27_a_discount_lowers_what_meal_vouchers_may_pay() -> None:
    basket = Basket((a_line(1000, meal_voucher=True), a_line(1001)), discount=Money(400), discount_reason="x")
    assert eligible_for_meal_vouchers(basket) == Money(800)


def test_r27_not_on_sundays_and_holidays_unless_the_shop_is_allowed() -> None:
    basket = Basket((a_line(1000, meal_voucher=True),))
    assert judged(basket, pay(MEAL, 1000), day=SUNDAY) == (PaymentRefusal.MEAL_VOUCHER_DAY, 1000)
    assert judged(basket, pay(MEAL, 1000), day=date(2026, 12, 25))[0] is PaymentRefusal.MEAL_VOUCHER_DAY
    allowed = Merchant(meal_voucher_sundays=True)
    assert judge_payments(basket, (pay(MEAL, 1000),), allowed, SUNDAY).is_settled
    after_midnight = datetime(2026, 11, 22, 1, 0)  # noqa: DTZ001  # local time at the counter
    assert meal_voucher_room(basket, (), Merchant(), SATURDAY, after_midnight) == ZERO
    assert not judge_payments(basket, (pay(MEAL, 1000),), Merchant(), SATURDAY, after_midnight).is_settled


def test_r27_what_was_paid_already_takes_room() -> None:
    basket = Basket((a_line(4000, meal_voucher=True),))
    assert meal_voucher_room(basket, (pay(MEAL, 1900), card(1800)), Merchant(), SATURDAY) == Money(300)


# --- outside turnover (R29) ---


@pytest.mark.parametrize("nature", [LineNature.VOUCHER, LineNature.DEPOSIT, LineNature.CONTAINER])
def test_r29_vouchers_deposits_and_containers_are_outside_turnover_and_vat(shop: Shop, nature: LineNature) -> None:
    sold = sell(shop, Basket((open_price(shop, 5000, 2000, nature=nature), open_price(shop, 1000, 2000))))
    assert (sold.outside, sold.turnover) == (Money(5000), Money(1000))
    assert [(part.rate_bp, part.gross.minor) for part in sold.vat] == [(2000, 1000)]
    assert ends(shop)[Series.SALES] == (1, 1000, 1000)


def test_r29_a_gift_voucher_sold_is_turnover_only_when_it_is_spent(shop: Shop) -> None:
    sell(shop, Basket((open_price(shop, 5000, 0, nature=LineNature.VOUCHER),)), cash(5000))
    sell(shop, articles(shop, (COFFEE, 2)), pay(GIFT, 998))
    assert ends(shop)[Series.SALES][1] == 998


def test_r29_on_account_counts_on_the_day_and_settling_it_does_not(shop: Shop) -> None:
    sell(shop, articles(shop, (COFFEE, 2)), pay(PaymentMeans.ACCOUNT, 998))
    settlement = Basket((open_price(shop, 998, 0, nature=LineNature.SETTLEMENT),))
    outcome = not_sold(shop, settlement, pay(PaymentMeans.ACCOUNT, 998))
    assert (outcome.reason, outcome.missing) == (SaleRefusal.ACCOUNT_PAYS_ACCOUNT, Money(998))
    sell(shop, settlement, cash(998))
    assert ends(shop)[Series.SALES] == (2, 998, 998)


def test_r29_what_is_outside_turnover_is_never_discounted(shop: Shop) -> None:
    basket = Basket((open_price(shop, 200, 0, nature=LineNature.CONTAINER), open_price(shop, 1000, 550)))
    sold = sell(shop, basket.with_discount(Money(300), "Fidélité"))
    assert [line.total.minor for line in sold.lines] == [200, 700]
    assert not_sold(shop, basket.with_discount(Money(1001), "x")).reason is SaleRefusal.WRONG_DISCOUNT


# --- discounts ---


def test_example_global_discount(shop: Shop) -> None:
    basket = Basket((open_price(shop, 2000, 550), open_price(shop, 1000, 2000))).with_discount(Money(500), "Geste")
    sold = sell(shop, basket)
    assert [line.ticket_discount.minor for line in sold.lines] == [333, 167]
    assert [(part.rate_bp, part.gross.minor) for part in sold.vat] == [(2000, 833), (550, 1667)]
    assert events(shop, EventCode.DISCOUNT) == [{"operator": "Léa", "number": "A-000001", "amount": 500}]


def test_a_discount_has_a_reason_and_is_no_surcharge(shop: Shop) -> None:
    basket = articles(shop, (COFFEE, 1))
    assert not_sold(shop, basket.with_discount(Money(1), " ")).reason is SaleRefusal.WRONG_DISCOUNT
    assert not_sold(shop, basket.with_discount(Money(-1), "x")).reason is SaleRefusal.WRONG_DISCOUNT
    line = basket.lines[0].line_id
    assert not_sold(shop, basket.with_line_discount(line, Money(-1), "x")).reason is SaleRefusal.WRONG_DISCOUNT
    assert not_sold(shop, basket.with_line_discount(line, Money(1), "")).reason is SaleRefusal.WRONG_DISCOUNT


def test_a_discount_over_the_limit_needs_a_manager(shop: Shop) -> None:
    has_team(shop)
    basket = Basket((open_price(shop, 1000, 550), open_price(shop, 1000, 2000)))
    line = basket.lines[0].line_id
    at_limit = basket.with_line_discount(line, Money(100), "Abîmé").with_discount(Money(100), "Geste")
    sell(shop, at_limit, discount_limit_percent=10)
    over = basket.with_line_discount(line, Money(101), "Abîmé").with_discount(Money(100), "Geste")
    assert not_sold(shop, over, discount_limit_percent=10).reason is SaleRefusal.NOT_ALLOWED
    sell(shop, over, discount_limit_percent=10, approved_by="Paul")
    assert [event["right"] for event in events(shop, EventCode.APPROVAL)] == ["discount_over_limit"]


# --- proof of majority (R32) ---


def test_r32_no_alcohol_without_the_answer_and_the_answer_is_kept(shop: Shop) -> None:
    basket = articles(shop, (WINE, 1))
    assert not_sold(shop, basket, age_confirmed_by="").reason is SaleRefusal.AGE_NOT_CONFIRMED
    sell(shop, basket, age_confirmed_by="Léa")
    assert events(shop, EventCode.AGE_CONFIRMED) == [{"operator": "Léa", "number": "A-000001", "age": 18, "by": "Léa"}]


def test_r32_alcohol_that_comes_back_asks_for_no_age(shop: Shop) -> None:
    basket = articles(shop, (WINE, -1))
    sell(shop, basket, cash(-1250), reason="Bouchonné", age_confirmed_by="")
    assert events(shop, EventCode.AGE_CONFIRMED) == []


# --- the card terminal (R28) ---


def test_r28_an_unknown_outcome_waits_for_a_person(shop: Shop) -> None:
    attempt = ask_card(shop.counter, Money(499), "Léa")
    assert [a.state for a in shop.queries.open_card_attempts()] == [CardState.ASKED]
    assert settle_card(shop.counter, attempt, CardOutcome.UNKNOWN, "Léa")
    (open_one,) = shop.queries.open_card_attempts()
    assert (open_one.attempt_id, open_one.amount, open_one.state) == (attempt, Money(499), CardState.UNKNOWN)
    basket = articles(shop, (COFFEE, 1))
    assert not_sold(shop, basket, card_attempts=(attempt,)).reason is SaleRefusal.CARD_IN_DOUBT
    assert not settle_card(shop.counter, attempt, CardOutcome.ACCEPTED, "Léa")
    assert decide_card(shop.counter, attempt, True, "Léa", "Ticket TPE 0042")
    sold = sell(shop, basket, card_attempts=(attempt,))
    assert shop.queries.open_card_attempts() == []
    with shop.store.unit_of_work() as uow:
        assert uow.card_attempts.get(attempt).sale_id == sold.sale_id
    assert [len(events(shop, code)) for code in (EventCode.CARD_UNKNOWN, EventCode.CARD_CONFIRMED)] == [1, 1]
    assert events(shop, EventCode.CARD_CONFIRMED)[0]["note"] == "Ticket TPE 0042"


def test_r28_a_crash_while_the_terminal_works_leaves_the_payment_in_doubt(shop: Shop) -> None:
    attempt = ask_card(shop.counter, Money(499), "Léa")
    assert doubt_cards_cut_short(shop.counter) == 1
    assert doubt_cards_cut_short(shop.counter) == 0
    assert [(a.attempt_id, a.state) for a in shop.queries.open_card_attempts()] == [(attempt, CardState.UNKNOWN)]
    assert decide_card(shop.counter, attempt, False, "Léa", "Rien sur le ticket")
    assert shop.queries.open_card_attempts() == []
    assert events(shop, EventCode.CARD_NOT_PAID)[0]["amount"] == 499
    assert not decide_card(shop.counter, attempt, True, "Léa", "")


def test_r28_money_taken_without_a_ticket_is_shown_until_somebody_sees_to_it(shop: Shop) -> None:
    attempt = ask_card(shop.counter, Money(499), "Léa")
    settle_card(shop.counter, attempt, CardOutcome.ACCEPTED, "Léa")
    assert [a.state for a in shop.queries.open_card_attempts()] == [CardState.ACCEPTED]
    assert decide_card(shop.counter, attempt, False, "Léa", "Annulé sur le terminal")
    assert shop.queries.open_card_attempts() == []


def test_r28_one_card_payment_pays_one_ticket_of_at_least_its_amount(shop: Shop) -> None:
    attempt = ask_card(shop.counter, Money(499), "Léa")
    settle_card(shop.counter, attempt, CardOutcome.ACCEPTED, "Léa")
    basket = articles(shop, (COFFEE, 1))
    assert not_sold(shop, basket, cash(499), card_attempts=(attempt,)).reason is SaleRefusal.CARD_IN_DOUBT
    sell(shop, basket, card_attempts=(attempt,))
    assert not_sold(shop, basket, card_attempts=(attempt,)).reason is SaleRefusal.CARD_IN_DOUBT
    refused = ask_card(shop.counter, Money(499), "Léa")
    settle_card(shop.counter, refused, CardOutcome.REFUSED, "Léa")
    assert shop.queries.open_card_attempts() == []
    assert not_sold(shop, basket, card_attempts=(refused,)).reason is SaleRefusal.CARD_IN_DOUBT
