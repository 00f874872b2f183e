"""Bar codes printed by the shop's scale, taken apart by its own table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.barcodes import gtin_check_digit, is_gtin
from app.domain.catalogue import Unit
from app.domain.money import Money
from app.domain.scale_labels import (
    USUAL_TEMPLATES,
    BadLabel,
    LabelKind,
    LabelParts,
    LabelTemplate,
    quantity_for,
    split_label,
)


def _ean(body: str) -> str:
    return body + str(gtin_check_digit(body))


@given(st.integers(20, 29), st.sampled_from((4, 5, 6)), st.data())
def test_a_label_gives_the_article_and_the_value(prefix, item_digits, data):
    template = LabelTemplate(str(prefix), item_digits, 10 - item_digits, LabelKind.WEIGHT)
    item = data.draw(st.integers(0, 10**item_digits - 1))
    value = data.draw(st.integers(1, 10**template.value_digits - 1))
    code = _ean(f"{prefix}{item:0{item_digits}d}{value:0{template.value_digits}d}")
    assert split_label(code, template) == LabelParts(str(prefix), f"{item:0{item_digits}d}", value, template)


@given(st.integers(0, 10**12 - 1), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_figure_is_never_another_label(number, place, off):
    code = _ean(f"2{number % 10**11:011d}")
    figure = str((int(code[place]) + off) % 10)
    wrong = code[:place] + figure + code[place + 1 :]
    read = [parts for template in USUAL_TEMPLATES if (parts := split_label(wrong, template)) is not None]
    assert all(parts is BadLabel.CHECK_DIGIT for parts in read)


def test_other_codes_are_no_labels():
    of_weight = USUAL_TEMPLATES[0]
    for code in ("3017620422003", _ean("200001200456")[:-1] + "x", "", _ean("210001200456"), "2" * 14):
        assert split_label(code, of_weight) is None
    assert split_label(_ean("200001200000"), of_weight) is BadLabel.NO_VALUE


def test_where_an_article_may_be_in_the_catalogue():
    code = _ean("210012301450")
    own = split_label(code, LabelTemplate("21", 5, 5, LabelKind.PRICE))
    assert isinstance(own, LabelParts)
    assert own.article_codes() == (_ean("210012300000"), "2100123", "00123", "123")
    assert is_gtin(own.article_codes()[0])
    usual = split_label(code, USUAL_TEMPLATES[1])
    assert isinstance(usual, LabelParts)
    assert usual.article_codes() == (_ean("210012300000"),)


@pytest.mark.parametrize(
    ("cents", "price", "unit", "quantity"),
    [(1450, 1890, Unit.KG, 767), (1, 100_000, Unit.KG, 1), (350, 700, Unit.LITRE, 500), (100, 400, Unit.HOUR, 15)],
)
def test_the_quantity_a_price_stands_for(cents, price, unit, quantity):
    assert quantity_for(Money(cents), Money(price), unit) == quantity
