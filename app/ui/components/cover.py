"""Owns what any sheet that covers the window must be able to say. Draws nothing itself."""

from __future__ import annotations

from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget


class Cover(QWidget):
    """Laid over the window by `MainWindow.cover`: nothing behind it gets a key, a touch or a scan."""

    spoken_role = QAccessible.Role.Dialog

    def take_scan(self, _text: str) -> bool:
        """A scan meanwhile. True if this sheet has use for it; else it is refused."""
        return False

    def reads_codes(self) -> bool:
        """Whether codes are shown to the camera for this sheet; else the camera rests behind it."""
        return False

    def refuse_scan(self) -> None:
        """Something was scanned meanwhile: say what to do first."""
        raise NotImplementedError
