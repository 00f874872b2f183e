"""Owns the buttons under the basket for the active line: one less, one more, take out, and undo. Decides nothing."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.i18n import tr
from app.ui.checkout.pieces import button
from app.ui.components.buttons import Kind
from app.ui.components.layouts import row
from app.ui.style.look import Look


class LineTouch(QWidget):
    """For a till without a keyboard; the keys `−`, `+`, Del and Ctrl+Z do the same.

    Signals:
        one_less, one_more, taken_out, undone: the buttons.
    """

    one_less = Signal()
    one_more = Signal()
    taken_out = Signal()
    undone = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        made = []
        for icon, words, name, told in (
            ("minus", tr("One less"), "line-less", self.one_less),
            ("plus", tr("One more"), "line-more", self.one_more),
            ("trash-2", tr("Take out"), "line-out", self.taken_out),
            ("undo-2", tr("Undo"), "basket-undo", self.undone),
        ):
            each = button(look, "", kind=Kind.QUIET, icon=icon, name=name, on_click=told.emit)
            each.setAccessibleName(words)
            each.setToolTip(words)
            made.append(each)
        box = row(*made, gap=0)
        box.setContentsMargins(0, 0, 0, 0)
        self.setLayout(box)
