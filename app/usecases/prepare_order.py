"""Records what preparation found for an order's lines, and that the order is ready. Moves no stock.

Lines that have left already keep what left; a cancelled order or one handed over is left as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.domain.facts import FactKind, prepared_payload, ready_payload
from app.domain.order import HandoverState, LineResult, OrderAtCounter
from app.usecases.ports import Counter, Touched, UnitOfWork
from app.usecases.record_fact import order_subject, record_fact


def record_preparation(
    counter: Counter, order_id: str, results: Sequence[LineResult], operator: str
) -> OrderAtCounter | None:
    """Keep what became of these lines and tell the marketplace. Returns the order as it is now, None if unknown."""
    with counter.unit_of_work() as uow:
        order = uow.orders.get(order_id)
        if order is None or not _can_be_prepared(order):
            return order
        open_lines = {line.line_no for line in order.open_lines}
        kept = tuple(result for result in results if result.line_no in open_lines)
        if not kept:
            return order
        uow.orders.save_preparation(order_id, kept)
        payload = prepared_payload(order_id, kept, operator, order.order.version)
        record_fact(uow, counter, FactKind.ORDER_PREPARED, order_subject(order_id), counter.clock.now(), payload)
        uow.commit()
    counter.announce(Touched(orders=True, outbox=True))
    return order.with_results(kept)


def mark_ready(counter: Counter, order_id: str, bags: int, shelf: str, operator: str) -> OrderAtCounter | None:
    """Say that the order waits for its customer; lines without a recorded result are taken as found as ordered.

    Args:
        bags: how many bags or boxes, 0 or more.
        shelf: where they stand.

    Returns:
        The order as it is now, None if unknown.
    """
    with counter.unit_of_work() as uow:
        order = uow.orders.get(order_id)
        if order is None or not _can_be_prepared(order):
            return order
        now = counter.clock.now()
        uow.orders.save_ready(order_id, now, bags, shelf)
        payload = ready_payload(order_id, order.results_at_handover(), bags, shelf, operator, order.order.version)
        record_fact(uow, counter, FactKind.ORDER_READY, order_subject(order_id), now, payload)
        uow.commit()
    counter.announce(Touched(orders=True, outbox=True))
    return OrderAtCounter(order.order, replace(order.facts, ready_at=now, bags=bags, shelf=shelf))


def say_ready_again(uow: UnitOfWork, counter: Counter, order_id: str, operator: str) -> None:
    """Tell that what stands ready here is what the order's newest state is to be served with: the marketplace leaves an
    order to prepare that was made ready before it was edited. Nothing if it is not ready here. Part of the use case of
    whoever decided it."""
    order = uow.orders.get(order_id)
    if order is None or order.facts.ready_at is None or not _can_be_prepared(order):
        return
    facts = order.facts
    payload = ready_payload(
        order_id, order.results_at_handover(), facts.bags, facts.shelf, operator, order.order.version
    )
    record_fact(uow, counter, FactKind.ORDER_READY, order_subject(order_id), counter.clock.now(), payload)


def _can_be_prepared(order: OrderAtCounter) -> bool:
    return order.order.cancelled_at is None and order.handover is not HandoverState.HANDED_OVER
