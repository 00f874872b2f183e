"""Leases at rest: what was given up has been told, and both sides name the same holder."""

from __future__ import annotations

from collections.abc import Iterator

from tests.simulation.registry import invariant
from tests.simulation.world import World


@invariant("I1")
def what_was_given_up_is_told(world: World) -> Iterator[str]:
    for till in world.tills:
        if till.shut_out:
            continue
        for order_id, number in till.ask("SELECT order_id, lease_number FROM lease_given_up WHERE told_at IS NULL"):
            yield f"{till.name} gave lease {number} of {order_id} up and never told"


@invariant("I1")
def nobody_is_taken_for_a_holder_who_gave_up(world: World) -> Iterator[str]:
    """A marketplace that was set back may take a till for the holder again; the till says so once more by itself."""
    there = {
        order_id: (till_id, number)
        for order_id, till_id, number in world.ask_server(
            "SELECT order_id, lease_till_id, lease_number FROM shop_order WHERE handover <> 'handed_over' "
            "AND cancelled_at IS NULL AND lease_till_id IS NOT NULL"
        )
    }
    for till in world.tills:
        if till.shut_out:
            continue
        for order_id, number in till.ask("SELECT order_id, lease_number FROM lease_given_up"):
            if there.get(order_id, ("", 0))[0] == till.paired_as and there[order_id][1] <= number:
                yield f"the marketplace takes {till.name} for the holder of {order_id}, which it gave up"
