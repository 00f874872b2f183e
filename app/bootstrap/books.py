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
    from app.usecases.long_work import LongWork
    from app.usecases.verify_ledger import LedgerReport, Outside


def books_surroundings(
    assembly: Assembly, core: Core, staff: Staff, today: Callable[[], date], merchant: MerchantSurroundings
) -> BooksSurroundings:
    """All that the records page needs."""
    counter, queries = core.counter, core.store.queries

    def ending(work: LongWork) -> LongWork:
        work.also_ends(lambda: assembly.runner.closing)
        return work

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
        verify=lambda every_signature, work: _verify(core, every_signature, ending(work)),
        make_archive=lambda period, operator, work: _make_archive(core, period, operator, ending(work)),
        make_export=lambda kind, period, operator, work: _make_export(core, kind, period, operator, ending(work)),
        invoice_writer=lambda: _invoice_writer(practice=assembly.practice is not None),
        merchant=merchant,
    )


def _verify(core: Core, every_signature: bool, work: LongWork) -> LedgerReport:
    from app.storage.signing import SignatureChecker
    from app.usecases.verify_ledger import verify_ledger

    return verify_ledger(
        core.store.queries.ledger_books(),
        SignatureChecker(),
        core.clock,
        _outside(core),
        every_signature=every_signature,
        progress=work.note,
        stop=lambda: work.stopped,
    )


def _outside(core: Core) -> Outside:
    """What the key store knows; one that stays closed must not keep the ledger from being checked."""
    from app.usecases.verify_ledger import Outside

    try:
        has_key = core.secrets.fiscal_key() is not None
        return Outside(core.secrets.known_heads(), core.counter.signer.key_id if has_key else "")
    except KeyStoreUnavailable:
        return Outside()


def _make_archive(core: Core, period: Period, operator: str, work: LongWork) -> ArchiveDone | ArchiveRefused:
    from app.storage.archive_files import ZipSink, enclosures
    from app.usecases.export_archive import ArchiveRequest, export_archive

    queries = core.store.queries
    letter = queries.identity().till_letter or "-"
    sink = ZipSink(period.folder, f"archive-{letter}-{period.first_day}-{period.last_day}", work.check)
    request = ArchiveRequest(period.first_day, period.last_day, operator)
    return export_archive(core.counter, queries, request, sink, enclosures(), work)


def _make_export(
    core: Core, kind: ExportKind, period: Period, operator: str, work: LongWork
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
    return export_books(core.counter, core.store.queries, request, sink, work)


def _accounts_file() -> Path | None:
    path = accounts_path()
    return path if path.is_file() else None


def _invoice_writer(*, practice: bool) -> InvoiceWriter:
    from app.printing.invoice_pdf import FacturXWriter

    return FacturXWriter(practice=practice)
