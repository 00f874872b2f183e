"""Sees what lies under something else, whoever its parent is: what a person would touch where a text, button or field
stands is that text, button or field. What a sheet covers is meant to be."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QLabel,
    QLineEdit,
    QWidget,
)

from app.ui.components.banner import VerdictBanner
from app.ui.components.chips import Chip
from app.ui.components.cover import Cover
from app.ui.components.segments import Segments
from app.ui.help.view import HelpSheet
from app.ui.onscreen_printer import PaperSheet

_SPEAKS = (QAbstractButton, QLabel, QLineEdit, Chip, Segments, QComboBox, QAbstractItemView, VerdictBanner)
_EDGE_PX = 3

MEANT_TO_COVER = (Cover, HelpSheet, PaperSheet)
"""Laid over everything until it is done with; at the right of a screen too narrow to stand beside it."""


def hidden(window: QWidget) -> list[str]:
    """ "what by what" for all of which the left end, the middle or the right end lies under another widget."""
    found = []
    for widget in window.findChildren(QWidget):
        if isinstance(widget, _SPEAKS) and widget.isVisibleTo(window) and not _lets_through(widget):
            over = next(iter(_over(window, widget)), None)
            if over is not None:
                found.append(f"{_called(widget)} by {_called(over)}")
    return found


def _over(window: QWidget, widget: QWidget) -> Iterator[QWidget]:
    room = _in_view(window, widget)
    if room.width() <= 2 * _EDGE_PX or room.height() <= 2 * _EDGE_PX:
        return  # scrolled away
    middle = room.center().y()
    for across in (room.center().x(), room.left() + _EDGE_PX, room.right() - _EDGE_PX):
        touched = window.childAt(QPoint(across, middle))
        if touched is not None and not _belong_together(touched, widget) and not _is_meant(touched):
            yield touched


def _in_view(window: QWidget, widget: QWidget) -> QRect:
    """Where its words stand, in the window, less what its parents cut off."""
    place = _written(widget)
    seen = QRect(widget.mapTo(window, place.topLeft()), place.size())
    parent = widget.parentWidget()
    while parent is not None:
        seen &= QRect(parent.mapTo(window, QPoint(0, 0)), parent.size())
        if parent is window:
            break
        parent = parent.parentWidget()
    return seen


def _written(widget: QWidget) -> QRect:
    """A label is only as large as its words: its empty end may be under something."""
    if not isinstance(widget, QLabel):
        return widget.rect()
    if not widget.text():
        return QRect() if widget.pixmap().isNull() else widget.rect()
    flags = int(widget.alignment()) | (int(Qt.TextFlag.TextWordWrap) if widget.wordWrap() else 0)
    return widget.fontMetrics().boundingRect(widget.contentsRect(), flags, widget.text()) & widget.rect()


def _belong_together(touched: QWidget, widget: QWidget) -> bool:
    return touched is widget or widget.isAncestorOf(touched)


def _is_meant(touched: QWidget) -> bool:
    above: QWidget | None = touched
    while above is not None and not isinstance(above, MEANT_TO_COVER):
        above = above.parentWidget()
    return above is not None


def _lets_through(widget: QWidget) -> bool:
    """`childAt` passes over what the mouse passes through."""
    above: QWidget | None = widget
    while above is not None:
        if above.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents):
            return True
        above = above.parentWidget()
    return False


def _called(widget: QWidget) -> str:
    text = widget.text() if isinstance(widget, QLabel | QAbstractButton | QLineEdit) else widget.accessibleName()
    return f"{type(widget).__name__} {widget.objectName() or repr(text)}"
