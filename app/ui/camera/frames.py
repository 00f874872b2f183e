"""Owns frames between the camera and who reads them: the newest one only, and its grey levels where they lie.

Imports nothing of Qt Multimedia at start-up: the first frame brings it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QVideoFrame

_GREY_FIRST = {
    "Format_NV12": (0, 1),
    "Format_NV21": (0, 1),
    "Format_YUV420P": (0, 1),
    "Format_YUV422P": (0, 1),
    "Format_YV12": (0, 1),
    "Format_IMC1": (0, 1),
    "Format_IMC2": (0, 1),
    "Format_IMC3": (0, 1),
    "Format_IMC4": (0, 1),
    "Format_Y8": (0, 1),
    "Format_YUYV": (0, 2),
    "Format_UYVY": (1, 2),
}
"""By pixel format: at which byte the first grey level is, and how many bytes on the next."""

_MOST_PIXELS = 8192 * 8192


@dataclass(frozen=True, slots=True)
class Grey:
    """The grey levels of a frame, in its own memory: gone when the frame is let go of.

    Attributes:
        pixels: `height` whole lines.
    """

    pixels: memoryview
    width: int
    height: int
    bytes_per_line: int
    pixel_stride: int


@dataclass(frozen=True, slots=True)
class Arrived:
    """A frame, when it came (in milliseconds of a clock that never goes back), and which one of all it is, from 1."""

    frame: QVideoFrame
    at_ms: int
    number: int


class NewestFrame:
    """Holds the newest frame until somebody takes it; one that nobody took is dropped and counted. For any thread."""

    def __init__(self) -> None:
        self._something = threading.Condition()
        self._waiting: Arrived | None = None
        self._ended = False
        self.arrived = 0
        self.dropped = 0

    def put(self, frame: QVideoFrame) -> None:
        """Returns at once."""
        with self._something:
            if self._ended or not frame.isValid():
                return
            self.arrived += 1
            self.dropped += self._waiting is not None
            self._waiting = Arrived(frame, now_ms(), self.arrived)
            self._something.notify_all()

    def take(self, rest_s: float = 0.0) -> Arrived | None:
        """Wait for a frame, not before `rest_s` from now. None once it has ended."""
        with self._something:
            if rest_s > 0:
                self._something.wait_for(lambda: self._ended, rest_s)
            self._something.wait_for(lambda: self._ended or self._waiting is not None)
            taken, self._waiting = self._waiting, None
            return None if self._ended else taken

    def forget(self) -> None:
        """Let go of what waits: it is of another time or place."""
        with self._something:
            self._waiting = None

    def end(self) -> None:
        """Whoever waits is sent home; nothing is taken in any more."""
        with self._something:
            self._ended = True
            self._waiting = None
            self._something.notify_all()


@contextmanager
def grey_of(frame: QVideoFrame) -> Iterator[Grey | None]:
    """The grey levels of a frame, read where they lie if its format has them apart, else unpacked. None if the frame
    cannot be read: its camera is gone, or its size and its memory do not fit together, as when a device changes its
    format. Valid inside the `with` alone."""
    from PySide6.QtMultimedia import QVideoFrame, QVideoFrameFormat

    place = _GREY_FIRST.get(frame.pixelFormat().name)
    coloured = QVideoFrameFormat.imageFormatFromPixelFormat(frame.pixelFormat())
    if place is None and coloured == QImage.Format.Format_Invalid:
        image = _grey_image(frame.toImage())  # compressed, or more than 8 bits a level: rare
        yield _grey_in(image)
        return
    if not frame.map(QVideoFrame.MapMode.ReadOnly):
        yield None
        return
    try:
        if place is None:
            image = _unpacked(frame, coloured)
            yield _grey_in(image)
        else:
            yield _grey_plane(frame, *place)
    finally:
        frame.unmap()


def _grey_plane(frame: QVideoFrame, first: int, stride: int) -> Grey | None:
    width, height, lines, pixels = frame.width(), frame.height(), frame.bytesPerLine(0), frame.bits(0)
    if not _is_sane(width, height) or lines < width * stride or pixels is None:
        return None
    pixels = pixels[first:]
    whole = min(height, len(pixels) // lines)  # decoders want each line whole: one is lost where first is not 0
    return Grey(pixels, width, whole, lines, stride) if whole else None


def _unpacked(frame: QVideoFrame, coloured: QImage.Format) -> QImage:
    """Not by the frame's own way: that asks the graphics card, from a thread that has none."""
    width, height, lines, pixels = frame.width(), frame.height(), frame.bytesPerLine(0), frame.bits(0)
    if not _is_sane(width, height) or pixels is None or len(pixels) < lines * height:
        return QImage()  # Qt would read beyond its memory
    return _grey_image(QImage(pixels, width, height, lines, coloured))


def _is_sane(width: int, height: int) -> bool:
    return width > 0 and height > 0 and width * height <= _MOST_PIXELS


def _grey_image(image: QImage) -> QImage:
    return image.convertToFormat(QImage.Format.Format_Grayscale8)


def _grey_in(image: QImage) -> Grey | None:
    """The levels in an image that whoever asks keeps for as long."""
    if image.isNull():
        return None
    return Grey(image.constBits(), image.width(), image.height(), image.bytesPerLine(), 1)


def small_picture(grey: Grey, width: int) -> QImage:
    """A picture for people to look at, about as wide as asked, with memory of its own: every n-th pixel."""
    every = max(grey.width // width, 1)
    ends = grey.width * grey.pixel_stride
    starts = range(0, grey.height * grey.bytes_per_line, every * grey.bytes_per_line)
    lines = [bytes(grey.pixels[start : start + ends : every * grey.pixel_stride]) for start in starts]
    across = len(lines[0])
    return QImage(b"".join(lines), across, len(lines), across, QImage.Format.Format_Grayscale8).copy()


def now_ms() -> int:
    return time.monotonic_ns() // 1_000_000
