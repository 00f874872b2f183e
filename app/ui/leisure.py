"""Owns doing what can wait while nobody does anything: one step a turn of the event loop, none soon after a key or a
scan. Knows nothing of what the steps are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, QTimer

LOOK_MS = 250
QUIET_MS = 1500
"""So long must nobody have done anything: between two customers, not between two articles."""

_DONE = object()


class Leisure(QObject):
    """Goes through `steps` once; a person who comes meanwhile waits for one step at most."""

    def __init__(self, parent: QObject, steps: Iterator[None], quiet_ms: Callable[[], int]) -> None:
        """Args: quiet_ms: for how long nobody has done anything."""
        super().__init__(parent)
        self._steps = steps
        self._quiet_ms = quiet_ms
        self._look = QTimer(self)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self._step)
        self._look.start()

    @property
    def over(self) -> bool:
        return not self._look.isActive()

    def stop(self) -> None:
        self._look.stop()

    def _step(self) -> None:
        if self._quiet_ms() >= QUIET_MS and next(self._steps, _DONE) is _DONE:
            self.stop()
