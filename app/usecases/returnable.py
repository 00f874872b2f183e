"""Says what of a ticket can still come back, and whether returned lines are worth what they say. Never writes.

All later documents count: returns, cancellations, and cancellations of returns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.domain.money import ZERO, Money, total_of
from app.domain.returns import (
    NOTHING_LEFT,
    Rest,
    ReturnableLine,
    ReturnableSale,
    is_part_of,
    may_come_back,
    paid_by_means,
    rest_of,
)
from app.domain.sale import (
    Basket,
    BasketLine,
    DocumentKind,
    Payment,
    PaymentMeans,
    SaleDocument,
    SaleLine,
)
from app.usecases.ports import UnitOfWork


def returnable_sale(uow: UnitOfWork, sale_id: str) -> ReturnableSale | None:
    """A ticket as later documents left it; None if this till has no such ticket."""
    sale = uow.sales.get(sale_id)
    if sale is None:
        return None
    corrections = uow.sales.correcting(sale_id)
    products = uow.catalogue.get_all([line.product_id for line in sale.lines if line.product_id])
    tracked = {key for key, product in products.items() if product.stock_tracked}
    return ReturnableSale(
        sale=sale,
        lines=tuple(
            ReturnableLine(
                line,
                _what_is_left(uow, line, sale, corrections) if may_come_back(sale, line) else NOTHING_LEFT,
                line.product_id in tracked,
            )
            for line in sale.lines
        ),
        payments=paid_by_means(
            [
                *sale.payments,
                *(p for c in corrections if c.kind is DocumentKind.PAYMENT_CHANGE for p in c.payments),
            ]
        ),
        cancelled=any(c.kind is DocumentKind.CANCELLATION and c.corrects == sale_id for c in corrections),
    )


def fit_their_tickets(uow: UnitOfWork, lines: Sequence[BasketLine]) -> bool:
    """Whether each line that says it comes back from a ticket is still to come back, at what it is worth now."""
    tickets: dict[str, ReturnableSale | None] = {}
    for line in lines:
        sale_id = line.corrects_sale_id
        if not sale_id:
            continue
        if sale_id not in tickets:
            tickets[sale_id] = returnable_sale(uow, sale_id)
        ticket = tickets[sale_id]
        entry = ticket.line(line.corrects_line_no) if ticket else None
        if ticket is None or entry is None or not is_part_of(line, entry):
            return False
        left = replace(entry, rest=entry.rest - entry.rest.part(-line.quantity))
        others = tuple(left if other is entry else other for other in ticket.lines)
        tickets[sale_id] = replace(ticket, lines=others)
    return True


def money_for_meal_vouchers(uow: UnitOfWork, basket: Basket, payments: Sequence[Payment]) -> Money:
    """How much of a refund would turn what meal vouchers paid into money (R27); nought if all is well.

    Of a ticket paid by meal vouchers no more money goes back than came in by other means; a credit note may take the
    rest.
    """
    back = -total_of([payment.amount for payment in payments if payment.means in _MONEY])
    if basket.total >= ZERO or back <= ZERO:
        return ZERO
    room = ZERO
    for sale_id in dict.fromkeys(line.corrects_sale_id for line in basket.lines):
        came_back = -total_of([line.total for line in basket.lines if line.corrects_sale_id == sale_id])
        left = _money_left(uow, sale_id) if sale_id else None
        room += came_back if left is None else min(came_back, left)
    return max(back - max(room, ZERO), ZERO)


_MONEY = frozenset({PaymentMeans.CASH, PaymentMeans.CARD, PaymentMeans.ACCOUNT})


def _money_left(uow: UnitOfWork, sale_id: str) -> Money | None:
    """What of a ticket came in otherwise than by meal vouchers and was not given back yet; None if none paid it."""
    ticket = returnable_sale(uow, sale_id)
    if ticket is None or PaymentMeans.MEAL_VOUCHER not in ticket.payments:
        return None
    paid = total_of([amount for means, amount in ticket.payments.items() if means is not PaymentMeans.MEAL_VOUCHER])
    returns = [one for one in uow.sales.correcting(sale_id) if one.kind is DocumentKind.RETURN]
    standing = [one for one in returns if not _is_cancelled(uow, one.sale_id)]
    given = total_of([p.amount for one in standing for p in one.payments if p.means in _MONEY])
    return max(paid + given, ZERO)


def _is_cancelled(uow: UnitOfWork, sale_id: str) -> bool:
    corrections = uow.sales.correcting(sale_id)
    return any(one.kind is DocumentKind.CANCELLATION and one.corrects == sale_id for one in corrections)


def _what_is_left(uow: UnitOfWork, line: SaleLine, sale: SaleDocument, corrections: Sequence[SaleDocument]) -> Rest:
    """The line and all that corrected it, what corrected those corrections included."""
    left = rest_of(line)
    for document in corrections:
        for correction in document.lines:
            if (correction.corrects_sale_id, correction.corrects_line_no) == (sale.sale_id, line.line_no):
                later = uow.sales.correcting(document.sale_id)
                left += _what_is_left(uow, correction, document, later)
    return left
