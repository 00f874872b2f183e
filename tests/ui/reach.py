"""Says what a person without a mouse must be able to reach by Tab: by what it is, never by its own focus policy, which
is what may be wrong. Walks nowhere itself.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QScrollArea,
    QWidget,
)

from app.ui.checkout.pieces import Keypad
from app.ui.components.buttons import ActionButton
from app.ui.components.chips import Chip
from app.ui.components.pin_sheet import PadKey
from app.ui.components.segments import Segments

OTHERWISE = {
    "order-lines": "the figure before the line chooses it",
}
"""By name: what is pressed by hand and by a key that stands on it, though it is no button."""

_ANSWERS_A_HAND = ("mousePressEvent", "mouseReleaseEvent")


def must_be_reached(widget: QWidget) -> bool:
    """Whether Tab has to lead to it now."""
    if not widget.isEnabled() or widget.focusProxy() is not None or _is_inside_another(widget):
        return False
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) or _is_for_a_hand(widget)


def key_of(button: QAbstractButton) -> str:
    """The key written on it. The figures of a keypad are typed, and so is how many of a coin there are."""
    if isinstance(button, ActionButton) and button.key:
        return button.key
    typed = isinstance(button, PadKey) or isinstance(button.parent(), Keypad)
    return button.text() if typed or button.objectName().startswith("one-more-") else ""


def _is_for_a_hand(widget: QWidget) -> bool:
    if isinstance(widget, Chip):
        return widget._pressable
    if isinstance(widget, QAbstractButton):
        return not key_of(widget)
    if isinstance(widget, Segments | QLineEdit | QComboBox | QAbstractSpinBox | QAbstractItemView):
        return True
    return widget.objectName() not in OTHERWISE and (_is_ours_and_pressed(widget) or _has_the_hand(widget))


def _is_ours_and_pressed(widget: QWidget) -> bool:
    ours = (kind for kind in type(widget).__mro__ if kind.__module__.startswith(("app.", "tests.")))
    return any(name in vars(kind) for kind in ours for name in _ANSWERS_A_HAND)


def _has_the_hand(widget: QWidget) -> bool:
    own = widget.testAttribute(Qt.WidgetAttribute.WA_SetCursor)
    return own and widget.cursor().shape() is Qt.CursorShape.PointingHandCursor


def _is_inside_another(widget: QWidget) -> bool:
    """A part of something that is reached as a whole; an area that only scrolls what is in it."""
    parts = isinstance(widget.parentWidget(), QComboBox | QAbstractSpinBox | QLineEdit | QAbstractItemView)
    scrolls = isinstance(widget, QScrollArea | QHeaderView) or widget.objectName() == "qt_scrollarea_viewport"
    return parts or scrolls
