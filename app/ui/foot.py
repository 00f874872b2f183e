"""Owns the foot of the window: the keys that count on this screen, how the devices do, the clock."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QDateTime, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QAccessible, QFontMetrics, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.i18n import tr
from app.ui.components.chips import Chip
from app.ui.components.layouts import row
from app.ui.components.painting import key_cap_width, paint_key_cap
from app.ui.components.text import label
from app.ui.screen import KeyHint
from app.ui.style.look import Look
from app.ui.style.tokens import FOOT_PX, Role, Space, Type


class KeyHints(QWidget):
    """Keys and what they do, as many as there is room for, never cut in the middle."""

    spoken_role = QAccessible.Role.StaticText

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._hints: tuple[KeyHint, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        look.changed.connect(self._tell)

    def set_hints(self, hints: Sequence[KeyHint]) -> None:
        if tuple(hints) != self._hints:
            self._hints = tuple(hints)
            self._tell()

    def _tell(self) -> None:
        self.setAccessibleName(", ".join(f"{self._look.key_cap(hint.key)} {hint.does}" for hint in self._hints))
        self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, FOOT_PX - Space.INSIDE)

    def paintEvent(self, _event) -> None:
        painter = QPainter(self)
        font = self._look.font(Type.CAPTION)
        metrics = QFontMetrics(font)
        left, colour = 0, self._look.colour(Role.MUTED)
        for hint in self._hints:
            cap, words = key_cap_width(self._look, hint.key), metrics.horizontalAdvance(hint.does)
            if left + cap + Space.HAIR + words > self.width():
                return
            paint_key_cap(painter, QRect(left, 0, cap, self.height()), hint.key, colour, self._look)
            left += cap + Space.HAIR + 2
            painter.setFont(font)
            painter.setPen(colour)
            painter.drawText(QRect(left, 0, words + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, hint.does)
            left += words + Space.BETWEEN


class Foot(QWidget):
    """The foot; the clock turns with the minute."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._hints = KeyHints(look)
        self.printer = Chip(look, tr("Printer"), Role.MUTED, "printer", pressable=True, low=True)
        self.printer.setObjectName("printer-chip")
        self.camera = Chip(look, "", Role.MUTED, "camera", pressable=True, low=True)
        self.camera.setObjectName("camera-chip")
        self.camera.hide()
        self.scanner = Chip(look, "", Role.MUTED, "scan-line", pressable=True, low=True)
        self.scanner.setObjectName("scanner-chip")
        self.scanner.hide()
        self.help = Chip(look, tr("Help"), Role.MUTED, "circle-help", pressable=True, low=True)
        self.help.setObjectName("help-chip")
        self._clock = label("", Type.CAPTION, Role.MUTED, strong=True, right=True)
        self._clock.setObjectName("clock")
        box = row(self._hints, self.scanner, self.camera, self.printer, self.help, self._clock, gap=Space.BETWEEN)
        box.setContentsMargins(Space.BETWEEN, 0, Space.BETWEEN, 0)
        box.setStretch(0, 1)
        self.setLayout(box)
        self.setFixedHeight(FOOT_PX)
        self.setProperty("surface", str(Role.RAISED))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
        self._minute = QTimer(self)
        self._minute.setTimerType(Qt.TimerType.VeryCoarseTimer)
        self._minute.timeout.connect(self._tick)
        self._tick()

    def set_hints(self, hints: Sequence[KeyHint]) -> None:
        self._hints.set_hints(hints)

    def set_printer(self, words: str, role: Role) -> None:
        self.printer.set_state(words, role, "printer")

    def set_scanner(self, words: str, role: Role) -> None:
        self.scanner.setVisible(bool(words))
        self.scanner.set_state(words, role, "scan-line")

    def set_camera(self, words: str, role: Role) -> None:
        self.camera.set_state(words, role, "camera")
        self.camera.setVisible(bool(words))

    def _tick(self) -> None:
        now = QDateTime.currentDateTime()
        self._clock.setText(now.toString("HH:mm"))
        self._minute.start((60 - now.time().second()) * 1000)
