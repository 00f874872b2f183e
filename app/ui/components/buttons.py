"""Owns buttons: what they do in a verb, the key that does the same, at least 44 pixels to hit."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from app.ui.components.painting import key_cap_width, paint_box, paint_focus, paint_key_cap
from app.ui.style.look import Look
from app.ui.style.tokens import ICON_PX, MAIN_ACTION_PX, RADIUS, TARGET_PX, Role, Space, Tone, Type


class Kind(StrEnum):
    """MAIN: the one strong thing on a screen. PLAIN: others. QUIET: text until pointed at. GRAVE: hard to take back."""

    MAIN = "main"
    PLAIN = "plain"
    QUIET = "quiet"
    GRAVE = "grave"


class ActionButton(QAbstractButton):
    """A button that shows its key. Enter and Space press it when it has the focus.

    Attributes:
        key: as delivered and as people read it on the keyboard ("Entrée", "P", "Ctrl+Z"); shown only, as it is now;
            the screen binds it.
    """

    def __init__(
        self, look: Look, text: str, key: str = "", kind: Kind = Kind.PLAIN, icon: str = "", tall: bool | None = None
    ) -> None:
        super().__init__()
        self._look = look
        self._key = key
        self._kind = kind
        self._icon = icon
        self._height = MAIN_ACTION_PX if (tall if tall is not None else kind is Kind.MAIN) else TARGET_PX
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover, True)
        self.set_text(text)
        look.changed.connect(self._dress_anew)

    @property
    def key(self) -> str:
        return self._key

    def set_text(self, text: str, key: str | None = None) -> None:
        key = self._key if key is None else key
        if (text, key) == (self.text(), self._key) and self.accessibleName():
            return  # a new layout for nothing
        self._key = key
        self.setText(text)
        self.setAccessibleName(text)
        self._dress_anew()

    def _dress_anew(self) -> None:
        self.setAccessibleDescription(self._look.key_cap(self._key))
        self.updateGeometry()
        self.update()

    def showEvent(self, event) -> None:
        super().showEvent(event)
        self.setAccessibleDescription(self._look.key_cap(self._key))  # what a key is called depends on what is in view

    def set_kind(self, kind: Kind) -> None:
        if kind is not self._kind:
            self._kind = kind
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(max(self._content_px() + 2 * Space.NEAR, TARGET_PX), self._height)

    def _content_px(self) -> int:
        width = QFontMetrics(self._font()).horizontalAdvance(self.text())
        if self._icon:
            width += ICON_PX + (Space.INSIDE if width else 0)
        return width + (key_cap_width(self._look, self._key) + Space.INSIDE if self._key else 0)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def keyPressEvent(self, event) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
            return
        super().keyPressEvent(event)

    def paintEvent(self, _event) -> None:
        painter = QPainter(self)
        fill, edge, text = self._colours()
        paint_box(painter, self.rect(), fill, edge)
        if self.hasFocus():
            paint_focus(painter, self.rect(), self._look)
        painter.setPen(text)
        self._paint_content(painter, text)

    def _paint_content(self, painter: QPainter, colour) -> None:
        rest = self.rect().adjusted(Space.NEAR, 0, -Space.NEAR, 0)
        left = rest.left() + max(rest.width() - self._content_px(), 0) // 2
        if self._key:
            cap = key_cap_width(self._look, self._key)
            paint_key_cap(painter, QRect(left, rest.top(), cap, rest.height()), self._key, colour, self._look)
            left += cap + Space.INSIDE
        if self._icon:
            pixmap = self._look.pixmap(self._icon, *self._icon_role())
            painter.drawPixmap(left, rest.center().y() - ICON_PX // 2, ICON_PX, ICON_PX, pixmap)
            left += ICON_PX + Space.INSIDE
        painter.setFont(self._font())
        place = QRect(left, rest.top(), self.width() - left - RADIUS, rest.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.text())

    def _font(self):
        strong = self._kind in (Kind.MAIN, Kind.GRAVE)
        return self._look.font(Type.LEAD if strong and self._height == MAIN_ACTION_PX else Type.BODY, strong)

    def _colours(self):
        look = self._look
        if not self.isEnabled():
            return look.colour(Role.SUNKEN), look.colour(Role.LINE), look.colour(Role.MUTED)
        pressed = self.isDown() or self.underMouse()
        if self._kind in (Kind.MAIN, Kind.GRAVE):
            role = Role.PRIMARY if self._kind is Kind.MAIN else Role.DANGER
            fill = look.colour(role, Tone.INK) if pressed else look.colour(role, Tone.FILL)
            return fill, None, look.colour(role, Tone.ON)
        if self._kind is Kind.QUIET:
            return (look.colour(Role.SELECTED) if pressed else None), None, look.colour(Role.PRIMARY)
        fill = look.colour(Role.SELECTED) if pressed else look.colour(Role.RAISED)
        return fill, look.colour(Role.EDGE), look.colour(Role.TEXT)

    def _icon_role(self):
        if not self.isEnabled():
            return Role.MUTED, ICON_PX
        if self._kind in (Kind.MAIN, Kind.GRAVE):
            return (Role.PRIMARY if self._kind is Kind.MAIN else Role.DANGER), ICON_PX, Tone.ON
        return (Role.PRIMARY if self._kind is Kind.QUIET else Role.TEXT), ICON_PX
