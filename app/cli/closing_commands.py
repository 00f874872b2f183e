"""Owns the command that closes: `comptoir close`. Holds no rule; asks for no PIN, so what needs a manager is refused
here and done at the till."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from app.cli.output import Answer
from app.domain.cash import CashCount, CashTotals
from app.domain.closure import ActivityCounts, Closure, PeriodReport
from app.domain.money import ZERO, Money, parse_amount
from app.domain.period_totals import PeriodTotals
from app.i18n import tr, trn
from app.ui import formats
from app.ui.closing_words import cause_words, close_refusal_words, closure_words, due_words
from app.usecases.close_period import (
    CloseDayRequest,
    CloseRefusal,
    CloseRefused,
    DayClosed,
    DuePeriod,
    PeriodsClosed,
    close_day,
    close_month,
    close_year,
    due_closures,
    report_x,
)
from app.usecases.explain_gap import explain_gap

if TYPE_CHECKING:
    from app.bootstrap.core import Core


def run_close(options: argparse.Namespace, core: Core) -> Answer:
    match options.what:
        case "x":
            return _x_answer(report_x(core.counter))
        case "due":
            return _due_answer(due_closures(core.counter))
        case "month":
            closed = close_month(
                core.counter, options.operator, print_z=options.print_z, date_confirmed=options.date_confirmed
            )
            return _closed_answer(core, closed)
        case "year":
            closed = close_year(
                core.counter, options.operator, print_z=options.print_z, date_confirmed=options.date_confirmed
            )
            return _closed_answer(core, closed)
        case _:
            return _close_day(options, core)


def _close_day(options: argparse.Namespace, core: Core) -> Answer:
    amounts: list[Money | None] = []
    for text in (options.counted, options.next_float):
        amount = parse_amount(text) if text is not None else None
        if text is not None and (amount is None or amount < ZERO):
            sentence = tr("“{text}” is not an amount. Type for example 123,45.").format(text=text)
            return Answer(sentence, reason="not_an_amount")
        amounts.append(amount)
    counted, next_float = amounts
    request = CloseDayRequest(
        options.operator,
        CashCount.of_amount(counted) if counted is not None else None,
        options.reason,
        next_float=next_float,
        print_z=options.print_z,
        date_confirmed=options.date_confirmed,
    )
    return _closed_answer(core, close_day(core.counter, request))


def _closed_answer(core: Core, outcome: DayClosed | PeriodsClosed | CloseRefused) -> Answer:
    if isinstance(outcome, CloseRefused):
        causes = explain_gap(core.store.queries, outcome.difference)
        data = {
            "difference_minor": outcome.difference.minor,
            "causes": [{"kind": cause.kind.value, "tickets": list(cause.numbers)} for cause in causes],
        }
        rows = [(cause_words(cause),) for cause in causes]
        text = close_refusal_words(outcome)
        if outcome.reason is CloseRefusal.ANOTHER_DAY:
            text += " comptoir close --date-is-right"
        return Answer(text, data, rows, reason=outcome.reason.value)
    closures = outcome.closures
    difference = outcome.difference if isinstance(outcome, DayClosed) else ZERO
    return Answer(
        trn("{count} period closed.", "{count} periods closed.", len(closures)).format(count=len(closures)),
        {"closures": [closure_data(closure) for closure in closures], "difference_minor": difference.minor},
        [(closure_words(closure), formats.amount(closure.totals.turnover)) for closure in closures],
    )


def _due_answer(due: Sequence[DuePeriod]) -> Answer:
    data = [
        {
            "kind": period.kind.value,
            "first_day": period.first_day.isoformat(),
            "last_day": period.last_day.isoformat(),
            "is_over": period.is_over,
            "document_count": period.document_count,
        }
        for period in due
    ]
    message = trn("{count} period can be closed.", "{count} periods can be closed.", len(due)).format(count=len(due))
    return Answer(message, {"due": data}, [(due_words(period),) for period in due])


def _x_answer(report: PeriodReport) -> Answer:
    data = {
        "days": [day.isoformat() for day in report.days],
        "since": report.since.isoformat() if report.since else None,
        "first_number": report.first_number,
        "last_number": report.last_number,
        **_sums(report.totals, report.cash, report.activity, report.perpetual, report.perpetual_absolute),
    }
    rows = [
        (tr("Turnover"), formats.amount(report.totals.turnover)),
        (tr("Cash expected"), formats.amount(report.cash.expected)),
        (tr("Perpetual total"), formats.amount(report.perpetual)),
    ]
    count = report.totals.document_count
    message = trn("{count} ticket since the last closure.", "{count} tickets since the last closure.", count)
    return Answer(message.format(count=count), {"report": data}, rows)


def closure_data(closure: Closure) -> dict[str, Any]:
    """A closure as `--json` says it."""
    return {
        "closure_id": closure.closure_id,
        "number": closure.number,
        "display_number": closure.display_number,
        "kind": closure.kind.value,
        "period": closure.period,
        "rank": closure.rank,
        "first_day": closure.first_day.isoformat(),
        "last_day": closure.last_day.isoformat(),
        "closed_at": closure.closed_at.isoformat(),
        "operator": closure.operator,
        "first_number": closure.first_number,
        "last_number": closure.last_number,
        "year_to_date_minor": closure.year_to_date.minor,
        **_sums(closure.totals, closure.cash, closure.activity, closure.perpetual, closure.perpetual_absolute),
    }


def _sums(
    totals: PeriodTotals, cash: CashTotals, activity: ActivityCounts, perpetual: Money, absolute: Money
) -> dict[str, Any]:
    return {
        "document_count": totals.document_count,
        "documents": {kind.value: count for kind, count in totals.documents},
        "sales_minor": totals.sales.minor,
        "refunds_minor": totals.refunds.minor,
        "turnover_minor": totals.turnover.minor,
        "total_minor": totals.total.minor,
        "vat": [
            {
                "regime": part.regime.value,
                "rate_bp": part.rate_bp,
                "gross_minor": part.gross.minor,
                "net_minor": part.net.minor,
                "vat_minor": part.vat.minor,
            }
            for part in totals.vat
        ],
        "means": {means.value: amount.minor for means, amount in totals.means},
        "outside": {nature.value: amount.minor for nature, amount in totals.outside},
        "discount_count": totals.discount_count,
        "discounts_minor": totals.discounts.minor,
        "cash": {
            "float_minor": cash.float_amount.minor,
            "sales_minor": cash.sales.minor,
            "ins_minor": cash.ins.minor,
            "outs_minor": cash.outs.minor,
            "expected_minor": cash.expected.minor,
            "counted_minor": cash.counted.minor if cash.counted is not None else None,
            "difference_minor": cash.difference.minor,
            "banked_minor": cash.banked.minor,
            "left_minor": cash.left.minor,
        },
        "counts": {
            "duplicates": activity.duplicates,
            "drawer_openings": activity.drawer_openings,
            "approvals": activity.approvals,
            "price_overrides": activity.price_overrides,
            "abandoned_baskets": activity.abandoned_baskets,
            "training": activity.training,
            "parked": activity.parked,
        },
        "perpetual_minor": perpetual.minor,
        "perpetual_absolute_minor": absolute.minor,
    }
