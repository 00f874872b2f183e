"""The whole window on a real database: it starts locked once there is a team, knows who signed in, and locks again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest

from app.bootstrap.core import opened_core
from app.bootstrap.window import Assembly, Places
from app.demo.hands import Hands
from app.domain.fiscal import Series
from app.domain.operators import Operator, Right, Role
from app.storage.pin import Argon2PinHasher
from app.ui.components.pin_sheet import PinSheet
from app.ui.screen import PlaceName
from app.ui.settings.presenter import Section
from app.ui.settings.view import SettingsScreen
from app.usecases.manage_operators import Team

MANAGER_PIN, CASHIER_PIN = "2580", "7391"


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "till.sqlite3", tmp_path / "secrets.json", tmp_path / "settings.json")


@pytest.fixture
def with_team(places: Places) -> None:
    with opened_core(places.database, places.secrets) as core:
        team = Team(core.counter, core.store.queries, Argon2PinHasher())
        assert isinstance(team.add("Claire", Role.MANAGER, MANAGER_PIN, ""), Operator)
        assert isinstance(team.add("Sami", Role.CASHIER, CASHIER_PIN, "Claire"), Operator)


class Window:
    """One window on its database, with hands."""

    def __init__(self, places: Places, look) -> None:
        self.assembly = Assembly(places, look)
        self.hands = Hands(self.assembly.window)
        self.assembly.show()
        self.until(lambda: self.assembly.upkeep is not None, "the window with its workers")

    def until(self, done: Callable[[], bool], what: str) -> None:
        self.hands.wait_until(done, what)

    @property
    def staff(self):
        assert self.assembly.staff is not None
        return self.assembly.staff

    @property
    def sheet(self) -> PinSheet:
        [found] = (sheet for sheet in self.assembly.window.findChildren(PinSheet) if sheet.isVisible())
        assert isinstance(found, PinSheet)
        return found

    def type_pin(self, pin: str) -> None:
        QTest.keyClicks(self.sheet, pin)
        QTest.keyClick(self.sheet, Qt.Key.Key_Return)

    def close(self) -> None:
        self.assembly.window.close()
        self.assembly.close()


@pytest.fixture
def open_window(qapp, look, places: Places) -> Iterator[Callable[[], Window]]:
    opened: list[Window] = []

    def open_one() -> Window:
        opened.append(Window(places, look))
        return opened[-1]

    yield open_one
    for window in opened:
        window.close()


def test_without_a_team_nothing_is_asked_and_the_chip_leads_to_its_page(open_window):
    window = open_window()
    assert not window.assembly.window.covered
    window.assembly.window.operator_pressed.emit()
    assert window.assembly.window.here is PlaceName.SETTINGS
    screen = window.assembly.window.screen(PlaceName.SETTINGS)
    assert isinstance(screen, SettingsScreen)
    assert screen.presenter.state.section is Section.TEAM


def test_the_first_manager_locks_the_till_at_once(open_window):
    window = open_window()
    assert window.assembly.core is not None
    team = Team(window.assembly.core.counter, window.assembly.core.store.queries, window.staff.hasher)
    team.add("Claire", Role.MANAGER, MANAGER_PIN, "")
    window.until(lambda: window.assembly.window.covered, "the lock")
    window.type_pin(MANAGER_PIN)
    window.until(lambda: not window.assembly.window.covered, "Claire at the till")
    assert window.assembly.operator() == "Claire"


def test_it_starts_locked_and_the_operator_is_who_signed_in(with_team, open_window):
    window = open_window()
    assert window.staff.lock.locked
    window.type_pin(CASHIER_PIN)
    window.until(lambda: not window.staff.lock.locked, "Sami at the till")
    assert window.assembly.operator() == "Sami"
    assert window.assembly.window.operator.text == "Sami"
    assert not window.staff.on_duty.may(Right.CHANGE_SETTINGS)
    window.assembly.window.operator_pressed.emit()
    assert window.staff.lock.locked


def test_r13_the_journal_says_who_was_at_the_till_and_until_when(with_team, open_window, places):
    window = open_window()
    window.type_pin(CASHIER_PIN)
    window.until(lambda: not window.staff.lock.locked, "Sami at the till")
    window.assembly.window.operator_pressed.emit()
    window.type_pin(MANAGER_PIN)
    window.until(lambda: not window.staff.lock.locked, "Claire at the till")
    window.close()
    with opened_core(places.database, places.secrets) as core, core.store.unit_of_work() as uow:
        letter = uow.identity().till_letter
        rows = list(uow.ledger.rows(letter, Series.EVENTS, 1, uow.ledger.head(letter, Series.EVENTS).number))
    said = [json.loads(row.canonical) for row in rows if row.kind.startswith("signed_")]
    assert [(event["kind"], event["operator"], event["details"].get("why", "")) for event in said] == [
        ("signed_in", "Sami", ""),
        ("signed_out", "Sami", "asked"),
        ("signed_in", "Claire", ""),
        ("signed_out", "Claire", "closed"),
    ]


def test_a_scanners_burst_types_no_pin(with_team, open_window):
    window = open_window()
    handle = window.assembly.window.windowHandle()
    for index, digit in enumerate("3760123456784\r"):
        key = Qt.Key.Key_Return if digit == "\r" else Qt.Key(ord(digit))
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, digit)
            event.setTimestamp(1_000_000 + index * 4)
            QCoreApplication.sendEvent(handle, event)
    window.until(lambda: bool(window.sheet.said), "the word about the scan")
    assert window.sheet.digits_typed == 0
    assert window.staff.lock.locked


def test_wrong_pins_slow_the_till_across_a_restart(with_team, open_window):
    window = open_window()
    for _ in range(5):
        window.type_pin("6602")
        window.until(lambda: window.sheet._busy is False, "the answer")
    window.close()
    again = open_window()
    again.type_pin(MANAGER_PIN)
    again.until(lambda: bool(again.sheet.said) and not again.sheet._busy, "the answer")
    assert again.staff.lock.locked


def test_a_quiet_while_locks_the_till_if_the_settings_say_so(with_team, open_window):
    window = open_window()
    window.type_pin(CASHIER_PIN)
    window.until(lambda: not window.staff.lock.locked, "Sami at the till")
    assert not window.staff._idle._timer.isActive()
    window.assembly.use_settings(replace(window.assembly.settings, lock_after_minutes=5))
    assert window.staff._idle._timer.interval() == 300_000
    window.staff._idle.set_after(1)
    window.until(lambda: window.staff.lock.locked, "the lock after a quiet while")
