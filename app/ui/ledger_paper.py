"""Owns how a check of the ledger is worded for paper: what was checked, what is wrong, what is only to know. No Qt."""

from __future__ import annotations

from app.domain.fiscal import Series
from app.i18n import tr, trn
from app.ui.ledger_words import chain_name, finding_sentence
from app.usecases.print_papers import CheckedLedger
from app.usecases.verify_ledger import LedgerReport


def checked_ledger(report: LedgerReport, *, every_signature: bool) -> CheckedLedger:
    """The report for `print_verification` (R14)."""
    faults = [finding_sentence(finding) for finding in report.faults]
    if report.left_out:
        faults.append(trn("and {count} more", "and {count} more", report.left_out).format(count=report.left_out))
    if not report.complete:
        faults.append(tr("The check was stopped before the end."))
    remarks = [finding_sentence(finding) for finding in report.findings if finding not in report.faults]
    if report.unsealed_sales:
        text = tr("{count} tickets are of before the ledger: nothing can prove them.")
        remarks.append(text.format(count=report.unsealed_sales))
    return CheckedLedger(
        scope=tr("The whole ledger, every signature") if every_signature else tr("The whole ledger"),
        names={series: chain_name(series.value).capitalize() for series in Series},
        rows=report.rows,
        faults=faults,
        remarks=remarks,
    )
