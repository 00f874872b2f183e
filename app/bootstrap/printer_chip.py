"""Owns what the printer chip says of the print queue and of the printer: words and role. Knows no widget and asks no
printer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.i18n import tr
from app.ui.style.tokens import Role
from app.usecases.device_book import Device, DeviceReport, DeviceState
from app.usecases.ports import PRINTED_ON, PrintState
from app.usecases.queries import PrintJobRow


@dataclass(frozen=True, slots=True)
class PrinterSight:
    """What the print queue shows.

    Attributes:
        trouble: the newest job that is not on paper.
        elsewhere: the newest job that came out of another printer than its own, and that printer; "" for none.
    """

    trouble: PrintJobRow | None = None
    elsewhere: tuple[str, str] = ("", "")


def troubled(jobs: Sequence[PrintJobRow]) -> PrintJobRow | None:
    """The newest job that failed (it is tried again by itself) or that a person must say of whether it came out."""
    return next((job for job in jobs if job.state in (PrintState.FAILED, PrintState.UNKNOWN)), None)


def handed_on(jobs: Sequence[PrintJobRow]) -> tuple[str, str]:
    """The newest job that another printer took over, and that printer's name; "" for none."""
    found = next((job for job in jobs if job.state is PrintState.DONE and job.error.startswith(PRINTED_ON)), None)
    return (found.job_id, found.error.removeprefix(PRINTED_ON)) if found else ("", "")


def printer_chip_for(
    trouble: PrintJobRow | None,
    report: DeviceReport = DeviceReport(Device.PRINTER),  # noqa: B008  # frozen
) -> tuple[str, Role]:
    """The chip's words and role; the sentence with what to do is `messages.printer_failure`.

    Args: report: how the tickets' printer does while nothing waits for it.
    """
    if trouble is not None and trouble.state is PrintState.UNKNOWN:
        return tr("Was it printed?"), Role.WARNING
    if trouble is not None:
        return _words(trouble.error), Role.WARNING if trouble.error == "too_late" else Role.DANGER
    if report.state is DeviceState.FAILED and report.reason != "unknown":
        return _words(report.reason), Role.DANGER
    if report.facts.get("paper_low") == "yes":
        return tr("Paper runs low"), Role.WARNING
    return tr("Printer"), Role.MUTED


def _words(reason: str) -> str:
    return {
        "paper_out": tr("No paper"),
        "cover_open": tr("Printer open"),
        "jammed": tr("Printer jammed"),
        "too_late": tr("Not printed"),
    }.get(reason, tr("Printer not answering"))
