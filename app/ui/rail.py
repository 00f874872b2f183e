"""Owns the rail at the left: the places of Comptoir, each with its icon, its word and its key."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.i18n import tr
from app.ui.components.layouts import column
from app.ui.components.painting import paint_box, paint_focus, shorten
from app.ui.screen import PLACES, Place, PlaceName, title_of
from app.ui.style.look import Look
from app.ui.style.tokens import ICON_LARGE_PX, RAIL_ITEM_LOW_PX, RAIL_ITEM_PX, RAIL_PX, Role, Space, Tone, Type


class Rail(QWidget):
    """One button for each place; the place where one is stands out by ground and bar, not by colour alone."""

    chosen = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._buttons = {place.name: RailButton(look, place) for place in PLACES}
        places = [button for name, button in self._buttons.items() if name is not PlaceName.SETTINGS]
        box = column(*places, None, self._buttons[PlaceName.SETTINGS], gap=Space.HAIR)
        box.setContentsMargins(Space.HAIR, Space.INSIDE, Space.HAIR, Space.INSIDE)
        self.setLayout(box)
        self.setFixedWidth(RAIL_PX)
        self.setProperty("surface", str(Role.RAISED))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
        self.setAccessibleName(tr("Places"))
        for name, button in self._buttons.items():
            button.clicked.connect(lambda _checked=False, place=name: self.chosen.emit(place))

    def choose(self, place: PlaceName) -> None:
        for name, button in self._buttons.items():
            button.setChecked(name is place)

    def show_only(self, places: Collection[PlaceName]) -> None:
        """Hide the places where whoever is there has nothing to do."""
        for name, button in self._buttons.items():
            button.setVisible(name in places)

    def set_count(self, place: PlaceName, count: int, role: Role = Role.PRIMARY) -> None:
        """How many things wait at a place; 0 shows nothing."""
        self._buttons[place].set_count(count, role)

    def count_of(self, place: PlaceName) -> int:
        """How many things are said to wait at a place."""
        return self._buttons[place].count


class RailButton(QAbstractButton):
    def __init__(self, look: Look, place: Place) -> None:
        super().__init__()
        self._look = look
        self._place = place
        self._count = 0
        self._count_role = Role.PRIMARY
        self.setCheckable(True)
        self.setText(title_of(place.name))
        self.setObjectName(f"rail-{place.name}")
        self.setAccessibleName(title_of(place.name))
        self._name_key()
        look.changed.connect(self._name_key)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover, True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.setMaximumHeight(RAIL_ITEM_PX)
        look.changed.connect(self.update)

    def _name_key(self) -> None:
        self.setAccessibleDescription(self._look.key_cap(self._place.key))

    @property
    def count(self) -> int:
        return self._count

    def set_count(self, count: int, role: Role) -> None:
        if (count, role) != (self._count, self._count_role):
            self._count, self._count_role = count, role
            self.setAccessibleName(f"{self.text()} {count}" if count else self.text())
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(RAIL_PX - Space.INSIDE, RAIL_ITEM_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(RAIL_PX - Space.INSIDE, RAIL_ITEM_LOW_PX)

    def paintEvent(self, _event) -> None:
        painter = QPainter(self)
        here = self.isChecked()
        if here:
            paint_box(painter, self.rect(), self._look.colour(Role.SELECTED))
            bar = QRect(0, Space.NEAR, Space.HAIR, self.height() - 2 * Space.NEAR)
            painter.fillRect(bar, self._look.colour(Role.PRIMARY, Tone.FILL))
        elif self.underMouse():
            paint_box(painter, self.rect(), self._look.colour(Role.SUNKEN))
        if self.hasFocus():
            paint_focus(painter, self.rect(), self._look)
        role = Role.PRIMARY if here else Role.TEXT
        left = (self.width() - ICON_LARGE_PX) // 2
        icon = self._look.pixmap(self._place.icon, role, ICON_LARGE_PX)
        painter.drawPixmap(left, self._top(), ICON_LARGE_PX, ICON_LARGE_PX, icon)
        self._paint_words(painter, role, here)
        if self._count:
            self._paint_count(painter)

    def _top(self) -> int:
        """Where the icon begins: what a low window takes is taken above and below."""
        return max(Space.NEAR - (RAIL_ITEM_PX - self.height()) // 2, Space.HAIR - 2)

    def _paint_words(self, painter: QPainter, role: Role, here: bool) -> None:
        font = self._look.font(Type.CAPTION, strong=here)
        painter.setFont(font)
        painter.setPen(self._look.colour(role))
        top = self._top() + ICON_LARGE_PX
        words = QRect(0, top, self.width(), Space.AROUND)
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, shorten(self.text(), font, self.width()))
        painter.setPen(self._look.colour(Role.PRIMARY if here else Role.MUTED))
        painter.setFont(self._look.font(Type.CAPTION))
        key = QRect(0, top + Space.AROUND - Space.HAIR, self.width(), Space.BETWEEN)
        painter.drawText(key, Qt.AlignmentFlag.AlignCenter, self._look.key_cap(self._place.key))

    def _paint_count(self, painter: QPainter) -> None:
        text = str(self._count) if self._count < 100 else "99+"
        font = self._look.font(Type.CAPTION, strong=True)
        painter.setFont(font)
        wide = max(painter.fontMetrics().horizontalAdvance(text) + 2 * Space.HAIR + 2, ICON_LARGE_PX - Space.HAIR)
        place = QRect(self.width() // 2 + Space.HAIR, Space.HAIR, wide, ICON_LARGE_PX - Space.HAIR)
        paint_box(painter, place, self._look.colour(self._count_role, Tone.FILL))
        painter.setPen(self._look.colour(self._count_role, Tone.ON))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
