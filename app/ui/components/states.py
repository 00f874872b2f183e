"""Owns what a screen shows when it has nothing to show: empty (what will come, and how), loading (a skeleton)."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QLabel, QWidget

from app.ui.components.layouts import column
from app.ui.components.text import label
from app.ui.style.look import Look
from app.ui.style.tokens import ICON_EMPTY_PX, RADIUS, ROW_PX, SKELETON_AFTER_MS, Role, Space, Type


class EmptyState(QWidget):
    """An icon, one line that says what will appear here, one that says how."""

    def __init__(self, look: Look, icon: str, title: str = "", how: str = "") -> None:
        super().__init__()
        self._look = look
        self._icon_name = icon
        self._told = how
        self._icon = QLabel()
        self._title = label(title, Type.LEAD, Role.TEXT, strong=True, wrap=True)
        self._how = label(look.with_keys(how), Type.BODY, Role.MUTED, wrap=True)
        for text in (self._icon, self._title, self._how):
            text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setLayout(column(None, self._icon, Space.INSIDE, self._title, self._how, None, around=Space.AROUND))
        self._recolour()
        look.changed.connect(self._anew)

    def say(self, title: str, how: str, icon: str = "") -> None:
        self._title.setText(title)
        self._told = how
        self._how.setText(self._look.with_keys(how))
        if icon and icon != self._icon_name:
            self._icon_name = icon
            self._recolour()
        self._give_way()

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self._give_way()

    def _give_way(self) -> None:
        """Where it is low, the words are whole and the icon goes."""
        width = self.width() - 2 * Space.AROUND
        words_px = self._title.heightForWidth(width) + self._how.heightForWidth(width)
        self._icon.setVisible(self.height() >= words_px + ICON_EMPTY_PX + 2 * Space.AROUND + 4 * Space.INSIDE)

    def _anew(self) -> None:
        self._how.setText(self._look.with_keys(self._told))
        self._recolour()

    def _recolour(self) -> None:
        self._icon.setPixmap(self._look.pixmap(self._icon_name, Role.MUTED, ICON_EMPTY_PX))


class Skeleton(QWidget):
    """Grey rows where a list will be; they appear only if loading takes longer than 200 ms, so nothing flickers."""

    def __init__(self, look: Look, rows: int = 6) -> None:
        super().__init__()
        self._look = look
        self._rows = rows
        self._due = self._at_once = False
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(SKELETON_AFTER_MS)
        self._wait.timeout.connect(self._show_rows)

    def show_at_once(self) -> None:
        """Without the wait: whoever shows it knows that it will last."""
        self._at_once = True
        self._show_rows()

    def showEvent(self, event) -> None:
        super().showEvent(event)
        self._due = self._at_once
        if not self._due:
            self._wait.start()

    def hideEvent(self, event) -> None:
        super().hideEvent(event)
        self._wait.stop()

    def _show_rows(self) -> None:
        self._due = True
        self.update()

    def paintEvent(self, _event) -> None:
        if not self._due:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.colour(Role.SUNKEN))
        for number in range(self._rows):
            place = QRect(0, number * (ROW_PX + Space.INSIDE), self.width(), ROW_PX)
            painter.drawRoundedRect(QRectF(place), RADIUS, RADIUS)
