"""The whole program as a process, in which somebody chooses a size, types a basket and starts the window again; the
process that follows says how it stands there. Run by `test_started_again.py`.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Iterator

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

import app.bootstrap.window
from app.__main__ import main
from app.settings import Settings
from app.ui.checkout.view import SaleScreen
from app.ui.components.segments import Segments
from app.ui.main_window import MainWindow
from app.ui.screen import PlaceName
from app.ui.settings.presenter import Section
from app.ui.settings.view import SettingsScreen
from app.ui.style.look import Look
from app.ui.style.zoom import zoom_in_force

_LOOK_MS = 50
_AGAIN = "COMPTOIR_TEST_STARTED_AGAIN"


class Person:
    """Does one thing after the other, each once what it waits for is there."""

    def __init__(self, acts: Iterator[Callable[[], object]]) -> None:
        self._acts = acts
        self._wanted: Callable[[], object] = bool
        self._timer = QTimer()
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)

    def begin(self) -> None:
        self._wanted = next(self._acts)
        self._timer.start()

    def _look(self) -> None:
        try:
            if self._wanted():
                self._wanted = next(self._acts)
        except StopIteration:
            self._timer.stop()
        except Exception:  # noqa: BLE001  # a person in trouble ends the process, so that nothing waits for ever
            traceback.print_exc()
            os._exit(3)


def window() -> MainWindow | None:
    shown = [each for each in QApplication.topLevelWidgets() if isinstance(each, MainWindow) and each.isVisible()]
    return shown[0] if shown else None


def in_window(name: str) -> QWidget | None:
    here = window()
    found = here.findChild(QWidget, name) if here is not None else None
    return found if found is not None and found.isVisible() else None


def ready() -> bool:
    """The screens are there and the workers run."""
    here = window()
    return here is not None and here._attached and here.isActiveWindow()


def sale() -> SaleScreen:
    here = window()
    assert here is not None
    screen = here.screen(PlaceName.SALE)
    assert isinstance(screen, SaleScreen)
    return screen


def first_start() -> Iterator[Callable[[], object]]:
    yield ready
    here = window()
    assert here is not None
    QTest.keyClick(here, Qt.Key.Key_F3)
    yield lambda: here.here is PlaceName.SALE and here.box.hasFocus()
    QTest.keyClicks(here.box, "2,50")
    QTest.keyClick(here.box, Qt.Key.Key_Return)
    yield lambda: here.focusWidget() is not None
    QTest.keyClick(here.focusWidget(), Qt.Key.Key_Return)
    yield lambda: len(sale().presenter.state.basket.lines) == 1
    here.go_to(PlaceName.SETTINGS)
    screen = here.screen(PlaceName.SETTINGS)
    assert isinstance(screen, SettingsScreen)
    screen.presenter.choose_section(Section.DISPLAY)
    yield lambda: in_window("zoom") is not None
    zoom = in_window("zoom")
    assert isinstance(zoom, Segments)
    for _step in range(3):
        QTest.keyClick(zoom, Qt.Key.Key_Right)
    yield lambda: in_window("start-again") is not None
    again = in_window("start-again")
    assert isinstance(again, QAbstractButton)
    print(f"first {os.getpid()} {zoom_in_force()} {zoom.current}", flush=True)
    QTest.keyClick(again, Qt.Key.Key_Return)


def second_start() -> Iterator[Callable[[], object]]:
    yield ready
    here = window()
    assert here is not None
    here.go_to(PlaceName.SALE)
    yield lambda: len(sale().presenter.state.parked) == 1
    print(f"second {os.getpid()} {zoom_in_force()} {here.devicePixelRatio():g}", flush=True)
    here.close()


def play(person: Person) -> int:
    """The program, with the person at it from the moment its application is there."""
    made = app.bootstrap.window.new_application

    def with_person(settings: Settings) -> tuple[QApplication, Look]:
        both = made(settings)
        person.begin()
        return both

    app.bootstrap.window.new_application = with_person
    return main([])


if __name__ == "__main__":
    started_again = os.environ.get(_AGAIN) == "yes"
    os.environ[_AGAIN] = "yes"
    sys.exit(play(Person(second_start() if started_again else first_start())))
