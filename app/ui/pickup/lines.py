"""Owns the lines of an order on its card: key, quantity, article, outcome, amount. One widget paints them all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain.order import GOODS_LEAVE, LineOutcome, LineResult, OrderLine
from app.ui import messages
from app.ui.components.painting import key_cap_width, paint_box, paint_focus, paint_key_cap, shorten
from app.ui.style.look import Look
from app.ui.style.tokens import CHIP_PX, ICON_PX, LINE_PX, TARGET_PX, Role, Space, Tone, Type

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter

_WIDE_PX = 560
"""From here on a usual article's name has room in larger letters."""

_MARKS = {
    LineOutcome.GIVEN: ("check", Role.SUCCESS),
    LineOutcome.MISSING: ("x", Role.DANGER),
    LineOutcome.REPLACED: ("refresh-cw", Role.WARNING),
    LineOutcome.WEIGHED: ("scale", Role.INFO),
    LineOutcome.REFUSED: ("ban", Role.DANGER),
    LineOutcome.TO_FOLLOW: ("clock", Role.WARNING),
}


@dataclass(frozen=True, slots=True)
class LineView:
    """A line as shown: what was ordered, what became of it, whether a key may still change it."""

    line: OrderLine
    result: LineResult
    may_change: bool
    prepared: bool


class OrderLines(QWidget):
    """All lines of the order. `line_pressed` carries the line number of a touched line."""

    line_pressed = Signal(int)
    spoken_role = QAccessible.Role.StaticText

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._lines: tuple[LineView, ...] = ()
        self._active = 0
        self.setObjectName("order-lines")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    @property
    def lines(self) -> tuple[LineView, ...]:
        return self._lines

    def show_lines(self, lines: Sequence[LineView], active: int) -> None:
        """Args: active: the line number a step is about, 0 for none."""
        if (tuple(lines), active) == (self._lines, self._active):
            return
        count = len(self._lines)
        self._lines, self._active = tuple(lines), active
        if len(self._lines) != count:
            self.updateGeometry()
        self.setAccessibleName("; ".join(_words(view) for view in self._lines))
        self.update()

    @property
    def _size(self) -> Type:
        return Type.LEAD if self.width() >= _WIDE_PX else Type.BODY

    def place_of(self, line_no: int) -> QRect:
        for number, view in enumerate(self._lines):
            if view.line.line_no == line_no:
                return QRect(0, number * TARGET_PX, self.width(), TARGET_PX)
        return QRect()

    def sizeHint(self) -> QSize:
        return QSize(Space.AROUND * 10, max(len(self._lines), 1) * TARGET_PX)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def mousePressEvent(self, event) -> None:
        number = int(event.position().y()) // TARGET_PX
        if 0 <= number < len(self._lines):
            self.line_pressed.emit(self._lines[number].line.line_no)

    def paintEvent(self, event) -> None:
        painter = QPainter(self)
        for number, view in enumerate(self._lines):
            place = QRect(0, number * TARGET_PX, self.width(), TARGET_PX)
            if place.intersects(event.rect()):
                self._paint_line(painter, place, view)

    def _paint_line(self, painter: QPainter, place: QRect, view: LineView) -> None:
        look = self._look
        if view.line.line_no == self._active:
            paint_box(painter, place, look.colour(Role.SELECTED))
            paint_focus(painter, place, look)
        else:
            line = QRect(place.left(), place.bottom(), place.width(), LINE_PX)
            painter.fillRect(line, look.colour(Role.LINE))
        inner = place.adjusted(Space.INSIDE, 0, -Space.INSIDE, 0)
        left = inner.left() + self._paint_key(painter, inner, view)
        right = inner.right() - self._paint_amount(painter, inner, view)
        right -= self._paint_outcome(painter, inner, right, view)
        self._paint_article(painter, QRect(left, inner.top(), right - left, inner.height()), view)

    def _paint_key(self, painter: QPainter, place: QRect, view: LineView) -> int:
        room = key_cap_width(self._look, "9") + Space.NEAR
        if view.may_change and view.line.line_no <= 9:
            paint_key_cap(painter, place, str(view.line.line_no), self._look.colour(Role.MUTED), self._look)
        return room

    def _paint_amount(self, painter: QPainter, place: QRect, view: LineView) -> int:
        font = self._look.font(self._size)
        words = messages.amount(view.result.amount)
        painter.setFont(font)
        painter.setPen(self._look.colour(Role.TEXT if view.result.amount else Role.MUTED))
        painter.drawText(place, _RIGHT, words)
        room = QFontMetrics(font).horizontalAdvance("000,00 €")
        return max(QFontMetrics(font).horizontalAdvance(words), room) + Space.BETWEEN

    def _paint_outcome(self, painter: QPainter, place: QRect, right: int, view: LineView) -> int:
        outcome = view.result.outcome
        icon, role = _MARKS[outcome]
        usual = outcome is LineOutcome.GIVEN
        if usual and not view.prepared:
            return 0
        font = self._look.font(Type.CAPTION, strong=True)
        words = "" if usual else messages.outcome(outcome)
        wide = ICON_PX + (QFontMetrics(font).horizontalAdvance(words) + Space.HAIR if words else 0)
        whole = wide + 2 * Space.INSIDE
        box = QRect(right - whole, place.center().y() - CHIP_PX // 2, whole, CHIP_PX)
        if not usual:
            paint_box(painter, box, self._look.colour(role, Tone.SOFT))
        left = box.left() + Space.INSIDE
        painter.drawPixmap(left, box.center().y() - ICON_PX // 2 + 1, self._look.pixmap(icon, role, ICON_PX))
        painter.setFont(font)
        painter.setPen(self._look.colour(role))
        painter.drawText(QRect(left + ICON_PX + Space.HAIR, box.top(), wide, box.height()), _LEFT, words)
        return box.width() + Space.NEAR

    def _paint_article(self, painter: QPainter, place: QRect, view: LineView) -> None:
        gone = view.result.outcome not in GOODS_LEAVE
        strong, plain = self._look.font(self._size, strong=True), QFont(self._look.font(self._size))
        shown = view.line.quantity if gone else view.result.quantity
        count = messages.times_quantity(shown, view.line.unit)
        painter.setFont(strong)
        painter.setPen(self._look.colour(Role.MUTED if gone else Role.TEXT))
        room = max(QFontMetrics(strong).horizontalAdvance(count), QFontMetrics(strong).horizontalAdvance("00 ×"))
        painter.drawText(place, _LEFT, count)
        text = place.adjusted(room + Space.INSIDE, 0, 0, 0)
        label = view.result.label or view.line.label
        plain.setStrikeOut(gone)
        painter.setFont(plain)
        name = shorten(label, plain, text.width())
        painter.drawText(text, _LEFT, name)
        if view.line.shelf and not gone:
            self._paint_shelf(painter, text, QFontMetrics(plain).horizontalAdvance(name), view.line.shelf)

    def _paint_shelf(self, painter: QPainter, text: QRect, taken: int, shelf: str) -> None:
        font = self._look.font(Type.CAPTION)
        rest = text.adjusted(taken + Space.NEAR, 0, 0, 0)
        if QFontMetrics(font).horizontalAdvance(shelf) <= rest.width():
            painter.setFont(font)
            painter.setPen(self._look.colour(Role.MUTED))
            painter.drawText(rest, _LEFT, shelf)


def _words(view: LineView) -> str:
    count = messages.times_quantity(view.result.quantity or view.line.quantity, view.line.unit)
    label = view.result.label or view.line.label
    return f"{view.line.line_no}: {count} {label}, {messages.outcome(view.result.outcome)}"
