"""Owns the taking away of customers' data after the pickup window (I10). What happened stays; who it was goes.

Whether a window has passed is judged by the marketplace's clock, not by this computer's alone: one that was set a year
ahead must not take away the names of orders that wait for their customers. Nothing of a name is left in the file:
SQLite overwrites what is freed (`secure_delete`, see `engine`), and the write-ahead log is emptied at the end of each
round; a VACUUM would add nothing but the rewriting of years. What the disk itself keeps of overwritten blocks is
nothing a program can reach, and copies made before (`backups/`) hold what they held: docs/security.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, delete, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from app.domain.receipt import PrintKind
from app.storage.purge_words import purge_words, purge_words_of_facts
from app.storage.repositories.order_views import DONE, OrderViews
from app.storage.repositories.pulled import load_server_time
from app.storage.sale_tables import print_job
from app.storage.session import Session, values_of
from app.storage.tables import handover, order_summary, quarantine, server_order, upkeep
from app.storage.unit_of_work import Writer
from app.storage.values import time_text

ORDERS_AT_ONCE = 50

_o = server_order.c
_is_done = order_summary.c.list_key == DONE
_window_has_passed = or_(
    _o.keep_until < bindparam("before"),
    and_(_o.keep_until.is_(None), _is_done, order_summary.c.sort_at < bindparam("before")),  # sort_at: when it was done
)
_DUE = (
    select(_o.order_id)
    .join(order_summary, order_summary.c.order_id == _o.order_id)
    .where(_o.order_id > bindparam("after"), _o.purged_at.is_(None), _window_has_passed)
    .order_by(_o.order_id)
    .limit(ORDERS_AT_ONCE)
)
_BLANK_ORDER = (
    update(server_order)
    .where(_o.order_id == bindparam("of_order"))
    .values(customer_name="", note="", purged_at=bindparam("at"))
)
_BLANK_HANDOVERS = update(handover).where(handover.c.order_id == bindparam("of_order")).values(handed_to="")
_DROP_PAPERS = delete(print_job).where(print_job.c.order_id == bindparam("of_order"))
_DROP_PAPERS_WITH_NAMES = delete(print_job).where(
    print_job.c.kind.in_(values_of((PrintKind.INVOICE_SLIP.value, PrintKind.MARKET_SHEET.value))),
    print_job.c.created_at < bindparam("before"),
)
"""They name the buyer, or many; an invoice itself is kept apart, as long as the law wants."""
_DROP_QUARANTINE = delete(quarantine).where(quarantine.c.at < bindparam("before"))
_PURGE = "purge"
_FACTS_NEXT = "\N{DELETE}"  # comes after every order's id
_INSERT_DONE = insert(upkeep)
_NOTE_DONE = _INSERT_DONE.on_conflict_do_update(
    index_elements=[upkeep.c.task], set_={"done_at": _INSERT_DONE.excluded.done_at}
)
LAST_PURGE = select(upkeep.c.done_at).where(upkeep.c.task == _PURGE)


@dataclass(frozen=True, slots=True)
class PurgeStep:
    """What one short transaction did. `after`: where the next one begins, None if this was the last."""

    orders_blanked: int
    after: str | None


def purge_customer_data(writer: Writer, before: datetime) -> int:
    """Blank names, notes and who came of orders whose pickup window ended before a moment; drop papers that name them.

    The window ends with the day until which the goods are kept; where the order names none, with its handover or
    cancellation: one that is still open is left alone. A later copy from the marketplace does not bring a name back.

    Returns how many orders were blanked. Raises StoreUnavailable.
    """
    purged, after = 0, ""
    while True:
        step = purge_step(writer, before, after)
        purged += step.orders_blanked
        if step.after is None:
            return purged
        after = step.after


def purge_step(writer: Writer, before: datetime, after: str) -> PurgeStep:
    """One short transaction's share, so that other writers come in between. Begin with `after` = "".

    Raises StoreUnavailable.
    """
    now = writer.clock.now()
    with writer() as unit:
        before = _by_the_marketplaces_clock(unit.session, now, before)
        due = [] if after == _FACTS_NEXT else _purge_some(unit.session, unit.views, before, after, now)
        orders_done = len(due) < ORDERS_AT_ONCE
        facts_left = orders_done and purge_words_of_facts(unit.session, before, now)
        is_last = orders_done and not facts_left
        if is_last:
            purge_words(unit.session, before)
            unit.session.run(_NOTE_DONE, task=_PURGE, done_at=time_text(now))
        unit.commit()
    if is_last:
        writer.empty_log()
        return PurgeStep(len(due), None)
    return PurgeStep(len(due), _FACTS_NEXT if facts_left else due[-1])


def _by_the_marketplaces_clock(session: Session, now: datetime, before: datetime) -> datetime:
    """The moment before which windows count as passed, moved back by as much as this computer's clock is ahead of the
    newest time the marketplace told. One that tells no time leaves nothing to hold the clock against."""
    newest = load_server_time(session)
    return before if newest is None else before - max(now - newest, timedelta(0))


def _purge_some(session: Session, views: OrderViews, before: datetime, after: str, now: datetime) -> list[str]:
    due = [row[0] for row in session.rows(_DUE, before=time_text(before), after=after)]
    session.run_many(_BLANK_ORDER, [{"of_order": order_id, "at": time_text(now)} for order_id in due])
    session.run_many(_BLANK_HANDOVERS, [{"of_order": order_id} for order_id in due])
    session.run_many(_DROP_PAPERS, [{"of_order": order_id} for order_id in due])
    session.run(_DROP_PAPERS_WITH_NAMES, before=time_text(before))
    session.run(_DROP_QUARANTINE, before=time_text(before))
    for order_id in due:
        views.facts_changed(order_id)
    return due
