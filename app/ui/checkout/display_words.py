"""Owns what the customer reads on a line display at each step of the sale. No Qt, no decision, no device.

A display has some twenty characters a line: words are short, amounts are never cut.
"""

from __future__ import annotations

from app.domain.catalogue import Unit
from app.domain.money import ZERO, Money, total_of
from app.domain.sale import BasketLine, Payment
from app.i18n import tr
from app.ui import messages
from app.ui.checkout.state import SaleState, Step
from app.usecases.counter_devices import DisplayRow

Rows = tuple[DisplayRow, DisplayRow]

_STILL_ADDING = frozenset({Step.SELL, Step.WEIGH, Step.RATE, Step.DISCOUNT, Step.REASON})


def greeting() -> Rows:
    """Between two customers."""
    return DisplayRow(tr("Welcome")), DisplayRow()


def till_closed() -> Rows:
    """When the till has ended."""
    return DisplayRow(tr("Till closed")), DisplayRow()


def trial_rows() -> Rows:
    """What a display shows when somebody tries it."""
    return DisplayRow(tr("Hello"), "é è à ç ù €"), DisplayRow(tr("Display works"), messages.amount(Money(1234_50)))


def display_rows(state: SaleState) -> Rows:
    """What stands on the display now."""
    total = state.basket.total
    if state.done is not None and state.step is Step.PAID:
        return _paid(state.done.sale.total, state.done.sale.payments, state.change)
    if not state.basket.lines:
        return greeting()
    line = next((line for line in state.basket.lines if line.line_id == state.active), state.basket.lines[-1])
    if state.step in _STILL_ADDING:
        return _line_row(line), _amount_row(tr("Total"), total)
    still = DisplayRow()
    if state.payments:
        still = _amount_row(tr("Left to pay"), state.remainder)
    return _amount_row(tr("To pay") if total >= ZERO else tr("To give back"), _size_of(total)), still


def _size_of(amount: Money) -> Money:
    return -amount if amount < ZERO else amount


def _paid(total: Money, payments: tuple[Payment, ...], change: Money) -> Rows:
    if total < ZERO:
        return _amount_row(tr("Given back"), _size_of(total)), DisplayRow(tr("Thank you"))
    given = total_of([payment.tendered for payment in payments])
    if change > ZERO:
        return _amount_row(tr("Received"), given), _amount_row(tr("Change"), change)
    return _amount_row(tr("Paid"), total), DisplayRow(tr("Thank you"))


def _line_row(line: BasketLine) -> DisplayRow:
    several = line.unit is Unit.PIECE and abs(line.quantity) > 1
    return _amount_row(f"{abs(line.quantity)} x {line.label}" if several else line.label, line.total)


def _amount_row(words: str, amount: Money) -> DisplayRow:
    return DisplayRow(words, messages.amount(amount))
