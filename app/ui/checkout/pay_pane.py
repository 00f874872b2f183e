"""Owns how paying is shown: what is left to pay, what was received, the ways to pay, the change. Decides nothing."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from app.domain.money import ZERO, Money
from app.domain.sale import Payment
from app.i18n import tr
from app.ui import messages
from app.ui.checkout import words
from app.ui.checkout.payment import MEANS_KEYS
from app.ui.checkout.pieces import Answer, Keypad, QuestionCard, button
from app.ui.checkout.state import ReceiptCode, SaleState, Step
from app.ui.components.buttons import Kind
from app.ui.components.layouts import clear, column, pane, row
from app.ui.components.qr_picture import QrPicture
from app.ui.components.spoken import announce
from app.ui.components.text import label, set_role
from app.ui.paper_words import code_words, in_other_language
from app.ui.style.look import Look
from app.ui.style.tokens import ICON_EMPTY_PX, MAIN_ACTION_PX, TARGET_PX, Role, Space, Type
from app.usecases.take_payment import REFUND_MEANS

_SHORT = 8
"""Characters of an amount that fits beside the keypad in the largest type on the smallest window."""

_ROOM_FOR_NOTES_PX = 448

_NOTES = (Money(500), Money(1000), Money(2000), Money(5000))


class PayPane(QWidget):
    """The left 60 % while paying.

    Signals:
        exact: cash, to the cent; given: an amount in cash by one touch (cents).
        means: another means (its value); ticket: print with the sale or not.
        received, refused, unknown: the answer about a means that is checked elsewhere.
        discount: a discount before paying; taken_back: the payment received last does not count.
    """

    exact = Signal()
    given = Signal(int)
    means = Signal(str)
    ticket = Signal()
    received = Signal()
    refused = Signal()
    unknown = Signal()
    discount = Signal()
    taken_back = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._refund = False
        self.title = label(tr("Left to pay"), Type.TITLE, Role.MUTED)
        self.remainder = label("", Type.ALONE, strong=True)
        self.remainder.setObjectName("remainder")
        self._received = QVBoxLayout()
        self._received.setSpacing(Space.HAIR)
        self.question = QuestionCard(look)
        self.question.hide()
        self.keypad = Keypad(look)
        self._ways = self._build_ways(look)
        self._papers = label("", Type.CAPTION, Role.MUTED, wrap=True)
        self._papers.setObjectName("papers")
        figures = column(self.title, self.remainder, self._received, None, self._papers, gap=0)
        upper = row(figures, self.keypad, gap=Space.BETWEEN)
        upper.setStretch(0, 1)
        upper.setAlignment(self.keypad, Qt.AlignmentFlag.AlignTop)
        self.setLayout(column(upper, self.question, None, self._ways, gap=Space.INSIDE))

    def show_state(self, state: SaleState) -> None:
        left = state.remainder
        to_do = tr("To give back") if state.tendering.is_refund else tr("Left to pay")
        self.title.setText(tr("Too much received") if left < ZERO else to_do)
        amount = messages.amount(max(left, -left))
        self.remainder.setText(amount)
        set_role(self.remainder, str(int(Type.ALONE if len(amount) <= _SHORT else Type.AMOUNT)), "scale")
        set_role(self.remainder, Role.DANGER if left < ZERO else Role.TEXT)
        self._show_received(state)
        asking = state.step is Step.CONFIRM and state.asked is not None
        self._ways.setVisible(not asking)
        self.question.setVisible(asking)
        if asking and state.asked is not None:
            self._ask(state)
        self._ways.setEnabled(state.step is Step.PAY)
        self._show_ways(state)
        self._papers.setVisible(not asking)
        self._papers.setText(words.papers_words(state))

    def _ask(self, state: SaleState) -> None:
        title = tr("{means}: {amount}").format(
            means=messages.payment_means(state.asked.means), amount=messages.amount(state.asked.amount)
        )
        answers = [
            Answer(words.received_words(state), tr("Enter"), "received", self.received.emit, main=True),
            Answer(tr("Refused"), "X", "refused", self.refused.emit),
        ]
        if state.asked.attempt_id:
            answers.append(Answer(tr("I do not know"), "N", "unknown", self.unknown.emit))
        self.question.ask(title, words.confirm_hint(state), answers, columns=len(answers))

    def _show_received(self, state: SaleState) -> None:
        clear(self._received)
        for payment in state.payments:
            self._received.addWidget(label(_payment_words(payment), Type.LEAD, Role.SUCCESS))
        for below in (self._papers, self.keypad, self.question, self._ways):
            below.raise_()  # told after what was received, as it is read

    def _show_ways(self, state: SaleState) -> None:
        left, refund = state.remainder, state.tendering.is_refund
        self._exact.set_text(words.exact_words(state))
        if refund != self._refund:
            self._refund = refund
            self._place_means(refund)
        self._show_notes()
        for note, made in self._notes:
            made.setEnabled(left > ZERO and note > left)
        self._discount.setVisible(not refund and not state.payments)
        self._take_back.setVisible(bool(state.payments))
        self._ticket.set_text(tr("Ticket: yes") if state.print_receipt else tr("Ticket: no"))

    def _place_means(self, refund: bool) -> None:
        """Only what money can go back by, without holes between."""
        fitting = [made for means, made in self._means.items() if not refund or means in REFUND_MEANS]
        for made in self._means.values():
            self._grid.removeWidget(made)
        for place, made in enumerate(fitting):
            self._grid.addWidget(made, 2 + place // 3, place % 3 * 4, 1, 4)
        for made in self._means.values():
            made.setVisible(made in fitting)

    def _show_notes(self) -> None:
        """The one-touch notes give way first in a low window: an amount can always be typed."""
        low = self.height() < _ROOM_FOR_NOTES_PX
        for _note, made in self._notes:
            made.setVisible(not self._refund and not low)
        for made in (self._exact, self._ticket):
            made.setFixedHeight(TARGET_PX if low else MAIN_ACTION_PX)

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self._show_notes()

    def _build_ways(self, look: Look) -> QWidget:
        grid = QGridLayout()
        grid.setSpacing(Space.INSIDE)
        grid.setContentsMargins(0, 0, 0, 0)
        self._exact = button(look, tr("Exact cash"), tr("Enter"), Kind.MAIN, "banknote", name="exact-cash")
        self._exact.clicked.connect(lambda _checked=False: self.exact.emit())
        grid.addWidget(self._exact, 0, 0, 1, 6)
        self._ticket = button(look, tr("Ticket: no"), "P", icon="printer", name="toggle-ticket", tall=True)
        self._ticket.clicked.connect(lambda _checked=False: self.ticket.emit())
        grid.addWidget(self._ticket, 0, 6, 1, 6)
        self._notes = []
        for place, note in enumerate(_NOTES):
            said = messages.amount(note)
            made = button(look, said, name=f"note-{note.minor}")
            made.setAccessibleName(tr("{amount} given in cash").format(amount=said))
            made.clicked.connect(lambda _checked=False, minor=note.minor: self.given.emit(minor))
            self._notes.append((note, made))
            grid.addWidget(made, 1, place * 3, 1, 3)
        self._means = {}
        for key, means in MEANS_KEYS.items():
            made = button(look, messages.payment_means(means), key.upper(), name=f"means-{means}")
            made.clicked.connect(lambda _checked=False, value=str(means): self.means.emit(value))
            self._means[means] = made
        self._discount = button(look, tr("Discount"), "Ctrl+D", name="discount-while-paying")
        self._discount.clicked.connect(lambda _checked=False: self.discount.emit())
        grid.addWidget(self._discount, 3, 8, 1, 4)
        self._take_back = button(
            look, tr("Remove payment"), tr("Del"), name="payment-back", on_click=self.taken_back.emit
        )
        self._take_back.setAccessibleName(tr("Take the last payment back"))
        self._take_back.hide()
        grid.addWidget(self._take_back, 3, 8, 1, 4)
        self._grid = grid
        for place in range(12):
            grid.setColumnStretch(place, 1)
        ways = pane(grid)
        self._place_means(refund=False)
        return ways


_AROUND_CODE_PX = 2 * MAIN_ACTION_PX + 2 * Space.AROUND + 4 * Space.BETWEEN
"""What the page needs beside a code."""


class PaidPage(QWidget):
    """The change, alone on the screen until the next scan.

    Signals:
        print_pressed, phone_pressed, other_language_pressed, gift_pressed, tickets_pressed, next_pressed: the buttons.
    """

    print_pressed = Signal()
    phone_pressed = Signal()
    other_language_pressed = Signal()
    gift_pressed = Signal()
    tickets_pressed = Signal()
    next_pressed = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._icon = QLabel()
        self._word = label("", Type.HEAD, Role.SUCCESS, strong=True)
        self.change = label("", Type.ALONE, strong=True)
        self.change.setObjectName("change")
        self._announced = ""
        self._detail = label("", Type.LEAD, Role.MUTED)
        self._order = label("", Type.LEAD, Role.SUCCESS, strong=True)
        self._said = label("", Type.BODY, Role.SUCCESS)
        hint = label(tr("The next scan starts the next sale"), Type.BODY, Role.MUTED)
        centred = (self._icon, self._word, self.change, self._detail, self._order, self._said, hint)
        for text in centred:
            text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        printing = button(look, tr("Print the ticket"), "P", icon="printer", name="print-ticket", tall=True)
        phone = button(look, tr("Ticket on the phone"), "T", name="show-code", tall=True)
        phone.clicked.connect(lambda _checked=False: self.phone_pressed.emit())
        self._code = QrPicture(tr("The ticket as a QR"))
        self._code.setObjectName("receipt-code")
        self._code.hide()
        self._code_words = label("", Type.LEAD)
        self._code_words.setObjectName("receipt-code-words")
        self._code_words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._other = other = button(look, in_other_language(), "E", name="print-other-language", tall=True)
        other.clicked.connect(lambda _checked=False: self.other_language_pressed.emit())
        gift = button(look, tr("Gift receipt"), "G", name="print-gift", tall=True)
        gift.clicked.connect(lambda _checked=False: self.gift_pressed.emit())
        tickets = button(look, tr("Tickets, returns"), "F11", icon="history", name="show-tickets", tall=True)
        following = button(look, tr("Next customer"), tr("Esc"), name="next-customer", tall=True)
        printing.clicked.connect(lambda _checked=False: self.print_pressed.emit())
        tickets.clicked.connect(lambda _checked=False: self.tickets_pressed.emit())
        following.clicked.connect(lambda _checked=False: self.next_pressed.emit())
        papers = row(None, printing, phone, other, None, gap=Space.INSIDE)
        onward = row(None, gift, tickets, following, None, gap=Space.INSIDE)
        self._told = pane(column(None, *centred, None, gap=Space.INSIDE))
        shown = row(None, self._code, None)
        whole = column(self._told, None, shown, self._code_words, None, papers, onward, gap=Space.INSIDE)
        whole.setContentsMargins(Space.AROUND, Space.BETWEEN, Space.AROUND, Space.AROUND)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        self._code_words.hide()
        look.changed.connect(self._recolour)
        self._recolour()

    def show_state(self, state: SaleState, said: str) -> None:
        done = state.done
        if done is None:
            return
        total = messages.amount(done.sale.total)
        given_back = -done.sale.total if done.sale.total < ZERO else state.change
        paid_words = tr("Training: nothing is sold") if done.sale.is_training else tr("Paid, nothing to give back")
        back_words = tr("Given back") if done.sale.total < ZERO else tr("Change")
        self._other.set_text(in_other_language(state.customers_language))
        self._word.setText(back_words if given_back else paid_words)
        self.change.setText(messages.amount(given_back) if given_back else total)
        self.change.setAccessibleName(f"{self._word.text()} {self.change.text()}")
        if self._announced != done.sale.display_number:
            self._announced = done.sale.display_number
            announce(self.change, self.change.accessibleName(), at_once=True)
        paid = "  ·  ".join(_payment_words(payment) for payment in done.sale.payments)
        parts = [tr("Ticket {number}").format(number=done.sale.display_number)]
        parts += [tr("Total {amount}").format(amount=total), paid]
        self._detail.setText("  ·  ".join(part for part in parts if part))
        handed_over = done.handover.order.order if done.handover is not None else None
        self._order.setVisible(handed_over is not None)
        if handed_over is not None:
            words = tr("Order {number} handed over to {name}")
            self._order.setText(words.format(number=handed_over.number, name=handed_over.customer_name))
        self._said.setText(said)
        self._said.setVisible(bool(said))
        self._show_code(state.code if state.shows_code else None)

    def _show_code(self, code: ReceiptCode | None) -> None:
        self._told.setVisible(code is None)
        self._code.show_modules(code.modules if code is not None else (), self.height() - _AROUND_CODE_PX)
        self._code_words.setVisible(code is not None)
        if code is not None:
            self._code_words.setText(code_words(code.whole))

    def _recolour(self) -> None:
        self._icon.setPixmap(self._look.pixmap("circle-check", Role.SUCCESS, ICON_EMPTY_PX))


def _payment_words(payment: Payment) -> str:
    amount = messages.amount(max(payment.tendered, -payment.tendered))
    return f"{messages.payment_means(payment.means)} {amount}"
