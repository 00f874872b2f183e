"""Owns what the outbox asks before a deed: a note, a reason, other words. Decides nothing: whether a wording is good is
the domain's to say."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.domain.facts import EditableWords, is_good_wording
from app.i18n import tr, trn
from app.ui.components.buttons import ActionButton, Kind
from app.ui.components.fields import Field
from app.ui.components.layouts import clear, column, row
from app.ui.components.text import label
from app.ui.outbox import words
from app.ui.style.look import Look
from app.ui.style.tokens import Role, Space, Type
from app.usecases.set_aside_fact import MAX_NOTE_LENGTH as LONGEST_REASON
from app.usecases.settle_exception import MAX_NOTE_LENGTH

_MOST_TYPED = 5000
"""Of a text that was refused for its length all is shown, so that it can be shortened."""


class NoteStep(QWidget):
    """A few words about how a disagreement was settled; Enter settles it."""

    entered = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._answer = label("", Type.BODY, Role.TEXT, strong=True, wrap=True)
        self.field = Field(
            tr("What was done? It is kept with your name."),
            tr("for example: counted, nothing is missing"),
            tr("May stay empty. Esc: not yet settled."),
        )
        self.field.edit.setObjectName("settled-note")
        self.field.edit.setMaxLength(MAX_NOTE_LENGTH)
        button = ActionButton(look, tr("It is settled"), tr("Enter"), Kind.MAIN, tall=False)
        button.setObjectName("confirm-settled")
        button.clicked.connect(lambda _checked=False: self.entered.emit(self.field.text))
        self.field.entered.connect(self.entered)
        self.setLayout(column(self._answer, self.field, row(button, None)))

    def begin(self, answer: str) -> None:
        """Args: answer: in words."""
        self._answer.setText(tr("Answer: {answer}").format(answer=answer))
        self.field.set_text("")
        self.field.edit.setFocus()


class ReasonStep(QWidget):
    """Why a refused fact is given up: never empty."""

    entered = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.field = Field(
            tr("Why is it set aside? It is kept with your name."),
            tr("for example: the article no longer exists"),
            tr("It is kept for ever and named in every comparison. Esc: not now."),
        )
        self.field.edit.setObjectName("aside-reason")
        self.field.edit.setMaxLength(LONGEST_REASON)
        button = ActionButton(look, tr("Set aside"), tr("Enter"), Kind.GRAVE, tall=False)
        button.setObjectName("confirm-aside")
        button.clicked.connect(lambda _checked=False: self.entered.emit(self.field.text))
        self.field.entered.connect(self.entered)
        self.setLayout(column(self.field, row(button, None)))

    def begin(self) -> None:
        self.field.set_text("")
        self.field.accept()
        self.field.edit.setFocus()


class WordingForm(QWidget):
    """A field for each text that may be worded anew, held against its limits at each key. `entered` carries the new
    text by field. `button` is for whoever shows the form to place: the fields may scroll."""

    entered = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._editable: tuple[EditableWords, ...] = ()
        self._fields: dict[str, Field] = {}
        self._column = column(gap=Space.INSIDE)
        self.button = ActionButton(look, tr("Send it in these words"), tr("Enter"), Kind.MAIN, tall=False)
        self.button.setObjectName("confirm-wording")
        self.button.clicked.connect(lambda _checked=False: self._enter())
        words_below = tr("Amounts, quantities and articles stay. Esc: not now.")
        self._hint = label(words_below, Type.CAPTION, Role.MUTED, wrap=True)
        self.setLayout(column(self._column, self._hint))

    def begin(self, editable: Sequence[EditableWords]) -> None:
        clear(self._column)
        self._editable, self._fields = tuple(editable), {}
        for each in self._editable:
            field = Field(words.field_words(each.name), hint=_limits(each))
            field.edit.setObjectName(f"wording-{each.name}")
            field.edit.setMaxLength(_MOST_TYPED)
            field.set_text(" ".join(each.text.split()))
            field.edit.textEdited.connect(partial(self._look_at, each))  # after the field itself has accepted the key
            field.entered.connect(lambda _text: self._enter())
            self._fields[each.name] = field
            self._column.addWidget(field)
        self._hint.raise_()  # told after the fields, as it is read
        for each in reversed(self._editable):
            if not is_good_wording(each, self._fields[each.name].text) or each is self._editable[0]:
                self._fields[each.name].edit.setFocus()
            self._look_at(each)

    def _look_at(self, each: EditableWords, _text: str = "") -> None:
        field = self._fields[each.name]
        wrong = _wrong_with(each, field.text)
        if wrong:
            field.refuse(wrong)
        else:
            field.accept()
        good = all(is_good_wording(words_of, self._fields[words_of.name].text) for words_of in self._editable)
        self.button.setEnabled(good)

    def _enter(self) -> None:
        if self.button.isEnabled():
            self.entered.emit({name: field.text for name, field in self._fields.items()})


def _limits(each: EditableWords) -> str:
    text = trn("At most {count} character.", "At most {count} characters.", each.longest)
    return text.format(count=each.longest)


def _wrong_with(each: EditableWords, text: str) -> str:
    if is_good_wording(each, text):
        return ""
    over = len(text) - each.longest
    if over > 0:
        return trn("{count} character too many.", "{count} characters too many.", over).format(count=over)
    if not text.strip():
        return tr("This cannot stay empty.")
    return tr("There are characters that cannot be sent.")
