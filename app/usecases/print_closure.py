"""Puts Z, X and the count of the drawer into the print queue, in the running transaction. Never commits, never
closes."""

from __future__ import annotations

from app.domain.cash import CashCount
from app.domain.closure import Closure, PeriodReport, chain_head_text
from app.domain.fiscal import signature_extract
from app.domain.money import ZERO
from app.domain.receipt import CashCountSlip, PrintKind, XReport, ZReport
from app.usecases.ports import Counter, PrintJob, UnitOfWork
from app.usecases.queue_print import count_copy, queue_print, sealed_by


def queue_z(uow: UnitOfWork, counter: Counter, closure: Closure, operator: str) -> PrintJob:
    """The Z with the chain's head as QR; what was asked for before is a numbered duplicate (R11)."""
    till, row = uow.identity(), uow.ledger.row_of(closure.closure_id)
    copy_no = count_copy(uow, counter, closure.closure_id, closure.display_number, operator)
    software, fiscal_version = sealed_by(row, counter.software)
    report = ZReport(
        shop=till.shop,
        closure=closure,
        till_name=till.till_name,
        software=software,
        chain_head=chain_head_text(row.till_letter, row.number, row.hash) if row else "",
        signature_extract=signature_extract(row.signature) if row else "",
        fiscal_version=fiscal_version,
        merchant=uow.merchant(),
        copy_no=copy_no,
    )
    return queue_print(uow, counter, PrintKind.Z_REPORT, report, closure.display_number)


def queue_x(uow: UnitOfWork, counter: Counter, report: PeriodReport, operator: str) -> PrintJob:
    till = uow.identity()
    document = XReport(till.shop, report, till.till_name, counter.software, operator, uow.merchant())
    return queue_print(uow, counter, PrintKind.X_REPORT, document, "X")


def queue_count_slip(uow: UnitOfWork, counter: Counter, closure: Closure, count: CashCount, reason: str) -> PrintJob:
    """What was counted, note by note, for the shop's file."""
    till = uow.identity()
    slip = CashCountSlip(
        shop=till.shop,
        till_name=till.till_name,
        closure_number=closure.display_number,
        counted_at=closure.closed_at,
        utc_offset_minutes=closure.utc_offset_minutes,
        operator=closure.operator,
        count=count,
        expected=closure.cash.expected,
        difference=closure.cash.difference,
        reason=reason,
        banked=closure.cash.banked,
        left=closure.cash.left if closure.cash.left > ZERO else ZERO,
    )
    return queue_print(uow, counter, PrintKind.CASH_COUNT, slip, closure.display_number)
