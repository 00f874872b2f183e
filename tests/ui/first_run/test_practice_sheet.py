"""The sheet at the end of the exercises by Tab, and by its keys with the focus on nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest

from app.ui.first_run.practice_sheet import PracticeSheet
from app.ui.main_window import MainWindow
from tests.fakes.inline_runner import InlineRunner
from tests.ui import checks

WRITTEN = Path("practice.pdf")


class End:
    """A window covered by the sheet, and the pages shown."""

    def __init__(self, look) -> None:
        self.shown: list[Path] = []
        self.window = MainWindow(look, "Léa")
        text = "# What was practised\n\nA sale"
        self.sheet = PracticeSheet(look, self.window, InlineRunner(), text, lambda: WRITTEN, self.shown.append)
        self.window.cover(self.sheet)

    def press_out_of_focus(self, key: Qt.Key) -> None:
        focused = self.window.focusWidget()
        focused.clearFocus()
        QTest.keyClick(self.window, key)


@pytest.fixture
def end(qtbot, look) -> Iterator[End]:
    made = End(look)
    qtbot.addWidget(made.window)
    made.window.show()
    made.window.activateWindow()
    qtbot.waitUntil(made.window.isActiveWindow)
    yield made
    made.window.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.mark.parametrize("key", [Qt.Key.Key_Tab, Qt.Key.Key_Backtab])
def test_tab_goes_round_both_ways(end: End, key: Qt.Key) -> None:
    buttons = {end.sheet.close_button, end.sheet.print_button, end.sheet.stay_button}
    reached = set()
    for _step in range(2 * len(buttons) + 2):
        focused = end.window.focusWidget()
        reached.add(focused)
        QTest.keyClick(focused, key)
    assert buttons <= reached
    assert checks.unreachable(end.window) == []


def test_each_key_is_one_press_with_the_focus_on_nothing(end: End) -> None:
    end.press_out_of_focus(Qt.Key.Key_P)
    assert end.shown == [WRITTEN]
    end.press_out_of_focus(Qt.Key.Key_Return)
    assert not end.window.isVisible()


def test_enter_of_the_sheet_itself_ends_the_practice(end: End) -> None:
    QTest.keyClick(end.sheet, Qt.Key.Key_Enter)
    assert not end.window.isVisible()
