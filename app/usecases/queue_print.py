"""Puts a document into the print queue as part of a use case's own transaction. Never commits, never prints (I7)."""

from __future__ import annotations

from app.domain.receipt import Printable, PrintKind, SaleReceipt
from app.domain.sale import SaleDocument
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


def queue_receipt(uow: UnitOfWork, counter: Counter, sale: SaleDocument, *, open_drawer: bool = False) -> PrintJob:
    """Queue the ticket of a sale; what was asked for before makes this one a numbered duplicate (R11)."""
    till = uow.identity()
    order = uow.orders.get(sale.order_id) if sale.order_id else None
    receipt = SaleReceipt(
        shop=till.shop,
        sale=sale,
        till_name=till.till_name,
        software=counter.software,
        copy_no=uow.print_queue.copies_of(sale.sale_id),
        order_number=order.order.number if order else "",
    )
    return queue_print(uow, counter, PrintKind.SALE_RECEIPT, receipt, sale.display_number, open_drawer=open_drawer)
