"""Owns the deliberate breakages by which the simulator shows that it would notice: each takes one safeguard of the
product away for the length of a town.

A **mutation** is a function that takes a `Patch` and replaces what the safeguard is made of; put it into a module under
`breakages/`, with its decorator:

    @mutation("the cursor is committed before the page", seed=3, days=3)
    def early_cursor(patch: Patch) -> None:
        patch.attribute(pull, "store_page", broken_store_page)

`seed`, `days`, `tills` and `scenario` are of a town that is known to notice, so that the suite is quick; `caught_by`
begins there and goes on with other seeds, should that town have become another one. A mutation that no town of 200 shop
days catches is a hole in the simulator (or a safeguard that nothing needs): mend it, never take the mutation off the
list. `make simulate-mutations` looks for all of them from fresh seeds.
"""

from __future__ import annotations

import contextlib
import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tests.simulation.world import Played, TownToPlay, play

DAYS_ALLOWED = 200.0
_BREAKAGES = "tests.simulation.breakages"
_NAME_OF_THE_MARK = "__mutation__"


class Patch:
    """Replaces attributes until it is undone."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], None]] = []

    def attribute(self, owner: Any, name: str, value: Any) -> None:
        """Args: owner: a class, a module, or a module's dotted name."""
        place = importlib.import_module(owner) if isinstance(owner, str) else owner
        original = place.__dict__[name]  # as it is stored: a static method stays one
        setattr(place, name, value)
        self._undo.append(lambda: setattr(place, name, original))

    def everywhere(self, original: Callable[..., Any], value: Callable[..., Any]) -> None:
        """Replace a function of a module in all modules of the product that have imported it by its name."""
        name = original.__name__
        for module_name in sorted(sys.modules):
            module = sys.modules[module_name]
            if module_name.startswith("app.") and module.__dict__.get(name) is original:
                self.attribute(module, name, value)

    def undo(self) -> None:
        for one in reversed(self._undo):
            one()


Breakage = Callable[[Patch], None]


@dataclass(frozen=True, slots=True)
class Mutation:
    """`what`: the safeguard that is gone, in words. `scenario`, `tills`: of the towns that can notice; `seed`, `days`:
    of one that does."""

    name: str
    what: str
    apply: Breakage
    scenario: str = ""
    tills: int = 2
    seed: int = 1
    days: int = 3


def mutation(
    what: str, *, seed: int = 1, days: int = 3, scenario: str = "", tills: int = 2
) -> Callable[[Breakage], Breakage]:
    def mark(apply: Breakage) -> Breakage:
        found = Mutation(apply.__name__, what, apply, scenario, tills, seed, days)
        setattr(apply, _NAME_OF_THE_MARK, found)
        return apply

    return mark


def all_mutations() -> Mapping[str, Mutation]:
    """Every mutation there is, by name."""
    found: dict[str, Mutation] = {}
    package = importlib.import_module(_BREAKAGES)
    for module_info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{_BREAKAGES}.{module_info.name}")
        for value in vars(module).values():
            mark = getattr(value, _NAME_OF_THE_MARK, None)
            if isinstance(mark, Mutation) and value.__module__ == module.__name__:
                if mark.name in found:
                    raise ValueError(f"two mutations are called {mark.name}")
                found[mark.name] = mark
    return MappingProxyType(dict(sorted(found.items())))


@contextlib.contextmanager
def applied(name: str) -> Iterator[Mutation]:
    """The product with one safeguard gone."""
    patch = Patch()
    wanted = all_mutations()[name]
    try:
        wanted.apply(patch)
        yield wanted
    finally:
        patch.undo()


@dataclass(frozen=True, slots=True)
class Caught:
    """The town that noticed, how it went, and the shop days of the towns before it that did not."""

    town: TownToPlay
    played: Played
    days_before: float

    @property
    def shop_days(self) -> float:
        return self.days_before + self.played.shop_days


def caught_by(
    name: str,
    *,
    first_seed: int | None = None,
    days: int | None = None,
    template: Path | None = None,
    doubt: bool = False,
) -> Caught | None:
    """The first town that notices, None if none of 200 shop days does.

    Args:
        first_seed, days: of the first town; those of the town that is known to notice if left out.
        doubt: a town only counts if it holds with the safeguard in its place.
    """
    wanted = all_mutations()[name]
    seed = first_seed if first_seed is not None else wanted.seed
    before = 0.0
    while before < DAYS_ALLOWED:
        town = TownToPlay(seed, days or wanted.days, wanted.tills, wanted.scenario)
        with applied(name):
            played = play(town, template=template)
        if played.broken is not None and not (doubt and play(town, template=template).broken is not None):
            return Caught(town, played, before)
        before += played.shop_days
        seed += 1
    return None
