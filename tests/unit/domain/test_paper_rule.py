"""Which papers go with a sale: none by themselves, but for what the law allows or demands (R19)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.catalogue import LineNature, Unit
from app.domain.money import Money
from app.domain.paper_rule import PaperReason, paper_rule
from app.domain.receipt import PrintKind
from app.domain.sale import Basket, BasketLine, Payment, PaymentMeans, freeze_lines

PLAIN = BasketLine("l1", "Baguette", Money(130), 550)
TOY = replace(PLAIN, label="Train", legal_guarantee=True)
MEAT = BasketLine("l2", "Rôti", Money(1890), 550, quantity=500, unit=Unit.KG, weigh_slip=True)
SERVICE = BasketLine("l3", "Ourlet", Money(2500), 2000, nature=LineNature.SERVICE)
NONE: tuple[PrintKind, ...] = ()


def paid(amount: int, means: PaymentMeans = PaymentMeans.CARD) -> Payment:
    return Payment(means, Money(amount), Money(amount))


def test_r19_nothing_is_printed_unless_asked() -> None:
    rule = paper_rule([PLAIN], [paid(130)])
    assert not rule.ticket_at_first
    assert rule.papers(ticket_wanted=False) == NONE
    assert rule.papers(ticket_wanted=True) == (PrintKind.SALE_RECEIPT,)


def test_r19_a_toy_makes_the_ticket_the_usual_choice_which_may_be_declined() -> None:
    rule = paper_rule([PLAIN, TOY])
    assert rule.reasons == (PaperReason.GUARANTEE,)
    assert rule.ticket_at_first
    assert rule.papers(ticket_wanted=False) == NONE


def test_r19_a_toy_that_comes_back_needs_no_guarantee() -> None:
    assert paper_rule([replace(TOY, quantity=-1)], [paid(-130, PaymentMeans.CASH)]).reasons == ()


@pytest.mark.parametrize(("means", "at_first"), [(PaymentMeans.CARD, True), (PaymentMeans.CASH, False)])
def test_r19_money_back_on_a_card_may_be_printed_by_itself(means: PaymentMeans, at_first: bool) -> None:
    assert paper_rule([replace(PLAIN, quantity=-1)], [paid(-130, means)]).ticket_at_first == at_first


@pytest.mark.parametrize("wanted", [True, False])
def test_r19_services_from_25_euros_on_have_their_note_in_any_case(wanted: bool) -> None:
    assert paper_rule([SERVICE]).papers(ticket_wanted=wanted) == (PrintKind.SERVICE_NOTE,)
    two = [replace(SERVICE, unit_price=Money(1250), line_id=name) for name in "ab"]
    assert paper_rule(two).papers(ticket_wanted=wanted) == (PrintKind.SERVICE_NOTE,)
    below = paper_rule([replace(SERVICE, unit_price=Money(2499)), PLAIN])
    assert PrintKind.SERVICE_NOTE not in below.papers(ticket_wanted=wanted)


def test_r23_weighed_meat_has_its_slip_even_if_no_ticket_is_wanted() -> None:
    rule = paper_rule([PLAIN, MEAT])
    assert not rule.ticket_at_first
    assert rule.papers(ticket_wanted=False) == (PrintKind.WEIGH_SLIP,)
    assert rule.papers(ticket_wanted=True) == (PrintKind.SALE_RECEIPT,)


@given(
    st.lists(st.sampled_from([PLAIN, TOY, MEAT, SERVICE]), min_size=1, max_size=8),
    st.sampled_from(PaymentMeans),
    st.booleans(),
)
def test_r19_basket_and_document_have_the_same_papers_and_never_two(
    lines: list[BasketLine], means: PaymentMeans, wanted: bool
) -> None:
    basket = Basket(tuple(replace(line, line_id=str(i)) for i, line in enumerate(lines)))
    payments = [paid(basket.total.minor, means)]
    rule = paper_rule(basket.lines, payments)
    assert rule == paper_rule(freeze_lines(basket), payments)
    assert len(rule.papers(ticket_wanted=wanted)) <= 1
    if set(lines) == {PLAIN}:
        assert rule.papers(ticket_wanted=False) == NONE
