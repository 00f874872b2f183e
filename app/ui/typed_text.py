"""Owns taking typed characters back out of a field: how it stood before each of them. Knows nothing of scanners.

A field is put back as it stood, not shortened: a character may have replaced a selection, may have been refused, or may
have come as an accent over the one before.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget
from shiboken6 import isValid

_MOST = 400


def is_field(widget: QWidget | None) -> bool:
    """Whether keys are text there."""
    return isinstance(widget, QLineEdit | QPlainTextEdit)


@dataclass(frozen=True, slots=True)
class _Stood:
    """How a field stood. `anchor`: where the selection begins, `cursor`: where it ends."""

    field: QLineEdit | QPlainTextEdit
    text: str
    anchor: int
    cursor: int

    def restore(self) -> None:
        if not isValid(self.field):
            return
        if isinstance(self.field, QLineEdit):
            self.field.setText(self.text)
            if self.anchor != self.cursor:
                self.field.setSelection(self.anchor, self.cursor - self.anchor)
            else:
                self.field.setCursorPosition(self.cursor)
            self.field.textEdited.emit(self.text)
        else:
            self.field.setPlainText(self.text)
            cursor = self.field.textCursor()
            cursor.setPosition(self.anchor)
            cursor.setPosition(self.cursor, cursor.MoveMode.KeepAnchor)
            self.field.setTextCursor(cursor)


def _stands(widget: QWidget | None) -> _Stood | None:
    if isinstance(widget, QLineEdit):
        cursor = widget.cursorPosition()
        anchor = cursor
        if widget.hasSelectedText():
            start, end = widget.selectionStart(), widget.selectionEnd()
            anchor = end if cursor == start else start
        return _Stood(widget, widget.text(), anchor, cursor)
    if isinstance(widget, QPlainTextEdit):
        at = widget.textCursor()
        return _Stood(widget, widget.toPlainText(), at.anchor(), at.position())
    return None


class TypedText:
    """Remembers the fields as they stood before the newest characters."""

    def __init__(self) -> None:
        self._stood: deque[_Stood | None] = deque(maxlen=_MOST)

    def about_to_type(self, widget: QWidget | None) -> None:
        """A character is on its way to the widget."""
        self._stood.append(_stands(widget))

    def take_back(self, count: int) -> None:
        """The newest `count` characters were not typed by a person."""
        newest = [self._stood.pop() for _ in range(min(count, len(self._stood)))]
        oldest: dict[int, _Stood] = {id(stood.field): stood for stood in newest if stood is not None}
        for stood in oldest.values():
            stood.restore()

    def forget(self) -> None:
        self._stood.clear()
