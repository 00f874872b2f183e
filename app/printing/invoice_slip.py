"""Owns the invoice on ticket paper. French whatever language the shop works in, like the file whose words it shares."""

from __future__ import annotations

from app.domain.invoice import Invoice, InvoiceLine, sale_day_of
from app.domain.receipt import InvoiceSlip
from app.printing.fiscal_words import FRENCH as FISCAL
from app.printing.invoice_words import (
    OPERATIONS,
    TITLES,
    day_text,
    in_threes,
    legal_mentions,
    price_text,
    sums,
    ticket_reference,
)
from app.printing.paper import Paper
from app.printing.parts import duplicate, legal_head, proof, title
from app.printing.words import FRENCH, amount, bare_amount, quantity_text, rate


def invoice_slip(paper: Paper, slip: InvoiceSlip) -> None:
    """What the file says, line by line."""
    invoice = slip.invoice
    shop, merchant = slip.shop, invoice.merchant
    legal_head(paper, FRENCH, FISCAL, shop, merchant, vat_is_charged=invoice.charges_vat)
    title(paper, TITLES[invoice.kind].upper())
    duplicate(paper, FRENCH, slip.copy_no)
    paper.pair(invoice.display_number, day_text(invoice.issue_day))
    paper.text(ticket_reference(invoice), bold=True)
    for earlier in invoice.corrects:
        paper.text(f"Se rapporte à la facture {earlier.display_number} du {day_text(earlier.issue_day)}")
    paper.text(f"{OPERATIONS[invoice.operation]}, le {day_text(sale_day_of(invoice.sale))}")
    paper.pair(slip.till_name, FRENCH.operator.format(name=invoice.operator) if invoice.operator else "")
    paper.rule()
    _buyer(paper, invoice)
    paper.rule()
    for line in invoice.lines:
        _line(paper, invoice, line)
    paper.rule()
    if invoice.charges_vat:
        paper.table(
            (FRENCH.vat_rate, FRENCH.net, FRENCH.vat, FRENCH.gross),
            [
                (rate(FRENCH, part.rate_bp), *(bare_amount(FRENCH, sum_) for sum_ in (part.net, part.vat, part.gross)))
                for part in invoice.vat
            ],
        )
        paper.rule()
    for name, sum_ in sums(invoice):
        paper.row(name, amount(FRENCH, sum_), bold=name.startswith(("Total TTC", "Net")), hang=2)
    for number, mention in enumerate(legal_mentions(invoice)):
        if number == 0:
            paper.rule()
        paper.text(mention)
    proof(paper, FISCAL, invoice.software, slip.fiscal_version, slip.signature_extract)


def _buyer(paper: Paper, invoice: Invoice) -> None:
    buyer = invoice.buyer
    paper.text("Facturé à")
    paper.text(buyer.name, bold=True)
    for line in buyer.address_lines:
        paper.text(line)
    paper.text(f"SIREN {in_threes(buyer.siren)}")
    if buyer.vat_number:
        paper.text(FRENCH.vat_number.format(number=buyer.vat_number))
    if buyer.delivery_lines:
        paper.text("Livré à")
    for line in buyer.delivery_lines:
        paper.text(line, indent=2)


def _line(paper: Paper, invoice: Invoice, line: InvoiceLine) -> None:
    before_vat = " HT" if invoice.charges_vat else ""
    paper.text(line.label)
    price = f"{quantity_text(FRENCH, line.quantity, line.unit)} x {price_text(line.price)}\u00a0€{before_vat}"
    paper.text(f"{price}, TVA {rate(FRENCH, line.vat_rate_bp)}" if invoice.charges_vat else price, indent=2)
    if line.discount:
        paper.text(f"Remise{before_vat} {amount(FRENCH, -line.discount)}", indent=2)
    paper.row(f"Montant{before_vat}", amount(FRENCH, line.net), indent=2)
