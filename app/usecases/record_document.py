"""Writes a sale document into the ledger and the tables of sales, in the running transaction. Never commits, never
judges what is sold.

Every kind of document goes this way: number, bytes, link, signature, perpetual totals, lines and payments together or
not at all (R7).
"""

from __future__ import annotations

from dataclasses import replace

from app.domain.canonical import sale_body
from app.domain.fiscal import LedgerHead, LedgerRow, Series
from app.domain.sale import SaleDocument
from app.usecases.ports import Counter, UnitOfWork
from app.usecases.seal_row import Place, seal


def in_closed_period(place: Place) -> bool:
    """Whether the clock says a moment that a closure has closed already: nothing enters a closed period (R10)."""
    closed_at = place.closed.happened_at
    return closed_at is not None and place.happened_at < closed_at


def record_document(uow: UnitOfWork, counter: Counter, place: Place, document: SaleDocument) -> LedgerRow:
    """Seal the document at its place and keep it.

    Args:
        place: `next_place` of the document's series, in this transaction. Training documents leave no row of a sale
            (R12).
    """
    after = place.previous if place.series is Series.TRAINING else _with_turnover(place.previous, document)
    row = seal(
        uow,
        counter,
        place,
        kind=document.kind,
        record_id=document.sale_id,
        operator=document.operator,
        body=sale_body(document, after),
        after=after,
    )
    if place.series is Series.SALES:
        uow.sales.add(document)
    return row


def _with_turnover(previous: LedgerHead, document: SaleDocument) -> LedgerHead:
    """The perpetual totals after the document (R9)."""
    return replace(
        previous,
        perpetual=previous.perpetual + document.turnover,
        perpetual_absolute=previous.perpetual_absolute + document.turnover_absolute,
    )
