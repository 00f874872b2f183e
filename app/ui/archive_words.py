"""Owns what archives and exports say to people. No Qt: the command line says the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.i18n import tr, trn
from app.usecases.export_archive import ArchiveRefusal
from app.usecases.export_books import ExportKind, ExportRefusal

_MOST_DAYS_SAID = 5


def archive_refusal(reason: ArchiveRefusal) -> str:
    """Why there is no archive, and what to do."""
    return {
        ArchiveRefusal.PERIOD_REVERSED: tr("The last day comes before the first. Swap them."),
        ArchiveRefusal.PERIOD_TO_COME: tr("This period has not begun. Choose one that is over."),
        ArchiveRefusal.NEEDS_APPROVAL: tr("You may not make archives. Ask a manager or the accountant."),
        ArchiveRefusal.NOTHING_TO_ARCHIVE: tr("Nothing was recorded in this period. Choose another one."),
    }[reason]


def open_documents(count: int) -> str:
    """A warning that the period was not over, "" if all is closed."""
    if not count:
        return ""
    text = trn(
        "{count} of its tickets is in no closure yet: close the day, then archive the period again.",
        "{count} of its tickets are in no closure yet: close the day, then archive the period again.",
        count,
    )
    return text.format(count=count)


def export_refusal(reason: ExportRefusal) -> str:
    """Why nothing was exported, and what to do."""
    return {
        ExportRefusal.PERIOD_REVERSED: tr("The last day comes before the first. Swap them."),
        ExportRefusal.NEEDS_APPROVAL: tr("You may not export. Ask a manager or the accountant."),
        ExportRefusal.NOTHING_TO_EXPORT: tr("Nothing was recorded in this period. Choose another one."),
        ExportRefusal.NO_CLOSED_DAY: tr("No day of this period is closed. Close the day, then export again."),
    }[reason]


def days_left_out(days: Sequence[date], kind: ExportKind) -> str:
    """That days are not closed and so not in the export; "" if there are none."""
    if not days or kind is ExportKind.LINES:
        return ""
    listed = ", ".join(day.strftime("%d/%m/%Y") for day in days[:_MOST_DAYS_SAID])
    more = "..." if len(days) > _MOST_DAYS_SAID else ""
    return tr("Not closed yet, so not in it: {days}.").format(days=listed + more)


def wrong_accounts(name: str) -> str:
    """What is wrong with the file of accounts."""
    if not name:
        return tr("The file of accounts is no TOML text. Compare it with the example in the documentation.")
    text = tr("The entry {name} of the file of accounts is wrong. Compare it with the example in the documentation.")
    return text.format(name=name)


def archive_finding(code: str, chain: str, number: int) -> str:
    """What the program found beyond what the archive's own verifier finds."""
    if code == "key_differs":
        return tr("cles.csv: this till never had the key {key}.").format(key=chain)
    text = tr("registre.csv: the row {chain} no. {number} is not the one in this till's ledger.")
    return text.format(chain=chain, number=number)
