"""Owns leases on the marketplace: who may hand an order over without asking, and how that passes from till to till.

    claim             a till asks for what is free, run out or its own
    claim, wanted     somebody stands at the asking till: the wish is shown to the holder with the order
    release           the holder has given it up for good before it says so; then it goes to the till that waits
    prepared, ready   the till that prepares gets it, or is put down as wanting it

Never takes a running lease from its holder: only the holder can give it up, or a person who says that the till is gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from app.domain.order import HandoverState
from app.marketplace import tables as t
from app.marketplace.lease_terms import NO_WISH, WISH, granted, is_free_for, wish_of
from app.marketplace.orders import change_order, find_order
from app.marketplace.statements import Row, fixed
from app.marketplace.store import ShopTransaction
from app.marketplace.surroundings import time_text

_MAY_HOLD = fixed(
    select(t.till.c.till_id).where(
        t.till.c.shop_id == bindparam("of_shop"),
        t.till.c.till_id == bindparam("of_till"),
        t.till.c.revoked_at.is_(None),
    )
)


@dataclass(frozen=True, slots=True)
class LeaseState:
    """The answer to a till: who holds the lease now ("" for nobody) and until when."""

    order_id: str
    granted: bool
    till_id: str = ""
    until: str | None = None


def claim_lease(transaction: ShopTransaction, order_id: str, till_id: str, *, wanted: bool = False) -> LeaseState:
    """Give the lease to a till if it is free, run out or its own already; never for an order that is settled.

    Args:
        wanted: somebody waits for the goods at this till: if another till has the lease, it is asked to give it up.
    """
    order = find_order(transaction.connection, transaction.shop_id, order_id)
    if order is None:
        return LeaseState(order_id, granted=False)
    if _is_settled(order):
        return _as_it_stands(order)
    if is_free_for(order, till_id, transaction.now):
        return _grant(transaction, order, till_id)
    if wanted and wish_of(order, transaction.now) != till_id:
        _note_wish(transaction, order, till_id)
    return _as_it_stands(order)


def release_lease(transaction: ShopTransaction, order_id: str, number: int, till_id: str) -> LeaseState:
    """Take a lease back that its till has given up, and pass it on to the till that waits for it.

    Args:
        number: of the lease given up. Told twice or late, when the till has had it anew since, it changes nothing. One
            with a smaller number, from before this marketplace was set back, was given up with it.
    """
    order = find_order(transaction.connection, transaction.shop_id, order_id)
    if order is None:
        return LeaseState(order_id, granted=False)
    if order.lease_till_id != till_id or order.lease_number > number:
        return _as_it_stands(order)
    waiting = order.lease_wanted_by
    if waiting is not None and waiting != till_id and not _is_settled(order) and _may_hold(transaction, waiting):
        return _grant(transaction, order, waiting)
    change_order(transaction, order_id, lease_till_id=None, lease_until=None, **NO_WISH)
    return LeaseState(order_id, granted=False)


def lease_for_who_prepares(transaction: ShopTransaction, order: Row, till_id: str) -> dict[str, Any]:
    """The columns to write when a till has prepared an order: it gets the lease, or is put down as wanting it. Not one
    that was shut out: what it had prepared may still be told for it (`relay`), but it can give no lease back."""
    if _is_settled(order) or not _may_hold(transaction, till_id):
        return {}
    if is_free_for(order, till_id, transaction.now):
        return granted(order, till_id, transaction.now)
    if wish_of(order, transaction.now):
        return {}  # a customer stands at that till
    return _wish(transaction, till_id)


def free_leases_of(transaction: ShopTransaction, till_id: str) -> None:
    """Free the leases of a till that hands nothing over any more, on the word of a person."""
    held = select(t.shop_order.c.order_id).where(
        t.shop_order.c.shop_id == transaction.shop_id, t.shop_order.c.lease_till_id == till_id
    )
    for order_id in transaction.connection.execute(held.order_by(t.shop_order.c.order_id)).scalars().all():
        change_order(transaction, order_id, lease_till_id=None, lease_until=None, **NO_WISH)


def _is_settled(order: Row) -> bool:
    return bool(order.cancelled_at) or order.handover == HandoverState.HANDED_OVER


def _grant(transaction: ShopTransaction, order: Row, till_id: str) -> LeaseState:
    values = granted(order, till_id, transaction.now)
    change_order(transaction, order.order_id, **values)
    return LeaseState(order.order_id, granted=True, till_id=till_id, until=values["lease_until"])


def _note_wish(transaction: ShopTransaction, order: Row, till_id: str) -> None:
    """The newest wish counts: it is where the customer stands now."""
    change_order(transaction, order.order_id, **_wish(transaction, till_id))


def _wish(transaction: ShopTransaction, till_id: str) -> dict[str, Any]:
    return {"lease_wanted_by": till_id, "lease_wanted_until": time_text(transaction.now + WISH)}


def _may_hold(transaction: ShopTransaction, till_id: str) -> bool:
    found = transaction.connection.execute(_MAY_HOLD, {"of_shop": transaction.shop_id, "of_till": till_id})
    return found.first() is not None


def _as_it_stands(order: Row) -> LeaseState:
    return LeaseState(order.order_id, granted=False, till_id=order.lease_till_id or "", until=order.lease_until)
