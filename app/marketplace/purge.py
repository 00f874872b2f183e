"""Owns the taking away of customers' data from the marketplace's own database, some time after an order's pickup window
(I10). The order stays: what was bought, paid and handed over. Tells no till: each takes its own copy away by itself.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from operator import attrgetter

from sqlalchemy import and_, func, or_, select

from app.marketplace import tables as t
from app.marketplace.store import Store
from app.marketplace.surroundings import time_text

KEEP_FOR = timedelta(days=30)
ORDERS_AT_ONCE = 500


def purge_customers(store: Store, keep_for: timedelta = KEEP_FOR) -> int:
    """Blank names and notes of orders whose window ended so long ago, and the notes of disagreements settled before.
    The window ends with the day until which the goods were kept, or, where there is none, with the handover or the
    cancellation; an order that is still open is left alone. In short transactions, so that tills come in between.

    Returns how many orders were blanked. Raises DatabaseBusy.
    """
    orders = t.shop_order.c
    before = time_text(store.surroundings.now() - keep_for)
    _blank_settled_notes(store, before)
    is_due = and_(
        func.coalesce(orders.keep_until, orders.handed_over_at, orders.cancelled_at) < before,
        or_(orders.customer_name != "", orders.note != ""),
    )
    due = select(orders.shop_id, orders.order_id).where(is_due).order_by(orders.shop_id).limit(ORDERS_AT_ONCE)
    purged = 0
    while True:
        with store.reading() as connection:
            found = connection.execute(due).all()
        for shop_id, of_shop in groupby(found, key=attrgetter("shop_id")):
            still_due = and_(orders.order_id.in_([order.order_id for order in of_shop]), is_due)
            with store.writing(shop_id) as transaction:  # in the shop's turn: two that lock orders crosswise never end
                transaction.connection.execute(t.shop_order.update().where(still_due).values(customer_name="", note=""))
        purged += len(found)
        if len(found) < ORDERS_AT_ONCE:
            return purged


def _blank_settled_notes(store: Store, before: str) -> None:
    """What people typed when they settled a disagreement: a till that pulls anew would get it back."""
    disagreements = t.disagreement.c
    old = (disagreements.settled_at < before, disagreements.note != "")
    with store.administering() as connection:
        connection.execute(t.disagreement.update().where(*old).values(note=""))
