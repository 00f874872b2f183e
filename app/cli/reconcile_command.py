"""Owns what `comptoir reconcile` does: sync, compare, mend, and once more if anything was mended. Holds no rule."""

from __future__ import annotations

import argparse
import contextlib
from typing import TYPE_CHECKING, Any

from app.cli.output import Answer
from app.ui.reconciliation_words import gap_sentence, not_offered_words, run_summary
from app.usecases.ports import MarketplaceRefused

if TYPE_CHECKING:
    from app.bootstrap.core import Core
    from app.domain.reconciliation import Gap, KindFigures, ReconciliationRun


def run_reconcile(_options: argparse.Namespace, core: Core) -> Answer:
    """Compare everything with the marketplace; what was found and mended is told, what remains is a refusal."""
    from app.sync.one_round import run_round
    from app.sync.reconcile import reconcile

    queries = core.store.queries
    if queries.identity().paired_at is None:
        raise MarketplaceRefused("not_paired")
    with contextlib.closing(core.connect()) as marketplace:
        run_round(core.counter, queries, core.secrets, marketplace)
        first = last = reconcile(core.counter, queries, core.secrets, marketplace)
        if first is not None and first.mended:
            run_round(core.counter, queries, core.secrets, marketplace)
            last = reconcile(core.counter, queries, core.secrets, marketplace)
    if first is None or last is None:
        return Answer(
            not_offered_words(),
            reason="not_offered",
        )
    return _answer(first, last)


def _answer(first: ReconciliationRun, last: ReconciliationRun) -> Answer:
    remaining = list(last.open_gaps)
    names = {(gap.kind, gap.record_id) for gap in remaining}
    mended = [gap for gap in first.open_gaps if (gap.kind, gap.record_id) not in names]
    explained = [gap for gap in last.gaps if gap.explains_itself]
    data: dict[str, Any] = {
        "through_seq": last.through_seq,
        "facts": {kind: {"here": _figures(h), "there": _figures(t)} for kind, (h, t) in last.facts.items()},
        "days": [
            {"trading_day": each.trading_day.isoformat(), "here": _figures(each.here), "there": _figures(each.there)}
            for each in last.days
        ],
        "products": last.products,
        "orders": last.orders,
        "chains": last.chains,
        "gaps": [_data(gap) for gap in remaining],
        "mended": [_data(gap) for gap in mended],
        "explained": [_data(gap) for gap in explained],
        "left_out": last.left_out,
    }
    marks = (("✗", remaining), ("✓", mended), ("!", explained))
    rows = [(mark, gap_sentence(gap)) for mark, gaps in marks for gap in gaps]
    return Answer(run_summary(last), data, rows, reason="gaps_remain" if remaining else "")


def _figures(figures: KindFigures) -> dict[str, int]:
    return {"count": figures.count, "sum_minor": figures.sum_minor}


def _data(gap: Gap) -> dict[str, Any]:
    return {
        "kind": gap.kind.value,
        "record_id": gap.record_id,
        "title": gap.title,
        "happened_at": gap.happened_at.isoformat() if gap.happened_at else None,
        "here": gap.here,
        "there": gap.there,
        "document": gap.document,
        "place": gap.place,
        "till_seq": gap.till_seq,
        "mend": gap.mend.value,
        "sentence": gap_sentence(gap),
    }
