"""Which printer a profile gives, and when a drawer is kicked."""

from __future__ import annotations

from pathlib import Path

import pypdf
import pytest

from app.printing.fiscal_words import TRAINING_MARK
from app.printing.layout import as_given, lay_out
from app.printing.lines import as_text
from app.printing.printer import NoPrinter, PaperPrinter, PrinterState, PrinterStatus, ScreenPrinter, build_printer
from app.settings import PrinterProfile
from app.usecases.ports import PrinterUnavailable
from tests.fakes.socket_printer import read_job, socket_printer
from tests.unit.printing import samples

PAGES = {16: "cp1252", 53: "cp858"}


class Basin:
    """A transport that keeps what is sent."""

    def __init__(self, live=True):
        self.live = live
        self.jobs = []
        self.called_off = False

    def send(self, job):
        self.jobs.append(job)

    def status(self):
        return PrinterStatus(PrinterState.SILENT)

    def abort(self):
        self.called_off = True


@pytest.mark.parametrize(
    ("wanted", "allowed", "live", "kicks"),
    [(True, True, True, 1), (True, True, False, 0), (True, False, True, 0), (False, True, True, 0)],
)
def test_the_drawer_opens_only_if_wanted_allowed_and_now(wanted, allowed, live, kicks):
    basin = Basin(live)
    printer = PaperPrinter(PrinterProfile(open_drawer=allowed), basin, "fr", as_given)
    printer.print_document(samples.sale_receipt(), open_drawer=wanted)
    assert read_job(basin.jobs[0], PAGES).drawer_kicks == kicks


def test_paper_speaks_the_language_and_characters_of_its_printer():
    basin = Basin()
    profile = PrinterProfile(width_columns=32, code_page="cp858", code_page_number=53)
    PaperPrinter(profile, basin, "en", as_given).print_document(samples.sale_receipt())
    text = read_job(basin.jobs[0], PAGES).text
    assert "Served by Camille" in text
    assert "Coeur" in text


def test_waiting_is_called_off_in_the_transport():
    basin = Basin()
    printer = PaperPrinter(PrinterProfile(), basin, "fr", as_given)
    printer.abort()
    assert basin.called_off
    assert printer.status().state is PrinterState.SILENT


def test_the_screen_shows_what_would_be_on_paper():
    shown = []
    profile = PrinterProfile(width_columns=32)
    printer = build_printer(profile, "fr", as_given, lambda lines, profile: shown.append((lines, profile)))
    assert isinstance(printer, ScreenPrinter)
    printer.print_document(samples.sale_receipt(), open_drawer=True)
    printer.abort()
    assert printer.status().state is PrinterState.READY
    [(lines, given)] = shown
    assert given is profile
    assert as_text(list(lines), 32) == as_text(lay_out(samples.sale_receipt(), 32), 32)


def test_no_printer_says_so():
    printer = build_printer(PrinterProfile(transport="none"), "fr", as_given, lambda lines, profile: None)
    assert isinstance(printer, NoPrinter)
    assert printer.status() == PrinterStatus(PrinterState.UNREACHABLE, "no_printer")
    printer.abort()
    with pytest.raises(PrinterUnavailable) as raised:
        printer.print_document(samples.sale_receipt())
    assert raised.value.reason == "no_printer"


def test_a_file_printer_writes_a_whole_job(tmp_path):
    profile = PrinterProfile(transport="file", path=str(tmp_path / "paper.bin"))
    build_printer(profile, "fr", as_given, lambda lines, profile: None).print_document(samples.sale_receipt())
    assert read_job((tmp_path / "paper.bin").read_bytes(), PAGES).cuts == 1


def test_a_network_printer_is_reached_at_its_address():
    profile = PrinterProfile(transport="network", host="127.0.0.1", port=1)
    status = build_printer(profile, "fr", as_given, lambda lines, profile: None).status()
    assert (status.state, status.reason) == (PrinterState.UNREACHABLE, "refused")


def onto_a_socket(practice: bool, _folder: Path) -> str:
    with socket_printer() as device:
        profile = PrinterProfile(transport="network", host="127.0.0.1", port=device.port)
        made = build_printer(profile, "fr", as_given, lambda lines, profile: None, practice=practice)
        made.print_document(samples.sale_receipt())
        [job] = device.wait_for_jobs(1)
    return read_job(job, PAGES).text


def into_a_file(practice: bool, folder: Path) -> str:
    profile = PrinterProfile(transport="file", path=str(folder / "paper.bin"))
    made = build_printer(profile, "fr", as_given, lambda lines, profile: None, practice=practice)
    made.print_document(samples.sale_receipt())
    return read_job((folder / "paper.bin").read_bytes(), PAGES).text


def into_a_folder(practice: bool, folder: Path) -> str:
    profile = PrinterProfile(transport="pdf", path=str(folder))
    made = build_printer(profile, "fr", as_given, lambda lines, profile: None, practice=practice)
    made.print_document(samples.sale_receipt())
    [paper] = folder.iterdir()
    return "".join(page.extract_text() for page in pypdf.PdfReader(paper).pages)


def onto_the_screen(practice: bool, _folder: Path) -> str:
    shown: list[str] = []
    made = build_printer(
        PrinterProfile(),
        "fr",
        as_given,
        lambda lines, _profile: shown.append(as_text(list(lines), 48)),
        practice=practice,
    )
    made.print_document(samples.sale_receipt())
    [paper] = shown
    return paper


@pytest.mark.parametrize("print_one", [onto_a_socket, into_a_file, into_a_folder, onto_the_screen])
def test_r12_whatever_prints_for_the_practice_shop_says_so_and_for_no_other(print_one, tmp_path):
    real, practised = tmp_path / "real", tmp_path / "practice"
    real.mkdir()
    practised.mkdir()
    assert print_one(True, practised).count(TRAINING_MARK) >= 2
    assert TRAINING_MARK not in print_one(False, real)
