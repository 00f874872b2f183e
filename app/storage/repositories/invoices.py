"""Owns invoices in the database: added, never changed; whom they are made out to and their files apart, so that these
can be erased. Never numbers or seals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.sqlite import insert

from app.domain.invoice import InvoiceBuyer, InvoiceKind, IssuedInvoice
from app.domain.money import Money
from app.domain.sale import DocumentKind
from app.storage.fiscal_tables import invoice, invoice_buyer
from app.storage.sale_tables import sale
from app.storage.session import Row, Session
from app.storage.values import texts_json, texts_of, time_of, time_text

AFTER_ALL = "\U0010ffff"
_i, _b = invoice.c, invoice_buyer.c
_INSERT = insert(invoice)
_INSERT_BUYER = insert(invoice_buyer)
_INVOICE = select(
    _i.invoice_id,
    _i.till_letter,
    _i.number,
    _i.kind,
    _i.display_number,
    _i.sale_id,
    _i.issued_at,
    _i.issue_day,
    _i.buyer_siren,
    _i.total_minor,
    _i.document,
    _b.name,
    _b.address,
    _b.vat_number,
    _b.delivery,
).select_from(invoice.outerjoin(invoice_buyer, _b.invoice_id == _i.invoice_id))
_OF_SALE = _INVOICE.where(_i.sale_id == bindparam("sale_id"))
_NEWEST = _INVOICE.where(_i.invoice_id < bindparam("before")).order_by(_i.invoice_id.desc()).limit(bindparam("most"))
_FILE = select(_b.file).where(_b.invoice_id == bindparam("invoice_id"))
_CANCELLATION = (
    select(sale.c.sale_id)
    .where(
        sale.c.corrects == bindparam("sale_id"),
        sale.c.corrects != "",  # so that the index of corrections serves
        sale.c.kind == DocumentKind.CANCELLATION.value,
    )
    .limit(1)
)


class InvoiceRows:
    """Implements `fiscal_ports.Invoices`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, issued: IssuedInvoice, file: bytes) -> None:
        self._session.run(
            _INSERT,
            invoice_id=issued.invoice_id,
            till_letter=issued.till_letter,
            number=issued.number,
            kind=issued.kind.value,
            display_number=issued.display_number,
            sale_id=issued.sale_id,
            issued_at=time_text(issued.issued_at),
            issue_day=issued.issue_day.isoformat(),
            buyer_siren=issued.buyer_siren,
            total_minor=issued.total.minor,
            document=issued.document,
        )
        if issued.buyer is not None:
            self._session.run(
                _INSERT_BUYER,
                invoice_id=issued.invoice_id,
                name=issued.buyer.name,
                address=texts_json(issued.buyer.address_lines),
                vat_number=issued.buyer.vat_number,
                delivery=texts_json(issued.buyer.delivery_lines),
                file=file,
            )

    def of_sale(self, sale_id: str) -> IssuedInvoice | None:
        return load_invoice_of_sale(self._session, sale_id)

    def was_cancelled(self, sale_id: str) -> bool:
        return self._session.one(_CANCELLATION, sale_id=sale_id) is not None


def load_invoice_of_sale(session: Session, sale_id: str) -> IssuedInvoice | None:
    row = session.one(_OF_SALE, sale_id=sale_id)
    return _issued_of(row) if row is not None else None


def load_invoices(session: Session, limit: int, before: str) -> Sequence[IssuedInvoice]:
    """Newest first; `before`: the last invoice_id of the page before."""
    return [_issued_of(row) for row in session.rows(_NEWEST, before=before or AFTER_ALL, most=limit)]


def load_invoice_file(session: Session, invoice_id: str) -> bytes | None:
    row = session.one(_FILE, invoice_id=invoice_id)
    return bytes(row[0]) if row is not None else None


def _issued_of(row: Row) -> IssuedInvoice:
    buyer = None
    if row[11] is not None:
        buyer = InvoiceBuyer(row[8], row[11], texts_of(row[12]), row[13], texts_of(row[14]))
    return IssuedInvoice(
        invoice_id=row[0],
        till_letter=row[1],
        number=row[2],
        kind=InvoiceKind(row[3]),
        display_number=row[4],
        sale_id=row[5],
        issued_at=time_of(row[6]),
        issue_day=date.fromisoformat(row[7]),
        buyer_siren=row[8],
        total=Money(row[9]),
        document=row[10],
        buyer=buyer,
    )
