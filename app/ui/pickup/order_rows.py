"""Owns how an order looks as a row of the list: name and number, when, shelf, what is left to pay. Decides nothing."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter

from app.domain.order import HandoverState, Preparation
from app.i18n import tr
from app.ui import messages
from app.ui.components.lists import RowDelegate, RowModel
from app.ui.components.painting import shorten
from app.ui.style.look import Look
from app.ui.style.tokens import ICON_PX, Role, Space, Type
from app.usecases.queries import OrderRow

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def order_model() -> RowModel:
    return RowModel(lambda row: row.order_id, words_of_row)


def words_of_row(row: OrderRow) -> str:
    """What a screen reader says of a row."""
    due = tr("{amount} to pay").format(amount=messages.amount(row.amount_due)) if row.amount_due else tr("paid")
    return ", ".join(part for part in (name_of(row), number_words(row.number), state_words(row), due) if part)


def number_words(number: str) -> str:
    return tr("No. {number}").format(number=number)


def name_of(row: OrderRow) -> str:
    return row.customer_name or tr("No name")


def state_words(row: OrderRow) -> str:
    """The state of an order in a word or two, the furthest thing known about it."""
    if row.cancelled:
        return tr("Cancelled")
    if row.handover is HandoverState.HANDED_OVER:
        return tr("Handed over")
    if row.handover is HandoverState.PARTLY:
        return tr("Partly handed over")
    return messages.preparation(row.preparation)


def state_mark(row: OrderRow) -> tuple[str, Role]:
    """The icon and role that go with the state: never the colour alone."""
    if row.cancelled:
        return "ban", Role.DANGER
    if row.handover is HandoverState.HANDED_OVER:
        return "check", Role.MUTED
    return {
        Preparation.TO_PREPARE: ("package", Role.WARNING),
        Preparation.IN_PREPARATION: ("package-open", Role.INFO),
        Preparation.READY: ("package-check", Role.SUCCESS),
    }[row.preparation]


class OrderDelegate(RowDelegate):
    """Two lines in 56 pixels: name and amount; number, state, when and where."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.now: datetime | None = None
        self._strong = look.font(Type.BODY, strong=True)
        self._small = look.font(Type.CAPTION)

    def paint_row(self, painter: QPainter, rect: QRect, row: OrderRow, selected: bool) -> None:
        icon, role = state_mark(row)
        painter.drawPixmap(rect.left(), rect.center().y() - ICON_PX // 2, self.look.pixmap(icon, role, ICON_PX))
        text = rect.adjusted(ICON_PX + Space.NEAR, Space.INSIDE - 1, 0, -Space.INSIDE)
        upper = QRect(text.left(), text.top(), text.width(), text.height() // 2)
        lower = QRect(text.left(), upper.bottom() + 1, text.width(), text.height() // 2)
        taken = self._paint_amount(painter, upper, row)
        painter.setFont(self._strong)
        painter.setPen(self.look.colour(Role.MUTED if row.cancelled else Role.TEXT))
        painter.drawText(upper, _LEFT, shorten(name_of(row), self._strong, upper.width() - taken))
        taken = self._paint_place(painter, lower, row)
        painter.setFont(self._small)
        painter.setPen(self.look.colour(Role.MUTED))
        painter.drawText(lower, _LEFT, self._details(row, lower.width() - taken))

    def _paint_amount(self, painter: QPainter, place: QRect, row: OrderRow) -> int:
        due = messages.amount(row.amount_due) if row.amount_due and not row.cancelled else ""
        if not due:
            return 0
        painter.setFont(self._strong)
        painter.setPen(self.look.colour(Role.DANGER))
        painter.drawText(place, _RIGHT, due)
        return QFontMetrics(self._strong).horizontalAdvance(due) + Space.BETWEEN

    def _paint_place(self, painter: QPainter, place: QRect, row: OrderRow) -> int:
        parts = [messages.bags(row.bags)] if row.bags else []
        parts += [row.shelf] if row.shelf else []
        words = " · ".join(parts)
        if not words:
            return 0
        font = self.look.font(Type.CAPTION, strong=True)
        painter.setFont(font)
        painter.setPen(self.look.colour(Role.TEXT))
        painter.drawText(place, _RIGHT, words)
        return QFontMetrics(font).horizontalAdvance(words) + Space.BETWEEN

    def _details(self, row: OrderRow, room: int) -> str:
        """Number, state, when; the state gives way first, its icon remains."""
        now = self.now or datetime.now().astimezone()
        number, slot = number_words(row.number), messages.slot(row.pickup_from, row.keep_until, now)
        whole = " · ".join(part for part in (number, state_words(row), slot) if part)
        if QFontMetrics(self._small).horizontalAdvance(whole) <= room:
            return whole
        return shorten(" · ".join(part for part in (number, slot) if part), self._small, room)
