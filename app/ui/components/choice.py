"""Owns the choice from a list that unfolds: for more than five things, or long words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox

from app.ui.style.tokens import TARGET_PX


class Choice(QComboBox):
    """Up and down arrows, or a touch, choose; `chosen` carries the key of what a person chose."""

    chosen = Signal(str)

    def __init__(self, choices: Sequence[tuple[str, str]], name: str) -> None:
        """Args: choices: (key, words) pairs; name: for screen readers."""
        super().__init__()
        for key, words in choices:
            self.addItem(words, key)
        self.setAccessibleName(name)
        self.setMinimumHeight(TARGET_PX)
        self.activated.connect(lambda at: self.chosen.emit(str(self.itemData(at))))

    @property
    def current(self) -> str:
        return str(self.currentData())

    def choose(self, key: str, tell: bool = False) -> None:
        """Show this one; one that was not offered is added, so that nothing is changed by looking at it."""
        if self.findData(key) < 0:
            self.addItem(key, key)
        self.setCurrentIndex(self.findData(key))
        if tell:
            self.chosen.emit(key)

    def wheelEvent(self, event) -> None:
        event.ignore()  # the sheet scrolls; nothing is changed in passing
