"""The journeys' marketplace process, broken on purpose if it is told to be (`breakages`)."""

from __future__ import annotations

import argparse
import sys

from tests.journeys.marketplace_process import main
from tests.storm.breakages import break_marketplace

if __name__ == "__main__":
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--breakage", default="")
    options, others = parser.parse_known_args()
    break_marketplace(options.breakage)
    sys.argv[1:] = others
    main()
