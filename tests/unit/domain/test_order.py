"""Orders: three axes, amounts due and to refund, what a handover does to lines, and every verdict."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.lease import Lease
from app.domain.money import ZERO, Money, total_of
from app.domain.order import (
    CounterFacts,
    HandoverState,
    LineOutcome,
    LineResult,
    Order,
    OrderAtCounter,
    PastHandover,
    PaymentState,
    Preparation,
    VerdictKind,
    amount_due_by_rate,
    as_ordered,
    judge_handover,
    may_undo,
    replaced,
    verdict_for_bad_code,
    weighed,
    without_goods,
)
from app.domain.pickup_code import CodeJudgement
from tests.fakes.samples import COFFEE, TOMATO, WINE, an_order, an_order_line
from tests.fakes.surroundings import NOON

TILL = "till-a"
COFFEES, TOMATOES = an_order().lines
"""Two coffees, 9.98; 1.2 kg of tomatoes, 5.76. Both at 5.5 %."""


def a_handover(*results: LineResult, at_minutes: int = 0) -> PastHandover:
    at = NOON + timedelta(minutes=at_minutes)
    return PastHandover(f"h-{at_minutes}", at, "Léa", "Caisse A", "scan", "", results)


def here(order: Order, **facts: object) -> OrderAtCounter:
    return OrderAtCounter(order, CounterFacts(**facts))  # type: ignore[arg-type]  # any field of the facts


# --- amounts ---

MISSING = without_goods(COFFEES, LineOutcome.MISSING)
REFUSED = without_goods(TOMATOES, LineOutcome.REFUSED)
LATER = without_goods(TOMATOES, LineOutcome.TO_FOLLOW)
LIGHTER = weighed(TOMATOES, 1100)
HEAVIER = weighed(TOMATOES, 1300)
CHEAPER = replaced(COFFEES, "p-tea", "Thé", 2, Money(800))
DEARER = replaced(COFFEES, "p-tea", "Thé", 2, Money(1200))
AGREED = replaced(COFFEES, "p-tea", "Thé", 2, Money(1200), agreed_dearer=True)


@pytest.mark.parametrize(
    ("results", "paid", "due", "refund", "state"),
    [
        ((), 0, 1574, 0, PaymentState.UNPAID),
        ((), 500, 1074, 0, PaymentState.PARTLY_PAID),
        ((), 1574, 0, 0, PaymentState.PAID),
        ((MISSING,), 0, 576, 0, PaymentState.UNPAID),
        ((MISSING,), 500, 76, 0, PaymentState.PARTLY_PAID),
        ((MISSING,), 1574, 0, 998, PaymentState.PAID),
        ((REFUSED,), 1574, 0, 576, PaymentState.PAID),
        ((MISSING, REFUSED), 0, 0, 0, PaymentState.PAID),
        ((MISSING, REFUSED), 1574, 0, 1574, PaymentState.PAID),
        ((LIGHTER,), 1574, 0, 48, PaymentState.PAID),
        ((HEAVIER,), 1574, 48, 0, PaymentState.PARTLY_PAID),
        ((HEAVIER,), 0, 1622, 0, PaymentState.UNPAID),
        ((CHEAPER,), 1574, 0, 198, PaymentState.PAID),
        ((DEARER,), 1574, 0, 0, PaymentState.PAID),
        ((AGREED,), 1574, 202, 0, PaymentState.PARTLY_PAID),
        ((LATER,), 1574, 0, 0, PaymentState.PAID),
        ((LATER,), 0, 998, 0, PaymentState.UNPAID),
        ((LATER, MISSING), 1574, 0, 998, PaymentState.PAID),
    ],
)
def test_what_is_due_and_what_goes_back(
    results: tuple[LineResult, ...], paid: int, due: int, refund: int, state: PaymentState
) -> None:
    order = here(an_order(paid_online=Money(paid)), prepared=results)
    assert (order.amount_due, order.to_refund, order.payment) == (Money(due), Money(refund), state)
    asked = here(an_order(paid_online=Money(paid))).with_results(results)
    assert (asked.amount_due, asked.to_refund) == (Money(due), Money(refund))


def test_money_taken_here_counts_as_well() -> None:
    order = here(an_order(paid_online=Money(500)), paid_here=Money(1000))
    assert order.paid == Money(1500)
    assert order.amount_due == Money(74)


# --- partial handovers ---


def test_the_rest_of_an_order_is_due_when_it_is_given() -> None:
    first = a_handover(as_ordered(COFFEES), LATER)
    order = here(an_order(), handovers=(first,), paid_here=Money(998))
    assert order.handover is HandoverState.PARTLY
    assert order.open_lines == (TOMATOES,)
    assert order.results == (as_ordered(COFFEES), as_ordered(TOMATOES))
    assert order.amount_due == Money(576)
    assert order.payment is PaymentState.PARTLY_PAID
    done = order.after(a_handover(*order.results_at_handover(), at_minutes=60))
    assert done.handover is HandoverState.HANDED_OVER
    assert done.open_lines == ()


def test_what_was_left_for_later_can_be_left_again() -> None:
    order = here(an_order(), handovers=(a_handover(as_ordered(COFFEES), LATER),), paid_here=Money(998))
    again = order.with_results((LATER,))
    assert again.amount_due == ZERO
    assert again.handover is HandoverState.PARTLY


def test_what_was_left_for_later_can_turn_out_otherwise() -> None:
    order = here(an_order(prepaid=True), handovers=(a_handover(as_ordered(COFFEES), LATER),))
    assert order.to_refund == ZERO
    assert order.with_results((REFUSED,)).to_refund == Money(576)
    assert order.with_results((LIGHTER,)).to_refund == Money(48)


def test_what_preparation_put_off_stays_put_off_until_the_customer_has_come() -> None:
    before = here(an_order(), prepared=(LATER,))
    assert before.results_at_handover() == (as_ordered(COFFEES), LATER)
    after = before.after(a_handover(*before.results_at_handover()))
    assert after.results_at_handover() == (as_ordered(TOMATOES),)


def test_lines_nobody_named_are_to_follow() -> None:
    order = here(an_order())
    assert order.results_at_handover((as_ordered(COFFEES),)) == (as_ordered(COFFEES), LATER)


def test_results_for_lines_that_left_or_do_not_exist_are_left_out() -> None:
    order = here(an_order(), handovers=(a_handover(as_ordered(COFFEES), LATER),))
    strange = LineResult(99, LineOutcome.GIVEN, 1, Money(1))
    assert order.results_at_handover((MISSING, strange, as_ordered(TOMATOES))) == (as_ordered(TOMATOES),)


def test_what_left_cannot_be_changed_by_preparing_it_again() -> None:
    order = here(an_order(), handovers=(a_handover(as_ordered(COFFEES), LATER),), prepared=(MISSING,))
    assert order.results[0] == as_ordered(COFFEES)
    assert order.with_results((MISSING,)).results[0] == as_ordered(COFFEES)


# --- VAT of what is left to pay ---


TWO_RATES = (an_order_line(1, COFFEE, 2), an_order_line(2, WINE, 1))
"""9.98 at 5.5 %, 12.50 at 20 %."""


def test_the_rest_after_a_payment_on_line_is_taxed_in_proportion() -> None:
    order = here(an_order(lines=TWO_RATES, paid_online=Money(1124)))
    assert amount_due_by_rate(order) == [(2000, Money(625)), (550, Money(499))]


def test_a_line_that_became_dearer_is_taxed_at_its_own_rate() -> None:
    lines = (an_order_line(1, TOMATO, 1200), an_order_line(2, WINE, 1))
    order = here(an_order(lines=lines, prepaid=True), prepared=(weighed(lines[0], 1300),))
    assert amount_due_by_rate(order) == [(550, Money(48))]


def test_the_rest_after_a_payment_here_is_taxed_at_the_rates_still_open() -> None:
    first = a_handover(as_ordered(TWO_RATES[0]), without_goods(TWO_RATES[1], LineOutcome.TO_FOLLOW))
    order = here(
        an_order(lines=TWO_RATES),
        handovers=(first,),
        paid_here=Money(998),
        paid_here_by_rate=((550, Money(998)),),
    )
    assert amount_due_by_rate(order) == [(2000, Money(1250))]


def test_nothing_due_has_no_rates() -> None:
    assert amount_due_by_rate(here(an_order(prepaid=True))) == []


@st.composite
def orders_underway(draw: st.DrawFn) -> OrderAtCounter:
    products = draw(st.lists(st.sampled_from([COFFEE, TOMATO, WINE]), min_size=1, max_size=6))
    lines = tuple(
        an_order_line(n, product, draw(st.integers(1, 5)) * product.unit.base_per_priced // 2 or 1)
        for n, product in enumerate(products, 1)
    )
    total = total_of([line.total for line in lines])
    order = an_order(lines=lines, paid_online=Money(draw(st.integers(0, total.minor))))
    results = []
    for line in lines:
        outcome = draw(st.sampled_from(LineOutcome))
        if outcome in (LineOutcome.MISSING, LineOutcome.REFUSED, LineOutcome.TO_FOLLOW):
            results.append(without_goods(line, outcome))
        else:
            results.append(weighed(line, draw(st.integers(1, 2 * line.quantity))))
    return here(order, prepared=tuple(results))


@given(orders_underway())
def test_due_and_refund_always_balance(order: OrderAtCounter) -> None:
    awaited = total_of(
        [
            line.total
            for line, result in zip(order.order.lines, order.results, strict=True)
            if result.outcome is LineOutcome.TO_FOLLOW
        ]
    )
    assert order.amount_due >= ZERO
    assert order.to_refund >= ZERO
    assert not (order.amount_due and order.to_refund)
    assert order.owed <= order.paid + order.amount_due
    assert order.paid - order.to_refund <= order.owed + awaited
    assert total_of([amount for _, amount in amount_due_by_rate(order)]) == order.amount_due
    assert all(amount > ZERO for _, amount in amount_due_by_rate(order))


# --- the axes, from both sides ---


def test_preparation_is_the_furthest_either_side_knows() -> None:
    fresh = an_order(server_preparation=Preparation.TO_PREPARE)
    begun = replace(fresh, server_preparation=Preparation.IN_PREPARATION)
    assert here(fresh).preparation is Preparation.TO_PREPARE
    assert here(fresh, prepared=(MISSING,)).preparation is Preparation.IN_PREPARATION
    assert here(begun).preparation is Preparation.IN_PREPARATION
    assert here(fresh, ready_at=NOON).preparation is Preparation.READY
    assert here(an_order()).preparation is Preparation.READY


ALL_GIVEN = (as_ordered(COFFEES), as_ordered(TOMATOES))
ELSEWHERE: dict[str, Any] = {"handed_over_at": NOON - timedelta(hours=1), "handed_over_by": "Caisse B"}


@pytest.mark.parametrize(
    ("server", "handovers", "state"),
    [
        ("open", (), HandoverState.OPEN),
        ("partly", (), HandoverState.PARTLY),
        ("handed_over", (), HandoverState.HANDED_OVER),
        ("open", (ALL_GIVEN,), HandoverState.HANDED_OVER),
        ("partly", (ALL_GIVEN,), HandoverState.HANDED_OVER),
        ("open", ((as_ordered(COFFEES), LATER),), HandoverState.PARTLY),
        ("handed_over", ((as_ordered(COFFEES), LATER),), HandoverState.HANDED_OVER),
        ("partly", ((as_ordered(COFFEES), LATER), (as_ordered(TOMATOES),)), HandoverState.HANDED_OVER),
    ],
)
def test_handover_is_the_furthest_either_side_knows(
    server: str, handovers: tuple[tuple[LineResult, ...], ...], state: HandoverState
) -> None:
    past = tuple(a_handover(*results, at_minutes=n) for n, results in enumerate(handovers))
    assert here(an_order(server_handover=HandoverState(server)), handovers=past).handover is state


def test_a_copy_that_still_tells_of_an_undone_handover_is_behind() -> None:
    ours = a_handover(*ALL_GIVEN)
    copy = an_order(
        server_handover=HandoverState.HANDED_OVER, handed_over_at=ours.handed_over_at, handed_over_by="Caisse A"
    )
    undone = here(copy, undone_at=(ours.handed_over_at,))
    assert undone.handover is HandoverState.OPEN
    assert judge_handover(undone, TILL, NOON).kind is VerdictKind.READY
    later = replace(copy, handed_over_at=NOON + timedelta(minutes=9), handed_over_by="Caisse B")
    assert here(later, undone_at=(ours.handed_over_at,)).handover is HandoverState.HANDED_OVER


def test_a_part_given_elsewhere_after_ours_is_not_given_again() -> None:
    ours = a_handover(as_ordered(COFFEES), LATER)
    told = an_order(server_handover=HandoverState.PARTLY, handed_over_at=ours.handed_over_at)
    assert judge_handover(here(told, handovers=(ours,)), TILL, NOON).kind is VerdictKind.READY
    after_us = replace(told, handed_over_at=NOON + timedelta(minutes=9), handed_over_by="Caisse B")
    assert judge_handover(here(after_us, handovers=(ours,)), TILL, NOON).kind is VerdictKind.CANNOT_TELL


# --- verdicts ---


@pytest.mark.parametrize(
    ("order", "kind"),
    [
        (here(an_order()), VerdictKind.READY),
        (here(an_order(lease=Lease(TILL, NOON))), VerdictKind.READY),
        (here(an_order(keep_until=NOON)), VerdictKind.READY),
        (here(an_order(keep_until=None)), VerdictKind.READY),
        (here(an_order(server_preparation=Preparation.TO_PREPARE)), VerdictKind.NOT_READY),
        (here(an_order(server_preparation=Preparation.TO_PREPARE), ready_at=NOON), VerdictKind.READY),
        (here(an_order(cancelled_at=NOON)), VerdictKind.CANCELLED),
        (here(an_order(keep_until=NOON - timedelta(seconds=1))), VerdictKind.EXPIRED),
        (here(an_order(lease=None)), VerdictKind.CANNOT_TELL),
        (here(an_order(lease=Lease("till-b", NOON + timedelta(days=1)))), VerdictKind.CANNOT_TELL),
        (here(an_order(lease=Lease(TILL, NOON - timedelta(seconds=1)))), VerdictKind.CANNOT_TELL),
        (here(an_order(server_handover=HandoverState.PARTLY)), VerdictKind.CANNOT_TELL),
        (here(an_order(server_handover=HandoverState.HANDED_OVER)), VerdictKind.ALREADY_HANDED_OVER),
        (here(an_order(), handovers=(a_handover(*ALL_GIVEN),)), VerdictKind.ALREADY_HANDED_OVER),
        (here(an_order(), handovers=(a_handover(as_ordered(COFFEES), LATER),)), VerdictKind.READY),
        (None, VerdictKind.NOT_HERE_YET),
    ],
)
def test_each_state_has_its_verdict(order: OrderAtCounter | None, kind: VerdictKind) -> None:
    verdict = judge_handover(order, TILL, NOON, "K7F3K9X")
    assert verdict.kind is kind
    assert verdict.order is order
    assert verdict.may_hand_over == (kind is VerdictKind.READY)


def test_the_first_reason_that_counts_is_the_one_said() -> None:
    """All at once: given elsewhere, cancelled, expired, not ready, no lease; then one after the other put right."""
    order = an_order(
        server_handover=HandoverState.HANDED_OVER,
        cancelled_at=NOON,
        keep_until=NOON - timedelta(days=1),
        server_preparation=Preparation.TO_PREPARE,
        lease=None,
    )
    mended = [
        ({}, VerdictKind.ALREADY_HANDED_OVER),
        ({"server_handover": HandoverState.OPEN}, VerdictKind.CANCELLED),
        ({"cancelled_at": None}, VerdictKind.EXPIRED),
        ({"keep_until": None}, VerdictKind.NOT_READY),
        ({"server_preparation": Preparation.READY}, VerdictKind.CANNOT_TELL),
        ({"lease": Lease(TILL, NOON)}, VerdictKind.READY),
    ]
    for change, kind in mended:
        order = replace(order, **change)  # type: ignore[arg-type]  # any field of the order
        assert judge_handover(here(order), TILL, NOON).kind is kind


def test_every_verdict_is_reached() -> None:
    bad = [judgement for judgement in CodeJudgement if judgement is not CodeJudgement.GENUINE]
    by_code = {verdict_for_bad_code(j, names_an_order=here).kind for j in bad for here in (False, True)}
    assert by_code == {
        VerdictKind.UNKNOWN_CODE,
        VerdictKind.MISREAD,
        VerdictKind.WRONG_SHOP,
        VerdictKind.BAD_SIGNATURE,
        VerdictKind.KEY_REPLACED,
    }
    by_order = {VerdictKind.READY, VerdictKind.NOT_READY, VerdictKind.ALREADY_HANDED_OVER, VerdictKind.CANCELLED}
    by_order |= {VerdictKind.EXPIRED, VerdictKind.NOT_HERE_YET, VerdictKind.CANNOT_TELL}
    assert by_code | by_order == set(VerdictKind)


def test_already_handed_over_says_when_and_by_whom() -> None:
    ours = here(an_order(), handovers=(a_handover(*ALL_GIVEN),))
    verdict = judge_handover(ours, TILL, NOON)
    assert (verdict.handed_over_at, verdict.handed_over_by) == (NOON, "Léa, Caisse A")
    theirs = here(an_order(server_handover=HandoverState.HANDED_OVER, **ELSEWHERE))
    verdict = judge_handover(theirs, TILL, NOON)
    assert (verdict.handed_over_at, verdict.handed_over_by) == (NOON - timedelta(hours=1), "Caisse B")


def test_the_other_till_is_named_if_it_gave_the_rest() -> None:
    order = here(
        an_order(server_handover=HandoverState.HANDED_OVER, **ELSEWHERE),
        handovers=(a_handover(as_ordered(COFFEES), LATER, at_minutes=-120),),
    )
    assert judge_handover(order, TILL, NOON).handed_over_by == "Caisse B"


def test_who_holds_the_lease_is_said() -> None:
    order = here(an_order(lease=Lease("till-b", NOON + timedelta(days=1))))
    assert judge_handover(order, TILL, NOON).lease_holder == "till-b"


def test_what_left_here_is_never_given_twice_on_anybodys_word() -> None:
    given_here = here(an_order(), handovers=(a_handover(*ALL_GIVEN),))
    assert not judge_handover(given_here, TILL, NOON).may_override
    given_elsewhere = here(an_order(server_handover=HandoverState.HANDED_OVER))
    assert judge_handover(given_elsewhere, TILL, NOON).may_override
    assert not judge_handover(None, TILL, NOON).may_override


@pytest.mark.parametrize(("minutes", "allowed"), [(0, True), (10, True), (10.01, False), (-0.01, False)])
def test_a_handover_can_be_taken_back_for_ten_minutes(minutes: float, allowed: bool) -> None:
    assert may_undo(a_handover(*ALL_GIVEN), NOON + timedelta(minutes=minutes)) is allowed
