"""Records a movement of the drawer in the running transaction: the event, and the row that says the same. Never
commits, never judges."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.cash import CashCount, CashMovement, CashMovementKind
from app.domain.fiscal import EventCode
from app.domain.money import Money
from app.usecases.log_event import log_event
from app.usecases.ports import Counter, UnitOfWork

_EVENTS: Mapping[CashMovementKind, EventCode] = {
    CashMovementKind.OPENED: EventCode.CASH_OPENED,
    CashMovementKind.CASH_IN: EventCode.CASH_IN,
    CashMovementKind.CASH_OUT: EventCode.CASH_OUT,
    CashMovementKind.COUNTED: EventCode.CASH_COUNTED,
    CashMovementKind.DIFFERENCE: EventCode.CASH_DIFFERENCE,
    CashMovementKind.BANKED: EventCode.CASH_OUT,
    CashMovementKind.CORRECTED: EventCode.CASH_COUNT_CORRECTED,
    CashMovementKind.DRAWER: EventCode.DRAWER_OPENED,
}


def record_movement(
    uow: UnitOfWork,
    counter: Counter,
    kind: CashMovementKind,
    amount: Money,
    operator: str,
    reason: str = "",
    details: Mapping[str, str | int] | None = None,
) -> CashMovement:
    """Seal the event, keep the row.

    Args:
        details: what belongs to the kind, in an order that stays.
    """
    said = {"kind": kind.value, "amount": amount.minor, "reason": reason, **(details or {})}
    row = log_event(uow, counter, _EVENTS[kind], operator, said)
    movement = CashMovement(
        movement_id=row.record_id,
        till_letter=row.till_letter,
        event_number=row.number,
        kind=kind,
        amount=amount,
        happened_at=row.happened_at,
        trading_day=row.trading_day,
        operator=operator,
        reason=reason,
        details=dict(details or {}),
    )
    uow.cash.add(movement)
    return movement


def pieces_of(count: CashCount) -> dict[str, str | int]:
    """A count as details of an event: `50000x2 2000x7` and what was counted without denominations."""
    pieces = " ".join(f"{value}x{number}" for value, number in count.pieces)
    return {"pieces": pieces, "loose": count.loose.minor}
