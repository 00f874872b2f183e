"""Codes made for marketplaces that give none, operation ids, levels and movements, and writing once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.pickup_code import make_pickup_code as sealed
from app.domain.pickup_code import parse_pickup_code, parse_spoken_code
from app.sync.connectors.codes import Operation, order_codes, read_operation
from app.sync.connectors.levels import difference, left_to_write, moved_units
from app.sync.connectors.writing import write_once
from app.usecases.ports import MarketplaceRefused, MarketplaceUnreachable

KEY = bytes(range(32))
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def test_codes_are_the_same_on_every_till_and_differ_between_orders_and_shops() -> None:
    one = order_codes({"7": KEY}, "shop", "vendure:1")
    assert one == order_codes({"7": KEY, "8": b"newer" * 8}, "shop", "vendure:1")
    others = [order_codes({"7": KEY}, "shop", "vendure:2"), order_codes({"7": KEY}, "other", "vendure:1")]
    assert len({each.reference for each in (one, *others)}) == 3
    assert len({each.spoken_code for each in (one, *others)}) == 3


@given(st.text(min_size=1, max_size=40))
def test_codes_can_be_shown_and_said(order_id: str) -> None:
    codes = order_codes({"7": KEY}, "shop", order_id)
    assert parse_spoken_code(codes.spoken_code) == codes.spoken_code
    pickup = parse_pickup_code(sealed("7", KEY, "shop", codes.reference))
    assert pickup is not None
    assert pickup.reference == codes.reference


def test_without_a_key_there_is_no_code() -> None:
    with pytest.raises(MarketplaceRefused):
        order_codes({}, "shop", "vendure:1")


@pytest.mark.parametrize("operation", [Operation("A", "01a1-fact"), Operation("AB", "f", "rest")])
def test_an_operation_is_known_again(operation: Operation) -> None:
    assert read_operation(str(operation)) == operation


@pytest.mark.parametrize("text", ["", "T1", "cmp1", "cmp1/A", "cmp1/a/f", "cmp1/A/f/rest/more", "xcmp1/A/f", "1Z999"])
def test_what_no_till_wrote_is_no_operation(text: str) -> None:
    assert read_operation(text) is None


def test_units_of_a_fact() -> None:
    movements = [
        {"product_id": "a", "quantity": -2},
        {"product_id": "a", "quantity": -1},
        {"product_id": "b", "quantity": 1},
        {"product_id": "b", "quantity": -1},
    ]
    assert moved_units(movements) == {"a": -3}


def test_what_is_left_to_write_beside_the_fulfilments() -> None:
    assert left_to_write({"a": -2, "c": -1}, {"a": -2, "b": -1}) == {"b": 1, "c": -1}


@given(st.integers(-1000, 1000), st.integers(-1000, 1000))
def test_a_difference_brings_one_level_to_the_other(here: int, there: int) -> None:
    movement = difference("shop", "p", here, there, "{}", NOW, opening=False)
    assert here + (movement.quantity if movement else 0) == there


def test_the_same_difference_found_again_counts_once_and_another_does_not() -> None:
    found = [
        difference("shop", "p", 5, there, cursor, NOW, opening=False)
        for there, cursor in ((3, "1"), (3, "1"), (3, "2"), (4, "1"))
    ]
    ids = [movement.movement_id for movement in found if movement]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3


# --- writing once ---


class Place:
    """Where something is written; `outcomes` of each try: it is kept, and the answer comes."""

    def __init__(self, *outcomes: tuple[bool, bool]) -> None:
        self.kept = 0
        self._outcomes = list(outcomes)

    def look(self) -> str | None:
        return "there" if self.kept else None

    def write(self) -> None:
        keeps, answers = self._outcomes.pop(0)
        self.kept += keeps
        if not answers:
            raise MarketplaceUnreachable("timeout")


def test_what_is_there_is_not_written_again() -> None:
    place = Place((True, True))
    assert [write_once(place.look, place.write) for _ in range(3)] == ["there"] * 3
    assert place.kept == 1


def test_a_lost_answer_is_followed_by_a_look() -> None:
    place = Place((True, False))
    assert write_once(place.look, place.write) == "there"


def test_what_was_not_done_is_not_said_to_be() -> None:
    place = Place((False, False), (True, True))
    with pytest.raises(MarketplaceUnreachable):
        write_once(place.look, place.write)
    assert write_once(place.look, place.write) == "there"
    assert place.kept == 1


def test_an_answer_for_nothing_is_not_believed() -> None:
    place = Place((False, True))
    with pytest.raises(MarketplaceUnreachable):
        write_once(place.look, place.write)
