"""Owns the small parts of the sale screen: buttons that leave the focus in the one box, question card, keypad."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from app.i18n import language, tr
from app.ui.components.buttons import ActionButton, Kind
from app.ui.components.layouts import clear, column
from app.ui.components.text import label
from app.ui.style.look import Look
from app.ui.style.tokens import MAIN_ACTION_PX, Role, Space, Type


def button(
    look: Look,
    text: str,
    key: str = "",
    kind: Kind = Kind.PLAIN,
    icon: str = "",
    *,
    name: str = "",
    on_click: Callable[[], None] | None = None,
    tall: bool | None = None,
) -> ActionButton:
    """A button that a touch presses without taking the focus from the one box; Tab still reaches it."""
    made = ActionButton(look, text, key, kind, icon, tall)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    if name:
        made.setObjectName(name)
    if on_click is not None:
        made.clicked.connect(lambda _checked=False: on_click())
    return made


@dataclass(frozen=True, slots=True)
class Answer:
    """One way to answer a question; `name` is the button's object name."""

    text: str
    key: str
    name: str
    give: Callable[[], None]
    main: bool = False


class QuestionCard(QFrame):
    """One question, its hint, its answers as buttons with their keys; in the info role so that it is seen at once."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setProperty("surface", str(Role.INFO))
        self.setObjectName("question")
        self.title = label("", Type.TITLE, strong=True, wrap=True)
        self.hint = label("", Type.BODY, wrap=True)
        self._answers = QGridLayout()
        self._answers.setSpacing(Space.INSIDE)
        self.setLayout(column(self.title, self.hint, self._answers, gap=Space.INSIDE, around=Space.BETWEEN))
        self._shown: object = None

    def ask(
        self, title: str, hint: str, answers: Sequence[Answer] = (), columns: int = 3, *, low: bool = False
    ) -> None:
        """Args: low: many answers for a small window."""
        self.title.setText(title)
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        self.setAccessibleName(f"{title} {hint}")
        texts = [(answer.text, answer.key) for answer in answers]
        if texts != self._shown:
            self._shown = texts
            for old in self.findChildren(ActionButton):
                old.setObjectName("")  # it lives until the next turn of the loop: nobody is to find it by its name
            clear(self._answers)
            for place, answer in enumerate(answers):
                kind = Kind.MAIN if answer.main else Kind.PLAIN
                made = button(
                    self._look,
                    answer.text,
                    answer.key,
                    kind,
                    name=answer.name,
                    on_click=answer.give,
                    tall=columns < 4 and not low,
                )
                self._answers.addWidget(made, place // columns, place % columns)
        self.show()


class Keypad(QWidget):
    """Figures for fingers: types into the one box. `typed` carries a character, `erase` takes one away."""

    typed = Signal(str)
    erase = Signal()
    entered = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("keypad")
        grid = QGridLayout()
        grid.setSpacing(Space.HAIR)
        grid.setContentsMargins(0, 0, 0, 0)
        mark = "," if language() == "fr" else "."
        for place, text in enumerate(("7", "8", "9", "4", "5", "6", "1", "2", "3", "0", mark, "⌫")):
            made = ActionButton(look, text, tall=False)
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            made.setFixedWidth(MAIN_ACTION_PX)
            made.setObjectName(f"keypad-{text}")
            if text == "⌫":
                made.setAccessibleName(tr("Erase"))
                made.clicked.connect(lambda _checked=False: self.erase.emit())
            else:
                made.clicked.connect(lambda _checked=False, text=text: self.typed.emit(text))
            grid.addWidget(made, place // 3, place % 3)
        enter = button(look, tr("Enter"), kind=Kind.PLAIN, name="keypad-enter", on_click=self.entered.emit)
        enter.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        grid.addWidget(enter, 4, 0, 1, 3)
        self.setLayout(grid)
