"""Owns what a closure, the period under way and the count of the drawer look like on paper. Amounts are those of the
document, never computed anew."""

from __future__ import annotations

from datetime import timedelta

from app.domain.cash import FIRST_NOTE_MINOR, CashTotals
from app.domain.closure import ActivityCounts, ClosureKind
from app.domain.merchant import VatRegime
from app.domain.money import Money
from app.domain.period_totals import PeriodTotals
from app.domain.receipt import CashCountSlip, XReport, ZReport
from app.printing.closing_words import ClosingWords, closing_words_for
from app.printing.fiscal_words import FiscalWords
from app.printing.paper import Paper
from app.printing.parts import duplicate, foot, legal_head, proof, shop_head, title
from app.printing.words import Words, amount, exact_moment_text, rate


def z_report(paper: Paper, words: Words, fiscal: FiscalWords, report: ZReport) -> None:
    """The Z: period, sums, both perpetual totals, the head of the chain as QR."""
    closure, says = report.closure, closing_words_for(words)
    legal_head(paper, words, fiscal, report.shop, report.merchant, vat_is_charged=True)
    title(paper, says.titles[closure.kind])
    duplicate(paper, words, report.copy_no)
    paper.row(says.number, closure.display_number, bold=True)
    rank = f" ({closure.rank})" if closure.rank > 1 else ""
    paper.row(says.period, closure.period + rank)
    offset = timedelta(minutes=closure.utc_offset_minutes)
    paper.row(says.opened, exact_moment_text(words, closure.opened_at + offset))
    paper.row(says.closed, exact_moment_text(words, closure.closed_at + offset))
    paper.pair(report.till_name, words.operator.format(name=closure.operator) if closure.operator else "")
    _range(paper, says, closure.first_number, closure.last_number)
    paper.rule()
    _sums(paper, words, fiscal, says, closure.totals)
    _cash(paper, words, says, closure.cash, of_one_day=closure.kind is ClosureKind.DAY)
    _counts(paper, says, closure.activity, closure.totals)
    since = closure.year_first_day.strftime("%d/%m/%Y")
    paper.row(says.year_to_date.format(day=since), amount(words, closure.year_to_date))
    _perpetual(paper, words, says, closure.perpetual, closure.perpetual_absolute)
    if report.chain_head:
        paper.feed()
        paper.qr(report.chain_head)
        paper.centred(report.chain_head)
    proof(paper, fiscal, report.software, report.fiscal_version, report.signature_extract)
    foot(paper, report.shop.footer, "")


def x_report(paper: Paper, words: Words, fiscal: FiscalWords, document: XReport) -> None:
    """The X: the same sums, and that nothing is closed by it."""
    report, says = document.report, closing_words_for(words)
    legal_head(paper, words, fiscal, document.shop, document.merchant, vat_is_charged=True)
    title(paper, says.x_title)
    paper.centred(says.x_mention)
    local = report.made_at + timedelta(minutes=report.utc_offset_minutes)
    paper.row(says.made, exact_moment_text(words, local))
    paper.pair(document.till_name, words.operator.format(name=document.operator) if document.operator else "")
    _range(paper, says, report.first_number, report.last_number)
    paper.rule()
    _sums(paper, words, fiscal, says, report.totals)
    _cash(paper, words, says, report.cash, of_one_day=True)
    _counts(paper, says, report.activity, report.totals)
    _perpetual(paper, words, says, report.perpetual, report.perpetual_absolute)
    foot(paper, document.shop.footer, document.software)


def cash_count_slip(paper: Paper, words: Words, slip: CashCountSlip) -> None:
    """Notes and coins as they were counted."""
    says = closing_words_for(words)
    shop_head(paper, words, slip.shop)
    title(paper, says.count_title)
    paper.row(says.number, slip.closure_number)
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
    paper.row(says.counted, amount(words, slip.count.total), bold=True)
    paper.row(says.expected, amount(words, slip.expected))
    paper.row(says.difference, amount(words, slip.difference), bold=bool(slip.difference))
    if slip.reason:
        paper.text(slip.reason, indent=2)
    paper.row(says.banked, amount(words, slip.banked))
    paper.row(says.left, amount(words, slip.left))


def _range(paper: Paper, says: ClosingWords, first: int, last: int) -> None:
    paper.row(says.tickets, f"{first:06d} - {last:06d}" if last else says.none)


def _sums(paper: Paper, words: Words, fiscal: FiscalWords, says: ClosingWords, totals: PeriodTotals) -> None:
    for kind, count in totals.documents:
        paper.row(says.documents[kind], str(count))
    paper.row(says.sales, amount(words, totals.sales))
    paper.row(says.refunds, amount(words, -totals.refunds))
    paper.row(says.turnover, amount(words, totals.turnover), bold=True)
    for nature, sum_ in totals.outside:
        paper.row(fiscal.natures.get(nature, nature.value), amount(words, sum_))
    paper.row(says.total, amount(words, totals.total), bold=True)
    paper.rule()
    for part in totals.vat:
        regime = f" ({says.franchise})" if part.regime is VatRegime.FRANCHISE else ""
        paper.text(f"{says.vat} {rate(words, part.rate_bp)}{regime}", bold=True)
        paper.row(says.net, amount(words, part.net), indent=2)
        paper.row(says.vat, amount(words, part.vat), indent=2)
        paper.row(says.gross, amount(words, part.gross), indent=2)
    paper.rule()
    for means, sum_ in totals.means:
        paper.row(words.means[means], amount(words, sum_))
    paper.rule()


def _cash(paper: Paper, words: Words, says: ClosingWords, cash: CashTotals, *, of_one_day: bool) -> None:
    paper.row(says.float_amount, amount(words, cash.float_amount))
    paper.row(says.cash_sales, amount(words, cash.sales))
    paper.row(says.ins, amount(words, cash.ins))
    paper.row(says.outs, amount(words, -cash.outs))
    if of_one_day:
        paper.row(says.expected, amount(words, cash.expected))
        paper.row(says.counted, says.none if cash.counted is None else amount(words, cash.counted))
    paper.row(says.difference, amount(words, cash.difference), bold=bool(cash.difference))
    paper.row(says.banked, amount(words, cash.banked))
    paper.row(says.left, amount(words, cash.left))
    paper.rule()


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
    for label, count in counts.items():
        if count:
            paper.row(label, str(count))
    paper.rule()


def _perpetual(paper: Paper, words: Words, says: ClosingWords, algebraic: Money, absolute: Money) -> None:
    paper.row(says.perpetual, amount(words, algebraic))
    paper.row(says.perpetual_absolute, amount(words, absolute))
