"""Gives a sale's ticket to be shown on a screen. It is no paper: nothing is queued, counted or written."""

from __future__ import annotations

from app.domain.receipt import SaleReceipt
from app.usecases.ports import Counter
from app.usecases.queue_print import receipt_of


def receipt_to_show(counter: Counter, sale_id: str) -> SaleReceipt | None:
    """All that the ticket says, in the language of the order's customer where it is known; None if there is no such
    sale."""
    with counter.unit_of_work() as uow:
        sale = uow.sales.get(sale_id)
        return None if sale is None else receipt_of(uow, counter, sale, uow.ledger.row_of(sale_id))
