"""Handing over by scan (flow 4.1) in the whole window on its own database: what it asks of a person, counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt

from app.domain.order import HandoverState, LineOutcome, VerdictKind
from app.ui.messages import clock_time
from app.ui.screen import PLACES, PlaceName
from app.ui.style.look import Look
from tests.fakes.samples import an_order, pickup_code_of
from tests.fakes.surroundings import NOON
from tests.journeys.counted_till import (
    CASHIER_PIN,
    COFFEE,
    MANAGER_PIN,
    SOAP,
    CountedTill,
    Effort,
    counted_till,
    paid_order,
)

KEY = Qt.Key
PAID, TO_PAY = paid_order("order-2", "Laurence Delattre", 2, spoken_code="22RPSY"), an_order()
OTHER = paid_order("order-3", "Ahmed Benali", 3)
Open = Callable[..., CountedTill]


@pytest.fixture
def look(qapp) -> Look:
    made = Look("light")
    made.apply(qapp)
    return made


@pytest.fixture
def open_till(tmp_path, look) -> Iterator[Open]:
    with ExitStack() as stack:
        yield lambda *orders, **other: stack.enter_context(counted_till(tmp_path, look, orders, **other))


def handed_over(till: CountedTill) -> int:
    [(count,)] = till.rows("SELECT count(*) FROM handover WHERE undone_at IS NULL")
    assert isinstance(count, int)
    return count


def test_paid_and_complete_is_one_scan_and_one_key(open_till: Open) -> None:
    till = open_till(PAID)
    till.start_counting()
    till.scan(pickup_code_of(PAID))
    assert till.card.verdict.kind is VerdictKind.READY
    assert till.sounds[-1] == "ready"
    till.enter()
    assert till.effort == Effort(keys=1, scans=1)
    assert till.card.just_handed_over
    assert handed_over(till) == 1


def is_in_view(till: CountedTill) -> bool:
    """Nothing lies over the verdict: what a person would touch in the middle of its banner is the banner."""
    banner = till.pickup.card.banner
    at = banner.mapTo(till.window, banner.rect().center())
    touched = till.window.childAt(at)
    return touched is not None and (touched is banner or banner.isAncestorOf(touched))


def test_one_line_missing_is_two_keys_more(open_till: Open) -> None:
    till = open_till(PAID)
    till.start_counting()
    till.scan(pickup_code_of(PAID))
    till.press("1", "m")
    till.enter()
    assert till.effort == Effort(keys=1 + 2, scans=1)
    assert till.card.just_handed_over
    assert [each.outcome for each in till.card.results_to_show] == [LineOutcome.MISSING, LineOutcome.GIVEN]


def test_without_a_code_three_letters_and_enter_find_the_order(open_till: Open) -> None:
    till = open_till(PAID, OTHER)
    till.start_counting()
    till.press("del")
    till.enter()
    assert till.effort == Effort(keys=3 + 1)
    assert till.card.order_id == PAID.order_id
    till.enter()
    assert till.card.just_handed_over


@pytest.mark.parametrize("name", ["Petit", "Lebrun", "Benali", "Estienne", "Antoine"])
def test_the_next_customers_name_is_typed_over_a_card_that_is_done(open_till: Open, name: str) -> None:
    """Letters that are keys of a card type a name as soon as its goods have left."""
    after = paid_order("order-4", f"Zoé {name}", 4)
    till = open_till(PAID, after)
    till.scan(pickup_code_of(PAID))
    till.enter()
    till.start_counting()
    till.press(name[:3].lower())
    till.enter()
    assert till.effort == Effort(keys=3 + 1)
    assert till.card.order_id == after.order_id
    assert till.rows("SELECT count(*) FROM print_job") == [(0,)]


def test_the_six_characters_are_found_from_the_sale_too(open_till: Open) -> None:
    till = open_till(PAID)
    till.press(KEY.Key_F3)
    till.start_counting()
    till.press(PAID.spoken_code.lower())
    till.enter()
    assert till.effort == Effort(keys=6 + 1)
    assert till.card.order_id == PAID.order_id


def test_money_due_leads_to_the_payment_with_its_amount(open_till: Open) -> None:
    till = open_till(TO_PAY)
    till.start_counting()
    till.scan(pickup_code_of(TO_PAY))
    assert till.text("amount-due") == "15,74 €"
    till.enter()
    assert till.here is PlaceName.SALE
    assert till.basket.remainder == TO_PAY.total
    till.enter()
    assert till.effort == Effort(keys=2, scans=1)
    assert till.is_paid
    assert handed_over(till) == 1
    assert till.rows("SELECT count(*) FROM sale") == [(1,)]


def test_a_scan_replaces_what_is_shown_on_every_screen(open_till: Open) -> None:
    till = open_till(PAID, OTHER)
    orders = [PAID, OTHER]
    for number, place in enumerate(PLACES):
        order = orders[number % 2]
        till.window.go_to(place.name)
        till.settled()
        till.scan(pickup_code_of(order))
        assert till.card.order_id == order.order_id, place.name
        assert is_in_view(till), place.name


@pytest.mark.parametrize("width", [1024, 1366, 1920])
@pytest.mark.parametrize("sheet", [KEY.Key_F1, KEY.Key_F7])
def test_a_scan_is_seen_with_a_sheet_open(open_till: Open, sheet: Qt.Key, width: int) -> None:
    till = open_till(PAID)
    till.window.resize(width, 768)
    till.press(KEY.Key_F3, sheet)
    till.scan(pickup_code_of(PAID))
    assert till.card.order_id == PAID.order_id
    assert is_in_view(till)
    till.enter()
    assert till.card.just_handed_over


def test_the_slip_is_printed_afterwards_by_a_key_that_types_nothing(open_till: Open) -> None:
    till = open_till(PAID)
    till.scan(pickup_code_of(PAID))
    till.enter()
    till.start_counting()
    till.control("P")
    assert till.effort == Effort(keys=1)
    assert till.rows("SELECT kind FROM print_job") == [("handover_slip",)]


def test_a_scan_replaces_an_older_card_whatever_was_asked_on_it(open_till: Open) -> None:
    till = open_till(PAID, OTHER)
    for keys in ((), ("1",), ("1", "k"), ("1", "r", "sav")):
        till.scan(pickup_code_of(PAID))
        till.press(*keys)
        till.scan(pickup_code_of(OTHER))
        assert till.card.order_id == OTHER.order_id, keys
        assert not till.card.draft
    till.enter()
    assert till.card.just_handed_over
    assert till.rows("SELECT order_id FROM handover") == [(OTHER.order_id,)]


@pytest.mark.parametrize("keys", [(), (KEY.Key_Return,)], ids=["selling", "paying"])
def test_the_basket_under_way_parks_itself_and_comes_back_by_one_key(open_till: Open, keys) -> None:
    till = open_till(PAID)
    till.press(KEY.Key_F3)
    till.scan(COFFEE.codes[0])
    till.scan(SOAP.codes[0])
    till.press(*keys)
    till.start_counting()
    till.scan(pickup_code_of(PAID))
    till.enter()
    assert till.effort == Effort(keys=1, scans=1)
    assert till.card.just_handed_over
    assert till.rows("SELECT count(*) FROM parked_basket") == [(1,)]
    till.press(KEY.Key_F5)
    assert till.here is PlaceName.SALE
    assert [line.label for line in till.basket.basket.lines] == [COFFEE.name, SOAP.name]
    assert till.rows("SELECT count(*) FROM parked_basket") == [(0,)]


def test_the_basket_comes_back_by_one_key_after_an_order_that_was_paid_here(open_till: Open) -> None:
    till = open_till(TO_PAY)
    till.press(KEY.Key_F3)
    till.scan(COFFEE.codes[0])
    till.scan(pickup_code_of(TO_PAY))
    till.enter()
    till.enter()
    assert till.is_paid
    till.press(KEY.Key_F5)
    assert [line.label for line in till.basket.basket.lines] == [COFFEE.name]


def test_handed_over_before_says_when_where_and_by_whom_and_is_not_given_twice(open_till: Open) -> None:
    till = open_till(PAID)
    till.scan(pickup_code_of(PAID))
    till.enter()
    till.start_counting()
    till.scan(pickup_code_of(PAID))
    assert till.card.verdict.kind is VerdictKind.ALREADY_HANDED_OVER
    assert till.sounds[-1] == "already"
    order = till.card.verdict.order
    assert order is not None
    [handover] = order.facts.handovers
    said = till.pickup.card.banner.sentence
    assert clock_time(handover.handed_over_at) in said
    assert "Léa" in said
    assert "Caisse A" in said
    till.press(KEY.Key_Return, "a", KEY.Key_Return)
    assert handed_over(till) == 1


def test_handed_over_elsewhere_is_overridden_by_a_reason_and_a_managers_pin(open_till: Open) -> None:
    at = NOON - timedelta(hours=1)
    elsewhere = replace(PAID, server_handover=HandoverState.HANDED_OVER, handed_over_at=at, handed_over_by="Caisse B")
    till = open_till(elsewhere, staffed=True)
    till.press(CASHIER_PIN, KEY.Key_Return)
    till.until(lambda: not till.window.covered, "Sami at the till")
    till.scan(pickup_code_of(elsewhere))
    assert till.card.verdict.kind is VerdictKind.ALREADY_HANDED_OVER
    assert "Caisse B" in till.pickup.card.banner.sentence
    till.enter()
    assert handed_over(till) == 0
    till.start_counting()
    till.press("a", "erreur", KEY.Key_Return)
    assert till.window.covered
    till.press(MANAGER_PIN, KEY.Key_Return)
    till.until(lambda: not till.window.covered and till.card.just_handed_over, "the goods to leave")
    assert till.effort == Effort(keys=1 + len("erreur") + 1 + len(MANAGER_PIN) + 1)
    assert till.rows("SELECT override_reason FROM handover") == [("erreur",)]


def test_one_key_takes_a_handover_back_and_erases_nothing(open_till: Open) -> None:
    till = open_till(PAID)
    stock = "SELECT coalesce(sum(quantity), 0) FROM stock_movement WHERE product_id = 'p-coffee'"
    before = till.rows(stock)
    till.scan(pickup_code_of(PAID))
    till.enter()
    assert till.rows(stock) != before
    till.start_counting()
    till.control("Z")
    assert till.effort == Effort(keys=1)
    assert till.rows(stock) == before
    assert till.card.verdict.kind is VerdictKind.READY
    assert till.rows("SELECT count(*), count(undone_at) FROM handover") == [(1, 1)]
    till.enter()
    assert till.card.just_handed_over, "and it can be handed over anew"
