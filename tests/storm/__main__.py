"""`python -m tests.storm`: one storm, as long as wanted. Exit code 1 if something is wrong at the end."""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from tests.storm.breakages import ALL
from tests.storm.postgres import postgres_url
from tests.storm.storm import Storm, StormFailed, StormOptions

SHORT_MINUTES = 0.3
TRIES = 3


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.storm", description=__doc__)
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--postgresql", action="store_true", help="the marketplace's database is PostgreSQL")
    parser.add_argument("--breakage", choices=ALL, default="", help="break Comptoir so, and see the storm fail")
    parser.add_argument("--renew-tokens", action="store_true", help="the tills renew their tokens all the time")
    parser.add_argument("--broken", action="store_true", help="every breakage in turn: each must be seen")
    parser.add_argument("--folder", type=Path, help="keep everything there")
    options = parser.parse_args()
    seed = secrets.randbits(32) if options.seed is None else options.seed
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"  # never the person's own key store
    folder = (options.folder or Path(tempfile.mkdtemp(prefix="comptoir-storm-"))).resolve()
    if options.broken:
        unseen = [name for name in ALL if not _is_seen(StormOptions(folder / name, seed, SHORT_MINUTES, "", name))]
        failed = bool(unseen)
        print("each breakage was seen" if not unseen else f"not seen: {', '.join(unseen)}")
    else:
        print(f"storm of {options.minutes:g} minutes, seed {seed}, in {folder}", flush=True)
        with postgres_url(options.postgresql) as url:
            blowing = StormOptions(folder, seed, options.minutes, url, options.breakage, options.renew_tokens)
            failed = not _passes(blowing)
    if options.folder is None and not failed:
        shutil.rmtree(folder)
    return int(failed)


def _passes(options: StormOptions) -> bool:
    try:
        print(Storm(options).run(), flush=True)
    except StormFailed as failure:
        print(failure, flush=True)
        return False
    return True


def _is_seen(options: StormOptions) -> bool:
    """Whether a storm over the broken Comptoir finds fault with it: one of a few."""
    for attempt in range(TRIES):
        folder = options.folder / str(attempt)
        try:
            Storm(replace(options, folder=folder, seed=options.seed + attempt)).run()
        except StormFailed as failure:
            print(f"{options.breakage}: {str(failure).splitlines()[1]}", flush=True)
            return True
    return False


if __name__ == "__main__":
    sys.exit(main())
