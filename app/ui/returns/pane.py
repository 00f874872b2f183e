"""Owns the widgets of the tickets' page: the list, one ticket with its lines and what can be done with it. Decides
nothing."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt, Signal, SignalInstance
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QGridLayout, QStackedWidget, QWidget

from app.domain.returns import ReturnableLine
from app.i18n import tr
from app.ui import messages
from app.ui.checkout.pieces import Answer, QuestionCard, button
from app.ui.checkout.reasons import ReasonFor, usual_reasons
from app.ui.components.buttons import ActionButton, Kind
from app.ui.components.layouts import column, pane, row
from app.ui.components.lists import RowDelegate, RowList, RowModel
from app.ui.components.notice import NoticeBar
from app.ui.components.painting import key_cap_width, paint_key_cap, shorten
from app.ui.components.states import EmptyState
from app.ui.components.text import NameLabel, label
from app.ui.returns import words
from app.ui.returns.presenter import NEW_MEANS_KEYS
from app.ui.returns.state import Page, ReturnsState
from app.ui.style.look import Look
from app.ui.style.tokens import Role, Space, Type
from app.usecases.sale_queries import DocumentRow


class DocumentDelegate(RowDelegate):
    """Number and what it is, time, means and operator, amount."""

    def paint_row(self, painter: QPainter, rect: QRect, row: DocumentRow, selected: bool) -> None:
        rest = _paint_amount(self, painter, rect, messages.amount(row.total))
        _paint_words(self, painter, rest, words.row_title(row), words.row_detail(row), selected)


@dataclass(frozen=True, slots=True)
class LineShown:
    """A line of the ticket; `chosen` base units of it come back."""

    entry: ReturnableLine
    chosen: int
    broken: bool


class LineDelegate(RowDelegate):
    """Its key, its label, what was sold and what comes back, its amount."""

    def paint_row(self, painter: QPainter, rect: QRect, row: LineShown, selected: bool) -> None:
        line_no = row.entry.line.line_no
        key = str(line_no) if line_no < 10 else ""
        if key:
            cap = key_cap_width(self.look, key)
            colour = self.look.colour(Role.PRIMARY if row.chosen else Role.MUTED)
            paint_key_cap(painter, QRect(rect.left(), rect.top(), cap, rect.height()), key, colour, self.look)
        rest = rect.adjusted(Space.AROUND + Space.INSIDE, 0, 0, 0)
        amount = row.entry.rest.part(row.chosen).amount if row.chosen else row.entry.line.total
        rest = _paint_amount(self, painter, rest, messages.amount(-amount if row.chosen else amount))
        detail = words.line_detail(row.entry, row.chosen, broken=row.broken)
        _paint_words(self, painter, rest, row.entry.line.label, detail, selected or bool(row.chosen))


def _paint_amount(delegate: RowDelegate, painter: QPainter, rect: QRect, amount: str) -> QRect:
    """The amount at the right; returns what is left for words."""
    font = delegate.look.font(Type.LEAD, strong=True)
    painter.setFont(font)
    painter.setPen(delegate.look.colour(Role.TEXT))
    painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, amount)
    return rect.adjusted(0, Space.INSIDE, -QFontMetrics(font).horizontalAdvance(amount) - Space.BETWEEN, -Space.INSIDE)


def _paint_words(delegate: RowDelegate, painter: QPainter, rect: QRect, head: str, detail: str, strong: bool) -> None:
    look = delegate.look
    head_font, small = look.font(Type.BODY, strong=True), look.font(Type.CAPTION)
    painter.setFont(head_font)
    painter.drawText(rect, Qt.AlignmentFlag.AlignTop, shorten(head, head_font, rect.width()))
    painter.setFont(small)
    painter.setPen(look.colour(Role.TEXT if strong else Role.MUTED))
    painter.drawText(rect, Qt.AlignmentFlag.AlignBottom, shorten(detail, small, rect.width()))


class ReturnsPane(QWidget):
    """The left 60 % while tickets are looked at.

    Signals:
        key: a button whose key is this letter; row_entered: a ticket's id; line_touched: a line's number.
        one_less, one_more: of the marked line.
        entered, back, without_ticket, training: the other buttons.
    """

    key = Signal(str)
    row_entered = Signal(str)
    line_touched = Signal(int)
    one_less = Signal()
    one_more = Signal()
    entered = Signal()
    back = Signal()
    without_ticket = Signal()
    training = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.notice = NoticeBar(look)
        self.question = QuestionCard(look)
        self.question.hide()
        self._pages = QStackedWidget()
        self._list_page = self._build_list(look)
        self._ticket_page = self._build_ticket(look)
        self._pages.addWidget(self._list_page)
        self._pages.addWidget(self._ticket_page)
        self.setLayout(column(self._pages, self.notice, gap=Space.INSIDE))
        self.layout().setStretch(0, 1)

    def current(self) -> str:
        """The ticket marked in the list, "" for none."""
        return self.list.current_key

    def show_returns(self, state: ReturnsState) -> None:
        if state.said is None:
            self.notice.hide()
        else:
            self.notice.tell(words.said_words(state.said), words.said_role(state.said))
        self._pages.setCurrentWidget(self._list_page if state.page is Page.LIST else self._ticket_page)
        if state.page is Page.LIST:
            self._show_list(state)
        else:
            self._show_ticket(state)

    # --- the list ----------------------------------------------------------------------------------------------------

    def _build_list(self, look: Look) -> QWidget:
        self._list_title = NameLabel("", Type.TITLE, strong=True)
        model = RowModel(
            lambda row: row.sale_id,
            lambda row: f"{words.row_title(row)}, {words.row_detail(row)}, {messages.amount(row.total)}",
        )
        self.list = RowList(model, DocumentDelegate(look), tr("Tickets"))
        self.list.setObjectName("tickets")
        self.list.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.list.row_entered.connect(self.row_entered)
        empty = EmptyState(
            look,
            "receipt-euro",
            tr("No ticket today yet"),
            tr("Each sale appears here. For an older ticket, scan it or type its number or its amount."),
        )
        self._list_pages = QStackedWidget()
        self._list_pages.addWidget(empty)
        self._list_pages.addWidget(self.list)
        back = button(look, tr("Back"), tr("Esc"), name="close-tickets")
        back.clicked.connect(lambda _checked=False: self.back.emit())
        without = button(look, tr("Without ticket"), "Ctrl+S", name="without-ticket")
        without.clicked.connect(lambda _checked=False: self.without_ticket.emit())
        self._training = button(look, tr("Training"), "Ctrl+E", Kind.QUIET, name="training")
        self._training.clicked.connect(lambda _checked=False: self.training.emit())
        show = button(look, tr("Show"), tr("Enter"), Kind.MAIN, name="show-ticket", tall=False)
        show.clicked.connect(lambda _checked=False: self.entered.emit())
        self._show = show
        head = row(self._list_title, self._training)
        head.setStretch(0, 1)
        box = column(head, self._list_pages, row(back, without, None, show))
        box.setStretch(1, 1)
        return pane(box)

    def _show_list(self, state: ReturnsState) -> None:
        self._list_title.set_name(words.list_title(state))
        self.list.replace_rows(state.rows)
        self._list_pages.setCurrentIndex(1 if state.rows else 0)
        self._show.setEnabled(bool(state.rows))
        self._training.set_text(tr("End training") if state.training else tr("Training"))
        if state.rows and not self.list.current_key:
            self.list.select_key(state.rows[0].sale_id)

    # --- one ticket --------------------------------------------------------------------------------------------------

    def _build_ticket(self, look: Look) -> QWidget:
        self._title = NameLabel("", Type.TITLE, strong=True)
        self._detail = NameLabel("", Type.BODY, Role.MUTED)
        self._became = label("", Type.BODY, Role.WARNING, strong=True)
        model = RowModel(
            lambda shown: str(shown.entry.line.line_no),
            lambda shown: f"{shown.entry.line.label}, {messages.amount(shown.entry.line.total)}",
        )
        self.lines = RowList(model, LineDelegate(look), tr("Lines of the ticket"))
        self.lines.setObjectName("returnable-lines")
        self.lines.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.lines.clicked.connect(lambda index: self.line_touched.emit(int(model.key_at(index))))
        self._acts = self._build_acts(look)
        box = column(self._title, self._detail, self._became, self.lines, self.question, self._acts)
        box.setStretch(3, 1)
        return pane(box)

    def _build_acts(self, look: Look) -> QWidget:
        grid = QGridLayout()
        grid.setSpacing(Space.INSIDE)
        grid.setContentsMargins(0, 0, 0, 0)
        letters = (
            ("t", tr("All"), "all"),
            ("b", tr("Damaged"), "broken"),
            ("p", tr("Duplicate"), "duplicate"),
            ("g", tr("Gift"), "gift"),
            ("x", tr("Cancel"), "cancel"),
            ("c", tr("Correct"), "correct"),
            ("m", tr("Payment"), "means"),
        )
        self._letters = {}
        for place, (letter, text, name) in enumerate(letters):
            made = button(look, text, letter.upper(), name=f"ticket-{name}")
            made.clicked.connect(lambda _checked=False, letter=letter: self.key.emit(letter))
            self._letters[letter] = made
            grid.addWidget(made, place // 4, place % 4)
        back = button(look, tr("Back"), tr("Esc"), name="close-ticket")
        back.clicked.connect(lambda _checked=False: self.back.emit())
        grid.addWidget(back, 1, 3)
        self.take_back = button(look, tr("Take back"), tr("Enter"), Kind.MAIN, "undo-2", name="take-back")
        self.take_back.clicked.connect(lambda _checked=False: self.entered.emit())
        self._pieces = [
            self._piece_button(look, *each)
            for each in (
                ("minus", "−", tr("One less"), "returned-less", self.one_less),
                ("plus", "+", tr("One more"), "returned-more", self.one_more),
            )
        ]
        last = row(*self._pieces, self.take_back, gap=Space.INSIDE)
        last.setStretch(2, 1)
        grid.addLayout(last, 2, 0, 1, 4)
        for place in range(4):
            grid.setColumnStretch(place, 1)
        return pane(grid)

    @staticmethod
    def _piece_button(look: Look, icon: str, key: str, words: str, name: str, told: SignalInstance) -> ActionButton:
        made = button(look, "", key, icon=icon, name=name, on_click=told.emit, tall=True)
        made.setAccessibleName(words)
        made.setToolTip(words)
        return made

    def _show_ticket(self, state: ReturnsState) -> None:
        ticket = state.ticket
        if ticket is None:
            return
        self._title.set_name(words.ticket_title(ticket))
        self._detail.set_name(words.ticket_detail(ticket))
        became = words.ticket_state(ticket)
        self._became.setText(became)
        self._became.setVisible(bool(became))
        shown = [
            LineShown(entry, state.chosen.get(entry.line.line_no, 0), entry.line.line_no in state.broken)
            for entry in ticket.lines
        ]
        self.lines.replace_rows(shown)
        if self.lines.select_key(str(state.active)):
            self.lines.scrollTo(self.lines.currentIndex())
        asking = state.page in (Page.REASON, Page.MEANS)
        self._acts.setVisible(not asking)
        self.question.setVisible(asking)
        if state.page is Page.REASON:
            self._ask_reason(state)
        elif state.page is Page.MEANS:
            self._ask_means(state)
        self.take_back.set_text(words.bring_back_words(state))
        self.take_back.setEnabled(bool(state.chosen))
        marked = ticket.line(state.active)
        for made in self._pieces:
            made.setEnabled(marked is not None and bool(marked.quantity))
        self._letters["b"].setEnabled(bool(state.chosen.get(state.active)))
        self._letters["t"].setEnabled(any(entry.quantity for entry in ticket.lines))
        for letter in "xc":
            self._letters[letter].setEnabled(not ticket.cancelled)
        self._letters["m"].setEnabled(not ticket.cancelled and bool(ticket.payments))

    def _ask_reason(self, state: ReturnsState) -> None:
        answers = [
            Answer(
                reason.said, str(place), f"why-{place}", lambda place=place: self.key.emit(str(place)), main=place == 1
            )
            for place, reason in enumerate(usual_reasons(ReasonFor.CANCELLING), start=1)
        ]
        hint = tr("A figure chooses; Enter takes the first; or type your own words.")
        self.question.ask(words.reason_title(state), hint, answers, columns=2, low=True)

    def _ask_means(self, state: ReturnsState) -> None:
        answers = [
            Answer(messages.payment_means(means), letter.upper(), f"to-{means}", lambda key=letter: self.key.emit(key))
            for letter, means in NEW_MEANS_KEYS.items()
            if means is not state.means_from
        ]
        hint = tr("The ticket stays as it is; the correction is a document of its own.")
        if state.ticket is not None and len(state.ticket.payments) > 1:
            hint += " " + tr("Arrow down: the other payment of this ticket.")
        self.question.ask(words.means_title(state), hint, answers, columns=3, low=True)
