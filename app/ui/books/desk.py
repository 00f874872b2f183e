"""Owns what the records page is given and what its presenters have in common. No widget, no wording."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from app.domain.journal import WrongAccounts
from app.domain.operators import Right
from app.ui.on_duty import Answered
from app.ui.settings.merchant import MerchantSurroundings
from app.ui.task_runner import Runner
from app.usecases.export_archive import ArchiveDone, ArchiveRefused
from app.usecases.export_books import ExportDone, ExportKind, ExportRefused
from app.usecases.fiscal_ports import InvoiceWriter
from app.usecases.long_work import LongWork
from app.usecases.ports import Counter
from app.usecases.queries import Queries
from app.usecases.verify_ledger import LedgerReport


class Section(StrEnum):
    """The sheets of the page."""

    CLOSURES = "closures"
    CHECK = "check"
    ARCHIVE = "archive"
    EXPORTS = "exports"
    INVOICES = "invoices"
    ATTESTATION = "attestation"


@dataclass(frozen=True, slots=True)
class Period:
    """Trading days, both included, and where the file goes."""

    first_day: date
    last_day: date
    folder: Path


Verify = Callable[[bool, LongWork], LedgerReport]
"""Given whether every signature is to be checked, and the work to be told of; stopped, it tells of its half."""
MakeArchive = Callable[[Period, str, LongWork], ArchiveDone | ArchiveRefused]
MakeExport = Callable[[ExportKind, Period, str, LongWork], ExportDone | ExportRefused | WrongAccounts]
"""Both given the operator's name; each may raise FileNotWritten and WorkStopped."""


@dataclass(frozen=True, slots=True)
class BooksSurroundings:
    """What the records page is given.

    Attributes:
        ask: for leave for one act; the answer is passed on as `approved_by`.
        leave: the same for acts that take no `approved_by`: the approval is noted at once.
        today: the local day.
        folder: proposed for what is written.
        open_path: show a file or folder to the person.
        invoice_writer: made when needed, beside the main thread.
        merchant: for the attestation.
    """

    counter: Counter
    queries: Queries
    runner: Runner
    operator: Callable[[], str]
    ask: Callable[[Right, Answered], None]
    leave: Callable[[Right, Answered], None]
    today: Callable[[], date]
    folder: Callable[[], Path]
    open_path: Callable[[Path], None]
    verify: Verify
    make_archive: MakeArchive
    make_export: MakeExport
    invoice_writer: Callable[[], InvoiceWriter]
    merchant: MerchantSurroundings
