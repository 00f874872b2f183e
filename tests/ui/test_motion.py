"""Nothing moves by itself where the shop or the desktop wants none of it: whatever could move asks first."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from app.ui.components.work_bar import WorkBar
from app.ui.screen import PlaceName
from app.ui.settings.display_sheet import DisplaySheet
from app.ui.settings.presenter import Section
from app.ui.style import motion
from tests.ui.till import open_till

APP = Path(__file__).resolve().parents[2] / "app"
MOVING = frozenset(
    {
        *("QPropertyAnimation", "QVariantAnimation", "QSequentialAnimationGroup", "QParallelAnimationGroup"),
        *("QAbstractAnimation", "QTimeLine", "QMovie", "QScroller", "QProgressBar", "setAnimated"),
        *("setCursorFlashTime", "QSplashScreen", "QtQuick", "QQuickWidget"),
    }
)
"""What moves on a screen, or a bar that would if nobody set its end."""
ASKS = {"ui/components/work_bar.py"}
"""Modules whose moving things ask `Look.reduced_motion`; each has its test here."""


def names_in(source: str) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom | ast.Import):
            yield from ((node.lineno, each.name) for each in node.names)
        elif isinstance(node, ast.Attribute):
            yield node.lineno, node.attr


def moving_in(source: str) -> list[tuple[int, str]]:
    return [(line, name) for line, name in names_in(source) if name in MOVING]


def test_nothing_that_moves_does_so_without_asking():
    found = []
    for file in sorted(APP.rglob("*.py")):
        name = file.relative_to(APP).as_posix()
        if name not in ASKS:
            found += [f"{name}:{line} {what}" for line, what in moving_in(file.read_text(encoding="utf-8"))]
    assert not found, f"use WorkBar, or ask Look.reduced_motion and add a test here: {found}"


def test_the_test_would_see_one():
    assert moving_in("from PySide6.QtCore import QPropertyAnimation\nview.setAnimated(True)\n")


def moves(bar: WorkBar) -> bool:
    return bar.moves


def test_a_bar_of_unknown_length_stands_still_where_motion_is_reduced(qtbot, look):
    bar = WorkBar(look, "Import")
    qtbot.addWidget(bar)
    assert moves(bar)
    look.use_motion("on")
    assert not moves(bar)
    bar.show_part(3, 10)
    assert (bar.value(), bar.maximum()) == (3, 10)
    look.use_motion("off")
    assert (bar.value(), bar.maximum(), moves(bar)) == (3, 10, False), "how far it is needs no motion"
    bar.show_part(0, 0)
    assert moves(bar)


@pytest.mark.parametrize(
    ("chosen", "desktop", "reduced"),
    [
        ("on", False, True),
        ("off", True, False),
        ("system", True, True),
        ("system", False, False),
        ("system", None, False),
    ],
)
def test_the_shops_choice_counts_before_the_desktops(monkeypatch, chosen, desktop, reduced):
    monkeypatch.setattr(motion, "desktop_reduces_motion", lambda: desktop)
    assert motion.is_motion_reduced(chosen) is reduced


def test_qts_own_effects_are_off(look):
    effects = (Qt.UIEffect.UI_AnimateCombo, Qt.UIEffect.UI_FadeTooltip, Qt.UIEffect.UI_FadeMenu)
    assert not any(QApplication.isEffectEnabled(effect) for effect in effects)


def test_it_is_chosen_in_the_settings_and_said_where_the_computer_does_not_tell(qtbot, look, monkeypatch):
    with open_till(qtbot, look, PlaceName.SETTINGS) as till:
        till.set_up.presenter.choose_section(Section.DISPLAY)
        sheet = next(each for each in till.set_up.sheets if isinstance(each, DisplaySheet))
        sheet.motion.choose("on", tell=True)
        assert till.settings.reduced_motion == "on"
        unsaid = till.window.findChild(QLabel, "motion-unsaid")
        assert unsaid is not None
        assert unsaid.isHidden()
        sheet.motion.choose("system", tell=True)
        told = motion.desktop_reduces_motion() is not None
        assert unsaid.isHidden() is told


PICTURES, APART_MS = 12, 60
"""Some tenths of a second: what moves by itself is seen to move in less."""


def pictures_of(qtbot, window: QWidget) -> Iterator[QImage]:
    """The window again and again while nothing happens, each once a clock of the same loop has turned."""
    pace = QTimer(interval=APART_MS)
    pace.start()
    for _picture in range(PICTURES):
        with qtbot.waitSignal(pace.timeout, timeout=30_000):
            pass
        yield window.grab().toImage()
    pace.stop()


def stands_still(qtbot, window: QWidget) -> bool:
    """Whether it does once what was still being read has come; what moves by itself goes on."""
    for _round in range(3):
        first, *others = pictures_of(qtbot, window)
        if all(other == first for other in others):
            return True
    return False


def hide_the_clock(window: QWidget) -> None:
    """The one thing that may change."""
    clock = window.findChild(QLabel, "clock")
    assert clock is not None
    clock.hide()


@pytest.fixture
def still_cursor(qapp) -> Iterator[None]:
    """The text cursor blinks as the desktop wants it."""
    before = qapp.cursorFlashTime()
    qapp.setCursorFlashTime(0)
    yield
    qapp.setCursorFlashTime(before)


def test_no_place_moves_while_nothing_happens(qtbot, look, still_cursor):
    look.use_motion("on")
    with open_till(qtbot, look, PlaceName.SALE) as till:
        hide_the_clock(till.window)
        for place in (each for each in PlaceName if each is not PlaceName.PICKUP):
            till.window.go_to(place)
            QCoreApplication.processEvents()
            assert stands_still(qtbot, till.window), place


def test_the_pickup_does_not_move_while_nothing_happens(qtbot, look, shop, still_cursor):
    look.use_motion("on")
    hide_the_clock(shop.window)
    shop.window.go_to(PlaceName.PICKUP)
    QCoreApplication.processEvents()
    assert stands_still(qtbot, shop.window)


def test_what_shakes_is_seen(qtbot):
    shaken = QLabel("On line")
    qtbot.addWidget(shaken)
    shaken.resize(200, 40)
    shaken.show()
    qtbot.waitExposed(shaken)
    assert stands_still(qtbot, shaken)
    shake = QTimer(shaken, interval=100)
    shake.timeout.connect(lambda: shaken.setIndent(5 - shaken.indent()))
    shake.start()
    assert not stands_still(qtbot, shaken)
