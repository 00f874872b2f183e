"""Looks at a window as a person would: is any text cut, is anything too small to hit? For every screen's tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QScrollArea,
    QWidget,
)

from app.ui.components.banner import VerdictBanner
from app.ui.components.buttons import ActionButton
from app.ui.components.chips import Chip
from app.ui.components.segments import Segments
from app.ui.components.text import NameLabel
from app.ui.rail import RailButton
from app.ui.style.tokens import TARGET_PX, Type
from tests.ui.reach import must_be_reached


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
    while parent is not None and not widget.isWindow():
        if isinstance(parent.parentWidget(), QAbstractScrollArea):
            return False
        place = QRect(widget.mapTo(parent, QPoint(0, 0)), widget.size())
        if not parent.rect().adjusted(-1, -1, 1, 1).contains(place):
            return True
        parent = None if parent.isWindow() else parent.parentWidget()
    return False


def overlapping(window: QWidget) -> list[str]:
    """Texts, buttons and fields of the same parent of which one hides a part of the other."""
    found = []
    for parent in _shown(window):
        inside = [each for each in parent.findChildren(QWidget, options=_DIRECT) if _says_something(each)]
        for number, one in enumerate(inside):
            found += [
                f"{_name_of(one)} and {_name_of(other)}"
                for other in inside[number + 1 :]
                if one.geometry().adjusted(1, 1, -1, -1).intersects(other.geometry().adjusted(1, 1, -1, -1))
            ]
    return found


def unreachable(window: QWidget) -> list[str]:
    """What the Tab key should lead to and does not, walking from where the focus is until it comes round."""
    wanted = {widget for widget in _shown(window) if must_be_reached(widget)}
    reached = walk_by_tab(window, len(wanted) + 30)
    return [_name_of(widget) for widget in wanted - set(reached)]


def walk_by_tab(window: QWidget, most: int = 200) -> list[QWidget]:
    """The widgets Tab leads to one after the other, once each."""
    reached: list[QWidget] = []
    for _step in range(most):
        target = QApplication.focusWidget() or window
        QTest.keyClick(target, Qt.Key.Key_Tab)
        now = QApplication.focusWidget()
        if now is None or (len(reached) > 1 and now is reached[0]):
            break
        if now not in reached:
            reached.append(now)
    return reached


def focus_unseen(window: QWidget) -> list[str]:
    """What looks the same with the focus as without, or hardly otherwise: a ring is at least half as long as the
    widget's border."""
    return [_name_of(widget) for widget in walk_by_tab(window) if _changed_by_focus(window, widget) < _ring_px(widget)]


def untranslated(window: QWidget, english: Mapping[str, str]) -> list[str]:
    """Texts shown that have a translation (`english`: text to translation) and are not in it."""
    shown = {text.strip() for widget in _shown(window) for text in _words_of(widget)}
    return sorted(text for text in shown if text and english.get(text, text) != text)


_DIRECT = Qt.FindChildOption.FindDirectChildrenOnly


def _name_of(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.objectName() or _text_of(widget)!r}"


def _says_something(widget: QWidget) -> bool:
    kinds = (QAbstractButton, QLabel, QLineEdit, Chip, Segments, QComboBox, QAbstractItemView, VerdictBanner)
    return isinstance(widget, kinds) and widget.isVisible() and widget.width() > 1 and widget.height() > 1


def _ring_px(widget: QWidget) -> int:
    return widget.width() + widget.height()


def _changed_by_focus(window: QWidget, widget: QWidget) -> int:
    """How many pixels in and just around the widget are different, once it was scrolled to as Tab does."""
    around = widget.parentWidget()
    while around is not None and around is not window:
        if isinstance(around, QScrollArea):
            around.ensureWidgetVisible(widget)
        around = around.parentWidget()
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    area = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size()).adjusted(-4, -4, 4, 4).intersected(window.rect())
    if area.isEmpty():  # scrolled out of sight
        return _ring_px(widget)
    with_focus = window.grab(area).toImage()
    widget.clearFocus()
    without = window.grab(area).toImage()
    if with_focus.size() != without.size():
        return _ring_px(widget)
    pairs = zip(_pixels(with_focus), _pixels(without), strict=True)
    return sum(one != other for one, other in pairs)


def _pixels(image: QImage) -> memoryview:
    return memoryview(image.convertToFormat(QImage.Format.Format_RGB32).constBits()).cast("B").cast("I")


def _words_of(widget: QWidget) -> Iterator[str]:
    yield _text_of(widget)
    yield widget.accessibleName()
    yield widget.toolTip()
    if isinstance(widget, QAbstractButton):
        yield widget.text()
    if isinstance(widget, QLineEdit):
        yield widget.placeholderText()
    if isinstance(widget, QComboBox):
        yield from (widget.itemText(number) for number in range(widget.count()))
