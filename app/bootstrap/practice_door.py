"""Owns the way to the practice shop: a process of its own, in a folder of its own, beside a till that stays as it is.

Another window of the same process would share its paths, language, log and locks with the real till, and a slip in any
of them would reach real books; a process whose `COMPTOIR_HOME` is the practice folder cannot find them. If it dies,
the till has not noticed. Imports nothing of what it starts.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from app.i18n import tr
from app.paths import HOME_VARIABLE
from app.settings import Settings

if TYPE_CHECKING:
    from app.bootstrap.window import Assembly
    from app.ui.first_run.practice_process import PracticeProcess, Running

_log = logging.getLogger(__name__)

PracticeLesson = Literal["whole", "short"]

_KEY_STORE_VARIABLE, _NO_KEY_STORE = "PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring"
"""The person's key store holds the real till's keys."""

LEFT_EARLY = 4
"""What the process ends with if an exercise was left out; 0 if none was."""


@dataclass(frozen=True, slots=True)
class PracticeStart:
    """How the practice shop is started.

    Attributes:
        folder: of the practice shop, never a till's own.
        settings: of the real till: language, colours and size are taken over, nothing else.
    """

    folder: Path
    settings: Settings
    lesson: PracticeLesson = "whole"
    anew: bool = False

    def command(self) -> list[str]:
        """This very program, for the practice shop."""
        settings = self.settings
        dress = ("--language", settings.language, "--theme", settings.theme, "--zoom", str(settings.zoom_percent))
        short = ("--short",) if self.lesson == "short" else ()
        anew = ("--anew",) if self.anew else ()
        return [sys.executable, "-m", "app", "practice", "--inside", *dress, *short, *anew]

    def environment(self, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
        """What it is told of where it lives; its secrets, worth nothing, stay in its folder too."""
        return {**environ, HOME_VARIABLE: str(self.folder), _KEY_STORE_VARIABLE: _NO_KEY_STORE}

    def begin(self) -> subprocess.Popen[bytes]:
        """Start it. Raises OSError."""
        program = Path(__file__).resolve().parents[2]
        return subprocess.Popen(  # noqa: S603  # this very program
            self.command(), env=self.environment(), cwd=program, stdin=subprocess.DEVNULL
        )


def _begin(start: PracticeStart) -> Running:
    return start.begin()


class PracticeDoor:
    """The way from one till's window to its practice shop and what comes back: whether all was done. Main thread."""

    def __init__(self, assembly: Assembly, begin: Callable[[PracticeStart], Running] = _begin) -> None:
        """Args: begin: starts the process; raises OSError."""
        self._assembly = assembly
        self._begin = begin
        self._process: PracticeProcess | None = None
        self._ended: Callable[[int], None] = self._say_failed

    def open(self, lesson: PracticeLesson = "whole", ended: Callable[[int], None] | None = None) -> bool:
        """Start the practice shop, unless it is open already; whether it was started.

        Args:
            ended: given the exit code: 0, `LEFT_EARLY`, or what it failed with.
        """
        from app.ui.first_run.practice_process import PracticeProcess
        from app.ui.style.tokens import Role

        window = self._assembly.window
        if self._process is None:
            self._process = PracticeProcess(window)
            self._process.ended.connect(self._came_back)
        if self._process.running:
            window.show_notice(tr("The practice shop is open already, in a window of its own."), Role.INFO)
            return False
        self._ended = ended or self._say_failed
        folder = practice_folder(self._assembly.places.database.parent)
        start = PracticeStart(folder, self._assembly.settings, lesson)
        try:
            self._process.start(lambda: self._begin(start))
        except OSError as error:
            _log.warning("the practice shop could not be started: %s", type(error).__name__)
            self._ended(1)
            return False
        words = tr("The practice shop opens in a window of its own. Close that window to come back here.")
        window.show_notice(words, Role.INFO)
        return True

    def _came_back(self, code: int) -> None:
        self._ended(code)

    def _say_failed(self, code: int) -> None:
        from app.ui.style.tokens import Role

        window = self._assembly.window
        window.clear_notice()
        if code not in (0, LEFT_EARLY):
            words = tr("The practice shop could not be opened. If it is open already, close its window and try again.")
            window.show_notice(words, Role.WARNING)


def opened_by(assembly: Assembly) -> Callable[[], None] | None:
    """What a button for it does; None in the practice shop itself."""

    def pressed() -> None:
        assembly.practice_door.open()

    return pressed if assembly.practice is None else None


def practice_folder(data: Path) -> Path:
    """The practice shop's folder beside a till's data."""
    return data / "practice"


def run_beside(start: PracticeStart) -> int:
    """Start it and wait for its end; the exit code, 0 too if it was left before all was done."""
    with start.begin() as process:
        try:
            code = process.wait()
        except KeyboardInterrupt:
            code = process.wait()
    return 0 if code == LEFT_EARLY else code
