"""Owns the buttons under an order's lines for what goes with its bags: labels, the slip with the code, its e-mail.
Decides nothing.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.i18n import tr
from app.ui.components.buttons import ActionButton, Kind
from app.ui.components.layouts import row
from app.ui.style.look import Look
from app.ui.style.tokens import Space


class CardPapers(QWidget):
    """Signals: labels, slip, e_mail: the buttons; their keys do the same at the card."""

    labels = Signal()
    slip = Signal()
    e_mail = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._labels = ActionButton(look, tr("bag labels"), "L", Kind.QUIET)
        self._slip = ActionButton(look, tr("pickup slip"), "B", Kind.QUIET)
        self._e_mail = ActionButton(look, tr("e-mail with the code"), "E", Kind.QUIET)
        for made, name, told in (
            (self._labels, "bag-labels", self.labels),
            (self._slip, "pickup-slip", self.slip),
            (self._e_mail, "pickup-e-mail", self.e_mail),
        ):
            made.setObjectName(name)
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            made.clicked.connect(told)
        box = row(self._labels, self._slip, self._e_mail, None, gap=Space.HAIR)
        box.setContentsMargins(0, 0, 0, 0)
        self.setLayout(box)

    def show_for(self, *, may_print: bool, makes_codes: bool) -> None:
        """Args: makes_codes: this till is the one that gives the customers their codes."""
        self.setVisible(may_print)
        self._slip.setVisible(makes_codes)
        self._e_mail.setVisible(makes_codes)
