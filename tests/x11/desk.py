"""Owns a counter under test: the virtual keyboard, and the till's process beside it. Judges nothing."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import IO, Any

from tests.x11.display import Keyboard

_ROOT = Path(__file__).parents[2]
_HELD_UP_MS = 60
_SLOWEST_SCANNER_MS, _SLOWEST_GAP_MS = 110, 145
_LATE_MS = 12
_TRIES = 12
_ANSWER_S = 60


@dataclass(frozen=True)
class Report:
    """What came of a case; see `till_process`."""

    scans: list[dict[str, Any]]
    field: str
    pressed: list[str]
    gaps: list[int]
    caps_lock: bool
    arrived: str
    jobs: int
    handovers: int
    lessons: list[dict[str, Any]]

    @property
    def texts(self) -> list[str]:
        return [scan["text"] for scan in self.scans]


class Desk:
    """A till on a virtual screen and what is done at it."""

    def __init__(self, keyboard: Keyboard, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.keyboard = keyboard
        self._stdin: IO[bytes] = process.stdin
        self._stdout: IO[bytes] = process.stdout
        self.platform: str = self._answer()["platform"]
        self._layout = ""
        self._caps_lock = False

    def use(self, layout: str, *, caps_lock: bool = False) -> None:
        """Set the desktop's layout and Caps Lock."""
        if self._caps_lock != caps_lock:
            self.keyboard.toggle_caps_lock()
            self._caps_lock = caps_lock
        if self._layout != layout:
            self.keyboard.use_layout(layout)
            self._layout = layout

    def case(
        self,
        keys: Callable[[Keyboard], None],
        focus: str = "field",
        codes: tuple[str, ...] = (),
        *,
        gap_ms: int = 5,
        blocked: bool = False,
        **more: Any,
    ) -> Report:
        """Send keys to a window and say what came of them. Again if the X server itself was held up between two keys:
        then they had not the gaps the case is about."""
        longest_ms = gap_ms + _HELD_UP_MS
        if gap_ms <= _SLOWEST_SCANNER_MS:
            longest_ms = min(longest_ms, _SLOWEST_GAP_MS)
        for _ in range(_TRIES):
            report = self._once(keys, focus, codes, blocked, more)
            gaps_ms = report.gaps or [0]
            if max(gaps_ms) <= longest_ms and median(gaps_ms) <= gap_ms + _LATE_MS:
                break
        return report

    def _once(
        self, keys: Callable[[Keyboard], None], focus: str, codes: tuple[str, ...], blocked: bool, more: dict[str, Any]
    ) -> Report:
        self._tell(do="begin", focus=focus, codes=codes, **more)
        assert self._answer() == {"is": "ready"}
        if blocked:
            self._tell(do="block")
            assert self._answer() == {"is": "blocked"}
        keys(self.keyboard)
        self.keyboard.mark()
        if blocked:
            self._tell(go="on")
        self._tell(do="report")
        return Report(**self._answer())

    def _tell(self, **words: Any) -> None:
        self._stdin.write(json.dumps(words).encode() + b"\n")
        self._stdin.flush()

    def _answer(self) -> Any:
        ready, _, _ = select.select([self._stdout], [], [], _ANSWER_S)
        assert ready, "the till's process does not answer"
        line = self._stdout.readline()
        assert line, "the till's process has ended"
        return json.loads(line)


@contextmanager
def open_desk(keyboard: Keyboard) -> Iterator[Desk]:
    """A till's window on the virtual screen."""
    environ = {**os.environ, "DISPLAY": keyboard.display, "QT_QPA_PLATFORM": "xcb"}
    for name in ("QT_IM_MODULE", "XMODIFIERS", "WAYLAND_DISPLAY"):
        environ.pop(name, None)
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "tests.x11.till_process"],
        cwd=_ROOT,
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
    ) as process:
        try:
            yield Desk(keyboard, process)
        finally:
            process.terminate()
            process.wait(timeout=60)
