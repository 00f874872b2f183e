"""Plays towns from the command line: one seed, fresh ones for so many seconds, or the table of mutations."""

from __future__ import annotations

import argparse
import logging
import secrets
import sys
import time
from dataclasses import replace
from pathlib import Path
from random import Random

from tests.simulation.actions.leases import TO_AND_FRO
from tests.simulation.actions.misfortune import OLDER_COPIES, SET_BACK, WILD_CLOCKS
from tests.simulation.actions.reconciliation import HANDS
from tests.simulation.actions.worst_moments import (
    CACHED_PAGES,
    FORGETFUL,
    GIVING_UP,
    LOG_IN_PAGES,
    OLD_LEASES,
    OLD_TOKENS,
)
from tests.simulation.mutations import DAYS_ALLOWED, all_mutations, applied, caught_by
from tests.simulation.shrink import shrunk
from tests.simulation.tills import one_compiler
from tests.simulation.world import SHORT_LEASES, Played, TownToPlay, a_folder, play

SCENARIOS = (
    "", "", "", "", SET_BACK, WILD_CLOCKS, HANDS, SHORT_LEASES, TO_AND_FRO, OLDER_COPIES,
    GIVING_UP, OLD_LEASES, OLD_TOKENS, FORGETFUL, CACHED_PAGES, LOG_IN_PAGES,
)  # fmt: skip
"""What varied towns are played with; most often with nothing in particular."""
_DAYS_OF_A_MUTATED_TOWN = 5


def main() -> int:
    options = _options()
    if options.mutations:
        return table_of_mutations(options.seed)
    if options.mutation:
        with applied(options.mutation) as mutated:
            print(f"mutated: {mutated.what}")
            return run(options)
    return run(options)


def run(options: argparse.Namespace) -> int:
    """0 if every town held, 1 at the first that did not."""
    logging.disable(logging.ERROR)  # a town's warnings are what it is about
    with a_folder() as folder, one_compiler():
        return _play_on(options, folder / "template.sqlite3")


def _play_on(options: argparse.Namespace, template: Path) -> int:
    began, shop_days = time.process_time(), 0.0
    seed = options.seed if options.seed is not None else secrets.randbelow(10**9)
    while True:
        keep = tuple(int(number) for number in options.keep.split(",") if number) if options.keep is not None else None
        town = TownToPlay(seed, options.days, options.tills, options.scenario, keep)
        town = varied(town) if options.varied else town
        played = play(town, print if options.trace else None, template)
        shop_days += played.shop_days
        elapsed_s = time.process_time() - began
        print(
            f"seed {seed}: {played.shop_days:g} shop days, {played.events} events, trace {played.digest}; "
            f"{shop_days / elapsed_s * 60:.0f} shop days a minute of a core"
        )
        if played.broken is not None:
            if options.shrink:
                town, played = shrunk(town, played, print)
            print(told(town, played))
            return 1
        if elapsed_s >= options.seconds:
            return 0
        seed += 1


def varied(town: TownToPlay) -> TownToPlay:
    """The same seed with tills and a scenario that follow from it."""
    chance = Random(f"{town.seed}/variety")
    return replace(town, tills=chance.choice((1, 2, 2, 3, 4)), scenario=chance.choice(SCENARIOS))


def table_of_mutations(first_seed: int | None) -> int:
    """Say of each mutation which invariant noticed it, and after how many shop days of towns with fresh seeds."""
    logging.disable(logging.CRITICAL)
    seed = first_seed if first_seed is not None else secrets.randbelow(10**9)
    print(f"first seed {seed}, {_DAYS_OF_A_MUTATED_TOWN} days a town, at most {DAYS_ALLOWED:g} shop days")
    missed = 0
    with a_folder() as folder, one_compiler():
        for name in all_mutations():
            template = folder / "template.sqlite3"
            caught = caught_by(name, first_seed=seed, days=_DAYS_OF_A_MUTATED_TOWN, template=template, doubt=True)
            missed += caught is None
            noticed = "MISSED" if caught is None else f"{caught.shop_days:5.1f} days  {caught.played.broken}"
            print(f"{name:32} {noticed}"[:160], flush=True)
    return 1 if missed else 0


def told(town: TownToPlay, played: Played) -> str:
    """What a person needs of a broken town."""
    again = town.command()
    lines = [*played.last, "", f"SEED {town.seed}, day {played.shop_days:.1f}", str(played.broken), ""]
    return "\n".join([*lines, f"again:  {again}", f"less:   {again} --shrink"])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("--seed", type=int, help="a fresh one if not given")
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--tills", type=int, default=2)
    parser.add_argument("--scenario", default="")
    parser.add_argument("--keep", help="only these events of the plan, by number")
    parser.add_argument("--seconds", type=float, default=0.0, help="go on with the next seeds for so long")
    parser.add_argument("--shrink", action="store_true", help="if it breaks, look for fewer events that still do")
    parser.add_argument("--mutation", default="", help="play with one safeguard of the product taken away")
    parser.add_argument("--mutations", action="store_true", help="take one after the other away, say what noticed it")
    parser.add_argument("--varied", action="store_true", help="number of tills and scenario follow from the seed")
    parser.add_argument("--trace", action="store_true", help="show every line")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
