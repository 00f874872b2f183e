"""A till that was never set up begins with its set-up, and no other screen is seen before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject

from app.bootstrap.leaving import WayOut
from app.bootstrap.set_up import join_set_up
from app.bootstrap.window import Assembly, Places
from app.demo.hands import Hands
from app.settings import FirstRunSettings, Settings, save
from app.ui.main_window import MainWindow
from app.ui.screen import How, PlaceName
from tests.ui.test_window import PlainScreen

LONG_S = 60.0


class Seen(QObject):
    """Notes what each paint of the window had in its middle, and whether the set-up lay over it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window = window
        self.screens: list[str] = []
        window.stack.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        if event.type() == QEvent.Type.Paint and not self._window.covered:
            shown = self._window.stack.currentWidget()
            if shown is not None:
                self.screens.append("skeleton" if self._window.stack.indexOf(shown) == 0 else shown.objectName())
        return False


@pytest.fixture
def opened(qtbot, look, tmp_path) -> Iterator[Callable[[FirstRunSettings], tuple[Assembly, Seen]]]:
    made: list[Assembly] = []

    def open_with(first_run: FirstRunSettings) -> tuple[Assembly, Seen]:
        places = Places(tmp_path / "till.sqlite3", tmp_path / "keys" / "secrets.json", tmp_path / "settings.json")
        save(places.settings, Settings(first_run=first_run))
        way_out = WayOut()
        assembly = Assembly(places, look, attached=lambda shown: join_set_up(shown, way_out), may_be_new=True)
        made.append(assembly)
        qtbot.addWidget(assembly.window)
        seen = Seen(assembly.window)
        assembly.show()
        return assembly, seen

    yield open_with
    for assembly in made:
        assembly.window.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_a_new_till_shows_nothing_but_a_skeleton_before_its_doors(opened):
    assembly, seen = opened(FirstRunSettings())
    Hands(assembly.window).wait_until(lambda: assembly.window.covered, "the set-up", LONG_S)
    assert set(seen.screens) == {"skeleton"}
    assert assembly.window.stack.currentIndex() != 0, "the screen stands behind it"


def test_a_till_that_was_set_up_shows_its_screen_and_waits_for_nothing(opened):
    assembly, seen = opened(FirstRunSettings("finished"))
    Hands(assembly.window).wait_until(lambda: assembly.set_up is not None, "the end of the loading", LONG_S)
    assert not assembly.window.covered
    assert seen.screens[-1] != "skeleton"


@pytest.fixture
def window(qtbot, look) -> MainWindow:
    made = MainWindow(look, "Léa")
    qtbot.addWidget(made)
    made.show()
    return made


def test_what_is_scanned_while_the_window_is_held_back_is_dealt_with_after(window):
    screen = PlainScreen("p")
    window.hold_back()
    window.take_scan("p-early")
    window.attach({PlaceName.PICKUP: lambda: screen})
    window.take_scan("p-later")
    assert not screen.inputs
    assert window.stack.currentIndex() == 0
    window.release()
    assert screen.inputs == [("p-early", How.SCAN), ("p-later", How.SCAN)]
    assert window.stack.currentWidget() is screen.widget()
    window.release()
    assert len(screen.inputs) == 2
