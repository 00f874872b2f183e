"""Owns the words of a card that are read from two metres: as large as their place allows, in sizes of the type scale.

Two metres take capitals of six millimetres: HEAD on a usual screen. Never wraps; what fits in no size is shortened.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter

from app.ui.components.text import NameLabel
from app.ui.style.look import Look
from app.ui.style.tokens import Role, Type

FAR = (Type.HEAD, Type.TITLE, Type.LEAD)
"""From the largest to the smallest that is still large."""


class FarLabel(NameLabel):
    """One line, in the largest size that shows it whole; painted, so that another size costs no new style."""

    def __init__(self, look: Look, sizes: Sequence[Type] = FAR, role: Role = Role.TEXT, *, right: bool = False) -> None:
        self._look, self._sizes, self._role = look, tuple(sizes), role
        super().__init__("", sizes[-1], role, strong=True)
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        self.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        look.changed.connect(self.update)

    def show_words(self, text: str, role: Role, sizes: Sequence[Type] = FAR) -> None:
        """Other words in another role."""
        self._role, self._sizes = role, tuple(sizes)
        self.set_name(text)
        self.updateGeometry()
        self.update()

    @property
    def size_shown(self) -> Type:
        low_enough = [size for size in self._sizes if self._is_whole_in_height(size)]
        return largest_fitting(self._look, self._whole, low_enough or self._sizes[-1:], self.width())

    def _is_whole_in_height(self, size: Type) -> bool:
        """A full card gives a label less height than a line has: only what no letter needs may go."""
        metrics = self._metrics(size)
        letters = metrics.tightBoundingRect(self._whole)
        baseline = (self.height() - metrics.height()) // 2 + metrics.ascent()
        return baseline + letters.top() >= -1 and baseline + letters.bottom() <= self.height()

    def sizeHint(self) -> QSize:
        metrics = self._metrics(self._sizes[0])
        return QSize(metrics.horizontalAdvance(self._whole) + 2, metrics.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self._metrics(self._sizes[0]).height())

    def paintEvent(self, _event) -> None:
        painter = QPainter(self)
        painter.setFont(self._look.font(self.size_shown, strong=True))
        painter.setPen(self._look.colour(self._role))
        painter.drawText(self.rect(), self.alignment(), self.text())

    def _shorten(self) -> None:
        metrics = self._metrics(self.size_shown)
        shown = metrics.elidedText(self._whole, Qt.TextElideMode.ElideRight, max(self.width(), 1))
        if shown != self.text():
            self.setText(shown)
        self.setToolTip(self._whole if shown != self._whole else "")

    def _metrics(self, size: Type) -> QFontMetrics:
        return QFontMetrics(self._look.font(size, strong=True))


def largest_fitting(look: Look, text: str, sizes: Sequence[Type], width: int) -> Type:
    """The first size, largest first, in which a strong text is no wider than its place; else the last."""
    for size in sizes:
        if QFontMetrics(look.font(size, strong=True)).horizontalAdvance(text) <= width:
            return size
    return sizes[-1]
