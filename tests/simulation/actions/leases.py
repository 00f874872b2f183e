"""Leases that pass from till to till: a customer stands at the one that does not have it."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from app.usecases.find_order import HowFound, judge_code, judge_order
from app.usecases.hand_over_order import HandoverRequest, hand_over_order
from app.usecases.queries import OrderList
from tests.simulation.registry import action
from tests.simulation.tills import Till
from tests.simulation.world import SHORT_LEASES, World

WHO = "Zoé"
TO_AND_FRO = "to and fro"
"""The scenario in which customers walk from till to till, and the wire between is at its worst."""
_OFTEN_LATE_S = (1.0, 3.0, 3.0, 40.0, 4000.0)
_ABOUT_LEASES = ("late", "late", "duplicate", "lost_answer")


@action(per_day=(2, 6), hours=(9, 19))
def a_customer_waits_while_the_other_till_is_asked(world: World, chance: Random) -> None:
    """Scanned at a till without the lease: it is asked for, and a moment later the goods go if it came. Nobody
    overrides here: then the same goods can never leave twice by this."""
    till = world.a_running_till(chance)
    if till is None or not world.orders:
        return
    _scan_and_wait(world, till, chance.choice(world.orders[-20:]).pickup_code, chance.choice(_OFTEN_LATE_S))


@action(per_day=(20, 40), hours=(8, 20), scenario=TO_AND_FRO)
def customers_walk_to_and_fro(world: World, chance: Random) -> None:
    """Scanned at one till and then at another, again and again, and nothing leaves: only the lease passes on."""
    till = world.a_running_till(chance)
    if till is None:
        return
    till.link.weather, till.link.fault_share = _ABOUT_LEASES, chance.choice((0.0, 0.0, 0.1, 0.4))
    ready = till.queries.orders(OrderList.READY, till.clock.now())
    if not ready:
        return
    order_id = chance.choice(ready[-3:]).order_id
    verdict = till.act("look", lambda: judge_order(till.queries, order_id, till.clock.now()))
    if verdict is not None and verdict.order is not None and verdict.lacks_lease:
        till.want_lease(order_id)
        world.after(chance.choice((1.0, 10.0, 300.0)), world.check_now)


@action(per_day=(1, 2), hours=(6, 20), scenario=SHORT_LEASES)
def a_till_is_alone_with_a_wrong_clock(world: World, chance: Random) -> None:
    """Off line for longer than its leases run, while its clock is wrong by up to the 12 hours that are tolerated."""
    till = chance.choice(world.tills)
    till.link.go_down()
    till.clock.wrong_by = timedelta(seconds=int(chance.uniform(-12 * 3600, 12 * 3600)))
    world.trace.note(till.name, f"is alone, its clock wrong by {till.clock.wrong_by}")

    def come_back() -> None:
        till.link.is_down = False
        till.clock.wrong_by *= 0

    world.after(3600.0 * chance.uniform(3.0, 30.0), come_back)


def _scan_and_wait(world: World, till: Till, code: str, seconds: float) -> None:
    verdict = till.act("scan", lambda: judge_code(till.queries, till.secrets, code, till.clock.now()))
    if verdict is None or verdict.order is None or not verdict.lacks_lease:
        return
    till.want_lease(verdict.order.order.order_id)
    world.after(seconds, lambda: _look_again(till, code))


def _look_again(till: Till, code: str) -> None:
    if not till.running:
        return
    verdict = till.act("scan", lambda: judge_code(till.queries, till.secrets, code, till.clock.now()))
    if verdict is None or verdict.order is None or not verdict.may_hand_over or verdict.order.amount_due:
        return
    request = HandoverRequest(verdict.order.order.order_id, HowFound.SCAN, WHO, age_confirmed_by=WHO)
    till.act("hand over", lambda: hand_over_order(till.counter, request))
