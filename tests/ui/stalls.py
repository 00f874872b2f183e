"""Measures how long the main thread kept its event loop waiting, and what it did meanwhile."""

from __future__ import annotations

import faulthandler
import tempfile
import threading
import time

from PySide6.QtCore import QObject, QTimer

_BEAT_MS = 5
_LOOK_S = 0.01


class Stalls(QObject):
    """Watches from `start` to `stop`.

    Attributes:
        longest_ms: the longest time between two beats of the event loop, less the beat itself.
        busiest_ms: the most processor time the main thread used between two beats: what of a stall was its own doing,
            not that of other programs on a busy machine.
        stack: what the main thread was at, seen during the longest stall; "" if it was too short to be looked at.
    """

    def __init__(self) -> None:
        super().__init__()
        self.longest_ms = self.busiest_ms = 0.0
        self._seen_s = 0.0
        self.beats = 0
        self.stack = ""
        self._beat_s, self._busy_s = time.perf_counter(), time.thread_time()
        self._main = threading.get_ident()
        self._timer = QTimer(self)
        self._timer.setInterval(_BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._ended = threading.Event()
        self._watch = threading.Thread(target=self._look, name="stalls", daemon=True)

    def start(self) -> None:
        self._beat_s, self._busy_s = time.perf_counter(), time.thread_time()
        self._timer.start()
        self._watch.start()

    def stop(self) -> float:
        """The longest stall in milliseconds."""
        self._timer.stop()
        self._ended.set()
        self._watch.join()
        return self.longest_ms

    def _beat(self) -> None:
        now, busy = time.perf_counter(), time.thread_time()
        self.longest_ms = max(self.longest_ms, (now - self._beat_s) * 1000 - _BEAT_MS)
        self.busiest_ms = max(self.busiest_ms, (busy - self._busy_s) * 1000)
        self._beat_s, self._busy_s = now, busy
        self.beats += 1

    def _look(self) -> None:
        while not self._ended.wait(_LOOK_S):
            waited_s = time.perf_counter() - self._beat_s
            if waited_s > max(self._seen_s, 2 * _LOOK_S):
                self._seen_s = waited_s
                self.stack = self._stack_of_main()

    def _stack_of_main(self) -> str:
        """Written by the fault handler: a frame held here would keep its painter alive after its paint event, which
        Qt does not bear."""
        with tempfile.TemporaryFile("w+") as file:
            faulthandler.dump_traceback(file)
            file.seek(0)
            threads = file.read().split("\n\n")
        return next((each for each in threads if f"0x{self._main:016x}" in each), "")
