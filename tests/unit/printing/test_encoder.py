"""The bytes of a job, read back by an interpreter of our own; and the library behind them, kept on a short lead."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from app.printing.encoder import encode, kick, module_dots
from app.printing.folding import fold_for
from app.printing.layout import lay_out
from app.printing.lines import BarcodeLine, CutLine, QrLine, RuleLine, Size, TextLine, as_text
from app.settings import PrinterProfile
from tests.fakes.socket_printer import command_length, read_job
from tests.unit.printing import samples
from tests.unit.printing.documents import DOCUMENTS

EPSON = {0: "cp437", 2: "cp850", 16: "cp1252", 19: "cp858"}
CHEAP = {53: "cp858", 71: "cp1252"}

PROFILES = {
    "epson-1252": (PrinterProfile(), EPSON),
    "epson-858": (PrinterProfile(code_page="cp858", code_page_number=19), EPSON),
    "cheap-58mm": (
        PrinterProfile(width_columns=32, code_page="cp858", code_page_number=53, has_cutter=False, has_native_qr=False),
        CHEAP,
    ),
}


def printed(document, profile, pages, **options):
    lines = lay_out(document, profile.width_columns, fold=fold_for(profile.code_page))
    return lines, read_job(encode(lines, profile, **options), pages)


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize("profile", PROFILES)
def test_paper_reads_as_it_was_laid_out(profile, document):
    profile, pages = PROFILES[profile]
    lines, job = printed(DOCUMENTS[document], profile, pages)
    shown = [line for line in lines if not isinstance(line, QrLine | BarcodeLine | CutLine)]
    expected = [line.strip() for line in as_text(shown, profile.width_columns).splitlines() if line.strip()]
    assert [line.strip() for line in job.text.splitlines() if line.strip()] == expected
    assert job.cuts == (sum(isinstance(line, CutLine) for line in lines) if profile.has_cutter else 0)
    assert set(job.code_pages) == {profile.code_page_number}
    assert job.drawer_kicks == 0
    assert job.bars == [line.number for line in lines if isinstance(line, BarcodeLine)]


@pytest.mark.parametrize("profile", PROFILES)
def test_one_code_page_is_forced_and_never_another(profile):
    profile, pages = PROFILES[profile]
    _, job = printed(samples.self_test(), profile, pages)
    assert set(job.code_pages) == {profile.code_page_number}


def test_the_code_page_is_said_again_after_what_may_have_changed_it():
    code = encode([QrLine("ABC"), TextLine("é")], PrinterProfile())
    assert code.endswith(b"\x1bt\x10\xe9\n")
    assert encode([TextLine("é", bold=True), TextLine("é")], PrinterProfile()).count(b"\x1bt\x10\xe9") == 2
    assert encode([TextLine("A", size=Size.TALL), TextLine("é")], PrinterProfile()).endswith(b"\x1bt\x10\xe9\n")


def test_each_job_begins_anew():
    first = encode([TextLine("été")], PrinterProfile())
    assert first == encode([TextLine("été")], PrinterProfile())
    assert first.startswith(b"\x1b@\x1bt\x10")


def test_sizes_and_bold_end_with_their_line():
    job = encode([TextLine("A", True, Size.DOUBLE), TextLine("B")], PrinterProfile())
    assert b"\x1b!0\x1bE\x01\x1bt\x10A\n\x1b!\x00" in job
    assert job.endswith(b"\x1bE\x00\x1bt\x10B\n")


def test_a_rule_fills_the_width():
    assert b"-" * 32 + b"\n" in encode([RuleLine()], PrinterProfile(width_columns=32))


def test_native_qr_says_what_it_should():
    _, job = printed(samples.self_test(), *PROFILES["epson-1252"])
    assert (job.qr_texts, job.pictures) == ([samples.self_test().qr_text], 0)


@pytest.mark.parametrize("width", [32, 48])
def test_a_qr_sent_as_a_picture_can_be_read_and_has_its_quiet_zone(width):
    profile = PrinterProfile(width_columns=width, has_native_qr=False)
    code = encode([QrLine(samples.self_test().qr_text)], profile)
    picture = picture_in(code)
    assert picture.width <= width * 12
    dots = module_dots(samples.self_test().qr_text, profile)
    assert picture.crop((0, 0, picture.width, 4 * dots)).getextrema() == (255, 255)
    on_paper = Image.new("L", (width * 12, picture.height), 255)
    on_paper.paste(picture, (0, 0))
    assert [found.text for found in zxingcpp.read_barcodes(on_paper)] == [samples.self_test().qr_text]


@pytest.mark.parametrize("native", [True, False])
def test_a_small_qr_takes_half_the_paper_and_is_still_read(native):
    profile = PrinterProfile(width_columns=32, has_native_qr=native)
    small, large = (encode([QrLine("A-000042", small=small)], profile) for small in (True, False))
    if native:
        assert (b"\x1d(k\x03\x001C\x04" in small, b"\x1d(k\x03\x001C\x08" in large) == (True, True)
        return
    assert picture_in(small).height * 2 == picture_in(large).height
    on_paper = Image.new("L", (32 * 12, picture_in(small).height), 255)
    on_paper.paste(picture_in(small), (0, 0))
    assert [found.text for found in zxingcpp.read_barcodes(on_paper)] == ["A-000042"]


def picture_in(job):
    """The picture of the one `GS v 0` in a job."""
    while job:
        length = command_length(job)
        if job.startswith(b"\x1dv0"):
            across, down = job[4] + 256 * job[5], job[6] + 256 * job[7]
            return Image.frombytes("1", (across * 8, down), bytes(255 - byte for byte in job[8:length])).convert("L")
        job = job[length:]
    raise AssertionError("no picture")


def test_the_drawer_is_kicked_before_anything_is_printed():
    assert encode([TextLine("A")], PrinterProfile(), open_drawer=True)[:10] == b"\x1b@\x1bt\x10\x1bp\x00\x32\x32"
    assert read_job(kick(PrinterProfile()), EPSON).drawer_kicks == 1
    assert read_job(kick(PrinterProfile()), EPSON).text == ""


def test_the_library_leaves_nothing_behind(tmp_path):
    program = """
import logging, os
from app.printing.encoder import encode
from app.printing.lines import TextLine
from app.settings import PrinterProfile
encode([TextLine("x")], PrinterProfile())
assert logging.getLogger().handlers == [], "root logger"
assert not [name for name in os.environ if name.startswith("ESCPOS")], "environment"
"""
    environ = {**os.environ, "TMPDIR": str(tmp_path)}
    root = Path(__file__).parents[3]
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True, env=environ, cwd=root, timeout=60)
    assert list(tmp_path.iterdir()) == []


def test_the_library_is_not_loaded_by_importing_the_part():
    program = """
import sys
import app.printing.encoder, app.printing.printer, app.printing.render, app.printing.spooler, app.printing.transports
import app.scanning.decoder, app.scanning.wedge
heavy = {"escpos", "PIL", "qrcode", "zxingcpp", "pyzbar"} & set(sys.modules)
assert not heavy, heavy
"""
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parents[3], timeout=60)
