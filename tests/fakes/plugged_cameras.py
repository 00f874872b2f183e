"""Cameras that a test plugs in and pulls out: stands for `app.ui.camera.multimedia.Cameras` in the camera's thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from app.ui.camera.frame_source import CameraDevice, CameraState

DESK = CameraDevice("usb-1", "Webcam du comptoir")
PHONE = CameraDevice("usb-2", "Téléphone")


class PluggedCameras(QObject):
    """Work it from the main thread; it is asked in the camera's.

    Attributes:
        there: the cameras plugged in; missing: why there are none.
        opened: every camera that was opened, in order; threads: the threads it was asked in.
    """

    changed = Signal()

    def __init__(self, *there: CameraDevice) -> None:
        super().__init__()
        self.there = list(there)
        self.missing = CameraState.NONE_FOUND
        self.opened: list[ACamera] = []
        self.threads: set[int] = set()

    def plug(self, device: CameraDevice) -> None:
        self.there = [*self.there, device]
        self.changed.emit()

    def unplug(self, device: CameraDevice) -> None:
        self.there = [each for each in self.there if each != device]
        self.changed.emit()

    def inputs(self) -> list[CameraDevice]:
        self.threads.add(threading.get_ident())
        return list(self.there)

    def why_none(self) -> CameraState:
        return self.missing

    def open(self, device: CameraDevice, take: Callable[[Any], None]) -> ACamera | None:
        if device not in self.there:
            return None
        camera = ACamera(device, take)
        self.opened.append(camera)
        return camera


class ACamera(QObject):
    """`give` and `fail` may be called from any thread: they arrive in the camera's."""

    failed = Signal()
    _frame = Signal(object)

    def __init__(self, device: CameraDevice, take: Callable[[Any], None]) -> None:
        super().__init__()
        self.device = device
        self.is_shut = False
        self._frame.connect(take, Qt.ConnectionType.QueuedConnection)

    def give(self, frame: Any) -> None:
        self._frame.emit(frame)

    def fail(self) -> None:
        self.failed.emit()

    def shut(self) -> None:
        self.is_shut = True
