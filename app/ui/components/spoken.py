"""Owns what a screen reader is told: what a widget that paints itself is, and news that come without the focus.

A widget says what it is by an attribute `spoken_role`, what it is set to by `spoken_value`, and what pressing it does
by `spoken_press`; its name is its accessible name. Never decides words.
"""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleEvent
from PySide6.QtWidgets import QAccessibleWidget, QApplication, QWidget

_INSTALLED = "comptoir-spoken"


class SpokenWidget(QAccessibleWidget):
    """A widget of the program in Qt's accessibility tree."""

    def __init__(self, widget: QWidget, role: QAccessible.Role) -> None:
        super().__init__(widget, role, "")

    def text(self, what: QAccessible.Text) -> str:
        if what is QAccessible.Text.Value:
            return str(getattr(self.widget(), "spoken_value", ""))
        return super().text(what)

    def actionNames(self) -> list[str]:
        names = list(super().actionNames())
        return [self.pressAction(), *names] if callable(getattr(self.widget(), "spoken_press", None)) else names

    def doAction(self, name: str) -> None:
        press = getattr(self.widget(), "spoken_press", None)
        if name == self.pressAction() and callable(press):
            press()
            return
        super().doAction(name)


def install() -> None:
    """Let Qt ask the program's own widgets what they are; a second time does nothing."""
    application = QApplication.instance()
    if application is not None and not application.property(_INSTALLED):
        application.setProperty(_INSTALLED, True)
        QAccessible.installFactory(_made_for)


def announce(widget: QWidget, words: str, at_once: bool = False) -> None:
    """Have the words read out, wherever the focus is.

    Args: at_once: before whatever is being read; else after it.
    """
    if not words or not QAccessible.isActive():
        return
    event = QAccessibleAnnouncementEvent(widget, words)
    politeness = QAccessible.AnnouncementPoliteness
    event.setPoliteness(politeness.Assertive if at_once else politeness.Polite)
    _tell(event)


def value_changed(widget: QWidget) -> None:
    """Its `spoken_value` is another one now."""
    if QAccessible.isActive():
        _tell(QAccessibleEvent(widget, QAccessible.Event.ValueChanged))


def _tell(event: QAccessibleEvent) -> None:
    QAccessible.updateAccessibility(event)


def _made_for(_kind: str, thing: QObject) -> QAccessibleWidget | None:
    role = getattr(thing, "spoken_role", None)
    return SpokenWidget(thing, role) if isinstance(thing, QWidget) and isinstance(role, QAccessible.Role) else None
