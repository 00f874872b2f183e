"""Owns the commands about archives and exports. Holds no rule."""

from __future__ import annotations

import argparse
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.output import Answer
from app.domain.merchant import Merchant
from app.i18n import language, tr, trn
from app.ui import archive_words

if TYPE_CHECKING:
    from app.bootstrap.core import Core
    from app.usecases.archive_ports import LedgerReader


def run_archive(options: argparse.Namespace, core: Core, default_folder: Path) -> Answer:
    """Make the archive of a period."""
    from app.storage.archive_files import ZipSink, enclosures
    from app.usecases.export_archive import ArchiveDone, ArchiveRequest, export_archive

    reader = core.store.queries
    period = _period(options, core)
    if period is None:
        return Answer(tr("Say both days: --from YYYY-MM-DD --to YYYY-MM-DD"), reason="no_period")
    letter = reader.identity().till_letter or "-"
    sink = ZipSink(options.output or default_folder, f"archive-{letter}-{period[0]}-{period[1]}")
    request = ArchiveRequest(*period, options.operator)
    done = export_archive(core.counter, reader, request, sink, enclosures())
    if not isinstance(done, ArchiveDone):
        return Answer(archive_words.archive_refusal(done.reason), reason=done.reason.value)
    text = trn("{count} ticket archived in {path}.", "{count} tickets archived in {path}.", done.documents)
    warning = archive_words.open_documents(done.open_documents)
    return Answer(
        " ".join([text.format(count=done.documents, path=done.path), warning]).strip(),
        {
            "path": done.path,
            "first_day": period[0].isoformat(),
            "last_day": period[1].isoformat(),
            "number": done.number,
            "documents": done.documents,
            "open_documents": done.open_documents,
            "rows": done.rows,
            "manifest_sha256": done.manifest_sha256,
        },
    )


def run_verify_archive(options: argparse.Namespace, reader: LedgerReader | None) -> Answer:
    """Check an archive, here or on a computer without a till."""
    from app.storage.archive_check import check_archive

    report = check_archive(
        options.archive,
        previous=options.previous,
        every_signature=options.every_signature,
        expected_key=options.key,
        reader=reader,
        language=language(),
    )
    findings = [
        {
            "code": found.code,
            "file": found.file,
            "row": found.row,
            "text": found.text or archive_words.archive_finding(found.code, found.chain, found.number),
        }
        for found in report.findings
    ]
    data = {
        "findings": findings,
        "more": report.more,
        "first_day": report.first_day,
        "last_day": report.last_day,
        "till_letter": report.till_letter,
        "rows": report.rows,
        "documents": report.documents,
        "signatures": report.signatures,
        "key": report.key_fingerprint,
        "of_this_till": report.of_this_till,
    }
    rows = [(str(found["text"]),) for found in findings]
    if report.ok:
        return Answer(tr("The archive is in order: nothing was changed since it was made."), data)
    count = len(findings) + report.more
    message = trn("The archive has {count} fault.", "The archive has {count} faults.", count).format(count=count)
    return Answer(message, data, rows, reason="findings")


def run_export(options: argparse.Namespace, core: Core, accounts_file: Path | None) -> Answer:
    """Write what the accountant and the administration ask for."""
    from app.domain.journal import WrongAccounts
    from app.storage.accounts_file import load_accounts
    from app.storage.archive_files import FolderSink
    from app.usecases.export_books import ExportDone, ExportKind, ExportRequest, export_books

    period = _period(options, core)
    if period is None:
        return Answer(tr("Say both days: --from YYYY-MM-DD --to YYYY-MM-DD"), reason="no_period")
    kind = ExportKind(options.what)
    try:
        accounts = load_accounts(accounts_file)
    except WrongAccounts as error:
        return Answer(archive_words.wrong_accounts(error.name), {"entry": error.name}, reason="wrong_accounts")
    sink = FolderSink(options.output or Path.cwd(), f"{kind.value}-{period[0]}-{period[1]}")
    request = ExportRequest(kind, *period, options.operator, accounts)
    done = export_books(core.counter, core.store.queries, request, sink)
    open_days = [day.isoformat() for day in done.open_days]
    left_out = archive_words.days_left_out(done.open_days, kind)
    if not isinstance(done, ExportDone):
        message = f"{archive_words.export_refusal(done.reason)} {left_out}".strip()
        return Answer(message, {"open_days": open_days}, reason=done.reason.value)
    text = trn("{count} row written.", "{count} rows written.", done.rows).format(count=done.rows)
    data = {
        "paths": list(done.paths),
        "rows": done.rows,
        "first_day": period[0].isoformat(),
        "last_day": period[1].isoformat(),
        "open_days": open_days,
    }
    return Answer(f"{text} {left_out}".strip(), data, [(path,) for path in done.paths])


def _period(options: argparse.Namespace, core: Core) -> tuple[date, date] | None:
    """First and last day asked for: a month, a fiscal year, two days, or else the last month."""
    merchant: Merchant = core.store.queries.merchant()
    if options.year:
        year = merchant.fiscal_year_of(date(options.year, merchant.fiscal_year_start_month, 1))
        return year.first_day, year.last_day
    if options.first_day or options.last_day:
        return (options.first_day, options.last_day) if options.first_day and options.last_day else None
    today = (core.clock.now() + timedelta(minutes=core.clock.utc_offset_minutes())).date()
    last_month = today.replace(day=1) - timedelta(days=1)
    month = options.month or last_month.replace(day=1)
    return month, (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
