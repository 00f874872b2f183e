"""Owns how a row of the outbox's lists is painted. Decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter

from app.ui import messages
from app.ui.components.lists import RowDelegate
from app.ui.components.painting import shorten
from app.ui.outbox import words
from app.ui.outbox.state import Item
from app.ui.style.tokens import Role, Space, Type


@dataclass(frozen=True, slots=True)
class ShownItem:
    """A row in words."""

    item: Item
    title: str
    detail: str
    role: Role
    time: str


def shown_item(item: Item, now: datetime) -> ShownItem:
    detail, role = words.item_state(item, now)
    return ShownItem(item, words.item_title(item), detail, role, messages.when(words.item_moment(item), now))


class ItemDelegate(RowDelegate):
    """Title and time; under them its state in its role."""

    def paint_row(self, painter: QPainter, rect: QRect, shown: ShownItem, selected: bool) -> None:
        look = self.look
        time_font, title_font, small = look.font(Type.BODY), look.font(Type.BODY, strong=True), look.font(Type.CAPTION)
        width = QFontMetrics(time_font).horizontalAdvance(shown.time)
        place = rect.adjusted(0, Space.INSIDE, 0, -Space.INSIDE)
        painter.setFont(time_font)
        painter.setPen(look.colour(Role.TEXT if selected else Role.MUTED))
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, shown.time)
        painter.setFont(title_font)
        painter.setPen(look.colour(Role.TEXT))
        room = place.width() - width - Space.BETWEEN
        painter.drawText(place, Qt.AlignmentFlag.AlignTop, shorten(shown.title, title_font, room))
        painter.setFont(small)
        muted = shown.role is Role.MUTED
        painter.setPen(look.colour(Role.TEXT if muted and selected else shown.role))
        painter.drawText(place, Qt.AlignmentFlag.AlignBottom, shorten(shown.detail, small, place.width()))
