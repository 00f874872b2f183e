"""Owns the one box at the top of the window: where a code, a name, an article or a price goes, and what Enter will do.

It understands nothing itself: the screen shown says what an input would do (`preview`) and does it (`take_input`).
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QLineEdit

from app.i18n import tr
from app.ui.components.painting import key_cap_width, paint_key_cap, shorten
from app.ui.style.look import Look
from app.ui.style.tokens import ICON_LARGE_PX, Role, Space, Type

MAX_LENGTH = 200
"""No code, name or price is longer; what a broken scanner sends beyond it is cut."""

_WALKING = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Escape)
_WHEN_EMPTY = (
    *(Qt.Key.Key_Delete, Qt.Key.Key_Left, Qt.Key.Key_Right),
    *(Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_Asterisk, Qt.Key.Key_Slash),
)


class OneBox(QLineEdit):
    """The box.

    Signals:
        entered: the text at Enter, "" for Enter on the empty box.
        typed: the text after each change made by a person.
        key_offered: a key that types nothing here, as (key, modifiers, answer): the receiver appends True to `answer`
            if it used the key up.
    """

    entered = Signal(str)
    typed = Signal(str)
    key_offered = Signal(int, object, object)  # as `list` the receiver would get a copy

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._preview = ""
        self.look_first: Callable[[QKeyEvent], bool] = lambda _event: False  # the window knows which keys were changed
        self.letters_act: Callable[[QKeyEvent], bool] = lambda _event: False  # and what a letter is where
        self.setMaxLength(MAX_LENGTH)
        self.setObjectName("one-box")
        self.setProperty("onebox", "true")
        self.setAccessibleName(tr("Scan, code, name, article or price"))
        self.setTextMargins(ICON_LARGE_PX + Space.INSIDE, 0, 0, 0)
        self.textEdited.connect(self.typed)
        look.changed.connect(self.update)

    @property
    def preview(self) -> str:
        return self._preview

    def set_preview(self, words: str) -> None:
        """Say at the right of the box what Enter will do."""
        if words != self._preview:
            self._preview = words
            self.setAccessibleDescription(words)
            self.update()

    def acts_on(self, event: QKeyEvent) -> bool:
        """Whether a letter is an action now, so that a scanner's first one must not be taken for it."""
        return self.letters_act(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.isAutoRepeat() and event.key() == Qt.Key.Key_Delete and not self.text():
            return  # rubbing out has come to its end: it must not go on with the basket
        if self.look_first(event):
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit(self.text())
            return
        if self._is_offered(event) and self._offer(event):
            return
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            self.typed.emit("")
            return
        super().keyPressEvent(event)

    def _is_offered(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key == Qt.Key.Key_Escape and self.text():
            return False
        if key in _WALKING or Qt.Key.Key_F1 <= key <= Qt.Key.Key_F35:
            return True
        if not self.text() and key in _WHEN_EMPTY:
            return True
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if control and key == Qt.Key.Key_P:  # prints what a search has found too
            return True
        return control and not self.text() and Qt.Key.Key_A <= key <= Qt.Key.Key_Z and key != Qt.Key.Key_V

    def _offer(self, event: QKeyEvent) -> bool:
        answer: list[bool] = []
        self.key_offered.emit(int(event.key()), event.modifiers(), answer)
        return True in answer

    def paintEvent(self, event) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        middle = self.rect().center().y() + 1
        icon = self._look.pixmap("scan-line", Role.MUTED, ICON_LARGE_PX)
        painter.drawPixmap(Space.NEAR, middle - ICON_LARGE_PX // 2, ICON_LARGE_PX, ICON_LARGE_PX, icon)
        if self._preview:
            self._paint_preview(painter)

    def _paint_preview(self, painter: QPainter) -> None:
        written = QFontMetrics(self.font()).horizontalAdvance(self.text() or self.placeholderText())
        left = ICON_LARGE_PX + 2 * Space.BETWEEN + written + Space.AROUND
        font = self._look.font(Type.BODY, strong=True)
        cap = key_cap_width(self._look, tr("Enter"))
        room = self.width() - Space.BETWEEN - left - cap - Space.INSIDE
        words = shorten(self._preview, font, room)
        if room < 2 * Space.AROUND:
            return
        wide = QFontMetrics(font).horizontalAdvance(words)
        start = self.width() - Space.BETWEEN - wide
        colour = self._look.colour(Role.PRIMARY)
        place = QRect(start - cap - Space.INSIDE, 0, cap, self.height())
        paint_key_cap(painter, place, tr("Enter"), colour, self._look)
        painter.setPen(colour)
        painter.setFont(font)
        painter.drawText(QRect(start, 0, wide, self.height()), Qt.AlignmentFlag.AlignVCenter, words)
