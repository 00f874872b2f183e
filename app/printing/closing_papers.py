"""Owns what a closure, the period under way and the count of the drawer look like on paper. Amounts are those of the
document, never computed anew, save sums of what is printed right above them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from app.domain.cash import FIRST_NOTE_MINOR, CashTotals
from app.domain.closure import ActivityCounts, Closure, ClosureKind
from app.domain.merchant import VatRegime
from app.domain.money import Money, total_of
from app.domain.period_totals import PeriodTotals, VatTotal
from app.domain.receipt import CashCountSlip, XReport, ZReport
from app.printing.closing_words import ClosingWords, closing_words_for
from app.printing.fiscal_words import FiscalWords
from app.printing.lines import Size
from app.printing.paper import Paper
from app.printing.parts import duplicate, legal_head, proof, shop_name, title
from app.printing.words import Words, amount, bare_amount, exact_moment_text, rate


def z_report(paper: Paper, words: Words, fiscal: FiscalWords, report: ZReport) -> None:
    """The Z: period, sums, both perpetual totals, the head of the chain as QR (R8, R9)."""
    closure, says = report.closure, closing_words_for(words)
    charged = _charges_vat(closure.totals)
    legal_head(paper, words, fiscal, report.shop, report.merchant, vat_is_charged=charged)
    title(paper, says.titles[closure.kind])
    duplicate(paper, words, report.copy_no)
    paper.row(says.number, closure.display_number, bold=True)
    paper.row(says.period, _period(words, closure), bold=True)
    offset = timedelta(minutes=closure.utc_offset_minutes)
    paper.row(says.opened, exact_moment_text(words, closure.opened_at + offset))
    paper.row(says.closed, exact_moment_text(words, closure.closed_at + offset))
    paper.pair(report.till_name, words.operator.format(name=closure.operator) if closure.operator else "")
    _range(paper, says, closure.first_number, closure.last_number)
    if closure.parts:
        paper.row(says.parts, str(len(closure.parts)))
    _sums(paper, words, fiscal, says, closure.totals)
    _cash(paper, words, says, closure.cash)
    if closure.kind is ClosureKind.DAY:
        _counted(paper, words, says, closure.cash)
    _left(paper, words, says, closure.cash)
    _counts(paper, says, closure.activity, closure.totals)
    _heading(paper, says.running_totals)
    paper.row(says.year_to_date.format(day=_day(words, closure.year_first_day)), amount(words, closure.year_to_date))
    _perpetual(paper, words, says, closure.perpetual, closure.perpetual_absolute)
    if report.chain_head:
        paper.rule()
        paper.centred(says.chain_head)
        paper.qr(report.chain_head)
        paper.centred(report.chain_head)
    proof(paper, fiscal, report.software, report.fiscal_version, report.signature_extract)


def x_report(paper: Paper, words: Words, fiscal: FiscalWords, document: XReport) -> None:
    """The X: the same sums, and that nothing is closed by it."""
    report, says = document.report, closing_words_for(words)
    legal_head(paper, words, fiscal, document.shop, document.merchant, vat_is_charged=_charges_vat(report.totals))
    title(paper, says.x_title)
    paper.centred(says.x_mention)
    offset = timedelta(minutes=report.utc_offset_minutes)
    paper.row(says.made, exact_moment_text(words, report.made_at + offset), bold=True)
    if report.since:
        paper.row(says.since, exact_moment_text(words, report.since + offset))
    for day in report.days:
        paper.row(says.open_day, _day(words, day))
    paper.pair(document.till_name, words.operator.format(name=document.operator) if document.operator else "")
    _range(paper, says, report.first_number, report.last_number)
    _sums(paper, words, fiscal, says, report.totals)
    _cash(paper, words, says, report.cash)
    paper.row(says.expected, amount(words, report.cash.expected), bold=True)
    _counts(paper, says, report.activity, report.totals)
    _heading(paper, says.running_totals)
    _perpetual(paper, words, says, report.perpetual, report.perpetual_absolute)
    paper.rule()
    paper.centred(says.x_mention)
    proof(paper, fiscal, document.software, "", "")


def cash_count_slip(paper: Paper, words: Words, slip: CashCountSlip) -> None:
    """Notes and coins as they were counted."""
    says = closing_words_for(words)
    shop_name(paper, slip.shop)
    paper.rule()
    title(paper, says.count_title)
    paper.row(says.number, slip.closure_number, bold=True)
    local = slip.counted_at + timedelta(minutes=slip.utc_offset_minutes)
    paper.row(says.made, exact_moment_text(words, local))
    paper.pair(slip.till_name, words.operator.format(name=slip.operator) if slip.operator else "")
    paper.rule()
    for value, pieces in slip.count.pieces:
        kind = says.note if value >= FIRST_NOTE_MINOR else says.coin
        label = f"{pieces} x {kind} {amount(words, Money(value))}"
        paper.row(label, amount(words, Money(value * pieces)))
    if slip.count.loose:
        paper.row(says.loose, amount(words, slip.count.loose))
    paper.rule()
    paper.row(says.counted, amount(words, slip.count.total), bold=True, size=Size.TALL)
    paper.row(says.expected, amount(words, slip.expected))
    paper.row(says.difference, amount(words, slip.difference), bold=bool(slip.difference))
    if slip.reason:
        paper.text(slip.reason, indent=2)
    paper.row(says.banked, amount(words, slip.banked))
    paper.row(says.left, amount(words, slip.left))
    paper.feed()
    paper.blank_to_fill_in(says.signed)


# --- the parts of Z and X -----------------------------------------------------------------------------------


def _charges_vat(totals: PeriodTotals) -> bool:
    """Whether the merchant had VAT in the period: one in franchise has none on any paper (R21)."""
    return not totals.vat or any(part.regime is VatRegime.NORMAL for part in totals.vat)


def _period(words: Words, closure: Closure) -> str:
    rank = f" ({closure.rank})" if closure.rank > 1 else ""
    first, last = _day(words, closure.first_day), _day(words, closure.last_day)
    return (first if first == last else f"{first} - {last}") + rank


def _day(words: Words, day: date) -> str:
    return f"{day:{words.day_format}}"


def _heading(paper: Paper, text: str) -> None:
    paper.rule()
    paper.text(text, bold=True)


def _range(paper: Paper, says: ClosingWords, first: int, last: int) -> None:
    paper.row(says.tickets, f"{first:06d} - {last:06d}" if last else says.none)


def _sums(paper: Paper, words: Words, fiscal: FiscalWords, says: ClosingWords, totals: PeriodTotals) -> None:
    _heading(paper, says.sales_heading)
    for kind, count in totals.documents:
        paper.row(says.documents[kind], str(count))
    paper.row(says.sales, amount(words, totals.sales))
    paper.row(says.refunds, amount(words, -totals.refunds))
    paper.row(says.turnover, amount(words, totals.turnover), bold=True, size=Size.TALL)
    if totals.discount_count:
        paper.row(says.of_which_discounts, amount(words, totals.discounts))
    _vat(paper, words, fiscal, says, totals.vat)
    _heading(paper, says.payments_heading)
    if totals.outside:
        paper.text(fiscal.outside_sales)
    for nature, sum_ in totals.outside:
        paper.row(fiscal.natures[nature], amount(words, sum_), indent=2)
    paper.row(says.total, amount(words, totals.total), bold=True)
    for means, sum_ in totals.means:
        paper.row(words.means[means], amount(words, sum_), indent=2)


def _vat(paper: Paper, words: Words, fiscal: FiscalWords, says: ClosingWords, parts: Sequence[VatTotal]) -> None:
    """Sums of the documents, rate by rate; what was sold under franchise never shares a row with a rate (R20, R21)."""
    normal = [part for part in parts if part.regime is VatRegime.NORMAL]
    if normal:
        _heading(paper, says.vat_heading)
        rows = [
            (rate(words, part.rate_bp), *(bare_amount(words, value) for value in (part.net, part.vat, part.gross)))
            for part in normal
        ]
        columns = zip(*((part.net, part.vat, part.gross) for part in normal), strict=True)
        sums = (bare_amount(words, total_of(list(column))) for column in columns)
        paper.table((words.vat_rate, words.net, words.vat, words.gross), [*rows, (fiscal.vat_total, *sums)])
    for part in parts:
        if part.regime is VatRegime.FRANCHISE:
            paper.rule()
            paper.row(says.franchise, amount(words, part.gross))


def _cash(paper: Paper, words: Words, says: ClosingWords, cash: CashTotals) -> None:
    _heading(paper, says.cash_heading)
    paper.row(says.float_amount, amount(words, cash.float_amount))
    paper.row(says.cash_sales, amount(words, cash.sales))
    paper.row(says.ins, amount(words, cash.ins))
    paper.row(says.outs, amount(words, -cash.outs))


def _counted(paper: Paper, words: Words, says: ClosingWords, cash: CashTotals) -> None:
    paper.row(says.expected, amount(words, cash.expected), bold=True)
    paper.row(says.counted, says.not_counted if cash.counted is None else amount(words, cash.counted))


def _left(paper: Paper, words: Words, says: ClosingWords, cash: CashTotals) -> None:
    paper.row(says.difference, amount(words, cash.difference), bold=bool(cash.difference))
    paper.row(says.banked, amount(words, cash.banked))
    paper.row(says.left, amount(words, cash.left))


def _counts(paper: Paper, says: ClosingWords, activity: ActivityCounts, totals: PeriodTotals) -> None:
    counts = {
        says.discounts: totals.discount_count,
        says.duplicates: activity.duplicates,
        says.gift_receipts: activity.gift_receipts,
        says.drawer_openings: activity.drawer_openings,
        says.approvals: activity.approvals,
        says.price_overrides: activity.price_overrides,
        says.abandoned_baskets: activity.abandoned_baskets,
        says.training: activity.training,
        says.parked: activity.parked,
    }
    if any(counts.values()):
        _heading(paper, says.activity_heading)
    for label, count in counts.items():
        if count:
            paper.row(label, str(count))


def _perpetual(paper: Paper, words: Words, says: ClosingWords, algebraic: Money, absolute: Money) -> None:
    paper.row(says.perpetual, amount(words, algebraic), bold=True)
    paper.row(says.perpetual_absolute, amount(words, absolute), bold=True)
