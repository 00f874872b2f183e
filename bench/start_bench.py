"""Measures S1 (CPU from exec to the first paint, and to taking a scan) and S2 (longest stall of the window meanwhile).

Each sample is a fresh process that really runs the window of a paired till with the demo's 1,750 articles, in turn with
one that paints an empty main window. A process reports the CPU seconds it has used since exec.

Both start as an installed program does: from compiled files, which a folder of the measure's own holds, even where the
environment forbids Python to write any (then each start would compile our sources anew, and none of the libraries').
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.frame import ROUNDS, Row, in_turn, limit_row, median, ratio_row
from bench.till import open_till

ARTICLES = 1_750


def measure() -> list[Row]:
    """The rows S1, S1-scan, S2."""
    with tempfile.TemporaryDirectory() as folder:
        with open_till(Path(folder), ARTICLES):
            pass  # made once; each start finds it there
        starts: list[dict[str, Any]] = []

        def ours() -> float:
            starts.append(_start("till", folder))
            return float(starts[-1]["painted_cpu_s"])

        def floor() -> float:
            return float(_start("empty", folder)["painted_cpu_s"])

        ours()  # compiled files and the disk's cache
        floor()
        starts.clear()
        painted, empty = in_turn(ours, floor, rounds=ROUNDS)
    floor_ms = median(empty) * 1000
    scan_ms = median([start["scan_cpu_s"] for start in starts]) * 1000
    stall_ms = median([start["longest_stall_ms"] for start in starts])
    return [
        ratio_row("S1", "start to first paint, CPU", median(painted) * 1000, "ms", floor_ms, 2.0),
        ratio_row("S1-scan", "start to an article scanned, CPU", scan_ms, "ms", floor_ms, 4.5),
        limit_row("S2", "longest stall while the rest loads", stall_ms, "ms", 50),
    ]


def _start(what: str, folder: str) -> dict[str, Any]:
    done = subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-m", "bench.started", what, folder],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env=_as_installed(folder),
    )
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _as_installed(folder: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": str(Path(folder) / "compiled")}
