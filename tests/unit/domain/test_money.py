"""Money: rounding, splitting, VAT, and reading what people write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import BrokenInvariant
from app.domain.money import (
    MAX_AMOUNT_MINOR,
    VAT_RATES_BP,
    ZERO,
    Money,
    allocate,
    divide_half_up,
    net_of_vat,
    parse_amount,
    total_of,
)

amounts = st.integers(-(10**10), 10**10).map(Money)
rates = st.sampled_from(VAT_RATES_BP)


@given(amounts, st.lists(st.integers(0, 10**7), min_size=1, max_size=30))
def test_parts_add_up_and_are_fair(amount: Money, weights: list[int]) -> None:
    parts = allocate(amount, weights)
    assert total_of(parts) == amount
    if sum(weights):
        for part, weight in zip(parts, weights, strict=True):
            assert abs(part.minor * sum(weights) - amount.minor * weight) < sum(weights)
            assert weight or part == ZERO


@given(amounts, st.lists(st.integers(0, 10**7), min_size=1, max_size=30))
def test_the_parts_of_a_return_mirror_those_of_the_sale(amount: Money, weights: list[int]) -> None:
    assert allocate(-amount, weights) == [-part for part in allocate(amount, weights)]


@pytest.mark.parametrize("weights", [[], [1, -1]])
def test_nobody_to_share_with_is_a_bug(weights: list[int]) -> None:
    with pytest.raises(BrokenInvariant):
        allocate(Money(1), weights)


@given(amounts, rates)
def test_base_and_vat_make_the_price_and_a_return_is_the_mirror(gross: Money, rate_bp: int) -> None:
    net = net_of_vat(gross, rate_bp)
    assert net + (gross - net) == gross
    assert abs(net.minor) <= abs(gross.minor)
    assert net_of_vat(-gross, rate_bp) == -net
    assert abs(net.minor * (10_000 + rate_bp) - gross.minor * 10_000) * 2 <= 10_000 + rate_bp


@pytest.mark.parametrize(
    ("gross", "rate_bp", "net"),
    [
        (1250, 2000, 1042),
        (480, 550, 455),
        (1, 2000, 1),
        (1100, 1000, 1000),
        (210, 210, 206),
        (999, 0, 999),
        (0, 2000, 0),
    ],
)
def test_worked_bases(gross: int, rate_bp: int, net: int) -> None:
    assert net_of_vat(Money(gross), rate_bp) == Money(net)


@given(st.integers(), st.integers(1, 10**9))
def test_halves_go_away_from_nought(numerator: int, denominator: int) -> None:
    quotient = divide_half_up(numerator, denominator)
    assert abs(quotient * denominator - numerator) * 2 <= denominator
    assert divide_half_up(-numerator, denominator) == -quotient


def test_dividing_by_nothing_is_a_bug() -> None:
    with pytest.raises(BrokenInvariant):
        divide_half_up(1, 0)


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("3,50", 350),
        ("3.5", 350),
        (" 3 ", 300),
        ("1 234,50 €", 123450),
        ("1\u202f234,50\u00a0€", 123450),
        ("12 EUR", 1200),
        ("-2", -200),
        ("0,05", 5),
        ("99999999,99", MAX_AMOUNT_MINOR),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, minor: int) -> None:
    assert parse_amount(text) == Money(minor)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "€",
        "3,505",
        "1,234.50",
        "1.234,50",
        "12 34",
        "3,",
        ",5",
        "1e3",
        "abc",
        "3017620422003",
        "--2",
        "+2",
        "3 €/kg",
        "9" * 5000,
    ],
)
def test_what_is_no_amount_is_none(text: str) -> None:
    assert parse_amount(text) is None


@given(st.text())
def test_no_text_makes_reading_an_amount_raise(text: str) -> None:
    parse_amount(text)


@given(st.integers(-MAX_AMOUNT_MINOR, MAX_AMOUNT_MINOR).map(Money))
def test_what_is_written_is_read_back(amount: Money) -> None:
    assert parse_amount(str(amount)) == amount
