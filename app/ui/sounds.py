"""Owns playing the counter's short sounds. Never fails and never delays anything: no sound device means silence."""

from __future__ import annotations

import logging
from typing import Any

from PySide6.QtCore import QObject, QUrl

from app.paths import resources_dir

_log = logging.getLogger(__name__)


class Sounds(QObject):
    """Plays `resources/sounds/<name>.wav`. The sound library is loaded with the first sound, not at start-up."""

    def __init__(self, on: bool = True) -> None:
        super().__init__()
        self._on = on
        self._effects: dict[str, Any] = {}

    def play(self, name: str) -> None:
        effect = self._effect(name) if self._on else None
        if effect is not None:
            effect.play()

    def _effect(self, name: str) -> Any:
        if name not in self._effects:
            self._effects[name] = self._loaded(name)
        return self._effects[name]

    def _loaded(self, name: str) -> Any:
        path = resources_dir() / "sounds" / f"{name}.wav"
        if not path.exists():
            return None
        try:
            from PySide6.QtMultimedia import QSoundEffect
        except (ImportError, OSError) as error:  # Qt's sound needs system libraries that a bare machine lacks
            self._on = False
            _log.info("No sound on this machine: %s", type(error).__name__)
            return None
        effect = QSoundEffect(self)
        effect.setSource(QUrl.fromLocalFile(str(path)))
        return effect
