"""Owns the strip of parked baskets: what waits aside, one touch to take it back. Decides nothing."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.i18n import tr
from app.ui import messages
from app.ui.checkout.pieces import button
from app.ui.checkout.state import SaleState
from app.ui.components.buttons import Kind
from app.ui.components.layouts import clear, row
from app.ui.components.text import label
from app.ui.style.look import Look
from app.ui.style.tokens import Role, Space, Type
from app.usecases.queries import ParkedRow

BASKET_PX = 190
BUTTONS_PX = 260
"""Room for one parked basket, and for the two buttons before them: as many baskets are shown as fit."""

_TITLE_LENGTH = 12


class ParkedStrip(QWidget):
    """The foot of the articles: park or take back, last tickets, and the parked baskets.

    Signals:
        toggled: F5; tickets_pressed: F11; chosen: a parked basket was touched (its id).
    """

    toggled = Signal()
    tickets_pressed = Signal()
    chosen = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._shown: tuple[tuple[ParkedRow, ...], int] | None = None
        self._parked: Sequence[ParkedRow] = ()
        self._baskets = QHBoxLayout()
        self._baskets.setSpacing(Space.INSIDE)
        self._toggle = button(look, tr("Park"), "F5", name="park", on_click=self.toggled.emit)
        tickets = button(look, tr("Tickets"), "F11", name="show-last-tickets", on_click=self.tickets_pressed.emit)
        self.setLayout(row(self._toggle, tickets, self._baskets, None))
        self.setObjectName("parked")

    def show_state(self, state: SaleState) -> None:
        own = any(not line.order_id for line in state.basket.lines)
        self._toggle.set_text(tr("Take back") if state.parked and not own else tr("Park"))
        self._toggle.setEnabled(own or bool(state.parked))
        self._parked = state.parked
        self._show_rows(self._parked)

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self._show_rows(self._parked)

    def _show_rows(self, rows: Sequence[ParkedRow]) -> None:
        newest = tuple(sorted(rows, key=lambda parked: (parked.parked_at, parked.basket_id), reverse=True))
        room = max((self.width() - BUTTONS_PX) // BASKET_PX, 1)
        if (newest, room) == self._shown:
            return
        self._shown = (newest, room)
        clear(self._baskets)
        for parked in newest[:room]:
            self._baskets.addWidget(self._basket(parked))
        if len(newest) > room:
            self._baskets.addWidget(label(f"+{len(newest) - room}", Type.BODY, Role.MUTED))

    def _basket(self, parked: ParkedRow) -> QWidget:
        title = parked.title if len(parked.title) <= _TITLE_LENGTH else parked.title[: _TITLE_LENGTH - 1] + "…"
        words = f"{title} {messages.amount(parked.total)}"
        made = button(self._look, words, kind=Kind.QUIET, icon="pause", name=f"parked-{parked.basket_id}")
        made.setToolTip(f"{parked.title}, {messages.clock_time(parked.parked_at)}")
        made.setAccessibleName(tr("Take the parked basket back: {basket}").format(basket=words))
        made.clicked.connect(lambda _checked=False: self.chosen.emit(parked.basket_id))
        return made
