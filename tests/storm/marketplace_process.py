"""The journeys' marketplace process, with leases that run out soon, and broken on purpose if wanted (`breakages`)."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from app.marketplace import lease_terms
from tests.journeys.marketplace_process import main
from tests.storm.breakages import break_marketplace
from tests.storm.weather import SHORT_LEASE, SHORT_MARGIN

if __name__ == "__main__":
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--breakage", default="")
    parser.add_argument("--short-leases-while", default="", help="this file exists")
    options, others = parser.parse_known_args()
    if options.short_leases_while and Path(options.short_leases_while).exists():
        lease_terms.LEASE, lease_terms.LEASE_MARGIN = SHORT_LEASE, SHORT_MARGIN
    break_marketplace(options.breakage)
    sys.argv[1:] = others
    main()
