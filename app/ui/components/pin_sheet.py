"""Owns the sheet on which a PIN is typed: pad, dots, one sentence. It covers the window; it judges nothing.

There is no text field in it on purpose: a scanner types into fields.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from app.domain.operators import LONGEST_PIN, SHORTEST_PIN
from app.i18n import tr, trn
from app.ui.components.buttons import ActionButton, Kind
from app.ui.components.cover import Cover
from app.ui.components.layouts import card, column, pane, row
from app.ui.components.painting import paint_focus
from app.ui.components.spoken import announce
from app.ui.components.text import label, set_role
from app.ui.style.look import Look
from app.ui.style.tokens import FOCUS_PX, ICON_EMPTY_PX, Role, Space, Type

_KEY_PX = 88
_WORDS_PX = 320
_SEE_THROUGH = 200
"""Of 255: what is approved stays to be seen behind the sheet."""
_DOT, _NO_DOT = "●", "○"


_TOP_ROW = str.maketrans("&é\"'(-è_çà", "1234567890")
"""A French keyboard's top row gives figures with Shift only, and nobody holds Shift for a PIN."""


def as_digits(text: str) -> str:
    """The figures of what was typed, the unshifted top row of a French keyboard read as figures; the rest is left
    out."""
    return "".join(character for character in text.translate(_TOP_ROW) if character in "0123456789")


class PadKey(ActionButton):
    """Its figure can be read from an arm's length."""

    def _font(self):
        return self._look.font(Type.TITLE, strong=True)


class PinSheet(Cover):
    """Fills its parent. Digits, Backspace, Enter and Esc work without a touch.

    Signals:
        entered: the digits, at Enter; the sheet forgets them at once.
        cancelled: Esc or the button, where there is one.
    """

    entered = Signal(str)
    cancelled = Signal()

    def __init__(
        self, look: Look, title: str, sentence: str, *, scan_refused: str, cancel: bool = False, icon: str = "key-round"
    ) -> None:
        super().__init__()
        self._look = look
        self._icon_name = icon
        self._can_cancel = cancel
        self._see_through = cancel
        self._scan_refused = scan_refused
        self._digits = ""
        self._busy = False
        self.setObjectName("pin-sheet")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(title)
        self._icon = QLabel()
        self._title = label(title, Type.TITLE, strong=True, wrap=True)
        self._sentence = label(sentence, Type.BODY, Role.MUTED, wrap=True)
        self._dots = label("", Type.HEAD)
        self._dots.setObjectName("pin-dots")
        self._said = label("", Type.BODY, Role.DANGER, strong=True, wrap=True)
        self._said.setObjectName("pin-said")
        self._said.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.cancel_button = ActionButton(look, tr("Cancel"), tr("Esc"), Kind.PLAIN)
        self.cancel_button.setObjectName("pin-cancel")
        self.cancel_button.clicked.connect(lambda _checked=False: self.cancelled.emit())
        self.cancel_button.setVisible(False)
        self._card = card(row(self._words(), self._pad(), gap=Space.AROUND), Space.AROUND)
        self._card.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setLayout(column(None, row(None, self._card, None), None))
        self.cancel_button.setVisible(cancel)
        look.changed.connect(self._recolour)
        self._recolour()
        self._show_digits()

    # --- for whoever shows it ---

    def say(self, sentence: str, role: Role = Role.DANGER) -> None:
        """One sentence under the dots: what was wrong with the PIN, what to do."""
        self._said.setText(sentence)
        set_role(self._said, role)
        self.setAccessibleDescription(sentence)
        announce(self, sentence, at_once=role is Role.DANGER)

    def wait(self, busy: bool) -> None:
        """While a PIN is looked at, keys do nothing."""
        self._busy = busy
        self._show_digits()
        if busy:
            self.say(tr("Checking…"), Role.INFO)
        elif self._said.text() == tr("Checking…"):
            self.say("")

    def refuse_scan(self) -> None:
        """Something was scanned meanwhile."""
        self.say(self._scan_refused, Role.WARNING)

    @property
    def said(self) -> str:
        return self._said.text()

    @property
    def digits_typed(self) -> int:
        return len(self._digits)

    # --- keys ---

    def keyPressEvent(self, event) -> None:
        """Every key ends here: none may reach the screen behind."""
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self._enter()
        elif key == Qt.Key.Key_Escape and self._can_cancel:
            self.cancelled.emit()
        elif key in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete, Qt.Key.Key_Escape):
            self._take_back(whole=key == Qt.Key.Key_Escape)
        elif (digit := self._digit_of(event)) and not event.isAutoRepeat():
            self._add(digit)

    def _digit_of(self, event) -> str:
        on_pad = bool(event.modifiers() & Qt.KeyboardModifier.KeypadModifier)  # its minus is no 6
        return as_digits(event.text()) if not on_pad or event.text().isdecimal() else ""

    def _add(self, digit: str) -> None:
        if self._busy or len(self._digits) >= LONGEST_PIN:
            return
        if not self._digits:
            self.say("")
        self._digits += digit
        self._show_digits()

    def _take_back(self, whole: bool = False) -> None:
        if not self._busy:
            self._digits = "" if whole else self._digits[:-1]
            self._show_digits()

    def _enter(self) -> None:
        if self._busy or not self._digits:
            return
        digits, self._digits = self._digits, ""
        self._show_digits()
        self.entered.emit(digits)

    # --- looks ---

    def _words(self) -> QWidget:
        words = pane(
            column(
                self._icon,
                self._title,
                self._sentence,
                Space.INSIDE,
                self._dots,
                self._said,
                None,
                row(self.cancel_button, None),
                gap=Space.INSIDE,
            )
        )
        words.setFixedWidth(_WORDS_PX)
        return words

    def _pad(self) -> QWidget:
        grid = QGridLayout()
        grid.setSpacing(Space.INSIDE)
        grid.setContentsMargins(0, 0, 0, 0)
        for number in range(1, 10):
            grid.addWidget(self._digit_key(str(number)), (number - 1) // 3, (number - 1) % 3)
        back = self._key("⌫", "pin-back", self._take_back, Kind.PLAIN)
        back.setAccessibleName(tr("Take the last digit back"))
        enter = self._key(tr("OK"), "pin-enter", self._enter, Kind.MAIN)
        grid.addWidget(back, 3, 0)
        grid.addWidget(self._digit_key("0"), 3, 1)
        grid.addWidget(enter, 3, 2)
        return pane(grid)

    def _digit_key(self, digit: str) -> ActionButton:
        return self._key(digit, f"pin-{digit}", lambda: self._add(digit), Kind.PLAIN)

    def _key(self, text: str, name: str, on_click: Callable[[], None], kind: Kind) -> ActionButton:
        made = PadKey(self._look, text, kind=kind, tall=True)
        made.setObjectName(name)
        made.setFixedWidth(_KEY_PX)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keyboard stays with the sheet
        made.clicked.connect(lambda _checked=False: on_click())
        return made

    def _show_digits(self) -> None:
        count = len(self._digits)
        self._dots.setText(" ".join(_DOT * count + _NO_DOT * (SHORTEST_PIN - count)))
        set_role(self._dots, Role.MUTED if self._busy else Role.TEXT)
        self._dots.setAccessibleName(trn("{count} digit typed", "{count} digits typed", count).format(count=count))

    def _recolour(self) -> None:
        self._icon.setPixmap(self._look.pixmap(self._icon_name, Role.PRIMARY, ICON_EMPTY_PX))
        self.update()

    def paintEvent(self, _event) -> None:
        ground = QColor(self._look.colour(Role.SURFACE))
        if self._see_through:
            ground.setAlpha(_SEE_THROUGH)
        painter = QPainter(self)
        painter.fillRect(self.rect(), ground)
        if self.hasFocus():
            around = 2 * FOCUS_PX
            paint_focus(painter, self._card.geometry().adjusted(-around, -around, around, around), self._look)

    def mousePressEvent(self, event) -> None:
        event.accept()  # nothing behind is touched

    def event(self, event) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # keys of the window's shortcuts end here too
            return True
        return super().event(event)
