"""Owns what is asked of the card terminal while paying, and the payments of which nobody knows the outcome (R28).

Nothing is ever asked of the terminal twice by itself: a payment in doubt waits for a person who reads its slip.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.domain.card import PAID_STATES, CardAttempt, CardOutcome
from app.domain.money import Money
from app.domain.sale import PaymentMeans
from app.ui.checkout.flow import SaleFlow
from app.ui.checkout.state import AskedPayment, NoticeKind, Step
from app.ui.task_runner import Lane
from app.usecases.take_payment import ask_card, decide_card, settle_card

_MAY_LOOK = frozenset({Step.SELL, Step.PAY, Step.PAID})


class CardDesk:
    """One for the sale screen. `paid` is told (amount, attempt_id) of a card payment that belongs to the basket."""

    def __init__(self, flow: SaleFlow, paid: Callable[[Money, str], None]) -> None:
        self._flow = flow
        self._paid = paid

    # --- asking ------------------------------------------------------------------------------------------------------

    def ask(self, amount: Money) -> None:
        """Keep that the terminal is asked, then wait for what a person says it answered."""
        around, operator = self._flow.around, self._flow.around.operator()

        def kept(attempt_id: str) -> None:
            asked = AskedPayment(PaymentMeans.CARD, amount, attempt_id)
            others = tuple(other for other in self._flow.state.doubts if other.attempt_id != attempt_id)
            self._flow.change(step=Step.CONFIRM, asked=asked, doubts=others, notice=None)

        self._flow.ask_store(lambda: ask_card(around.counter, amount, operator), kept)

    def answered(self, asked: AskedPayment, outcome: CardOutcome) -> None:
        """CONFIRM: what the terminal said. Unknown: the basket stays, the payment is neither paid nor unpaid."""
        around, operator = self._flow.around, self._flow.around.operator()

        def noted(_first: bool) -> None:
            self._flow.change(step=Step.PAY, asked=None)
            if outcome is CardOutcome.ACCEPTED:
                self._paid(asked.amount, asked.attempt_id)
            elif outcome is CardOutcome.REFUSED:
                self._flow.refuse(NoticeKind.PAYMENT_REFUSED, means=asked.means, amount=asked.amount)
            else:
                self.load(then_ask=True)

        self._flow.ask_store(lambda: settle_card(around.counter, asked.attempt_id, outcome, operator), noted)

    # --- in doubt ----------------------------------------------------------------------------------------------------

    def load(self, *, then_ask: bool = False) -> None:
        """Read which card payments somebody must see to, those that a crash cut short among them. Nothing is written:
        the first scan must not wait until the ledger was looked at."""
        around = self._flow.around

        def read() -> Sequence[CardAttempt]:
            return around.queries.open_card_attempts()

        def came(attempts: Sequence[CardAttempt]) -> None:
            asked = self._flow.state.asked
            own = {*self._flow.state.attempts, asked.attempt_id if asked is not None else ""}
            self._flow.change(doubts=tuple(attempt for attempt in attempts if attempt.attempt_id not in own))
            if then_ask:
                self.look()

        if then_ask:  # what is typed meanwhile answers the question, it does not pay
            self._flow.ask_store(read, came)
        else:
            around.runner.run(Lane.STORE, read, came, self._flow.store_failed)

    def look(self) -> None:
        """Show the oldest payment in doubt."""
        state = self._flow.state
        if state.doubts and state.step in _MAY_LOOK:
            self._flow.change(step=Step.DOUBT, notice=None)

    def leave_for_later(self) -> None:
        """DOUBT: nobody can tell now; it stays in sight."""
        state = self._flow.state
        self._flow.change(step=Step.PAY if state.payments else Step.SELL, notice=None)

    def decide(self, *, paid: bool) -> None:
        """DOUBT: what a person read on the slip; or for one that is paid, whether it pays this basket."""
        state, around = self._flow.state, self._flow.around
        if state.step is not Step.DOUBT or not state.doubts:
            return
        attempt = state.doubts[0]
        operator, note = around.operator(), "" if paid else "terminal"
        if paid and attempt.state in PAID_STATES:
            if self.fits(attempt):
                self._use(attempt)
            else:
                self._flow.refuse(NoticeKind.CARD_IN_DOUBT, amount=attempt.amount)
            return

        def noted(_known: bool) -> None:
            if paid and self.fits(attempt):
                self._use(attempt)
            else:
                self._flow.change(step=Step.PAY if state.payments else Step.SELL)
                self._flow.say(NoticeKind.DOUBT_SETTLED, amount=attempt.amount, paid=paid)
                self.load()

        self._flow.ask_store(lambda: decide_card(around.counter, attempt.attempt_id, paid, operator, note), noted)

    def fits(self, attempt: CardAttempt) -> bool:
        """Whether it can pay what is in the basket now."""
        state = self._flow.state
        return not state.training and not state.tendering.is_refund and attempt.amount <= state.remainder

    def _use(self, attempt: CardAttempt) -> None:
        rest = tuple(other for other in self._flow.state.doubts if other.attempt_id != attempt.attempt_id)
        self._flow.change(step=Step.PAY, doubts=rest, notice=None)
        self._paid(attempt.amount, attempt.attempt_id)
