"""Owns the steps of paying: proof of age, cash and change, other means, money given back, the sale recorded, papers.

Never changes lines. Cash counts as received only with the sale it ends; what was taken by other means stays on screen
until the sale is recorded or a person removes it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from app.domain.card import CardOutcome
from app.domain.merchant import trading_day
from app.domain.money import ZERO, Money, parse_amount
from app.domain.operators import Right
from app.domain.rules_fr import takes_meal_vouchers_on
from app.domain.sale import PaymentMeans
from app.ui.checkout.cards import CardDesk
from app.ui.checkout.flow import SaleFlow
from app.ui.checkout.lines import BasketLines
from app.ui.checkout.state import (
    AskedPayment,
    Notice,
    NoticeKind,
    ReceiptCode,
    SaleState,
    Step,
    Tendering,
    fresh,
)
from app.ui.paper_words import other_language
from app.ui.task_runner import Lane
from app.usecases.print_document import print_gift_receipt, print_receipt_copy
from app.usecases.sell_at_counter import (
    SaleDone,
    SaleRefusal,
    SaleRefused,
    SaleRequest,
    rights_needed,
    sell_at_counter,
)
from app.usecases.take_payment import (
    REFUND_MEANS,
    PaymentVerdict,
    eligible_for_meal_vouchers,
    judge_payments,
    meal_voucher_room,
)

MEANS_KEYS = {
    "c": PaymentMeans.CARD,
    "h": PaymentMeans.CHEQUE,
    "t": PaymentMeans.MEAL_VOUCHER,
    "g": PaymentMeans.GIFT_VOUCHER,
    "a": PaymentMeans.ACCOUNT,
}
"""Letters of the means other than cash, in the payment step."""

ON_THE_PAD = {"*": "c", "/": "x"}
"""The numeric pad alone can run a sale: its signs that mean a letter while paying."""

MOST_CHANGE = Money(500_00)
"""More change than the biggest note: the amount given was mistyped."""

PASSPORT = "pièce d'identité vue"
"""Why more cash than the law allows a resident was taken; kept with the event, in French."""

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
        self.cards = CardDesk(flow, lambda amount, attempt_id: self._add(PaymentMeans.CARD, amount, attempt_id))

    def begin(self) -> None:
        """Go to the payment; proof of majority comes first where a line asks for it."""
        state = self._flow.state
        if not state.basket.lines:
            self._flow.refuse(NoticeKind.EMPTY_BASKET)
        elif state.age_limit and not state.of_age:
            self._flow.change(step=Step.AGE, notice=None)
        else:
            self._flow.change(step=Step.PAY, next_thousandths=None, taking_back=False, notice=None)

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
            self._take(tendering.with_cash(tendering.remainder))
        else:
            self._settle(tendering)

    def cash(self, given: Money) -> None:
        """An amount in cash: part of the remainder, or more with change. Of a refund, never more than is due."""
        tendering = self._flow.state.tendering
        most = tendering.remainder if tendering.is_refund else tendering.remainder + MOST_CHANGE
        if tendering.remainder < ZERO:
            self._flow.refuse(NoticeKind.PAID_TOO_MUCH, amount=-tendering.remainder)
        elif not ZERO < given <= most:
            self._flow.refuse(NoticeKind.AMOUNT_UNCLEAR, amount=given)
        else:
            self._take(tendering.with_cash(given))

    def ask(self, means: PaymentMeans, amount: Money | None = None) -> None:
        """Another means for an amount (default: what it may pay): wait for "received" or "refused"."""
        state = self._flow.state
        remainder = state.remainder
        if remainder < ZERO:
            self._flow.refuse(NoticeKind.PAID_TOO_MUCH, amount=-remainder)
        elif state.tendering.is_refund and means not in REFUND_MEANS:
            self._flow.refuse(NoticeKind.REFUND_MEANS, means=means)
        elif amount is not None and amount > remainder:
            self._flow.refuse(NoticeKind.NO_CHANGE_ON_THIS, means=means, amount=amount, remainder=remainder)
        elif means is PaymentMeans.MEAL_VOUCHER:
            self._ask_voucher(state, amount)
        elif (amount or remainder) <= ZERO:
            return
        elif means is PaymentMeans.CARD and not state.tendering.is_refund and not state.training:
            self.cards.ask(amount or remainder)
        else:
            asked = AskedPayment(means, amount or remainder)
            self._flow.change(step=Step.CONFIRM, asked=asked, notice=None)

    def _ask_voucher(self, state: SaleState, amount: Money | None) -> None:
        """Never more than the eligible lines and the day's limit leave (R27)."""
        day, local_time = self._local_day(), self._local_time()
        room = meal_voucher_room(state.basket, state.payments, state.merchant, day, local_time)
        if room and (amount is None or amount <= room):
            asked = AskedPayment(PaymentMeans.MEAL_VOUCHER, room if amount is None else amount, room=room)
            self._flow.change(step=Step.CONFIRM, asked=asked, notice=None)
        elif not takes_meal_vouchers_on(local_time.date(), sundays_allowed=state.merchant.meal_voucher_sundays):
            self._flow.refuse(NoticeKind.NO_VOUCHER_TODAY)
        elif not eligible_for_meal_vouchers(state.basket):
            self._flow.refuse(NoticeKind.NO_VOUCHER_LINES)
        else:
            self._flow.refuse(NoticeKind.VOUCHER_LESS, room=room)

    def received(self) -> None:
        """CONFIRM: the terminal said yes, the cheque or voucher is in the drawer, the money is given back."""
        asked = self._flow.state.asked
        if self._flow.state.step is not Step.CONFIRM or asked is None:
            return
        if asked.attempt_id:
            self.cards.answered(asked, CardOutcome.ACCEPTED)
        else:
            self._flow.change(step=Step.PAY, asked=None)
            self._add(asked.means, asked.amount)

    def refused(self) -> None:
        """CONFIRM: no money came; the remainder is still to be paid."""
        asked = self._flow.state.asked
        if self._flow.state.step is not Step.CONFIRM or asked is None:
            return
        if asked.attempt_id:
            self.cards.answered(asked, CardOutcome.REFUSED)
        else:
            self._flow.change(step=Step.PAY, asked=None)
            self._flow.refuse(NoticeKind.PAYMENT_REFUSED, means=asked.means, amount=asked.amount)

    def unknown(self) -> None:
        """CONFIRM by card: nobody can tell whether it was paid."""
        asked = self._flow.state.asked
        if self._flow.state.step is Step.CONFIRM and asked is not None and asked.attempt_id:
            self.cards.answered(asked, CardOutcome.UNKNOWN)

    def remove_last(self) -> None:
        """Del in the payment: the last payment goes back to the customer. One by card is then to be undone there."""
        tendering = self._flow.state.tendering
        if tendering.payments:
            last, rest = tendering.payments[-1], tendering.without_last()
            self._flow.change(payments=rest.payments, attempts=rest.attempts)
            self._flow.say(NoticeKind.PAYMENT_REMOVED, means=last.means, amount=abs_of(last.tendered))
            if last.means is PaymentMeans.CARD:
                self.cards.load()

    def abroad(self) -> None:
        """A customer whose home is abroad has shown it: the higher limit for cash holds (R26)."""
        self._flow.change(non_resident_proof=PASSPORT, notice=None)

    def _add(self, means: PaymentMeans, amount: Money, attempt_id: str = "") -> None:
        self._take(self._flow.state.tendering.with_other(means, amount, attempt_id))

    def _take(self, tendering: Tendering) -> None:
        """Take what the law and the shop allow; end the sale once nothing is left to pay."""
        verdict = self._judged(tendering)
        # a terminal's money is there whatever the verdict: the sale says what is wrong with it
        if verdict.refusal is not None and not tendering.card_attempts:
            self._flow.refuse(NoticeKind.PAYMENT_NOT_TAKEN, reason=verdict.refusal, excess=verdict.excess)
        elif tendering.remainder:
            kept = {"payments": tendering.payments, "attempts": tendering.attempts}
            self._flow.change(step=Step.PAY, was_seen=True, notice=None, **kept)
        else:
            self._settle(tendering)

    def _judged(self, tendering: Tendering) -> PaymentVerdict:
        state = self._flow.state
        return judge_payments(
            state.basket,
            tendering.payments,
            state.merchant,
            self._local_day(),
            self._local_time(),
            resident=not state.non_resident_proof,
        )

    def _local_time(self):
        clock = self._flow.around.counter.clock
        return clock.now() + timedelta(minutes=clock.utc_offset_minutes())

    def _local_day(self):
        clock = self._flow.around.counter.clock
        return trading_day(clock.now(), clock.utc_offset_minutes(), self._flow.state.merchant.cutoff_hour)

    # --- letters -----------------------------------------------------------------------------------------------------

    def letter(self, char: str) -> bool:
        """A letter in the empty box; True if it means something at this step."""
        step = self._flow.state.step
        key = ON_THE_PAD.get(char, char)
        if step is Step.PAY and key in MEANS_KEYS:
            self._flow.when_free(lambda: self.ask(MEANS_KEYS[key]))
        elif step in (Step.PAY, Step.PAID) and key == "p":
            self._flow.when_free(self.ask_for_ticket)
        elif step is Step.PAID and key == "g":
            self._flow.when_free(self.ask_for_gift_receipt)
        elif step is Step.PAID and key == "e":
            self._flow.when_free(self.ask_for_other_language)
        elif step is Step.PAID and key == "t":
            self._flow.when_free(self.toggle_code)
        elif step is Step.CONFIRM and key in "rx":
            self._flow.when_free(self.refused)
        elif step is Step.CONFIRM and key in "n?":
            self._flow.when_free(self.unknown)
        elif step is Step.DOUBT and key in DOUBT_KEYS:
            self._flow.when_free(lambda: self.cards.decide(paid=DOUBT_KEYS[key]))
        else:
            return step in (Step.CONFIRM, Step.DOUBT) and key.isalpha()
        return True

    def take_letter_after_amount(self, text: str) -> bool:
        """`10c` in the payment: ten by card. True if it was such a thing."""
        key, amount = ON_THE_PAD.get(text[-1:], text[-1:].lower()), parse_tendered(text[:-1])
        if self._flow.state.step is not Step.PAY or key not in MEANS_KEYS or amount is None:
            return False
        self._flow.when_free(lambda: self.ask(MEANS_KEYS[key], amount))
        return True

    # --- papers ------------------------------------------------------------------------------------------------------

    def ask_for_ticket(self) -> None:
        """P: before the end, print with the sale or not; after it, print now."""
        state = self._flow.state
        if state.step is not Step.PAID or state.done is None:
            self._flow.change(wants_ticket=not state.print_receipt)
            return
        self._print_ticket(state.done.sale.sale_id)

    def ask_for_other_language(self) -> None:
        """PAID, E: the ticket for a customer who reads the other language."""
        done = self._flow.state.done
        if done is not None:
            self._print_ticket(done.sale.sale_id, other_language(self._flow.state.customers_language))

    def _print_ticket(self, sale_id: str, language: str = "") -> None:
        counter, operator = self._flow.around.counter, self._flow.around.operator()
        self._flow.ask_store(
            lambda: print_receipt_copy(counter, sale_id, operator, language),
            lambda _job: self._flow.say(NoticeKind.PRINT_ASKED),
        )

    def ask_for_gift_receipt(self) -> None:
        """PAID, G: a ticket without prices of all that was bought, to exchange it."""
        done, around = self._flow.state.done, self._flow.around
        if done is None:
            return
        sale, operator = done.sale, around.operator()
        given = [line.line_no for line in sale.lines if line.quantity > 0]
        self._flow.ask_store(
            lambda: print_gift_receipt(around.counter, sale.sale_id, given, operator),
            lambda _job: self._flow.say(NoticeKind.GIFT_ASKED),
        )

    def toggle_code(self) -> None:
        """PAID, T: the ticket as a QR for the customer's phone, alone on the screens; once more, and it is gone."""
        state = self._flow.state
        if state.done is None:
            return
        if state.code is not None:
            self._flow.change(shows_code=not state.shows_code, notice=None)
            return
        make, sale_id = self._flow.around.receipt_code, state.done.sale.sale_id
        self._flow.ask_store(lambda: make(sale_id), self._code_made)

    def _code_made(self, code: ReceiptCode | None) -> None:
        if code is None:
            self._flow.refuse(NoticeKind.NO_CODE)
        else:
            self._flow.change(code=code, shows_code=True, notice=None)

    def _make_code(self, sale_id: str) -> None:
        """For the customer's own screen, behind what else is done; whatever goes wrong with it, T says."""
        around = self._flow.around

        def made(code: ReceiptCode | None) -> None:
            done = self._flow.state.done
            if code is not None and done is not None and done.sale.sale_id == sale_id:
                self._flow.change(code=code)

        around.runner.run(Lane.LISTS, lambda: around.receipt_code(sale_id), made, lambda _error: None)

    # --- the end -----------------------------------------------------------------------------------------------------

    def _settle(self, tendering: Tendering) -> None:
        request = self._request(tendering)
        kept = {"payments": tendering.payments, "attempts": tendering.attempts}
        if tendering.card_attempts:
            self._flow.change(**kept)  # the terminal has taken it: it stays, whatever becomes of the sale
        self._with_leave(rights_needed(request), lambda: self._record(tendering))

    def _request(self, tendering: Tendering) -> SaleRequest:
        state, around = self._flow.state, self._flow.around
        return SaleRequest(
            basket=state.basket,
            payments=tendering.payments,
            operator=around.operator(),
            handover=state.order.request if state.order is not None else None,
            print_receipt=state.print_receipt,
            approved_by=state.approved_by,
            reason=state.reason,
            training=bool(state.training),
            age_confirmed_by=around.operator() if state.of_age else "",
            discount_limit_percent=around.discount_limit(),
            non_resident_proof=state.non_resident_proof,
            card_attempts=tendering.card_attempts,
        )

    def _with_leave(self, rights: list[Right], go_on: Callable[[], None]) -> None:
        """Ask for each right in turn; one manager's approval stands for all that this basket needs."""
        if not rights or self._flow.state.approved_by:
            go_on()
            return

        def answered(name: str | None) -> None:
            if name is None:
                self._flow.refuse(NoticeKind.NOT_APPROVED)
                return
            if name:
                self._flow.change(approved_by=name)
            self._with_leave(rights[1:], go_on)

        self._flow.around.leave(rights[0], answered)

    def _record(self, tendering: Tendering) -> None:
        around, request = self._flow.around, self._request(tendering)
        self._flow.change(step=Step.SETTLING, notice=None)
        self._flow.ask_store(lambda: sell_at_counter(around.counter, request), self._answered, self._not_recorded)

    def _answered(self, answer: SaleDone | SaleRefused) -> None:
        if isinstance(answer, SaleRefused):
            self._flow.change(step=Step.PAY)
            self._say_why(answer)
            return
        self._lines.forget_past()
        self._flow.change(**{**fresh(), "step": Step.PAID, "done": answer})
        self._flow.view.play("sale")
        if self._flow.around.customer_looks():
            self._make_code(answer.sale.sale_id)

    def _say_why(self, answer: SaleRefused) -> None:
        if answer.reason is SaleRefusal.HANDOVER_REFUSED:
            self._flow.refuse(NoticeKind.HANDOVER_REFUSED, verdict=answer.verdict)
        else:
            self._flow.refuse(NoticeKind.SALE_REFUSED, reason=answer.reason, missing=answer.missing)

    def _not_recorded(self, error: Exception) -> None:
        self._flow.change(step=Step.PAY, notice=Notice(NoticeKind.STORE_FAILED, {"error": error}))
        self._flow.view.play("stop")


DOUBT_KEYS = {"o": True, "y": True, "1": True, "n": False, "0": False}
"""Oui, yes, non/no; 1 and 0 for the numeric pad."""


def abs_of(amount: Money) -> Money:
    return max(amount, -amount)
