"""Owns what every sheet of the settings screen is made of: title, sentence, a column of fields that scrolls, and the
pieces that stand in it. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLabel, QWidget

from app.ui.components.buttons import ActionButton, Kind
from app.ui.components.fields import Field
from app.ui.components.layouts import column, row, scrolling
from app.ui.components.text import label
from app.ui.settings import words
from app.ui.settings.presenter import SettingsState
from app.ui.style.look import Look
from app.ui.style.tokens import Role, Space, Type


def titled(text: str, widget: QWidget) -> QWidget:
    """A choice under its name, as fields have theirs."""
    made = QWidget()
    made.setLayout(column(label(text, Type.CAPTION, Role.MUTED, strong=True), widget, gap=Space.HAIR))
    return made


class Sheet(QWidget):
    """One sheet: a title, a sentence, its fields in a column that scrolls."""

    def __init__(self, title: str, sentence: str, *fields: QWidget) -> None:
        super().__init__()
        heading = label(title, Type.TITLE, strong=True)
        self.sentence = label(sentence, Type.BODY, Role.MUTED, wrap=True)
        inner = column(heading, self.sentence, *fields, None, gap=Space.BETWEEN, around=Space.BETWEEN)
        whole = column(scrolling(inner))
        whole.setContentsMargins(0, 0, 0, 0)
        self.setLayout(whole)

    def show_state(self, state: SettingsState) -> None:
        raise NotImplementedError


def sheet_button(
    look: Look, text: str, name: str, on_click: Callable[[], None], kind: Kind = Kind.PLAIN, icon: str = ""
):
    made = ActionButton(look, text, kind=kind, icon=icon, tall=False)
    made.setObjectName(name)
    made.clicked.connect(lambda _checked=False: on_click())
    return made


def check_box(text: str) -> QCheckBox:
    made = QCheckBox(text)
    made.setAccessibleName(text)
    return made


def refuse_if_wrong(state: SettingsState, fields: dict[str, Field]) -> None:
    for name, field in fields.items():
        if state.wrong_field == name:
            field.refuse(words.wrong_words(name))
            field.edit.setFocus()


def in_row(*widgets: QWidget | QLabel) -> QWidget:
    """Buttons side by side at their own width, or fields sharing the width, their names in line."""
    made = QWidget()
    buttons = isinstance(widgets[0], ActionButton)
    box = row(*widgets, None) if buttons else row(*widgets)
    if not buttons:
        for widget in widgets:
            box.setAlignment(widget, Qt.AlignmentFlag.AlignTop)
    made.setLayout(box)
    return made
