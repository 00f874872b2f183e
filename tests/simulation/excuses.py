"""Owns what cannot agree any more after the marketplace was set back: orders it forgot, and handovers undone that it
forgot. It is named (refused facts, gaps of the comparison), a person sees to it; nothing is lost in silence.

Nothing is excused for what it is about alone: a fact is only if it stands refused, or set aside, at its till for a
reason that follows from what was forgotten, or stands behind such a one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.simulation.tills import Till
from tests.simulation.world import World

_REFUSED = "SELECT fact_id, reason FROM outbox WHERE state = 'refused'"
_SET_ASIDE = "SELECT fact_id, reason FROM set_aside"
_BEHIND = """SELECT o.fact_id FROM outbox o WHERE EXISTS (
    SELECT 1 FROM outbox r WHERE r.subject = o.subject AND r.till_seq < o.till_seq AND r.state = 'refused')"""


def forgotten_orders(world: World) -> set[str]:
    """Orders that tills have and the marketplace no longer knows; none while it was never set back."""
    if not world.server.set_back:
        return set()
    there = {order_id for (order_id,) in world.ask_server("SELECT order_id FROM shop_order")}
    here = {order_id for till in world.tills for (order_id,) in till.ask("SELECT order_id FROM server_order")}
    told = {seen.payload["order_id"] for seen in world.book.facts.values() if seen.payload.get("order_id")}
    return (here | told) - there


def facts_seen_to(till: Till) -> Iterator[tuple[str, str]]:
    """Those that were refused, with the reason: they wait for a person, or one has set them aside."""
    yield from till.ask(_REFUSED)
    yield from till.ask(_SET_ASIDE)


def facts_behind_refused_ones(world: World) -> set[str]:
    """Facts that wait until a person has seen to the one before them."""
    return {fact_id for till in world.tills for (fact_id,) in till.ask(_BEHIND)}


def facts_of_what_was_forgotten(world: World) -> set[str]:
    """Facts that the marketplace refuses because the handover that they undo is gone there; and those that nobody has
    any more."""
    if not world.server.set_back:
        return set()
    there = _facts_there(world)
    refused = {
        fact_id
        for till in world.tills
        for fact_id, reason in facts_seen_to(till)
        if reason == "unknown_handover" and not _handover_is_there(world, fact_id, there)
    }
    return refused | _lost_twice(world, there)


def movements_of_what_was_forgotten(world: World) -> Mapping[str, str]:
    """The articles by the movements of such facts, and of those behind them: they cannot come to the marketplace."""
    if not world.server.set_back:
        return {}
    return {
        movement["movement_id"]: movement["product_id"]
        for fact_id in facts_of_what_was_forgotten(world) | facts_behind_refused_ones(world)
        for movement in world.book.facts[fact_id].payload.get("movements", ())
    }


def _handover_is_there(world: World, fact_id: str, there: set[str]) -> bool:
    handover_id = world.book.facts[fact_id].payload["handover_id"]
    return any(
        seen.kind == "order_handed_over" and seen.payload["handover_id"] == handover_id
        for id_, seen in world.book.facts.items()
        if id_ in there
    )


def _facts_there(world: World) -> set[str]:
    return {fact_id for (fact_id,) in world.ask_server("SELECT fact_id FROM fact")}


def _lost_twice(world: World, there: set[str]) -> set[str]:
    """Facts lost here with an older copy of the till and there with one of the marketplace; other tills may still have
    their movements."""
    return {id_ for id_, seen in world.book.facts.items() if seen.lost} - there
