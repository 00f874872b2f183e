"""I1 before it is too late: at no moment two tills may hand one order over without asking anybody."""

from __future__ import annotations

from collections.abc import Iterator

from app.usecases.find_order import judge_order
from app.usecases.queries import OrderList
from tests.simulation.registry import ALWAYS, invariant
from tests.simulation.world import World


@invariant("I1", when=ALWAYS)
def one_till_may_hand_over(world: World) -> Iterator[str]:
    """Within the clock's tolerance of 12 hours, and whichever of them is an older copy of itself: the key store, which
    nobody sets back in the town, shows it at the start."""
    may: dict[str, str] = {}
    for till in world.tills:
        if not till.running:
            continue
        now = till.clock.now()
        for row in till.queries.orders(OrderList.READY, now):
            if not judge_order(till.queries, row.order_id, now).may_hand_over:
                continue
            other = may.setdefault(row.order_id, till.name)
            if other != till.name:
                yield f"{other} and {till.name} may both hand order {row.number} over"
