"""Owns what a lease is on the marketplace: how long it runs, when another till may have it, how it is shown. Never
writes.

    held --until--> run out --LEASE_MARGIN--> free

Between the two nobody hands over without asking: the holder stops at `until` by its own clock, the marketplace waits
longer by its own, so that the two clocks may differ by up to the margin.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select

from app.marketplace import tables as t
from app.marketplace.statements import Connection, Row, fixed
from app.marketplace.surroundings import time_of, time_text

LEASE = timedelta(days=15)
LEASE_MARGIN = timedelta(hours=12)
WISH = timedelta(minutes=10)
"""How long the holder of a lease is told that another till wants it: longer, and a till that comes on line for a minute
would give up what somebody wanted yesterday."""


_FIRST_TILL = fixed(
    select(t.till.c.till_id)
    .where(t.till.c.shop_id == bindparam("of_shop"), t.till.c.revoked_at.is_(None))
    .order_by(t.till.c.paired_at, t.till.c.till_id)
    .limit(1)
)


def first_lease(connection: Connection, shop_id: str, now: datetime) -> dict[str, Any]:
    """The columns of a new order's lease: it goes to the shop's first till, if it has one."""
    till_id = connection.execute(_FIRST_TILL, {"of_shop": shop_id}).scalar_one_or_none()
    if till_id is None:
        return {"lease_till_id": None, "lease_until": None, "lease_number": 0}
    return {"lease_till_id": till_id, "lease_until": time_text(now + LEASE), "lease_number": 1}


def is_free_for(order: Row, till_id: str, now: datetime) -> bool:
    """Whether no other till may still hand this order over at this moment without asking."""
    return order.lease_till_id in (None, till_id) or time_of(order.lease_until) + LEASE_MARGIN < now


def granted(order: Row, till_id: str, now: datetime) -> dict[str, Any]:
    """The columns of the lease once this till has it. One that goes on keeps its number; a new one is one higher, so
    that what was said of an older one (given up, told twice, told late) cannot end it."""
    goes_on = order.lease_till_id == till_id
    return {
        "lease_till_id": till_id,
        "lease_until": time_text(now + LEASE),
        "lease_number": order.lease_number if goes_on else order.lease_number + 1,
        **(NO_WISH if order.lease_wanted_by == till_id else {}),
    }


NO_WISH: Mapping[str, Any] = {"lease_wanted_by": None, "lease_wanted_until": None}


def wish_of(order: Row, now: datetime) -> str:
    """The till that is waiting for the lease, "" for none."""
    if order.lease_wanted_by is None or time_of(order.lease_wanted_until) < now:
        return ""
    wanted_by: str = order.lease_wanted_by
    return wanted_by


def shown_lease(order: Row) -> dict[str, Any] | None:
    """The lease as it goes on the wire. The wish is shown as it was made: `wanted_until` says when it lapses."""
    if not order.lease_till_id:
        return None
    return {
        "till_id": order.lease_till_id,
        "until": order.lease_until,
        "number": order.lease_number,
        "wanted_by": order.lease_wanted_by or "",
        "wanted_until": order.lease_wanted_until,
    }
