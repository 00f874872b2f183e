"""Owns waiting for a pause in what comes in, on the main thread: a busy program is not taken for a pause. Knows nothing
of keys.

A timer that runs out while the main thread is busy fires as soon as the thread is free again, before the keys that
came meanwhile are dealt with. So a lull that ends late waits a little longer.
"""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal

_LATE_MS = 15
_GRACE_MS = 25
_MOST_GRACES = 8


class Lull(QObject):
    """`over` is emitted once nothing was said for the time given with the last `start`."""

    over = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._since = QElapsedTimer()
        self._graces = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._fired)

    def start(self, ms: int) -> None:
        """Begin to wait (again)."""
        self._graces = 0
        self._begin(ms)

    def stop(self) -> None:
        self._timer.stop()

    def _begin(self, ms: int) -> None:
        self._since.start()
        self._timer.start(ms)

    def _fired(self) -> None:
        late_ms = self._since.elapsed() - self._timer.interval()
        if late_ms > _LATE_MS and self._graces < _MOST_GRACES:
            self._graces += 1
            self._begin(_GRACE_MS)
        else:
            self.over.emit()
