"""Owns a QR on screen: black on white in every theme, with its quiet zone. Never makes one: it is given its modules."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QAccessible, QColor, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.style.tokens import PAPER, PAPER_INK

Modules = Sequence[Sequence[bool]]
_MODULE_PX, _LEAST_MODULE_PX = 4, 2
_QUIET_MODULES = 4


class QrPicture(QWidget):
    """Empty until it is shown something."""

    spoken_role = QAccessible.Role.Graphic

    def __init__(self, name: str) -> None:
        """Args: name: for screen readers."""
        super().__init__()
        self._modules: Modules = ()
        self._module_px = _MODULE_PX
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_modules(self, modules: Modules, within_px: int = 0) -> None:
        """True is dark; without quiet zone.

        Args: within_px: as large as whole pixels allow in a square of this side; 0 for the usual size.
        """
        self._modules = modules
        side = len(modules) + 2 * _QUIET_MODULES
        self._module_px = max(within_px // side, _LEAST_MODULE_PX) if within_px else _MODULE_PX
        self.setVisible(bool(modules))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        side = (len(self._modules) + 2 * _QUIET_MODULES) * self._module_px if self._modules else 0
        return QSize(side, side)

    def paintEvent(self, _event) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(PAPER))
        ink, cell = QColor(PAPER_INK), self._module_px
        for down, cells in enumerate(self._modules):
            for across, dark in enumerate(cells):
                if dark:
                    x, y = (across + _QUIET_MODULES) * cell, (down + _QUIET_MODULES) * cell
                    painter.fillRect(x, y, cell, cell, ink)
