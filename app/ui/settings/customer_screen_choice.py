"""Owns the choice of the screen that customers read, among those plugged in now. Decides nothing, shows no page."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget

from app.i18n import tr
from app.ui.components.choice import Choice
from app.ui.components.layouts import column
from app.ui.components.text import label
from app.ui.style.tokens import Role, Space, Type

_NONE = ""


class CustomerScreenChoice(QWidget):
    """The choice and a sentence about it.

    Signals:
        chosen: the name of the screen chosen, "" for none.
    """

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.choice = Choice([(_NONE, tr("No screen"))], tr("Screen for customers"))
        self.choice.setObjectName("customer-screen-choice")
        self.said = label("", Type.CAPTION, Role.MUTED, wrap=True)
        self.said.setObjectName("customer-screen-said")
        self.setLayout(column(self.choice, self.said, gap=Space.HAIR))
        self.choice.chosen.connect(self.chosen)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.screenAdded.connect(self._plugs_changed)
            application.screenRemoved.connect(self._plugs_changed)

    def show_chosen(self, name: str) -> None:
        self.offer(QGuiApplication.screens(), self.screen().name(), name)

    def offer(self, screens: Sequence[QScreen], own: str, chosen: str) -> None:
        """Offer all but the till's own screen; one that is chosen and not plugged in stays chosen."""
        others = [screen for screen in screens if screen.name() and screen.name() != own]
        self.choice.clear()
        self.choice.addItem(tr("No screen"), _NONE)
        for screen in others:
            size = screen.size()
            self.choice.addItem(f"{screen.name()}  ({size.width()} × {size.height()})", screen.name())
        self.choice.choose(chosen)
        self.said.setText(_said(chosen, [screen.name() for screen in others]))

    def _plugs_changed(self, _screen: QScreen) -> None:
        self.show_chosen(self.choice.current)


def _said(chosen: str, others: Sequence[str]) -> str:
    if chosen and chosen not in others:
        return tr("This screen is not plugged in. Once it is, customers read on it again.")
    if not others:
        return tr("Plug a second screen in and let the computer extend to it: it is then offered here.")
    return tr("Customers read there what is sold, the total and their change; never a name or a code.")
