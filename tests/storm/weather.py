"""The network's weather over one line, drawn from a seed: spells of seconds, each with its own ways to spoil a request.

Every deck of spells is gone through before it is shuffled again, so no kind of weather stays out for long.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

ANSWERS_INSTEAD = ("html", "html_403", "error_503", "bad_gateway", "too_many")

SPELLS: Mapping[str, Mapping[str, float]] = {
    "calm": {},
    "changeable": {
        "cut_before": 0.08,
        "cut_request": 0.1,
        "cut_answer": 0.12,
        "swallow": 0.15,
        "duplicate": 0.15,
        "delay": 0.15,
    },
    "answers_lost": {"swallow": 0.6, "cut_answer": 0.25},
    "requests_lost": {"cut_request": 0.6, "cut_before": 0.2},
    "doubling": {"duplicate": 0.8},
    "slow": {"throttle": 0.5, "delay": 0.5},
    "black_hole": {"black_hole": 1.0},
    "refused": {"cut_before": 1.0},
    "captive": {"html": 0.5, "html_403": 0.5},
    "burst": {"error_503": 0.4, "bad_gateway": 0.3, "too_many": 0.3},
}
"""By name: the chance of each fault, per request. What is left over of 1 goes through unharmed."""

DECK = (*SPELLS, "calm", "calm", "changeable", "answers_lost")
FAULTS = frozenset(fault for faults in SPELLS.values() for fault in faults)
"""Every fault there is, but for the old requests that come again."""

SHORTEST_S, LONGEST_S = 0.3, 2.0
SHORT_LEASE = timedelta(seconds=20)
SHORT_MARGIN = timedelta(seconds=20)
"""Of the marketplace's leases while the storm blows. Much longer than a till is ever frozen: what it had judged before
is in its database before the lease can be another's."""
ABSENCE_S = 50.0
DECKS_TO_AN_ABSENCE = 4
"""After so many decks the line is cut for so long that its till's leases run out and go to others."""


@dataclass(frozen=True)
class Spell:
    """One kind of weather for a while."""

    name: str
    lasts_s: float
    faults: Mapping[str, float] = field(default_factory=dict)

    def draw(self, chance: random.Random) -> str:
        """The fault that hits the next request, "" for none."""
        turn = chance.random()
        for fault, share in self.faults.items():
            turn -= share
            if turn < 0:
                return fault
        return ""


CALM = Spell("calm", 0.0)


def spells(chance: random.Random) -> Iterator[Spell]:
    """Weather without end."""
    decks_left = chance.randint(1, DECKS_TO_AN_ABSENCE)
    while True:
        deck = list(DECK)
        chance.shuffle(deck)
        for name in deck:
            yield Spell(name, chance.uniform(SHORTEST_S, LONGEST_S), SPELLS[name])
        decks_left -= 1
        if not decks_left:
            name = chance.choice(("black_hole", "refused"))
            yield Spell(name, ABSENCE_S, SPELLS[name])
            decks_left = DECKS_TO_AN_ABSENCE
