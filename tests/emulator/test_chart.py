"""The numbered chart as other people's printers print it, read as a person would; then a paper by the answers, right to
the letter. And a real search for them on loopback."""

from __future__ import annotations

from dataclasses import replace

import pytest
import zxingcpp

from app.domain.receipt import SelfTest
from app.printing.chart import chart_text, ruler_text
from app.printing.discovery import asked
from app.printing.folding import fold_for
from app.printing.workbench import Workbench
from app.settings import PrinterProfile
from app.usecases.set_up_printer import (
    CHART_LINES,
    CHART_WIDTHS,
    DRAWN_CODE,
    NATIVE_CODE,
    ChartAnswers,
    CodeRead,
    profile_answered,
)
from tests.emulator.simulator import EPSON, RONGTA, SMALL, XPRINTER, Wanted
from tests.fakes.memory_store import A_TILL
from tests.fakes.surroundings import NOON

LETTERS = "é è ê ë à â ç ù û ô î ï É È À Ç œ Œ « » € °"
QR = zxingcpp.barcode_formats_from_str("QRCode")

MODELS = {
    "tm-t20iii": (EPSON, ("cp1252", 16)),
    "xp-80t": (XPRINTER, ("cp1252", 16)),
    "rp326": (RONGTA, ("cp1252", 16)),
    "pos-58mm": (SMALL, ("cp1252", 71)),
    "xp-80t-old": ("xprinter-xp80t", ("cp437", 0)),
    "rp326-old": ("rongta-rp326", ("cp437", 0)),
}
"""The page each has, by its profile file: the answers must come to the same."""


@pytest.fixture(scope="module")
def printers(emulated):
    return emulated(*(Wanted(name, profile) for name, (profile, _) in MODELS.items()))


def bench() -> Workbench:
    return Workbench(lambda: "fr", lambda moment: moment, lambda: SelfTest(A_TILL.shop, NOON, "COMPTOIR"))


def papers_of(printers, name, act):
    before = len(printers.receipts(name))
    act()
    return printers.wait_for_receipts(name, before + 1)[before:]


def read_off(receipts, was_cut: bool) -> ChartAnswers:
    """What a person sees and scans."""
    lines = [line.rstrip() for receipt in receipts for line in receipt.text.split("\n")]
    right = [line.number for line in CHART_LINES if chart_text(line) in lines]
    whole = [width for width in CHART_WIDTHS if ruler_text(width) in lines]
    seen = {code.text for receipt in receipts for code in zxingcpp.read_barcodes(receipt.picture, formats=QR)}
    code = CodeRead.NATIVE if NATIVE_CODE in seen else CodeRead.DRAWN if DRAWN_CODE in seen else CodeRead.NEITHER
    return ChartAnswers(right[0] if right else 0, max(whole, default=None), code, was_cut)


@pytest.mark.parametrize("name", MODELS)
def test_the_answers_read_off_the_chart_print_a_paper_that_is_right(printers, name):
    _profile, page = MODELS[name]
    found = PrinterProfile(name, "network", "127.0.0.1", printers.port(name), code_page_number=200, width_columns=24)
    charts = papers_of(printers, name, lambda: bench().print_chart(found))
    profile = profile_answered(found, read_off(charts, was_cut=charts[-1].boundary == "cut"))
    assert (profile.code_page, profile.code_page_number) == page
    assert profile.has_native_qr, "emupos draws codes for every model"
    samples = papers_of(printers, name, lambda: bench().print_sample(profile))
    text = "\n".join(sample.text for sample in samples)
    assert " ".join(fold_for(profile.code_page)(LETTERS).split()) in " ".join(text.split())
    hashes = [line for line in text.split("\n") if set(line.strip()) == {"#"}]
    assert [len(line.strip()) for line in hashes] == [profile.width_columns] * 2, (
        "the width fills its line, and no more"
    )


@pytest.mark.parametrize("name", MODELS)
def test_one_that_is_asked_says_it_is_a_ticket_printer(printers, name):
    before = len(printers.receipts(name))
    found = asked("127.0.0.1", printers.port(name))
    assert found.is_ticket_printer
    assert len(printers.receipts(name)) == before, "a question is no paper"


def test_the_drawer_is_learned(printers):
    name = "tm-t20iii"
    profile = PrinterProfile(name, "network", "127.0.0.1", printers.port(name), open_drawer=True)
    shut = bench().drawer_signal(profile)
    bench().kick(replace(profile, drawer_pin=2))
    printers.wait_until(lambda: printers.drawer_is_open(name))
    while_open = bench().drawer_signal(profile)
    printers.close_drawer(name)
    assert while_open is not shut
    assert bench().drawer_signal(profile) is shut
