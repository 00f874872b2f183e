"""Owns the card of the row chosen in the outbox: what happened, how both sides see it, what can be done. Decides
nothing: `asked` carries the deed that was pressed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from app.i18n import tr
from app.ui import messages
from app.ui.components.buttons import ActionButton, Kind
from app.ui.components.layouts import card, clear, column, pane, row, scrolling
from app.ui.components.text import label
from app.ui.exception_sides import SideLine, side_lines
from app.ui.outbox import words
from app.ui.outbox.forms import NoteStep, ReasonStep, WordingForm
from app.ui.outbox.state import Act, Deed, Item, OutboxScreenState, deeds_on
from app.ui.style.look import Look
from app.ui.style.tokens import Role, Space, Type
from app.usecases.exception_queries import ExceptionRow, OutboxRow


class Sides(QWidget):
    """What is known of a disagreement in lines: here, and at the marketplace."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[SideLine, ...] = ()
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(Space.BETWEEN)
        self._grid.setVerticalSpacing(Space.HAIR)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(2, 1)
        self.setLayout(self._grid)
        self.setObjectName("sides")

    def show_lines(self, lines: Sequence[SideLine]) -> None:
        if tuple(lines) == self._lines:
            return
        self._lines = tuple(lines)
        clear(self._grid)
        two = any(line.there for line in self._lines)
        if two:
            for place, text in ((1, tr("Here")), (2, tr("Marketplace"))):
                self._grid.addWidget(label(text, Type.CAPTION, Role.MUTED, strong=True), 0, place)
        for number, line in enumerate(self._lines, start=1):
            self._grid.addWidget(label(line.name, Type.BODY, Role.MUTED), number, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(_value(line.here), number, 1, 1, 1 if line.there else 2)
            if line.there:
                self._grid.addWidget(_value(line.there), number, 2)
        self.setAccessibleName(". ".join(_spoken(line) for line in self._lines))


class Detail(QWidget):
    """The card. Signals: asked: a deed; noted, reasoned, reworded: what its form asked for."""

    asked = Signal(object)
    noted = Signal(str)
    reasoned = Signal(str)
    reworded = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._deeds: tuple[Deed, ...] | None = None
        self._form_no = 0
        self._title = label("", Type.TITLE, strong=True, wrap=True)
        self._title.setObjectName("outbox-title")
        self._moment = label("", Type.BODY, Role.MUTED)
        self._explanation = label("", Type.BODY, wrap=True)
        self._explanation.setObjectName("outbox-explanation")
        self._sides = Sides()
        self._actions = column()
        self._buttons = pane(self._actions)
        self.note, self.reason, self.wording = NoteStep(look), ReasonStep(look), WordingForm(look)
        self._forms: dict[Act, QWidget] = {
            Act.SETTLE: self.note,
            Act.SET_ASIDE: self.reason,
            Act.REPAIR: self.wording,
        }
        told = column(
            self._title, self._moment, Space.INSIDE, self._sides, Space.HAIR, self._explanation, self.wording, None
        )
        self._send = pane(row(self.wording.button, None))
        self._send.layout().setContentsMargins(0, 0, 0, 0)
        whole = column(scrolling(told), self.note, self.reason, self._send, self._buttons)
        whole.setStretch(0, 1)
        for form in self._forms.values():
            form.hide()
        place = column(card(whole))
        place.setContentsMargins(0, 0, 0, 0)
        self.setLayout(place)
        self.note.entered.connect(self.noted)
        self.reason.entered.connect(self.reasoned)
        self.wording.entered.connect(self.reworded)

    def show_item(self, item: Item, state: OutboxScreenState) -> None:
        """Show a row and, if it asks for something first, its form."""
        self._title.setText(words.item_title(item))
        self._moment.setText(messages.day_and_time(words.item_moment(item)))
        self._explanation.setText(words.item_explanation(item))
        lines = side_lines(item) if isinstance(item, ExceptionRow) else []
        self._sides.show_lines(lines)
        self._sides.setVisible(bool(lines))
        self._offer(deeds_on(item), state.busy)

    def show_form(self, state: OutboxScreenState) -> bool:
        """Whether a form is open now. One that is open stays as it is, with what was typed."""
        asking = state.asking
        for act, form in self._forms.items():
            form.setVisible(asking is not None and asking.act is act)
        self._send.setVisible(not self.wording.isHidden())
        self._explanation.setVisible(asking is None or asking.act is not Act.REPAIR)
        self._buttons.setVisible(asking is None)
        if asking is None or state.form_no == self._form_no:
            return asking is not None
        self._form_no = state.form_no
        self._begin(asking, state.item)
        return True

    def _begin(self, asking: Deed, item: Item | None) -> None:
        if asking.act is Act.SETTLE:
            self.note.begin(words.answer_words(asking.answer))
        elif asking.act is Act.SET_ASIDE:
            self.reason.begin()
        elif isinstance(item, OutboxRow):
            self.wording.begin(item.editable)

    def _offer(self, deeds: tuple[Deed, ...], busy: bool) -> None:
        if deeds != self._deeds:
            self._deeds = deeds
            clear(self._actions)
            for place, deed in enumerate(deeds):
                self._actions.addWidget(self._button(deed, place))
        self._buttons.setEnabled(not busy)

    def _button(self, deed: Deed, place: int) -> ActionButton:
        does, key = words.deed_words(deed, place)
        made = ActionButton(self._look, does, key, Kind.PLAIN if place else Kind.MAIN, tall=False)
        made.setObjectName(f"act-{deed.act}-{deed.answer}" if place and deed.answer else f"act-{deed.act}")
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        made.clicked.connect(lambda _checked=False: self.asked.emit(deed))
        return made


def _value(text: str) -> QLabel:
    made = label(text, Type.BODY, strong=True, wrap=True)
    made.setAlignment(Qt.AlignmentFlag.AlignTop)
    return made


def _spoken(line: SideLine) -> str:
    if not line.there:
        return f"{line.name}: {line.here}"
    return tr("{name}: here {here}, marketplace {there}").format(name=line.name, here=line.here, there=line.there)
