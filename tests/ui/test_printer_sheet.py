"""A printer is set up from the settings with real keys: looked for, its chart answered, its drawer tried, kept, passed
on; and whatever goes wrong is said with what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QLineEdit

from app.settings import PrinterProfile, load_printer_profile
from app.ui.screen import PlaceName
from app.ui.settings.presenter import Section
from app.ui.settings.printer import Step
from app.ui.settings.printer_words import traits_words
from app.usecases.ports import PrinterUnavailable
from app.usecases.set_up_printer import NATIVE_CODE, FoundBy, FoundPrinter, PrinterPlace
from tests.fakes.printer_bench import XP80
from tests.ui.till import Till, open_till


@pytest.fixture
def till(qtbot, look) -> Iterator[Till]:
    with open_till(qtbot, look, PlaceName.SALE) as opened:
        opened.window.go_to(PlaceName.SETTINGS)
        opened.set_up.presenter.choose_section(Section.PRINTER)
        yield opened


def step(till: Till) -> Step:
    return till.set_up.printer.presenter.state.step


def press(till: Till, name: str) -> None:
    """With the keyboard: the button has the focus, then Enter."""
    button = till.window.findChild(QAbstractButton, name)
    assert button is not None
    assert button.isVisible(), name
    button.setFocus()
    till.enter()


def answer(till: Till, line: str, width: str, code: str, cut: str) -> None:
    till.press(line, Qt.Key.Key_Return)
    till.press(width, Qt.Key.Key_Return)
    press(till, code)
    press(till, cut)


def test_from_nothing_to_a_kept_profile_with_the_keyboard(till: Till) -> None:
    press(till, "printer-find")
    assert step(till) is Step.SEARCH
    till.enter()  # the likeliest is chosen already
    assert step(till) is Step.CHART
    assert till.settings.printer.host == "192.168.1.50", "kept at once: one may leave now"
    till.enter()  # print the chart
    assert step(till) is Step.LETTERS
    answer(till, "8", "42", "chart-code-b", "chart-not-cut")
    assert step(till) is Step.DRAWER
    till.enter()  # open it
    till.enter()  # it opened
    till.bench.is_open = False
    assert step(till) is Step.SHUT
    till.enter()
    assert step(till) is Step.DONE
    kept = till.settings.printer
    assert (kept.code_page, kept.code_page_number, kept.width_columns) == ("cp858", 19, 42)
    assert (kept.has_native_qr, kept.has_cutter) == (False, False)
    assert (kept.open_drawer, kept.drawer_pin, kept.drawer_open_level) == (True, 2, "high")
    till.enter()  # print a sample
    assert [name for name, _ in till.bench.acts] == ["chart", "kick", "signal", "signal", "sample"]
    assert till.bench.acts[-1][1] == kept
    assert till.keys <= 20, "two minutes are plenty"
    press(till, "printer-done")
    assert step(till) is Step.HOME
    assert "XP-80" in till.text("printer-kept")


def test_the_code_is_answered_by_scanning_it(till: Till) -> None:
    to_questions(till)
    till.press("1", Qt.Key.Key_Return, "48", Qt.Key.Key_Return)
    till.scan("3760123456784")
    assert step(till) is Step.CODE, "another code is no answer"
    assert "autre code" in till.text("printer-said")
    till.scan(NATIVE_CODE)
    assert step(till) is Step.CUT


def to_questions(till: Till) -> None:
    till.click("printer-find")
    till.click("printer-use")
    till.click("printer-chart")
    assert step(till) is Step.LETTERS


def test_numbers_that_are_not_on_the_chart_are_refused_with_what_to_type(till: Till) -> None:
    to_questions(till)
    for typed in ("17", "x", "-1"):
        field = till.window.findChild(QLineEdit, "chart-line")
        assert field is not None
        field.clear()
        till.press(typed, Qt.Key.Key_Return)
        assert step(till) is Step.LETTERS
        assert "1 à 16" in till.text("printer-said")
    till.click("chart-line-none")
    till.press("41", Qt.Key.Key_Return)
    assert step(till) is Step.WIDTH
    assert "règle" in till.text("printer-said")


def test_no_line_right_gives_plain_letters(till: Till) -> None:
    to_questions(till)
    till.click("chart-line-none")
    till.press("32", Qt.Key.Key_Return)
    till.click("chart-code-none")
    till.click("chart-cut")
    till.click("drawer-none")
    assert (till.settings.printer.code_page, till.settings.printer.open_drawer) == ("ascii", False)


def test_the_other_pin_is_tried_and_then_there_is_no_drawer(till: Till) -> None:
    to_questions(till)
    answer(till, "1", "48", "chart-code-a", "chart-cut")
    till.bench.drawer_opens_on = 0
    till.click("drawer-open")
    till.click("drawer-stayed")
    assert step(till) is Step.OPENED
    till.click("drawer-stayed")
    assert step(till) is Step.DONE
    assert [profile.drawer_pin for name, profile in till.bench.acts if name == "kick"] == [2, 5]
    assert not till.settings.printer.open_drawer


def test_a_drawer_without_a_sensor_is_said_so(till: Till) -> None:
    to_questions(till)
    answer(till, "1", "48", "chart-code-a", "chart-cut")
    till.bench.tells_of_drawer = False
    till.click("drawer-open")
    till.click("drawer-opened")
    till.click("drawer-shut")
    assert till.settings.printer.drawer_open_level == "unknown"
    assert "ne dit pas" in till.text("printer-said")


@pytest.mark.parametrize(
    ("reason", "words"), [("paper_out", "rouleau"), ("absent", "branchée"), ("refused", "autre"), ("odd", "câble")]
)
def test_a_printer_that_fails_is_said_and_nothing_is_lost(till: Till, reason: str, words: str) -> None:
    till.click("printer-find")
    till.click("printer-use")
    till.bench.fails = PrinterUnavailable(reason)
    till.click("printer-chart")
    assert step(till) is Step.CHART
    assert words in till.text("printer-said")
    till.click("printer-chart")
    assert step(till) is Step.LETTERS


def test_a_chart_that_may_be_out_is_never_printed_again_by_itself(till: Till) -> None:
    till.click("printer-find")
    till.click("printer-use")
    till.bench.fails = PrinterUnavailable("unknown")
    till.click("printer-chart")
    assert till.bench.acts == []
    assert "moitié" in till.text("printer-said")
    till.click("printer-chart-in-hand")
    assert step(till) is Step.LETTERS


def test_a_device_without_the_right_to_it_is_said_so(till: Till) -> None:
    till.click("printer-find")
    till.set_up.printer.presenter.choose("usb:/dev/usb/lp0")
    assert step(till) is Step.SEARCH
    assert "/dev/usb/lp0" in till.text("printer-said")


def test_nothing_found_says_what_to_look_at(till: Till) -> None:
    till.bench.offered.clear()
    till.click("printer-find")
    assert "Aucune" in till.text("printer-search-told")


def test_one_may_leave_and_come_back(till: Till) -> None:
    to_questions(till)
    till.press("3", Qt.Key.Key_Return)
    till.set_up.presenter.choose_section(Section.DISPLAY)
    till.set_up.presenter.choose_section(Section.PRINTER)
    assert step(till) is Step.WIDTH, "where one was"
    till.click("printer-back")
    assert step(till) is Step.LETTERS
    till.click("printer-leave")
    assert step(till) is Step.HOME
    till.click("printer-set-up")
    till.click("printer-chart-in-hand")
    till.press("8", Qt.Key.Key_Return)
    assert till.set_up.printer.presenter.state.answers.line_no == 8


def test_a_search_is_stopped_by_hand_and_by_leaving(till: Till) -> None:
    till.runner.hold = True
    till.click("printer-find")
    assert till.set_up.printer.presenter.state.searching
    till.set_up.printer.presenter.watch()
    till.click("printer-search-again")
    assert till.bench.searches == [], "it had not begun"
    till.runner.release()
    assert till.bench.searches[0].stopped
    assert not till.set_up.printer.presenter.state.searching


def test_what_is_found_is_shown_while_it_goes_on(till: Till) -> None:
    till.runner.hold = True
    till.click("printer-find")
    presenter = till.set_up.printer.presenter
    assert presenter._search is not None
    presenter._search.report(XP80)
    presenter._search.is_at(64, 254)
    presenter.watch()
    assert "64" in till.text("printer-search-told")
    presenter.choose(XP80.key)
    till.runner.release()
    assert till.settings.printer.host == "192.168.1.50"
    till.runner.hold = False


def test_each_place_has_its_own_printer(till: Till) -> None:
    till.set_up.printer.places.choose(PrinterPlace.PREPARATION, tell=True)
    till.click("printer-find")
    till.click("printer-use")
    till.click("printer-chart")
    answer(till, "1", "48", "chart-code-a", "chart-cut")
    assert step(till) is Step.DONE, "no drawer is asked for here"
    assert till.settings.preparation_printer.host == "192.168.1.50"
    assert till.settings.printer.transport == "screen"
    till.click("printer-done")
    till.click("test-printer")
    assert till.bench.acts[-1][0] == "sample"


def test_a_queue_is_never_asked_for_a_drawer_and_a_serial_line_keeps_its_speed(till: Till) -> None:
    queue = FoundPrinter(FoundBy.QUEUE, "Caisse", "Caisse", PrinterProfile("Caisse", "cups", queue="Caisse"), True)
    serial = FoundPrinter(FoundBy.SERIAL, "COM3", "", PrinterProfile("COM3", "serial", path="COM3"))
    till.bench.offered = [queue, serial]
    to_questions(till)
    answer(till, "1", "48", "chart-code-a", "chart-cut")
    assert step(till) is Step.DONE
    till.click("printer-done")
    till.click("printer-find")
    till.set_up.printer.presenter.choose(serial.key)
    assert till.settings.printer.baud_rate == 19_200


def test_a_profile_is_passed_on(till: Till, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "imprimante.json"
    till.set_up.presenter.save_printer(transport="network", host="10.0.0.9", code_page="cp858", code_page_number=53)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    till.click("printer-export")
    assert load_printer_profile(file) == till.settings.printer
    assert str(file) in till.text("printer-said")
    till.set_up.presenter.save_printer(transport="screen", code_page="cp1252", code_page_number=16)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    till.click("printer-import")
    assert (till.settings.printer.host, till.settings.printer.code_page_number) == ("10.0.0.9", 53)
    file.write_text("{}")
    till.click("printer-import")
    assert "Exporter" in till.text("printer-said")
    file.write_text('{"comptoir_printer": 1, "width_columns": 3}')
    till.click("printer-import")
    assert "width_columns" in till.text("printer-said")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "no" / "x.json"), ""))
    till.click("printer-export")
    assert "dossier" in till.text("printer-said")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    till.click("printer-export")


def test_a_logo_is_kept_in_the_printer_or_sent(till: Till, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "logo.png"
    file.write_bytes(b"\x89PNG...")
    till.set_up.presenter.save_printer(transport="network", host="10.0.0.9")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    for way in ("stored", "sent"):
        till.click(f"logo-{way}")
        assert till.settings.printer.logo == way
        assert "logo" in till.text("printer-said")
    till.click("logo-none")
    assert till.settings.printer.logo == "none"
    file.write_bytes(b"MZ")
    till.click("logo-stored")
    assert "PNG" in till.text("printer-said")
    file.unlink()
    till.click("logo-stored")
    assert "fichier" in till.text("printer-said")
    till.bench.fails = PrinterUnavailable("paper_out")
    file.write_bytes(b"\x89PNG...")
    till.click("logo-stored")
    assert "rouleau" in till.text("printer-said")
    assert till.settings.printer.logo == "none"


def test_a_logo_that_a_slow_line_leaves_out_is_said_so(
    till: Till, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "logo.png"
    file.write_bytes(b"\x89PNG...")
    till.set_up.presenter.save_printer(transport="serial", path="/dev/ttyS0", baud_rate=9600)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    till.click("logo-sent")
    assert till.settings.printer.sends_logo_slowly
    assert "ligne lente" in till.text("printer-said")
    assert "logo laissé de côté" in traits_words(till.settings.printer)


def test_by_hand_nothing_that_the_chart_told_is_lost(till: Till) -> None:
    told = PrinterProfile("Odd", "network", "10.0.0.9", code_page="cp858", code_page_number=77, width_columns=38)
    till.settings = replace(till.settings, printer=told)
    till.set_up.presenter.state = replace(till.set_up.presenter.state, settings=till.settings)
    till.set_up.presenter.choose_section(Section.PRINTER)
    till.click("save-printer")
    assert till.settings.printer == told


def test_what_is_on_screen_needs_no_chart(till: Till) -> None:
    chart = till.window.findChild(QAbstractButton, "printer-set-up")
    assert chart is not None
    assert not chart.isVisible()
    till.click("test-printer")
    assert len(till.store.queries.print_jobs()) == 1
