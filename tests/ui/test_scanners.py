"""The scanners joined to a sale on the real store: a serial one sells, none pays, the book of devices keeps no code."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest

from app.bootstrap import scanners as bootstrap_scanners
from app.bootstrap.scanners import Scanners
from app.settings import ScannerSettings, Settings
from app.storage.store import open_store
from app.ui.checkout.flow import SaleSurroundings
from app.ui.checkout.state import Step
from app.ui.checkout.view import SaleScreen
from app.ui.main_window import MainWindow
from app.ui.screen import How, PlaceName
from app.ui.task_runner import TaskRunner
from app.usecases.device_book import Device, DeviceBook, DeviceState
from tests.fakes.line_devices import FarEnd
from tests.fakes.memory_store import A_TILL
from tests.fakes.samples import COFFEE, WINE
from tests.fakes.surroundings import HandSetClock, a_counter

GTIN = COFFEE.codes[0]
pytestmark = pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs pseudo-terminals")


@pytest.fixture
def store(tmp_path):
    opened = open_store(tmp_path / "till.db", clock=HandSetClock())
    with opened.unit_of_work() as uow:
        uow.set_identity(A_TILL)
        uow.catalogue.save_all([COFFEE, WINE])
        uow.commit()
    yield opened
    opened.close()


@pytest.fixture
def window(qtbot, look, store):
    runner = TaskRunner()
    made = MainWindow(look, "Léa")
    settings = Settings(warn_on_negative_stock=False)
    around = SaleSurroundings(
        a_counter(store.unit_of_work), store.queries, runner, lambda: "Léa", lambda: settings, lambda _text, _how: None
    )
    made.attach({PlaceName.SALE: lambda: SaleScreen(look, made, around)}, PlaceName.SALE)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close()
    runner.close()


@pytest.fixture
def book():
    return DeviceBook(HandSetClock())


@pytest.fixture
def scanners(window, store, book):
    assembly: Any = SimpleNamespace(window=window, devices=book, settings=Settings(), device_listeners=[], runner=None)
    core: Any = SimpleNamespace(store=store)
    made: Any = Scanners(assembly, core)
    made.tell = assembly.device_listeners[0]
    yield made
    made.close()
    window.windowHandle().removeEventFilter(made.scan_filter)


def labels(window):
    return [line.label for line in window.screen(PlaceName.SALE).presenter.state.basket.lines]


def step(window):
    return window.screen(PlaceName.SALE).presenter.state.step


def type_as_scanner(window, text, gap_ms):
    for number, character in enumerate(text + "\r"):
        key = Qt.Key.Key_Return if character == "\r" else Qt.Key(ord(character.upper()))
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, character)
            event.setTimestamp(50_000 + gap_ms * number)
            QCoreApplication.sendEvent(window.windowHandle(), event)


def test_a_serial_scanner_sells_and_is_found_again_on_another_port(qtbot, window, scanners, book):
    assert book.report(Device.SERIAL_SCANNER).state is DeviceState.OFF
    for name in ("first", "second"):
        with FarEnd() as far_end:
            scanners.use_settings(ScannerSettings(serial_port=far_end.port, prefix="~"))
            qtbot.waitUntil(lambda: book.report(Device.SERIAL_SCANNER).state is DeviceState.WORKING, timeout=60_000)
            sold = sum(line.quantity for line in window.screen(PlaceName.SALE).presenter.state.basket.lines)
            far_end.say(f"]E0~{GTIN}\r\n".encode())
            qtbot.waitUntil(
                lambda sold=sold: (
                    sum(line.quantity for line in window.screen(PlaceName.SALE).presenter.state.basket.lines) > sold
                ),
                timeout=60_000,
            )
            scanners.use_settings(ScannerSettings())
        assert labels(window) == [COFFEE.name], name
    assert book.report(Device.SERIAL_SCANNER).state is DeviceState.OFF


def test_a_port_that_is_not_there_is_told_and_keys_go_on(qtbot, window, scanners, book):
    scanners.use_settings(ScannerSettings(serial_port="/dev/ttyUSB-none"))
    qtbot.waitUntil(lambda: book.report(Device.SERIAL_SCANNER).state is DeviceState.FAILED, timeout=60_000)
    assert book.report(Device.SERIAL_SCANNER).reason == "absent"
    type_as_scanner(window, GTIN, 5)
    qtbot.waitUntil(lambda: labels(window) == [COFFEE.name])


@pytest.mark.parametrize("gap_ms", [5, 80])
@pytest.mark.parametrize("code", [GTIN, "HTTPSEXAMPLEORG77", WINE.codes[0]])
def test_a_scan_never_pays(qtbot, window, scanners, store, gap_ms, code):
    window.take_input(GTIN, How.SCAN)
    QTest.keyClick(window.box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: step(window) is Step.PAY)
    type_as_scanner(window, code, gap_ms)
    QCoreApplication.processEvents()
    assert step(window) is not Step.PAID
    assert list(store.queries.sales()) == []
    assert code not in window.box.text()


def test_the_book_of_devices_knows_when_and_how_long_and_no_code(qtbot, window, scanners, book):
    type_as_scanner(window, GTIN, 5)
    report = book.report(Device.WEDGE_SCANNER)
    assert (report.state, report.facts) == (DeviceState.WORKING, {"newest_length": str(len(GTIN))})
    assert GTIN not in str(replace(report))


def test_settings_are_used_at_once(qtbot, window, scanners):
    learned = ScannerSettings(reading="learned", learned_from="ABCDEFGHIJ", learned_to="0123456789")
    scanners.use_settings(learned)
    type_as_scanner(window, GTIN.translate(str.maketrans("0123456789", "ABCDEFGHIJ")), 5)
    qtbot.waitUntil(lambda: labels(window) == [COFFEE.name])
    assert not window.foot.scanner.isVisible(), "it was learned: there is nothing to say"


def test_the_foot_says_that_the_serial_scanner_does_not_answer_until_it_does(window, scanners, book):
    chip = window.foot.scanner
    book.set_up(Device.SERIAL_SCANNER, "COM3")
    book.failed(Device.SERIAL_SCANNER, "absent")
    scanners.tell(Device.SERIAL_SCANNER)
    assert (chip.isVisible(), chip.text) == (True, "Le lecteur ne répond pas")
    book.works(Device.SERIAL_SCANNER)
    scanners.tell(Device.SERIAL_SCANNER)
    assert not chip.isVisible()


def test_serial_ports_are_looked_for_off_the_main_thread(qtbot, scanners, monkeypatch):
    """Under Windows a wireless port may take seconds to answer."""
    asked: list[int] = []

    def ports() -> list[object]:
        asked.append(threading.get_ident())
        return []

    monkeypatch.setattr(bootstrap_scanners, "serial_ports", ports)
    runner = scanners._runner = TaskRunner()
    told: list[object] = []
    scanners.surroundings().ask_ports(told.append)
    qtbot.waitUntil(lambda: told == [[]], timeout=60_000)
    runner.close()
    assert asked
    assert threading.get_ident() not in asked


def test_once_the_window_goes_no_scan_is_told(qtbot, window, scanners):
    scanners.close()
    with qtbot.assertNotEmitted(scanners.scan_filter.scanned, wait=1):
        type_as_scanner(window, GTIN, 5)
