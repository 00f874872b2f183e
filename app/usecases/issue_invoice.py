"""Makes out the invoice to a business for a ticket, or the credit note for a return of an invoiced one (R25). Never
touches the ticket, its numbers or turnover: the money was counted when it was sold.

The file is written outside the transaction, with the number that is next; if that number was taken meanwhile it is
written again. So a sale never waits for a page to be laid out, and the sealed row holds the digest of the very file.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from app.domain.fiscal import EventCode, Series
from app.domain.invoice import (
    DUE_DAYS,
    MAX_DUE_DAYS,
    BuyerProblem,
    Invoice,
    InvoiceBuyer,
    InvoiceKind,
    IssuedInvoice,
    SellerProblem,
    corrected_sales,
    due_day_of,
    invoice_body,
    issued,
    kind_for,
    problems_with_buyer,
    problems_with_seller,
)
from app.domain.merchant import VatRegime
from app.domain.sale import SaleDocument
from app.usecases.fiscal_ports import InvoiceWriter
from app.usecases.log_event import log_event
from app.usecases.ports import Counter, Touched, UnitOfWork
from app.usecases.queries import Queries
from app.usecases.seal_row import Place, next_place, seal


class InvoiceRefusal(StrEnum):
    """Why there is no invoice; nothing was written.

    NOTHING_TO_INVOICE: no line of the ticket makes turnover, or it only changed payment means. CANCELLED: a
    cancellation took it all back before it was invoiced. NOT_INVOICED: what a return takes back has no invoice, so
    there is nothing to credit. ANOTHER_BUYER: a credit note goes to whom the invoice was made out. NOT_SEALED: a ticket
    of before the ledger.
    """

    UNKNOWN_TICKET = "unknown_ticket"
    NOT_SEALED = "not_sealed"
    NOTHING_TO_INVOICE = "nothing_to_invoice"
    CANCELLED = "cancelled"
    ALREADY_INVOICED = "already_invoiced"
    NOT_INVOICED = "not_invoiced"
    ANOTHER_BUYER = "another_buyer"
    SELLER_INCOMPLETE = "seller_incomplete"
    BUYER_WRONG = "buyer_wrong"
    WRONG_DUE_DAYS = "wrong_due_days"


@dataclass(frozen=True, slots=True)
class InvoiceRequest:
    """What the screen or the command asks for.

    Attributes:
        sale_id: of the ticket, or of the return or cancellation to be credited.
        buyer: may be left out for a credit note: it goes to whom the invoice was made out.
        due_days: from today, for what was sold on account; 0 to 60.
        vat_on_debits: see `Invoice`.
    """

    sale_id: str
    buyer: InvoiceBuyer | None
    operator: str
    due_days: int = DUE_DAYS
    vat_on_debits: bool = False


@dataclass(frozen=True, slots=True)
class InvoiceDone:
    """`file` is the PDF as it is kept: its bytes are what the sealed row's digest is of."""

    invoice: Invoice
    file: bytes


@dataclass(frozen=True, slots=True)
class InvoiceRefused:
    """Nothing was written. `earlier`: the one there is already (ALREADY_INVOICED)."""

    reason: InvoiceRefusal
    earlier: IssuedInvoice | None = None
    buyer_problems: tuple[BuyerProblem, ...] = ()
    seller_problems: tuple[SellerProblem, ...] = ()


def issue_invoice(counter: Counter, writer: InvoiceWriter, request: InvoiceRequest) -> InvoiceDone | InvoiceRefused:
    """Number, seal and keep the invoice, or say why there is none.

    Raises:
        StoreUnavailable, KeyStoreUnavailable: none was made.
    """
    file = b""
    written: Invoice | None = None
    while True:
        with counter.unit_of_work() as uow:
            place = next_place(uow, counter, Series.INVOICES)
            invoice = _made_out(uow, place, counter, request)
            if isinstance(invoice, InvoiceRefused):
                return invoice
            if written is not None and _says_the_same(written, invoice):
                _record(uow, counter, place, invoice, file)
                uow.commit()
                break
        written, file = invoice, writer(invoice)
    counter.announce(Touched(sales=True))
    return InvoiceDone(invoice, file)


class FileMissing(StrEnum):
    """Why an invoice cannot be handed out again. CHANGED: the file kept is not the one whose digest was sealed."""

    ERASED = "erased"
    CHANGED = "changed"


def invoice_again(counter: Counter, queries: Queries, invoice: IssuedInvoice, operator: str) -> bytes | FileMissing:
    """The file as it was made, for somebody who asks for it again; the journal says so (R11).

    Raises:
        StoreUnavailable, KeyStoreUnavailable: nothing was given.
    """
    file = queries.invoice_file(invoice.invoice_id)
    if file is None:
        return FileMissing.ERASED
    if hashlib.sha256(file).hexdigest() != invoice.document:
        return FileMissing.CHANGED
    with counter.unit_of_work() as uow:
        details = {"what": invoice.kind.value, "number": invoice.display_number}
        log_event(uow, counter, EventCode.EXPORTED, operator, details)
        uow.commit()
    return file


def credit_note_is_due(queries: Queries, sale: SaleDocument) -> bool:
    """Whether a document takes back what was invoiced and has no credit note yet: to be proposed after a return."""
    if kind_for(sale) is not InvoiceKind.CREDIT_NOTE or queries.invoice_of_sale(sale.sale_id) is not None:
        return False
    corrected = corrected_sales(sale)
    return bool(corrected) and all(queries.invoice_of_sale(sale_id) is not None for sale_id in corrected)


def _says_the_same(written: Invoice, now: Invoice) -> bool:
    """Whether the file of a moment ago is right for what would be sealed now."""
    return replace(written, invoice_id=now.invoice_id, issued_at=now.issued_at) == now


def _record(uow: UnitOfWork, counter: Counter, place: Place, invoice: Invoice, file: bytes) -> None:
    if place.clock_is_behind:
        last = place.previous.happened_at
        details: dict[str, str | int] = {"number": place.number, "last": last.isoformat() if last else ""}
        log_event(uow, counter, EventCode.CLOCK_SET_BACK, invoice.operator, details)
    digest = hashlib.sha256(file).hexdigest()
    seal(
        uow,
        counter,
        place,
        kind=invoice.kind,
        record_id=invoice.invoice_id,
        operator=invoice.operator,
        body=invoice_body(invoice, digest),
    )
    uow.invoices.add(issued(invoice, digest), file)


def _made_out(uow: UnitOfWork, place: Place, counter: Counter, request: InvoiceRequest) -> Invoice | InvoiceRefused:
    sale = uow.sales.get(request.sale_id)
    if sale is None:
        return InvoiceRefused(InvoiceRefusal.UNKNOWN_TICKET)
    kind = kind_for(sale)
    earlier = _corrected_invoices(uow, sale)
    refusal = _refusal_of_ticket(uow, sale, kind, earlier)
    if refusal is not None:
        return refusal
    buyer = request.buyer or (earlier[-1].buyer if earlier and kind is InvoiceKind.CREDIT_NOTE else None)
    refused = _refusal_of_parties(place, sale, buyer, earlier, request)
    if refused is not None or buyer is None or kind is None:
        return refused or InvoiceRefused(InvoiceRefusal.BUYER_WRONG, buyer_problems=(BuyerProblem.NO_NAME,))
    day = _issue_day(place)
    return Invoice(
        invoice_id=counter.ids.new(),
        till_letter=place.till.till_letter,
        number=place.number,
        kind=kind,
        issued_at=place.happened_at,
        issue_day=day,
        operator=request.operator,
        merchant=place.merchant,
        buyer=buyer,
        sale=sale,
        due_day=due_day_of(sale, day, request.due_days),
        software=counter.software,
        corrects=earlier,
        vat_on_debits=request.vat_on_debits and sale.vat_regime is VatRegime.NORMAL,
    )


def _corrected_invoices(uow: UnitOfWork, sale: SaleDocument) -> tuple[IssuedInvoice, ...]:
    found = (uow.invoices.of_sale(sale_id) for sale_id in corrected_sales(sale))
    return tuple(invoice for invoice in found if invoice is not None)


def _refusal_of_ticket(
    uow: UnitOfWork, sale: SaleDocument, kind: InvoiceKind | None, earlier: tuple[IssuedInvoice, ...]
) -> InvoiceRefused | None:
    already = uow.invoices.of_sale(sale.sale_id)
    if already is not None:
        return InvoiceRefused(InvoiceRefusal.ALREADY_INVOICED, already)
    if kind is None:
        return InvoiceRefused(InvoiceRefusal.NOTHING_TO_INVOICE)
    if sale.series != Series.SALES:
        return InvoiceRefused(InvoiceRefusal.NOT_SEALED)
    if kind is InvoiceKind.INVOICE and uow.invoices.was_cancelled(sale.sale_id):
        return InvoiceRefused(InvoiceRefusal.CANCELLED)
    if kind is InvoiceKind.CREDIT_NOTE and not (earlier and len(earlier) == len(corrected_sales(sale))):
        return InvoiceRefused(InvoiceRefusal.NOT_INVOICED)
    return None


def _refusal_of_parties(
    place: Place,
    sale: SaleDocument,
    buyer: InvoiceBuyer | None,
    earlier: tuple[IssuedInvoice, ...],
    request: InvoiceRequest,
) -> InvoiceRefused | None:
    seller_problems = problems_with_seller(place.merchant, sale.vat_regime)
    if seller_problems:
        return InvoiceRefused(InvoiceRefusal.SELLER_INCOMPLETE, seller_problems=seller_problems)
    buyer_problems = problems_with_buyer(buyer) if buyer is not None else (BuyerProblem.NO_NAME,)
    if buyer is None or buyer_problems:
        return InvoiceRefused(InvoiceRefusal.BUYER_WRONG, buyer_problems=buyer_problems)
    if any(invoice.buyer_siren != buyer.siren for invoice in earlier):
        return InvoiceRefused(InvoiceRefusal.ANOTHER_BUYER, earlier[-1])
    if not 0 <= request.due_days <= MAX_DUE_DAYS:
        return InvoiceRefused(InvoiceRefusal.WRONG_DUE_DAYS)
    return None


def _issue_day(place: Place) -> date:
    """The local date, never before that of the invoice before: numbers and dates go up together."""
    offset = timedelta(minutes=place.utc_offset_minutes)
    moments = [moment for moment in (place.happened_at, place.previous.happened_at) if moment is not None]
    return (max(moments) + offset).date()
