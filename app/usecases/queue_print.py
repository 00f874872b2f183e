"""Puts a document into the print queue as part of a use case's own transaction. Never commits, never prints (I7)."""

from __future__ import annotations

from datetime import timedelta

from app.domain.canonical import content_of
from app.domain.fiscal import FISCAL_VERSION, EventCode, LedgerRow, signature_extract
from app.domain.receipt import CorrectedDocument, Printable, PrintKind, SaleReceipt
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
    language: str = "",
) -> PrintJob:
    """Queue the ticket of a sale. What was asked for before makes this one a numbered duplicate, and the journal says
    so (R11).

    Args:
        row: the ledger row that seals the sale; None for documents of before the ledger.
        language: `fr` or `en`; "" for that of the order's customer, else the shop's.
    """
    copy_no = 0 if sale.is_training else count_copy(uow, counter, sale.sale_id, sale.display_number, operator)
    receipt = receipt_of(uow, counter, sale, row, copy_no, language)
    return queue_print(uow, counter, PrintKind.SALE_RECEIPT, receipt, sale.display_number, open_drawer=open_drawer)


def receipt_of(
    uow: UnitOfWork,
    counter: Counter,
    sale: SaleDocument,
    row: LedgerRow | None,
    copy_no: int = 0,
    language: str = "",
) -> SaleReceipt:
    """All that a paper of this document says, frozen: the versions are those that sealed it (R17)."""
    till = uow.identity()
    order = uow.orders.get(sale.order_id) if sale.order_id else None
    software, fiscal_version = sealed_by(row, counter.software)
    return SaleReceipt(
        shop=till.shop,
        sale=sale,
        till_name=till.till_name,
        software=software,
        copy_no=copy_no,
        order_number=order.order.number if order else "",
        signature_extract=signature_extract(row.signature) if row else "",
        fiscal_version=fiscal_version,
        merchant=uow.merchant(),
        corrected=_corrected_by(uow, sale),
        language=language or (order.order.language if order else ""),
    )


def sealed_by(row: LedgerRow | None, software: str) -> tuple[str, str]:
    """The program and the version of its fiscal core that sealed a row; those running now where there is no row."""
    try:
        content = content_of(row.canonical) if row else {}
    except ValueError:
        # bytes that were tampered with are for the ledger's check to name; the customer still gets a ticket
        content = {}
    return content.get("software", software), content.get("fiscal", FISCAL_VERSION)


def _corrected_by(uow: UnitOfWork, sale: SaleDocument) -> tuple[CorrectedDocument, ...]:
    ids = dict.fromkeys((sale.corrects, *(line.corrects_sale_id for line in sale.lines)))
    found = [uow.sales.get(sale_id) for sale_id in ids if sale_id]
    return tuple(
        CorrectedDocument(
            origin.sale_id,
            origin.display_number,
            origin.trading_day or (origin.happened_at + timedelta(minutes=origin.utc_offset_minutes)).date(),
        )
        for origin in found
        if origin is not None
    )


def count_copy(uow: UnitOfWork, counter: Counter, document_id: str, number: str, operator: str) -> int:
    """Which paper of a document this will be: 0 the original, k the k-th duplicate, which is a row of the journal."""
    copy_no = uow.copies.count(document_id)
    made_at = counter.clock.now()
    if copy_no:
        details: dict[str, str | int] = {"document": document_id, "number": number, "copy": copy_no}
        made_at = log_event(uow, counter, EventCode.DUPLICATE, operator, details).happened_at
    uow.copies.add(document_id, copy_no, "paper", made_at, operator)
    return copy_no
