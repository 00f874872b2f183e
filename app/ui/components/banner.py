"""Owns the verdict banner: one shape and one word to be read from two metres, one sentence from an arm's length."""

from __future__ import annotations

from math import cos, pi, sin

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QAccessible, QColor, QFontMetrics, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.components.fitting import FAR, largest_fitting
from app.ui.components.painting import paint_box, shorten
from app.ui.components.spoken import announce
from app.ui.style.look import Look
from app.ui.style.tokens import VERDICT_PX, Role, Shape, Space, Tone, Type

LINES_POSSIBLE = 2


class VerdictBanner(QWidget):
    """Full width, 72 pixels; higher where the sentence takes a second line, so that the word stays large."""

    spoken_role = QAccessible.Role.AlertMessage

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._shape, self._role = Shape.QUESTION, Role.INFO
        self._word, self._sentence = "", ""
        self.setFixedHeight(VERDICT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setObjectName("verdict")
        look.changed.connect(self.update)

    @property
    def word(self) -> str:
        return self._word

    @property
    def sentence(self) -> str:
        return self._sentence

    @property
    def shape(self) -> Shape:
        return self._shape

    def say(self, shape: Shape, role: Role, word: str, sentence: str) -> None:
        sentence = self._look.with_keys(sentence)
        if (shape, role, word, sentence) == (self._shape, self._role, self._word, self._sentence):
            return
        self._shape, self._role, self._word, self._sentence = shape, role, word, sentence
        self.setAccessibleName(f"{word}. {sentence}")
        self.setToolTip(sentence)
        self._take_height()
        self.update()
        if self.isVisible():
            announce(self, self.accessibleName(), at_once=True)

    def showEvent(self, event) -> None:
        super().showEvent(event)
        announce(self, self.accessibleName(), at_once=True)

    def minimumSizeHint(self) -> QSize:
        return QSize(Space.AROUND * 10, VERDICT_PX)

    def fits(self) -> bool:
        """Whether word and sentence are shown whole."""
        words = self._words_place()
        metrics = QFontMetrics(self._look.font(FAR[-1], strong=True))
        return (
            metrics.horizontalAdvance(self._word) <= words.width()
            and self._lines_needed(words.width()) <= LINES_POSSIBLE
        )

    def paintEvent(self, _event) -> None:
        painter = QPainter(self)
        paint_box(painter, self.rect(), self._look.colour(self._role, Tone.FILL))
        ink = self._look.colour(self._role, Tone.ON)
        side = VERDICT_PX - 2 * Space.NEAR
        mark = QRectF(Space.NEAR, (self.height() - side) / 2, side, side)
        paint_shape(painter, mark, self._shape, ink, self._look.colour(self._role, Tone.FILL))
        painter.setPen(ink)
        words = self._words_place()
        size = largest_fitting(self._look, self._word, FAR, words.width())
        word_font, sentence_font = self._look.font(size, strong=True), self._look.font(Type.BODY)
        painter.setFont(word_font)
        if not self._sentence:
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, shorten(self._word, word_font, words.width()))
            return
        two_lines = self._lines_needed(words.width()) > 1
        word_height, line = QFontMetrics(word_font).height(), QFontMetrics(sentence_font).height()
        height = word_height + line * (2 if two_lines else 1)
        top = max((self.height() - height) // 2, 0)
        first = QRect(words.left(), top, words.width(), word_height)
        painter.drawText(first, Qt.AlignmentFlag.AlignVCenter, shorten(self._word, word_font, words.width()))
        painter.setFont(sentence_font)
        rest = QRect(words.left(), top + word_height, words.width(), line * (2 if two_lines else 1))
        painter.drawText(rest, Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop, self._sentence)

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self._take_height()

    def _take_height(self) -> None:
        two_lines = bool(self._sentence) and self._lines_needed(self._words_place().width()) > 1
        height = VERDICT_PX + (Space.BETWEEN if two_lines else 0)
        if height != self.height():
            self.setFixedHeight(height)

    def _words_place(self) -> QRect:
        return self.rect().adjusted(VERDICT_PX, 0, -Space.BETWEEN, 0)

    def _lines_needed(self, width: int) -> int:
        metrics = QFontMetrics(self._look.font(Type.BODY))
        box = metrics.boundingRect(QRect(0, 0, max(width, 1), 10_000), int(Qt.TextFlag.TextWordWrap), self._sentence)
        return max(round(box.height() / metrics.height()), 1)


def paint_shape(painter: QPainter, place: QRectF, shape: Shape, ink: QColor, ground: QColor) -> None:
    """A verdict's shape in one colour, with what is inside it left in the ground's colour."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    inside = QPen(ground, place.width() / 9)
    inside.setCapStyle(Qt.PenCapStyle.RoundCap)
    inside.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    {
        Shape.TICK: _tick,
        Shape.DOUBLE_BAR: _double_bar,
        Shape.HOURGLASS: _hourglass,
        Shape.OCTAGON: _octagon,
        Shape.QUESTION: _question,
    }[shape](painter, place, inside)


def _at(place: QRectF, x: float, y: float) -> QPointF:
    return QPointF(place.left() + x * place.width(), place.top() + y * place.height())


def _tick(painter: QPainter, place: QRectF, inside: QPen) -> None:
    painter.drawEllipse(place)
    painter.setPen(inside)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(QPolygonF([_at(place, 0.28, 0.53), _at(place, 0.44, 0.68), _at(place, 0.73, 0.35)]))


def _double_bar(painter: QPainter, place: QRectF, _inside: QPen) -> None:
    wide = place.width() * 0.26
    for left in (0.16, 0.58):
        bar = QRectF(_at(place, left, 0.04).x(), place.top() + place.height() * 0.04, wide, place.height() * 0.92)
        painter.drawRoundedRect(bar, wide / 5, wide / 5)


def _hourglass(painter: QPainter, place: QRectF, _inside: QPen) -> None:
    for left, top, right, bottom in ((0.14, 0.02, 0.86, 0.13), (0.14, 0.87, 0.86, 0.98)):
        painter.drawRoundedRect(QRectF(_at(place, left, top), _at(place, right, bottom)), 2, 2)
    painter.drawPolygon(QPolygonF([_at(place, 0.22, 0.19), _at(place, 0.78, 0.19), _at(place, 0.5, 0.54)]))
    painter.drawPolygon(QPolygonF([_at(place, 0.5, 0.46), _at(place, 0.78, 0.81), _at(place, 0.22, 0.81)]))


def _octagon(painter: QPainter, place: QRectF, inside: QPen) -> None:
    corners = [
        _at(place, 0.5 + 0.54 * cos(pi / 8 + n * pi / 4), 0.5 + 0.54 * sin(pi / 8 + n * pi / 4)) for n in range(8)
    ]
    painter.drawPolygon(QPolygonF(corners))
    painter.setPen(inside)
    painter.drawLine(_at(place, 0.33, 0.33), _at(place, 0.67, 0.67))
    painter.drawLine(_at(place, 0.67, 0.33), _at(place, 0.33, 0.67))


def _question(painter: QPainter, place: QRectF, inside: QPen) -> None:
    diamond = [_at(place, 0.5, -0.04), _at(place, 1.04, 0.5), _at(place, 0.5, 1.04), _at(place, -0.04, 0.5)]
    painter.drawPolygon(QPolygonF(diamond))
    painter.setPen(inside)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawArc(QRectF(_at(place, 0.36, 0.22), _at(place, 0.64, 0.5)), 180 * 16, -270 * 16)
    painter.drawLine(_at(place, 0.5, 0.5), _at(place, 0.5, 0.6))
    painter.drawPoint(_at(place, 0.5, 0.76))
