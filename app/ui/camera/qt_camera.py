"""Owns one camera of this computer over time: looked for, opened, lost, found again, in a thread of its own.

Opening a camera, and even asking which there are, takes up to seconds: none of it is done on the main thread. Whoever
gets the frames is called in the camera's thread. Never loads Qt Multimedia before the first start.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal, Slot

from app.ui.camera.frame_source import CameraDevice, CameraState, FrameSource, TakeFrame, hush_multimedia

_log = logging.getLogger(__name__)

AGAIN_MS = 3_000
"""How often a camera that gives nothing is tried again."""

NO_PICTURE_S = 6.0
"""A camera that has given no frame for so long gives none: cheap ones take two seconds for their first."""

MOST_TO_CLOSE_MS = 3_000
"""A driver that hangs must not keep the window from closing; its thread ends with the program."""

MakeCameras = Callable[[], Any]
"""Makes `multimedia.Cameras`, or what a test has instead; called in the camera's thread. May raise ImportError."""


def qt_cameras() -> Any:
    hush_multimedia()
    from app.ui.camera.multimedia import Cameras

    return Cameras()


class QtCameraSource(FrameSource):
    """A camera of this computer."""

    _open = Signal(str)
    _shut = Signal()

    def __init__(
        self,
        take: TakeFrame,
        make_cameras: MakeCameras = qt_cameras,
        again_ms: int = AGAIN_MS,
        no_picture_s: float = NO_PICTURE_S,
        most_to_close_ms: int = MOST_TO_CLOSE_MS,
    ) -> None:
        """Args: take: given each frame, in the camera's thread."""
        super().__init__()
        self._most_to_close_ms = most_to_close_ms
        self._thread: QThread | None = None
        self._inside: _Inside | None = None
        self._made = (take, make_cameras, again_ms, no_picture_s)

    def start(self, device: str) -> None:
        if self._thread is None:
            self._begin_thread()
        self._open.emit(device)

    def stop(self) -> None:
        self._shut.emit()

    def close(self) -> None:
        if self._thread is None or self._inside is None:
            return
        self._inside.state_changed.disconnect(self.state_changed)
        self._inside.devices_changed.disconnect(self.devices_changed)
        self._inside.ask_to_end()
        if not self._thread.wait(self._most_to_close_ms):
            # a QThread must not be destroyed while it runs: kept alive by one who waits for it as long as it takes
            kept = threading.Thread(target=_wait_for, args=(self._thread, self._inside), name="camera-end", daemon=True)
            kept.start()
        self._thread = self._inside = None

    def _begin_thread(self) -> None:
        self._thread = QThread()
        self._thread.setObjectName("camera")
        self._inside = _Inside(*self._made)
        self._inside.moveToThread(self._thread)
        self._open.connect(self._inside.open, Qt.ConnectionType.QueuedConnection)
        self._shut.connect(self._inside.shut, Qt.ConnectionType.QueuedConnection)
        self._inside.state_changed.connect(self.state_changed)
        self._inside.devices_changed.connect(self.devices_changed)
        self._thread.start()


def _wait_for(thread: QThread, _inside: _Inside) -> None:
    thread.wait()


class _Inside(QObject):
    """The part that lives in the camera's thread."""

    state_changed = Signal(object, str)
    devices_changed = Signal(object)
    _end = Signal()

    def __init__(self, take: TakeFrame, make_cameras: MakeCameras, again_ms: int, no_picture_s: float) -> None:
        super().__init__()
        self._take = take
        self._no_picture_s = no_picture_s
        self._make_cameras = make_cameras
        self._cameras: Any = None
        self._camera: Any = None
        self._wanted: str | None = None
        self._device: CameraDevice | None = None
        self._told: tuple[CameraState, str] = (CameraState.OFF, "")
        self._heard_at_s = 0.0
        self._was_live = False
        self._again = QTimer(self)
        self._again.setInterval(again_ms)
        self._again.timeout.connect(self._look_again)
        self._end.connect(self._end_here, Qt.ConnectionType.QueuedConnection)

    def ask_to_end(self) -> None:
        """From any thread."""
        self._end.emit()

    @Slot(str)
    def open(self, device: str) -> None:
        self._wanted = device
        self._was_live = False
        self._let_go()
        self._tell(CameraState.STARTING)
        if self._cameras is None and not self._load():
            self._tell(CameraState.NO_BACKEND)
            return
        self._again.start()
        self._tell_devices()
        self._try_to_open()

    @Slot()
    def shut(self) -> None:
        self._wanted = None
        self._again.stop()
        self._let_go()
        self._tell(CameraState.OFF)

    @Slot()
    def _end_here(self) -> None:
        self.shut()
        if self._cameras is not None:
            self._cameras.changed.disconnect(self._plugged)
            self._cameras = None
        self.thread().quit()

    def _load(self) -> bool:
        try:
            self._cameras = self._make_cameras()
        except (ImportError, OSError) as error:  # a system library that Qt's multimedia needs is missing
            _log.info("no camera can be used on this computer: %s", error)
            return False
        self._cameras.changed.connect(self._plugged)
        return True

    def _try_to_open(self) -> None:
        inputs = self._cameras.inputs()
        chosen = [each for each in inputs if each.key == self._wanted]
        if self._wanted == "":
            chosen = list(inputs[:1])
        if not chosen:
            missing = self._cameras.why_none() if not inputs else CameraState.UNPLUGGED
            gone = self._was_live and missing is CameraState.NONE_FOUND
            self._tell(CameraState.UNPLUGGED if gone else missing)
            return
        self._device = chosen[0]
        self._heard_at_s = time.monotonic()
        self._camera = self._cameras.open(self._device, self._frame_came)
        if self._camera is not None:
            self._camera.failed.connect(self._lost, Qt.ConnectionType.QueuedConnection)

    def _frame_came(self, frame: Any) -> None:
        if self._camera is None:  # one that was on its way when the camera was shut
            return
        self._heard_at_s = time.monotonic()
        if self._told[0] is not CameraState.LIVE:
            self._was_live = True
            self._tell(CameraState.LIVE)
        self._take(frame)

    @Slot()
    def _lost(self) -> None:
        """It says so itself, or nothing came from it for too long."""
        if self._camera is None:
            return
        self._let_go()
        self._tell(CameraState.BUSY if self._is_there() else CameraState.UNPLUGGED)

    @Slot()
    def _plugged(self) -> None:
        if self._wanted is None:
            return
        self._tell_devices()
        if self._camera is None:
            self._try_to_open()
        elif not self._is_there():
            self._let_go()
            self._try_to_open()

    @Slot()
    def _look_again(self) -> None:
        if self._camera is None:
            self._try_to_open()
        elif time.monotonic() - self._heard_at_s > self._no_picture_s:
            self._lost()

    def _is_there(self) -> bool:
        return self._device is not None and any(each.key == self._device.key for each in self._cameras.inputs())

    def _let_go(self) -> None:
        camera, self._camera = self._camera, None
        if camera is not None:
            camera.shut()

    def _tell_devices(self) -> None:
        self.devices_changed.emit(tuple(self._cameras.inputs()))

    def _tell(self, state: CameraState) -> None:
        name = self._device.name if self._device is not None else ""
        if (state, name) != self._told:
            self._told = (state, name)
            self.state_changed.emit(state, name)
