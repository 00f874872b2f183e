"""Owns how pictures are taken: a process with only the bundled fonts, a clock that stands still and no display."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from tests.pictures.plan import LANGUAGES, ROOT, Dress, Picture

_SCREEN = {"name": "counter", "x": 0, "y": 0, "width": 1920, "height": 1080, "dpr": 1} | {
    "logicalDpi": 96,
    "logicalBaseDpi": 96,
}
_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
  <match target="font">
    <edit name="antialias" mode="assign"><bool>true</bool></edit>
    <edit name="hinting" mode="assign"><bool>false</bool></edit>
    <edit name="hintstyle" mode="assign"><const>hintnone</const></edit>
    <edit name="autohint" mode="assign"><bool>false</bool></edit>
    <edit name="rgba" mode="assign"><const>none</const></edit>
    <edit name="lcdfilter" mode="assign"><const>lcdnone</const></edit>
  </match>
</fontconfig>
"""


def environment(folder: Path) -> dict[str, str]:
    """What a studio runs in: the same on every machine. Writes its font list into `folder`."""
    fonts, screen = folder / "fonts.conf", folder / "screen.json"
    screen.write_text(json.dumps({"screens": [_SCREEN]}), encoding="utf-8")
    fonts.write_text(_FONTS.format(fonts=ROOT / "resources" / "fonts", cache=folder / "font-cache"), encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("QT_", "LC_", "COMPTOIR_"))}
    return kept | {
        "QT_QPA_PLATFORM": f"offscreen:configfile={screen}",
        "QT_LOGGING_RULES": "qt.multimedia.*=false",
        "FONTCONFIG_FILE": str(fonts),
        "TZ": "Europe/Paris",
        "LANG": "C.UTF-8",
        "COMPTOIR_HOME": str(folder / "home"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        "PYTHONHASHSEED": "0",
    }


class _Bot:
    """What qtbot does where nobody tests."""

    def addWidget(self, _widget: Any) -> None:  # noqa: N802  # qtbot's name
        """Stages close what they open."""

    def waitExposed(self, _widget: Any) -> None:  # noqa: N802  # qtbot's name
        settle()


def settle() -> None:
    """A form just opened is laid out with the turns that follow."""
    from PySide6.QtCore import QCoreApplication

    for _turn in range(4):
        QCoreApplication.processEvents()


def stop_the_clocks() -> None:
    """What screens say of now is said of one moment."""
    from PySide6.QtCore import QDateTime

    from app.ui import foot, messages
    from app.ui.pickup import order_rows
    from tests.fakes.surroundings import NOON

    class StoodStill(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> StoodStill:
            return cls.fromtimestamp(NOON.timestamp(), tz or timezone(timedelta(hours=1)))

    class Foot:
        @staticmethod
        def currentDateTime() -> QDateTime:  # noqa: N802  # Qt's name
            return QDateTime.fromSecsSinceEpoch(int(NOON.timestamp()))

    changes: tuple[tuple[Any, str, Any], ...] = (
        (messages, "datetime", StoodStill),
        (order_rows, "datetime", StoodStill),
        (foot, "QDateTime", Foot),
    )
    for module, name, still in changes:
        setattr(module, name, still)


Choice = Callable[[str, int], tuple[Dress, ...]]
"""Given a stage and the number of a scene: how it is wanted."""


def take(themes: Sequence[str], stages: Sequence[str], choose: Choice, use: Callable[[Picture, Any], None]) -> None:
    """Give each wanted picture (a QImage) of these themes to `use`. Makes the application: once in a process.

    Args: stages: their names, none for all.
    """
    from PySide6.QtWidgets import QApplication

    from tests.ui.stages import STAGES

    application = QApplication([])
    application.setCursorFlashTime(0)
    stop_the_clocks()
    for theme in themes:
        for language in LANGUAGES:
            for stage in STAGES:
                if not stages or stage.name in stages:
                    _play(application, stage, theme, language, choose, use)


_TURN = range(1, 7)
"""In as many scenes every dress had its turn."""


def _play(
    application: Any, stage: Any, theme: str, language: str, choose: Choice, use: Callable[[Picture, Any], None]
) -> None:
    from app.i18n import set_language
    from app.ui.style.look import Look

    if not any(
        (dress.theme, dress.language) == (theme, language)
        for number in (1, 2, 3)
        for dress in choose(stage.name, number)
    ):
        return
    set_language(language)
    look = Look(theme, reduced_motion=True)
    look.apply(application)
    with stage.open(_Bot(), look) as (widget, scenes):
        for number, (scene, show) in enumerate(scenes, 1):
            show()
            settle()
            for dress in choose(stage.name, number):
                if (dress.theme, dress.language) == (theme, language):
                    widget.resize(*dress.size)
                    settle()
                    use(Picture(stage.name, number, scene, dress), widget.grab().toImage())
