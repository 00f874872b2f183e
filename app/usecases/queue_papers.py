"""Puts the papers of one sale into the print queue, in the sale's own transaction: what the customer wants and what the
law demands (R19, R22, R23). Never commits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta, timezone

from app.domain.fiscal import LedgerRow
from app.domain.paper_rule import paper_rule
from app.domain.receipt import PrintKind, ServiceNote, WeighedPiece, WeighSlip
from app.domain.sale import SaleDocument, SaleLine
from app.usecases.ports import Counter, PrintJob, UnitOfWork
from app.usecases.queue_print import count_copy, queue_print, queue_receipt, receipt_of


def queue_papers(
    uow: UnitOfWork,
    counter: Counter,
    sale: SaleDocument,
    row: LedgerRow | None,
    operator: str,
    *,
    ticket_wanted: bool,
    open_drawer: bool = False,
) -> tuple[PrintJob, ...]:
    """Queue what goes with a sale that was just recorded, often nothing.

    Args:
        ticket_wanted: what the customer said, or what was proposed and left alone.
        open_drawer: kick the cash drawer with the first paper.
    """
    jobs: list[PrintJob] = []
    for kind in paper_rule(sale.lines, sale.payments).papers(ticket_wanted=ticket_wanted):
        kick = open_drawer and not jobs
        if kind is PrintKind.SERVICE_NOTE:
            jobs.append(queue_note(uow, counter, sale, row, operator, open_drawer=kick))
        elif kind is PrintKind.WEIGH_SLIP:
            jobs.append(queue_weigh_slip(uow, counter, sale, open_drawer=kick))
        else:
            jobs.append(queue_receipt(uow, counter, sale, row, operator, open_drawer=kick))
    return tuple(jobs)


def queue_note(
    uow: UnitOfWork,
    counter: Counter,
    sale: SaleDocument,
    row: LedgerRow | None,
    operator: str,
    *,
    open_drawer: bool = False,
) -> PrintJob:
    """Queue the note of a sale with services; it counts as its ticket, so a ticket after it is a duplicate (R11)."""
    copy_no = 0 if sale.is_training else count_copy(uow, counter, sale.sale_id, sale.display_number, operator)
    note = ServiceNote(receipt_of(uow, counter, sale, row, copy_no))
    return queue_print(uow, counter, PrintKind.SERVICE_NOTE, note, sale.display_number, open_drawer=open_drawer)


def queue_weigh_slip(uow: UnitOfWork, counter: Counter, sale: SaleDocument, *, open_drawer: bool = False) -> PrintJob:
    """Queue the slip of a sale's weighed pieces; it is no ticket and counts as none."""
    slip = WeighSlip(
        shop=uow.identity().shop,
        printed_at=sale.happened_at.astimezone(timezone(timedelta(minutes=sale.utc_offset_minutes))),
        pieces=weighed_pieces(sale.lines),
        number=sale.display_number,
        training=sale.is_training,
    )
    return queue_print(uow, counter, PrintKind.WEIGH_SLIP, slip, sale.display_number, open_drawer=open_drawer)


def weighed_pieces(lines: Sequence[SaleLine]) -> tuple[WeighedPiece, ...]:
    """The lines that need their weight in writing."""
    return tuple(
        WeighedPiece(line.label, line.quantity, line.unit, line.unit_price, line.total)
        for line in lines
        if line.weigh_slip and line.quantity > 0
    )
