"""Owns playing the counter's short sounds. Never fails and never delays anything: no sound device means silence, which
is said to whoever tries one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject, QUrl

from app.paths import resources_dir

_log = logging.getLogger(__name__)

SOUND_NAMES: Final = ("ready", "already", "wait", "question", "stop", "done", "sale", "new_order")
"""Every sound there is: one for each verdict's shape, then those of what was done or has come."""


class Heard(StrEnum):
    """What became of a sound that somebody tried."""

    PLAYED = "played"
    NO_DEVICE = "no_device"
    NO_LIBRARY = "no_library"
    NO_FILE = "no_file"


class Sounds(QObject):
    """Plays `resources/sounds/<name>.wav`. The library is loaded behind the counter, else with the first sound."""

    def __init__(
        self, on: bool = True, volume_percent: int = 100, muted: bool = False, load: Callable[[], Any] | None = None
    ) -> None:
        """Args: load: gives Qt's sound library, raises ImportError or OSError where there is none."""
        super().__init__()
        self._on = on
        self._volume_percent = volume_percent
        self._muted = muted
        self._load = load or _qt_multimedia
        self._library: Any = None
        self._effects: dict[str, Any] = {}

    def load_library(self) -> None:
        """Import what plays sounds; in a lane, so that the first verdict waits for none of it."""
        if self._on:
            self._is_library_there()

    def get_ready(self) -> None:
        """Open the loudspeaker, once the library is loaded: at a moment when nobody waits."""
        if self._on and self._library is not None:
            for name in SOUND_NAMES:
                self._effect(name)

    def use(self, volume_percent: int, muted: bool) -> None:
        """Args: volume_percent: 0-100; muted: nothing but what somebody tries is heard."""
        self._volume_percent, self._muted = volume_percent, muted
        for effect in self._effects.values():
            effect.setVolume(self._loudness())

    def play(self, name: str) -> None:
        if self._on and not self._muted:
            self._play(name)

    def try_out(self, name: str) -> Heard:
        """Play it although all may be muted, and say whether it could be heard."""
        if self._is_library_there() and self._library.QMediaDevices.defaultAudioOutput().isNull():
            return Heard.NO_DEVICE
        return self._play(name)

    def _play(self, name: str) -> Heard:
        if name not in self._effects:
            if not _file_of(name).exists():
                return Heard.NO_FILE
            if not self._is_library_there():
                return Heard.NO_LIBRARY
        self._effect(name).play()
        return Heard.PLAYED

    def _effect(self, name: str) -> Any:
        if name not in self._effects:
            effect = self._effects[name] = self._library.QSoundEffect(self)
            effect.setSource(QUrl.fromLocalFile(str(_file_of(name))))
            effect.setVolume(self._loudness())
        return self._effects[name]

    def _loudness(self) -> float:
        return self._volume_percent / 100

    def _is_library_there(self) -> bool:
        if self._library is None:
            try:
                self._library = self._load()
            except (ImportError, OSError) as error:  # it needs system libraries that a bare machine lacks
                self._on = False
                _log.info("No sound on this machine: %s", type(error).__name__)
        return self._library is not None


def _file_of(name: str) -> Path:
    return resources_dir() / "sounds" / f"{name}.wav"


def _qt_multimedia() -> Any:
    from PySide6 import QtMultimedia

    return QtMultimedia
