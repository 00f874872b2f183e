"""Owns making a broken town small: fewer events of its plan, while the same invariant still breaks (delta debugging).

The plan does not depend on what happens, and each event has its own chance; so a town with fewer events is a town like
any other, with its own command to play it again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from tests.simulation.registry import all_actions
from tests.simulation.world import Played, TownToPlay, plan_of, play


def shrunk(
    town: TownToPlay,
    broken: Played,
    say: Callable[[str], None] = lambda line: None,
    *,
    plays: int = 200,
    play_one: Callable[[TownToPlay], Played] = play,
) -> tuple[TownToPlay, Played]:
    """A town with as few events as can be found by playing so many others, and how it went."""
    if broken.broken is None:
        return town, broken
    number = broken.broken.number
    all_events = [event.number for event in plan_of(town, all_actions())]
    kept: Sequence[int] = town.keep if town.keep is not None else all_events
    best = broken
    parts = 2
    while len(kept) > 1 and plays > 0:
        size = max(len(kept) // parts, 1)
        for start in range(0, len(kept), size):
            fewer = (*kept[:start], *kept[start + size :])
            plays -= 1
            played = play_one(replace(town, keep=fewer))
            if played.broken is not None and played.broken.number == number:
                kept, best, parts = fewer, played, max(parts - 1, 2)
                say(f"{len(kept)} events left: {played.broken}")
                break
            if plays <= 0:
                break
        else:
            if size == 1:
                break
            parts = min(parts * 2, len(kept))
    return replace(town, keep=tuple(kept)), best
