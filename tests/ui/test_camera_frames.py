"""Frames on their way to the reader: the newest alone, their grey levels right whatever the camera's format."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage
from PySide6.QtMultimedia import QVideoFrame, QVideoFrameFormat

from app.ui.camera.films import frame_of
from app.ui.camera.frames import NewestFrame, grey_of, small_picture
from app.ui.camera.watcher import Reading, Watcher
from tests.ui.seen_codes import PlainReader, frame

PIXELS = QVideoFrameFormat.PixelFormat
FORMATS = [
    PIXELS.Format_NV12,
    PIXELS.Format_NV21,
    PIXELS.Format_YUV420P,
    PIXELS.Format_YUV422P,
    PIXELS.Format_YUYV,
    PIXELS.Format_UYVY,
    PIXELS.Format_Y8,
    PIXELS.Format_BGRA8888,
]


def slope(width: int, height: int) -> QImage:
    """Each pixel another grey than its neighbours."""
    made = QImage(width, height, QImage.Format.Format_Grayscale8)
    for y in range(height):
        for x in range(width):
            level = (x * 3 + y * 7) % 256
            made.setPixelColor(x, y, QColor(level, level, level))
    return made


@pytest.mark.parametrize("pixels", FORMATS, ids=lambda each: each.name)
@pytest.mark.parametrize("size", [(64, 48), (70, 50), (322, 18)], ids=str)
def test_each_grey_level_is_found_where_it_lies(qapp, pixels, size):
    picture = slope(*size)
    with grey_of(frame_of(picture, pixels)) as grey:
        assert grey is not None
        last = size[1] - (2 if pixels == PIXELS.Format_UYVY else 1)
        assert (grey.width, grey.height) == (size[0], last + 1)
        assert len(grey.pixels) >= grey.height * grey.bytes_per_line
        for x, y in [(0, 0), (1, 0), (size[0] - 1, 0), (5, 7), (0, last), (size[0] - 1, last)]:
            level = grey.pixels[y * grey.bytes_per_line + x * grey.pixel_stride]
            assert abs(level - picture.pixelColor(x, y).red()) <= 1, (x, y)


@pytest.mark.parametrize("pixels", FORMATS, ids=lambda each: each.name)
def test_a_code_is_read_in_every_format(qapp, pixels):
    with grey_of(frame("CC1-7F3K9X", pixels)) as grey:
        assert grey is not None
        assert PlainReader().look(grey, 0).accepted == "CC1-7F3K9X"


@pytest.mark.parametrize("pixels", FORMATS, ids=lambda each: each.name)
def test_the_small_picture_shows_the_same_and_outlives_the_frame(qapp, pixels):
    picture = slope(640, 360)
    with grey_of(frame_of(picture, pixels)) as grey:
        assert grey is not None
        small = small_picture(grey, 320)
    assert (small.width(), small.height()) == (320, 180)
    for x, y in [(0, 0), (319, 0), (160, 90), (319, 178)]:
        assert abs(small.pixelColor(x, y).red() - picture.pixelColor(2 * x, 2 * y).red()) <= 1


def test_a_frame_that_holds_nothing_is_no_frame(qapp):
    newest = NewestFrame()
    newest.put(QVideoFrame())
    assert newest.arrived == 0
    with grey_of(QVideoFrame()) as grey:
        assert grey is None
    unmapped = QVideoFrame(QVideoFrameFormat(QSize(64, 48), PIXELS.Format_Jpeg))
    with grey_of(unmapped) as grey:
        assert grey is None


class Twisted:
    """A frame as a device gives it while it changes its format: sizes that do not fit its memory."""

    def __init__(self, pixels, size: tuple[int, int], bytes_per_line: int, memory: int) -> None:
        self._said = pixels, size, bytes_per_line
        self._memory = memoryview(bytearray(memory)) if memory else None
        self.mapped = 0

    def pixelFormat(self):  # noqa: N802  # as Qt has it
        return self._said[0]

    def width(self) -> int:
        return self._said[1][0]

    def height(self) -> int:
        return self._said[1][1]

    def bytesPerLine(self, _plane: int) -> int:  # noqa: N802  # as Qt has it
        return self._said[2]

    def bits(self, _plane: int) -> memoryview | None:
        return self._memory

    def isValid(self) -> bool:  # noqa: N802  # as Qt has it
        return True

    def map(self, _mode) -> bool:
        self.mapped += 1
        return True

    def unmap(self) -> None:
        self.mapped -= 1


TWISTED = [
    (PIXELS.Format_NV12, (0, 0), 0, 0),
    (PIXELS.Format_NV12, (0, 720), 1280, 1280 * 720),
    (PIXELS.Format_NV12, (1280, 720), 0, 1280 * 720),
    (PIXELS.Format_NV12, (1280, 720), 640, 1280 * 720),
    (PIXELS.Format_YUYV, (1280, 720), 1280, 1280 * 720),
    (PIXELS.Format_YUYV, (1280, 720), 2560, 2559),
    (PIXELS.Format_UYVY, (64, 1), 128, 128),
    (PIXELS.Format_Y8, (-5, -5), 64, 4096),
    (PIXELS.Format_Y8, (1 << 20, 1 << 20), 1 << 20, 4096),
    (PIXELS.Format_BGRA8888, (1280, 720), 5120, 4096),
    (PIXELS.Format_BGRA8888, (0, 0), 0, 0),
    (PIXELS.Format_BGRA8888, (1280, 720), 1280, 5120 * 720),
]


@pytest.mark.parametrize("said", TWISTED, ids=str)
def test_a_frame_whose_size_is_not_its_memorys_is_left_alone(qapp, said):
    twisted: Any = Twisted(*said)
    with grey_of(twisted) as grey:
        assert grey is None
    assert twisted.mapped == 0


def test_after_frames_that_cannot_be_read_the_next_good_one_is(qtbot):
    watcher = Watcher(PlainReader)
    broken: list[object] = []
    watcher.broke.connect(broken.append)
    watcher.start()
    for said in TWISTED:
        twisted: Any = Twisted(*said)
        watcher.frames.put(twisted)
        qtbot.waitUntil(lambda: watcher.frames._waiting is None, timeout=60_000)
    with qtbot.waitSignal(watcher.sighted, timeout=60_000) as told:
        watcher.frames.put(frame("CC1-7F3K9X"))
    assert told.args[0].reading.accepted == "CC1-7F3K9X"
    assert watcher.close()
    assert broken == []


def test_a_reader_that_hangs_keeps_nobody_from_closing(qtbot):
    reader = SlowReader()
    watcher = Watcher(lambda: reader)
    watcher.start()
    watcher.frames.put(frame())
    assert reader.reading.acquire(timeout=60)
    assert not watcher.close(most_s=0.01)
    reader.go.release()
    assert watcher.close(most_s=60)


def test_only_the_newest_frame_waits(qapp):
    newest = NewestFrame()
    for _ in range(5):
        newest.put(frame())
    taken = newest.take()
    assert taken is not None
    assert (taken.number, newest.arrived, newest.dropped) == (5, 5, 4)
    newest.put(frame())
    newest.forget()
    newest.end()
    newest.put(frame())
    assert newest.take() is None


class SlowReader:
    """Reads a frame only when it is let."""

    def __init__(self) -> None:
        self.go = threading.Semaphore(0)
        self.reading = threading.Semaphore(0)
        self.at_ms: list[int] = []

    def look(self, _grey, at_ms: int) -> Reading:
        self.reading.release()
        assert self.go.acquire(timeout=60)
        self.at_ms.append(at_ms)
        return Reading()

    def begin(self) -> None: ...

    def not_taken(self, _code: str) -> None: ...


def test_a_slow_reader_gets_the_newest_frame_and_the_main_thread_goes_on(qtbot):
    reader = SlowReader()
    watcher = Watcher(lambda: reader)
    watcher.start()
    try:
        watcher.frames.put(frame())
        assert reader.reading.acquire(timeout=60)
        for _ in range(10):
            watcher.frames.put(frame())  # returns although nobody reads
        reader.go.release()
        assert reader.reading.acquire(timeout=60)
        reader.go.release()
        qtbot.waitUntil(lambda: watcher.figures().reads == 2, timeout=60_000)
        figures = watcher.figures()
        assert (figures.frames, figures.dropped) == (11, 9)
    finally:
        reader.go.release(20)
        watcher.close()


def test_what_breaks_in_the_reader_is_told_and_nothing_is_read_any_more(qtbot):
    class Broken(PlainReader):
        def look(self, _grey, _at_ms):
            raise ZeroDivisionError("a bug")

    watcher = Watcher(Broken)
    watcher.start()
    with qtbot.waitSignal(watcher.broke, timeout=60_000) as told:
        watcher.frames.put(frame())
    assert isinstance(told.args[0], ZeroDivisionError)
    watcher.frames.put(frame())
    watcher.close()
    assert watcher.figures().reads == 0


def test_paused_it_reads_nothing_and_what_counted_has(qtbot):
    reader = PlainReader()
    watcher = Watcher(lambda: reader)
    seen: list[object] = []
    watcher.sighted.connect(seen.append)
    watcher.start()
    watcher.frames.put(frame("CC1-7F3K9X"))
    qtbot.waitUntil(lambda: len(seen) == 1, timeout=60_000)
    watcher.pause(True)
    watcher.frames.put(frame("CC1-7F3K9X"))
    qtbot.waitUntil(lambda: watcher.frames._waiting is None, timeout=60_000)
    watcher.pause(False)
    while watcher.figures().reads < 3:
        watcher.frames.put(frame("CC1-7F3K9X"))
        qtbot.wait(1)
    assert watcher.figures().accepted == 1
    assert reader.begun == 0
    watcher.not_taken("CC1-7F3K9X")
    watcher.frames.put(frame("CC1-7F3K9X"))
    qtbot.waitUntil(lambda: watcher.figures().accepted == 2, timeout=60_000)
    assert watcher.close()


def test_pictures_are_made_only_if_somebody_looks(qtbot):
    watcher = Watcher(PlainReader)
    watcher.wants_pictures = False
    watcher.start()
    with qtbot.waitSignal(watcher.sighted, timeout=60_000) as told:
        watcher.frames.put(frame("CC1-7F3K9X"))
    assert told.args[0].picture is None
    watcher.close()
