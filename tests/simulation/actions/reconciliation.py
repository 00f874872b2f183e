"""Somebody asks whether till and marketplace know the same, at any moment; and, in a scenario of its own, hands that
damage the marketplace's database between two looks: the second must name exactly that, and mend it."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from sqlalchemy import text

from app.domain.reconciliation import Gap, GapKind, ReconciliationRun
from app.marketplace.statements import Connection
from app.sync.client import HttpMarketplace
from app.sync.reconcile import reconcile
from app.usecases.ports import MarketplaceRefused, MarketplaceUnreachable
from tests.simulation.book import Broken
from tests.simulation.network import Wire
from tests.simulation.registry import action
from tests.simulation.tills import URL, Till
from tests.simulation.world import World

HANDS = "hands"
"""The scenario in which the marketplace's database is changed behind its back."""


def compare(world: World, till: Till) -> ReconciliationRun | None:
    """What `comptoir reconcile` finds at this till now; None if the network does not let it come to its end."""
    marketplace = HttpMarketplace(
        URL,
        till.secrets.device_token,
        adapter=Wire(till.link),
        monotonic=world.timeline.monotonic,
        now=till.clock.now,
    )
    with marketplace:
        try:
            return reconcile(till.counter, till.queries, till.secrets, marketplace)
        except (MarketplaceUnreachable, MarketplaceRefused) as failure:
            world.trace.note(till.name, f"cannot compare: {failure.reason}")
            return None


@action(per_day=(0, 0.6), hours=(8, 21))
def somebody_compares(world: World, chance: Random) -> None:
    """While others sell and the network is as it is: a gap without anything having been set back is a false alarm."""
    till = world.a_running_till(chance)
    if till is None:
        return
    run = till.act("compare", lambda: compare(world, till))
    if run is None or world.server.set_back or any(each.set_back for each in world.tills):
        return
    for gap in run.open_gaps:
        raise Broken("I4", f"{till.name} names a gap that there cannot be: {_shown(gap)}")


@action(per_day=(1, 3), hours=(8, 20), scenario=HANDS)
def hands_damage_the_marketplace(world: World, chance: Random) -> None:
    till = world.a_running_till(chance)
    if till is None or not _is_quiet(world, till):
        return
    before = till.act("compare before the damage", lambda: compare(world, till))
    if before is None or before.open_gaps or not _is_quiet(world, till):
        return
    damage = chance.choice((_lose_a_fact, _bend_a_level))
    expected = damage(world, till, chance)
    if expected is None:
        return
    world.trace.note("hands", f"{expected[0].value} {expected[1]}")
    run = till.act("compare after the damage", lambda: compare(world, till))
    if run is None:
        return
    found = [(gap.kind, gap.record_id) for gap in run.open_gaps]
    if found != [expected]:
        raise Broken("I4", f"{till.name} finds {found} after {expected} was damaged")


def _is_quiet(world: World, till: Till) -> bool:
    """Nothing keeps the comparison from coming to its end at once, and nothing waits that would explain a gap."""
    if not (till.running and world.server.answers_all and till.link.lets_all_through):
        return False
    return not till.ask("SELECT 1 FROM outbox")


_Damaged = tuple[GapKind, str] | None
_Hand = Callable[[Connection], _Damaged]


def _with_hands(world: World, hand: _Hand) -> _Damaged:
    with world.server.behind_its_back() as connection:
        return hand(connection)


def _lose_a_fact(world: World, till: Till, chance: Random) -> _Damaged:
    """One that the marketplace may be told again as if nothing had been: a stock movement."""
    told = world.ask_server(
        "SELECT fact_id FROM fact WHERE till_id = :till AND kind = 'stock_moved' ORDER BY till_seq", till=till.till_id
    )
    here = {fact_id for (fact_id,) in till.ask("SELECT fact_id FROM fact")}
    both = [fact_id for (fact_id,) in told if fact_id in here]
    if not both:
        return None
    fact_id = chance.choice(both)

    def hand(connection: Connection) -> _Damaged:
        connection.execute(text("DELETE FROM fact WHERE fact_id = :fact"), {"fact": fact_id})
        return GapKind.FACT_MISSING_THERE, fact_id

    return _with_hands(world, hand)


def _bend_a_level(world: World, till: Till, chance: Random) -> _Damaged:
    (product_id,) = chance.choice(world.ask_server("SELECT product_id FROM stock_level ORDER BY product_id"))
    by = chance.randint(1, 50)

    def hand(connection: Connection) -> _Damaged:
        connection.execute(
            text("UPDATE stock_level SET physical = physical + :by WHERE product_id = :product"),
            {"by": by, "product": product_id},
        )
        return GapKind.LEVEL_WRONG_THERE, product_id

    return _with_hands(world, hand)


def _shown(gap: Gap) -> str:
    return f"{gap.kind.value} {gap.record_id} {gap.title}: {gap.here} here, {gap.there} there"
