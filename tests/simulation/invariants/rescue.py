"""Rescued facts never rest at the wrong till: the marketplace has them, or said why not."""

from __future__ import annotations

from collections.abc import Iterator

from tests.simulation.excuses import facts_behind_refused_ones, facts_of_what_was_forgotten
from tests.simulation.registry import invariant
from tests.simulation.world import World


@invariant("I3")
def no_rescued_fact_waits(world: World) -> Iterator[str]:
    excused = facts_of_what_was_forgotten(world) | facts_behind_refused_ones(world)
    for till in world.tills:
        for fact_id, state, message in till.ask("SELECT fact_id, state, message FROM rescued_fact"):
            seen = world.book.facts.get(fact_id)
            if state == "waiting":
                yield f"{till.name}: the rescued fact {fact_id} still waits"
            elif (
                state == "refused"
                and "clé" not in message
                and not (world.server.set_back and "connaît pas la caisse" in message)  # it forgot a pairing anew
                and not (fact_id in excused or (seen is not None and seen.poisoned))
            ):
                yield f"{till.name}: the rescued fact {fact_id} was refused: {message}"
