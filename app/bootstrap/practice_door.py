"""Owns the way to the practice shop: a process of its own, in a folder of its own, beside a till that stays as it is.

Another window of the same process would share its paths, language, log and locks with the real till, and a slip in any
of them would reach real books; a process whose `COMPTOIR_HOME` is the practice folder cannot find them. If it dies,
the till has not noticed. Imports nothing of what it starts.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from app.paths import HOME_VARIABLE
from app.settings import Settings

PracticeLesson = Literal["whole", "short"]

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
        """What it is told of where it lives."""
        return {**environ, HOME_VARIABLE: str(self.folder)}

    def begin(self) -> subprocess.Popen[bytes]:
        """Start it. Raises OSError."""
        program = Path(__file__).resolve().parents[2]
        return subprocess.Popen(  # noqa: S603  # this very program
            self.command(), env=self.environment(), cwd=program, stdin=subprocess.DEVNULL
        )


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
