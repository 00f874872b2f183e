"""Owns what a story is: something that happens in a shop, told once and played on every stage that has what it needs.

    @story("an order is handed over whole", needs={Ability.READY_STATE}, powers={Power.CANCEL})
    def handed_over_whole(shop: Shop) -> None: ...

Put it into a module under `tests/connectors/stories/`. After the story everything is mended, the tills come to rest,
and the invariants of `invariants.py` are checked.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.domain.abilities import Ability
from tests.connectors.kit.shop import Shop
from tests.connectors.kit.stage import Power, Stage

_STORIES = "tests.connectors.stories"
_MARK = "__story__"
Telling = Callable[[Shop], None]


@dataclass(frozen=True, slots=True)
class Story:
    """
    Attributes:
        what: what happens, in words.
        needs: abilities of the connector, and powers of the site, without which it cannot be played.
        without: abilities with which it makes no sense.
    """

    name: str
    what: str
    tell: Telling
    needs: frozenset[Ability]
    powers: frozenset[Power]
    without: frozenset[Ability] = frozenset()

    def why_not(self, stage: Stage) -> str:
        """What the stage lacks to play it, in words; "" if it can."""
        lacking = sorted(each.value for each in (*(self.needs - stage.abilities), *(self.powers - stage.powers)))
        if lacking:
            return f"{stage.name} lacks {', '.join(lacking)}: {self.what}"
        surplus = sorted(each.value for each in self.without & stage.abilities)
        return f"{stage.name} has {', '.join(surplus)}: {self.what}" if surplus else ""


def story(
    what: str,
    *,
    needs: set[Ability] | None = None,
    powers: set[Power] | None = None,
    without: set[Ability] | None = None,
) -> Callable[[Telling], Telling]:
    def mark(tell: Telling) -> Telling:
        told = Story(
            tell.__name__, what, tell, frozenset(needs or ()), frozenset(powers or ()), frozenset(without or ())
        )
        setattr(tell, _MARK, told)
        return tell

    return mark


def all_stories() -> Mapping[str, Story]:
    """Every story there is, by name."""
    found: dict[str, Story] = {}
    package = importlib.import_module(_STORIES)
    for module_info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{_STORIES}.{module_info.name}")
        for value in vars(module).values():
            told = getattr(value, _MARK, None)
            if isinstance(told, Story) and value.__module__ == module.__name__:
                if told.name in found:
                    raise ValueError(f"two stories are called {told.name}")
                found[told.name] = told
    return MappingProxyType(found)
