"""Asks for the small papers of the counter: notice, note of services, report of a check. Never waits for
a printer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.fiscal import FISCAL_VERSION, Series, signature_extract
from app.domain.invoice import Invoice
from app.domain.receipt import (
    CheckedChain,
    CounterNotice,
    InvoiceSlip,
    PrintKind,
    VerificationReport,
)
from app.domain.rules_fr import NO_PAPER_NOTICE
from app.usecases.ports import Counter, PrintJob, Touched
from app.usecases.queue_papers import queue_note
from app.usecases.queue_print import count_copy, queue_print


@dataclass(frozen=True, slots=True)
class CheckedLedger:
    """What a check of the ledger found, worded.

    Attributes:
        scope: what was checked, in words.
        names: the chains to list, each with its name.
        rows: how many were read, by series.
        faults, remarks: a sentence each.
    """

    scope: str
    names: Mapping[Series, str]
    rows: Mapping[str, int]
    faults: Sequence[str] = ()
    remarks: Sequence[str] = ()


def print_notice(counter: Counter) -> PrintJob:
    """Queue what customers must be able to read where they pay: tickets are printed on demand only (R19)."""
    with counter.unit_of_work() as uow:
        notice = CounterNotice(uow.identity().shop, NO_PAPER_NOTICE)
        job = queue_print(uow, counter, PrintKind.COUNTER_NOTICE, notice, "")
        uow.commit()
    return _announced(counter, job)


def print_service_note(counter: Counter, sale_id: str, operator: str) -> PrintJob | None:
    """Queue the note of a sale's services once more, or because the customer asks for one below the limit. It counts
    as a paper of the ticket (R11). None if the sale is unknown."""
    with counter.unit_of_work() as uow:
        sale = uow.sales.get(sale_id)
        if sale is None:
            return None
        job = queue_note(uow, counter, sale, uow.ledger.row_of(sale_id), operator)
        uow.commit()
    return _announced(counter, job)


def print_invoice(counter: Counter, invoice: Invoice, operator: str) -> PrintJob:
    """Queue an invoice that was just made out, on ticket paper; once more is a numbered duplicate (R11, R25)."""
    with counter.unit_of_work() as uow:
        till, row = uow.identity(), uow.ledger.row_of(invoice.invoice_id)
        slip = InvoiceSlip(
            shop=till.shop,
            invoice=invoice,
            till_name=till.till_name,
            signature_extract=signature_extract(row.signature) if row else "",
            fiscal_version=FISCAL_VERSION,
            copy_no=count_copy(uow, counter, invoice.invoice_id, invoice.display_number, operator),
        )
        job = queue_print(uow, counter, PrintKind.INVOICE_SLIP, slip, invoice.display_number)
        uow.commit()
    return _announced(counter, job)


def print_verification(counter: Counter, operator: str, checked: CheckedLedger) -> PrintJob:
    """Queue the report of a check of the ledger (R14)."""
    with counter.unit_of_work() as uow:
        till = uow.identity()
        heads = {series: uow.ledger.head(till.till_letter, series) for series in checked.names}
        report = VerificationReport(
            shop=till.shop,
            merchant=uow.merchant(),
            checked_at=counter.clock.now(),
            till_name=till.till_name,
            operator=operator,
            software=counter.software,
            fiscal_version=FISCAL_VERSION,
            scope=checked.scope,
            chains=tuple(
                CheckedChain(
                    name,
                    heads[series].number,
                    checked.rows.get(series.value, 0),
                    signature_extract(heads[series].signature) if heads[series].number else "",
                )
                for series, name in checked.names.items()
            ),
            findings=tuple(checked.faults),
            remarks=tuple(checked.remarks),
        )
        job = queue_print(uow, counter, PrintKind.VERIFICATION_REPORT, report, "")
        uow.commit()
    return _announced(counter, job)


def _announced(counter: Counter, job: PrintJob) -> PrintJob:
    counter.announce(Touched(print_queue=True))
    return job
