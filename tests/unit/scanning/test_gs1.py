"""GS1 codes read with biip: what they say, and that half a label is no label."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.barcodes import gtin_check_digit
from app.domain.gs1_goods import Gs1Goods
from app.domain.money import Money
from app.scanning.gs1 import read_gs1

GTIN = "03017620422003"
HAM = "93760123456782"[:13] + str(gtin_check_digit("9376012345678"))
GS = "\x1d"
YEAR = 2026
LAST = date(2026, 12, 31)


@pytest.mark.parametrize(
    ("text", "goods"),
    [
        (f"01{GTIN}", Gs1Goods(GTIN)),
        (f"]C101{GTIN}1726123110AB12", Gs1Goods(GTIN, use_by=date(2026, 12, 31), lot="AB12")),
        (f"]d201{GTIN}10AB{GS}15270100{GS}21S1", Gs1Goods(GTIN, best_before=date(2027, 1, 31), lot="AB", serial="S1")),
        (f"01{GTIN}10AB|16261124", Gs1Goods(GTIN, sell_by=date(2026, 11, 24), lot="AB")),
        (f"(01){GTIN}(17)261231(10)AB", Gs1Goods(GTIN, use_by=date(2026, 12, 31), lot="AB")),
        (f"https://id.gs1.org/01/{GTIN[1:]}/10/AB/21/9?17=261200", Gs1Goods(GTIN, use_by=LAST, lot="AB", serial="9")),
        (f"https://fromager.fr/p/01/{GTIN}?15=270131&utm=x", Gs1Goods(GTIN, best_before=date(2027, 1, 31))),
        (f"01{HAM}31030007673922 1450".replace(" ", ""), Gs1Goods(HAM, net_weight_g=767, price=Money(1450))),
        (f"01{HAM}3102000077", Gs1Goods(HAM, net_weight_g=770)),
        (f"01{HAM}3105123456", Gs1Goods(HAM, net_weight_g=1235)),
        (f"01{HAM}39329781450", Gs1Goods(HAM, price=Money(1450), currency="978")),
        (f"01{GTIN}3012", Gs1Goods(GTIN, count=12)),
        (f"02{GTIN}3724", Gs1Goods(contained_gtin=GTIN, count=24)),
        (f"01{GTIN}17000000", Gs1Goods(GTIN)),
        (f"01{GTIN}70032612311000", Gs1Goods(GTIN, use_by=date(2026, 12, 31))),
        (f"01{GTIN}17261231{GS}17261231", Gs1Goods(GTIN, use_by=date(2026, 12, 31))),
    ],
)  # fmt: skip
def test_what_a_code_says(text, goods):
    assert read_gs1(text, YEAR) == goods


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3017620422003",
        "https://example.org/",
        f"01{GTIN}17261301",
        f"01{GTIN}17270229",
        f"01{GTIN}1726123117270101",
        f"01{GTIN}01{HAM}",
        f"01{GTIN}02{GTIN[:-1]}9",
        f"01{GTIN}310300076731020001",
        f"01{GTIN}31030007673102000100",
        f"01{GTIN}3922145039329781450",
        f"01{GTIN}39209999999999",
        f"01{GTIN}10",
        f"01{GTIN}99",
        f"01{GTIN}éé",
        f"(01){GTIN}(17)26",
        f"(01){GTIN}(9999)1",
        f"https://id.gs1.org/01/{GTIN}/17/261231",
        f"https://id.gs1.org/01/{GTIN}?17=991399",
        f"https://id.gs1.org/414/3017620422003/01/{GTIN}",
        f"https://[::1/01/{GTIN}",
        f"https://id.gs1.org/01/{GTIN}?17=261231&17=271231",
        f"(01){GTIN}(1Z)261231",
        f"(01){GTIN}(17)261231(",
        "]C1P1K7F3K9X",
        "]Q3",
    ],
)
def test_what_cannot_be_trusted_says_nothing(text):
    assert read_gs1(text, YEAR) is None


@given(st.text(max_size=80) | st.text("0123456789()\x1d/:?=&ABth ps.", max_size=80))
def test_nothing_breaks_the_reading(tail):
    for text in (tail, f"01{GTIN}{tail}", f"]C1{tail}", f"(01){GTIN}{tail}", f"https://x/01/{GTIN}{tail}"):
        read = read_gs1(text, YEAR)
        assert read is None or read.gtin in ("", GTIN) or GTIN not in text


def test_biip_is_not_loaded_before_the_first_such_code():
    code = (
        "import sys; from app.scanning.gs1 import read_gs1; read_gs1('3017620422003', 2026);"
        "sys.exit('biip' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
