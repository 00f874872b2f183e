"""What a text is, by its shape alone: each text is one thing, and an order's code is never an article's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.barcodes import gtin_check_digit
from app.domain.join_code import JoinCode, write_join_code
from app.domain.pickup_code import ALPHABET, make_pickup_code, parse_pickup_code, parse_spoken_code
from app.domain.scanned import (
    CUT,
    LONGEST,
    Address,
    ArticleNumber,
    GoodsCode,
    JoinCodeText,
    OrderCode,
    SpokenCode,
    Words,
    linked_gtin,
    what_is,
)

GTIN = "3017620422003"
GTIN14 = "0" + GTIN
PICKUP = make_pickup_code("7", b"k" * 32, "shop-1", "K7F3K9X")
JOIN = write_join_code(JoinCode("shop-1", "7", b"k" * 32, "A", "B"))
LINK = f"https://id.gs1.org/01/{GTIN14}/10/A?17=261231"
GS = "\x1d"

_references = st.text(ALPHABET, min_size=7, max_size=7)
_bodies = st.text("0123456789", min_size=13, max_size=13)


def _gtin14(body: str) -> str:
    return body + str(gtin_check_digit(body))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (PICKUP, OrderCode(PICKUP)),
        (f" {PICKUP}\r", OrderCode(PICKUP)),
        ("]Q1" + PICKUP, OrderCode(PICKUP)),
        (PICKUP[:12], OrderCode(PICKUP[:12])),
        (JOIN, JoinCodeText(JOIN)),
        ("22rpsy", SpokenCode("22RPSY", "22rpsy")),
        (GTIN, ArticleNumber(GTIN, True)),
        ("]E0" + GTIN, ArticleNumber(GTIN, True)),
        (GTIN14, ArticleNumber(GTIN, True)),
        ("301 7620 422003", ArticleNumber(GTIN, True)),
        ("3017620422004", ArticleNumber("3017620422004", False)),
        ("012345678905", ArticleNumber("0012345678905", True)),
        ("96385074", ArticleNumber("96385074", True)),
        ("01" + GTIN14, GoodsCode("01" + GTIN14, GTIN14)),
        ("01" + GTIN14 + "17261231" + "10AB", GoodsCode("01" + GTIN14 + "17261231" + "10AB", GTIN14)),
        ("17261231" + "01" + GTIN14, GoodsCode("17261231" + "01" + GTIN14, GTIN14)),
        (GS + "01" + GTIN14 + "10AB" + GS + "21X", GoodsCode("01" + GTIN14 + "10AB" + GS + "21X", GTIN14)),
        ("01" + GTIN14 + "10AB~21X", GoodsCode("01" + GTIN14 + "10AB" + GS + "21X", GTIN14)),
        ("01" + GTIN14 + "10AB{GS}21X", GoodsCode("01" + GTIN14 + "10AB" + GS + "21X", GTIN14)),
        ("]C101" + GTIN14, GoodsCode("]C101" + GTIN14, GTIN14)),
        ("]C1" + PICKUP, GoodsCode("]C1" + PICKUP)),
        ("]d2" + GTIN, GoodsCode("]d2" + GTIN)),
        (f"(01){GTIN14}(17)261231", GoodsCode(f"(01){GTIN14}(17)261231", GTIN14)),
        (f"(01) {GTIN14} (17) 261231", GoodsCode(f"(01) {GTIN14} (17) 261231", GTIN14)),
        ("(17)261231", GoodsCode("(17)261231")),
        ("02" + GTIN14 + "3712", GoodsCode("02" + GTIN14 + "3712")),
        ("00376012345678901237", GoodsCode("00376012345678901237")),
        ("00376012345678901238", Words("00376012345678901238")),
        (LINK, GoodsCode(LINK, GTIN14)),
        (f"HTTPS://SHOP.FR/x/01/{GTIN}", GoodsCode(f"HTTPS://SHOP.FR/x/01/{GTIN}", GTIN14)),
        (f"]Q3https://id.gs1.org/01/{GTIN}", GoodsCode(f"https://id.gs1.org/01/{GTIN}", GTIN14)),
        ("https://id.gs1.org/AQnYUc1gmpsO", Address("https://id.gs1.org/AQnYUc1gmpsO")),
        ("https://id.gs1.org/01/3017620422004", Address("https://id.gs1.org/01/3017620422004")),
        (f"https://example.org/{PICKUP}", Address(f"https://example.org/{PICKUP}")),
        (f"https://example.org/?01={GTIN14}", Address(f"https://example.org/?01={GTIN14}")),
        ("www.example.org", Address("www.example.org")),
        ("WIFI:S:boutique;T:WPA;P:x;;", Address("WIFI:S:boutique;T:WPA;P:x;;")),
        ("mailto:a@b.fr", Address("mailto:a@b.fr")),
        ("ART-00042", Words("ART-00042")),
        ("", Words("")),
        ("café", Words("café")),
        ("3*brie", Words("3*brie")),
        ("123456", Words("123456")),
        ("٣٠١٧٦٢٠٤٢٢٠٠٣", Words("٣٠١٧٦٢٠٤٢٢٠٠٣")),
    ],
)  # fmt: skip
def test_what_a_text_is(text, meant):
    assert what_is(text) == meant


def test_what_no_label_says_is_cut():
    assert what_is("P1" + "2" * 10_000) == Words("P1" + "2" * (LONGEST - 2) + CUT)


@given(_references)
def test_a_pickup_code_is_an_orders_and_nothing_else(reference):
    assert isinstance(what_is(make_pickup_code("7", b"k" * 32, "shop-1", reference)), OrderCode)


@given(_bodies, st.text(max_size=60))
def test_no_goods_code_and_no_address_opens_an_order(body, rest):
    gtin = _gtin14(body)
    for text in (
        f"https://example.org/01/{gtin}?{rest}",
        f"https://example.org/{rest}",
        f"01{gtin}10{rest}",
        f"]C101{gtin}{rest}",
        f"]Q3{rest}",
        f"(01){gtin}(10){rest}",
        gtin,
    ):
        assert not isinstance(what_is(text), OrderCode | SpokenCode | JoinCodeText)


@given(st.text(max_size=700) | st.text("P1CJ2345679BCDF]dQ(0)17/:htps.\x1d~ ", max_size=80))
def test_every_text_is_one_thing_and_stays_it(text):
    meant = what_is(text)
    assert what_is(meant.text if not isinstance(meant, ArticleNumber) else meant.code) == meant
    if isinstance(meant, GoodsCode) and meant.gtin:
        assert int(meant.gtin[-1]) == gtin_check_digit(meant.gtin[:-1])
    if not isinstance(meant, OrderCode) and not text.lstrip().startswith("]"):
        assert parse_pickup_code(text) is None
    if isinstance(meant, GoodsCode | Address | ArticleNumber):
        assert parse_spoken_code(text) is None


@pytest.mark.parametrize("text", ["https://", "https:///01/" + GTIN, "ftp://x/01/" + GTIN, "x", "https://a/01/", ""])
def test_what_links_no_article(text):
    assert linked_gtin(text) == ""
