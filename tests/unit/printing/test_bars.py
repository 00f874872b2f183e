"""Bars that a reader reads, and numbers that cannot be drawn."""

from __future__ import annotations

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.domain.barcodes import gtin_check_digit
from app.printing.bars import bars_of, can_be_bars
from app.printing.lines import BarcodeLine
from app.printing.render import render

digits = st.text("0123456789", min_size=12, max_size=12)


def read(bars):
    picture = Image.new("L", ((len(bars) + 22) * 3, 60), 255)
    for place, dark in enumerate(bars):
        if dark:
            picture.paste(0, ((place + 11) * 3, 5, (place + 12) * 3, 55))
    return [(found.format.name, found.text) for found in zxingcpp.read_barcodes(picture)]


@given(digits)
def test_an_article_number_is_read_as_it_was_drawn(body):
    number = body + str(gtin_check_digit(body))
    [(_, text)] = read(bars_of(number))
    assert text.rjust(13, "0") == number


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", min_size=3, max_size=20))
def test_a_shops_own_number_is_read_as_it_was_drawn(number):
    assert [text for _, text in read(bars_of(number))] == [number]


def test_a_short_article_number_is_read():
    assert [text for _, text in read(bars_of("96385074"))] == ["96385074"]


@pytest.mark.parametrize(
    "number", ["", "3057067201230", "96385075", "A" * 21, "é", "A B", "٣" * 13, "1\x1b@", "{A"], ids=repr
)
def test_what_cannot_be_drawn_is_refused(number):
    assert not can_be_bars(number)
    with pytest.raises(ValueError, match="cannot be drawn"):
        bars_of(number)


@pytest.mark.parametrize("width", [24, 32, 48])
def test_bars_on_a_painted_paper_can_be_read(width):
    found = zxingcpp.read_barcodes(render([BarcodeLine("96385074")], width))
    assert [code.text for code in found] == ["96385074"]
