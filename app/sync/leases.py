"""Owns asking for the leases of open orders in time, so that a till cut off can still hand them over. Never decides who
may hand over (`domain.order.judge_handover` does), never takes another till's running lease.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from app.domain.order import HandoverState, Order
from app.usecases.marketplace_port import ChangePage, Marketplace, OrderChange
from app.usecases.queries import OrderList, OrderRow, Queries

RENEW_BEFORE = timedelta(days=3)
_CLAIM_SIZE = 100
_OPEN_LISTS = (OrderList.TO_PREPARE, OrderList.READY)
_LIST_SIZE = 200
_MOST_PAGES = 50


def claim_wanted_leases(queries: Queries, marketplace: Marketplace, till_id: str, now: datetime) -> int:
    """Ask for the leases of this till's open orders that nobody holds or that soon run out; how many were asked for.

    What is granted comes down with the next changes. Raises as the ports.
    """
    wanted = [order_id for order_id in _open_order_ids(queries, now) if _wanted(queries, order_id, till_id, now)]
    for start in range(0, len(wanted), _CLAIM_SIZE):
        marketplace.claim_leases(wanted[start : start + _CLAIM_SIZE])
    return len(wanted)


def brings_free_orders(page: ChangePage, now: datetime) -> bool:
    """Whether a page brings an open order that nobody may hand over off line yet."""
    return any(isinstance(change, OrderChange) and _is_free(change.order, now) for change in page.changes)


def _open_order_ids(queries: Queries, now: datetime) -> Iterable[str]:
    for which in _OPEN_LISTS:
        after = ""
        for _ in range(_MOST_PAGES):
            rows = queries.orders(which, now, _LIST_SIZE, after)
            yield from (row.order_id for row in rows if _is_open(row))
            if len(rows) < _LIST_SIZE:
                break
            after = rows[-1].order_id


def _is_open(row: OrderRow) -> bool:
    return not row.cancelled and row.handover is not HandoverState.HANDED_OVER


def _wanted(queries: Queries, order_id: str, till_id: str, now: datetime) -> bool:
    found = queries.order(order_id)
    if found is None:
        return False
    lease = found.order.lease
    if lease is None or lease.until <= now:
        return True
    return lease.till_id == till_id and lease.until - now < RENEW_BEFORE


def _is_free(order: Order, now: datetime) -> bool:
    if order.cancelled_at is not None or order.server_handover is HandoverState.HANDED_OVER:
        return False
    return order.lease is None or order.lease.until <= now
