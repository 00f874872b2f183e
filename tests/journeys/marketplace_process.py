"""The marketplace as a process of its own, on a port and a database that outlive it. Speaks JSON lines on standard
output: the seeded shop, its address, its administration token.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
from dataclasses import asdict
from pathlib import Path

from app.marketplace.seed import seed_demo
from app.marketplace.server import MarketplaceOptions, run
from app.marketplace.store import open_store


def _end_with_the_test() -> None:
    sys.stdin.read()
    os._exit(3)


def main() -> None:
    threading.Thread(target=_end_with_the_test, daemon=True).start()
    parser = argparse.ArgumentParser()
    parser.add_argument("--store", required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--catalogue", type=Path)
    options = parser.parse_args()
    if options.catalogue is not None:
        store = open_store(options.store)
        print(json.dumps({"shop": asdict(seed_demo(store, options.catalogue))}), flush=True)
        store.close()
    run(
        MarketplaceOptions(options.store, port=options.port, faults=True),
        say=lambda line: print(json.dumps({"said": line}), flush=True),
    )


if __name__ == "__main__":
    main()
