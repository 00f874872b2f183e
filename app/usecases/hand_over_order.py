"""Hands an order, or the part of it that is there, over to its customer. Never takes money: that is `sell_at_counter`.

The verdict is judged again inside the transaction that records the handover, so that two quick keys, or a card that
stood open while a page was pulled, cannot give the same goods twice (I1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.catalogue import DEFAULT_LOCATION, MovementReason, StockMovement
from app.domain.facts import FactKind, handed_over_payload
from app.domain.fiscal import EventCode
from app.domain.money import ZERO, Money
from app.domain.order import (
    GOODS_LEAVE,
    HandoverState,
    HandoverVerdict,
    LineOutcome,
    LineResult,
    OrderAtCounter,
    PastHandover,
    VerdictKind,
    judge_handover,
)
from app.domain.receipt import HandoverSlip, PrintKind
from app.domain.sale import SaleDocument
from app.usecases.find_order import HowFound
from app.usecases.log_event import log_event
from app.usecases.ports import Counter, TillIdentity, Touched, UnitOfWork
from app.usecases.queue_print import queue_print
from app.usecases.record_fact import order_subject, record_fact
from app.usecases.record_prepaid import correct_prepaid


@dataclass(frozen=True, slots=True)
class HandoverRequest:
    """What a person asks for at the counter.

    Attributes:
        results: what becomes of the open lines; those not named stay to follow. Empty: all of them as prepared.
        handed_to: who came, if not the customer; stays on this till (I10).
        override_reason: why the goods go although the verdict or an unpaid amount says no; recorded.
        age_confirmed_by: who saw the proof of majority, "" if nobody did (R32).
    """

    order_id: str
    how: HowFound
    operator: str
    results: tuple[LineResult, ...] = ()
    handed_to: str = ""
    override_reason: str = ""
    print_slip: bool = False
    age_confirmed_by: str = ""


@dataclass(frozen=True, slots=True)
class HandoverDone:
    """The goods have left: `verdict` is what was judged, overridden or not; `order` is what it has become."""

    handover_id: str
    order: OrderAtCounter
    verdict: VerdictKind
    sale: SaleDocument | None = None


@dataclass(frozen=True, slots=True)
class HandoverRefused:
    """The goods stay; nothing was written.

    Attributes:
        amount_due: more than nought if they must be paid first.
        nothing_leaves: every line was put off to follow, so there is no handover to record.
        age_limit: proof of this age must be asked first, 0 if that is not what is wrong (R32).
        training: the till is in training, and orders are real (R12).
    """

    verdict: HandoverVerdict
    amount_due: Money = ZERO
    nothing_leaves: bool = False
    age_limit: int = 0
    training: bool = False


def hand_over_order(counter: Counter, request: HandoverRequest) -> HandoverDone | HandoverRefused:
    """Record that the goods leave now: handover, stock movements, fact and slip in one transaction."""
    with counter.unit_of_work() as uow:
        if uow.training():
            order = uow.orders.get(request.order_id)
            verdict = _judge(uow, order, counter.clock.now())
            return HandoverRefused(verdict, training=True)
        outcome = record_handover(uow, counter, request, sale_id="", paid_now=ZERO)
        if isinstance(outcome, HandoverRefused):
            return outcome
        uow.commit()
    counter.announce(Touched(orders=True, stock=True, outbox=True, print_queue=request.print_slip))
    return outcome


def record_handover(
    uow: UnitOfWork, counter: Counter, request: HandoverRequest, *, sale_id: str, paid_now: Money
) -> HandoverDone | HandoverRefused:
    """Judge and record a handover inside the caller's transaction; never commits.

    Args:
        sale_id: the sale of the same act, already added to `uow.sales`; "" for none.
        paid_now: what that sale took for this order, already counted in the order's `paid_here`.
    """
    now = counter.clock.now()
    till = uow.identity()
    order = uow.orders.get(request.order_id)
    overridden = bool(request.override_reason.strip())
    verdict = _judge(uow, order, now)
    if order is None or not (verdict.may_hand_over or (overridden and verdict.may_override)):
        return HandoverRefused(verdict)
    results = order.results_at_handover(request.results)
    if all(result.outcome is LineOutcome.TO_FOLLOW for result in results):
        return HandoverRefused(verdict, nothing_leaves=True)
    amount_due = order.with_results(results).amount_due
    if amount_due and not overridden:
        return HandoverRefused(verdict, amount_due)
    age = _age_asked(order, results)
    if age and not request.age_confirmed_by:
        return HandoverRefused(verdict, age_limit=age)
    handover = _handover(counter.ids.new(), request, till, now, results, sale_id)
    after = order.after(handover)
    movements = _record_movements(uow, counter, handover, till)
    uow.orders.add_handover(
        request.order_id,
        handover,
        verdict=verdict.kind.value,
        override_reason=request.override_reason.strip(),
        sale_id=sale_id,
    )
    _tell(uow, counter, request, verdict.kind, handover, after, movements, paid_now)
    correct_prepaid(uow, counter, after, request.operator)
    if age:
        details: dict[str, str | int] = {"order": request.order_id, "age": age, "by": request.age_confirmed_by}
        log_event(uow, counter, EventCode.AGE_CONFIRMED, request.operator, details)
    if amount_due or not verdict.may_hand_over:
        # why is told to the shop with the handover: what people write of their customers is never sealed (R13)
        details = {"order": request.order_id, "verdict": verdict.kind.value, "due": amount_due.minor}
        log_event(uow, counter, EventCode.HANDOVER_OVERRIDDEN, request.operator, details)
    if request.print_slip:
        slip = HandoverSlip(
            till.shop, after, handover, till.till_name, paid_now, after.to_refund, language=after.order.language
        )
        queue_print(uow, counter, PrintKind.HANDOVER_SLIP, slip, after.order.number)
    return HandoverDone(handover.handover_id, after, verdict.kind)


def _judge(uow: UnitOfWork, order: OrderAtCounter | None, now: datetime) -> HandoverVerdict:
    return judge_handover(order, uow.identity().till_id, now, server_time=uow.pulled.server_time())


def _age_asked(order: OrderAtCounter, results: Sequence[LineResult]) -> int:
    """The strictest age asked by what leaves; 0 for none."""
    leaving = {result.line_no for result in results if result.outcome in GOODS_LEAVE}
    return max((line.age_limit for line in order.open_lines if line.line_no in leaving), default=0)


def _handover(
    handover_id: str,
    request: HandoverRequest,
    till: TillIdentity,
    now: datetime,
    results: tuple[LineResult, ...],
    sale_id: str,
) -> PastHandover:
    return PastHandover(
        handover_id=handover_id,
        handed_over_at=now,
        operator=request.operator,
        till_name=till.till_name,
        how=request.how.value,
        handed_to=request.handed_to,
        results=results,
        sale_id=sale_id,
    )


def _record_movements(
    uow: UnitOfWork, counter: Counter, handover: PastHandover, till: TillIdentity
) -> Sequence[StockMovement]:
    leaving = [
        result
        for result in handover.results
        if result.outcome in GOODS_LEAVE and result.quantity > 0 and _is_stocked(uow, result.product_id)
    ]
    return uow.stock.record(
        [
            StockMovement(
                movement_id=counter.ids.new(),
                product_id=result.product_id,
                location=DEFAULT_LOCATION,
                quantity=-result.quantity,
                reason=MovementReason.HANDOVER,
                happened_at=handover.handed_over_at,
                till_id=till.till_id,
                source_id=handover.handover_id,
                operator=handover.operator,
            )
            for result in leaving
        ]
    )


def _is_stocked(uow: UnitOfWork, product_id: str) -> bool:
    """An article this till has not heard of yet moves as well: the marketplace will know it."""
    if not product_id:
        return False
    product = uow.catalogue.get(product_id)
    return product is None or product.stock_tracked


def _tell(
    uow: UnitOfWork,
    counter: Counter,
    request: HandoverRequest,
    verdict: VerdictKind,
    handover: PastHandover,
    after: OrderAtCounter,
    movements: Sequence[StockMovement],
    paid_now: Money,
) -> None:
    payload = handed_over_payload(
        handover.handover_id,
        request.order_id,
        handover.results,
        movements,
        complete=after.handover is HandoverState.HANDED_OVER and not after.open_lines,
        operator=handover.operator,
        how=handover.how,
        verdict=verdict.value,
        override_reason=request.override_reason.strip(),
        sale_id=handover.sale_id,
        collected_minor=paid_now.minor,
        to_refund_minor=after.to_refund.minor,
        order_version=after.order.version,
    )
    subject = order_subject(request.order_id)
    record_fact(uow, counter, FactKind.ORDER_HANDED_OVER, subject, handover.handed_over_at, payload)
