"""Owns invoices from the window: made from a ticket, given again. No widget, no wording."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from app.domain.invoice import InvoiceBuyer, IssuedInvoice, issued, siren_of
from app.domain.merchant import without_blanks
from app.domain.sale import parse_display_number
from app.ui.books.desk import BooksSurroundings
from app.ui.task_runner import Lane
from app.usecases.issue_invoice import (
    FileMissing,
    InvoiceRefused,
    InvoiceRequest,
    invoice_again,
    issue_invoice,
)

SHOWN = 50


@dataclass(frozen=True, slots=True)
class InvoiceEntry:
    """The fields as typed."""

    ticket: str
    siren: str
    name: str
    street: str
    town: str
    vat_number: str


@dataclass(frozen=True, slots=True)
class InvoicesState:
    """All that the sheet shows.

    Attributes:
        made: the invoice that was just made; written: where its file was put.
        made_no: changes with each one made, so that the fields are emptied.
    """

    invoices: tuple[IssuedInvoice, ...] = ()
    chosen: str = ""
    busy: bool = False
    made: IssuedInvoice | None = None
    made_no: int = 0
    written: Path | None = None
    said: InvoiceRefused | FileMissing | Exception | None = None


class InvoicesView(Protocol):
    """What the presenter shows itself with."""

    def show_invoices(self, state: InvoicesState) -> None: ...


@dataclass(frozen=True, slots=True)
class _Written:
    invoice: IssuedInvoice
    path: Path


class InvoicesPresenter:
    """One at a time; the file is written beside the main thread."""

    def __init__(self, around: BooksSurroundings, view: InvoicesView) -> None:
        self._around = around
        self._view = view
        self.state = InvoicesState()

    def read(self) -> None:
        queries = self._around.queries

        def came(invoices: Sequence[IssuedInvoice]) -> None:
            self._change(invoices=tuple(invoices))

        self._around.runner.run(Lane.LISTS, lambda: queries.invoices(SHOWN), came, self._failed)

    def choose(self, invoice_id: str) -> None:
        self._change(chosen=invoice_id)

    def make(self, entry: InvoiceEntry) -> None:
        """The invoice for a ticket, or the credit note for a return of an invoiced one (then nobody need be named)."""
        if self.state.busy:
            return
        around, operator, folder = self._around, self._around.operator(), self._around.folder()

        def work() -> _Written | InvoiceRefused:
            request = InvoiceRequest(self._sale_of(entry.ticket), _buyer(entry), operator)
            done = issue_invoice(around.counter, around.invoice_writer(), request)
            if isinstance(done, InvoiceRefused):
                return done
            made = issued(done.invoice, "")
            return _Written(made, _write(folder, made, done.file))

        self._change(busy=True, said=None, made=None, written=None)
        around.runner.run(Lane.BOOKS, work, self._made, self._failed)

    def open_chosen(self) -> None:
        """Write the chosen one again and show it."""
        wanted = next((row for row in self.state.invoices if row.invoice_id == self.state.chosen), None)
        if wanted is None or self.state.busy:
            return
        around, operator, folder = self._around, self._around.operator(), self._around.folder()

        def work() -> _Written | FileMissing:
            file = invoice_again(around.counter, around.queries, wanted, operator)
            return file if isinstance(file, FileMissing) else _Written(wanted, _write(folder, wanted, file))

        self._change(busy=True, said=None, made=None, written=None)
        around.runner.run(Lane.BOOKS, work, self._opened, self._failed)

    def open_written(self) -> None:
        if self.state.written is not None:
            self._around.open_path(self.state.written)

    def _sale_of(self, text: str) -> str:
        """The id of the ticket with this number, "" if there is none."""
        queries = self._around.queries
        number = parse_display_number(text, queries.identity().till_letter)
        if number is None:
            return ""
        shown = f"{number[0]}-{number[1]:06d}"
        return next((row.sale_id for row in queries.find_sale(text.strip()) if row.display_number == shown), "")

    def _made(self, outcome: _Written | InvoiceRefused) -> None:
        if isinstance(outcome, InvoiceRefused):
            self._change(busy=False, said=outcome)
            return
        made_no = self.state.made_no + 1
        self._change(busy=False, made=outcome.invoice, written=outcome.path, made_no=made_no)
        self.read()

    def _opened(self, outcome: _Written | FileMissing) -> None:
        if isinstance(outcome, FileMissing):
            self._change(busy=False, said=outcome)
            return
        self._change(busy=False, written=outcome.path)
        self._around.open_path(outcome.path)

    def _failed(self, error: Exception) -> None:
        self._change(busy=False, said=error)

    def _change(self, **values: Any) -> None:
        self.state = replace(self.state, **values)
        self._view.show_invoices(self.state)


def _write(folder: Path, invoice: IssuedInvoice, file: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{invoice.display_number}.pdf"
    path.write_bytes(file)
    return path


def _buyer(entry: InvoiceEntry) -> InvoiceBuyer | None:
    """None if nobody was named: a credit note goes to whom the invoice was made out."""
    address = tuple(line.strip() for line in (entry.street, entry.town) if line.strip())
    if not (entry.siren.strip() or entry.name.strip() or address):
        return None
    return InvoiceBuyer(siren_of(entry.siren), entry.name.strip(), address, without_blanks(entry.vat_number))
