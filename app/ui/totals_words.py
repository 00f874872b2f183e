"""Owns how the figures of a period are laid out in words for a screen: sections of rows. No Qt, no decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.cash import CashMovement, CashMovementKind, CashSession, CashTotals
from app.domain.catalogue import LineNature
from app.domain.closure import ActivityCounts, Closure, PeriodReport
from app.domain.merchant import VatRegime
from app.domain.money import Money
from app.domain.period_totals import PeriodTotals
from app.domain.sale import DocumentKind
from app.i18n import tr
from app.ui import formats
from app.ui.closing_words import movement_kind_words
from app.ui.messages import payment_means


@dataclass(frozen=True, slots=True)
class FigureRow:
    """Words at the left, figures at the right, under those of the other rows. `strong`: what it comes to."""

    words: str
    figures: tuple[str, ...]
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Rows under a title; `heads` name the columns of figures where there are several."""

    title: str
    rows: tuple[FigureRow, ...]
    heads: tuple[str, ...] = ()


def sections_of_closure(closure: Closure) -> tuple[Section, ...]:
    """All that a Z says."""
    return (
        *_sections(closure.totals, closure.cash, closure.activity),
        Section(
            tr("Running totals"),
            (
                _amount(tr("This fiscal year"), closure.year_to_date),
                _amount(tr("Since the first ticket"), closure.perpetual, strong=True),
                _amount(tr("Since the first ticket, refunds added"), closure.perpetual_absolute),
            ),
        ),
    )


def sections_of_report(report: PeriodReport, *, with_cash: bool) -> tuple[Section, ...]:
    """All that an X says. `with_cash`: False while the drawer is to be counted unseen."""
    cash = report.cash if with_cash else None
    return (
        *_sections(report.totals, cash, report.activity),
        Section(
            tr("Running totals"),
            (
                _amount(tr("Since the first ticket"), report.perpetual, strong=True),
                _amount(tr("Since the first ticket, refunds added"), report.perpetual_absolute),
            ),
        ),
    )


def sections_of_drawer(session: CashSession, movements: Sequence[CashMovement], *, blind: bool) -> tuple[Section, ...]:
    """The drawer since the last closure. `blind`: without what should be in it."""
    rows = tuple(_movement(movement) for movement in reversed(movements))
    found = [] if blind else [_cash(session.totals)]
    if rows:
        found.append(Section(tr("Movements"), rows))
    return tuple(found)


def _movement(movement: CashMovement) -> FigureRow:
    parts = (formats.clock_time(movement.happened_at), movement_kind_words(movement.kind), movement.reason)
    signed = -movement.amount if movement.kind in _TAKEN_OUT else movement.amount
    figure = "" if movement.kind is CashMovementKind.DRAWER else formats.amount(signed)
    return FigureRow("  ·  ".join(part for part in parts if part), (figure,))


_TAKEN_OUT = frozenset({CashMovementKind.CASH_OUT, CashMovementKind.BANKED})


def _sections(totals: PeriodTotals, cash: CashTotals | None, activity: ActivityCounts) -> list[Section]:
    found = [_turnover(totals), _vat(totals), _means(totals, with_cash=cash is not None)]
    if cash is not None:
        found.append(_cash(cash))
    found.append(_counts(totals, activity))
    return [section for section in found if section.rows]


def _turnover(totals: PeriodTotals) -> Section:
    rows = [_amount(tr("Sales"), totals.sales)]
    if totals.refunds:
        rows.append(_amount(tr("Refunds"), -totals.refunds))
    rows.append(_amount(tr("Turnover"), totals.turnover, strong=True))
    rows += [_amount(nature_words(nature), amount) for nature, amount in totals.outside]
    if totals.outside:
        rows.append(_amount(tr("To be paid in all"), totals.total, strong=True))
    return Section(tr("Sales and refunds"), tuple(rows))


def _vat(totals: PeriodTotals) -> Section:
    rows = tuple(
        FigureRow(
            tr("Exempt (art. 293 B)") if part.regime is VatRegime.FRANCHISE else formats.vat_rate(part.rate_bp),
            tuple(formats.amount(amount) for amount in (part.net, part.vat, part.gross)),
        )
        for part in totals.vat
    )
    return Section(tr("VAT"), rows, (tr("Net"), tr("VAT"), tr("With VAT")))


def _means(totals: PeriodTotals, *, with_cash: bool) -> Section:
    shown = [row for row in totals.means if with_cash or row[0].value != "cash"]
    return Section(tr("Payments"), tuple(_amount(payment_means(means), amount) for means, amount in shown))


def _cash(cash: CashTotals) -> Section:
    rows = [_amount(tr("Float"), cash.float_amount), _amount(tr("Sales in cash"), cash.sales)]
    rows += [_amount(tr("Cash in"), cash.ins)] if cash.ins else []
    rows += [_amount(tr("Cash out"), -cash.outs)] if cash.outs else []
    rows.append(_amount(tr("Expected"), cash.expected, strong=True))
    if cash.counted is not None:
        rows.append(_amount(tr("Counted in the drawer"), cash.counted, strong=True))
    if cash.difference:
        rows.append(FigureRow(tr("Difference"), (formats.amount(cash.difference, plus=True),), strong=True))
    if cash.banked:
        rows.append(_amount(tr("Taken out at closing"), -cash.banked))
        rows.append(_amount(tr("Stays in the drawer"), cash.left))
    return Section(tr("Cash drawer"), tuple(rows))


def _counts(totals: PeriodTotals, activity: ActivityCounts) -> Section:
    rows = [(document_words(kind), count) for kind, count in totals.documents]
    rows += [
        (tr("Tickets with a discount"), totals.discount_count),
        (tr("Prices changed by hand"), activity.price_overrides),
        (tr("Drawer opened without a sale"), activity.drawer_openings),
        (tr("Approvals by a manager"), activity.approvals),
        (tr("Duplicates"), activity.duplicates),
        (tr("Gift receipts"), activity.gift_receipts),
        (tr("Baskets given up"), activity.abandoned_baskets),
        (tr("Parked baskets"), activity.parked),
        (tr("Training tickets"), activity.training),
    ]
    return Section(tr("Counts"), tuple(FigureRow(words, (str(count),)) for words, count in rows if count))


def _amount(words: str, amount: Money, *, strong: bool = False) -> FigureRow:
    return FigureRow(words, (formats.amount(amount),), strong)


def document_words(kind: DocumentKind) -> str:
    return {
        DocumentKind.SALE: tr("Tickets"),
        DocumentKind.RETURN: tr("Returns"),
        DocumentKind.CANCELLATION: tr("Cancelled tickets"),
        DocumentKind.PAYMENT_CHANGE: tr("Changes of payment means"),
    }[kind]


def nature_words(nature: LineNature) -> str:
    """What passed through the till without being turnover."""
    return {
        LineNature.GOODS: tr("Goods"),
        LineNature.SERVICE: tr("Services"),
        LineNature.CONTAINER: tr("Container deposits"),
        LineNature.DEPOSIT: tr("Advance payments"),
        LineNature.VOUCHER: tr("Gift vouchers sold"),
        LineNature.SETTLEMENT: tr("Accounts paid"),
    }[nature]
