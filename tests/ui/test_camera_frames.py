"""Frames on their way to the reader: the newest alone, their grey levels right whatever the camera's format."""

from __future__ import annotations

import threading

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
        assert PlainReader().look(grey, 0).accepted == "CC1-7F3K9X"


@pytest.mark.parametrize("pixels", FORMATS, ids=lambda each: each.name)
def test_the_small_picture_shows_the_same_and_outlives_the_frame(qapp, pixels):
    picture = slope(640, 360)
    with grey_of(frame_of(picture, pixels)) as grey:
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


def test_paused_it_reads_nothing_and_forgets(qtbot):
    reader = PlainReader()
    watcher = Watcher(lambda: reader)
    seen = []
    watcher.sighted.connect(seen.append)
    watcher.start()
    watcher.frames.put(frame("CC1-7F3K9X"))
    qtbot.waitUntil(lambda: len(seen) == 1, timeout=60_000)
    watcher.pause(True)
    watcher.frames.put(frame("CC1-7F3K9X"))
    qtbot.waitUntil(lambda: reader.begun == 1, timeout=60_000)
    watcher.pause(False)
    watcher.frames.put(frame("CC1-7F3K9X"))
    qtbot.waitUntil(lambda: len(seen) == 2, timeout=60_000)
    watcher.close()
    assert [each.reading.accepted for each in seen] == ["CC1-7F3K9X", "CC1-7F3K9X"]
    assert watcher.figures().accepted == 2


def test_pictures_are_made_only_if_somebody_looks(qtbot):
    watcher = Watcher(PlainReader)
    watcher.wants_pictures = False
    watcher.start()
    with qtbot.waitSignal(watcher.sighted, timeout=60_000) as told:
        watcher.frames.put(frame("CC1-7F3K9X"))
    assert told.args[0].picture is None
    watcher.close()
