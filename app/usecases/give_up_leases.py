"""Gives up leases of this till, for good and before anybody is told: from the commit on it judges itself without them.

Never one of an order of which something has left here, or whose handover is still to be told: then only this till
knows what may go.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from app.domain.lease import is_asked_back
from app.domain.order import Order
from app.usecases.lease_ports import GivenUp
from app.usecases.ports import Counter, Touched, UnitOfWork


def give_up_asked_leases(counter: Counter) -> int:
    """Give up the leases that another till waits for; how many. Nothing is written if there is none.

    Raises StoreUnavailable.
    """
    with counter.unit_of_work() as uow:
        till_id, server_time = uow.identity().till_id, uow.pulled.server_time()
        given_up = _to_give_up(uow, uow.leases.asked_back(till_id), till_id, server_time)
        if not given_up:
            return 0
        uow.leases.give_up(given_up, counter.clock.now())
        uow.commit()
    counter.announce(Touched(orders=True))
    return len(given_up)


def give_up_all_leases(uow: UnitOfWork, now: datetime) -> int:
    """Give up every lease inside the caller's transaction, whatever left here: for a database that may be an older copy
    of itself and not know what it gave up or handed over since. Never commits."""
    till_id = uow.identity().till_id
    orders = [uow.orders.get(order_id) for order_id in uow.leases.held(till_id)]
    given_up = [
        GivenUp(order.order.order_id, order.order.lease.number)
        for order in orders
        if order is not None and order.order.lease is not None
    ]
    uow.leases.give_up(given_up, now)
    return len(given_up)


def tell_again_of_leases(uow: UnitOfWork, orders: Sequence[Order]) -> None:
    """Have given-up leases told once more that these copies of the marketplace say are ours: it was set back, or the
    copy is older than what we told; then telling it twice changes nothing there. Part of the caller's transaction."""
    till_id = uow.identity().till_id
    leases = [(order.order_id, order.lease) for order in orders if order.lease is not None]
    ours = [GivenUp(order_id, lease.number) for order_id, lease in leases if lease.till_id == till_id]
    if ours:
        uow.leases.tell_again(ours)


def _to_give_up(
    uow: UnitOfWork, order_ids: Iterable[str], till_id: str, server_time: datetime | None
) -> Sequence[GivenUp]:
    found = []
    for order_id in order_ids:
        order = uow.orders.get(order_id)
        if order is None or order.order.lease is None or order.facts.handovers:
            continue
        lease = order.order.lease
        asked = is_asked_back(lease, till_id, order.facts.lease_given_up, server_time)
        if asked and not uow.leases.handover_untold(order_id):
            found.append(GivenUp(order_id, lease.number))
    return found
