"""I1 before it is too late: at no moment two tills may hand one order over without asking anybody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
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


@dataclass(frozen=True, slots=True)
class _Place:
    """A till where an order stands ready."""

    till: str
    number: str
    queries: Any
    now: datetime


@invariant("I1", when=ALWAYS)
def one_till_may_hand_over(world: World) -> Iterator[str]:
    """Within the clock's tolerance of 12 hours, and whichever of them is an older copy of itself: the key store, which
    nobody sets back in the town, shows it at the start, if the till it is a copy of ended in an orderly way."""
    places: dict[str, list[_Place]] = {}
    for till in world.tills:
        if not till.running or till.cannot_know:
            continue
        now = till.clock.now()
        queries: Any = _AtOneMoment(till.queries)
        for row in till.queries.orders(OrderList.READY, now):
            places.setdefault(row.order_id, []).append(_Place(till.name, row.number, queries, now))
    for order_id, ready_at in places.items():
        may = _where_it_may_leave(order_id, ready_at)
        if len(may) > 1:
            yield f"{may[0].till} and {may[1].till} may both hand order {may[1].number} over"


def _where_it_may_leave(order_id: str, places: list[_Place]) -> list[_Place]:
    """Asked only as long as a second one can still come up: the verdict is the dear part of a town's daily check."""
    may: list[_Place] = []
    for at, place in enumerate(places):
        if len(may) + len(places) - at < 2:
            break
        if judge_order(place.queries, order_id, place.now).may_hand_over:
            may.append(place)
    return may
