"""Owns the segmented choice: two to six views of the same place side by side, each with its count."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.components.painting import paint_box, paint_focus, shorten
from app.ui.components.spoken import value_changed
from app.ui.style.look import Look
from app.ui.style.tokens import TARGET_PX, Role, Space, Tone, Type


class Segments(QWidget):
    """Left and right arrows, or a touch, choose; `chosen` carries the key of the choice."""

    chosen = Signal(str)
    spoken_role = QAccessible.Role.ComboBox  # one of several by the arrows: what screen readers have a word for

    def __init__(self, look: Look, choices: Sequence[tuple[str, str]], name: str) -> None:
        """Args: choices: (key, words) pairs; name: for screen readers."""
        super().__init__()
        self._look = look
        self._choices = list(choices)
        self._counts: dict[str, int] = {}
        self._barred: frozenset[str] = frozenset()
        self._current = self._choices[0][0]
        self._name = name
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)
        self._say()

    @property
    def current(self) -> str:
        return self._current

    @property
    def spoken_value(self) -> str:
        return self._words(self._current)

    def choose(self, key: str, tell: bool = False) -> None:
        if key == self._current:
            return
        self._current = key
        self._say()
        self.update()
        if tell:
            self.chosen.emit(key)

    def bar(self, keys: Collection[str]) -> None:
        """Show these, and let nobody choose them now; whoever does so says why beside it."""
        self._barred = frozenset(keys)
        self.update()

    def can_choose(self, key: str) -> bool:
        return key not in self._barred

    def set_count(self, key: str, count: int) -> None:
        if self._counts.get(key) != count:
            self._counts[key] = count
            self._say()
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._look.font(Type.BODY, strong=True))
        widest = max(metrics.horizontalAdvance(self._words(key)) for key, _ in self._choices)
        return QSize((widest + 2 * Space.NEAR) * len(self._choices), TARGET_PX)

    def minimumSizeHint(self) -> QSize:
        metrics = QFontMetrics(self._look.font(Type.BODY, strong=True))
        content = sum(metrics.horizontalAdvance(self._words(key)) + 2 * Space.INSIDE for key, _ in self._choices)
        return QSize(content, TARGET_PX)

    def place_of(self, key: str) -> QRect:
        """Where a choice stands: each has the room of its words and an equal share of the rest."""
        metrics = QFontMetrics(self._look.font(Type.BODY, strong=True))
        wanted = [metrics.horizontalAdvance(self._words(k)) + 2 * Space.INSIDE for k, _ in self._choices]
        if sum(wanted) > self.width():
            wanted = [self.width() // len(wanted)] * len(wanted)
        spare = max(self.width() - sum(wanted), 0) // len(wanted)
        left = 0
        for (known, _words), width in zip(self._choices, wanted, strict=True):
            last = known == self._choices[-1][0]
            place = QRect(left, 0, self.width() - left if last else width + spare, self.height())
            if known == key:
                return place
            left += width + spare
        raise KeyError(key)

    def keyPressEvent(self, event) -> None:
        keys = [key for key, _ in self._choices if self.can_choose(key) or key == self._current]
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(event.key())
        if step is None:
            super().keyPressEvent(event)
            return
        self.choose(keys[(keys.index(self._current) + step) % len(keys)], tell=True)

    def mousePressEvent(self, event) -> None:
        for key, _ in self._choices:
            if self.can_choose(key) and self.place_of(key).contains(event.position().toPoint()):
                self.choose(key, tell=True)

    def paintEvent(self, _event) -> None:
        painter = QPainter(self)
        paint_box(painter, self.rect(), self._look.colour(Role.SUNKEN))
        for key, _ in self._choices:
            self._paint_choice(painter, key)
        if self.hasFocus():
            paint_focus(painter, self.rect(), self._look)

    def _paint_choice(self, painter: QPainter, key: str) -> None:
        place = self.place_of(key)
        here = key == self._current
        if here:
            inset = Space.HAIR
            paint_box(
                painter,
                place.adjusted(inset, inset, -inset, -inset),
                self._look.colour(Role.RAISED),
                self._look.colour(Role.PRIMARY, Tone.INK),
            )
        font = self._look.font(Type.BODY, strong=here)
        painter.setFont(font)
        able = self.isEnabled() and self.can_choose(key)
        painter.setPen(self._look.colour(Role.MUTED if not able else Role.PRIMARY if here else Role.TEXT))
        if not self.can_choose(key):  # struck out: colour alone says nothing
            font = QFont(font)
            font.setStrikeOut(True)
            painter.setFont(font)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, shorten(self._words(key), font, place.width()))

    def _words(self, key: str) -> str:
        words = dict(self._choices)[key]
        return f"{words}  {self._counts[key]}" if key in self._counts else words

    def _say(self) -> None:
        self.setAccessibleName(f"{self._name}: {self._words(self._current)}")
        self.setAccessibleDescription(", ".join(self._words(key) for key, _ in self._choices))
        value_changed(self)
