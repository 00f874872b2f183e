"""Products, codes, prices of quantities, levels, and the form names are searched in."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.barcodes import gtin_check_digit, is_gtin, normalise_code
from app.domain.catalogue import DEFAULT_LOCATION, MovementReason, StockMovement, Unit, fold_text, level_of, price_of
from app.domain.money import Money
from tests.fakes.surroundings import NOON


@pytest.mark.parametrize(
    ("unit_price", "quantity", "unit", "minor"),
    [
        (712, 1200, Unit.KG, 854),
        (480, 456, Unit.KG, 219),
        (499, 3, Unit.PIECE, 1497),
        (199, 750, Unit.LITRE, 149),
        (3000, 50, Unit.HOUR, 2500),
        (1, 500, Unit.KG, 1),
        (1, 499, Unit.KG, 0),
    ],
)
def test_prices_of_quantities(unit_price: int, quantity: int, unit: Unit, minor: int) -> None:
    assert price_of(Money(unit_price), quantity, unit) == Money(minor)
    assert price_of(Money(unit_price), -quantity, unit) == Money(-minor)


@given(st.text("0123456789", min_size=7, max_size=13).filter(lambda t: len(t) in (7, 11, 12, 13)))
def test_a_gtin_has_one_right_check_digit(body: str) -> None:
    right = str(gtin_check_digit(body))
    assert [digit for digit in "0123456789" if is_gtin(body + digit)] == [right]


@pytest.mark.parametrize(
    ("code", "stored"),
    [
        ("3017620422003", "3017620422003"),
        ("036000291452", "0036000291452"),
        ("03017620422003", "3017620422003"),
        (" 96385074 ", "96385074"),
        ("ABC-12", "ABC-12"),
        ("3017620422004", "3017620422004"),
    ],
)
def test_codes_have_one_stored_form(code: str, stored: str) -> None:
    assert normalise_code(code) == stored
    assert normalise_code(stored) == stored


@pytest.mark.parametrize("text", ["", "²³⁴⁵⁶⁷⁸⁹", "٣٠١٧٦٢٠٤٢٢٠٠٣", "301762042200X", "1" * 10_000])
def test_strange_texts_are_no_gtin(text: str) -> None:
    assert not is_gtin(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Café", "cafe"),
        ("Œufs de l’Étang", "oeufs de l etang"),
        ("  Crème   BRÛLÉE ", "creme brulee"),
        ("Straße 1½", "strasse 11 2"),
        ("Bœuf/carottes", "boeuf carottes"),
        ("ŒUF", "oeuf"),
        ("", ""),
    ],
)
def test_names_are_folded(text: str, folded: str) -> None:
    assert fold_text(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold_text(fold_text(text)) == fold_text(text)


def a_movement(movement_id: str, quantity: int) -> StockMovement:
    return StockMovement(movement_id, "p", DEFAULT_LOCATION, quantity, MovementReason.CORRECTION, NOON, "till-a")


@given(st.dictionaries(st.text(max_size=3), st.integers(-1000, 1000)), st.randoms())
def test_a_level_counts_each_movement_once_in_any_order(quantities: dict[str, int], chance) -> None:
    movements = [a_movement(key, quantity) for key, quantity in quantities.items()]
    again = movements + [replace(movement) for movement in movements]
    chance.shuffle(again)
    assert level_of(again) == sum(quantities.values())
