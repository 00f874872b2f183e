"""Owns what cannot agree any more after the marketplace was set back: orders it forgot, and what was done with them
at the counter. It is named (refused facts, gaps of the comparison), a person sees to it; nothing is lost in silence.
"""

from __future__ import annotations

from tests.simulation.world import World


def forgotten_orders(world: World) -> set[str]:
    """Orders that tills have and the marketplace no longer knows; none while it was never set back."""
    if not world.server.set_back:
        return set()
    there = {order_id for (order_id,) in world.ask_server("SELECT order_id FROM shop_order")}
    here = {order_id for till in world.tills for (order_id,) in till.ask("SELECT order_id FROM server_order")}
    told = {seen.payload["order_id"] for seen in world.book.facts.values() if seen.payload.get("order_id")}
    return (here | told) - there


def facts_of_forgotten_orders(world: World) -> set[str]:
    """Facts that the marketplace cannot take: their order, or a handover that they undo, is gone there."""
    orders = forgotten_orders(world)
    of_orders = {id_ for id_, seen in world.book.facts.items() if seen.payload.get("order_id") in orders}
    return of_orders | _lost_twice(world) | _of_forgotten_edits(world)


def _of_forgotten_edits(world: World) -> set[str]:
    """Facts that name a line which was added to an order since the copy was made."""
    if not world.server.set_back:
        return set()
    refused = "SELECT fact_id FROM outbox WHERE state = 'refused' AND reason = 'unknown_line'"
    aside = "SELECT fact_id FROM set_aside WHERE reason = 'unknown_line'"
    return {fact_id for till in world.tills for sql in (refused, aside) for (fact_id,) in till.ask(sql)}


def facts_behind_refused_ones(world: World) -> set[str]:
    """Facts that wait until a person has seen to the one before them."""
    behind = """SELECT o.fact_id FROM outbox o WHERE EXISTS (
        SELECT 1 FROM outbox r WHERE r.subject = o.subject AND r.till_seq < o.till_seq AND r.state = 'refused')"""
    return {fact_id for till in world.tills for (fact_id,) in till.ask(behind)}


def _lost_twice(world: World) -> set[str]:
    """Facts lost here with an older copy of the till and there with one of the marketplace; other tills may still have
    their movements."""
    if not world.server.set_back:
        return set()
    there = {fact_id for (fact_id,) in world.ask_server("SELECT fact_id FROM fact")}
    return {id_ for id_, seen in world.book.facts.items() if seen.lost} - there


def movements_of_forgotten_orders(world: World) -> set[str]:
    facts = facts_of_forgotten_orders(world)
    return {
        movement["movement_id"]
        for fact_id in facts
        for movement in world.book.facts[fact_id].payload.get("movements", ())
    }
