"""Owns what a comparison with the marketplace writes: facts queued again, levels counted anew, what it found. Never
decides what is to be mended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from app.domain.catalogue import StockMovement
from app.domain.facts import FactKind, urgency_of
from app.domain.reconciliation import Gap, RangeFigures, ReconciliationRun
from app.storage.outbox import CONFLICTED, PENDING, REFUSED
from app.storage.reconciliation_tables import fact_range, lost_fact, reconciliation_run
from app.storage.reconciliation_values import kinds_text, run_text
from app.storage.repositories.stock import MOVEMENT_COLUMNS, movement_of
from app.storage.session import Session, Statement, key_binds
from app.storage.tables import fact, outbox, set_aside, stock_level, stock_movement
from app.storage.values import time_text

RUNS_KEPT = 100

_INSERT_RANGE = sqlite_insert(fact_range)
_REMEMBER = _INSERT_RANGE.on_conflict_do_update(
    index_elements=[fact_range.c.first_seq],
    set_={name: _INSERT_RANGE.excluded[name] for name in ("fact_count", "sha256", "kinds")},
)
_QUEUE = insert(outbox)
_AGAIN = (
    update(outbox)
    .where(outbox.c.fact_id == bindparam("of_fact"), outbox.c.state == CONFLICTED)
    .values(state=PENDING, due_at=None, message="", reason="")
)
_FOLLOWERS_AGAIN = (
    update(outbox)
    .where(outbox.c.subject == bindparam("of_subject"), outbox.c.till_seq > bindparam("behind"))
    .where(outbox.c.state == REFUSED)
    .values(state=PENDING, due_at=None, message="", reason="")
)
_NO_LEVEL = delete(stock_level).where(stock_level.c.product_id == bindparam("of_product"))
_SUMS = (
    select(stock_movement.c.location, func.sum(stock_movement.c.quantity))
    .where(stock_movement.c.product_id == bindparam("of_product"))
    .group_by(stock_movement.c.location)
    .order_by(stock_movement.c.location)
)
_LEVEL = insert(stock_level)
_NOTE_LOST = sqlite_insert(lost_fact).on_conflict_do_nothing()
_ADD_RUN = insert(reconciliation_run).values(
    {c.name: bindparam(c.name) for c in reconciliation_run.c if c.name != "row_id"}
)
_NEWEST_TO_DROP = (
    select(reconciliation_run.c.row_id).order_by(reconciliation_run.c.row_id.desc()).limit(1).offset(RUNS_KEPT)
)
_DROP_OLD = delete(reconciliation_run).where(reconciliation_run.c.row_id <= bindparam("until"))


def _tellable(size: int) -> Statement:
    """Of these facts: number, id, kind, subject, and the state in the outbox, NULL if they left it."""
    return (
        select(fact.c.till_seq, fact.c.fact_id, fact.c.kind, fact.c.subject, outbox.c.state)
        .outerjoin(outbox, outbox.c.till_seq == fact.c.till_seq)
        .outerjoin(set_aside, set_aside.c.fact_id == fact.c.fact_id)
        .where(fact.c.fact_id.in_(key_binds(size)), set_aside.c.fact_id.is_(None))
        .order_by(fact.c.till_seq)
    )


def _movements(size: int) -> Statement:
    ids = stock_movement.c.movement_id
    return select(*MOVEMENT_COLUMNS).where(ids.in_(key_binds(size))).order_by(ids)


class ReconciliationRows:
    """Implements `reconciliation_ports.Reconciliations`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def remember_ranges(self, ranges: Sequence[RangeFigures]) -> None:
        self._session.run_many(
            _REMEMBER,
            [
                {
                    "first_seq": figures.first_seq,
                    "fact_count": figures.count,
                    "sha256": figures.sha256,
                    "kinds": kinds_text(figures.kinds),
                }
                for figures in ranges
            ],
        )

    def tell_again(self, fact_ids: Sequence[str]) -> int:
        queued = 0
        for seq, fact_id, kind, subject, state in self._session.rows_for(_tellable, fact_ids):
            if state is None:
                self._session.run(
                    _QUEUE,
                    till_seq=seq,
                    fact_id=fact_id,
                    subject=subject,
                    state=PENDING,
                    attempts=0,
                    due_at=None,
                    message="",
                    urgency=urgency_of(FactKind(kind)),
                    reason="",
                )
                queued += 1
            else:
                queued += self._session.run(_AGAIN, of_fact=fact_id)
            self._session.run(_FOLLOWERS_AGAIN, of_subject=subject, behind=seq)
        return queued

    def movements(self, movement_ids: Sequence[str]) -> Sequence[StockMovement]:
        return [movement_of(row) for row in self._session.rows_for(_movements, movement_ids)]

    def recount(self, product_ids: Sequence[str]) -> None:
        for product_id in product_ids:
            sums = self._session.rows(_SUMS, of_product=product_id)
            self._session.run(_NO_LEVEL, of_product=product_id)
            self._session.run_many(
                _LEVEL, [{"product_id": product_id, "location": row[0], "quantity": row[1]} for row in sums]
            )

    def note_lost(self, gaps: Sequence[Gap], at: datetime) -> None:
        self._session.run_many(
            _NOTE_LOST,
            [
                {
                    "fact_id": gap.record_id,
                    "till_seq": gap.till_seq,
                    "kind": gap.fact_kind,
                    "title": gap.title,
                    "named_at": time_text(at),
                }
                for gap in gaps
            ],
        )

    def add_run(self, run: ReconciliationRun, agreed_through_seq: int) -> None:
        self._session.run(
            _ADD_RUN,
            ended_at=time_text(run.ended_at),
            thorough=int(run.thorough),
            agreed_through_seq=agreed_through_seq,
            body=run_text(run),
        )
        drop = self._session.one(_NEWEST_TO_DROP)
        if drop is not None:
            self._session.run(_DROP_OLD, until=drop[0])
