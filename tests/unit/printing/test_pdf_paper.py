"""Papers as PDF files: the words of the layout, codes that are read, and files that are whole or not there."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

import pypdf
import pytest

from app.printing.folding import fold_for
from app.printing.layout import as_given, lay_out
from app.printing.lines import CutLine, TextLine
from app.printing.pdf_paper import file_stem, keep, paper_as_pdf
from app.printing.printer import PrinterState, build_printer
from app.settings import PrinterProfile
from app.usecases.ports import PrinterUnavailable
from tests.unit.printing import label_samples, samples
from tests.unit.printing.documents import DOCUMENTS


def nowhere(_lines, _profile):
    raise AssertionError("this is no on-screen printer")


def printer_into(folder):
    return build_printer(PrinterProfile(transport="pdf", path=str(folder)), "fr", as_given, nowhere)


@pytest.mark.parametrize("width", [32, 48])
@pytest.mark.parametrize("name", ["sale", "handover", "self-test", "z-day", "invoice", *label_samples.DOCUMENTS])
def test_a_page_says_what_the_paper_says(name, width):
    lines = lay_out(DOCUMENTS[name], width, fold=fold_for("cp1252"))
    file = pypdf.PdfReader(BytesIO(paper_as_pdf(lines, width)))
    assert len(file.pages) == sum(isinstance(line, CutLine) for line in lines)
    written = "".join("".join(page.extract_text().split()) for page in file.pages)
    for line in lines:
        if isinstance(line, TextLine):
            assert "".join(line.text.split()) in written


def test_a_page_is_as_wide_as_the_paper():
    file = pypdf.PdfReader(BytesIO(paper_as_pdf([TextLine("A"), CutLine()], 48)))
    assert float(file.pages[0].mediabox.width) / 72 * 25.4 == pytest.approx(80, abs=0.01)


def test_each_paper_is_a_file_and_none_is_written_over(tmp_path):
    printer = printer_into(tmp_path)
    assert printer.status().state is PrinterState.READY
    for _ in range(3):
        printer.print_document(samples.sale_receipt())
    printer.print_document(label_samples.market_sheet())
    names = ["marche-2026-11-21.pdf", "ticket-A-000042-2.pdf", "ticket-A-000042-3.pdf", "ticket-A-000042.pdf"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    assert all(path.read_bytes().startswith(b"%PDF") for path in tmp_path.iterdir())


def test_a_folder_that_is_gone_is_said(tmp_path):
    printer = printer_into(tmp_path / "gone")
    assert printer.status().reason == "absent"
    with pytest.raises(PrinterUnavailable) as refused:
        printer.print_document(samples.self_test())
    assert refused.value.reason == "absent"


def test_a_disk_that_is_full_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(_handle, _mode):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fdopen", full)
    with pytest.raises(PrinterUnavailable) as refused:
        keep(b"%PDF", tmp_path, "ticket")
    assert refused.value.reason == "io"
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_was_kept_free_is_given_back(tmp_path, monkeypatch):
    def fails(_self, _target):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "replace", fails)
    with pytest.raises(PrinterUnavailable):
        keep(b"%PDF", tmp_path, "ticket")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", ["../../etc/passwd", "CON", "a\x00b", "n° 7/8", "é" * 300])
def test_no_number_leads_out_of_the_folder(number):
    slip = label_samples.bag_labels()
    stem = file_stem(type(slip)(**{name: getattr(slip, name) for name in slip.__slots__} | {"order_number": number}))
    assert stem.startswith("etiquettes-sacs")
    assert stem.isascii()
    assert not set(stem) & set("/\\:\x00 .")
    assert len(stem) < 64
