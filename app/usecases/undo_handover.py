"""Takes back the last handover of an order within 10 minutes, as a new fact with opposite movements. Never deletes.

A handover whose sale took money is not undone by one key: money goes back through a return, with its own document (R2).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.domain.catalogue import MovementReason, StockMovement
from app.domain.facts import FactKind, handover_undone_payload
from app.domain.order import OrderAtCounter, PastHandover, may_undo
from app.usecases.ports import Counter, Touched, UnitOfWork
from app.usecases.record_fact import order_subject, record_fact
from app.usecases.record_prepaid import correct_prepaid


class UndoRefusal(StrEnum):
    TOO_LATE = "too_late"
    NOTHING_TO_UNDO = "nothing_to_undo"
    PAID = "paid"


@dataclass(frozen=True, slots=True)
class UndoDone:
    """The goods are back: `order` is what it has become again."""

    handover_id: str
    order: OrderAtCounter


@dataclass(frozen=True, slots=True)
class UndoRefused:
    reason: UndoRefusal


def undo_handover(counter: Counter, order_id: str, operator: str, reason: str) -> UndoDone | UndoRefused:
    """Take back the last handover this till made of the order."""
    with counter.unit_of_work() as uow:
        order = uow.orders.get(order_id)
        now = counter.clock.now()
        if order is None or not order.facts.handovers:
            return UndoRefused(UndoRefusal.NOTHING_TO_UNDO)
        last = order.facts.handovers[-1]
        if _took_money(uow, last, order_id):
            return UndoRefused(UndoRefusal.PAID)
        if not may_undo(last, now):
            return UndoRefused(UndoRefusal.TOO_LATE)
        movements = uow.stock.record(_opposite(uow, counter, last, operator, now))
        uow.orders.undo_handover(last.handover_id, now, operator, reason)
        payload = handover_undone_payload(last.handover_id, order_id, movements, operator, reason)
        record_fact(uow, counter, FactKind.HANDOVER_UNDONE, order_subject(order_id), now, payload)
        correct_prepaid(uow, counter, _without(order, last), operator)
        uow.commit()
    counter.announce(Touched(orders=True, stock=True, outbox=True))
    return UndoDone(last.handover_id, _without(order, last))


def _took_money(uow: UnitOfWork, handover: PastHandover, order_id: str) -> bool:
    """Whether the sale of the same act collected money for the order itself, not only for articles added to it."""
    sale = uow.sales.get(handover.sale_id) if handover.sale_id else None
    return sale is not None and any(line.order_id == order_id for line in sale.lines)


def _opposite(
    uow: UnitOfWork, counter: Counter, handover: PastHandover, operator: str, now: datetime
) -> list[StockMovement]:
    return [
        replace(
            movement,
            movement_id=counter.ids.new(),
            quantity=-movement.quantity,
            reason=MovementReason.HANDOVER_UNDONE,
            happened_at=now,
            operator=operator,
        )
        for movement in uow.orders.handover_movements(handover.handover_id)
    ]


def _without(order: OrderAtCounter, handover: PastHandover) -> OrderAtCounter:
    facts = replace(
        order.facts,
        handovers=order.facts.handovers[:-1],
        undone_at=(*order.facts.undone_at, handover.handed_over_at),
    )
    return OrderAtCounter(order.order, facts)
