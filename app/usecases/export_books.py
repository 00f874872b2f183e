"""Writes what the accountant and the administration ask for, of any period and without anybody's help: lines, daily Z,
sales journal, e-reporting. Never changes anything but the journal of events, where each export is noted.

Lines are of all documents; the three others of closed days only, and the answer names the days that are still open.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from app.domain.archive_tables import (
    CLOSURES,
    DOCUMENTS,
    EVENTS,
    INVOICES,
    LINES,
    PAYMENTS,
    VAT,
    ColumnKind,
    amount_text,
    cells_of,
    percent_text,
)
from app.domain.canonical import content_of, local_time_text
from app.domain.closure import Closure, ClosureKind, closure_of
from app.domain.day_books import DayBook, book_of
from app.domain.e_reporting import ReportRow, report_rows
from app.domain.fiscal import EventCode, LedgerRow, Series
from app.domain.journal import FEC_COLUMNS, Accounts, fec_rows
from app.domain.operators import Right
from app.domain.sale import DocumentKind
from app.usecases.allowed import is_allowed_and_noted
from app.usecases.archive_ports import ExportSink, LedgerReader
from app.usecases.counted_reading import CountedReader
from app.usecases.export_archive import spans_of
from app.usecases.log_event import log_event
from app.usecases.long_work import LongWork
from app.usecases.ports import Counter

WRITING = "writing"
"""The step after looking what there is."""


class ExportKind(StrEnum):
    LINES = "lines"
    DAILY_Z = "z"
    JOURNAL = "journal"
    E_REPORTING = "e-reporting"


class ExportRefusal(StrEnum):
    """Why nothing was written. NO_CLOSED_DAY: the period has none, and this export is of closed days only.
    NEEDS_APPROVAL: the operator may not, and nobody who may has approved it."""

    PERIOD_REVERSED = "period_reversed"
    NOTHING_TO_EXPORT = "nothing_to_export"
    NO_CLOSED_DAY = "no_closed_day"
    NEEDS_APPROVAL = "needs_approval"


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """`first_day`..`last_day`: trading days, both included. `accounts`: for the journal."""

    kind: ExportKind
    first_day: date
    last_day: date
    operator: str
    accounts: Accounts = field(default_factory=Accounts)
    approved_by: str = ""


@dataclass(frozen=True, slots=True)
class ExportDone:
    """`rows`: of all files together; `open_days`: have documents in no closure: they are in `lines` alone."""

    paths: tuple[str, ...]
    rows: int
    open_days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class ExportRefused:
    reason: ExportRefusal
    open_days: tuple[date, ...] = ()


def export_books(
    counter: Counter, reader: LedgerReader, request: ExportRequest, sink: ExportSink, work: LongWork | None = None
) -> ExportDone | ExportRefused:
    """Write one kind of export of a period.

    Raises:
        FileNotWritten: nothing was left behind; that it was asked for is in the journal of events all the same.
        MoneyDoesNotAddUp: a closure is not the sum of its documents: check the ledger.
        WorkStopped: as FileNotWritten.
    """
    work = work or LongWork()
    reader = CountedReader(reader, work)
    if request.last_day < request.first_day:
        return ExportRefused(ExportRefusal.PERIOD_REVERSED)
    open_days = days_not_closed(reader, request.first_day, request.last_day)
    refused = _nothing_there(reader, request)
    if refused is not None:
        return ExportRefused(refused, open_days)
    if not _begin(counter, request):
        return ExportRefused(ExportRefusal.NEEDS_APPROVAL)
    try:
        work.begin(WRITING, _rows_to_read(reader, request))
        rows = _WRITERS[request.kind](reader, request, sink)
        work.keep()
        return ExportDone(tuple(sink.publish()), rows, open_days)
    finally:
        sink.discard()


def _rows_to_read(reader: LedgerReader, request: ExportRequest) -> int:
    """How many rows will be read; 0 where it depends on what is in them."""
    if request.kind is not ExportKind.LINES:
        return 0
    spans = spans_of(reader, request.first_day, request.last_day)
    return sum(max(span.last - span.first + 1, 0) for span in spans if span.series is not Series.TRAINING)


def _nothing_there(reader: LedgerReader, request: ExportRequest) -> ExportRefusal | None:
    if request.kind is ExportKind.LINES:
        spans = spans_of(reader, request.first_day, request.last_day)
        return ExportRefusal.NOTHING_TO_EXPORT if all(span.is_empty for span in spans) else None
    closed = any(True for _ in day_closures(reader, request.first_day, request.last_day))
    return None if closed else ExportRefusal.NO_CLOSED_DAY


def _begin(counter: Counter, request: ExportRequest) -> bool:
    """Note what leaves the till; False, and nothing is noted, if the operator may not."""
    with counter.unit_of_work() as uow:
        if not is_allowed_and_noted(uow, counter, Right.EXPORT, request.operator, request.approved_by):
            return False
        details = {
            "what": request.kind.value,
            "first_day": request.first_day.isoformat(),
            "last_day": request.last_day.isoformat(),
        }
        log_event(uow, counter, EventCode.EXPORTED, request.operator, details)
        uow.commit()
    return True


# --- closed days ---


def day_closures(reader: LedgerReader, first_day: date, last_day: date) -> Iterator[tuple[int, Closure, LedgerRow]]:
    """The days' closures of a period in order, each with its place among all days' closures of its till."""
    for till, series in reader.ledger_chains():
        if series is not Series.CLOSURES:
            continue
        place = 0
        for row in reader.ledger_rows(till, series, 1, reader.ledger_head(till, series).number):
            if row.kind != ClosureKind.DAY:
                continue
            place += 1
            closure = closure_of(content_of(row.canonical))
            if first_day <= closure.last_day <= last_day:
                yield place, closure, row


def days_not_closed(reader: LedgerReader, first_day: date, last_day: date) -> tuple[date, ...]:
    """Trading days of the period with documents that no closure covers."""
    found: set[date] = set()
    for span in spans_of(reader, first_day, last_day):
        if span.series is not Series.SALES:
            continue
        closed = 0
        last = reader.ledger_head(span.till_letter, Series.CLOSURES).number
        for row in reader.ledger_rows(span.till_letter, Series.CLOSURES, 1, last):
            closed = max(closed, content_of(row.canonical)["last_number"])
        first = max(span.first, closed + 1)
        found |= {row.trading_day for row in reader.ledger_rows(span.till_letter, Series.SALES, first, span.last)}
    return tuple(sorted(found))


def day_books(reader: LedgerReader, first_day: date, last_day: date) -> Iterator[DayBook]:
    """The books of the closed days, one at a time. Raises MoneyDoesNotAddUp."""
    invoiced = {content["sale"] for content in _invoices(reader)}
    for place, closure, row in day_closures(reader, first_day, last_day):
        numbers = (closure.first_number, closure.last_number) if closure.last_number else (1, 0)
        documents = (content_of(one.canonical) for one in reader.ledger_rows(row.till_letter, Series.SALES, *numbers))
        software = content_of(row.canonical)["software"]
        yield book_of(place, closure, row.signature, software, documents, invoiced)


def _invoices(reader: LedgerReader) -> Iterator[dict[str, Any]]:
    for till, series in reader.ledger_chains():
        if series is Series.INVOICES:
            for row in reader.ledger_rows(till, series, 1, reader.ledger_head(till, series).number):
                yield content_of(row.canonical)


# --- lines ---

_LINE_TABLES = (DOCUMENTS, LINES, VAT, PAYMENTS, EVENTS, CLOSURES, INVOICES)


def _write_lines(reader: LedgerReader, request: ExportRequest, sink: ExportSink) -> int:
    """The same columns as the archive's; training stays out (R12)."""
    for table in _LINE_TABLES:
        sink.open_table(table.file, table.header)
    rows = 0
    for span in spans_of(reader, request.first_day, request.last_day):
        if span.series is Series.TRAINING:
            continue
        for row in reader.ledger_rows(span.till_letter, span.series, span.first, span.last):
            content = content_of(row.canonical)
            for table in _LINE_TABLES:
                texts = [column.kind is ColumnKind.TEXT for column in table.columns]
                for cells in cells_of(table, row, content):
                    sink.add_row(
                        table.file, [_harmless(c) if text else c for c, text in zip(cells, texts, strict=True)]
                    )
                    rows += 1
    return rows


def _harmless(text: str) -> str:
    """A spreadsheet takes a text that begins so for a formula; an apostrophe makes it a text again."""
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


# --- the daily Z ---

Z_COLUMNS = (
    *("siret", "etablissement", "caisse", "z_numero", "date_debut", "date_fin", "ticket_premier", "ticket_dernier"),
    *("nb_tickets", "nb_annulations", "nb_retours", "categorie", "taux_tva", "base_ht", "tva", "ttc"),
    *("mode_reglement", "montant_reglement", "fond_ouverture", "apports", "retraits", "especes_theoriques"),
    *("especes_comptees", "ecart", "total_periode", "total_perpetuel", "total_perpetuel_absolu", "signature"),
    "version_logiciel",
)


def _write_daily_z(reader: LedgerReader, request: ExportRequest, sink: ExportSink) -> int:
    name = f"z-{request.first_day}-{request.last_day}.csv"
    sink.open_table(name, Z_COLUMNS)
    rows = 0
    siret, shop = reader.merchant().siret or reader.identity().shop.siret, reader.identity().shop.name
    for book in day_books(reader, request.first_day, request.last_day):
        for cells in _z_rows(book, siret, shop):
            sink.add_row(name, [cells.get(column, "") for column in Z_COLUMNS])
            rows += 1
    return rows


def _z_rows(book: DayBook, siret: str, shop: str) -> Iterator[dict[str, str]]:
    """Long form: one row with what the closure says as a whole, then one for each category and rate, each means."""
    closure = book.closure
    which = {
        "siret": siret,
        "etablissement": _harmless(shop),
        "caisse": closure.till_letter,
        "z_numero": closure.display_number,
        "date_debut": local_time_text(closure.opened_at, closure.utc_offset_minutes)[:19],
        "date_fin": local_time_text(closure.closed_at, closure.utc_offset_minutes)[:19],
        "ticket_premier": str(closure.first_number),
        "ticket_dernier": str(closure.last_number),
    }
    yield {**which, **_z_whole(book)}
    for (nature, rate), booked in book.all.slots():
        yield {
            **which,
            "categorie": nature.value,
            "taux_tva": percent_text(rate),
            "base_ht": amount_text(booked.net),
            "tva": amount_text(booked.vat),
            "ttc": amount_text(booked.gross),
        }
    for outside, amount in closure.totals.outside:
        yield {**which, "categorie": outside.value, "ttc": amount_text(amount.minor)}
    for means, amount in closure.totals.means:
        yield {**which, "mode_reglement": means.value, "montant_reglement": amount_text(amount.minor)}


def _z_whole(book: DayBook) -> dict[str, str]:
    closure, cash = book.closure, book.closure.cash
    counts = dict(closure.totals.documents)
    return {
        "nb_tickets": str(counts.get(DocumentKind.SALE, 0)),
        "nb_annulations": str(counts.get(DocumentKind.CANCELLATION, 0)),
        "nb_retours": str(counts.get(DocumentKind.RETURN, 0)),
        "fond_ouverture": amount_text(cash.float_amount.minor),
        "apports": amount_text(cash.ins.minor),
        "retraits": amount_text(cash.outs.minor + cash.banked.minor),
        "especes_theoriques": amount_text(cash.expected.minor),
        "especes_comptees": amount_text(cash.counted.minor) if cash.counted is not None else "",
        "ecart": amount_text(cash.difference.minor),
        "total_periode": amount_text(closure.totals.turnover.minor),
        "total_perpetuel": amount_text(closure.perpetual.minor),
        "total_perpetuel_absolu": amount_text(closure.perpetual_absolute.minor),
        "signature": book.signature.hex(),
        "version_logiciel": book.software,
    }


# --- the sales journal ---


def _write_journal(reader: LedgerReader, request: ExportRequest, sink: ExportSink) -> int:
    """Tabs between the columns, as the FEC has them; numbers with a decimal comma; no byte order mark."""
    siren = (reader.merchant().siret or reader.identity().shop.siret)[:9] or reader.identity().till_letter
    name = f"{siren}-journal-{request.first_day:%Y%m%d}-{request.last_day:%Y%m%d}.txt"
    sink.open_table(name, FEC_COLUMNS, delimiter="\t", byte_order_mark=False)
    rows = 0
    for row in fec_rows(day_books(reader, request.first_day, request.last_day), request.accounts):
        sink.add_row(name, row)
        rows += 1
    return rows


# --- e-reporting ---

REPORT_COLUMNS = (
    *("jour", "categorie", "taux_tva", "base_ht", "tva", "ttc"),
    *("nb_ventes", "nb_corrections", "devise"),
)
INVOICED_COLUMNS = (
    *("facture", "jour_facture", "ticket", "jour_ticket", "siren_acheteur"),
    *("taux_tva", "base_ht", "tva", "ttc", "devise"),
)


def _write_e_reporting(reader: LedgerReader, request: ExportRequest, sink: ExportSink) -> int:
    books = list(day_books(reader, request.first_day, request.last_day))
    found, by_invoice = report_rows(books), report_rows(books, invoiced=True)
    period = f"{request.first_day}-{request.last_day}"
    name, apart = f"e-reporting-{period}.csv", f"e-reporting-factures-{period}.csv"
    sink.open_table(name, REPORT_COLUMNS)
    for row in found:
        sink.add_row(name, _report_cells(row))
    sink.open_table(apart, INVOICED_COLUMNS)
    rows = len(found)
    for cells in _invoice_rows(reader, request.first_day, request.last_day):
        sink.add_row(apart, cells)
        rows += 1
    plain = _report_plain(reader, request, found, by_invoice)
    sink.add_file(f"e-reporting-{period}.json", (json.dumps(plain, ensure_ascii=False, indent=1) + "\n").encode())
    return rows


def _report_cells(row: ReportRow) -> list[str]:
    amounts = [amount_text(row.net), amount_text(row.vat), amount_text(row.gross)]
    which = [row.day.isoformat(), row.category.value, percent_text(row.rate_bp)]
    return [*which, *amounts, str(row.sales), str(row.corrections), "EUR"]


def _invoice_rows(reader: LedgerReader, first_day: date, last_day: date) -> Iterator[list[str]]:
    """The invoices made of tickets of the period, by rate."""
    for content in _invoices(reader):
        if not first_day.isoformat() <= content["ticket_day"] <= last_day.isoformat():
            continue
        for part in content["vat"]:
            amounts = [amount_text(part[name]) for name in ("net", "vat", "gross")]
            which = [content["display"], content["issue_day"], content["ticket"], content["ticket_day"]]
            yield [*which, content["buyer_siren"], percent_text(part["rate"]), *amounts, "EUR"]


def _report_plain(
    reader: LedgerReader, request: ExportRequest, found: Sequence[ReportRow], by_invoice: Sequence[ReportRow]
) -> dict[str, Any]:
    """In the manner of the administration's flow 10.3: one block for each day and category, its rates inside."""
    siret = reader.merchant().siret or reader.identity().shop.siret
    return {
        "format": "comptoir-e-reporting",
        "version": 1,
        "issuer": {"siren": siret[:9], "siret": siret, "role": "SE"},
        "type": "IN",
        "period": {"first_day": request.first_day.isoformat(), "last_day": request.last_day.isoformat()},
        "days_not_closed": [day.isoformat() for day in days_not_closed(reader, request.first_day, request.last_day)],
        "transactions": _blocks(found),
        "by_invoice": _blocks(by_invoice),
    }


def _blocks(rows: Sequence[ReportRow]) -> list[dict[str, Any]]:
    blocks: dict[tuple[date, str], list[ReportRow]] = {}
    for row in rows:
        blocks.setdefault((row.day, row.category.value), []).append(row)
    return [
        {
            "date": day.isoformat(),
            "currency": "EUR",
            "category": category,
            "tax_exclusive_amount": _decimal(sum(row.net for row in of_it)),
            "tax_total": _decimal(sum(row.vat for row in of_it)),
            "transactions_count": of_it[0].sales,
            "corrections_count": of_it[0].corrections,
            "subtotals": [
                {"percent": _decimal(row.rate_bp), "taxable": _decimal(row.net), "tax": _decimal(row.vat)}
                for row in of_it
            ],
        }
        for (day, category), of_it in blocks.items()
    ]


def _decimal(hundredths: int) -> str:
    """With a point, as programs write it."""
    return amount_text(hundredths).replace(",", ".")


_WRITERS = {
    ExportKind.LINES: _write_lines,
    ExportKind.DAILY_Z: _write_daily_z,
    ExportKind.JOURNAL: _write_journal,
    ExportKind.E_REPORTING: _write_e_reporting,
}
