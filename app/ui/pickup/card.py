"""Owns the card of one verdict: banner, who and where, lines, money, history, and the actions or the step at its foot.

It renders a `CardState` and sends on what a person does; it decides nothing.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QPainter
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from app.i18n import tr
from app.ui.components.banner import VerdictBanner
from app.ui.components.buttons import ActionButton, Kind
from app.ui.components.fitting import FAR, FarLabel
from app.ui.components.layouts import Pages, column, pane, row, rule, scrolling
from app.ui.components.painting import paint_focus
from app.ui.components.states import EmptyState
from app.ui.components.text import NameLabel, label, set_role
from app.ui.pickup.card_papers import CardPapers
from app.ui.pickup.card_words import banner_words, details_words, history_words, money_words, where_words
from app.ui.pickup.lines import LineView, OrderLines
from app.ui.pickup.state import CardState, MainAction, Step
from app.ui.pickup.steps import AgeStep, LineStep, MeasureStep, ReasonStep, ReplaceStep, ShelveStep
from app.ui.style.look import Look
from app.ui.style.tokens import FOCUS_PX, Role, Space, Type


class OrderCard(QFrame):
    """The card.

    Signals:
        acted, printed, reasoned, undone: the buttons of the action row.
        line_pressed: a line's number; outcome_chosen, measured, shelved, overridden, age_confirmed,
            age_denied, replaced_typed, replaced,
            replacement_stepped, dearer_agreed: what the steps send.
    """

    acted = Signal()
    printed = Signal()
    reasoned = Signal()
    undone = Signal()
    line_pressed = Signal(int)
    outcome_chosen = Signal(object)
    measured = Signal(str)
    shelved = Signal(str, str)
    age_confirmed = Signal()
    age_denied = Signal()
    overridden = Signal(str)
    replacement_typed = Signal(str)
    replaced = Signal()
    replacement_stepped = Signal(int)
    dearer_agreed = Signal(bool)
    search_asked = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._shown: CardState | None = None
        self._steps: dict[Step, QWidget] = {}
        self.setProperty("surface", "card")
        self.spoken_role = QAccessible.Role.Grouping
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setObjectName("card")
        self.banner = VerdictBanner(look)
        self._name = FarLabel(look)
        self._where = FarLabel(look, right=True)
        self._details = NameLabel("", Type.LEAD, Role.MUTED)
        self._note = label("", Type.LEAD, Role.INFO, wrap=True)
        self.lines = OrderLines(look)
        self.papers = CardPapers(look)
        self._history = QGridLayout()
        self._money_caption = FarLabel(look, role=Role.MUTED)
        self._money_detail = label("", Type.CAPTION, Role.MUTED)
        self.money = label("", Type.AMOUNT, Role.DANGER, strong=True, right=True)
        self.money.setObjectName("amount-due")
        self._nothing = EmptyState(look, "search")
        self._foot = Pages()
        self._build()

    # --- showing ----------------------------------------------------------------------------------

    def show_card(self, card: CardState) -> None:
        before, self._shown = self._shown, card
        words = banner_words(card)
        self.banner.say(words.shape, words.role, words.word, words.sentence)
        known = card.order is not None
        self._body.setCurrentIndex(0 if known else 1)
        if known:
            self._show_order(card)
        else:
            self._nothing.say(tr("Find the order by name"), tr("Press Enter, then type three letters of the name."))
        self._show_foot(card, before)
        self.setAccessibleName(f"{words.word}. {self._name.whole}")

    def _show_order(self, card: CardState) -> None:
        order = card.order
        self._name.set_name(order.order.customer_name or tr("No name"))
        self._where.show_words(where_words(order), Role.TEXT)
        self._where.setVisible(bool(self._where.whole))
        self._details.set_name(details_words(card, order))
        self._note.setText(tr("Note: {text}").format(text=order.order.note) if order.order.note else "")
        self._note.setVisible(bool(order.order.note))
        open_lines = {line.line_no for line in order.open_lines} if not card.just_handed_over else set()
        recorded = {result.line_no for result in order.facts.prepared} | {
            result.line_no for handover in order.facts.handovers for result in handover.results
        }
        pairs = zip(order.order.lines, card.results_to_show, strict=True)
        views = [LineView(one, res, one.line_no in open_lines, one.line_no in recorded) for one, res in pairs]
        self.lines.show_lines(views, card.line_no)
        self._show_money(card)
        self._show_history(card)

    def _show_money(self, card: CardState) -> None:
        words = money_words(card)
        self._money_caption.show_words(words.caption, words.role, FAR[-1:] if words.amount else FAR)
        self._money_detail.setText(words.detail)
        self._money_detail.setVisible(bool(words.detail))
        self.money.setText(words.amount)
        self.money.setVisible(bool(words.amount))
        set_role(self.money, words.role)

    def _show_history(self, card: CardState) -> None:
        told = history_words(card)
        for number in range(max(len(told), self._history.rowCount())):
            for place in (0, 1):
                item = self._history.itemAtPosition(number, place)
                made = item.widget() if item is not None else None
                if made is None and number < len(told):
                    made = label("", Type.CAPTION, Role.MUTED)
                    self._history.addWidget(made, number, place)
                    self.papers.raise_()  # told after the history, as it is read
                if made is not None:
                    made.setText(told[number][place] if number < len(told) else "")
                    made.setVisible(number < len(told))

    def _show_foot(self, card: CardState, before: CardState | None) -> None:
        if card.step is Step.LOOK:
            self._show_actions(card)
            self._foot.setCurrentWidget(self._actions)
        else:
            step = self._step(card.step)
            begun = before is None or before.step is not card.step or before.line_no != card.line_no
            self._foot.setCurrentWidget(step)
            if begun:
                self._begin(step, card)
            step.show_card(card)
        if card.step in (Step.LOOK, Step.LINE) and before is not None and before.step not in (Step.LOOK, Step.LINE):
            self.setFocus()
        current = self._foot.currentWidget()
        self._foot.setFixedHeight(current.sizeHint().height() if current is not None else 0)

    def _show_actions(self, card: CardState) -> None:
        verbs = {
            MainAction.HAND_OVER: (tr("Hand over"), "hand"),
            MainAction.PAY: (tr("Take the payment"), "pay"),
            MainAction.SHELVE: (tr("It is ready"), "ready"),
        }
        verb = verbs.get(card.main_action)
        self._main.setVisible(verb is not None)
        if verb is not None:
            self._main.set_text(verb[0])
            self._main.setEnabled(not card.busy)
        self._print.set_text(tr("Print"), print_key(card))
        self._print.setVisible(card.may_print)
        self._reason.setVisible(card.may_override)
        self._undo.setVisible(card.may_undo)
        self._search.setVisible(card.verdict.order is None)

    # --- building ---------------------------------------------------------------------------------

    def _build(self) -> None:
        who = row(self._name, self._where, gap=Space.BETWEEN)
        head = column(who, self._details, self._note, gap=Space.HAIR)
        self._history.setHorizontalSpacing(Space.BETWEEN)
        self._history.setVerticalSpacing(Space.HAIR)
        self._history.setColumnStretch(1, 1)
        told = column(label(tr("History"), Type.CAPTION, Role.MUTED, strong=True), self._history, gap=Space.HAIR)
        inside = column(self.lines, Space.INSIDE, told, self.papers, None, gap=Space.INSIDE)
        inside.setContentsMargins(0, 0, Space.INSIDE, 0)
        captions = column(None, self._money_caption, self._money_detail, None, gap=0)
        money = row(captions, None, self.money, gap=Space.BETWEEN)
        order = column(head, scrolling(inside), rule(), money, gap=Space.NEAR)
        order.setStretch(1, 1)
        order.setContentsMargins(Space.BETWEEN, Space.NEAR, Space.BETWEEN, 0)
        self._body = Pages(pane(order), self._nothing)
        foot = column(self._foot)
        foot.setContentsMargins(Space.BETWEEN, Space.INSIDE, Space.BETWEEN, Space.BETWEEN)
        whole = column(self.banner, self._body, foot, gap=Space.INSIDE)
        whole.setStretch(1, 1)
        whole.setContentsMargins(FOCUS_PX, FOCUS_PX, FOCUS_PX, FOCUS_PX)
        self.setLayout(whole)
        self.lines.line_pressed.connect(self.line_pressed)
        self._build_actions()

    def _build_actions(self) -> None:
        look = self._look
        self._main = ActionButton(look, "", tr("Enter"), Kind.MAIN)
        self._main.setObjectName("main-action")
        self._print = ActionButton(look, tr("Print"), "P", Kind.PLAIN, tall=True)
        self._print.setObjectName("print")
        self._reason = ActionButton(look, tr("Hand over anyway"), "A", Kind.PLAIN, tall=True)
        self._reason.setObjectName("override")
        self._undo = ActionButton(look, tr("Undo"), "Ctrl+Z", Kind.PLAIN, "undo-2", tall=True)
        self._undo.setObjectName("undo")
        self._search = ActionButton(look, tr("Find by name"), tr("Enter"), Kind.MAIN)
        self._search.setObjectName("find-by-name")
        for button, signal in (
            (self._main, self.acted),
            (self._print, self.printed),
            (self._reason, self.reasoned),
            (self._undo, self.undone),
            (self._search, self.search_asked),
        ):
            button.clicked.connect(signal)
        buttons = (self._main, self._search, self._undo, self._print, self._reason)
        self._actions = pane(row(*buttons, None, gap=Space.INSIDE))
        self._foot.addWidget(self._actions)

    def _step(self, step: Step) -> QWidget:
        if step not in self._steps:
            self._steps[step] = self._made(step)
            self._foot.addWidget(self._steps[step])
        return self._steps[step]

    def _made(self, step: Step) -> QWidget:
        if step is Step.LINE:
            made = LineStep(self._look)
            made.chosen.connect(self.outcome_chosen)
        elif step is Step.MEASURE:
            made = MeasureStep(self._look)
            made.entered.connect(self.measured)
        elif step is Step.REASON:
            made = ReasonStep(self._look)
            made.entered.connect(self.overridden)
        elif step is Step.AGE:
            made = AgeStep(self._look)
            made.confirmed.connect(self.age_confirmed)
            made.denied.connect(self.age_denied)
        elif step is Step.SHELVE:
            made = ShelveStep(self._look)
            made.entered.connect(self.shelved)
        else:
            made = ReplaceStep(self._look)
            made.typed.connect(self.replacement_typed)
            made.entered.connect(self.replaced)
            made.stepped.connect(self.replacement_stepped)
            made.agreed.connect(self.dearer_agreed)
        return made

    def _begin(self, step: QWidget, card: CardState) -> None:
        if isinstance(step, (LineStep, AgeStep)):
            self.setFocus()
        elif isinstance(step, ShelveStep):
            order = card.verdict.order
            step.begin(order.facts.bags or 1, order.facts.shelf)
        else:
            step.begin()

    def paintEvent(self, event) -> None:
        super().paintEvent(event)
        if self.hasFocus():
            paint_focus(QPainter(self), self.rect(), self._look)

    def focusInEvent(self, event) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event) -> None:
        super().focusOutEvent(event)
        self.update()


def print_key(card: CardState) -> str:
    """After a handover letters begin the next customer's name."""
    return "Ctrl+P" if card.just_handed_over else "P"
