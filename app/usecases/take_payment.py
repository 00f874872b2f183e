"""Takes payments: which of them the law and the shop allow, and what the card terminal was asked. Never records a sale.

The rules are pure: the screen asks them while a customer pays, `sell_at_counter` asks them again before anything is
written. A card payment whose outcome nobody knows is neither paid nor unpaid until a person has read the terminal's
slip; it is never asked again by itself (R28).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from app.domain.card import PAID_STATES, UNSURE_STATES, CardAttempt, CardOutcome, CardState
from app.domain.catalogue import LineNature
from app.domain.fiscal import EventCode
from app.domain.merchant import Merchant
from app.domain.money import ZERO, Money, total_of
from app.domain.rules_fr import cash_still_allowed, meal_voucher_share, takes_meal_vouchers_on
from app.domain.sale import Basket, Payment, PaymentMeans, freeze_lines
from app.usecases.log_event import log_event
from app.usecases.ports import Counter, Touched, UnitOfWork

REFUND_MEANS = frozenset({PaymentMeans.CASH, PaymentMeans.CARD, PaymentMeans.GIFT_VOUCHER, PaymentMeans.ACCOUNT})
"""How money goes back. A cheque is not given back, nor can food be turned into cash by way of a meal voucher; what the
marketplace gives back comes from there (`record_prepaid`)."""


class PaymentRefusal(StrEnum):
    """Why payments are not taken as they are.

    WRONG_PAYMENT: nought, of the wrong sign, less tendered than it settles, change from something else than cash.
    MEAL_VOUCHER_DAY: not on Sundays and public holidays. MEAL_VOUCHER_LIMIT: more than the eligible articles, or than
    the day's limit (R27). ACCOUNT_PAYS_ACCOUNT: an account cannot be settled by being debited. REFUND_MEANS: money does
    not go back this way.
    """

    WRONG_PAYMENT = "wrong_payment"
    PAID_TOO_MUCH = "paid_too_much"
    CASH_OVER_LIMIT = "cash_over_limit"
    MEAL_VOUCHER_DAY = "meal_voucher_day"
    MEAL_VOUCHER_LIMIT = "meal_voucher_limit"
    ACCOUNT_PAYS_ACCOUNT = "account_pays_account"
    REFUND_MEANS = "refund_means"


@dataclass(frozen=True, slots=True)
class PaymentVerdict:
    """What the payments come to.

    Attributes:
        due: still to be paid, or to be given back where the total is negative; never negative.
        change: what goes back to the customer in cash.
        refusal: None if they can be taken so.
        excess: by how much they go over what is refused.
    """

    due: Money
    change: Money = ZERO
    refusal: PaymentRefusal | None = None
    excess: Money = ZERO

    @property
    def is_settled(self) -> bool:
        return self.refusal is None and not self.due


def judge_payments(
    basket: Basket,
    payments: Sequence[Payment],
    merchant: Merchant,
    trading_day: date,
    local_time: datetime | None = None,
    *,
    resident: bool = True,
) -> PaymentVerdict:
    """Judge what was taken so far for a basket.

    Args:
        trading_day: of the sale.
        local_time: at the counter; meal vouchers follow the calendar's day. None: the trading day's.
        resident: the customer's home for tax is in France (R26).
    """
    total = basket.total
    paid = total_of([payment.amount for payment in payments])
    change = total_of([payment.change for payment in payments])
    due = total - paid if total >= ZERO else paid - total
    refused = _refusal(basket, payments, merchant, local_time.date() if local_time else trading_day, resident=resident)
    if refused is None and due < ZERO:
        refused = (PaymentRefusal.PAID_TOO_MUCH, -due)
    if refused is None:
        return PaymentVerdict(due, change)
    return PaymentVerdict(max(due, ZERO), change, *refused)


def meal_voucher_room(
    basket: Basket,
    payments: Sequence[Payment],
    merchant: Merchant,
    trading_day: date,
    local_time: datetime | None = None,
) -> Money:
    """How much more meal vouchers may pay: eligible lines, the limit of the day, what is due; nought on closed days."""
    day = local_time.date() if local_time else trading_day
    if not takes_meal_vouchers_on(day, sundays_allowed=merchant.meal_voucher_sundays):
        return ZERO
    left = meal_voucher_share(eligible_for_meal_vouchers(basket), day) - _paid_by(PaymentMeans.MEAL_VOUCHER, payments)
    due = basket.total - total_of([payment.amount for payment in payments])
    return max(min(left, due), ZERO)


def eligible_for_meal_vouchers(basket: Basket) -> Money:
    """What the eligible lines cost, their share of the ticket's discount taken off; what comes back counts against
    them."""
    eligible = {line.line_id for line in basket.lines if line.meal_voucher and not line.age_limit}
    return max(total_of([line.total for line in freeze_lines(basket) if line.line_id in eligible]), ZERO)


def _refusal(
    basket: Basket, payments: Sequence[Payment], merchant: Merchant, day: date, *, resident: bool
) -> tuple[PaymentRefusal, Money] | None:
    if not all(_is_possible(payment, basket.total) for payment in payments):
        return PaymentRefusal.WRONG_PAYMENT, ZERO
    if basket.total < ZERO:
        return _refusal_of_refund(payments)
    cash = [payment.amount for payment in payments if payment.means is PaymentMeans.CASH]
    allowed = cash_still_allowed([], resident=resident)
    if total_of(cash) > allowed:
        return PaymentRefusal.CASH_OVER_LIMIT, total_of(cash) - allowed
    return _refusal_of_account(basket, payments) or _refusal_of_meal_vouchers(basket, payments, merchant, day)


def _is_possible(payment: Payment, total: Money) -> bool:
    if total < ZERO:
        return payment.amount < ZERO and payment.change == ZERO
    if payment.means is PaymentMeans.ONLINE:  # what the marketplace cashed is recorded by `record_prepaid` alone (R30)
        return False
    gives_change = payment.means is PaymentMeans.CASH
    return payment.amount > ZERO and (payment.change >= ZERO if gives_change else payment.change == ZERO)


def _refusal_of_refund(payments: Sequence[Payment]) -> tuple[PaymentRefusal, Money] | None:
    wrong = [payment.amount for payment in payments if payment.means not in REFUND_MEANS]
    return (PaymentRefusal.REFUND_MEANS, -total_of(wrong)) if wrong else None


def _refusal_of_account(basket: Basket, payments: Sequence[Payment]) -> tuple[PaymentRefusal, Money] | None:
    settled = total_of([line.total for line in basket.lines if line.nature is LineNature.SETTLEMENT])
    excess = _paid_by(PaymentMeans.ACCOUNT, payments) - (basket.total - settled)
    wrong = settled > ZERO and _paid_by(PaymentMeans.ACCOUNT, payments) > ZERO and excess > ZERO
    return (PaymentRefusal.ACCOUNT_PAYS_ACCOUNT, excess) if wrong else None


def _refusal_of_meal_vouchers(
    basket: Basket, payments: Sequence[Payment], merchant: Merchant, day: date
) -> tuple[PaymentRefusal, Money] | None:
    paid = _paid_by(PaymentMeans.MEAL_VOUCHER, payments)
    if not paid:
        return None
    if not takes_meal_vouchers_on(day, sundays_allowed=merchant.meal_voucher_sundays):
        return PaymentRefusal.MEAL_VOUCHER_DAY, paid
    excess = paid - meal_voucher_share(eligible_for_meal_vouchers(basket), day)
    return (PaymentRefusal.MEAL_VOUCHER_LIMIT, excess) if excess > ZERO else None


def _paid_by(means: PaymentMeans, payments: Iterable[Payment]) -> Money:
    return total_of([payment.amount for payment in payments if payment.means is means])


# --- the card terminal (R28) ---


def ask_card(counter: Counter, amount: Money, operator: str) -> str:
    """Keep that the terminal is being asked for an amount, before it is: a crash leaves it in doubt, not forgotten.

    Returns the attempt's id.
    """
    attempt = CardAttempt(counter.ids.new(), counter.clock.now(), amount, CardState.ASKED, operator)
    with counter.unit_of_work() as uow:
        uow.card_attempts.add(attempt)
        uow.commit()
    counter.announce(Touched(sales=True))
    return attempt.attempt_id


def settle_card(counter: Counter, attempt_id: str, outcome: CardOutcome, operator: str) -> bool:
    """Keep what the terminal answered. UNKNOWN is an event, and waits for a person. False if it was answered before."""
    with counter.unit_of_work() as uow:
        attempt = uow.card_attempts.get(attempt_id)
        if attempt is None or attempt.state is not CardState.ASKED:
            return False
        _change(uow, counter, attempt, CardState(outcome.value), operator, "")
        if outcome is CardOutcome.UNKNOWN:
            _log(uow, counter, EventCode.CARD_UNKNOWN, attempt, operator, "")
        uow.commit()
    counter.announce(Touched(sales=True))
    return True


def decide_card(counter: Counter, attempt_id: str, paid: bool, operator: str, note: str) -> bool:
    """Keep what a person read on the terminal's slip about an attempt in doubt, or that a payment without a ticket was
    taken back there. An event either way. False if there is nothing to decide.

    Args:
        note: the slip's number or what was done; never a card number.
    """
    with counter.unit_of_work() as uow:
        attempt = uow.card_attempts.get(attempt_id)
        if attempt is None or not attempt.is_open:
            return False
        _change(uow, counter, attempt, CardState.CONFIRMED if paid else CardState.NOT_PAID, operator, note)
        code = EventCode.CARD_CONFIRMED if paid else EventCode.CARD_NOT_PAID
        _log(uow, counter, code, attempt, operator, note)
        uow.commit()
    counter.announce(Touched(sales=True))
    return True


def doubt_cards_cut_short(counter: Counter) -> int:
    """At start-up: attempts that were under way when the program ended are in doubt now. Returns how many."""
    with counter.unit_of_work() as uow:
        cut_short = [attempt for attempt in uow.card_attempts.open() if attempt.state is CardState.ASKED]
        for attempt in cut_short:
            _change(uow, counter, attempt, CardState.UNKNOWN, "", "")
            _log(uow, counter, EventCode.CARD_UNKNOWN, attempt, "", "")
        if cut_short:
            uow.commit()
    return len(cut_short)


def are_paid(uow: UnitOfWork, attempt_ids: Sequence[str], payments: Sequence[Payment]) -> bool:
    """Whether these attempts brought money that no ticket has used, no more than the sale takes by card."""
    if not attempt_ids:
        return True
    attempts = [uow.card_attempts.get(attempt_id) for attempt_id in attempt_ids]
    usable = [a for a in attempts if a is not None and a.state in PAID_STATES and not a.sale_id]
    brought = total_of([attempt.amount for attempt in usable])
    return len(usable) == len(attempt_ids) and brought <= _paid_by(PaymentMeans.CARD, payments)


def use_for(uow: UnitOfWork, attempt_ids: Sequence[str], sale_id: str) -> None:
    """Join the attempts to the ticket they paid."""
    for attempt_id in attempt_ids:
        attempt = uow.card_attempts.get(attempt_id)
        if attempt is not None:
            uow.card_attempts.change(replace(attempt, sale_id=sale_id))


def _change(
    uow: UnitOfWork, counter: Counter, attempt: CardAttempt, state: CardState, operator: str, note: str
) -> None:
    settled_at = None if state in UNSURE_STATES else counter.clock.now()
    uow.card_attempts.change(
        replace(attempt, state=state, settled_at=settled_at, settled_by=operator, note=note or attempt.note)
    )


def _log(uow: UnitOfWork, counter: Counter, code: EventCode, attempt: CardAttempt, operator: str, note: str) -> None:
    details: dict[str, str | int] = {"attempt": attempt.attempt_id, "amount": attempt.amount.minor, "note": note}
    log_event(uow, counter, code, operator, details)
