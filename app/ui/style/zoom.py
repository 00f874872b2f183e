"""Owns how large everything on screen is: Qt's own scale factor, so that lengths, fonts and icons grow together and
stay sharp. It is chosen once, before the application is made; no widget knows it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app.settings import ZOOM_PERCENTS
from app.ui.style.tokens import SMALLEST_WINDOW

USUAL_PERCENT: Final = 100
_SCALE_VARIABLE: Final = "QT_SCALE_FACTOR"
_PROPERTY: Final = "comptoir-zoom-percent"


def zoomed_application(percent: int, must_fit: bool = True) -> QApplication:
    """The Qt application, everything in it as large as that; less large where the smallest window would not fit on the
    screen. One that exists already stays as it is: nothing changes its size any more.

    Args: must_fit: False for what scrolls, or is never shown on a screen.
    """
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    application = _made(percent)
    largest = max(zooms_that_fit(_room_at_100(percent)))
    if must_fit and percent > largest:
        application.shutdown()
        application = _made(largest)
    return application


def zoom_in_force() -> int:
    """Percent."""
    application = QGuiApplication.instance()
    return (application.property(_PROPERTY) if application is not None else None) or USUAL_PERCENT


def zooms_that_fit(room_at_100: QSize) -> tuple[int, ...]:
    """The zooms, in percent, that leave room for the smallest window; the usual size always does.

    Args: room_at_100: what a screen offers a window, in pixels as they are at 100 %.
    """
    across, down = SMALLEST_WINDOW
    return tuple(
        percent
        for percent in ZOOM_PERCENTS
        if percent == USUAL_PERCENT
        or (room_at_100.width() * 100 >= across * percent and room_at_100.height() * 100 >= down * percent)
    )


def room_here() -> QSize:
    """What this screen offers a window, in pixels as they are at 100 %."""
    return _room_at_100(zoom_in_force())


def _room_at_100(percent: int) -> QSize:
    screen = QGuiApplication.primaryScreen()
    if screen is None:
        return QSize(*SMALLEST_WINDOW)
    room = screen.availableSize()
    return QSize(room.width() * percent // 100, room.height() * percent // 100)


def _made(percent: int) -> QApplication:
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    with _scaled(percent):
        application = QApplication(sys.argv[:1])
    application.setProperty(_PROPERTY, percent)
    return application


@contextmanager
def _scaled(percent: int) -> Iterator[None]:
    """Qt reads its variable while the application is made; programs started from it later must not inherit ours."""
    before = os.environ.get(_SCALE_VARIABLE)
    try:
        own = float(before or 1)
    except ValueError:
        own = 1.0
    if percent != USUAL_PERCENT:
        os.environ[_SCALE_VARIABLE] = f"{own * percent / 100:g}"
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(_SCALE_VARIABLE, None)
        else:
            os.environ[_SCALE_VARIABLE] = before
