"""The grammar of the one box, by examples and by property."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.barcodes import gtin_check_digit
from app.domain.catalogue import Unit
from app.domain.money import Money
from app.domain.pickup_code import make_pickup_code, make_spoken_code
from app.ui.input_grammar import (
    MAX_TEXT,
    ActiveQuantity,
    Code,
    Nothing,
    OpenPrice,
    PickupCode,
    Quantity,
    SpokenCode,
    StockAction,
    StockInput,
    Text,
    WeightedSearch,
    parse_input,
    parse_measure,
    parse_stock_input,
    parse_thousandths,
    quantity_in_base_units,
)

GTIN = "3017620422003"


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("", Nothing()),
        ("   \t ", Nothing()),
        (GTIN, Code(GTIN)),
        ("012345678905", Code("0012345678905")),
        ("301 7620 422003", Code(GTIN)),
        ("3017620422004", Code("3017620422004")),
        (f"3*{GTIN}", Code(GTIN, 3000)),
        ("3,50", OpenPrice(Money(350))),
        ("3.5", OpenPrice(Money(350))),
        ("3,50+", OpenPrice(Money(350))),
        ("3,50 fromage", OpenPrice(Money(350), "fromage")),
        ("3,50 + brie de Meaux", OpenPrice(Money(350), "brie de Meaux")),
        ("3,50*2 fromage", OpenPrice(Money(350), "fromage", 2)),
        ("2*3,50 fromage", OpenPrice(Money(350), "fromage", 2)),
        ("5€", OpenPrice(Money(500))),
        ("5 € café", OpenPrice(Money(500), "café")),
        ("12+ bouquet", OpenPrice(Money(1200), "bouquet")),
        ("3*", Quantity(3000)),
        ("0,456*", Quantity(456)),
        ("*5", ActiveQuantity(5000)),
        ("0,456*tomate", WeightedSearch(456, "tomate")),
        ("3*brie", WeightedSearch(3000, "brie")),
        ("0*brie", Text("0*brie")),
        ("0,00", Text("0,00")),
        ("24", Text("24")),
        ("tomate 24", Text("tomate 24")),
        ("-3,50", Text("-3,50")),
        ("7 up", Text("7 up")),
        ("1,5 l eau", OpenPrice(Money(150), "l eau")),
        ("33*33*33", WeightedSearch(33000, "33*33")),
    ],
)
def test_what_a_text_means(text, meaning):
    assert parse_input(text) == meaning


@given(st.text(max_size=300))
def test_no_text_is_ever_too_much(text):
    parse_input(text)
    parse_stock_input(text)
    for unit in Unit:
        parse_measure(text, unit)


def test_a_pasted_page_is_not_read_to_its_end():
    meaning = parse_input("x" * 10_000)
    assert isinstance(meaning, Text)
    assert len(meaning.text) <= MAX_TEXT


@given(st.integers(1, 999_999_99))
def test_every_amount_with_cents_is_an_open_price(minor):
    assert parse_input(f"{minor // 100},{minor % 100:02d}") == OpenPrice(Money(minor))


@given(st.integers(0, 10**12 - 1))
def test_every_ean_is_a_code_whatever_its_digits(body):
    digits = f"{body:012d}"
    code = digits + str(gtin_check_digit(digits))
    assert parse_input(code) == Code(code)


@given(st.integers(0, 25**7 - 1), st.binary(min_size=32, max_size=32))
def test_every_pickup_code_is_one_even_in_lower_case_and_cut(number, key):
    code = make_pickup_code("7", key, "shop", f"{'2' * 7}")
    assert parse_input(code) == PickupCode(code)
    assert isinstance(parse_input(code.lower()), PickupCode)
    assert isinstance(parse_input(code[:12]), PickupCode)


@given(st.integers(0, 25**5 - 1))
def test_every_spoken_code_is_one(number):
    code = make_spoken_code(number)
    assert parse_input(code.lower()) == SpokenCode(code, code.lower())


@given(st.integers(1, 999), st.sampled_from(list(Unit)))
def test_whole_quantities_are_whole_priced_units(count, unit):
    assert quantity_in_base_units(count * 1000, unit) == count * unit.base_per_priced


def test_no_part_of_a_piece():
    assert quantity_in_base_units(1500, Unit.PIECE) is None
    assert quantity_in_base_units(500, Unit.HOUR) == 30


@pytest.mark.parametrize(
    ("text", "unit", "base_units"),
    [
        ("0,456", Unit.KG, 456),
        ("456", Unit.KG, 456),
        ("456 g", Unit.KG, 456),
        ("2 kg", Unit.KG, 2000),
        ("2,0", Unit.KG, 2000),
        ("2", Unit.KG, None),
        ("0", Unit.KG, None),
        ("0,000", Unit.KG, None),
        ("75cl", Unit.LITRE, 750),
        ("75cl", Unit.KG, None),
        ("1,5 h", Unit.HOUR, 90),
        ("45", Unit.HOUR, 45),
        ("3", Unit.PIECE, 3),
        ("1,5", Unit.PIECE, None),
        ("tomate", Unit.KG, None),
    ],
)
def test_what_is_read_off_a_scale(text, unit, base_units):
    assert parse_measure(text, unit) == base_units


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("24", StockInput(StockAction.GOODS_IN, 24_000)),
        ("+2,5", StockInput(StockAction.GOODS_IN, 2_500)),
        ("=0", StockInput(StockAction.COUNTED, 0)),
        ("= 18", StockInput(StockAction.COUNTED, 18_000)),
        ("-2", StockInput(StockAction.LOSS, 2_000)),
        ("-0", None),
        ("tomate", None),
        (GTIN, None),
    ],
)
def test_what_a_number_means_on_a_stock_card(text, meaning):
    assert parse_stock_input(text) == meaning


@given(st.text(max_size=8))
def test_thousandths_are_never_negative(text):
    value = parse_thousandths(text)
    assert value is None or value >= 0
