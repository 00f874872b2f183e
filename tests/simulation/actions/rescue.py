"""What a till cannot tell goes on a stick, and the stick to another till, to the marketplace, or back to where it came
from: at once or days later, once or again."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from app.domain.rescue import RescueFile, read_file
from app.marketplace.relay import RescueRefused, take_part
from app.marketplace.store import ShopTransaction
from app.storage.signing import is_signed_by
from app.usecases.archive_ports import FileNotWritten
from app.usecases.rescue import import_rescue, write_rescue
from tests.simulation.registry import action
from tests.simulation.world import World

HOURS = (0.1, 5.0, 40.0)
STICKS = "rescue files on sticks"


class Stick:
    """A stick in a town; now and then it is pulled out in the middle."""

    def __init__(self, world: World, pulled_out: bool) -> None:
        self._world = world
        self._pulled_out = pulled_out

    def __call__(self, name: str, data: bytes, is_whole: Callable[[bytes], bool]) -> str:
        if self._pulled_out or not is_whole(data):
            raise FileNotWritten("io", "pulled out")
        self._world.notes.setdefault(STICKS, []).append(data)
        return name


@action(per_day=(0, 1))
def an_outbox_goes_on_a_stick(world: World, chance: Random) -> None:
    till = world.a_running_till(chance)
    if till is None:
        return
    stick = Stick(world, pulled_out=chance.random() < 0.2)

    def save() -> str:
        try:
            return type(write_rescue(till.counter, till.queries, stick, is_signed_by)).__name__
        except FileNotWritten:
            return "the stick is pulled out"

    till.act("save a rescue file", save)
    if chance.random() < 0.5:
        world.after(chance.choice(HOURS) * 3600.0, lambda: _carry(world, chance))


@action(per_day=(0, 1))
def a_stick_is_carried(world: World, chance: Random) -> None:
    """Any stick that was ever written, the newest most often; also a second time."""
    _carry(world, chance)


def _carry(world: World, chance: Random) -> None:
    sticks = world.notes.get(STICKS, [])
    if not sticks:
        return
    data = sticks[-1] if chance.random() < 0.7 else chance.choice(sticks)
    till = world.a_running_till(chance)
    if chance.random() < 0.3:
        _to_the_marketplace(world, data)
    elif till is not None:
        till.act("take a rescue file in", lambda: import_rescue(till.counter, data, is_signed_by, "Léa"))


def _to_the_marketplace(world: World, data: bytes) -> None:
    file = read_file(data, is_signed_by)
    assert isinstance(file, RescueFile)
    for number in range(len(file.parts)):
        if world.server.visit(lambda transaction, number=number: _take(transaction, file, number)) is None:  # type: ignore[misc]  # bound at once
            return
    world.trace.note("marketplace", f"takes {file.count} facts off a stick")


def _take(transaction: ShopTransaction, file: RescueFile, number: int) -> int:
    try:
        return len(take_part(transaction, file.statement, file.signature, number, file.parts[number]))
    except RescueRefused as refused:
        return -len(refused.reason)  # a till that never told its key
