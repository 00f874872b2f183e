"""Owns the steps of paying: proof of age, cash and change, other means, the sale recorded, the ticket asked for.

Never changes lines. Cash counts as received only with the sale it ends; what was taken by other means stays on screen
until the sale is recorded or a person removes it.
"""

from __future__ import annotations

import re

from app.domain.money import ZERO, Money, parse_amount
from app.domain.sale import Basket, PaymentMeans
from app.ui.checkout.flow import SaleFlow
from app.ui.checkout.lines import BasketLines
from app.ui.checkout.state import AskedPayment, Notice, NoticeKind, Step, Tendering
from app.usecases.print_document import print_receipt_copy
from app.usecases.sell_at_counter import SaleDone, SaleRefusal, SaleRefused, SaleRequest, sell_at_counter

MEANS_KEYS = {
    "c": PaymentMeans.CARD,
    "h": PaymentMeans.CHEQUE,
    "t": PaymentMeans.MEAL_VOUCHER,
    "b": PaymentMeans.GIFT_VOUCHER,
}
"""Letters of the means other than cash, in the payment step."""

MOST_CHANGE = Money(500_00)
"""More change than the biggest note: the amount given was mistyped."""

_TENDERED = re.compile(r"^\d{1,6}(?:[.,]\d{1,2})?\s*€?$")


def parse_tendered(text: str) -> Money | None:
    """An amount given, as typed in the payment step; None for anything longer, such as a code."""
    cleaned = text.strip()
    return parse_amount(cleaned) if _TENDERED.match(cleaned) else None


class PaymentDesk:
    """From "how much is it?" to the recorded sale."""

    def __init__(self, flow: SaleFlow, lines: BasketLines) -> None:
        self._flow = flow
        self._lines = lines

    def begin(self) -> None:
        """Go to the payment; proof of majority comes first where a line asks for it."""
        state = self._flow.state
        if not state.basket.lines:
            self._flow.refuse(NoticeKind.EMPTY_BASKET)
        elif state.age_limit and not state.of_age:
            self._flow.change(step=Step.AGE, notice=None)
        else:
            self._flow.change(step=Step.PAY, next_thousandths=None, notice=None)

    def answer_age(self, *, of_age: bool) -> None:
        if self._flow.state.step is not Step.AGE:
            return
        if of_age:
            self._flow.change(step=Step.PAY, of_age=True, notice=None)
        else:
            self._flow.change(step=Step.SELL)
            self._flow.refuse(NoticeKind.NOT_OF_AGE, age=self._flow.state.age_limit)

    # --- receiving ---------------------------------------------------------------------------------------------------

    def exact_cash(self) -> None:
        """Enter in the empty box: the remainder, in cash and to the cent."""
        tendering = self._flow.state.tendering
        if tendering.remainder < ZERO:
            self._flow.refuse(NoticeKind.PAID_TOO_MUCH, amount=-tendering.remainder)
        elif tendering.remainder:
            self._settle(tendering.with_cash(tendering.remainder))
        else:
            self._settle(tendering)

    def cash(self, given: Money) -> None:
        """An amount in cash: part of the remainder, or more with change."""
        tendering = self._flow.state.tendering
        if tendering.remainder < ZERO:
            self._flow.refuse(NoticeKind.PAID_TOO_MUCH, amount=-tendering.remainder)
        elif given <= ZERO or given - tendering.remainder > MOST_CHANGE:
            self._flow.refuse(NoticeKind.AMOUNT_UNCLEAR, amount=given)
        elif given < tendering.remainder:
            self._flow.change(payments=tendering.with_cash(given).payments, notice=None)
        else:
            self._settle(tendering.with_cash(given))

    def ask(self, means: PaymentMeans, amount: Money | None = None) -> None:
        """Another means for an amount (default: the remainder): wait for "received" or "refused"."""
        remainder = self._flow.state.remainder
        wanted = remainder if amount is None else amount
        if remainder < ZERO:
            self._flow.refuse(NoticeKind.PAID_TOO_MUCH, amount=-remainder)
        elif wanted > remainder:
            self._flow.refuse(NoticeKind.NO_CHANGE_ON_THIS, means=means, amount=wanted, remainder=remainder)
        elif wanted > ZERO:
            self._flow.change(step=Step.CONFIRM, asked=AskedPayment(means, wanted), notice=None)

    def received(self) -> None:
        """CONFIRM: the terminal said yes, the cheque or voucher is in the drawer."""
        asked = self._flow.state.asked
        if self._flow.state.step is not Step.CONFIRM or asked is None:
            return
        tendering = self._flow.state.tendering.with_other(asked.means, asked.amount)
        self._flow.change(step=Step.PAY, asked=None, payments=tendering.payments, notice=None)
        if not tendering.remainder:
            self._settle(tendering)

    def refused(self) -> None:
        """CONFIRM: no money came; the remainder is still to be paid."""
        asked = self._flow.state.asked
        if self._flow.state.step is not Step.CONFIRM or asked is None:
            return
        self._flow.change(step=Step.PAY, asked=None)
        self._flow.refuse(NoticeKind.PAYMENT_REFUSED, means=asked.means, amount=asked.amount)

    def remove_last(self) -> None:
        """Del in the payment: the last payment goes back to the customer."""
        tendering = self._flow.state.tendering
        if tendering.payments:
            last = tendering.payments[-1]
            self._flow.change(payments=tendering.without_last().payments)
            self._flow.say(NoticeKind.PAYMENT_REMOVED, means=last.means, amount=last.tendered)

    # --- letters -----------------------------------------------------------------------------------------------------

    def letter(self, key: str) -> bool:
        """A letter in the empty box; True if it means something at this step."""
        step = self._flow.state.step
        if step is Step.PAY and key in MEANS_KEYS:
            self._flow.when_free(lambda: self.ask(MEANS_KEYS[key]))
        elif step in (Step.PAY, Step.PAID) and key == "p":
            self._flow.when_free(self.ask_for_ticket)
        elif step is Step.CONFIRM and key in "rx":
            self._flow.when_free(self.refused)
        else:
            return step is Step.CONFIRM and key.isalpha()
        return True

    def take_letter_after_amount(self, text: str) -> bool:
        """`10c` in the payment: ten by card. True if it was such a thing."""
        key, amount = text[-1:].lower(), parse_tendered(text[:-1])
        if self._flow.state.step is not Step.PAY or key not in MEANS_KEYS or amount is None:
            return False
        self._flow.when_free(lambda: self.ask(MEANS_KEYS[key], amount))
        return True

    # --- the ticket --------------------------------------------------------------------------------------------------

    def ask_for_ticket(self) -> None:
        """P: before the end, print with the sale or not; after it, print now."""
        state, around = self._flow.state, self._flow.around
        if state.step is not Step.PAID or state.done is None:
            self._flow.change(print_receipt=not state.print_receipt)
            return
        sale_id, operator = state.done.sale.sale_id, around.operator()
        self._flow.ask_store(
            lambda: print_receipt_copy(around.counter, sale_id, operator),
            lambda _job: self._flow.say(NoticeKind.PRINT_ASKED),
        )

    # --- the end -----------------------------------------------------------------------------------------------------

    def _settle(self, tendering: Tendering) -> None:
        state, around = self._flow.state, self._flow.around
        request = SaleRequest(
            basket=state.basket,
            payments=tendering.payments,
            operator=around.operator(),
            handover=state.order.request if state.order is not None else None,
            print_receipt=state.print_receipt,
            age_confirmed_by=around.operator() if state.of_age else "",
        )
        self._flow.change(step=Step.SETTLING, notice=None)
        self._flow.ask_store(lambda: sell_at_counter(around.counter, request), self._answered, self._not_recorded)

    def _answered(self, answer: SaleDone | SaleRefused) -> None:
        if isinstance(answer, SaleRefused):
            self._flow.change(step=Step.PAY)
            self._say_why(answer)
            return
        self._lines.forget_past()
        self._flow.change(
            step=Step.PAID,
            done=answer,
            basket=Basket(),
            active="",
            payments=(),
            order=None,
            of_age=False,
            notice=None,
        )
        self._flow.view.play("sale")

    def _say_why(self, answer: SaleRefused) -> None:
        if answer.reason is SaleRefusal.HANDOVER_REFUSED:
            self._flow.refuse(NoticeKind.HANDOVER_REFUSED, verdict=answer.verdict)
        else:
            self._flow.refuse(NoticeKind.SALE_REFUSED, reason=answer.reason, missing=answer.missing)

    def _not_recorded(self, error: Exception) -> None:
        self._flow.change(step=Step.PAY, notice=Notice(NoticeKind.STORE_FAILED, {"error": error}))
        self._flow.view.play("stop")
