"""Owns chips: a state in one or two words with its icon and its role, quiet or strong."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QFontMetrics, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.components.painting import paint_box, paint_focus
from app.ui.style.look import Look
from app.ui.style.tokens import ICON_PX, MEANINGS, TARGET_PX, Role, Space, Tone, Type


class Chip(QWidget):
    """A state in words. With `pressable`, it is also a small button: Enter, Space or a touch emits `pressed`."""

    pressed = Signal()

    def __init__(
        self,
        look: Look,
        text: str = "",
        role: Role = Role.MUTED,
        icon: str = "",
        pressable: bool = False,
        low: bool = False,
    ) -> None:
        super().__init__()
        self._look = look
        self._low = low
        self._pressable = pressable
        self.spoken_role = QAccessible.Role.Button if pressable else QAccessible.Role.StaticText
        self._text, self._role, self._icon = text, role, icon
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        if pressable:
            self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(look.with_keys(text))
        look.changed.connect(self._anew)

    @property
    def text(self) -> str:
        return self._look.with_keys(self._text)

    @property
    def role(self) -> Role:
        return self._role

    def set_state(self, text: str, role: Role, icon: str = "") -> None:
        if (text, role, icon) == (self._text, self._role, self._icon):
            return
        self._text, self._role, self._icon = text, role, icon
        self._anew()

    def _anew(self) -> None:
        self.setAccessibleName(self.text)
        self.updateGeometry()
        self.update()

    def spoken_press(self) -> None:
        """As a screen reader presses it."""
        if self._pressable:
            self.pressed.emit()

    def sizeHint(self) -> QSize:
        font = self._look.font(Type.CAPTION if self._low else Type.BODY, strong=True)
        metrics = QFontMetrics(font)
        width = metrics.horizontalAdvance(self.text) + 2 * Space.NEAR
        width += ICON_PX + Space.INSIDE if self._icon else 0
        return QSize(width, metrics.height() + Space.INSIDE if self._low else TARGET_PX)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def mouseReleaseEvent(self, event) -> None:
        if self._pressable and self.rect().contains(event.position().toPoint()):
            self.pressed.emit()

    def keyPressEvent(self, event) -> None:
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if self._pressable and event.key() in keys:
            self.pressed.emit()
            return
        super().keyPressEvent(event)

    def paintEvent(self, _event) -> None:
        painter = QPainter(self)
        meaning = self._role in MEANINGS
        fill = self._look.colour(self._role, Tone.SOFT) if meaning else self._look.colour(Role.SUNKEN)
        ink = self._look.colour(self._role)
        paint_box(painter, self.rect(), fill)
        if self.hasFocus():
            paint_focus(painter, self.rect(), self._look)
        left = Space.NEAR
        if self._icon:
            top = (self.height() - ICON_PX) // 2
            painter.drawPixmap(left, top, ICON_PX, ICON_PX, self._look.pixmap(self._icon, self._role))
            left += ICON_PX + Space.INSIDE
        painter.setPen(ink)
        painter.setFont(self._look.font(Type.CAPTION if self._low else Type.BODY, strong=True))
        place = QRect(left, 0, self.width() - left, self.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.text)
