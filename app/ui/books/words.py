"""Owns what the records page says: names of sheets, results, refusals. Decides nothing."""

from __future__ import annotations

from app.domain.closure import Closure, ClosureKind
from app.domain.errors import MoneyDoesNotAddUp
from app.domain.invoice import InvoiceKind, IssuedInvoice
from app.domain.journal import WrongAccounts
from app.domain.money import Money
from app.i18n import tr, trn
from app.ui import formats
from app.ui.archive_words import archive_refusal, days_left_out, export_refusal, open_documents, wrong_accounts
from app.ui.books.check import CheckState
from app.ui.books.closures import ClosuresNotice, ClosuresState
from app.ui.books.desk import Section
from app.ui.books.files import FilesNotice, FilesState, Span
from app.ui.books.invoices import InvoicesState
from app.ui.closing_words import cash_refusal_words, closure_kind_words
from app.ui.invoice_words import missing_words, refusal_words
from app.ui.ledger_words import finding_sentence, report_summary
from app.ui.messages import describe_failure
from app.ui.style.tokens import Role, Shape
from app.usecases.export_archive import ArchiveDone, ArchiveRefused
from app.usecases.export_books import ExportDone, ExportKind, ExportRefused
from app.usecases.issue_invoice import FileMissing, InvoiceRefused
from app.usecases.keep_cash import CashRefused
from app.usecases.verify_ledger import LedgerReport


def section_words(section: Section) -> tuple[str, str]:
    """A sheet's name and icon."""
    return {
        Section.CLOSURES: (tr("Closures"), "banknote"),
        Section.CHECK: (tr("Ledger check"), "key-round"),
        Section.ARCHIVE: (tr("Archive"), "archive"),
        Section.EXPORTS: (tr("Exports"), "download"),
        Section.INVOICES: (tr("Invoices"), "receipt-euro"),
        Section.ATTESTATION: (tr("Attestation"), "file-text"),
    }[section]


# --- closures ---


def closure_title(closure: Closure) -> str:
    return f"{closure.display_number}  ·  {closure_kind_words(closure.kind)}"


def closure_days(closure: Closure) -> str:
    """The day, the month or the year it closes, in figures."""
    form = {ClosureKind.DAY: "%d/%m/%Y", ClosureKind.MONTH: "%m/%Y", ClosureKind.YEAR: "%Y"}[closure.kind]
    return closure.first_day.strftime(form)


def closure_detail(closure: Closure) -> str:
    closed = tr("closed {when} by {name}").format(
        when=formats.day_and_time(closure.closed_at), name=closure.operator or tr("somebody")
    )
    days = closure.first_day.strftime("%d/%m/%Y")
    if closure.last_day != closure.first_day:
        days = f"{days} – {closure.last_day.strftime('%d/%m/%Y')}"
    return f"{days}  ·  {closed}"


def corrections_words(state: ClosuresState) -> str:
    """What was said later of the count; the first figure stays in the Z."""
    lines = [
        tr("{when}, {name}: counted {was}, should have been {now} ({reason})").format(
            when=formats.day_and_time(row.happened_at),
            name=row.operator,
            was=formats.amount(Money(row.detail("was"))),
            now=formats.amount(Money(row.detail("now"))),
            reason=row.reason,
        )
        for row in state.corrections
    ]
    return "\n".join(lines)


def closures_said(state: ClosuresState) -> tuple[str, Role]:
    match state.said:
        case None:
            return "", Role.INFO
        case ClosuresNotice.Z_PRINTED:
            return tr("A duplicate of the Z is on its way to the printer."), Role.SUCCESS
        case ClosuresNotice.CORRECTED:
            return tr("The correction is recorded. The Z keeps its first figure."), Role.SUCCESS
        case ClosuresNotice.NOT_APPROVED:
            return tr("Nobody allowed it: nothing was recorded."), Role.WARNING
        case CashRefused():
            return cash_refusal_words(state.said), Role.WARNING
        case _:
            return describe_failure(state.said), Role.DANGER


# --- check ---


def report_verdict(report: LedgerReport) -> tuple[Shape, Role, str, str]:
    """What a check found: shape, role, word, sentence."""
    sentence = report_summary(report)
    if not report.complete:
        return Shape.QUESTION, Role.WARNING, tr("Stopped"), sentence
    if report.is_sound:
        return Shape.TICK, Role.SUCCESS, tr("The ledger is whole"), sentence
    return Shape.OCTAGON, Role.DANGER, tr("The ledger was changed"), sentence


def report_lines(report: LedgerReport) -> list[str]:
    """All that was found, a sentence each."""
    lines = [finding_sentence(finding) for finding in report.findings]
    if report.left_out:
        lines.append(trn("and {count} more", "and {count} more", report.left_out).format(count=report.left_out))
    if report.unsealed_sales:
        text = tr("{count} tickets are of before the ledger: nothing can prove them.")
        lines.append(text.format(count=report.unsealed_sales))
    return lines


def check_said(state: CheckState) -> tuple[str, Role]:
    if state.failure is not None:
        return describe_failure(state.failure), Role.DANGER
    return (tr("The report is on its way to the printer."), Role.SUCCESS) if state.printed else ("", Role.INFO)


# --- files ---


def span_words(span: Span) -> str:
    return {
        Span.LAST_MONTH: tr("Last month"),
        Span.THIS_MONTH: tr("This month"),
        Span.LAST_YEAR: tr("Last fiscal year"),
        Span.THIS_YEAR: tr("This fiscal year"),
    }[span]


def export_words(kind: ExportKind) -> tuple[str, str]:
    """An export's short name, and what it is for."""
    return {
        ExportKind.LINES: (
            tr("Lines"),
            tr("Every ticket, line, payment and event as it was recorded: for the tax office."),
        ),
        ExportKind.DAILY_Z: (tr("Daily Z"), tr("The closed days with VAT and payments: a table for the accountant.")),
        ExportKind.JOURNAL: (
            tr("Journal"),
            tr("The sales journal in the 18 columns of the FEC: for the accountant’s software."),
        ),
        ExportKind.E_REPORTING: (
            tr("E-reporting"),
            tr("Turnover by day, category and rate, invoices apart: for the e-reporting platform."),
        ),
    }[kind]


def files_said(state: FilesState) -> tuple[str, Role]:
    """What came of it."""
    match state.said:
        case FilesNotice.NOT_A_DAY:
            return tr("Type both days, for example 01/11/2026."), Role.WARNING
        case FilesNotice.REVERSED:
            return tr("The last day comes before the first. Swap them."), Role.WARNING
        case FilesNotice.STOPPED:
            return tr("Stopped. No file was left."), Role.INFO
        case Exception():
            return describe_failure(state.said), Role.DANGER
        case _:
            return _outcome_words(state)


def _outcome_words(state: FilesState) -> tuple[str, Role]:
    outcome = state.outcome
    if isinstance(outcome, WrongAccounts):
        return wrong_accounts(outcome.name), Role.WARNING
    if isinstance(outcome, MoneyDoesNotAddUp):
        return tr("A closure is not the sum of its tickets. Check the ledger and call your accountant."), Role.DANGER
    if isinstance(outcome, ArchiveRefused):
        return archive_refusal(outcome.reason), Role.WARNING
    if isinstance(outcome, ArchiveDone):
        text = trn("{count} ticket archived in {path}.", "{count} tickets archived in {path}.", outcome.documents)
        warning = open_documents(outcome.open_documents)
        said = " ".join([text.format(count=outcome.documents, path=outcome.path), warning]).strip()
        return said, Role.WARNING if warning else Role.SUCCESS
    kind = state.kind or ExportKind.LINES
    if isinstance(outcome, ExportRefused):
        left_out = days_left_out(outcome.open_days, kind)
        return f"{export_refusal(outcome.reason)} {left_out}".strip(), Role.WARNING
    if isinstance(outcome, ExportDone):
        rows = trn("{count} row written.", "{count} rows written.", outcome.rows).format(count=outcome.rows)
        left_out = days_left_out(outcome.open_days, kind)
        return " ".join(
            filter(None, [rows, ", ".join(outcome.paths), left_out])
        ), Role.WARNING if left_out else Role.SUCCESS
    return "", Role.INFO


# --- invoices ---


def invoice_line(invoice: IssuedInvoice) -> str:
    return f"{invoice.display_number}, {formats.amount(invoice.total)}"


def invoice_detail(invoice: IssuedInvoice) -> str:
    whom = invoice.buyer.name if invoice.buyer is not None else f"SIREN {invoice.buyer_siren}"
    return f"{invoice.issue_day.strftime('%d/%m/%Y')}  ·  {whom}"


def invoices_said(state: InvoicesState) -> tuple[str, Role]:
    said = state.said
    if isinstance(said, InvoiceRefused):
        return refusal_words(said), Role.WARNING
    if isinstance(said, FileMissing):
        chosen = next((row for row in state.invoices if row.invoice_id == state.chosen), None)
        return missing_words(said, chosen.display_number if chosen is not None else ""), Role.WARNING
    if isinstance(said, Exception):
        return describe_failure(said), Role.DANGER
    if state.made is not None:
        credit = state.made.kind is InvoiceKind.CREDIT_NOTE
        text = tr("Credit note {number} written to {path}.") if credit else tr("Invoice {number} written to {path}.")
        return text.format(number=state.made.display_number, path=state.written), Role.SUCCESS
    return "", Role.INFO
