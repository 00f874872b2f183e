"""Owns the one thread in which frames are read, and what the main thread is told of them: texts and small pictures,
some ten times a second and at once when a code was accepted. Knows nothing of codes: the reader is passed in.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from app.ui.camera.frames import Arrived, Grey, NewestFrame, grey_of, now_ms, small_picture

TOLD_EVERY_MS = 100
"""How often the main thread hears of frames in which nothing happened: a moving picture wants ten a second."""

AWAKE_REST_S = 0.015
"""After each frame the processor belongs to others for a moment."""

IDLE_AFTER_MS = 10_000
IDLE_REST_S = 0.12
"""With nothing in sight for long, some seven frames a second are enough until something comes."""

PICTURE_WIDTH_PX = 320

MOST_TO_CLOSE_S = 3.0
"""A reader that hangs in a library must not keep the window from closing; its thread ends with the program."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader made of one frame; `app.scanning.frames.Look`, as seen from here.

    Attributes:
        codes: all that could be read in it, accepted or not.
        accepted: what counts as scanned now, "" for nothing.
        advice: for the person holding the code, as `app.scanning.frames.Advice` writes it.
    """

    codes: tuple[str, ...] = ()
    accepted: str = ""
    advice: str = "none"


class FrameReader(Protocol):
    """Made and used in the reading thread."""

    def look(self, grey: Grey, at_ms: int) -> Reading: ...

    def begin(self) -> None:
        """Forget what was seen."""

    def not_taken(self, code: str) -> None:
        """What was accepted could not be taken: it may be accepted again at once."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What the main thread is told.

    Attributes:
        picture: small and grey; None if nobody looks at it.
        frame_number: which of all frames that came, from 1.
        at_ms: when that frame came.
    """

    reading: Reading
    picture: QImage | None
    frame_number: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class Figures:
    """How the reading goes. `read_ms`: the median of the newest frames'."""

    frames: int = 0
    dropped: int = 0
    reads: int = 0
    accepted: int = 0
    read_ms: int = 0


class Watcher(QObject):
    """Reads frames from `frames` until it is closed.

    Signals:
        sighted: a `Sight`.
        broke: an exception nobody foresaw; nothing is read any more.
    """

    sighted = Signal(object)
    broke = Signal(object)

    def __init__(self, make_reader: Callable[[], FrameReader]) -> None:
        """Args: make_reader: called in the reading thread: it may load libraries."""
        super().__init__()
        self.frames = NewestFrame()
        self.wants_pictures = True
        self._make_reader = make_reader
        self._forget = False
        self._paused = False
        self._not_taken: deque[str] = deque()
        self._told_ms = 0
        self._busy_ms = 0
        self._reads = self._accepted = 0
        self._took_ms: deque[int] = deque(maxlen=60)
        self._thread = threading.Thread(target=self._run, name="camera-reader", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self, most_s: float = MOST_TO_CLOSE_S) -> bool:
        """Read no more; waits for the frame that is being read, but not for ever. Whether the thread has ended."""
        self.frames.end()
        if self._thread.is_alive():
            self._thread.join(most_s)
        return not self._thread.is_alive()

    def pause(self, paused: bool) -> None:
        """While paused frames are let go of unread. What counted before still has: it may lie there all the while."""
        self._paused = paused

    def not_taken(self, code: str) -> None:
        """A code that was accepted could not be taken: if it is still in view it is accepted again."""
        self._not_taken.append(code)

    def forget(self) -> None:
        """What was seen counts no more: a code that is still in view is read anew."""
        self._forget = True

    def figures(self) -> Figures:
        took = list(self._took_ms)
        read_ms = round(median(took)) if took else 0
        return Figures(self.frames.arrived, self.frames.dropped, self._reads, self._accepted, read_ms)

    # --- in the thread ---

    def _run(self) -> None:
        try:
            reader = self._make_reader()
            rest_s = 0.0
            while (arrived := self.frames.take(rest_s)) is not None:
                if self._forget:
                    self._forget = False
                    reader.begin()
                while self._not_taken:
                    reader.not_taken(self._not_taken.popleft())
                if not self._paused:
                    self._read(reader, arrived)
                rest_s = IDLE_REST_S if now_ms() - self._busy_ms > IDLE_AFTER_MS else AWAKE_REST_S
        except Exception as error:  # noqa: BLE001  # a bug: it is raised on the main thread, where it is seen
            self.frames.end()
            self.broke.emit(error)

    def _read(self, reader: FrameReader, arrived: Arrived) -> None:
        with grey_of(arrived.frame) as grey:
            if grey is None:
                return
            began_ms = now_ms()
            reading = reader.look(grey, arrived.at_ms)
            self._took_ms.append(now_ms() - began_ms)
            is_due = arrived.at_ms - self._told_ms >= TOLD_EVERY_MS
            picture = small_picture(grey, PICTURE_WIDTH_PX) if is_due and self.wants_pictures else None
        self._reads += 1
        self._accepted += bool(reading.accepted)
        if reading.codes or reading.advice != "none" or self._busy_ms == 0:
            self._busy_ms = now_ms()
        if is_due:
            self._told_ms = arrived.at_ms
        if is_due or reading.accepted:
            self.sighted.emit(Sight(reading, picture, arrived.number, arrived.at_ms))
