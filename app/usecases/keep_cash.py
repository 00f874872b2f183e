"""Keeps the drawer: float, money in and out, drawer opened without a sale, counts put right later. Never takes a
payment, never closes a period.

Every movement is an event of the ledger and a row of the drawer's journal, in one transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.domain.cash import CashCount, CashMovement, CashMovementKind, CashSession, session_of
from app.domain.closure import Closure, ClosureKind
from app.domain.errors import BrokenInvariant
from app.domain.money import ZERO, Money
from app.domain.operators import Right
from app.usecases.allowed import is_allowed
from app.usecases.approve import note_approval
from app.usecases.cash_movement import pieces_of, record_movement
from app.usecases.ports import Counter, Touched, UnitOfWork


class CashRefusal(StrEnum):
    """Why nothing was recorded; worded in `ui/closing_words.py`."""

    AMOUNT_NOT_POSITIVE = "amount_not_positive"
    REASON_MISSING = "reason_missing"
    MORE_THAN_THERE_IS = "more_than_there_is"
    ALREADY_OPEN = "already_open"
    NEEDS_APPROVAL = "needs_approval"
    UNKNOWN_CLOSURE = "unknown_closure"
    NOT_COUNTED = "not_counted"
    SAME_COUNT = "same_count"


@dataclass(frozen=True, slots=True)
class CashMoved:
    """`session` is the drawer after it; `difference`: float found minus what the last closure left."""

    movement: CashMovement
    session: CashSession
    difference: Money = ZERO


@dataclass(frozen=True, slots=True)
class CashRefused:
    """`available`: what is in the drawer (MORE_THAN_THERE_IS)."""

    reason: CashRefusal
    available: Money = ZERO


def open_cash(counter: Counter, float_amount: Money, operator: str) -> CashMoved | CashRefused:
    """Begin a session with the float that is in the drawer.

    What differs from what the last closure left is a difference, with its own row; before the first closure all of it
    is simply the float.
    """
    if float_amount < ZERO:
        return CashRefused(CashRefusal.AMOUNT_NOT_POSITIVE)
    with counter.unit_of_work() as uow:
        last, session = session_now(uow)
        if session.is_open:
            return CashRefused(CashRefusal.ALREADY_OPEN)
        difference = float_amount - session.float_amount if last else ZERO
        details: dict[str, str | int] = {"carried": session.float_amount.minor, "difference": difference.minor}
        movement = record_movement(uow, counter, CashMovementKind.OPENED, float_amount, operator, details=details)
        _, after = session_now(uow)
        uow.commit()
    counter.announce(Touched(cash=True))
    return CashMoved(movement, after, difference)


def move_cash(
    counter: Counter, kind: CashMovementKind, amount: Money, reason: str, operator: str, approved_by: str = ""
) -> CashMoved | CashRefused:
    """Put money in or take money out, with the reason; never more than there is.

    Args:
        kind: CASH_IN or CASH_OUT.
        amount: positive.
    """
    if kind not in (CashMovementKind.CASH_IN, CashMovementKind.CASH_OUT):
        raise BrokenInvariant(f"{kind} is not moved by hand")
    if amount <= ZERO:
        return CashRefused(CashRefusal.AMOUNT_NOT_POSITIVE)
    if not reason.strip():
        return CashRefused(CashRefusal.REASON_MISSING)
    with counter.unit_of_work() as uow:
        if not is_allowed(uow, Right.CASH_IN_OUT, operator, approved_by):
            return CashRefused(CashRefusal.NEEDS_APPROVAL)
        _, session = session_now(uow)
        if kind is CashMovementKind.CASH_OUT and amount > session.expected:
            return CashRefused(CashRefusal.MORE_THAN_THERE_IS, session.expected)
        note_approval(uow, counter, Right.CASH_IN_OUT, operator, approved_by)
        movement = record_movement(uow, counter, kind, amount, operator, reason.strip())
        _, after = session_now(uow)
        uow.commit()
    counter.announce(Touched(cash=True))
    return CashMoved(movement, after)


def open_drawer(counter: Counter, reason: str, operator: str, approved_by: str = "") -> CashMoved | CashRefused:
    """Note that the drawer is opened without a sale. Whoever asked kicks it then."""
    if not reason.strip():
        return CashRefused(CashRefusal.REASON_MISSING)
    with counter.unit_of_work() as uow:
        if not is_allowed(uow, Right.OPEN_DRAWER, operator, approved_by):
            return CashRefused(CashRefusal.NEEDS_APPROVAL)
        note_approval(uow, counter, Right.OPEN_DRAWER, operator, approved_by)
        movement = record_movement(uow, counter, CashMovementKind.DRAWER, ZERO, operator, reason.strip())
        _, after = session_now(uow)
        uow.commit()
    counter.announce(Touched(cash=True))
    return CashMoved(movement, after)


def correct_count(
    counter: Counter, closure_id: str, count: CashCount, reason: str, operator: str, approved_by: str = ""
) -> CashMoved | CashRefused:
    """Say what a day's count should have been. The first figure stays; the drawer of today follows only if nothing was
    counted since.

    Details of the row: `closure`, `first` (as closed), `was` (as last known), `now`, `change` (now minus was).
    """
    if not reason.strip():
        return CashRefused(CashRefusal.REASON_MISSING)
    with counter.unit_of_work() as uow:
        if not is_allowed(uow, Right.ACCEPT_CASH_DIFFERENCE, operator, approved_by):
            return CashRefused(CashRefusal.NEEDS_APPROVAL)
        closure = uow.closures.get(closure_id)
        if closure is None or closure.kind is not ClosureKind.DAY:
            return CashRefused(CashRefusal.UNKNOWN_CLOSURE)
        if closure.cash.counted is None:
            return CashRefused(CashRefusal.NOT_COUNTED)
        was = _last_figure(uow, closure, closure.cash.counted)
        if count.total == was:
            return CashRefused(CashRefusal.SAME_COUNT)
        note_approval(uow, counter, Right.ACCEPT_CASH_DIFFERENCE, operator, approved_by)
        movement = _record_correction(uow, counter, closure, was, count, reason.strip(), operator)
        _, after = session_now(uow)
        uow.commit()
    counter.announce(Touched(cash=True, closures=True))
    return CashMoved(movement, after, count.total - was)


def _last_figure(uow: UnitOfWork, closure: Closure, counted: Money) -> Money:
    """What the count of a closure is by now."""
    later = uow.cash.corrections(closure.till_letter, closure.last_event, closure.closure_id)
    return Money(later[-1].detail("now")) if later else counted


def _record_correction(
    uow: UnitOfWork, counter: Counter, closure: Closure, was: Money, count: CashCount, reason: str, operator: str
) -> CashMovement:
    last, session = session_now(uow)
    concerns_now = last is not None and last.closure_id == closure.closure_id and not session.is_open
    details: dict[str, str | int] = {
        "closure": closure.closure_id,
        "closure_number": closure.number,
        "first": (closure.cash.counted or ZERO).minor,
        "was": was.minor,
        "now": count.total.minor,
        "change": (count.total - was).minor,
        **pieces_of(count),
    }
    amount = count.total - was if concerns_now else ZERO
    return record_movement(uow, counter, CashMovementKind.CORRECTED, amount, operator, reason, details)


def session_now(uow: UnitOfWork) -> tuple[Closure | None, CashSession]:
    """The last day's closure and the drawer since then, as this transaction sees them."""
    letter = uow.identity().till_letter
    last = uow.closures.last(letter, ClosureKind.DAY)
    movements = uow.cash.after(letter, last.events_up_to if last else 0)
    session = session_of(
        last.cash.left if last else ZERO,
        last.closed_at if last else None,
        movements,
        uow.cash.cash_of_sales(letter, last.documents_up_to if last else 0),
    )
    return last, session
