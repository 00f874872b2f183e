"""What befalls machines, clocks and the network. Every fault ends by itself after a while; the rest mends the other."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from random import Random

from tests.simulation.disk import AFTER, BEFORE, TORN
from tests.simulation.network import FAULTS
from tests.simulation.registry import action
from tests.simulation.tills import Till
from tests.simulation.world import World

HOURS = (0.05, 0.5, 3.0, 20.0, 70.0)


def _for_a_while(chance: Random) -> float:
    """Seconds: minutes to days."""
    return chance.choice(HOURS) * 3600.0 * chance.uniform(0.5, 1.0)


@action(per_day=(0, 1.5))
def a_till_is_cut_off(world: World, chance: Random) -> None:
    link = chance.choice(world.tills).link
    link.go_down()
    world.after(_for_a_while(chance), lambda: setattr(link, "is_down", False))


@action(per_day=(0, 1.5))
def the_network_is_bad(world: World, chance: Random) -> None:
    """One till's exchanges suffer faults of a few kinds for hours."""
    link = chance.choice(world.tills).link
    link.weather = tuple(chance.sample(FAULTS, chance.randint(1, 4)))
    link.fault_share = chance.choice((0.05, 0.3, 0.8))
    world.after(_for_a_while(chance), lambda: setattr(link, "fault_share", 0.0))


@action(per_day=(0, 2.5))
def one_exchange_goes_wrong(world: World, chance: Random) -> None:
    chance.choice(world.tills).link.suffer_next(chance.choice(FAULTS))


@action(per_day=(0, 1))
def the_network_is_slow(world: World, chance: Random) -> None:
    link = chance.choice(world.tills).link
    link.lag_s = chance.choice((3.0, 60.0, 900.0))
    world.after(_for_a_while(chance), lambda: setattr(link, "lag_s", link.usual_lag_s))


@action(per_day=(0, 0.4))
def the_marketplace_is_down(world: World, chance: Random) -> None:
    world.server.go_down()
    world.after(_for_a_while(chance), world.server.come_up)


@action(per_day=(0, 1))
def the_marketplace_dies(world: World, chance: Random) -> None:
    world.server.die_at_next_commit(chance.choice((BEFORE, AFTER)))


@action(per_day=(0, 1.5))
def a_till_dies_at_a_commit(world: World, chance: Random) -> None:
    till = world.a_running_till(chance)
    if till is not None:
        till.die_at_commit(chance.choice((BEFORE, AFTER, TORN)), chance.randint(0, 8))


@action(per_day=(0, 1))
def the_power_goes(world: World, chance: Random) -> None:
    till = world.a_running_till(chance)
    if till is not None:
        world.trace.note(till.name, "loses power")
        till.pull_the_plug()


@action(per_day=(0, 0.3))
def a_till_dies_at_its_key_store(world: World, chance: Random) -> None:
    till = world.a_running_till(chance)
    if till is not None:
        till.secrets.die_at_write = chance.choice((BEFORE, AFTER))


@action(per_day=(0, 0.3))
def a_disk_is_full(world: World, chance: Random) -> None:
    till = world.a_running_till(chance)
    if till is not None:
        till.fill_disk(True)
        world.after(chance.uniform(60.0, 7200.0), lambda: till.fill_disk(False))


@action(per_day=(0, 0.5))
def a_clock_jumps(world: World, chance: Random) -> None:
    """By up to half a day either way: that much is tolerated by promise."""
    till = world.a_running_till(chance)
    if till is not None:
        till.clock.wrong_by = timedelta(seconds=int(chance.uniform(-12 * 3600, 12 * 3600)))
        world.trace.note(till.name, f"its clock is wrong by {till.clock.wrong_by}")
        world.after(_for_a_while(chance), lambda: setattr(till.clock, "wrong_by", timedelta(0)))


@action(per_day=(0, 1), hours=(19, 24))
def a_till_is_closed_for_the_night(world: World, chance: Random) -> None:
    till = world.a_running_till(chance)
    if till is not None:
        till.stop()
        world.after(chance.uniform(0.1, 11.0) * 3600.0, till.start)


@action(per_day=(4, 8))
def somebody_looks_closely(world: World, _chance: Random) -> None:
    """What must hold at every moment is looked at in the middle of the day too."""
    world.check_now()


@action(per_day=(0, 0.15))
def a_till_is_restored(world: World, chance: Random) -> None:
    """A copy made now takes the database's place hours or days later, by `comptoir restore`."""
    till = world.a_running_till(chance)
    if till is None:
        return
    copy = till.keep_copy()
    world.trace.note(till.name, "a copy is made")
    world.after(_for_a_while(chance), lambda: _put_back(till, copy))


def _put_back(till: Till, copy: Path) -> None:
    if till.running:
        till.put_back(copy, by_hand=False)
