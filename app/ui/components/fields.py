"""Owns input fields: a label above, the field, and under it what is wrong and what to do, in words."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLayout, QLineEdit, QWidget

from app.ui.components.layouts import column
from app.ui.components.spoken import announce
from app.ui.components.text import label, set_role
from app.ui.style.tokens import Role, Space, Type


class EntryLine(QLineEdit):
    """A line that keeps its Enter: Qt's own passes it on to the parents, where it would press the main button too."""

    def keyPressEvent(self, event) -> None:
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()


MAX_LENGTH = 300
"""Characters: a long path fits; what was pasted by mistake does not fill the database."""


class Field(QWidget):
    """A named line of input. `entered` carries the text at Enter; `changed` at each key."""

    entered = Signal(str)
    changed = Signal(str)

    def __init__(self, title: str, placeholder: str = "", hint: str = "", edit: EntryLine | None = None) -> None:
        """Args: edit: a line with keys of its own."""
        super().__init__()
        self._hint_text = hint
        self.edit = edit or EntryLine()
        self.edit.setMaxLength(MAX_LENGTH)
        self.edit.setPlaceholderText(placeholder)
        self.edit.setAccessibleName(title)
        self._title = label(title, Type.CAPTION, Role.MUTED, strong=True)
        self._title.setBuddy(self.edit)
        self._hint = label(hint, Type.CAPTION, Role.MUTED, wrap=True)
        self.setLayout(column(self._title, self.edit, self._hint, gap=Space.HAIR))
        self._hint.setVisible(bool(hint))  # not before it has a place: shown alone it is a window, and takes the keys
        self.edit.returnPressed.connect(lambda: self.entered.emit(self.edit.text()))
        self.edit.textEdited.connect(self.changed)
        self.edit.textEdited.connect(lambda _text: self.accept())

    @property
    def text(self) -> str:
        return self.edit.text().strip()

    def set_text(self, text: str) -> None:
        if text != self.edit.text():
            self.edit.setText(text)

    def refuse(self, sentence: str) -> None:
        """Say what is wrong with the content; the next key clears it."""
        self._hint.setText(sentence)
        self._hint.setVisible(True)
        set_role(self._hint, Role.DANGER)
        set_role(self.edit, "true", "wrong")
        self.edit.setAccessibleDescription(sentence)
        announce(self.edit, sentence, at_once=True)

    def accept(self) -> None:
        self._hint.setText(self._hint_text)
        self._hint.setVisible(bool(self._hint_text))
        set_role(self._hint, Role.MUTED)
        set_role(self.edit, "false", "wrong")
        self.edit.setAccessibleDescription(self._hint_text)


def beside_field(button: QWidget) -> QLayout:
    """A button at the height of the line it belongs to, whatever is said under the line."""
    title_px = QFontMetrics(button.font()).height() * Type.CAPTION // Type.BODY
    return column(title_px + Space.HAIR, button, None, gap=0)
