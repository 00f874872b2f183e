"""Owns the taking away of customers' data after the pickup window (I10). What happened stays; who it was goes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, func, select, update

from app.storage.repositories.order_views import OrderViews
from app.storage.session import Session
from app.storage.tables import handover, print_job, quarantine, server_order
from app.storage.unit_of_work import Writer
from app.storage.values import time_text

ORDERS_AT_ONCE = 50

_o = server_order.c
_window_end = func.coalesce(_o.keep_until, _o.pickup_from, _o.placed_at)
_DUE = (
    select(_o.order_id)
    .where(_o.purged_at.is_(None), _window_end < bindparam("before"))
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
_DROP_QUARANTINE = delete(quarantine).where(quarantine.c.at < bindparam("before"))


def purge_customer_data(writer: Writer, before: datetime) -> int:
    """Blank names, notes and who came of orders whose pickup window ended before a moment; drop papers that name them.

    Short transactions with other writers in between. A later copy from the marketplace does not bring a name back.

    Returns how many orders were blanked. Raises StoreUnavailable.
    """
    purged = 0
    while True:
        with writer() as unit:
            count = purge_some(unit.session, unit.views, before, writer.clock.now())
            unit.commit()
        purged += count
        if count < ORDERS_AT_ONCE:
            return purged


def purge_some(session: Session, views: OrderViews, before: datetime, now: datetime) -> int:
    """One transaction's share: at most ORDERS_AT_ONCE orders."""
    due = [row[0] for row in session.rows(_DUE, before=time_text(before))]
    session.run_many(_BLANK_ORDER, [{"of_order": order_id, "at": time_text(now)} for order_id in due])
    session.run_many(_BLANK_HANDOVERS, [{"of_order": order_id} for order_id in due])
    session.run_many(_DROP_PAPERS, [{"of_order": order_id} for order_id in due])
    session.run(_DROP_QUARANTINE, before=time_text(before))
    for order_id in due:
        views.facts_changed(order_id)
    return len(due)
