"""Owns the count of a drawer by notes and coins: one field each, the pad's keys alone are enough. Decides nothing."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from app.domain.cash import DENOMINATIONS_MINOR, FIRST_NOTE_MINOR, CashCount
from app.domain.money import Money
from app.i18n import tr
from app.ui import formats
from app.ui.closing import words
from app.ui.components.buttons import ActionButton
from app.ui.components.layouts import column, row
from app.ui.components.pin_sheet import as_digits
from app.ui.components.text import label
from app.ui.style.look import Look
from app.ui.style.tokens import Role, Space, Type

_MOST_FIGURES = 4
_FIELD_PX = 72
_NEXT = (Qt.Key.Key_Down, Qt.Key.Key_Plus)
_BEFORE = (Qt.Key.Key_Up, Qt.Key.Key_Minus)


class PiecesField(QLineEdit):
    """How many of one denomination. Figures only; what is none goes to the screen.

    Signals:
        stepped: on to the next (1) or back (-1): Down and Up, + and - of the pad.
    """

    stepped = Signal(int)
    entered = Signal()

    def __init__(self, value_minor: int) -> None:
        super().__init__()
        self.value_minor = value_minor
        self.setMaxLength(_MOST_FIGURES)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setPlaceholderText("0")
        self.setFixedWidth(_FIELD_PX)
        self.setObjectName(f"pieces-{value_minor}")
        self.setAccessibleName(words.piece_words(value_minor))

    @property
    def pieces(self) -> int:
        return int(self.text()) if self.text() else 0

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, on_pad = Qt.Key(event.key()), bool(event.modifiers() & Qt.KeyboardModifier.KeypadModifier)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        elif key in _NEXT:
            self.stepped.emit(1)
        elif key in _BEFORE and (key is Qt.Key.Key_Up or on_pad or not as_digits(event.text())):
            self.stepped.emit(-1)
        elif event.text() and event.text().isprintable():
            self._type(event)
        else:
            super().keyPressEvent(event)

    def _type(self, event: QKeyEvent) -> None:
        control = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        figures = as_digits(event.text())
        if figures and not control:
            self.insert(figures)
            self.textEdited.emit(self.text())
        else:
            event.ignore()

    def focusInEvent(self, event) -> None:
        super().focusInEvent(event)
        self.selectAll()


class CountGrid(QWidget):
    """Notes in the left column, coins in the right, the biggest first; Tab goes down.

    Signals:
        changed: another number was typed.
        entered: Enter: everything is counted.
    """

    changed = Signal()
    entered = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.fields = [PiecesField(value) for value in DENOMINATIONS_MINOR]
        self._sums = {field: label("", Type.BODY, Role.MUTED, right=True) for field in self.fields}
        notes = [field for field in self.fields if field.value_minor >= FIRST_NOTE_MINOR]
        coins = [field for field in self.fields if field.value_minor < FIRST_NOTE_MINOR]
        both = row(self._column(tr("Notes"), notes), self._column(tr("Coins"), coins), gap=Space.INSIDE)
        self.setLayout(column(both, None, gap=0))
        self.layout().setContentsMargins(0, 0, 0, 0)
        for before, after in zip(self.fields, self.fields[1:], strict=False):
            QWidget.setTabOrder(before, after)
        for field in self.fields:
            field.textEdited.connect(lambda _text: self._typed())
            field.stepped.connect(lambda steps, here=field: self._step(here, steps))
            field.entered.connect(self.entered)
        self._typed()

    @property
    def count(self) -> CashCount:
        return CashCount.of({field.value_minor: field.pieces for field in self.fields})

    def clear(self) -> None:
        for field in self.fields:
            field.clear()
        self._typed()

    def begin(self) -> None:
        """The focus goes to the first field, or stays in the grid."""
        if self.focusWidget() not in self.fields:
            self.fields[0].setFocus()
        else:
            self.focusWidget().setFocus()

    def _column(self, title: str, fields: list[PiecesField]) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(Space.HAIR)
        grid.setHorizontalSpacing(Space.INSIDE)
        grid.setColumnStretch(2, 1)
        grid.addWidget(label(title, Type.CAPTION, Role.MUTED, strong=True), 0, 0)
        for number, field in enumerate(fields, 1):
            one_more = ActionButton(self._look, words.denomination_words(field.value_minor))
            one_more.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            one_more.setAccessibleName(tr("One more of {value}").format(value=one_more.text()))
            one_more.setObjectName(f"one-more-{field.value_minor}")
            one_more.clicked.connect(lambda _checked=False, here=field: self._one_more(here))
            grid.addWidget(one_more, number, 0)
            grid.addWidget(field, number, 1)
            grid.addWidget(self._sums[field], number, 2)
        grid.setRowStretch(len(fields) + 1, 1)
        return grid

    def _typed(self) -> None:
        for field, shown in self._sums.items():
            shown.setText(formats.amount(Money(field.value_minor * field.pieces)) if field.pieces else "")
        self.changed.emit()

    def _step(self, here: PiecesField, steps: int) -> None:
        place = self.fields.index(here) + steps
        self.fields[place % len(self.fields)].setFocus()

    def _one_more(self, field: PiecesField) -> None:
        if field.pieces < 10**_MOST_FIGURES - 1:
            field.setText(str(field.pieces + 1))
        field.setFocus()
        self._typed()
