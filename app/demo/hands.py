"""Owns working the window as a person does: keys, a scanner's burst, waiting for what the screen shows, pictures of it.

Waits for conditions, never for a time; gives up after a limit with what it waited for.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QPoint, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.ui.main_window import MainWindow

LIMIT_S = 20.0
_SCAN_GAP_MS = 2


class NeverHappened(Exception):
    """What was waited for did not come in time."""


class Hands:
    """A person at the window."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._scanner_ms = 1_000_000_000  # its clock: later than that of any key typed here

    def wait_until(self, condition: Callable[[], object], what: str, limit_s: float = LIMIT_S) -> float:
        """Let the window work until something is so; returns the seconds it took.

        Raises NeverHappened.
        """
        began = time.monotonic()
        while not condition():
            if time.monotonic() - began > limit_s:
                raise NeverHappened(f"{what}, within {limit_s:.0f} s")
            loop = QEventLoop()
            QTimer.singleShot(5, loop.quit)
            loop.exec()
        return time.monotonic() - began

    def type(self, text: str) -> None:
        """Type as a person, too slowly to be a scanner."""
        for letter in text:
            QTest.keyClick(self._target(), letter, Qt.KeyboardModifier.NoModifier, 60)  # type: ignore[call-overload]  # the same

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self._target(), key, modifiers, 60)

    def enter(self) -> None:
        self.press(Qt.Key.Key_Return)

    def scan(self, code: str) -> None:
        """A wedge scanner: the whole code within milliseconds, then Enter.

        A real one's keys carry the times at which they were sent, however busy the window is; so do these.
        """
        QApplication.processEvents()
        window = self._target()
        for letter in code:
            self._send_key(window, ord(letter.upper()), letter)
        self._send_key(window, int(Qt.Key.Key_Return), "\r")

    def _send_key(self, window: QWindow, key: int, text: str) -> None:
        self._scanner_ms += _SCAN_GAP_MS
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text)
            event.setTimestamp(self._scanner_ms)
            QCoreApplication.sendEvent(window, event)

    def click(self, name: str, share: float = 0.5) -> None:
        """Press a button by its object name, at a share of its width. Raises NeverHappened if it is not on the
        screen."""
        button = self.find(name)
        if button is None or not button.isVisible():
            raise NeverHappened(f"the button {name} on the screen")
        place = QPoint(int(button.width() * share), button.height() // 2)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)

    def find(self, name: str) -> QWidget | None:
        found = self._window.findChild(QWidget, name)
        return found if isinstance(found, QWidget) else None

    def picture(self, path: Path) -> None:
        """What a person sees now."""
        QApplication.processEvents()
        self._window.grab().save(str(path))

    def _target(self) -> QWindow:
        """Keys go to the window, as the system delivers them; Qt passes them on to what has the focus."""
        return self._window.windowHandle()
