"""Sees the texts that the program paints itself, buttons, chips, rows of lists, while they are painted: is each whole
in the place it is given, and that place within the widget? What shortens itself first arrives here already short.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

_SPARE_PX = 2
"""Rounding, and the side bearings of letters."""


def painted_texts_cut(window: QWidget) -> list[str]:
    """Texts wider or higher than where they are painted, or painted over the widget's edge, as "kind: text"."""
    found: list[str] = []
    with _drawing_seen(found):
        window.grab()
    return sorted(set(found))


@contextmanager
def _drawing_seen(found: list[str]) -> Iterator[None]:
    drawn: Any = QPainter.drawText

    def seen(painter: QPainter, *given: Any) -> Any:
        if len(given) == 3 and isinstance(given[0], QRect) and given[2].strip():
            fault = _fault(painter, *given)
            if fault:
                found.append(f"{_kind(painter)}: {given[2]!r} {fault}")
        return drawn(painter, *given)

    drawing: Any = QPainter  # patched, as it is the one place all of them pass
    drawing.drawText = seen
    try:
        yield
    finally:
        drawing.drawText = drawn


def _fault(painter: QPainter, place: QRect, flags: Any, text: str) -> str:
    needed = painter.boundingRect(place, flags, text)
    if needed.width() > place.width() + _SPARE_PX:
        return f"needs {needed.width()} px, has {place.width()}"
    letters = _letters(painter, needed, text)
    if letters.top() < place.top() - _SPARE_PX or letters.bottom() > place.bottom() + _SPARE_PX:
        return f"needs {letters.height()} px of height, has {place.height()}"
    device = painter.device()
    if not isinstance(device, QWidget):
        return ""
    at = painter.transform().map(needed.topLeft())
    shown = QRect(QPoint(at), needed.size())
    over = max(-shown.left(), shown.right() - device.rect().right())
    return f"goes {over} px over the edge" if over > _SPARE_PX else ""


def _letters(painter: QPainter, needed: QRect, text: str) -> QRect:
    """Of one line only from the top of its highest letter to the foot of its lowest: the rest may be missing."""
    metrics = painter.fontMetrics()
    if needed.height() > 1.5 * metrics.height():
        return needed
    inked = metrics.tightBoundingRect(text)
    return inked.translated(needed.left(), needed.top() + metrics.ascent())


def _kind(painter: QPainter) -> str:
    device = painter.device()
    if not isinstance(device, QWidget):
        return type(device).__name__
    inner = device.objectName() == "qt_scrollarea_viewport"
    named = (device.parentWidget() if inner else None) or device
    return f"{type(named).__name__} {named.objectName()}".strip()
