"""Owns the small pictures beside the chart's questions: what to look at on the paper. Black on white in every theme."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QAccessible, QColor, QFont, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.settings.printer import Step
from app.ui.style.look import Look
from app.ui.style.tokens import PAPER, PAPER_FAMILY, PAPER_INK, Role, Tone, Type
from app.usecases.set_up_printer import SAMPLE

_LINE_PX = 24
_MARGIN_PX = 14
_WIDTH_PX = 340
_MARK_PX = 28
_GARBLED = ("Ú Þ Ó þ · ¶ ¯ Ç ¬ Ù └", "é è ó ţ ů ô î Ç ś É Ŕ")
_TEETH_PX = 6


class ChartPicture(QWidget):
    """A piece of the chart with a tick at what is right. `rows`: text and whether it is."""

    spoken_role = QAccessible.Role.Graphic

    def __init__(self, look: Look, step: Step, name: str) -> None:
        """Args: name: for screen readers."""
        super().__init__()
        self._look = look
        self._step = step
        self._rows = _rows(step)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH_PX, len(self._rows) * _LINE_PX + 2 * _MARGIN_PX)

    def paintEvent(self, _event) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(PAPER))
        font = QFont(PAPER_FAMILY)
        font.setPixelSize(Type.BODY)
        painter.setFont(font)
        for at, (text, is_right) in enumerate(self._rows):
            place = QRect(_MARGIN_PX + _MARK_PX, _MARGIN_PX + at * _LINE_PX, self.width(), _LINE_PX)
            painter.setPen(QColor(PAPER_INK))
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)
            if is_right:
                self._tick(painter, place.top())
        if self._step is Step.CODE:
            self._codes(painter)
        if self._step is Step.CUT:
            self._cut_edge(painter)

    def _tick(self, painter: QPainter, top: int) -> None:
        painter.setPen(QPen(self._look.colour(Role.SUCCESS, Tone.FILL), 3))
        left, middle = _MARGIN_PX, top + _LINE_PX // 2
        points = [QPointF(left, middle), QPointF(left + 6, middle + 6), QPointF(left + 17, middle - 7)]
        painter.drawPolyline(QPolygonF(points))

    def _codes(self, painter: QPainter) -> None:
        side, ink = 3 * _LINE_PX, QColor(PAPER_INK)
        for at in (0, 1):
            left, top = _MARGIN_PX + _MARK_PX + at * (side + 60), _MARGIN_PX + _LINE_PX
            painter.setPen(ink)
            painter.drawText(QRect(left, _MARGIN_PX, side, _LINE_PX), Qt.AlignmentFlag.AlignVCenter, "BA"[at])
            for down in range(12):
                for across in range(12):
                    if _is_dark(down, across):
                        painter.fillRect(
                            left + across * side // 12, top + down * side // 12, side // 12, side // 12, ink
                        )

    def _cut_edge(self, painter: QPainter) -> None:
        bottom = self.height()
        painter.setBrush(self._look.colour(Role.SUNKEN))
        painter.setPen(Qt.PenStyle.NoPen)
        for left in range(0, self.width(), 2 * _TEETH_PX):
            points = [QPointF(left, bottom), QPointF(left + _TEETH_PX, bottom - _TEETH_PX)]
            painter.drawPolygon(QPolygonF([*points, QPointF(left + 2 * _TEETH_PX, bottom)]))


def _rows(step: Step) -> Sequence[tuple[str, bool]]:
    match step:
        case Step.LETTERS:
            return ((f"1  {_GARBLED[0]}", False), (f"2  {_GARBLED[1]}", False), (f"3  {SAMPLE}", True))
        case Step.WIDTH:
            return (
                ("-" * 14 + "32", False),
                ("-" * 20 + "42", False),
                ("-" * 23 + "48", True),
                ("-" * 25, False),
                ("---56", False),
            )
        case Step.CODE:
            return (("", False), ("", False), ("", False), ("", False))
        case Step.CUT:
            return (("4. Papier coupé ici ?", True), ("", False))
        case _:
            return ()


def _is_dark(down: int, across: int) -> bool:
    """A drawing of a code, not one: three corners and some grain."""
    corner = (down < 5 and (across < 5 or across > 6)) or (down > 6 and across < 5)
    if corner:
        y, x = (down if down < 5 else down - 7), (across if across < 5 else across - 7)
        return y in (0, 4) or x in (0, 4) or (y, x) == (2, 2)
    return (down * 7 + across * 5 + down * across) % 3 == 0
