"""Records a sale made at the counter: document, payments, stock, fact, print job, and the handover that goes with it.

One transaction: either the customer has paid, has the goods and the number is drawn, or nothing happened at all (R7).
Never talks to a device: the receipt goes to paper after the commit (I7).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from app.domain.catalogue import DEFAULT_LOCATION, MovementReason, StockMovement, Unit
from app.domain.facts import FactKind, sale_payload
from app.domain.fiscal import Series
from app.domain.money import ZERO, Money, total_of
from app.domain.order import HandoverVerdict, LineOutcome, LineResult, OrderAtCounter, amount_due_by_rate
from app.domain.sale import (
    MAX_PIECES,
    Basket,
    BasketLine,
    DocumentKind,
    Payment,
    PaymentMeans,
    SaleDocument,
    check_document,
    freeze_lines,
    vat_parts,
)
from app.usecases.hand_over_order import HandoverDone, HandoverRefused, HandoverRequest, record_handover
from app.usecases.ports import Counter, Ids, Touched, UnitOfWork
from app.usecases.queue_print import queue_receipt
from app.usecases.record_document import in_closed_period, record_document
from app.usecases.record_fact import record_fact
from app.usecases.seal_row import Place, next_place

CASH_LIMIT = Money(1_000_00)
"""More than this in cash for one sale is forbidden to a customer resident in France (R26)."""


class SaleRefusal(StrEnum):
    """Why a sale is not recorded; nothing was written.

    ORDER_CHANGED: an order's lines in the basket ask for more than is left to pay, because it was paid, changed or
    cancelled meanwhile: take it out of the basket and put it in again. WRONG_PAYMENT: nought or negative, less tendered
    than it settles, or change from something else than cash. PERIOD_CLOSED: the computer's clock says a moment before
    the last closure: put its date right (R10). WRONG_DISCOUNT: more than there is to take it from, or without reason.
    """

    EMPTY_BASKET = "empty_basket"
    NOT_PAID_IN_FULL = "not_paid_in_full"
    PAID_TOO_MUCH = "paid_too_much"
    NEGATIVE_TOTAL = "negative_total"
    CASH_OVER_LIMIT = "cash_over_limit"
    HANDOVER_REFUSED = "handover_refused"
    QUANTITY_TOO_LARGE = "quantity_too_large"
    QUANTITY_NOT_POSITIVE = "quantity_not_positive"
    WRONG_PAYMENT = "wrong_payment"
    ORDER_CHANGED = "order_changed"
    PERIOD_CLOSED = "period_closed"
    WRONG_DISCOUNT = "wrong_discount"


@dataclass(frozen=True, slots=True)
class SaleRequest:
    """What the screen or the command asks for.

    Attributes:
        payments: together exactly the basket's total; cash as `Payment(CASH, amount=settled, tendered=given)`.
        handover: the order that leaves in the same act.
    """

    basket: Basket
    payments: tuple[Payment, ...]
    operator: str
    handover: HandoverRequest | None = None
    print_receipt: bool = False


@dataclass(frozen=True, slots=True)
class SaleDone:
    """`change` is what goes back to the customer in cash."""

    sale: SaleDocument
    change: Money
    handover: HandoverDone | None = None


@dataclass(frozen=True, slots=True)
class SaleRefused:
    """Nothing was written.

    Attributes:
        missing: what is still to pay (NOT_PAID_IN_FULL), paid too much (PAID_TOO_MUCH), over the limit
            (CASH_OVER_LIMIT), or due for the order beyond what the basket brings (HANDOVER_REFUSED).
        verdict: for HANDOVER_REFUSED.
    """

    reason: SaleRefusal
    missing: Money = ZERO
    verdict: HandoverVerdict | None = None


def sell_at_counter(counter: Counter, request: SaleRequest) -> SaleDone | SaleRefused:
    """Record the sale, and the handover that goes with it, or refuse both."""
    refused = _refusal_of_basket(request.basket) or _refusal_of_payments(request.basket.total, request.payments)
    if refused is not None:
        return refused
    with counter.unit_of_work() as uow:
        order_changed = _an_order_changed(uow, request)
        place = next_place(uow, counter, Series.SALES)
        if in_closed_period(uow, place):
            return SaleRefused(SaleRefusal.PERIOD_CLOSED)
        sale = _document(place, counter, request)
        row = record_document(uow, counter, place, sale)
        _record_effects(uow, counter, request.basket, sale)
        handover = _record_handover_with(uow, counter, request.handover, sale)
        if isinstance(handover, HandoverRefused):
            return SaleRefused(SaleRefusal.HANDOVER_REFUSED, handover.amount_due, handover.verdict)
        if order_changed:
            return SaleRefused(SaleRefusal.ORDER_CHANGED)
        if request.print_receipt:
            queue_receipt(uow, counter, sale, row, request.operator, open_drawer=_any_cash(sale.payments))
        uow.commit()
    counter.announce(_touched(request))
    return SaleDone(sale, total_of([payment.change for payment in sale.payments]), handover)


def order_basket_lines(ids: Ids, order: OrderAtCounter) -> tuple[BasketLine, ...]:
    """The basket lines that collect what is due for an order as it would leave now; `with_results` for another way.

    Nothing paid yet: one line an article, with the amount it turned out to cost. Part paid: one line a VAT rate for the
    rest. Nothing due: none.
    """
    if not order.amount_due:
        return ()
    if order.paid:
        return tuple(_rest_line(ids, order, rate_bp, amount) for rate_bp, amount in amount_due_by_rate(order))
    return tuple(
        BasketLine(
            line_id=ids.new(),
            label=result.label or line.label,
            unit_price=result.amount if _is_other_article(result) else line.unit_price,
            vat_rate_bp=line.vat_rate_bp,
            quantity=1 if _is_other_article(result) else result.quantity,
            unit=Unit.PIECE if _is_other_article(result) else line.unit,
            product_id=result.product_id,
            age_limit=line.age_limit,
            order_id=order.order.order_id,
            order_line_no=line.line_no,
            fixed_total=result.amount,
        )
        for line, result in zip(order.order.lines, order.results, strict=True)
        if result.amount
    )


def _is_other_article(result: LineResult) -> bool:
    """Its unit is not the order line's: the ticket shows one replacement at the amount agreed."""
    return result.outcome is LineOutcome.REPLACED


def _rest_line(ids: Ids, order: OrderAtCounter, rate_bp: int, amount: Money) -> BasketLine:
    return BasketLine(
        line_id=ids.new(),
        # French law wants the label on the ticket in French, whatever language the screen speaks
        label=f"Reste à payer, commande {order.order.number}",
        unit_price=amount,
        vat_rate_bp=rate_bp,
        order_id=order.order.order_id,
        fixed_total=amount,
        age_limit=max((line.age_limit for line in order.open_lines), default=0),
    )


def _refusal_of_basket(basket: Basket) -> SaleRefused | None:
    if not basket.lines:
        return SaleRefused(SaleRefusal.EMPTY_BASKET)
    if any(line.quantity <= 0 for line in basket.lines):
        return SaleRefused(SaleRefusal.QUANTITY_NOT_POSITIVE)
    if any(line.quantity > MAX_PIECES * line.unit.base_per_priced for line in basket.lines if not line.order_id):
        return SaleRefused(SaleRefusal.QUANTITY_TOO_LARGE)
    if basket.total < ZERO or any(line.total < ZERO for line in basket.lines):
        return SaleRefused(SaleRefusal.NEGATIVE_TOTAL)
    if not _discounts_fit(basket):
        return SaleRefused(SaleRefusal.WRONG_DISCOUNT)
    return None


def _refusal_of_payments(total: Money, payments: Sequence[Payment]) -> SaleRefused | None:
    if not all(_is_possible(payment) for payment in payments):
        return SaleRefused(SaleRefusal.WRONG_PAYMENT)
    paid = total_of([payment.amount for payment in payments])
    if paid < total:
        return SaleRefused(SaleRefusal.NOT_PAID_IN_FULL, total - paid)
    if paid > total:
        return SaleRefused(SaleRefusal.PAID_TOO_MUCH, paid - total)
    cash = total_of([payment.amount for payment in payments if payment.means is PaymentMeans.CASH])
    if cash > CASH_LIMIT:
        return SaleRefused(SaleRefusal.CASH_OVER_LIMIT, cash - CASH_LIMIT)
    return None


def _is_possible(payment: Payment) -> bool:
    gives_change = payment.means is PaymentMeans.CASH
    return payment.amount > ZERO and (payment.change >= ZERO if gives_change else payment.change == ZERO)


def _an_order_changed(uow: UnitOfWork, request: SaleRequest) -> bool:
    """Whether the basket asks more for an order than is left to pay for it now: money must not be taken twice."""
    brought: dict[str, Money] = {}
    for line in request.basket.lines:
        if line.order_id:
            brought[line.order_id] = brought.get(line.order_id, ZERO) + line.total
    return any(amount > _left_to_pay(uow, request, order_id) for order_id, amount in brought.items())


def _left_to_pay(uow: UnitOfWork, request: SaleRequest, order_id: str) -> Money:
    order = uow.orders.get(order_id)
    if order is None:
        return ZERO
    handover = request.handover
    if handover is not None and handover.order_id == order_id:
        return order.with_results(order.results_at_handover(handover.results)).amount_due
    return ZERO if order.order.cancelled_at is not None else order.amount_due


def _discounts_fit(basket: Basket) -> bool:
    """Every discount has a reason and something to be taken from; none is a surcharge."""
    taken = [(line.discount, line.discount_reason) for line in basket.lines]
    if basket.discount > basket.discountable:
        return False
    return all(
        discount >= ZERO and bool(reason or not discount)
        for discount, reason in [*taken, (basket.discount, basket.discount_reason)]
    )


def _document(place: Place, counter: Counter, request: SaleRequest) -> SaleDocument:
    basket = request.basket
    regime = place.merchant.regime_on(place.trading_day)
    lines = freeze_lines(basket, regime)
    sale = SaleDocument(
        sale_id=counter.ids.new(),
        till_id=place.till.till_id,
        till_letter=place.till.till_letter,
        series=place.series,
        number=place.number,
        kind=DocumentKind.SALE,
        happened_at=place.happened_at,
        utc_offset_minutes=place.utc_offset_minutes,
        operator=request.operator,
        lines=lines,
        vat=vat_parts(lines),
        payments=request.payments,
        total=basket.total,
        order_id=_order_of_visit(request),
        trading_day=place.trading_day,
        vat_regime=regime,
        discount_reason=basket.discount_reason,
    )
    check_document(sale)
    return sale


def _order_of_visit(request: SaleRequest) -> str:
    """The order this visit was for: what a pickup brought along will be measured."""
    if request.handover is not None:
        return request.handover.order_id
    return request.basket.order_id or next((line.order_id for line in request.basket.lines if line.order_id), "")


def _record_effects(uow: UnitOfWork, counter: Counter, basket: Basket, sale: SaleDocument) -> None:
    movements = uow.stock.record(
        [_movement(counter, line, sale) for line in basket.lines if line.stock_tracked and not line.order_id]
    )
    payload = sale_payload(sale, movements)
    record_fact(uow, counter, FactKind.SALE_RECORDED, f"sale:{sale.sale_id}", sale.happened_at, payload)


def _movement(counter: Counter, line: BasketLine, sale: SaleDocument) -> StockMovement:
    return StockMovement(
        movement_id=counter.ids.new(),
        product_id=line.product_id,
        location=DEFAULT_LOCATION,
        quantity=-line.quantity,
        reason=MovementReason.SALE,
        happened_at=sale.happened_at,
        till_id=sale.till_id,
        source_id=line.line_id,
        operator=sale.operator,
    )


def _record_handover_with(
    uow: UnitOfWork, counter: Counter, request: HandoverRequest | None, sale: SaleDocument
) -> HandoverDone | HandoverRefused | None:
    if request is None:
        return None
    collected = total_of([line.total for line in sale.lines if line.order_id == request.order_id])
    outcome = record_handover(uow, counter, request, sale_id=sale.sale_id, paid_now=collected)
    return outcome if isinstance(outcome, HandoverRefused) else replace(outcome, sale=sale)


def _any_cash(payments: Sequence[Payment]) -> bool:
    return any(payment.means is PaymentMeans.CASH for payment in payments)


def _touched(request: SaleRequest) -> Touched:
    of_order = request.handover is not None or any(line.order_id for line in request.basket.lines)
    prints = request.print_receipt or (request.handover is not None and request.handover.print_slip)
    return Touched(orders=of_order, stock=True, sales=True, outbox=True, print_queue=prints)
