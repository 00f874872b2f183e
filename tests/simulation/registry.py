"""Owns the two lists that other parts add to: what can happen in the town, and what must always hold there.

An **action** is something that people or the world do. Put it into a module under `actions/`:

    @action(per_day=(0, 2), hours=(8, 19))
    def somebody_counts_a_shelf(world: World, chance: Random) -> None:
        \"\"\"One sentence; it is shown in the trace by its function's name.\"\"\"
        till = world.a_running_till(chance)
        if till is not None:
            till.act("count", lambda: correct_level(till.counter, ...))

Every choice is drawn from `chance`, which belongs to this one event, so that the others stay as they are when the
shrinker takes this one away. Whatever a person does at a till goes through `till.act(name, call)`: it notes what became
of it, and knows what to do when the machine dies in the middle. Never touch a till that `a_running_till` did not give.
`world.after(seconds, call)` does something later. Nothing may depend on the order of a set, on `hash`, on real time.

An **invariant** yields a sentence for each thing that is wrong. Put it into a module under `invariants/`:

    @invariant("I4")
    def levels_are_sums(world: World) -> Iterator[str]: ...

`when=ALWAYS` ones are asked after each day of the town, while the network may be broken; `AT_REST` ones (the usual)
once everything was mended and the lanes have nothing left to do. Modules of both folders are found by themselves.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.simulation.world import World

Act = Callable[["World", Random], None]
Check = Callable[["World"], Iterator[str]]

_NAME_OF_THE_MARK = "__simulated__"


class When(Enum):
    ALWAYS = "always"
    AT_REST = "at rest"


ALWAYS, AT_REST = When.ALWAYS, When.AT_REST


@dataclass(frozen=True, slots=True)
class Action:
    """Something that happens so many times a day (fractions are chances), between two hours of the town's clock.

    Attributes:
        scenario: "" for what belongs to every town; else it only happens in towns played with this scenario.
    """

    name: str
    act: Act
    per_day: tuple[float, float]
    hours: tuple[float, float]
    scenario: str = ""


@dataclass(frozen=True, slots=True)
class Invariant:
    """Something that must hold. `number`: which of the architecture's invariants it is a part of."""

    name: str
    number: str
    check: Check
    when: When


def action(
    *, per_day: tuple[float, float], hours: tuple[float, float] = (0.0, 24.0), scenario: str = ""
) -> Callable[[Act], Act]:
    def mark(act: Act) -> Act:
        setattr(act, _NAME_OF_THE_MARK, Action(act.__name__, act, per_day, hours, scenario))
        return act

    return mark


def invariant(number: str, *, when: When = AT_REST) -> Callable[[Check], Check]:
    def mark(check: Check) -> Check:
        setattr(check, _NAME_OF_THE_MARK, Invariant(check.__name__, number, check, when))
        return check

    return mark


def all_actions() -> tuple[Action, ...]:
    """Every action there is, by name."""
    found = [mark for mark in _marks("tests.simulation.actions") if isinstance(mark, Action)]
    return tuple(sorted(found, key=lambda each: each.name))


def all_invariants() -> tuple[Invariant, ...]:
    found = [mark for mark in _marks("tests.simulation.invariants") if isinstance(mark, Invariant)]
    return tuple(sorted(found, key=lambda each: each.name))


def _marks(package_name: str) -> Iterator[object]:
    package = importlib.import_module(package_name)
    for module_info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package_name}.{module_info.name}")
        for value in vars(module).values():
            mark = getattr(value, _NAME_OF_THE_MARK, None)
            if mark is not None and getattr(value, "__module__", "") == module.__name__:
                yield mark
