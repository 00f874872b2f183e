"""Owns what the signs of the numeric pad mean at each step, so that one hand on it runs a whole sale. No widget.

+      one more; the weight of the scale; from the payment on: the ticket
-      one less; while paying: one step back
*      quantity; while paying: card
/      a tile by its number; the next VAT rate; refused
Enter  goes on; 0 and 1 answer no and yes. Digits, the decimal mark and `*` are the one box's own.
"""

from __future__ import annotations

from app.ui.checkout.flow import SaleFlow
from app.ui.checkout.lines import BasketLines
from app.ui.checkout.payment import PaymentDesk
from app.ui.checkout.state import NoticeKind, Step

_ASKING = frozenset({Step.WEIGH, Step.RATE, Step.AGE, Step.DISCOUNT, Step.REASON, Step.DOUBT})


class NumericPad:
    """The signs that type nothing."""

    def __init__(self, flow: SaleFlow, lines: BasketLines, payment: PaymentDesk) -> None:
        self._flow = flow
        self._lines = lines
        self._payment = payment

    def plus(self) -> None:
        """`+` in the empty box."""
        step = self._flow.state.step
        if step is Step.SELL:
            self._flow.when_free(lambda: self._lines.add_pieces(1))
        elif step in (Step.PAY, Step.PAID):
            self._flow.when_free(self._payment.ask_for_ticket)

    def minus(self) -> bool:
        """`-` in the empty box; False if the step is to be left, as by Esc."""
        step = self._flow.state.step
        if step is Step.SELL:
            self._flow.when_free(lambda: self._lines.add_pieces(-1))
        elif step is Step.PAY and self._flow.state.payments:
            self._flow.when_free(self._payment.remove_last)
        elif step is Step.CONFIRM:
            self._flow.when_free(self._payment.unknown)
        else:
            return step is not Step.PAY and step not in _ASKING
        return True

    def next_rate(self, rates: tuple[int, ...]) -> None:
        """RATE: Enter will take the next of the VAT rates, in basis points."""
        state = self._flow.state
        at = rates.index(state.suggested_rate_bp) if state.suggested_rate_bp in rates else -1
        self._flow.change(suggested_rate_bp=rates[(at + 1) % len(rates)])

    def refuse_tile(self, text: str) -> None:
        """No tile has this number."""
        self._flow.refuse(NoticeKind.NO_MATCH, text=text)
