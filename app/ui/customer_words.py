"""Owns what the customer reads on the second screen at each step of a sale and of a pickup, as one frozen value. No Qt.

Never a customer's name, an order's number or a code: whoever waits behind reads it too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from app.domain.catalogue import Unit
from app.domain.money import ZERO, Money, total_of
from app.domain.order import VerdictKind
from app.domain.sale import BasketLine, Payment
from app.i18n import tr
from app.ui import messages
from app.ui.checkout.state import SaleState, Step
from app.ui.pickup.state import PickupState
from app.usecases.find_order import HowFound

_STILL_ADDING = frozenset({Step.SELL, Step.WEIGH, Step.RATE, Step.DISCOUNT, Step.REASON, Step.DOUBT})


class PageKind(StrEnum):
    """What the screen is about; `DONE` holds good for a while only."""

    IDLE = "idle"
    BASKET = "basket"
    ASKED = "asked"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class CustomerLine:
    """One article; `detail` says quantity and price of one, "" for a single piece."""

    label: str
    detail: str
    amount: str


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """All that stands on the screen.

    Attributes:
        icon: of the icon set, beside `head`; "" for none.
        lines: of the basket, oldest first; the last one is the one worked on.
        what, amount: the one amount that counts, and what it is.
        also: further amounts with what they are.
        training: nothing of this is real.
        code: the ticket as the rows of a QR's modules, for the customer's phone, () for none; `code_words` says so.
    """

    kind: PageKind
    head: str = ""
    icon: str = ""
    lines: tuple[CustomerLine, ...] = ()
    what: str = ""
    amount: str = ""
    also: tuple[tuple[str, str], ...] = ()
    training: bool = False
    code: tuple[tuple[bool, ...], ...] = ()
    code_words: str = ""

    @property
    def spoken(self) -> str:
        """All of it in one sentence, for screen readers."""
        lines = [" ".join((line.label, line.detail, line.amount)) for line in self.lines]
        also = [" ".join(pair) for pair in self.also]
        parts = (self.head, *lines, f"{self.what} {self.amount}".strip(), *also, self.code_words)
        return ", ".join(part for part in parts if part)


IDLE = CustomerPage(PageKind.IDLE)


def page_of_sale(state: SaleState) -> CustomerPage:
    """What the customer of this sale reads; `IDLE` between two."""
    training = bool(state.training)
    if state.done is not None and state.step is Step.PAID:
        sale = state.done.sale
        return _with_code(_paid(sale.total, sale.payments, state.change, training), state)
    if not state.basket.lines:
        return IDLE
    total = state.basket.total
    if state.step in _STILL_ADDING:
        lines = tuple(_line(line) for line in _active_last(state))
        said = tr("Total") if total >= ZERO else tr("To give back")
        return CustomerPage(
            PageKind.BASKET, lines=lines, what=said, amount=messages.amount(_size_of(total)), training=training
        )
    return _asked(state, training)


def page_of_pickup(state: PickupState) -> CustomerPage:
    """What whoever fetches an order reads; `IDLE` while none is shown to them.

    A card that was chosen from the list is the counter's own business until its goods leave.
    """
    card = state.card
    if card is None:
        return IDLE
    if card.just_handed_over:
        return CustomerPage(PageKind.DONE, tr("Here is your order. Thank you!"), "package-check")
    if card.how is HowFound.NAME:
        return IDLE
    if card.verdict.kind is VerdictKind.READY:
        what, amount = (tr("Left to pay"), messages.amount(card.amount_due)) if card.amount_due else ("", "")
        return CustomerPage(PageKind.ASKED, tr("Your order is ready"), "package-check", what=what, amount=amount)
    if card.verdict.kind is VerdictKind.NOT_READY:
        return CustomerPage(PageKind.ASKED, tr("Your order is being prepared"), "hourglass")
    return CustomerPage(PageKind.ASKED, tr("One moment, please"), "clock")


def greeting() -> str:
    """Between two customers."""
    return tr("Welcome")


def training_words() -> str:
    """Over everything while the till is used for training."""
    return tr("Training: nothing is sold")


def _active_last(state: SaleState) -> list[BasketLine]:
    lines = [line for line in state.basket.lines if line.line_id != state.active]
    return lines + [line for line in state.basket.lines if line.line_id == state.active]


def _line(line: BasketLine) -> CustomerLine:
    single = line.unit is Unit.PIECE and abs(line.quantity) == 1
    price = messages.unit_price(line.unit_price, line.unit)
    detail = "" if single else f"{messages.quantity(abs(line.quantity), line.unit)}\u00a0× {price}"
    if line.fixed_total is not None and not single:
        detail = messages.quantity(abs(line.quantity), line.unit)
    if line.discount > ZERO:
        off = tr("−{amount} off").format(amount=messages.amount(line.discount))
        detail = f"{detail}  ·  {off}" if detail else off
    rest_of_order = line.order_id and not line.product_id  # its label has the order's number
    return CustomerLine(tr("On-line order") if rest_of_order else line.label, detail, messages.amount(line.total))


def _asked(state: SaleState, training: bool) -> CustomerPage:
    total, given = state.basket.total, total_of([payment.amount for payment in state.payments])
    refund = total < ZERO
    if not given:
        what = tr("To give back") if refund else tr("To pay")
        return CustomerPage(PageKind.ASKED, what=what, amount=messages.amount(_size_of(total)), training=training)
    also = (
        (tr("Total"), messages.amount(_size_of(total))),
        (tr("Given back") if refund else tr("Received"), messages.amount(_size_of(given))),
    )
    what = tr("Still to give back") if refund else tr("Left to pay")
    left = messages.amount(max(state.remainder, ZERO))
    return CustomerPage(PageKind.ASKED, what=what, amount=left, also=also, training=training)


def _paid(total: Money, payments: tuple[Payment, ...], change: Money, training: bool) -> CustomerPage:
    thanks = tr("Thank you, see you soon")
    if total < ZERO:
        what, amount, also = tr("Given back"), _size_of(total), ()
    elif change > ZERO:
        received = total_of([payment.tendered for payment in payments])
        what, amount = tr("Your change"), change
        also = ((tr("Paid"), messages.amount(total)), (tr("Received"), messages.amount(received)))
    else:
        what, amount, also = tr("Paid"), total, ()
    return CustomerPage(
        PageKind.DONE, thanks, "circle-check", what=what, amount=messages.amount(amount), also=also, training=training
    )


def _with_code(paid: CustomerPage, state: SaleState) -> CustomerPage:
    """Beside the thanks, or alone for as long as it was asked for."""
    code = state.code
    if code is None:
        return paid
    words = tr("Your ticket, for your phone") if code.whole else tr("Your ticket without its articles, for your phone")
    if state.shows_code:
        return CustomerPage(PageKind.ASKED, training=paid.training, code=code.modules, code_words=words)
    return replace(paid, code=code.modules, code_words=words)


def _size_of(amount: Money) -> Money:
    return -amount if amount < ZERO else amount
