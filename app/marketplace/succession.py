"""Owns what passes from a till to the one that was paired anew in its place: who it was, and the orders it may hand
over without asking. Never touches facts: what was told stays told by whom it was told.

That it is the same till is shown by the token it had: whoever has that could speak for it anyway.
"""

from __future__ import annotations

from sqlalchemy import select

from app.domain.order import HandoverState
from app.marketplace import tables as t
from app.marketplace.orders import change_order
from app.marketplace.store import ShopTransaction
from app.marketplace.surroundings import time_text
from app.marketplace.tokens import find_till


def succeed(transaction: ShopTransaction, till_id: str, previous_token: str) -> None:
    """The till that had this token is another one from now on: the old one is shut out, and its leases pass on. Nothing
    happens if no till of the shop had it."""
    before = find_till(transaction.connection, previous_token)
    if before is None or before.shop_id != transaction.shop_id:
        return
    tills = t.till.c
    for replaced in (before.till_id, *_never_heard(transaction, before.till_id)):
        transaction.connection.execute(
            t.till.update()
            .where(tills.till_id == replaced, tills.revoked_at.is_(None))
            .values(revoked_at=time_text(transaction.now))
        )
        _pass_leases_on(transaction, replaced, till_id)
    transaction.connection.execute(t.till.update().where(tills.till_id == till_id).values(continues=before.till_id))


def _never_heard(transaction: ShopTransaction, till_id: str) -> list[str]:
    """The names under which this till was paired anew without ever hearing of it: the answers were lost."""
    tills = t.till.c
    lost = select(tills.till_id).where(
        tills.shop_id == transaction.shop_id, tills.continues == till_id, tills.heard_at.is_(None)
    )
    return list(transaction.connection.execute(lost.order_by(tills.till_id)).scalars())


def _pass_leases_on(transaction: ShopTransaction, before: str, till_id: str) -> None:
    orders = t.shop_order.c
    held = select(orders.order_id, orders.lease_number).where(
        orders.shop_id == transaction.shop_id,
        orders.lease_till_id == before,
        orders.handover != HandoverState.HANDED_OVER.value,
        orders.cancelled_at.is_(None),
    )
    for row in transaction.connection.execute(held.order_by(orders.order_id)).all():
        change_order(transaction, row.order_id, lease_till_id=till_id, lease_number=row.lease_number + 1)
