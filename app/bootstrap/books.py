"""Owns what the records page is given: checks, archives, exports and invoices joined to storage and printing. Holds no
rule. The libraries behind them are loaded when they are first needed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from app.paths import accounts_path
from app.ui.books.desk import BooksSurroundings, Period
from app.ui.show_page import show_page
from app.usecases.ports import KeyStoreUnavailable

if TYPE_CHECKING:
    from app.bootstrap.core import Core
    from app.bootstrap.staff import Staff
    from app.bootstrap.window import Assembly
    from app.domain.journal import WrongAccounts
    from app.ui.settings.merchant import MerchantSurroundings
    from app.usecases.export_archive import ArchiveDone, ArchiveRefused
    from app.usecases.export_books import ExportDone, ExportKind, ExportRefused
    from app.usecases.fiscal_ports import InvoiceWriter
    from app.usecases.verify_ledger import LedgerReport, Outside, Progress


def books_surroundings(
    assembly: Assembly, core: Core, staff: Staff, today: Callable[[], date], merchant: MerchantSurroundings
) -> BooksSurroundings:
    """All that the records page needs."""
    counter, queries = core.counter, core.store.queries

    def verify(every_signature: bool, progress: Progress, stop: Callable[[], bool]) -> LedgerReport:
        return _verify(core, every_signature, progress, lambda: stop() or assembly.runner.closing)

    return BooksSurroundings(
        counter=counter,
        queries=queries,
        runner=assembly.runner,
        operator=assembly.operator,
        ask=staff.approvals.ask_approval,
        leave=staff.approvals.leave,
        today=today,
        folder=lambda: assembly.places.database.parent / "documents",
        open_path=show_page,
        verify=verify,
        make_archive=lambda period, operator: _make_archive(core, period, operator),
        make_export=lambda kind, period, operator: _make_export(core, kind, period, operator),
        invoice_writer=_invoice_writer,
        merchant=merchant,
    )


def _verify(core: Core, every_signature: bool, progress: Progress, stop: Callable[[], bool]) -> LedgerReport:
    from app.storage.signing import SignatureChecker
    from app.usecases.verify_ledger import verify_ledger

    return verify_ledger(
        core.store.queries.ledger_books(),
        SignatureChecker(),
        core.clock,
        _outside(core),
        every_signature=every_signature,
        progress=progress,
        stop=stop,
    )


def _outside(core: Core) -> Outside:
    """What the key store knows; one that stays closed must not keep the ledger from being checked."""
    from app.usecases.verify_ledger import Outside

    try:
        has_key = core.secrets.fiscal_key() is not None
        return Outside(core.secrets.known_heads(), core.counter.signer.key_id if has_key else "")
    except KeyStoreUnavailable:
        return Outside()


def _make_archive(core: Core, period: Period, operator: str) -> ArchiveDone | ArchiveRefused:
    from app.storage.archive_files import ZipSink, enclosures
    from app.usecases.export_archive import ArchiveRequest, export_archive

    queries = core.store.queries
    letter = queries.identity().till_letter or "-"
    sink = ZipSink(period.folder, f"archive-{letter}-{period.first_day}-{period.last_day}")
    request = ArchiveRequest(period.first_day, period.last_day, operator)
    return export_archive(core.counter, queries, request, sink, enclosures())


def _make_export(
    core: Core, kind: ExportKind, period: Period, operator: str
) -> ExportDone | ExportRefused | WrongAccounts:
    from app.domain.journal import WrongAccounts
    from app.storage.accounts_file import load_accounts
    from app.storage.archive_files import FolderSink
    from app.usecases.export_books import ExportRequest, export_books

    try:
        accounts = load_accounts(_accounts_file())
    except WrongAccounts as error:
        return error
    sink = FolderSink(period.folder, f"{kind.value}-{period.first_day}-{period.last_day}")
    request = ExportRequest(kind, period.first_day, period.last_day, operator, accounts)
    return export_books(core.counter, core.store.queries, request, sink)


def _accounts_file() -> Path | None:
    path = accounts_path()
    return path if path.is_file() else None


def _invoice_writer() -> InvoiceWriter:
    from app.printing.invoice_pdf import FacturXWriter

    return FacturXWriter()
