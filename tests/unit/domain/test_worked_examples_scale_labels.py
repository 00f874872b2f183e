"""The worked examples on labels of the shop's scale."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.barcodes import gtin_check_digit
from app.domain.errors import BrokenInvariant
from app.domain.money import Money
from app.domain.scale_labels import BadLabel, LabelKind, LabelReading, LabelTemplate, read_label

OF_PRICE = LabelTemplate("21", 5, 5, LabelKind.PRICE)
OF_WEIGHT = LabelTemplate("22", 5, 5, LabelKind.WEIGHT)
PER_KG = Money(1890)


def test_example_scale_label_price() -> None:
    reading = read_label("2100123014507", OF_PRICE, PER_KG)
    assert reading == LabelReading("00123", Money(1450), 767, derived=True)


def test_example_scale_label_weight() -> None:
    reading = read_label("2200456007556", OF_WEIGHT, PER_KG)
    assert reading == LabelReading("00456", Money(1427), 755, derived=False)


def test_example_bad_label() -> None:
    assert read_label("2100123014508", OF_PRICE, PER_KG) is BadLabel.CHECK_DIGIT


@given(st.integers(0, 99_999), st.integers(1, 99_999), st.integers(1, 100_000))
def test_the_price_on_a_label_is_what_it_costs(item: int, cents: int, per_kg: int) -> None:
    body = f"21{item:05d}{cents:05d}"
    reading = read_label(body + str(gtin_check_digit(body)), OF_PRICE, Money(per_kg))
    assert isinstance(reading, LabelReading)
    assert (reading.item, reading.total) == (f"{item:05d}", Money(cents))


@pytest.mark.parametrize("code", ["", "3017620422003", "2200456007556", "210012301450", "21001230145o7"])
def test_other_codes_are_no_labels_of_this_template(code: str) -> None:
    assert read_label(code, OF_PRICE, PER_KG) is None


def test_a_label_without_value_is_refused() -> None:
    body = "210012300000"
    assert read_label(body + str(gtin_check_digit(body)), OF_PRICE, PER_KG) is BadLabel.NO_VALUE


def test_a_template_that_fits_no_label_is_a_bug() -> None:
    with pytest.raises(BrokenInvariant):
        LabelTemplate("21", 5, 4, LabelKind.PRICE)
