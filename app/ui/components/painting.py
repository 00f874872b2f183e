"""Owns the small drawing steps that self-painted widgets share: boxes, focus rings, key caps, centred icons."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen

from app.ui.style.look import Look
from app.ui.style.tokens import FOCUS_PX, LINE_PX, RADIUS, Role, Space, Type


def paint_box(painter: QPainter, rect: QRect, fill: QColor | None, edge: QColor | None = None) -> None:
    """A rounded box inside `rect`, filled and edged as given."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(edge, LINE_PX) if edge is not None else Qt.PenStyle.NoPen)
    painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
    inset = LINE_PX / 2
    painter.drawRoundedRect(QRectF(rect).adjusted(inset, inset, -inset, -inset), RADIUS, RADIUS)


def paint_focus(painter: QPainter, rect: QRect, look: Look) -> None:
    """The 3-pixel ring of whatever has the focus, with a thin gap inside so that it shows on any fill."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    inset = FOCUS_PX / 2
    painter.setPen(QPen(look.colour(Role.FOCUS), FOCUS_PX))
    painter.drawRoundedRect(QRectF(rect).adjusted(inset, inset, -inset, -inset), RADIUS, RADIUS)
    gap = FOCUS_PX + LINE_PX / 2
    painter.setPen(QPen(look.colour(Role.RAISED), LINE_PX))
    painter.drawRoundedRect(QRectF(rect).adjusted(gap, gap, -gap, -gap), RADIUS - FOCUS_PX, RADIUS - FOCUS_PX)


def key_cap_width(look: Look, key: str) -> int:
    metrics = QFontMetrics(look.font(Type.CAPTION, strong=True))
    return max(metrics.horizontalAdvance(look.key_cap(key)) + 2 * Space.INSIDE, metrics.height() + Space.HAIR)


def paint_key_cap(painter: QPainter, rect: QRect, key: str, colour: QColor, look: Look) -> None:
    """A key as delivered, by its name of now, in a thin frame, vertically centred in `rect`, at its left."""
    font = look.font(Type.CAPTION, strong=True)
    height = QFontMetrics(font).height() + Space.HAIR
    cap = QRect(rect.left(), rect.center().y() - height // 2, key_cap_width(look, key), height)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, LINE_PX))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(cap).adjusted(0.5, 0.5, -0.5, -0.5), Space.HAIR, Space.HAIR)
    painter.setFont(font)
    painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, look.key_cap(key))


def shorten(text: str, font, width: int) -> str:
    """The text, shortened with an ellipsis to fit a width in pixels."""
    return QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, max(width, 0))
