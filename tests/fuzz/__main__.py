"""`python -m tests.fuzz`: a million broken codes; the seed is printed, and gives the same ones again."""

from __future__ import annotations

import argparse
import random
import sys

from tests.fuzz.codes import fuzz, is_slow, report

_MOST_GROWTH_MB = 40


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.fuzz")
    parser.add_argument("--texts", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    asked = parser.parse_args()
    print(f"seed {asked.seed}", flush=True)
    done = fuzz(asked.texts, asked.seed)
    print(report(done))
    for wrong in done.wrong[:20]:
        print("  " + wrong[:300])
    return int(bool(done.wrong) or is_slow(done) or done.growth_mb > _MOST_GROWTH_MB)


if __name__ == "__main__":
    sys.exit(main())
