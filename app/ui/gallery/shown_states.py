"""Owns showing a widget in a state that only a person brings about: with the focus, though it has not got it. Changes
nothing of how the state looks: the widget paints it itself.
"""

from __future__ import annotations

from typing import Any, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStyle, QWidget

_Kind = TypeVar("_Kind", bound=QWidget)


def with_focus(kind: type[_Kind], *arguments: Any, **named: Any) -> _Kind:
    """A widget of that kind that takes itself for the one with the focus."""
    return type(f"Focused{kind.__name__}", (_TakesItselfForFocused, kind), {})(*arguments, **named)


class _TakesItselfForFocused:
    """For widgets that paint themselves, and for those that the style paints."""

    def hasFocus(self) -> bool:  # Qt's name
        return True

    def initStyleOption(self, option: Any) -> None:  # Qt's name
        super().initStyleOption(option)  # type: ignore[misc]  # of the widget it is mixed into
        option.state |= QStyle.StateFlag.State_HasFocus


def untouchable(widget: _Kind) -> _Kind:
    """Shown only: takes neither focus nor touch, so that it stays in its state."""
    widget.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, True)
    for each in [widget, *widget.findChildren(QWidget)]:
        each.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return widget
