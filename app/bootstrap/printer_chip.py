"""Owns what the printer chip says of the print queue: words and role. Knows no widget and asks no printer."""

from __future__ import annotations

from collections.abc import Sequence

from app.i18n import tr
from app.ui.style.tokens import Role
from app.usecases.ports import PrintState
from app.usecases.queries import PrintJobRow


def troubled(jobs: Sequence[PrintJobRow]) -> PrintJobRow | None:
    """The newest job that failed (it is tried again by itself) or that a person must say of whether it came out."""
    return next((job for job in jobs if job.state in (PrintState.FAILED, PrintState.UNKNOWN)), None)


def printer_chip_for(trouble: PrintJobRow | None) -> tuple[str, Role]:
    """The chip's words and role; the sentence with what to do is `messages.printer_failure`."""
    if trouble is None:
        return tr("Printer"), Role.MUTED
    if trouble.state is PrintState.UNKNOWN:
        return tr("Was it printed?"), Role.WARNING
    words = {"paper_out": tr("No paper"), "cover_open": tr("Printer open")}
    return words.get(trouble.error, tr("Printer not answering")), Role.DANGER
