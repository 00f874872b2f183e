"""Looks at every scene in this process's zoom, as a process: `python -m tests.ui.looked_at_zoomed 150 1024x600`.

Sizes are counted as at that zoom. Prints what is wrong, a line each. Run by `test_every_zoom.py`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from app.i18n import set_language
from app.ui.style.look import Look
from app.ui.style.zoom import zoom_in_force, zoomed_application
from resources.locale import translations
from tests.ui.scenes import Scene
from tests.ui.stages import STAGES
from tests.ui.test_every_screen import faults_of, settle

Size = tuple[int, int]


class Bot:
    """Of qtbot, what opening a window needs."""

    def addWidget(self, _widget: QWidget) -> None:  # noqa: N802  # qtbot's name
        """It lives until the process ends."""

    def waitExposed(self, widget: QWidget) -> Any:  # noqa: N802  # qtbot's name
        return QTest.qWaitForWindowExposed(widget)


def blurred(window: QWidget) -> list[str]:
    """Pictures drawn for another screen than this one: Qt would stretch them."""
    shown = [each for each in window.findChildren(QLabel) if each.isVisible() and not each.pixmap().isNull()]
    return [
        f"{each.objectName() or each.accessibleName()} {each.pixmap().size().toTuple()}"
        for each in shown
        if each.pixmap().devicePixelRatio() != window.devicePixelRatio()
    ]


def look_at(window: QWidget, scenes: Iterator[Scene], sizes: Sequence[Size]) -> tuple[int, list[str]]:
    """How many scenes were looked at, and what is wrong with them."""
    seen = 0
    faults: list[str] = []
    for name, show in scenes:
        show()
        seen += 1
        for size in sizes:
            window.resize(*size)
            settle()
            faults += [f"{name} {size[0]}x{size[1]}: {fault}" for fault in faults_of(window)]
            faults += [f"{name} {size[0]}x{size[1]}: blurred: {each}" for each in blurred(window)]
    return seen, faults


def main(percent: int, sizes: Sequence[Size]) -> int:
    application = zoomed_application(percent)
    assert zoom_in_force() == percent, "this screen is too small"
    if translations.is_stale(translations.FRENCH):
        translations.compile_catalogue(translations.FRENCH)
    set_language("fr")
    look = Look("light")
    look.apply(application)
    seen = 0
    faults: list[str] = []
    for stage in STAGES:
        with stage.open(Bot(), look) as (window, scenes):
            more, others = look_at(window, scenes, sizes)
        seen += more
        faults += others
    found = sorted(set(faults))
    print("\n".join(found))
    print(f"{percent} %: looked at {seen} scenes")
    return 0


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    wanted = [tuple(map(int, text.split("x"))) for text in sys.argv[2:]]
    sys.exit(main(int(sys.argv[1]), wanted))  # type: ignore[arg-type]  # two figures each
