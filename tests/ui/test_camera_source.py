"""A camera of this computer over a day: none, found, busy, pulled out, plugged in again; all in a thread of its own."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSize
from PySide6.QtMultimedia import QVideoFrame, QVideoFrameFormat

from app.ui.camera.frame_source import CameraDevice, CameraState
from app.ui.camera.multimedia import best_format
from app.ui.camera.qt_camera import QtCameraSource
from tests.fakes.plugged_cameras import DESK, PHONE, PluggedCameras
from tests.ui.seen_codes import frame

ROOT = Path(__file__).resolve().parents[2]
PIXELS = QVideoFrameFormat.PixelFormat
LONG_MS = 60_000


@dataclass
class Watched:
    """A source and all that came from it."""

    cameras: PluggedCameras
    source: QtCameraSource
    qtbot: Any
    states: list[tuple[CameraState, str]] = field(default_factory=list)
    devices: list[tuple[CameraDevice, ...]] = field(default_factory=list)
    frames: list[QVideoFrame] = field(default_factory=list)
    threads: set[int] = field(default_factory=set)

    def take(self, came: QVideoFrame) -> None:
        self.threads.add(threading.get_ident())
        self.frames.append(came)

    def until(self, state: CameraState) -> None:
        self.qtbot.waitUntil(lambda: bool(self.states) and self.states[-1][0] is state, timeout=LONG_MS)

    def until_opened(self, count: int) -> None:
        self.qtbot.waitUntil(lambda: len(self.cameras.opened) == count, timeout=LONG_MS)


def watched(qtbot, cameras: PluggedCameras, again_ms: int = 3_600_000, no_picture_s: float = 3600.0) -> Watched:
    """By default nothing is tried again by the clock."""
    unset: Any = None
    made = Watched(cameras, unset, qtbot)
    made.source = QtCameraSource(made.take, lambda: cameras, again_ms, no_picture_s)
    made.source.state_changed.connect(lambda state, name: made.states.append((state, name)))
    made.source.devices_changed.connect(made.devices.append)
    return made


@pytest.fixture
def desk(qtbot) -> Iterator[Watched]:
    made = watched(qtbot, PluggedCameras(DESK))
    yield made
    made.source.close()


def test_it_is_opened_in_a_thread_of_its_own_and_gives_frames(desk, qtbot):
    desk.source.start("")
    desk.until_opened(1)
    desk.cameras.opened[0].give(frame())
    desk.until(CameraState.LIVE)
    assert desk.states == [(CameraState.STARTING, ""), (CameraState.LIVE, DESK.name)]
    assert desk.devices[-1] == (DESK,)
    assert len(desk.frames) == 1
    assert threading.get_ident() not in desk.cameras.threads | desk.threads


def test_stopped_it_gives_no_more_and_can_be_started_again(desk, qtbot):
    desk.source.start("")
    desk.until_opened(1)
    desk.source.stop()
    desk.until(CameraState.OFF)
    assert desk.cameras.opened[0].is_shut
    desk.cameras.opened[0].give(frame())
    desk.source.start("")
    desk.until_opened(2)
    desk.cameras.opened[1].give(frame())
    desk.until(CameraState.LIVE)
    assert len(desk.frames) == 1, "what was on its way when it was stopped is let go of"


def test_pulled_out_and_plugged_in_again_it_goes_on_by_itself(desk):
    desk.source.start(DESK.key)
    desk.until_opened(1)
    desk.cameras.opened[0].give(frame())
    desk.until(CameraState.LIVE)
    desk.cameras.unplug(DESK)
    desk.until(CameraState.UNPLUGGED)
    assert desk.cameras.opened[0].is_shut
    desk.cameras.plug(DESK)
    desk.until_opened(2)
    desk.cameras.opened[1].give(frame())
    desk.until(CameraState.LIVE)


def test_the_camera_chosen_is_the_one_opened_and_no_other_stands_in_for_it(qtbot):
    made = watched(qtbot, PluggedCameras(DESK, PHONE))
    made.source.start(PHONE.key)
    made.until_opened(1)
    assert made.cameras.opened[0].device == PHONE
    made.cameras.unplug(PHONE)
    made.until(CameraState.UNPLUGGED)
    assert len(made.cameras.opened) == 1
    made.source.start(DESK.key)
    made.until_opened(2)
    made.source.close()
    assert made.cameras.opened[1].is_shut


@pytest.mark.parametrize("why", [CameraState.NONE_FOUND, CameraState.DENIED, CameraState.NO_BACKEND])
def test_without_a_camera_it_says_why_and_begins_once_there_is_one(qtbot, why):
    cameras = PluggedCameras()
    cameras.missing = why
    made = watched(qtbot, cameras)
    made.source.start("")
    made.until(why)
    cameras.plug(DESK)
    made.until_opened(1)
    made.source.close()


def test_a_camera_that_says_it_cannot_is_busy_and_tried_again(qtbot):
    made = watched(qtbot, PluggedCameras(DESK), again_ms=20)
    made.source.start("")
    made.until_opened(1)
    made.cameras.opened[0].fail()
    qtbot.waitUntil(lambda: (CameraState.BUSY, DESK.name) in made.states, timeout=LONG_MS)
    qtbot.waitUntil(lambda: len(made.cameras.opened) >= 2, timeout=LONG_MS)
    made.cameras.opened[-1].give(frame())
    made.until(CameraState.LIVE)
    made.source.close()


def test_a_camera_that_gives_no_picture_is_busy_too(qtbot):
    made = watched(qtbot, PluggedCameras(DESK), again_ms=20, no_picture_s=0.05)
    made.source.start("")
    made.until(CameraState.BUSY)
    assert made.cameras.opened[0].is_shut
    made.source.close()


def test_a_computer_without_what_cameras_need_says_so(qtbot):
    def cannot_load():
        raise ImportError("libpulse.so.0: cannot open shared object file")

    states = []
    source = QtCameraSource(lambda _frame: None, cannot_load)
    source.state_changed.connect(lambda state, _name: states.append(state))
    source.start("")
    qtbot.waitUntil(lambda: CameraState.NO_BACKEND in states, timeout=LONG_MS)
    source.close()


def test_closed_before_it_was_started_or_twice_does_no_harm(qtbot):
    source = QtCameraSource(lambda _frame: None, PluggedCameras)
    source.close()
    source.start("")
    source.close()
    source.close()


def test_on_a_computer_with_no_camera_the_real_library_says_so(qtbot):
    """No test machine has a camera; with one, this would open it."""
    states = []
    source = QtCameraSource(lambda _frame: None)
    source.state_changed.connect(lambda state, _name: states.append(state))
    source.start("no such camera")
    wanted = {CameraState.NONE_FOUND, CameraState.DENIED, CameraState.NO_BACKEND, CameraState.UNPLUGGED}
    qtbot.waitUntil(lambda: bool(wanted & set(states)), timeout=LONG_MS)
    source.close()


def test_until_it_is_started_the_multimedia_library_is_not_loaded():
    code = (
        "import sys; from PySide6.QtWidgets import QApplication; app = QApplication([]);"
        "from app.settings import CameraSettings;"
        "from app.ui.camera import panel, presenter, qt_camera, window_side;"
        "around = presenter.CameraSurroundings(qt_camera.QtCameraSource, None, None, None, None);"
        "made = presenter.CameraPresenter(around, CameraSettings()); made.use_settings(CameraSettings()); made.close();"
        "print('PySide6.QtMultimedia' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    assert run.stdout.strip() == "False"


@dataclass(frozen=True)
class Format:
    """A `QCameraFormat`, which Python cannot make."""

    width: int
    height: int
    rate: float
    pixels: PIXELS = PIXELS.Format_YUYV

    def resolution(self) -> QSize:
        return QSize(self.width, self.height)

    def maxFrameRate(self) -> float:  # noqa: N802  # Qt's name
        return self.rate

    def pixelFormat(self) -> PIXELS:  # noqa: N802  # Qt's name
        return self.pixels


JPEG = PIXELS.Format_Jpeg


@pytest.mark.parametrize(
    ("offered", "best"),
    [
        ([Format(3840, 2160, 30), Format(1280, 720, 30), Format(640, 480, 30)], 1),
        ([Format(1280, 720, 30, JPEG), Format(1280, 720, 30)], 1),
        ([Format(1280, 720, 10), Format(1280, 720, 30, JPEG)], 1),
        ([Format(1280, 720, 5), Format(640, 480, 30)], 1),
        ([Format(3840, 2160, 30), Format(1920, 1080, 30)], 1),
        ([Format(1280, 720, 60), Format(1280, 720, 30)], 1),
        ([Format(640, 480, 30), Format(1280, 960, 30)], 1),
        ([Format(320, 240, 30)], 0),
    ],
)
def test_of_its_formats_a_camera_is_asked_for_the_one_that_reads_best(offered, best):
    assert best_format(offered) is offered[best]
    assert best_format([]) is None


class Stuck(PluggedCameras):
    """Opening one takes as long as the test likes."""

    def __init__(self, *there: CameraDevice) -> None:
        super().__init__(*there)
        self.opening, self.go = threading.Event(), threading.Event()

    def open(self, device, take):
        self.opening.set()
        assert self.go.wait(60)
        return super().open(device, take)


def test_a_driver_that_hangs_keeps_nobody_from_closing(qtbot):
    cameras = Stuck(DESK)
    source = QtCameraSource(lambda _frame: None, lambda: cameras, most_to_close_ms=10)
    source.start("")
    assert cameras.opening.wait(60)
    source.close()
    assert any(thread.name == "camera-end" for thread in threading.enumerate())
    cameras.go.set()
    qtbot.waitUntil(lambda: not any(thread.name == "camera-end" for thread in threading.enumerate()), timeout=LONG_MS)
