"""What a typed discount means, and what of the tickets' page needs no widget."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.money import ZERO, Money
from app.ui.checkout.reasons import ReasonFor, reason_of, usual_reasons
from app.ui.checkout.reductions import parse_discount


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("10", 65),
        ("10%", 65),
        ("10 %", 65),
        ("12,5 %", 81),
        ("-10", 65),
        ("2,50", 250),
        ("2.5", 250),
        ("2 €", 200),
        ("100", 650),
        ("0", 0),
    ],
)
def test_a_whole_number_is_percent_and_cents_make_an_amount(text, minor):
    assert parse_discount(text, Money(650)) == Money(minor)


@pytest.mark.parametrize("text", ["101", "150 %", "beaucoup", "", "%", "1,2,3", "3017620422003"])
def test_what_is_no_discount_is_none(text):
    assert parse_discount(text, Money(650)) is None


@given(st.integers(0, 100), st.integers(1, 10_000_000))
def test_a_percentage_never_takes_more_than_there_is(percent, minor):
    discount = parse_discount(str(percent), Money(minor))
    assert discount is not None
    assert ZERO <= discount <= Money(minor)


@pytest.mark.parametrize("purpose", list(ReasonFor))
def test_a_reason_is_picked_by_its_number_or_typed(purpose):
    usual = usual_reasons(purpose)
    assert reason_of(purpose, "1") == usual[0].kept
    assert reason_of(purpose, str(len(usual))) == usual[-1].kept
    assert reason_of(purpose, str(len(usual) + 1)) == ""
    assert reason_of(purpose, "0") == ""
    assert reason_of(purpose, "  Cliente   fidèle ") == "Cliente fidèle"
    assert len(reason_of(purpose, "x" * 300)) == 80


@pytest.mark.parametrize("purpose", list(ReasonFor))
def test_no_more_reasons_than_single_keys(purpose):
    assert 0 < len(usual_reasons(purpose)) < 10
