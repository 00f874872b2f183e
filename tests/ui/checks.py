"""Looks at a window as a person would: is any text cut, is anything too small to hit? For every screen's tests."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QAbstractScrollArea, QLabel, QLineEdit, QWidget

from app.ui.components.banner import VerdictBanner
from app.ui.components.buttons import ActionButton
from app.ui.components.chips import Chip
from app.ui.components.segments import Segments
from app.ui.components.text import NameLabel
from app.ui.rail import RailButton
from app.ui.style.tokens import TARGET_PX, Type


def texts_cut(window: QWidget) -> list[str]:
    """What a person cannot read whole, as "kind: text". Empty for a good window. Names that shorten themselves, with
    the whole name in their tip, are meant to."""
    return [f"{type(widget).__name__}: {_text_of(widget)}" for widget in _shown(window) if _is_cut(widget)]


def targets_too_small(window: QWidget) -> list[str]:
    """Buttons less than 44 pixels high or wide."""
    buttons = [widget for widget in _shown(window) if isinstance(widget, ActionButton | RailButton)]
    return [
        f"{button.text()}: {button.width()}x{button.height()}"
        for button in buttons
        if min(button.width(), button.height()) < TARGET_PX
    ]


def texts_too_small(window: QWidget) -> list[str]:
    """Labels and fields below 13 pixels."""
    return [
        _text_of(widget)
        for widget in _shown(window)
        if isinstance(widget, QLabel | QLineEdit) and widget.font().pixelSize() < Type.CAPTION
    ]


def nameless(window: QWidget) -> list[str]:
    """What takes the focus but tells a screen reader nothing."""
    return [
        f"{type(widget).__name__} {widget.objectName()}"
        for widget in _shown(window)
        if widget.focusPolicy() and not widget.accessibleName() and not isinstance(widget, QAbstractScrollArea)
    ]


def _shown(window: QWidget) -> Iterator[QWidget]:
    for widget in [window, *window.findChildren(QWidget)]:
        if widget.isVisible() and widget.width() > 0 and widget.height() > 0:
            yield widget


def _text_of(widget: QWidget) -> str:
    if isinstance(widget, VerdictBanner):
        return f"{widget.word} / {widget.sentence}"
    if isinstance(widget, QLabel | QLineEdit | ActionButton | RailButton):
        return widget.text()
    return widget.accessibleName()


def _is_cut(widget: QWidget) -> bool:
    if isinstance(widget, NameLabel):
        return False
    if _is_outside(widget):
        return True
    if isinstance(widget, VerdictBanner):
        return not widget.fits()
    if isinstance(widget, ActionButton | Chip | Segments):
        return widget.width() < widget.minimumSizeHint().width()
    if isinstance(widget, RailButton):
        return QFontMetrics(widget.font()).horizontalAdvance(widget.text()) > 2 * widget.width()
    if isinstance(widget, QLabel) and widget.text():
        return _label_is_cut(widget)
    return False


def _label_is_cut(widget: QLabel) -> bool:
    room = widget.contentsRect()
    metrics = QFontMetrics(widget.font())
    if widget.wordWrap():
        return widget.heightForWidth(room.width()) > widget.height() + 1
    return metrics.horizontalAdvance(widget.text()) > room.width() + 1 or metrics.height() > widget.height() + 2


def _is_outside(widget: QWidget) -> bool:
    """Whether part of it lies beyond the window, or beyond a parent that does not scroll."""
    if not isinstance(widget, QLabel | ActionButton | Chip | QLineEdit):
        return False
    parent = widget.parentWidget()
    while parent is not None and not parent.isWindow():
        if isinstance(parent.parentWidget(), QAbstractScrollArea):
            return False
        place = QRect(widget.mapTo(parent, QPoint(0, 0)), widget.size())
        if not parent.rect().adjusted(-1, -1, 1, 1).contains(place):
            return True
        parent = parent.parentWidget()
    return False
