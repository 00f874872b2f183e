"""I1 before it is too late: at no moment two tills may hand one order over without asking anybody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.usecases.find_order import judge_order
from app.usecases.queries import OrderList, Queries
from tests.simulation.registry import ALWAYS, invariant
from tests.simulation.world import World


class _AtOneMoment:
    """A till's queries while nothing happens: what is the same for each order is asked once."""

    def __init__(self, queries: Queries) -> None:
        identity, newest = queries.identity(), queries.newest_server_time()
        self.order = queries.order
        self.identity = lambda: identity
        self.newest_server_time = lambda: newest


@invariant("I1", when=ALWAYS)
def one_till_may_hand_over(world: World) -> Iterator[str]:
    """Within the clock's tolerance of 12 hours, and whichever of them is an older copy of itself: the key store, which
    nobody sets back in the town, shows it at the start, if the till it is a copy of ended in an orderly way."""
    may: dict[str, str] = {}
    for till in world.tills:
        if not till.running or till.cannot_know:
            continue
        now = till.clock.now()
        queries: Any = _AtOneMoment(till.queries)
        for row in till.queries.orders(OrderList.READY, now):
            if not judge_order(queries, row.order_id, now).may_hand_over:
                continue
            other = may.setdefault(row.order_id, till.name)
            if other != till.name:
                yield f"{other} and {till.name} may both hand order {row.number} over"
