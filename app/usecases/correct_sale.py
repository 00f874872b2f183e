"""Corrects what was recorded: goods that come back, a ticket cancelled, a payment entered under the wrong means. Never
changes a document: every correction is another one, with the opposite sign, of today (R2).

What comes back goes into a basket like anything else, so that an exchange is one document; `sell_at_counter` records
it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from app.domain.catalogue import Product, StockMovement, price_of
from app.domain.facts import FactKind, sale_payload
from app.domain.fiscal import EventCode, Series
from app.domain.money import ZERO, Money, total_of
from app.domain.operators import Right
from app.domain.returns import ReturnableSale, line_coming_back, mirrored
from app.domain.rules_fr import cash_limit, meal_voucher_rule
from app.domain.sale import (
    Basket,
    BasketLine,
    DocumentKind,
    Payment,
    PaymentMeans,
    SaleDocument,
    SaleLine,
    check_document,
    line_for_product,
    vat_parts,
)
from app.usecases.allowed import is_allowed_and_noted
from app.usecases.log_event import log_event
from app.usecases.ports import Counter, Ids, Touched, UnitOfWork
from app.usecases.record_document import in_closed_period, record_document
from app.usecases.record_fact import record_fact
from app.usecases.returnable import returnable_sale
from app.usecases.seal_row import Place, next_place
from app.usecases.take_payment import REFUND_MEANS


class CorrectionRefusal(StrEnum):
    """Why a ticket is not corrected; nothing was written.

    NOT_A_SALE: a cancellation or a change of means is not corrected itself; cancel the ticket or change its means
    again. CAME_BACK: part of it was returned: return the rest instead. ORDER_HANDED_OVER: it paid an on-line order that
    has left: the goods come back as a return. WRONG_AMOUNTS: more than this means has paid, or the new means do not add
    up to the old. CASH_OVER_LIMIT: so much cash is not allowed (R26). PERIOD_CLOSED: the computer's clock says a moment
    before the last closure (R10). TRAINING: end the training first. PAID_ONLINE: it records what the marketplace
    cashed, and follows what that says (R30); nothing else becomes such a payment. MEAL_VOUCHER_LIMIT: more in meal
    vouchers than the day's limit (R27). REFUND_MEANS: money does not go back this way.
    """

    UNKNOWN_SALE = "unknown_sale"
    NOT_A_SALE = "not_a_sale"
    ALREADY_CANCELLED = "already_cancelled"
    CAME_BACK = "came_back"
    ORDER_HANDED_OVER = "order_handed_over"
    REASON_MISSING = "reason_missing"
    NOT_ALLOWED = "not_allowed"
    WRONG_AMOUNTS = "wrong_amounts"
    CASH_OVER_LIMIT = "cash_over_limit"
    MEAL_VOUCHER_LIMIT = "meal_voucher_limit"
    REFUND_MEANS = "refund_means"
    MEANS_NOT_CHANGED = "means_not_changed"
    PERIOD_CLOSED = "period_closed"
    TRAINING = "training"
    PAID_ONLINE = "paid_online"


@dataclass(frozen=True, slots=True)
class Cancelled:
    """`document` undoes the ticket; `basket` is what was on it, to be sold again as it should have been."""

    document: SaleDocument
    basket: Basket


@dataclass(frozen=True, slots=True)
class PaymentChanged:
    """The document that moved money from some means to others."""

    document: SaleDocument


@dataclass(frozen=True, slots=True)
class CorrectionRefused:
    reason: CorrectionRefusal


# --- goods that come back ---


def return_lines(counter: Counter, sale_id: str) -> ReturnableSale | None:
    """What of a ticket can come back now; None if this till has no such ticket."""
    with counter.unit_of_work() as uow:
        return returnable_sale(uow, sale_id)


def lines_coming_back(
    ids: Ids, sale: ReturnableSale, quantities: Mapping[int, int], *, broken: Collection[int] = ()
) -> tuple[BasketLine, ...]:
    """The basket lines that give these back, at what was paid for them.

    Args:
        quantities: base units by line number; more than can come back is cut to that.
        broken: line numbers of goods that do not go back to the shelf.
    """
    lines = []
    for line_no, wanted in quantities.items():
        entry = sale.line(line_no)
        quantity = min(wanted, entry.quantity) if entry else 0
        if entry is None or quantity <= 0:
            continue
        line = line_coming_back(ids.new(), sale.sale, entry, quantity)
        lines.append(replace(line, stock_tracked=False) if line_no in broken else line)
    return tuple(lines)


def line_without_ticket(
    ids: Ids, product_or_label: Product | str, price: Money, rate_bp: int, quantity: int
) -> BasketLine:
    """The basket line of goods that come back without their ticket; the sale then asks for a reason and the right.

    Args:
        price: given back for one priced unit, VAT included.
        rate_bp: VAT rate in basis points.
        quantity: base units, positive.
    """
    if isinstance(product_or_label, str):
        return BasketLine(ids.new(), product_or_label, price, rate_bp, -quantity)
    line = line_for_product(ids.new(), product_or_label, -quantity)
    return replace(line, unit_price=price, vat_rate_bp=rate_bp)


# --- a ticket cancelled ---


def cancel_sale(
    counter: Counter, sale_id: str, operator: str, reason: str, approved_by: str = ""
) -> Cancelled | CorrectionRefused:
    """Undo a whole ticket: every line, payment and stock movement with the opposite sign, in a document of today."""
    if not reason.strip():
        return CorrectionRefused(CorrectionRefusal.REASON_MISSING)
    with counter.unit_of_work() as uow:
        place = next_place(uow, counter, Series.SALES)
        ticket = returnable_sale(uow, sale_id)
        refused = _refusal(uow, place, ticket) or _refusal_of_cancelling(uow, ticket)
        if refused is not None or ticket is None:
            return CorrectionRefused(refused or CorrectionRefusal.UNKNOWN_SALE)
        if not is_allowed_and_noted(uow, counter, Right.CANCEL_TICKET, operator, approved_by):
            return CorrectionRefused(CorrectionRefusal.NOT_ALLOWED)
        document = _cancellation(counter, place, ticket, operator)
        record_document(uow, counter, place, document)
        _log_correction(uow, counter, document, operator, reason)
        movements = uow.stock.record(_opposite_movements(uow, counter, ticket.sale, document))
        _tell(uow, counter, document, movements)
        basket = _basket_again(uow, counter.ids, ticket.sale)
        uow.commit()
    of_order = any(line.order_id for line in document.lines)
    counter.announce(Touched(orders=of_order, stock=bool(movements), sales=True, outbox=True))
    return Cancelled(document, basket)


def _refusal(uow: UnitOfWork, place: Place, ticket: ReturnableSale | None) -> CorrectionRefusal | None:
    """What forbids any correction of a ticket."""
    if ticket is None:
        return CorrectionRefusal.UNKNOWN_SALE
    if uow.training():
        return CorrectionRefusal.TRAINING
    if in_closed_period(place):
        return CorrectionRefusal.PERIOD_CLOSED
    if ticket.sale.kind in (DocumentKind.CANCELLATION, DocumentKind.PAYMENT_CHANGE):
        return CorrectionRefusal.NOT_A_SALE
    if PaymentMeans.ONLINE in ticket.payments:
        return CorrectionRefusal.PAID_ONLINE
    return CorrectionRefusal.ALREADY_CANCELLED if ticket.cancelled else None


def _refusal_of_cancelling(uow: UnitOfWork, ticket: ReturnableSale | None) -> CorrectionRefusal | None:
    if ticket is None:
        return None
    if ticket.came_back:
        return CorrectionRefusal.CAME_BACK
    paid_orders = {line.order_id for line in ticket.sale.lines if line.order_id}
    if any(_has_left(uow, order_id) for order_id in paid_orders):
        return CorrectionRefusal.ORDER_HANDED_OVER
    return None


def _has_left(uow: UnitOfWork, order_id: str) -> bool:
    order = uow.orders.get(order_id)
    return order is not None and bool(order.facts.handovers)


def _cancellation(counter: Counter, place: Place, ticket: ReturnableSale, operator: str) -> SaleDocument:
    sale = ticket.sale
    lines = tuple(mirrored(line, counter.ids.new(), sale.sale_id) for line in sale.lines)
    document = SaleDocument(
        sale_id=counter.ids.new(),
        till_id=place.till.till_id,
        till_letter=place.till.till_letter,
        series=place.series,
        number=place.number,
        kind=DocumentKind.CANCELLATION,
        happened_at=place.happened_at,
        utc_offset_minutes=place.utc_offset_minutes,
        operator=operator,
        lines=lines,
        vat=vat_parts(lines),
        payments=tuple(Payment(means, -amount, -amount) for means, amount in ticket.payments.items()),
        total=-sale.total,
        order_id=sale.order_id,
        corrects=sale.sale_id,
        trading_day=place.trading_day,
        vat_regime=sale.vat_regime,
        discount_reason=sale.discount_reason,
    )
    check_document(document)
    return document


def _opposite_movements(
    uow: UnitOfWork, counter: Counter, sale: SaleDocument, document: SaleDocument
) -> list[StockMovement]:
    """What the ticket moved, the other way round; goods that came back broken never moved and do not now."""
    new_ids = {line.line_id: undone.line_id for line, undone in zip(sale.lines, document.lines, strict=True)}
    return [
        replace(
            movement,
            movement_id=counter.ids.new(),
            quantity=-movement.quantity,
            happened_at=document.happened_at,
            source_id=new_ids[movement.source_id],
            operator=document.operator,
        )
        for movement in uow.stock.moved_by(list(new_ids))
    ]


def _basket_again(uow: UnitOfWork, ids: Ids, sale: SaleDocument) -> Basket:
    products = uow.catalogue.get_all([line.product_id for line in sale.lines if line.product_id])
    return Basket(
        lines=tuple(_line_again(ids.new(), line, products.get(line.product_id)) for line in sale.lines),
        order_id=sale.order_id,
        discount=total_of([line.ticket_discount for line in sale.lines if not line.corrects_sale_id]),
        discount_reason=sale.discount_reason,
    )


def _line_again(line_id: str, line: SaleLine, product: Product | None) -> BasketLine:
    """The line as it was in the basket: its own discount, without its share of the ticket's."""
    own_discount = line.discount - line.ticket_discount
    gross = line.total + line.discount
    return BasketLine(
        line_id=line_id,
        label=line.label,
        unit_price=line.unit_price,
        vat_rate_bp=line.vat_rate_bp,
        quantity=line.quantity,
        unit=line.unit,
        product_id=line.product_id,
        code=line.code,
        stock_tracked=product is not None and product.stock_tracked,
        age_limit=product.age_limit if product else 0,
        order_id=line.order_id,
        order_line_no=line.order_line_no,
        discount=own_discount,
        fixed_total=None if gross == price_of(line.unit_price, line.quantity, line.unit) else gross,
        discount_reason=line.discount_reason,
        nature=line.nature,
        meal_voucher=product is not None and product.meal_voucher,
        legal_guarantee=line.legal_guarantee,
        weigh_slip=line.weigh_slip,
        corrects_sale_id=line.corrects_sale_id,
        corrects_line_no=line.corrects_line_no,
    )


# --- a payment entered under the wrong means ---


def change_payment(
    counter: Counter,
    sale_id: str,
    payments_before: Mapping[PaymentMeans, Money],
    payments_after: Mapping[PaymentMeans, Money],
    operator: str,
    approved_by: str = "",
    *,
    reason: str = "",
) -> PaymentChanged | CorrectionRefused:
    """Move money of a ticket from means to means; turnover and VAT stay as they are.

    Args:
        payments_before: amounts to take away, none of them more than that means has paid.
        payments_after: amounts to put there, the same in all.
    """
    with counter.unit_of_work() as uow:
        place = next_place(uow, counter, Series.SALES)
        ticket = returnable_sale(uow, sale_id)
        refused = _refusal(uow, place, ticket)
        if refused is not None or ticket is None:
            return CorrectionRefused(refused or CorrectionRefusal.UNKNOWN_SALE)
        refused = _refusal_of_change(ticket, payments_before, payments_after)
        if refused is not None:
            return CorrectionRefused(refused)
        if not is_allowed_and_noted(uow, counter, Right.CHANGE_PAYMENT_MEANS, operator, approved_by):
            return CorrectionRefused(CorrectionRefusal.NOT_ALLOWED)
        document = _payment_change(counter, place, ticket.sale, _moved(payments_before, payments_after), operator)
        record_document(uow, counter, place, document)
        if reason.strip():
            _log_correction(uow, counter, document, operator, reason)
        _tell(uow, counter, document, ())
        uow.commit()
    counter.announce(Touched(sales=True, outbox=True))
    return PaymentChanged(document)


def _refusal_of_change(
    ticket: ReturnableSale, before: Mapping[PaymentMeans, Money], after: Mapping[PaymentMeans, Money]
) -> CorrectionRefusal | None:
    sign = 1 if ticket.sale.total >= ZERO else -1
    amounts = [sign * amount.minor for amount in (*before.values(), *after.values())]
    too_much = any(
        sign * amount.minor > sign * ticket.payments.get(means, ZERO).minor for means, amount in before.items()
    )
    if too_much or not amounts or min(amounts) <= 0 or total_of([*before.values()]) != total_of([*after.values()]):
        return CorrectionRefusal.WRONG_AMOUNTS
    if not _moved(before, after):
        return CorrectionRefusal.MEANS_NOT_CHANGED
    return _refusal_of_means(ticket, before, after)


def _refusal_of_means(
    ticket: ReturnableSale, before: Mapping[PaymentMeans, Money], after: Mapping[PaymentMeans, Money]
) -> CorrectionRefusal | None:
    """What a sale may not be paid with, a correction may not bring about."""

    def exceeds(means: PaymentMeans, limit: Money) -> bool:
        kept = ticket.payments.get(means, ZERO) - before.get(means, ZERO)
        return means in after and kept + after[means] > limit

    if PaymentMeans.ONLINE in after:
        return CorrectionRefusal.PAID_ONLINE
    if ticket.sale.total < ZERO and not REFUND_MEANS.issuperset(after):
        return CorrectionRefusal.REFUND_MEANS
    if exceeds(PaymentMeans.CASH, cash_limit()):
        return CorrectionRefusal.CASH_OVER_LIMIT
    sale = ticket.sale
    day = (sale.happened_at + timedelta(minutes=sale.utc_offset_minutes)).date()
    if exceeds(PaymentMeans.MEAL_VOUCHER, meal_voucher_rule(day).daily_limit):
        return CorrectionRefusal.MEAL_VOUCHER_LIMIT
    return None


def _moved(before: Mapping[PaymentMeans, Money], after: Mapping[PaymentMeans, Money]) -> tuple[Payment, ...]:
    """The payments of the change: what each means loses or gains in the end, the losses first."""
    means = dict.fromkeys((*before, *after))
    gains = {one: after.get(one, ZERO) - before.get(one, ZERO) for one in means}
    ordered = sorted(gains.items(), key=lambda item: item[1] > ZERO)
    return tuple(Payment(one, gain, gain) for one, gain in ordered if gain)


def _payment_change(
    counter: Counter, place: Place, sale: SaleDocument, payments: tuple[Payment, ...], operator: str
) -> SaleDocument:
    document = SaleDocument(
        sale_id=counter.ids.new(),
        till_id=place.till.till_id,
        till_letter=place.till.till_letter,
        series=place.series,
        number=place.number,
        kind=DocumentKind.PAYMENT_CHANGE,
        happened_at=place.happened_at,
        utc_offset_minutes=place.utc_offset_minutes,
        operator=operator,
        lines=(),
        vat=(),
        payments=payments,
        total=ZERO,
        corrects=sale.sale_id,
        trading_day=place.trading_day,
        vat_regime=sale.vat_regime,
    )
    check_document(document)
    return document


# --- both ---


def _log_correction(uow: UnitOfWork, counter: Counter, document: SaleDocument, operator: str, reason: str) -> None:
    details: dict[str, str | int] = {
        "number": document.display_number,
        "kind": document.kind.value,
        "corrects": document.corrects,
        "reason": reason.strip(),
    }
    log_event(uow, counter, EventCode.CORRECTED, operator, details)


def _tell(uow: UnitOfWork, counter: Counter, document: SaleDocument, movements: Sequence[StockMovement]) -> None:
    payload = sale_payload(document, movements)
    record_fact(uow, counter, FactKind.SALE_RECORDED, f"sale:{document.sale_id}", document.happened_at, payload)
