"""Puts a document into the print queue as part of a use case's own transaction. Never commits, never prints (I7)."""

from __future__ import annotations

from app.domain.fiscal import FISCAL_VERSION, EventCode, LedgerRow, signature_extract
from app.domain.receipt import Printable, PrintKind, SaleReceipt
from app.domain.sale import SaleDocument
from app.usecases.log_event import log_event
from app.usecases.ports import Counter, PrintJob, PrintState, UnitOfWork


def queue_print(
    uow: UnitOfWork,
    counter: Counter,
    kind: PrintKind,
    document: Printable,
    title: str,
    *,
    open_drawer: bool = False,
) -> PrintJob:
    """Queue a document; it goes to paper after the commit.

    Args:
        title: the number people know it by; what kind of paper it is, is said by `kind`.
        open_drawer: kick the cash drawer with it, where the printer profile allows.
    """
    job = PrintJob(
        job_id=counter.ids.new(),
        created_at=counter.clock.now(),
        kind=kind,
        document=document,
        state=PrintState.QUEUED,
        attempts=0,
        error="",
        title=title,
        open_drawer=open_drawer,
    )
    uow.print_queue.add(job)
    return job


def queue_receipt(
    uow: UnitOfWork,
    counter: Counter,
    sale: SaleDocument,
    row: LedgerRow | None,
    operator: str,
    *,
    open_drawer: bool = False,
) -> PrintJob:
    """Queue the ticket of a sale. What was asked for before makes this one a numbered duplicate, and the journal says
    so (R11).

    Args:
        row: the ledger row that seals the sale; None for documents of before the ledger.
    """
    till = uow.identity()
    order = uow.orders.get(sale.order_id) if sale.order_id else None
    copy_no = count_copy(uow, counter, sale.sale_id, sale.display_number, operator)
    receipt = SaleReceipt(
        shop=till.shop,
        sale=sale,
        till_name=till.till_name,
        software=counter.software,
        copy_no=copy_no,
        order_number=order.order.number if order else "",
        signature_extract=signature_extract(row.signature) if row else "",
        fiscal_version=FISCAL_VERSION,
        merchant=uow.merchant(),
    )
    return queue_print(uow, counter, PrintKind.SALE_RECEIPT, receipt, sale.display_number, open_drawer=open_drawer)


def count_copy(uow: UnitOfWork, counter: Counter, document_id: str, number: str, operator: str) -> int:
    """Which paper of a document this will be: 0 the original, k the k-th duplicate, which is a row of the journal."""
    copy_no = uow.copies.count(document_id)
    made_at = counter.clock.now()
    if copy_no:
        details: dict[str, str | int] = {"document": document_id, "number": number, "copy": copy_no}
        made_at = log_event(uow, counter, EventCode.DUPLICATE, operator, details).happened_at
    uow.copies.add(document_id, copy_no, "paper", made_at, operator)
    return copy_no
