"""Mends what a comparison with the marketplace found, as far as this till can, and keeps what was found. Never decides
what differs (that is `domain.reconciliation`), never asks the marketplace.

Nothing is made up: facts go again under their own id with their own content, movements under theirs, a level becomes
the sum of its movements. What neither side still has stays a gap with a name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.catalogue import StockMovement
from app.domain.facts import FactKind, stock_moved_payload
from app.domain.reconciliation import (
    Gap,
    GapKind,
    Mend,
    RangeFigures,
    ReconciliationRun,
    Standing,
    range_of,
)
from app.usecases.ports import Counter, Touched, UnitOfWork
from app.usecases.reconciliation_ports import HISTORY_LOST, Agreed, Edge
from app.usecases.record_fact import record_fact

EVERY = timedelta(days=1)
THOROUGH_EVERY = timedelta(days=30)
_TOLD_AT_ONCE = 200


class NotCompared(StrEnum):
    """Why a comparison has no result. NOT_OFFERED: this marketplace cannot compare. STOPPED: a person stopped it."""

    NOT_OFFERED = "not_offered"
    STOPPED = "stopped"


def mend_gaps(counter: Counter, gaps: Sequence[Gap], listed: Mapping[str, StockMovement]) -> int:
    """Queue again what the marketplace lost, record what this till lost, count wrong levels anew. Twice does no harm.

    Args:
        listed: by id, movements that only the marketplace has.

    Returns how many of them were mended or set in motion. Raises StoreUnavailable; then nothing was.
    """
    with counter.unit_of_work() as uow:
        renumbered = _of(gaps, Mend.TELL_RENUMBERED)
        uow.fact_numbers.renumber(renumbered)
        told = uow.reconciliations.tell_again([*_of(gaps, Mend.TELL_AGAIN), *renumbered])
        told += _tell_movements(uow, counter, _of(gaps, Mend.TELL_MOVEMENT))
        recorded = uow.stock.record([listed[key] for key in _of(gaps, Mend.RECORD_MOVEMENT) if key in listed])
        wrong_levels = _of(gaps, Mend.RECOUNT_HERE)
        uow.reconciliations.recount(wrong_levels)
        mended = told + len(recorded) + len(wrong_levels)
        if not mended:
            return 0
        uow.commit()
    counter.announce(Touched(outbox=told > 0, stock=bool(recorded or wrong_levels)))
    return mended


def _of(gaps: Sequence[Gap], mend: Mend) -> list[str]:
    return [gap.record_id for gap in gaps if gap.mend is mend]


def _tell_movements(uow: UnitOfWork, counter: Counter, movement_ids: Sequence[str]) -> int:
    """In facts of their own: the marketplace has the fact they came with, and would not take it again. Under their own
    ids they count once, should they come from elsewhere too."""
    movements = uow.reconciliations.movements(movement_ids)
    for start in range(0, len(movements), _TOLD_AT_ONCE):
        part = movements[start : start + _TOLD_AT_ONCE]
        subject = f"stock:{part[0].product_id}"
        record_fact(uow, counter, FactKind.STOCK_MOVED, subject, counter.clock.now(), stock_moved_payload(part))
    return len(movements)


def keep_run(
    counter: Counter,
    run: ReconciliationRun,
    edge: Edge,
    remembered: Sequence[RangeFigures],
    history_lost_at: datetime | None = None,
) -> None:
    """Keep what was found, and what need not be read again next time.

    Args:
        edge: where the comparison began.
        remembered: ranges of ours that were read.
        history_lost_at: when the marketplace was noticed, before the comparison began, to have been set back: that has
            been seen to now, unless it was set back once more meanwhile.
    """
    left = {range_of(gap.till_seq) for gap in run.gaps if gap.mend is Mend.TELL_RENUMBERED}
    for_good = [each for each in remembered if _is_for_good(each, edge) and each.first_seq not in left]
    with counter.unit_of_work() as uow:
        uow.reconciliations.remember_ranges(for_good)
        uow.reconciliations.note_lost([gap for gap in run.gaps if gap.kind is GapKind.FACT_LOST_HERE], run.ended_at)
        uow.reconciliations.add_run(run, agreed_through(run, edge))
        if history_lost_at is not None and uow.upkeep.done_at(HISTORY_LOST) == history_lost_at:
            uow.upkeep.forget(HISTORY_LOST)
        uow.commit()
    counter.announce(Touched(outbox=True))


def _is_for_good(figures: RangeFigures, edge: Edge) -> bool:
    """Whether no fact can come into the range or leave it any more."""
    if range_of(edge.last_seq + 1) <= figures.first_seq:
        return False
    return all(range_of(fact.till_seq) != figures.first_seq for fact in edge.unsettled)


_STILL_OPEN = frozenset({Standing.WAITING, Standing.REFUSED})
_ABOUT_FACTS = frozenset({GapKind.FACT_MISSING_THERE, GapKind.FACT_NUMBER_DIFFERS, GapKind.SALE_DIFFERS})


def agreed_through(run: ReconciliationRun, edge: Edge) -> int:
    """The end of the last whole range up to which both sides are known to have the same facts."""
    first_open = min(
        (fact.till_seq for fact in edge.unsettled if fact.standing in _STILL_OPEN), default=edge.last_seq + 1
    )
    first_gap = min((gap.till_seq for gap in run.gaps if gap.kind in _ABOUT_FACTS), default=first_open)
    return range_of(min(first_open, first_gap)) - 1


def is_due(agreed: Agreed, paired_at: datetime | None, now: datetime) -> bool:
    """Whether a day has passed since the last run, or since the pairing if there was none; at once, if the marketplace
    was set back. A clock set back makes it due: what was noted in the time to come says nothing."""
    since = agreed.last_run_at or paired_at
    if agreed.history_lost_at is not None:
        return True
    return since is not None and not since <= now < since + EVERY


def must_be_thorough(agreed: Agreed, now: datetime) -> bool:
    """Whether everything is read anew: never done yet, long ago, or the marketplace has forgotten things since."""
    last = agreed.last_thorough_at
    return last is None or agreed.history_lost_at is not None or not last <= now < last + THOROUGH_EVERY
