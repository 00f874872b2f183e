"""Every document as other people's printers print it: the text letter for letter, each code read from the picture, and
nothing that a printer does not know.
"""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image, ImageOps

from app.domain.catalogue import Unit
from app.domain.money import Money
from app.domain.receipt import ShelfLabel, ShelfLabels, ShopIdentity
from app.printing.encoder import encode, kick
from app.printing.folding import fold_for
from app.printing.layout import lay_out
from app.printing.lines import BarcodeLine, CutLine, FeedLine, LogoLine, PrintLine, QrLine, RuleLine, TextLine
from app.settings import PrinterProfile
from tests.emulator.simulator import EPSON, RONGTA, SMALL, XPRINTER, Wanted
from tests.unit.printing.documents import DOCUMENTS

WIDE_1252 = PrinterProfile()
WIDE_858 = PrinterProfile(code_page="cp858", code_page_number=19)
NARROW_1252 = PrinterProfile(width_columns=32)
NARROW_858 = PrinterProfile(width_columns=32, code_page="cp858", code_page_number=19)
CHEAP_1252 = PrinterProfile(
    width_columns=32, code_page="cp1252", code_page_number=71, has_cutter=False, has_native_qr=False
)
CHEAP_858 = PrinterProfile(
    width_columns=32, code_page="cp858", code_page_number=53, has_cutter=False, has_native_qr=False
)
OLD_437 = PrinterProfile(code_page="cp437", code_page_number=0)

PRINTERS = {
    "tm-t20iii": (EPSON, (WIDE_1252, WIDE_858, NARROW_1252, NARROW_858)),
    "xp-80t": (XPRINTER, (WIDE_1252, WIDE_858, NARROW_1252, NARROW_858)),
    "rp326": (RONGTA, (WIDE_1252, WIDE_858, NARROW_1252, NARROW_858)),
    "pos-58mm": (SMALL, (CHEAP_1252, CHEAP_858)),
    # as emupos ships them: with no page that has the euro, so that it is folded
    "xp-80t-old": ("xprinter-xp80t", (OLD_437,)),
    "rp326-old": ("rongta-rp326", (OLD_437,)),
}
TEAR_OFF_LINES = 6
KINDS = zxingcpp.barcode_formats_from_str("QRCode,EAN13,EAN8,Code128")
CASES = [(name, profile) for name, (_, profiles) in PRINTERS.items() for profile in profiles]


@pytest.fixture(scope="module")
def printers(emulated):
    return emulated(*(Wanted(name, profile) for name, (profile, _) in PRINTERS.items()))


def label(value):
    return value if isinstance(value, str) else f"{value.code_page}-{value.width_columns}"


@pytest.mark.parametrize(("name", "profile"), CASES, ids=label)
def test_every_document_reads_as_it_was_laid_out(printers, name, profile):
    papers = {
        title: lay_out(document, profile.width_columns, fold=fold_for(profile.code_page))
        for title, document in DOCUMENTS.items()
    }
    before = len(printers.receipts(name))
    expected = []
    for lines in papers.values():
        # one connection each, as the till does it: where nothing cuts, its end is the end of the paper
        printers.print_raw(name, encode(lines, profile))
        expected += sheets_of(lines, profile)
        receipts = printers.wait_for_receipts(name, before + len(expected))
    for sheet, receipt in zip(expected, receipts[before:], strict=True):
        assert without_pictures(receipt.text) == text_of(sheet, profile.width_columns)
        assert codes_in(receipt.picture) == sorted(
            line.content if isinstance(line, QrLine) else line.number
            for line in sheet
            if isinstance(line, QrLine | BarcodeLine)
        )
    assert printers.complaints() == []


COMMANDS = "\x1b@\x1bp\x00\x32\x32\x1dV\x00\x10\x14\x01\x00\x08\r\n\x00"
HOSTILE = f"Été{COMMANDS} 1\u202f234,50\u00a0€ E\u0301 œuf 🎁 卵\u202e\u200b fin"


@pytest.mark.parametrize(
    ("profile", "shown"), [(WIDE_1252, "€ É œuf"), (WIDE_858, "€ É oeuf"), (OLD_437, "EUR É oeuf")]
)
def test_no_name_can_command_the_printer_and_nothing_is_lost_but_what_no_page_has(printers, profile, shown):
    name = "tm-t20iii"
    before, opened = len(printers.receipts(name)), len(printers.events("drawer.opened"))
    labels = ShelfLabels(ShopIdentity("Épicerie"), (ShelfLabel(HOSTILE, Money(590), Unit.PIECE),))
    lines = lay_out(labels, profile.width_columns, fold=fold_for(profile.code_page))
    printers.print_raw(name, encode(lines, profile))
    receipts = printers.wait_for_receipts(name, before + 1)[before:]
    assert len(receipts) == 1, "cut once, at its end"
    assert " ".join(receipts[0].text.split()).startswith(f"Été@p22V 1 234,50 {shown} ? ? fin")
    assert len(printers.events("drawer.opened")) == opened
    assert printers.complaints() == []


@pytest.mark.parametrize("pin", [2, 5])
def test_the_drawer_opens_by_the_plug_it_hangs_on(printers, pin):
    name, profile = "rp326", PrinterProfile(drawer_pin=pin)
    printers.print_raw(name, kick(profile))
    assert printers.drawer_is_open(name)
    assert f"pin {pin}" in printers.events("drawer.opened", name)[-1]
    printers.close_drawer(name)


def test_a_logo_is_sent_where_it_is_wanted_and_text_reads_right_after_it(printers):
    name, picture = "xp-80t", BytesIO()
    Image.linear_gradient("L").save(picture, "PNG")
    lines: list[PrintLine] = [LogoLine(), TextLine("été €")]
    before = len(printers.receipts(name))
    for wanted in ("none", "sent"):
        job = [*lines, CutLine()]
        printers.print_raw(name, encode(job, replace(WIDE_1252, logo=wanted), logo=picture.getvalue()))
    plain, with_logo = printers.wait_for_receipts(name, before + 2)[before:]
    assert plain.text == "été €\n"
    assert with_logo.text == "[image 192x192]\nété €\n"
    assert printers.complaints() == []


def sheets_of(lines, profile):
    """The lines of each paper: cut apart, or one long paper where there is no cutter."""
    sheets: list[list[PrintLine]] = [[]]
    for line in lines:
        if isinstance(line, CutLine) and profile.has_cutter:
            sheets.append([])
        else:
            sheets[-1].append(line)
    return [sheet for sheet in sheets if sheet]


def text_of(lines, width):
    """What must be on the paper, line by line; blank lines count, those around codes do not."""
    text = []
    for line in lines:
        match line:
            case TextLine():
                text.append(line.text.rstrip())
            case RuleLine():
                text.append("-" * width)
            case FeedLine():
                text += [""] * line.count
            case CutLine():
                text += [""] * TEAR_OFF_LINES
            case QrLine() | BarcodeLine():
                text.append("[code]")
    return squeezed(text)


def without_pictures(text):
    lines = ["[code]" if line.startswith(("[qr ", "[image ", "[barcode ")) else line for line in text.split("\n")]
    return squeezed(lines)


def squeezed(lines):
    """Without the blanks that stand beside a code, or at the end."""
    text = "\n".join(lines).rstrip("\n")
    return re.sub(r"\n*\[code\]\n*", "\n[code]\n", text).split("\n")


def codes_in(picture):
    return sorted(found.text for found in zxingcpp.read_barcodes(ImageOps.expand(picture, 40, 255), KINDS))
