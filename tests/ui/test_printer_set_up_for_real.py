"""The whole way with the real window, its lanes and a printer on loopback: looked for, chart, answers, sample. The
screen's thread is never held up by the printer, not even by one that says nothing."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QElapsedTimer, QTimer

from app.bootstrap.window import Assembly, Places
from app.printing.discovery import find_on_network
from app.ui.screen import PlaceName
from app.ui.settings.presenter import Section
from app.ui.settings.printer import PrinterSaid, Step
from app.usecases.set_up_printer import CHART_LINES, NATIVE_CODE, CodeRead
from tests.fakes.socket_printer import Behaviour, SocketPrinter, read_job, socket_printer

LIMIT_MS = 60_000


@pytest.fixture
def printer() -> Iterator[SocketPrinter]:
    with socket_printer() as on:
        yield on


@pytest.fixture
def assembly(qtbot, look, tmp_path: Path) -> Iterator[Assembly]:
    places = Places(tmp_path / "till.db", tmp_path / "secrets.json", tmp_path / "settings.json")
    attached: list[Assembly] = []
    made = Assembly(places, look, attached=attached.append)
    qtbot.addWidget(made.window)
    made.show()
    qtbot.waitUntil(lambda: bool(attached), timeout=LIMIT_MS)
    yield made
    made.close()


def sheet_of(assembly: Assembly, printer: SocketPrinter) -> Any:
    assembly.window.go_to(PlaceName.SETTINGS)
    screen: Any = assembly.window.screen(PlaceName.SETTINGS)
    screen.presenter.choose_section(Section.PRINTER)
    near = partial(find_on_network, addresses=["127.0.0.1"], port=printer.port)
    screen.printer.presenter._around.bench._finders = lambda: [near]
    return screen.printer


def test_from_the_search_to_the_sample(qtbot, assembly: Assembly, printer: SocketPrinter) -> None:
    presenter = sheet_of(assembly, printer).presenter

    def comes_to(step: Step) -> None:
        qtbot.waitUntil(lambda: presenter.state.step is step and not presenter.state.busy, timeout=LIMIT_MS)

    presenter.look()
    qtbot.waitUntil(lambda: not presenter.state.searching, timeout=LIMIT_MS)
    [found] = presenter.state.found
    assert found.name == "TM-T20III"
    presenter.choose(found.key)
    comes_to(Step.CHART)
    presenter.print_chart()
    comes_to(Step.LETTERS)
    presenter.answer_line(8)
    presenter.answer_width(42)
    presenter.answer_code(CodeRead.NATIVE)
    presenter.answer_cut(True)
    presenter.no_drawer()
    comes_to(Step.DONE)
    assert assembly.settings.printer.code_page == "cp858"
    presenter.print_sample()
    qtbot.waitUntil(lambda: presenter.state.said is PrinterSaid.SAMPLE_SENT, timeout=LIMIT_MS)
    pages = {line.page_number: line.code_page for line in CHART_LINES}
    chart, sample = (read_job(job, pages) for job in printer.jobs)
    assert chart.qr_texts == [NATIVE_CODE]
    assert "é è ê" in sample.text


def test_a_printer_that_swallows_everything_never_holds_the_screen_up(
    qtbot, assembly: Assembly, printer: SocketPrinter
) -> None:
    printer.behaviour = Behaviour(black_hole=True)
    presenter = sheet_of(assembly, printer).presenter
    turns = 0

    def count() -> None:
        nonlocal turns
        turns += 1

    ticking = QTimer()
    ticking.timeout.connect(count)
    ticking.start(10)
    spent = QElapsedTimer()
    spent.start()
    presenter.look()
    called_ms = spent.elapsed()
    qtbot.waitUntil(lambda: not presenter.state.searching, timeout=LIMIT_MS)
    whole_ms = spent.elapsed()
    ticking.stop()
    assert called_ms < whole_ms
    assert turns > 1, "the screen went on meanwhile"
    assert [found.is_ticket_printer for found in presenter.state.found] == [False]
