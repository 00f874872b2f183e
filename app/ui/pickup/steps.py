"""Owns the inline steps at the foot of the card: a line's outcome, weight, replacement; bags; a reason.

They stand where the actions stand, never in a modal box. Each says what it asks, takes Enter, and Esc goes back.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from app.domain.order import LineOutcome, OrderLine
from app.i18n import tr
from app.ui import messages
from app.ui.components.buttons import ActionButton, Kind
from app.ui.components.fields import Field, beside_field
from app.ui.components.layouts import column, row
from app.ui.components.text import NameLabel
from app.ui.pickup.state import CardState, Replacement
from app.ui.style.look import Look
from app.ui.style.tokens import Role, Space, Type

OUTCOME_KEYS = {
    "M": LineOutcome.MISSING,
    "R": LineOutcome.REPLACED,
    "K": LineOutcome.WEIGHED,
    "X": LineOutcome.REFUSED,
    "S": LineOutcome.TO_FOLLOW,
}
"""The letter of each outcome, the same in every language and shown on its button."""


AGE_KEYS = {Qt.Key.Key_O: True, Qt.Key.Key_Y: True, Qt.Key.Key_N: False}
"""Oui, yes, non or no."""


class LineStep(QWidget):
    """What became of one line."""

    chosen = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._title = NameLabel("", Type.BODY, Role.TEXT, strong=True)
        self._found = ActionButton(look, tr("Found"), "", Kind.PLAIN, "check")
        self._found.setObjectName("outcome-given")
        buttons = [self._found]
        self._found.clicked.connect(lambda: self.chosen.emit(LineOutcome.GIVEN))
        for key, outcome in OUTCOME_KEYS.items():
            button = ActionButton(look, _outcome_verb(outcome), key)
            button.setObjectName(f"outcome-{outcome}")
            button.clicked.connect(lambda _checked=False, value=outcome: self.chosen.emit(value))
            buttons.append(button)
        half = (len(buttons) + 1) // 2
        self.setLayout(column(self._title, row(*buttons[:half], None), row(*buttons[half:], None)))

    def show_card(self, card: CardState) -> None:
        line = card.line(card.line_no)
        if line is not None:
            count = messages.times_quantity(line.quantity, line.unit)
            self._title.set_name(tr("What became of: {article}").format(article=f"{count} {line.label}"))
            self._found.set_text(tr("Found"), str(line.line_no))


class FieldStep(QWidget):
    """One field and its button."""

    entered = Signal(str)

    def __init__(self, look: Look, title: str, verb: str, name: str) -> None:
        super().__init__()
        self.field = Field(title)
        self.field.edit.setObjectName(name)
        button = ActionButton(look, verb, tr("Enter"), Kind.MAIN, tall=False)
        button.clicked.connect(lambda: self.entered.emit(self.field.edit.text()))
        self.field.entered.connect(self.entered)
        box = row(self.field, beside_field(button), gap=Space.BETWEEN)
        box.setStretch(0, 1)
        self.setLayout(box)

    def begin(self, text: str = "") -> None:
        self.field.accept()
        self.field.set_text(text)
        self.field.edit.selectAll()
        self.field.edit.setFocus()

    def show_card(self, card: CardState) -> None:
        if card.problem:
            self.field.refuse(card.problem)


class MeasureStep(FieldStep):
    """How much there really is."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, tr("How much is there really?"), tr("Confirm"), "measure")

    def show_card(self, card: CardState) -> None:
        line = card.line(card.line_no)
        if line is not None:
            ordered = messages.quantity(line.quantity, line.unit)
            self.field.edit.setPlaceholderText(tr("ordered: {quantity}").format(quantity=ordered))
        super().show_card(card)


class ReasonStep(FieldStep):
    """Why the goods go although the verdict says no."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, tr("Why hand it over anyway?"), tr("Hand over"), "reason")
        self.field.edit.setPlaceholderText(tr("Kept with the handover"))


class AgeStep(QWidget):
    """Whether somebody saw the proof of majority: nothing leaves without the answer (R32)."""

    confirmed = Signal()
    denied = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._title = NameLabel("", Type.BODY, Role.TEXT, strong=True)
        yes = ActionButton(look, tr("Yes, checked"), tr("Y"), Kind.MAIN, tall=False)
        yes.setObjectName("order-of-age")
        yes.clicked.connect(self.confirmed)
        no = ActionButton(look, tr("No"), "N", Kind.PLAIN)
        no.setObjectName("order-not-of-age")
        no.clicked.connect(self.denied)
        self.setLayout(column(self._title, row(yes, no, None)))

    def show_card(self, card: CardState) -> None:
        self._title.set_name(tr("Is the customer {age} or older?").format(age=card.age_limit))


class ShelveStep(QWidget):
    """How many bags, on which shelf."""

    entered = Signal(str, str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.bags = Field(tr("Bags"))
        self.bags.edit.setObjectName("bags")
        self.shelf = Field(tr("Shelf"), tr("for example B2"))
        self.shelf.edit.setObjectName("shelf")
        button = ActionButton(look, tr("It is ready"), tr("Enter"), Kind.MAIN, "package-check", tall=False)
        button.setObjectName("confirm-ready")
        for sender in (self.bags.entered, self.shelf.entered, button.clicked):
            sender.connect(self._enter)
        box = row(self.bags, self.shelf, beside_field(button), gap=Space.BETWEEN)
        box.setStretch(0, 1)
        box.setStretch(1, 2)
        self.setLayout(box)

    def begin(self, bags: int, shelf: str) -> None:
        self.bags.accept()
        self.bags.set_text(str(bags))
        self.shelf.set_text(shelf)
        self.bags.edit.selectAll()
        self.bags.edit.setFocus()

    def show_card(self, card: CardState) -> None:
        if card.problem:
            self.bags.refuse(card.problem)

    def _enter(self, *_args: object) -> None:
        self.entered.emit(self.bags.edit.text(), self.shelf.edit.text())


class ReplaceStep(QWidget):
    """What is given instead: found as one types, chosen with the arrows, taken with Enter."""

    typed = Signal(str)
    entered = Signal()
    stepped = Signal(int)
    agreed = Signal(bool)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.field = Field(tr("What is given instead?"), tr("name or code of the article"))
        self.field.edit.setObjectName("replacement")
        self.field.edit.installEventFilter(self)
        self.field.changed.connect(self.typed)
        self.field.entered.connect(lambda _text: self.entered.emit())
        self._choices = QVBoxLayout()
        self._choices.setSpacing(0)
        self._agreed = QCheckBox(tr("The customer agrees to pay the difference"))
        self._agreed.setAccessibleName(self._agreed.text())
        self._agreed.toggled.connect(self.agreed)
        button = ActionButton(look, tr("Replace"), tr("Enter"), Kind.MAIN, tall=False)
        button.clicked.connect(self.entered)
        line = row(self.field, beside_field(button), gap=Space.BETWEEN)
        line.setStretch(0, 1)
        self._labels: list[NameLabel] = []
        self.setLayout(column(line, self._choices, self._agreed, gap=Space.HAIR))

    def begin(self) -> None:
        self.field.accept()
        self.field.set_text("")
        self._agreed.setChecked(False)
        self._show_choices((), 0, None)
        self.field.edit.setFocus()

    def show_card(self, card: CardState) -> None:
        if card.problem:
            self.field.refuse(card.problem)
        self._show_choices(card.replacements, card.chosen, card.line(card.line_no))

    def eventFilter(self, watched, event) -> bool:
        if event.type() == event.Type.KeyPress and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.stepped.emit(1 if event.key() == Qt.Key.Key_Down else -1)
            return True
        return super().eventFilter(watched, event)

    def _show_choices(self, choices: Sequence[Replacement], chosen: int, line: OrderLine | None) -> None:
        while len(self._labels) < len(choices):
            made = NameLabel("", Type.BODY)
            self._labels.append(made)
            self._choices.addWidget(made)
        self._agreed.raise_()  # told after the choices, as it is read
        for number, made in enumerate(self._labels):
            made.setVisible(number < len(choices))
            if number < len(choices):
                made.set_name(_choice_words(choices[number], here=number == chosen))
        dearer = bool(choices) and line is not None and choices[chosen].price > line.total
        self._agreed.setVisible(dearer)


def _choice_words(choice: Replacement, here: bool) -> str:
    mark = "▸ " if here else "   "
    if choice.product is None:
        return mark + tr("“{text}”, same price").format(text=choice.label)
    return f"{mark}{choice.label}   {messages.amount(choice.price)}"


def _outcome_verb(outcome: LineOutcome) -> str:
    return {
        LineOutcome.MISSING: tr("Missing"),
        LineOutcome.REPLACED: tr("Replaced"),
        LineOutcome.WEIGHED: tr("Other quantity"),
        LineOutcome.REFUSED: tr("Refused"),
        LineOutcome.TO_FOLLOW: tr("To follow"),
    }[outcome]
