"""Keeps the ledger in step with what the marketplace cashed, for merchants whose till records on-line payments (R30).
Never commits; does nothing under the other policy, where the marketplace records them.

An order is recorded when this till first sees it paid, once, whatever is scanned, pulled or handed over later. From
then on every difference is a document of its own: what is missing at the handover is a refund of that day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.domain.catalogue import Unit
from app.domain.facts import FactKind, sale_payload
from app.domain.fiscal import Series
from app.domain.merchant import PrepaidOrders
from app.domain.money import ZERO, Money, allocate, total_of
from app.domain.order import HandoverState, Order, OrderAtCounter, OrderLine
from app.domain.sale import (
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
from app.usecases.ports import Counter, UnitOfWork
from app.usecases.record_document import in_closed_period, record_document
from app.usecases.record_fact import record_fact
from app.usecases.seal_row import Place, next_place


def record_when_first_paid(
    uow: UnitOfWork, counter: Counter, before: Mapping[str, Order], orders: Sequence[Order]
) -> int:
    """Record what a page of changes tells of payments on line. Returns how many documents were made.

    Args:
        before: the copies known before, by order_id: what was paid before this till recorded payments stays the
            marketplace's.
        orders: the copies that were kept.
    """
    if uow.merchant().prepaid_orders is not PrepaidOrders.TILL:
        return 0
    made = 0
    for order in orders:
        known = before.get(order.order_id)
        first_seen_paid = order.paid_online > ZERO and (known is None or known.paid_online == ZERO)
        here = uow.orders.get(order.order_id)
        if here is None or (first_seen_paid and _is_over(here)):
            continue
        made += _bring_along(uow, counter, here, "", may_begin=first_seen_paid) is not None
    return made


def correct_prepaid(uow: UnitOfWork, counter: Counter, order: OrderAtCounter, operator: str) -> SaleDocument | None:
    """After a handover or its undoing: record what was paid on line for goods that did not leave after all, or left
    again. None if nothing changed, or if this till never recorded the payment."""
    if uow.merchant().prepaid_orders is not PrepaidOrders.TILL:
        return None
    return _bring_along(uow, counter, order, operator, may_begin=False)


def _is_over(order: OrderAtCounter) -> bool:
    return order.handover is HandoverState.HANDED_OVER or order.order.cancelled_at is not None


def _bring_along(
    uow: UnitOfWork, counter: Counter, order: OrderAtCounter, operator: str, *, may_begin: bool
) -> SaleDocument | None:
    recorded = uow.sales.recorded_online(order.order.order_id)
    if not (recorded or may_begin):
        return None
    lines = _lines_of_difference(counter, order, recorded)
    place = next_place(uow, counter, Series.SALES)
    # a clock that is behind the last closure is said at the next sale; the difference is recorded with the next change
    if not lines or in_closed_period(place):
        return None
    document = _document(counter, place, order.order.order_id, lines, operator, recorded)
    record_document(uow, counter, place, document)
    payload = sale_payload(document, ())
    record_fact(uow, counter, FactKind.SALE_RECORDED, f"sale:{document.sale_id}", document.happened_at, payload)
    return document


def _lines_of_difference(
    counter: Counter, order: OrderAtCounter, recorded: Sequence[SaleDocument]
) -> tuple[BasketLine, ...]:
    """What each line should have paid on line by now, less what is recorded for it."""
    known = _recorded_by_line(recorded)
    origin = recorded[0] if recorded else None
    lines = []
    for line, target in zip(order.order.lines, _targets(order), strict=True):
        difference = target - known.get(line.line_no, ZERO)
        if difference:
            lines.append(_line(counter.ids.new(), line, difference, origin))
    # what only moves between the lines of an order is no money; the next real difference brings it along
    return tuple(lines) if total_of([line.total for line in lines]) else ()


def _targets(order: OrderAtCounter) -> list[Money]:
    """Of what the marketplace cashed, the part of each line: what left as it left, what is still here as ordered."""
    here = {line.line_no for line in order.open_lines}
    worth = [
        line.total if line.line_no in here else result.amount
        for line, result in zip(order.order.lines, order.results, strict=True)
    ]
    too_much = max(order.paid - total_of(worth), ZERO)
    kept = max(order.order.paid_online - too_much, ZERO)
    return allocate(kept, [amount.minor for amount in worth])


def _recorded_by_line(recorded: Sequence[SaleDocument]) -> dict[int, Money]:
    known: dict[int, Money] = {}
    for document in recorded:
        for line in document.lines:
            if line.order_line_no:
                known[line.order_line_no] = known.get(line.order_line_no, ZERO) + line.total
    return known


def _line(line_id: str, line: OrderLine, difference: Money, origin: SaleDocument | None) -> BasketLine:
    """The whole line when it is paid as ordered; else one piece at the difference. It takes no order's name: what the
    order still owes at the counter is another matter."""
    whole = difference in (line.total, -line.total)
    sold = next((old for old in origin.lines if old.order_line_no == line.line_no), None) if origin else None
    comes_back = difference < ZERO
    return BasketLine(
        line_id=line_id,
        label=line.label,
        unit_price=line.unit_price if whole else max(difference, -difference),
        vat_rate_bp=line.vat_rate_bp,
        quantity=(line.quantity if whole else 1) * (-1 if comes_back else 1),
        unit=line.unit if whole else Unit.PIECE,
        product_id=line.product_id,
        order_line_no=line.line_no,
        fixed_total=difference,
        corrects_sale_id=origin.sale_id if origin and sold and comes_back else "",
        corrects_line_no=sold.line_no if sold and comes_back else 0,
    )


def _document(
    counter: Counter,
    place: Place,
    order_id: str,
    basket_lines: tuple[BasketLine, ...],
    operator: str,
    recorded: Sequence[SaleDocument],
) -> SaleDocument:
    basket = Basket(basket_lines)
    regime = place.merchant.regime_on(place.trading_day)
    lines = freeze_lines(basket, regime)
    document = SaleDocument(
        sale_id=counter.ids.new(),
        till_id=place.till.till_id,
        till_letter=place.till.till_letter,
        series=place.series,
        number=place.number,
        kind=DocumentKind.RETURN if basket.total < ZERO else DocumentKind.SALE,
        happened_at=place.happened_at,
        utc_offset_minutes=place.utc_offset_minutes,
        operator=operator,
        lines=lines,
        vat=vat_parts(lines),
        payments=(Payment(PaymentMeans.ONLINE, basket.total, basket.total),),
        total=basket.total,
        order_id=order_id,
        corrects=recorded[0].sale_id if recorded else "",
        trading_day=place.trading_day,
        vat_regime=regime,
    )
    check_document(document)
    return document
