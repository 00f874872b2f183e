"""Owns what `comptoir invoice` does: make an invoice out, or write one again as it was. Holds no rule."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.output import Answer
from app.domain.invoice import InvoiceBuyer, InvoiceKind, siren_of
from app.domain.merchant import without_blanks
from app.domain.sale import parse_display_number
from app.i18n import tr
from app.ui.invoice_words import missing_words, refusal_words

if TYPE_CHECKING:
    from app.bootstrap.core import Core
    from app.domain.invoice import IssuedInvoice


def run_invoice(options: argparse.Namespace, core: Core) -> Answer:
    from app.domain.invoice import issued
    from app.printing.invoice_pdf import FacturXWriter
    from app.usecases.issue_invoice import InvoiceRefused, InvoiceRequest, issue_invoice
    from app.usecases.print_papers import print_invoice

    sale_id = sale_of(core, options.ticket)
    buyer = _buyer(options)
    kept = core.store.queries.invoice_of_sale(sale_id) if sale_id and buyer is None else None
    if kept is not None:
        return _again(core, kept, options)
    request = InvoiceRequest(sale_id, buyer, options.operator, options.due_days, options.debits)
    done = issue_invoice(core.counter, FacturXWriter(), request)
    if isinstance(done, InvoiceRefused):
        earlier = done.earlier.display_number if done.earlier else ""
        problems = [problem.value for problem in (*done.buyer_problems, *done.seller_problems)]
        data: dict[str, Any] = {"problems": problems} | ({"number": earlier} if earlier else {})
        return Answer(refusal_words(done), data, reason=done.reason.value)
    if options.on_paper:
        print_invoice(core.counter, done.invoice, options.operator)
    return _written(issued(done.invoice, ""), done.file, options.output)


def _again(core: Core, kept: IssuedInvoice, options: argparse.Namespace) -> Answer:
    from app.usecases.issue_invoice import FileMissing, invoice_again

    file = invoice_again(core.counter, core.store.queries, kept, options.operator)
    if isinstance(file, FileMissing):
        return Answer(missing_words(file, kept.display_number), reason=file.value)
    return _written(kept, file, options.output)


def _written(invoice: IssuedInvoice, file: bytes, output: Path | None) -> Answer:
    name = f"{invoice.display_number}.pdf"
    path = output / name if output is not None and output.is_dir() else output or Path(name)
    data = {
        "number": invoice.display_number,
        "kind": invoice.kind.value,
        "invoice_id": invoice.invoice_id,
        "sale_id": invoice.sale_id,
        "total_minor": invoice.total.minor,
        "path": str(path),
    }
    try:
        path.write_bytes(file)
    except OSError:
        text = tr("{number} is made out and kept, but could not be written to {path}. Ask for it again, elsewhere.")
        return Answer(text.format(number=invoice.display_number, path=path), data, reason="not_written")
    credit_note = invoice.kind is InvoiceKind.CREDIT_NOTE
    text = tr("Credit note {number} written to {path}.") if credit_note else tr("Invoice {number} written to {path}.")
    return Answer(text.format(number=invoice.display_number, path=path), data)


def sale_of(core: Core, text: str) -> str:
    """The id of the ticket with this number, "" if there is none."""
    queries = core.store.queries
    number = parse_display_number(text, queries.identity().till_letter)
    if number is None:
        return ""
    display_number = f"{number[0]}-{number[1]:06d}"
    return next((row.sale_id for row in queries.find_sale(text) if row.display_number == display_number), "")


def _buyer(options: argparse.Namespace) -> InvoiceBuyer | None:
    """None if nobody was named: for a credit note, or to have the file again."""
    if not (options.siren or options.name or options.address):
        return None
    return InvoiceBuyer(
        siren=siren_of(options.siren),
        name=options.name.strip(),
        address_lines=tuple(line.strip() for line in options.address if line.strip()),
        vat_number=without_blanks(options.vat_number),
        delivery_lines=tuple(line.strip() for line in options.delivered_to if line.strip()),
    )
