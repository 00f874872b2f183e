"""Owns what is asked of Qt Multimedia about real cameras: which there are, opening one in the right format.

Importing it loads Qt Multimedia, which needs system libraries that a bare computer lacks: only `qt_camera` does, in the
camera's own thread. All here is made and used in that thread.
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtMultimedia import (
    QCamera,
    QCameraDevice,
    QCameraFormat,
    QMediaCaptureSession,
    QMediaDevices,
    QMediaFormat,
    QVideoFrameFormat,
    QVideoSink,
)

from app.ui.camera.frame_source import FRAMES_PER_S, PICTURE_SIZE, CameraDevice, CameraState, TakeFrame

_Pixels = QVideoFrameFormat.PixelFormat
_CHEAP_TO_READ = frozenset(
    {
        _Pixels.Format_NV12,
        _Pixels.Format_NV21,
        _Pixels.Format_YUV420P,
        _Pixels.Format_YUV422P,
        _Pixels.Format_YUYV,
        _Pixels.Format_UYVY,
        _Pixels.Format_Y8,
    }
)
"""Their grey levels lie in memory as they are; a compressed picture must be unpacked first."""


class Cameras(QObject):
    """The cameras of this computer.

    Signals:
        changed: one was plugged in or taken away.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._devices = QMediaDevices()
        self._devices.videoInputsChanged.connect(self.changed)

    def inputs(self) -> Sequence[CameraDevice]:
        return [CameraDevice(_key(each), each.description()) for each in QMediaDevices.videoInputs()]

    def why_none(self) -> CameraState:
        """Why there are no inputs."""
        if not QMediaFormat().supportedFileFormats(QMediaFormat.ConversionMode.Decode):
            return CameraState.NO_BACKEND
        files = sorted(Path("/dev").glob("video*")) if sys.platform.startswith("linux") else []
        if files and not any(os.access(file, os.R_OK | os.W_OK) for file in files):
            return CameraState.DENIED
        return CameraState.NONE_FOUND

    def open(self, device: CameraDevice, take: TakeFrame) -> OpenCamera | None:
        """Switch a camera on; None if it went away meanwhile."""
        chosen = [each for each in QMediaDevices.videoInputs() if _key(each) == device.key]
        return OpenCamera(chosen[0], take) if chosen else None


class OpenCamera(QObject):
    """A camera that is switched on.

    Signals:
        failed: it says that it cannot go on.
    """

    failed = Signal()

    def __init__(self, device: QCameraDevice, take: TakeFrame) -> None:
        super().__init__()
        self._take = take
        self._camera = QCamera(device)
        chosen = best_format(device.videoFormats())
        if chosen is not None:
            self._camera.setCameraFormat(chosen)
        self._sink = QVideoSink()
        self._session = QMediaCaptureSession()
        self._session.setCamera(self._camera)
        self._session.setVideoSink(self._sink)
        self._sink.videoFrameChanged.connect(take)
        self._camera.errorOccurred.connect(self._said_error)
        self._camera.start()

    def _said_error(self, _error: object, _words: str) -> None:
        self.failed.emit()

    def shut(self) -> None:
        self._sink.videoFrameChanged.disconnect(self._take)
        self._camera.stop()
        self._session.setCamera(None)
        self._session.setVideoSink(None)


def best_format(formats: Sequence[QCameraFormat]) -> QCameraFormat | None:
    """The one to ask for: fast enough first, then the size nearest to what is read best, then what is cheap to read."""
    return min(formats, key=_cost, default=None)


def _cost(each: QCameraFormat) -> tuple[bool, float, bool, float]:
    least, most = FRAMES_PER_S
    size, rate = each.resolution(), each.maxFrameRate()
    area = max(size.width() * size.height(), 1) / (PICTURE_SIZE[0] * PICTURE_SIZE[1])
    return rate < least, round(abs(math.log2(area)), 2), each.pixelFormat() not in _CHEAP_TO_READ, abs(rate - most)


def _key(device: QCameraDevice) -> str:
    return bytes(device.id().data()).decode("utf-8", "replace")
