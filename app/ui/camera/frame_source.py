"""Owns the words between the window and whatever gives it moving pictures: how it goes, which cameras there are.

Imports nothing of Qt Multimedia: without a camera that library is never loaded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QLoggingCategory, QObject, Signal

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QVideoFrame

PICTURE_SIZE = (1280, 720)
"""More costs twice the time for one code in a hundred more; with less, codes must come closer."""

FRAMES_PER_S = (15, 30)
"""The least and the most that is asked of a camera."""


class CameraState(StrEnum):
    """How the camera does. All but the first four name what is wrong.

    RESTING: nobody showed a code for long; it was switched off to be woken by a key. BUSY: it gives no picture, mostly
    because another program has it. NO_BACKEND: this computer lacks what Qt needs to use any camera.
    """

    OFF = "off"
    STARTING = "starting"
    LIVE = "live"
    RESTING = "resting"
    NONE_FOUND = "none_found"
    BUSY = "busy"
    DENIED = "denied"
    UNPLUGGED = "unplugged"
    NO_BACKEND = "no_backend"
    BROKEN = "broken"

    @property
    def is_wrong(self) -> bool:
        return self not in (CameraState.OFF, CameraState.STARTING, CameraState.LIVE, CameraState.RESTING)


def hush_multimedia() -> None:
    """Before Qt Multimedia is loaded: it tells at length of each graphics library that it can do without."""
    QLoggingCategory.setFilterRules("qt.multimedia.symbolsresolver.warning=false")


@dataclass(frozen=True, slots=True)
class CameraDevice:
    """A camera of this computer. `key`: as the system knows it, the same after a restart."""

    key: str
    name: str


TakeFrame = Callable[["QVideoFrame"], None]
"""Given each frame as it comes, in any thread; returns at once."""


class FrameSource(QObject):
    """Something that gives frames once it is started.

    Signals:
        state_changed: (`CameraState`, the camera's name), whenever either changes.
        devices_changed: the cameras there are, as a tuple of `CameraDevice`.
    """

    state_changed = Signal(object, str)
    devices_changed = Signal(object)

    def start(self, device: str) -> None:
        """Begin, or go on with another camera; returns at once. `device`: a key, or "" for the first one there is."""
        raise NotImplementedError

    def stop(self) -> None:
        """Give no more frames; returns at once."""
        raise NotImplementedError

    def close(self) -> None:
        """Stop for good: no frame comes and no thread runs after it."""
        raise NotImplementedError
