"""Leases that pass from till to till: a customer stands at the one that does not have it."""

from __future__ import annotations

from random import Random

from app.usecases.find_order import HowFound, judge_code
from app.usecases.hand_over_order import HandoverRequest, hand_over_order
from tests.simulation.registry import action
from tests.simulation.tills import Till
from tests.simulation.world import World

WHO = "Zoé"
_OFTEN_LATE_S = (1.0, 3.0, 3.0, 40.0, 4000.0)


@action(per_day=(2, 6), hours=(9, 19))
def a_customer_waits_while_the_other_till_is_asked(world: World, chance: Random) -> None:
    """Scanned at a till without the lease: it is asked for, and a moment later the goods go if it came. Nobody
    overrides here: then the same goods can never leave twice by this."""
    till = world.a_running_till(chance)
    if till is None or not world.orders:
        return
    code = chance.choice(world.orders[-20:]).pickup_code
    verdict = till.act("scan", lambda: judge_code(till.queries, till.secrets, code, till.clock.now()))
    if verdict is None or verdict.order is None or not verdict.lacks_lease:
        return
    order_id, till_waits = verdict.order.order.order_id, till
    till.want_lease(order_id)
    world.after(chance.choice(_OFTEN_LATE_S), lambda: _look_again(till_waits, code))


def _look_again(till: Till, code: str) -> None:
    if not till.running:
        return
    verdict = till.act("scan", lambda: judge_code(till.queries, till.secrets, code, till.clock.now()))
    if verdict is None or verdict.order is None or not verdict.may_hand_over or verdict.order.amount_due:
        return
    request = HandoverRequest(verdict.order.order.order_id, HowFound.SCAN, WHO, age_confirmed_by=WHO)
    till.act("hand over", lambda: hand_over_order(till.counter, request))
