"""Owns the invoices that the printing tests set on ticket paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from app.domain.invoice import Invoice, InvoiceBuyer, InvoiceKind, issued
from app.domain.merchant import VatRegime
from app.domain.money import Money
from app.domain.receipt import InvoiceSlip, Printable
from app.domain.sale import Basket, DocumentKind, Payment, PaymentMeans, SaleDocument
from tests.unit.printing.fiscal_samples import CONTAINER, MEAT, MERCHANT, SERVICE, TOY, document
from tests.unit.printing.samples import NOON, SHOP

BUYER = InvoiceBuyer(
    siren="552100554",
    name="Café de la Gare « Hélène & Cie »",
    address_lines=("12 place de la Gare", "59300 Valenciennes"),
    vat_number="FR96552100554",
    delivery_lines=("Cuisine", "5 rue du Puits"),
)


def invoice_of(sale: SaleDocument, **other: object) -> Invoice:
    made = Invoice(
        invoice_id="i1",
        till_letter="A",
        number=12,
        kind=InvoiceKind.INVOICE,
        issued_at=NOON,
        issue_day=date(2026, 11, 22),
        operator="Camille",
        merchant=MERCHANT,
        buyer=BUYER,
        sale=sale,
        due_day=date(2026, 12, 22),
        software="Comptoir 0.1.0",
    )
    return replace(made, **other)  # type: ignore[arg-type]  # any field of the invoice


def slip_of(invoice: Invoice) -> InvoiceSlip:
    return InvoiceSlip(SHOP, invoice, "Caisse A", "5E6F", "1.0")


def on_account() -> InvoiceSlip:
    """Part paid, part on account; a container stays on the ticket."""
    basket = Basket((TOY, MEAT, SERVICE, CONTAINER))
    card = Money(2000)
    rest = basket.total - card
    payments = (Payment(PaymentMeans.CARD, card, card), Payment(PaymentMeans.ACCOUNT, rest, rest))
    return slip_of(invoice_of(document(basket, payments)))


def credit_note() -> InvoiceSlip:
    back = replace(TOY, quantity=-1, discount=-TOY.discount, corrects_sale_id="s42", corrects_line_no=1)
    basket = Basket((back,))
    paid = Payment(PaymentMeans.CARD, basket.total, basket.total)
    first = invoice_of(document(Basket((TOY,))))
    sale = document(basket, (paid,), DocumentKind.RETURN)
    return slip_of(invoice_of(sale, number=13, kind=InvoiceKind.CREDIT_NOTE, corrects=(issued(first, "0" * 64),)))


def franchise() -> InvoiceSlip:
    sale = document(Basket((TOY,)), regime=VatRegime.FRANCHISE)
    return slip_of(invoice_of(sale, merchant=replace(MERCHANT, vat_number=""), due_day=date(2026, 11, 21)))


DOCUMENTS: dict[str, Printable] = {
    "invoice": on_account(),
    "credit-note": credit_note(),
    "invoice-franchise": franchise(),
}
