"""Handing over: judged inside the transaction, goods leave once, what is due is paid first, everything is recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.domain.catalogue import MovementReason, Product
from app.domain.facts import FactKind
from app.domain.fiscal import EventCode
from app.domain.lease import Lease
from app.domain.money import Money
from app.domain.order import (
    HandoverState,
    LineOutcome,
    Order,
    Preparation,
    VerdictKind,
    as_ordered,
    replaced,
    weighed,
    without_goods,
)
from app.domain.receipt import HandoverSlip
from app.usecases.find_order import HowFound
from app.usecases.hand_over_order import HandoverDone, HandoverRefused, HandoverRequest, hand_over_order
from app.usecases.ports import StoreUnavailable, Touched
from app.usecases.sell_at_counter import SaleRefusal
from tests.fakes.counter_acts import articles, events, not_sold, sell
from tests.fakes.memory_store import MemoryStore
from tests.fakes.samples import COFFEE, TOMATO, WINE, an_order, an_order_line
from tests.fakes.shop import Shop
from tests.fakes.surroundings import NOON, HandSetClock

ORDER = an_order(prepaid=True)
COFFEES, TOMATOES = ORDER.lines


def a_request(order_id: str = "order-1", **other: Any) -> HandoverRequest:
    return HandoverRequest(order_id, HowFound.SCAN, "Léa", **other)


def test_a_paid_order_leaves_whole(shop: Shop) -> None:
    shop.has_order(ORDER)
    shop.has_stock(COFFEE, 10)
    done = hand_over_order(shop.counter, a_request(handed_to="Paul Dubois"))
    assert isinstance(done, HandoverDone)
    assert done.verdict is VerdictKind.READY
    assert done.order == shop.order()
    assert shop.order().handover is HandoverState.HANDED_OVER
    (past,) = shop.order().facts.handovers
    assert (past.handover_id, past.operator, past.till_name, past.how) == (done.handover_id, "Léa", "Caisse A", "scan")
    assert (past.handed_to, past.handed_over_at, past.sale_id) == ("Paul Dubois", NOON, "")
    assert (shop.level(COFFEE), shop.level(TOMATO)) == (8, -1200)


def test_the_marketplace_is_told_what_left_but_not_who_came(shop: Shop) -> None:
    shop.has_order(ORDER)
    done = hand_over_order(shop.counter, a_request(handed_to="Paul Dubois"))
    assert isinstance(done, HandoverDone)
    (fact,) = shop.facts()
    assert (fact.kind, fact.subject, fact.till_seq) == (FactKind.ORDER_HANDED_OVER, "order:order-1", 1)
    assert fact.happened_at == NOON
    payload = fact.payload
    assert payload["handover_id"] == done.handover_id
    assert (payload["complete"], payload["how"], payload["verdict"]) == (True, "scan", "ready")
    assert [line["outcome"] for line in payload["lines"]] == ["given", "given"]
    assert [(m["product_id"], m["quantity"]) for m in payload["movements"]] == [("p-coffee", -2), ("p-tomato", -1200)]
    assert "Dubois" not in repr(payload)


def test_screens_hear_of_it_after_the_commit_only(shop: Shop) -> None:
    shop.has_order(ORDER)
    hand_over_order(shop.counter, a_request())
    assert shop.heard == [Touched(orders=True, stock=True, outbox=True)]
    hand_over_order(shop.counter, a_request())
    assert len(shop.heard) == 1


def test_handing_over_twice_is_refused_with_when_and_by_whom(shop: Shop) -> None:
    shop.has_order(ORDER)
    hand_over_order(shop.counter, a_request())
    before = shop.everything()
    shop.clock.go_on(minutes=3)
    again = hand_over_order(shop.counter, a_request(override_reason="le client insiste"))
    assert isinstance(again, HandoverRefused)
    assert again.verdict.kind is VerdictKind.ALREADY_HANDED_OVER
    assert (again.verdict.handed_over_at, again.verdict.handed_over_by) == (NOON, "Léa, Caisse A")
    assert shop.everything() == before


def not_ready(order: Order) -> Order:
    return replace(order, server_preparation=Preparation.TO_PREPARE)


def cancelled(order: Order) -> Order:
    return replace(order, cancelled_at=NOON)


def expired(order: Order) -> Order:
    return replace(order, keep_until=NOON - timedelta(days=1))


def lease_elsewhere(order: Order) -> Order:
    return replace(order, lease=Lease("till-b", NOON + timedelta(days=1)))


def given_elsewhere(order: Order) -> Order:
    return replace(order, server_handover=HandoverState.HANDED_OVER, handed_over_at=NOON, handed_over_by="Caisse B")


OVERRIDDEN = {
    VerdictKind.NOT_READY: not_ready,
    VerdictKind.CANCELLED: cancelled,
    VerdictKind.EXPIRED: expired,
    VerdictKind.CANNOT_TELL: lease_elsewhere,
    VerdictKind.ALREADY_HANDED_OVER: given_elsewhere,
}


@pytest.mark.parametrize("kind", OVERRIDDEN)
def test_a_verdict_against_it_needs_a_recorded_reason(shop: Shop, kind: VerdictKind) -> None:
    make: Callable[[Order], Order] = OVERRIDDEN[kind]
    shop.has_order(make(ORDER))
    before = shop.everything()
    for reason in ("", "   "):
        refused = hand_over_order(shop.counter, a_request(override_reason=reason))
        assert isinstance(refused, HandoverRefused)
        assert refused.verdict.kind is kind
    assert shop.everything() == before
    done = hand_over_order(shop.counter, a_request(override_reason=" vu avec la gérante "))
    assert isinstance(done, HandoverDone)
    assert done.verdict is kind
    payload = shop.facts()[0].payload
    assert (payload["verdict"], payload["override_reason"]) == (kind.value, "vu avec la gérante")
    assert events(shop, EventCode.HANDOVER_OVERRIDDEN) == [
        {"operator": "Léa", "order": "order-1", "verdict": kind.value, "due": 0}
    ]
    assert shop.order().handover is HandoverState.HANDED_OVER


def test_an_override_happens_once(shop: Shop) -> None:
    shop.has_order(lease_elsewhere(ORDER))
    hand_over_order(shop.counter, a_request(override_reason="pas de réseau"))
    again = hand_over_order(shop.counter, a_request(override_reason="pas de réseau"))
    assert isinstance(again, HandoverRefused)
    assert len(shop.facts()) == 1


def test_an_unknown_order_is_not_here_yet(shop: Shop) -> None:
    refused = hand_over_order(shop.counter, a_request("order-9", override_reason="je la veux"))
    assert isinstance(refused, HandoverRefused)
    assert refused.verdict.kind is VerdictKind.NOT_HERE_YET


def test_what_is_due_is_paid_first_or_left_with_a_reason(shop: Shop) -> None:
    shop.has_order(an_order())
    before = shop.everything()
    refused = hand_over_order(shop.counter, a_request())
    assert isinstance(refused, HandoverRefused)
    assert (refused.verdict.kind, refused.amount_due) == (VerdictKind.READY, Money(1574))
    assert shop.everything() == before
    done = hand_over_order(shop.counter, a_request(override_reason="paiera demain, cliente connue"))
    assert isinstance(done, HandoverDone)
    assert shop.facts()[0].payload["override_reason"] == "paiera demain, cliente connue"
    (noted,) = events(shop, EventCode.HANDOVER_OVERRIDDEN)
    assert (noted["verdict"], noted["due"]) == ("ready", 1574)
    assert "connue" not in str(noted)
    assert shop.order().amount_due == Money(1574)


TEA = Product("p-tea", "Thé", Money(400), 550)


@pytest.mark.parametrize(
    ("results", "moved", "refund"),
    [
        ((weighed(TOMATOES, 1100), as_ordered(COFFEES)), {"p-coffee": -2, "p-tomato": -1100}, 48),
        ((without_goods(COFFEES, LineOutcome.MISSING), as_ordered(TOMATOES)), {"p-tomato": -1200}, 998),
        ((without_goods(TOMATOES, LineOutcome.REFUSED), as_ordered(COFFEES)), {"p-coffee": -2}, 576),
        (
            (replaced(COFFEES, "p-tea", "Thé", 3, Money(900)), as_ordered(TOMATOES)),
            {"p-tea": -3, "p-tomato": -1200},
            98,
        ),
        (tuple(without_goods(line, LineOutcome.REFUSED) for line in ORDER.lines), {}, 1574),
    ],
    ids=["lighter", "missing", "refused", "replaced", "all refused"],
)
def test_lines_leave_as_they_turned_out(shop: Shop, results, moved: dict[str, int], refund: int) -> None:
    shop.has_products(TEA)
    shop.has_order(ORDER)
    done = hand_over_order(shop.counter, a_request(results=results))
    assert isinstance(done, HandoverDone)
    payload = shop.facts()[0].payload
    assert {m["product_id"]: m["quantity"] for m in payload["movements"]} == moved
    assert (payload["complete"], payload["to_refund_minor"]) == (True, refund)
    assert done.order.to_refund == Money(refund)


def test_a_heavier_weight_is_due_first(shop: Shop) -> None:
    shop.has_order(ORDER)
    refused = hand_over_order(shop.counter, a_request(results=(as_ordered(COFFEES), weighed(TOMATOES, 1300))))
    assert isinstance(refused, HandoverRefused)
    assert refused.amount_due == Money(48)


def test_part_now_and_the_rest_later(shop: Shop) -> None:
    shop.has_order(ORDER)
    first = hand_over_order(shop.counter, a_request(results=(as_ordered(COFFEES),)))
    assert isinstance(first, HandoverDone)
    assert first.order == shop.order()
    assert shop.order().handover is HandoverState.PARTLY
    assert (shop.level(COFFEE), shop.level(TOMATO)) == (-2, 0)
    shop.clock.go_on(days=1)
    rest = hand_over_order(shop.counter, a_request())
    assert isinstance(rest, HandoverDone)
    assert rest.order == shop.order()
    assert shop.order().handover is HandoverState.HANDED_OVER
    assert (shop.level(COFFEE), shop.level(TOMATO)) == (-2, -1200)
    assert [fact.payload["complete"] for fact in shop.facts()] == [False, True]
    assert [len(fact.payload["movements"]) for fact in shop.facts()] == [1, 1]


def test_putting_everything_off_is_no_handover(shop: Shop) -> None:
    shop.has_order(ORDER)
    before = shop.everything()
    later = tuple(without_goods(line, LineOutcome.TO_FOLLOW) for line in ORDER.lines)
    refused = hand_over_order(shop.counter, a_request(results=later))
    assert isinstance(refused, HandoverRefused)
    assert refused.nothing_leaves
    assert shop.everything() == before


def test_services_move_no_stock_and_unknown_articles_do(shop: Shop) -> None:
    lines = (
        replace(COFFEES, product_id="p-hemming"),
        replace(TOMATOES, product_id="p-never-heard-of"),
    )
    shop.has_order(an_order(prepaid=True, lines=lines))
    hand_over_order(shop.counter, a_request())
    assert [m["product_id"] for m in shop.facts()[0].payload["movements"]] == ["p-never-heard-of"]


def test_the_movements_name_the_handover(shop: Shop) -> None:
    shop.has_order(ORDER)
    done = hand_over_order(shop.counter, a_request())
    assert isinstance(done, HandoverDone)
    card = shop.queries.stock_card("p-coffee")
    assert card is not None
    (movement,) = card.movements
    assert (movement.reason, movement.source_id, movement.till_id, movement.operator) == (
        MovementReason.HANDOVER,
        done.handover_id,
        "till-a",
        "Léa",
    )


def test_a_slip_is_printed_when_asked_for(shop: Shop) -> None:
    shop.has_order(ORDER)
    hand_over_order(shop.counter, a_request(print_slip=True))
    assert shop.heard[-1].print_queue
    (row,) = shop.queries.print_jobs()
    job = shop.queries.print_job(row.job_id)
    assert job is not None
    assert isinstance(job.document, HandoverSlip)
    assert job.document.handover.results == (as_ordered(COFFEES), as_ordered(TOMATOES))
    assert (job.document.copy_no, job.title) == (0, "1042")


def test_a_newer_copy_from_the_server_never_undoes_a_handover(shop: Shop) -> None:
    shop.has_order(ORDER)
    hand_over_order(shop.counter, a_request())
    shop.has_order(replace(ORDER, version=2, note="sonnez"))
    assert shop.order().order.note == "sonnez"
    assert shop.order().handover is HandoverState.HANDED_OVER


def test_a_full_disk_leaves_the_goods_here() -> None:
    shop = Shop(MemoryStore(), HandSetClock())
    shop.has_order(ORDER)
    before = shop.everything()
    shop.store.fail_commit_with = StoreUnavailable("disk_full")
    with pytest.raises(StoreUnavailable):
        hand_over_order(shop.counter, a_request())
    assert shop.everything() == before
    assert shop.heard == []


# --- proof of majority (R32) ---


def test_r32_an_order_with_alcohol_leaves_once_the_age_was_checked(shop: Shop) -> None:
    lines = (an_order_line(1, COFFEE, 1), an_order_line(2, WINE, 1))
    shop.has_order(an_order(prepaid=True, lines=lines))
    outcome = hand_over_order(shop.counter, a_request())
    assert isinstance(outcome, HandoverRefused)
    assert (outcome.age_limit, shop.facts(), events(shop, EventCode.AGE_CONFIRMED)) == (18, [], [])
    assert isinstance(hand_over_order(shop.counter, a_request(age_confirmed_by="Léa")), HandoverDone)
    assert events(shop, EventCode.AGE_CONFIRMED) == [{"operator": "Léa", "order": "order-1", "age": 18, "by": "Léa"}]


def test_r32_nothing_is_asked_for_what_does_not_leave(shop: Shop) -> None:
    lines = (an_order_line(1, COFFEE, 1), an_order_line(2, WINE, 1))
    shop.has_order(an_order(prepaid=True, lines=lines))
    results = (as_ordered(lines[0]), without_goods(lines[1], LineOutcome.REFUSED))
    assert isinstance(hand_over_order(shop.counter, a_request(results=results)), HandoverDone)


def test_r32_extras_bought_with_an_order_of_alcohol_need_the_answer_too(shop: Shop) -> None:
    shop.has_order(an_order(prepaid=True, lines=(an_order_line(1, WINE, 1),)))
    basket = articles(shop, (COFFEE, 1), order_id="order-1")
    outcome = not_sold(shop, basket, handover=a_request(), age_confirmed_by="")
    assert outcome.reason is SaleRefusal.AGE_NOT_CONFIRMED
    sell(shop, basket, handover=a_request(), age_confirmed_by="Léa")
