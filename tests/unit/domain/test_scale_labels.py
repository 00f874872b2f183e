"""Bar codes printed by the shop's scale."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.domain.barcodes import gtin_check_digit, is_gtin, read_scale_label


def _ean(body: str) -> str:
    return body + str(gtin_check_digit(body))


@given(st.integers(0, 999_999), st.integers(1, 99_999))
def test_a_label_gives_the_article_and_the_value(item, value):
    label = read_scale_label(_ean(f"2{item:06d}{value:05d}"))
    assert label is not None
    assert label.value == value
    assert label.item_code == _ean(f"2{item:06d}00000")
    assert is_gtin(label.item_code)


def test_other_codes_are_no_labels():
    assert read_scale_label("3017620422003") is None
    assert read_scale_label(_ean("200001200000")) is None
    assert read_scale_label(_ean("200001200456")[:-1] + "x") is None
    assert read_scale_label("") is None
