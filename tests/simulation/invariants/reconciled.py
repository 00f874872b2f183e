"""The second look: after everything was sent and fetched, a comparison of each till with the marketplace names no gap
but what explains itself: the daily one, in the night before, has mended the rest."""

from __future__ import annotations

from collections.abc import Iterator

from tests.simulation.actions.reconciliation import compare
from tests.simulation.excuses import (
    facts_of_what_was_forgotten,
    forgotten_orders,
    movements_of_what_was_forgotten,
)
from tests.simulation.registry import invariant
from tests.simulation.world import World


@invariant("I4")
def a_comparison_names_no_gap(world: World) -> Iterator[str]:
    known = forgotten_orders(world) | facts_of_what_was_forgotten(world) | movements_of_what_was_forgotten(world).keys()
    for till in world.tills:
        run = compare(world, till)
        if run is None:
            yield f"{till.name} cannot compare, although nothing is broken any more"
            continue
        for gap in run.open_gaps:
            if gap.record_id not in known:
                yield f"{till.name} finds {gap.kind.value} {gap.record_id} {gap.title}: {gap.here}, {gap.there} there"
