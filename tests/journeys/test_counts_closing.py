"""Closing the day (flow 4.4) in the whole window on its own database: what it asks beside the counts, counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from PySide6.QtCore import Qt

from app.ui.closing.state import PLACE_OF_WAIT, Step, Wait
from app.ui.screen import PlaceName
from app.ui.style.look import Look
from tests.fakes.samples import COFFEE, pickup_code_of
from tests.journeys.counted_till import SOAP, CountedTill, Effort, counted_till, paid_order

KEY = Qt.Key
READY = paid_order("order-2", "Laurence Delattre", 2)


@pytest.fixture
def look(qapp) -> Look:
    made = Look("light")
    made.apply(qapp)
    return made


@pytest.fixture
def till(tmp_path, look) -> Iterator[CountedTill]:
    """A day with one ticket in cash (4,99) and one by card (4,99)."""
    with counted_till(tmp_path, look, [READY]) as made:
        made.press(KEY.Key_F3)
        made.scan(COFFEE.codes[0])
        made.enter()
        made.enter()
        made.scan(SOAP.codes[0])
        made.enter()
        made.press("c", KEY.Key_Return)
        assert made.is_paid
        made.start_counting()
        yield made


def count(till: CountedTill, pieces: Mapping[int, int]) -> int:
    """Type a count as a person does: figures, Tab from row to row; how many keys that took."""
    before = till.effort.keys
    fields = till.closing.grid.fields
    for field in fields:
        if field.value_minor in pieces:
            till.press(str(pieces[field.value_minor]))
        if field is not fields[-1]:
            till.press(KEY.Key_Tab)
    return till.effort.keys - before


def closures(till: CountedTill) -> list[tuple[object, ...]]:
    return till.rows("SELECT kind FROM closure")


def step(till: CountedTill) -> Step:
    return till.closing.presenter.state.step


def test_beside_the_counts_the_day_is_closed_by_three_keys(till: CountedTill) -> None:
    till.press(KEY.Key_F10)
    counted = count(till, {200: 2, 50: 1, 20: 2, 5: 1, 2: 2})
    till.enter()
    assert till.closing.check_page.banner.word == "Le compte est juste"
    till.enter()
    assert till.effort == Effort(keys=counted + 3)
    assert step(till) is Step.DONE
    assert closures(till) == [("day",)]


def test_a_gap_is_explained_and_the_cause_is_its_reason_by_one_key_more(till: CountedTill) -> None:
    """The ticket by card was paid in cash: the drawer holds 4,99 too much."""
    till.press(KEY.Key_F10)
    counted = count(till, {200: 4, 100: 1, 50: 1, 20: 2, 5: 1, 2: 1, 1: 1})
    till.enter()
    checked = till.closing.presenter.state.checked
    assert checked is not None
    assert checked.difference.minor == 499
    assert 1 <= len(checked.causes) <= 3
    till.press("1")
    till.enter()
    assert till.effort == Effort(keys=counted + 3 + 1)
    assert step(till) is Step.DONE


def test_what_waits_is_a_list_with_a_key_each_and_blocks_nothing(till: CountedTill) -> None:
    till.scan(COFFEE.codes[0])
    till.press(KEY.Key_F5, KEY.Key_F10)
    waits = till.closing.presenter.state.picture.waits
    assert waits[Wait.PARKED] == 1
    assert waits[Wait.UNCOLLECTED] == 1
    assert waits[Wait.TO_SEND] > 0
    for letter, wait in (("p", Wait.PARKED), ("r", Wait.UNCOLLECTED), ("e", Wait.TO_SEND)):
        till.press(letter)
        assert till.here is PLACE_OF_WAIT[wait], wait
        till.press(KEY.Key_F10)
    till.start_counting()
    counted = count(till, {200: 2, 50: 1, 20: 2, 5: 1, 2: 2})
    till.enter()
    till.enter()
    assert till.effort == Effort(keys=counted + 2), "F10 was the third"
    assert step(till) is Step.DONE
    assert till.rows("SELECT count(*) FROM parked_basket") == [(1,)]


def test_a_scan_while_counting_leads_to_the_order_and_the_count_stays(till: CountedTill) -> None:
    till.press(KEY.Key_F10)
    till.press("2")
    before = till.closing.grid.count.total
    till.scan(pickup_code_of(READY))
    assert till.here is PlaceName.PICKUP
    till.enter()
    till.press(KEY.Key_F10)
    assert till.closing.grid.count.total == before


def test_closed_the_counter_is_one_key_from_the_next_sale(till: CountedTill) -> None:
    till.press(KEY.Key_F10)
    count(till, {200: 2, 50: 1, 20: 2, 5: 1, 2: 2})
    till.enter()
    till.enter()
    till.start_counting()
    till.enter()
    assert till.effort == Effort(keys=1)
    assert till.here is PlaceName.SALE
