"""Owns watching the practice shop's process beside this window: one at a time, and what it ended with. Starts no thread
and never ends it: whoever practises closes that window.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

LOOK_EVERY_MS = 300


class Running(Protocol):
    """A process, as `subprocess.Popen` is one."""

    def poll(self) -> int | None:
        """Its exit code, None while it runs."""


class PracticeProcess(QObject):
    """One for a window.

    Signals:
        ended: with the exit code.
    """

    ended = Signal(int)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._process: Running | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)

    @property
    def running(self) -> bool:
        return self._process is not None

    def start(self, begin: Callable[[], Running]) -> None:
        """Begin it, unless one runs. Raises OSError."""
        if self._process is None:
            self._process = begin()
            self._timer.start()

    def _look(self) -> None:
        code = self._process.poll() if self._process is not None else None
        if code is not None:
            self._timer.stop()
            self._process = None
            self.ended.emit(code)
