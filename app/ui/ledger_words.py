"""Owns what the check of the ledger says to people: each finding a sentence, and what to do. No Qt: the command line
says the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.domain.fiscal import Series
from app.domain.ledger_check import Finding, FindingKind
from app.i18n import tr, trn
from app.usecases.verify_ledger import LedgerReport

_K = FindingKind


def row_name(finding: Finding, number: int | None = None) -> str:
    """How people know a row: `Ticket A-000042`, `Clôture A-Z0012`, `Évènement A 7`."""
    letter, shown = finding.till_letter, finding.number if number is None else number
    names = {
        Series.SALES.value: tr("Ticket {letter}-{number:06d}"),
        Series.TRAINING.value: tr("Training ticket {letter}-{number:06d}"),
        Series.EVENTS.value: tr("Event {letter} {number}"),
        Series.CLOSURES.value: tr("Closure {letter}-Z{number:04d}"),
        Series.ARCHIVES.value: tr("Archive {letter} {number}"),
        Series.INVOICES.value: tr("Invoice no. {number} of till {letter}"),
    }
    return names.get(finding.series, tr("Row {letter} {number}")).format(letter=letter, number=shown)


def chain_name(series: str) -> str:
    """The chain in a sentence."""
    return {
        Series.SALES.value: tr("tickets"),
        Series.TRAINING.value: tr("training tickets"),
        Series.EVENTS.value: tr("events"),
        Series.CLOSURES.value: tr("closures"),
        Series.ARCHIVES.value: tr("archives"),
        Series.INVOICES.value: tr("invoices"),
    }.get(series, series)


def finding_sentence(finding: Finding) -> str:
    """What was found, naming the row and what is wrong with it."""
    if finding.kind in _TABLE_KINDS:
        return _table_sentence(finding)
    text = _sentences()[finding.kind]
    details = finding.details
    if finding.kind is _K.SIGNATURE_WRONG and "last" in details:
        text = tr("{row}: from here to no. {last} the signatures are wrong: rows were changed, digests made anew.")
    if finding.kind is _K.ROW_ADDED and "rows" in details:
        text = tr("Till {letter}, {chain}: {rows} rows cannot be reached by their numbers: they do not belong here.")
    return text.format(
        row=row_name(finding),
        letter=finding.till_letter,
        chain=chain_name(finding.series),
        number=finding.number,
        first=details.get("first", finding.number),
        last=details.get("last", finding.number),
        lost=_lost(details.get("first", finding.number), details.get("last", finding.number)),
        field=_field_words(str(details.get("field", ""))),
        sealed_as=details.get("sealed_as", ""),
        event=details.get("event", ""),
        counter=details.get("counter", ""),
        key=details.get("key", ""),
        guard=details.get("guard", ""),
        rows=details.get("rows", ""),
    )


def _lost(first: object, last: object) -> str:
    if first == last:
        return tr("no. {number}").format(number=first)
    return tr("no. {first} to {last}").format(first=first, last=last)


def _sentences() -> Mapping[FindingKind, str]:
    return {
        _K.ROWS_MISSING: tr("Till {letter}, {chain}: {lost} are missing: rows were taken out."),
        _K.ROW_ADDED: tr("{row}: there is a second row of this number: one was put in."),
        _K.ROW_MOVED: tr("{row}: what stands here was sealed as no. {sealed_as}: rows were swapped or taken out."),
        _K.CONTENT_CHANGED: tr("{row}: the sealed content was changed."),
        _K.HASH_CHANGED: tr("{row}: the digest was changed."),
        _K.SIGNATURE_WRONG: tr("{row}: the signature is not this till’s: the content or the signature was changed."),
        _K.COLUMN_CHANGED: tr("{row}: {field} is not what was sealed."),
        _K.ROW_UNREADABLE: tr("{row}: the sealed content cannot be read: it was changed."),
        _K.DAY_ORDER: tr("{row}: its trading day is before that of the row before it."),
        _K.CLOCK_BACK: tr(
            "{row}: it is earlier than the row before it, and no event says that the clock was set back."
        ),
        _K.MONEY_WRONG: tr("{row}: the amounts do not add up ({field})."),
        _K.PERPETUAL_WRONG: tr("{row}: the perpetual totals do not follow from the row before it."),
        _K.CLOSURE_WRONG: tr("{row}: it is not the sum of what it closes ({field})."),
        _K.COUNTER_BEHIND: tr(
            "Till {letter}, {chain}: the counter was set back to {counter}, the last row is {number}."
        ),
        _K.COUNTER_CHANGED: tr("Till {letter}, {chain}: the counter is not what the last row says: it was changed."),
        _K.TAIL_CUT: tr("Till {letter}, {chain}: {lost} are missing: the end of the ledger was cut off."),
        _K.OLDER_COPY: tr("Till {letter}, {chain}: {lost} are missing: this is an older copy of the database."),
        _K.HISTORY_REWRITTEN: tr("{row}: it is not the row remembered outside the database: the ledger was rewritten."),
        _K.GAP_RECORDED: tr("Till {letter}, {chain}: {lost} were lost earlier, as event no. {event} says."),
        _K.KEY_UNKNOWN: tr("Rows are signed with the key {key}, which this till never had."),
        _K.KEY_CHANGED: tr("The public key {key} is not the one that was recorded: it was exchanged."),
        _K.KEY_UNDECLARED: tr("No event says where the key {key} comes from."),
        _K.KEY_NOT_OURS: tr("{row}: signed with the key {key}, which is not the one in this machine’s key store."),
        _K.KEY_REPLACED: tr("The signing key was replaced by {key}: the one before was not in the key store any more."),
        _K.CLOCK_BEHIND: tr("The computer’s clock is behind the last recorded row: it was set back."),
        _K.GUARD_MISSING: tr("The protection {guard} of the database was taken away or changed."),
    }  # fmt: skip


_TABLE_KINDS = frozenset({_K.TABLE_CHANGED, _K.TABLE_ROW_MISSING, _K.TABLE_ROW_ADDED})


def _table_sentence(finding: Finding) -> str:
    table, line = str(finding.details.get("table", "")), finding.details.get("line", 0)
    row = row_name(finding) if finding.number else str(finding.details.get("record", ""))
    part = _part_words(table)
    if finding.kind is _K.TABLE_ROW_MISSING:
        return tr("{row}: {part} was removed from the tables.").format(row=row, part=part)
    if finding.kind is _K.TABLE_ROW_ADDED:
        return tr("{row}: {part} is in the tables but was never sealed: it was put in.").format(row=row, part=part)
    field = _field_words(str(finding.details.get("field", "")))
    if line and table == "sale_line":
        return tr("{row}: {field} of line {line} was changed.").format(row=row, field=field, line=line)
    return tr("{row}: {field} was changed ({part}).").format(row=row, field=field, part=part)


def _part_words(table: str) -> str:
    return {
        "sale": tr("the document"),
        "sale_line": tr("a line"),
        "sale_payment": tr("a payment"),
        "sale_vat": tr("a VAT sum"),
        "closure": tr("the closure"),
        "cash_movement": tr("a cash movement"),
        "document_copy": tr("a copy on paper"),
        "invoice": tr("the invoice"),
    }.get(table, table)


def _field_words(field: str) -> str:
    """A column or a sum as people call it; one without a name of its own as it is."""
    return {
        "label": tr("the label"),
        "quantity": tr("the quantity"),
        "unit_price_minor": tr("the unit price"),
        "discount_minor": tr("the discount"),
        "total_minor": tr("the total"),
        "amount_minor": tr("the amount"),
        "means": tr("the payment means"),
        "vat_rate_bp": tr("the VAT rate"),
        "happened_at": tr("the time"),
        "trading_day": tr("the trading day"),
        "operator": tr("the operator"),
        "number": tr("the number"),
        "kind": tr("the kind"),
        "turnover_minor": tr("the turnover"),
    }.get(field, field)


def report_summary(report: LedgerReport) -> str:
    """The verification in one sentence."""
    if not report.complete:
        return tr("The check was stopped: {rows} rows were looked at.").format(rows=report.row_count)
    if report.is_sound:
        text = tr("The ledger is whole: {rows} rows, {signatures} signatures checked, nothing was changed.")
        return text.format(rows=report.row_count, signatures=report.signatures)
    count = len(report.faults) + report.left_out
    return trn(
        "The ledger is not whole: {count} fault in {rows} rows. Keep this report and call your accountant.",
        "The ledger is not whole: {count} faults in {rows} rows. Keep this report and call your accountant.",
        count,
    ).format(count=count, rows=report.row_count)


def start_alarm(findings: Sequence[Finding]) -> str:
    """What the window says after the check at start, "" if all is well: the gravest first, and what to do."""
    if not findings:
        return ""
    gravest = min(findings, key=lambda finding: _GRAVITY.index(finding.kind) if finding.kind in _GRAVITY else 99)
    return f"{finding_sentence(gravest)} {_what_to_do(gravest.kind)}"


_GRAVITY = (
    _K.HISTORY_REWRITTEN,
    _K.OLDER_COPY,
    _K.TAIL_CUT,
    _K.SIGNATURE_WRONG,
    _K.CONTENT_CHANGED,
    _K.COLUMN_CHANGED,
    _K.KEY_REPLACED,
    _K.COUNTER_BEHIND,
    _K.COUNTER_CHANGED,
    _K.CLOCK_BEHIND,
)


def _what_to_do(kind: FindingKind) -> str:
    if kind is _K.OLDER_COPY:
        return tr("Put the newest copy back, or go on: the missing numbers stay named for ever.")
    if kind is _K.CLOCK_BEHIND:
        return tr("Put the computer’s date and time right.")
    if kind is _K.KEY_REPLACED:
        return tr("Tell your accountant: earlier rows stay provable, and the journal says when it was.")
    return tr("You can go on selling. Check the ledger now, and keep the report.")
