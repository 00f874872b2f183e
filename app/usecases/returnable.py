"""Says what of a ticket can still come back, and whether returned lines are worth what they say. Never writes.

All later documents count: returns, cancellations, and cancellations of returns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

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
from app.domain.sale import BasketLine, DocumentKind, SaleDocument, SaleLine
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


def _what_is_left(uow: UnitOfWork, line: SaleLine, sale: SaleDocument, corrections: Sequence[SaleDocument]) -> Rest:
    """The line and all that corrected it, what corrected those corrections included."""
    left = rest_of(line)
    for document in corrections:
        for correction in document.lines:
            if (correction.corrects_sale_id, correction.corrects_line_no) == (sale.sale_id, line.line_no):
                later = uow.sales.correcting(document.sale_id)
                left += _what_is_left(uow, correction, document, later)
    return left
