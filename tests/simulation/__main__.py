"""Plays towns from the command line: one seed, or fresh ones for so many seconds."""

from __future__ import annotations

import argparse
import logging
import secrets
import sys
import time
from pathlib import Path

from tests.simulation.mutations import applied
from tests.simulation.shrink import shrunk
from tests.simulation.world import Played, TownToPlay, a_folder, play


def main() -> int:
    options = _options()
    if options.mutation:
        with applied(options.mutation) as mutated:
            print(f"mutated: {mutated.what}")
            return run(options)
    return run(options)


def run(options: argparse.Namespace) -> int:
    """0 if every town held, 1 at the first that did not."""
    logging.disable(logging.ERROR)  # a town's warnings are what it is about
    with a_folder() as folder:
        return _play_on(options, folder / "template.sqlite3")


def _play_on(options: argparse.Namespace, template: Path) -> int:
    began, shop_days = time.process_time(), 0.0
    seed = options.seed if options.seed is not None else secrets.randbelow(10**9)
    while True:
        keep = tuple(int(number) for number in options.keep.split(",") if number) if options.keep is not None else None
        town = TownToPlay(seed, options.days, options.tills, options.scenario, keep)
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
    parser.add_argument("--trace", action="store_true", help="show every line")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
