"""Preparing: what was found is kept and told; what has left or was cancelled is left alone."""

from __future__ import annotations

from dataclasses import replace

from app.domain.facts import FactKind
from app.domain.money import Money
from app.domain.order import LineOutcome, LineResult, Order, Preparation, as_ordered, weighed, without_goods
from app.usecases.find_order import HowFound
from app.usecases.hand_over_order import HandoverRequest, hand_over_order
from app.usecases.ports import Touched
from app.usecases.prepare_order import mark_ready, record_preparation
from tests.fakes.samples import an_order
from tests.fakes.shop import Shop
from tests.fakes.surroundings import NOON

COFFEES, TOMATOES = an_order().lines


def to_prepare(**other: object) -> Order:
    return an_order(prepaid=True, server_preparation=Preparation.TO_PREPARE, **other)  # type: ignore[arg-type]  # any


def test_line_by_line(shop: Shop) -> None:
    shop.has_order(to_prepare())
    order = record_preparation(shop.counter, "order-1", [weighed(TOMATOES, 1100)], "Léa")
    assert order == shop.order()
    assert shop.order().preparation is Preparation.IN_PREPARATION
    record_preparation(shop.counter, "order-1", [without_goods(COFFEES, LineOutcome.MISSING)], "Léa")
    record_preparation(shop.counter, "order-1", [weighed(TOMATOES, 1150)], "Léa")
    assert [result.quantity for result in shop.order().results] == [0, 1150]
    assert shop.order().to_refund == Money(998 + 24)
    assert shop.heard == [Touched(orders=True, outbox=True)] * 3
    facts = shop.facts()
    assert [(fact.kind, fact.subject) for fact in facts] == [(FactKind.ORDER_PREPARED, "order:order-1")] * 3
    assert [line["quantity"] for line in facts[2].payload["lines"]] == [1150]
    assert facts[2].payload["operator"] == "Léa"


def test_ready_needs_no_word_on_each_line(shop: Shop) -> None:
    shop.has_order(to_prepare())
    record_preparation(shop.counter, "order-1", [weighed(TOMATOES, 1100)], "Léa")
    order = mark_ready(shop.counter, "order-1", 2, "B3", "Léa")
    assert order == shop.order()
    assert shop.order().preparation is Preparation.READY
    assert (shop.order().facts.ready_at, shop.order().facts.bags, shop.order().facts.shelf) == (NOON, 2, "B3")
    fact = shop.facts()[-1]
    assert fact.kind is FactKind.ORDER_READY
    assert (fact.payload["bags"], fact.payload["shelf"]) == (2, "B3")
    assert [(line["line_no"], line["outcome"], line["quantity"]) for line in fact.payload["lines"]] == [
        (1, "given", 2),
        (2, "weighed", 1100),
    ]


def test_ready_again_changes_bags_and_shelf(shop: Shop) -> None:
    shop.has_order(to_prepare())
    mark_ready(shop.counter, "order-1", 2, "B3", "Léa")
    mark_ready(shop.counter, "order-1", 3, "B4", "Léa")
    assert (shop.order().facts.bags, shop.order().facts.shelf) == (3, "B4")


def test_unknown_orders_and_lines(shop: Shop) -> None:
    shop.has_order(to_prepare())
    assert record_preparation(shop.counter, "order-9", [as_ordered(COFFEES)], "Léa") is None
    assert mark_ready(shop.counter, "order-9", 1, "", "Léa") is None
    strange = LineResult(99, LineOutcome.GIVEN, 1, Money(1))
    assert record_preparation(shop.counter, "order-1", [strange], "Léa") == shop.order()
    assert shop.facts() == []
    assert shop.heard == []


def test_what_has_left_is_not_prepared_again(shop: Shop) -> None:
    shop.has_order(replace(to_prepare(), server_preparation=Preparation.READY))
    request = HandoverRequest("order-1", HowFound.SCAN, "Léa", (as_ordered(COFFEES),))
    hand_over_order(shop.counter, request)
    told = len(shop.facts())
    missing = without_goods(COFFEES, LineOutcome.MISSING)
    record_preparation(shop.counter, "order-1", [missing], "Léa")
    assert len(shop.facts()) == told
    record_preparation(shop.counter, "order-1", [missing, weighed(TOMATOES, 1100)], "Léa")
    assert [line["line_no"] for line in shop.facts()[-1].payload["lines"]] == [2]
    hand_over_order(shop.counter, replace(request, results=()))
    told = len(shop.facts())
    assert record_preparation(shop.counter, "order-1", [weighed(TOMATOES, 900)], "Léa") == shop.order()
    assert mark_ready(shop.counter, "order-1", 1, "", "Léa") == shop.order()
    assert len(shop.facts()) == told


def test_a_cancelled_order_is_not_prepared(shop: Shop) -> None:
    shop.has_order(to_prepare(cancelled_at=NOON))
    record_preparation(shop.counter, "order-1", [as_ordered(COFFEES)], "Léa")
    mark_ready(shop.counter, "order-1", 1, "", "Léa")
    assert shop.order().preparation is Preparation.TO_PREPARE
    assert shop.facts() == []
