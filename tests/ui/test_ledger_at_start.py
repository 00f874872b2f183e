"""The window and the ledger: looked at before anything is recorded, said if something is wrong, closed with a word."""

from __future__ import annotations

import sqlite3
import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from app.bootstrap.core import build_core, opened_core
from app.bootstrap.ledger_watch import LedgerGate
from app.bootstrap.window import Assembly, Places
from app.domain.fiscal import EventCode
from app.domain.ledger_check import content_or_none
from app.domain.money import Money
from app.domain.sale import Basket, BasketLine, Payment, PaymentMeans
from app.usecases.sell_at_counter import SaleDone, SaleRequest, sell_at_counter
from tests.fakes.memory_store import MemoryStore
from tests.integration.ledger.trade import drop_guards, restore_guards


@pytest.fixture
def places(tmp_path) -> Places:
    return Places(tmp_path / "data" / "till.sqlite3", tmp_path / "keys" / "secrets.json", tmp_path / "settings.toml")


def run_once(qtbot, look, places: Places) -> str:
    """Open the window, wait until all behind it is there, close it. Returns the notice it showed."""
    ready: list[Assembly] = []
    assembly = Assembly(places, look, attached=ready.append)
    qtbot.addWidget(assembly.window)
    assembly.show()
    qtbot.waitUntil(lambda: bool(ready), timeout=20_000)
    qtbot.wait(0)
    notice = assembly.window.notice
    said: str = notice.text if notice.isVisible() else ""
    assembly.close()
    return said


def sell(places: Places) -> str:
    with opened_core(places.database, places.secrets) as core:
        basket = Basket((BasketLine(core.ids.new(), "Ourlet", Money(1500), 2000),))
        request = SaleRequest(basket, (Payment(PaymentMeans.CARD, Money(1500), Money(1500)),), "Léa")
        done = sell_at_counter(core.counter, request)
    assert isinstance(done, SaleDone)
    return done.sale.display_number


def codes(places: Places) -> list[str]:
    core = build_core(places.database, places.secrets, read_only=True)
    try:
        rows = core.store.queries.ledger_books().page("A", "events", 0, 1000)
        return [row.kind for row in rows if content_or_none(row)]
    finally:
        core.close()


def test_r13_the_window_begins_and_ends_in_the_journal(qtbot, look, places):
    assert run_once(qtbot, look, places) == ""
    assert codes(places)[:2] == [EventCode.KEY_CREATED, EventCode.STARTED]
    assert codes(places)[-1] == EventCode.STOPPED
    assert run_once(qtbot, look, places) == ""
    assert codes(places).count(EventCode.STARTED) == 2


@pytest.mark.expected_logs("ledger: ")
def test_r06_a_cut_tail_is_said_in_the_window_and_no_number_comes_twice(qtbot, look, places):
    run_once(qtbot, look, places)
    assert [sell(places), sell(places), sell(places)][-1] == "A-000003"
    connection = sqlite3.connect(places.database)
    drop_guards(connection)
    connection.execute("DELETE FROM ledger WHERE series = 'sales' AND number = 3")
    restore_guards(connection)
    connection.commit()
    connection.close()
    said = run_once(qtbot, look, places)
    assert "il manque le n° 3" in said
    assert EventCode.LEDGER_GAP in codes(places)
    assert sell(places) == "A-000004"
    assert run_once(qtbot, look, places) == ""


def test_whoever_records_something_waits_for_the_check_and_no_longer():
    store = MemoryStore()
    gate, begun = LedgerGate(store.unit_of_work), threading.Event()

    def record() -> None:
        with gate():
            begun.set()

    writer = threading.Thread(target=record)
    writer.start()
    assert not begun.wait(0.05)
    gate.open()
    writer.join(5)
    assert begun.is_set()


@pytest.mark.expected_logs("cannot be opened")
def test_data_in_use_elsewhere_are_opened_by_the_notices_button_once_they_are_free(qtbot, look, places):
    ready: list[Assembly] = []
    assembly = Assembly(places, look, attached=ready.append)
    qtbot.addWidget(assembly.window)
    notice = assembly.window.notice
    with opened_core(places.database, places.secrets):
        assembly.show()
        qtbot.waitUntil(notice.isVisible, timeout=60_000)
    button = notice.findChild(QAbstractButton, "notice-action")
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(ready), timeout=60_000)
    assembly.close()
