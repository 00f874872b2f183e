"""Owns what archives and exports say to people. No Qt: the command line says the same."""

from __future__ import annotations

from app.i18n import tr
from app.usecases.export_archive import ArchiveRefusal


def archive_refusal(reason: ArchiveRefusal) -> str:
    """Why there is no archive, and what to do."""
    return {
        ArchiveRefusal.PERIOD_REVERSED: tr("The last day comes before the first. Swap them."),
        ArchiveRefusal.PERIOD_TO_COME: tr("This period has not begun. Choose one that is over."),
        ArchiveRefusal.NOTHING_TO_ARCHIVE: tr("Nothing was recorded in this period. Choose another one."),
    }[reason]


def open_documents(count: int) -> str:
    """A warning that the period was not over, "" if all is closed."""
    if not count:
        return ""
    text = tr("{count} of its tickets are in no closure yet: close the day, then archive the period again.")
    return text.format(count=count)


def archive_finding(code: str, chain: str, number: int) -> str:
    """What the program found beyond what the archive's own verifier finds."""
    if code == "key_differs":
        return tr("cles.csv: this till never had the key {key}.").format(key=chain)
    text = tr("registre.csv: the row {chain} no. {number} is not the one in this till's ledger.")
    return text.format(chain=chain, number=number)


def file_not_written(reason: str) -> str:
    """Why a file that was asked for is not there, and what to do."""
    return {
        "disk_full": tr("There is no room for the file. Free some space or choose another folder, then do it again."),
        "denied": tr("This folder may not be written. Choose another one, then do it again."),
        "exists": tr("There are too many files of this name. Choose another folder."),
    }.get(reason, tr("The file could not be written. Choose another folder, then do it again."))
