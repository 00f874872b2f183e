"""`python -m bench`: takes the measures, prints them as a table, keeps them in bench-output/results.json.

Each group of measures runs in a process of its own, so that none inherits another's imports, caches or threads.
Exit code 0 once all were taken, met or not; 1 if a group failed.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.frame import Row

GROUPS = {
    "start": ("S1", "S2"),
    "storage": ("D1", "D2", "D4", "U2"),
    "window": ("F1", "F3", "U1"),
    "counter": ("H1", "H2", "H3", "H4"),
    "sync": ("Y1", "Y2", "Y3"),
    "years": ("L1", "L3", "L5"),
    "compare": ("G1", "G2", "G3"),
    "weak": ("N1", "N2", "N3"),
    "load": ("W1", "W2", "W3", "W4", "W5", "W6"),
    "connectors": ("C1", "C2", "C3"),
    "camera": ("K1", "K2", "K3"),
}
ORDER = ("S", "D", "F", "H", "Y", "U", "L", "G", "N", "W", "C", "K")
OUTPUT = Path("bench-output") / "results.json"


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Take the measures of Comptoir.")
    parser.add_argument("groups", nargs="*", choices=[*GROUPS, []], help="only these (default: all)")
    parser.add_argument(
        "--full", action="store_true", help="F1 also with 1,000,000 articles, G with 1,000,000 facts (some minutes)"
    )
    parser.add_argument("--in-process", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    groups = options.groups or list(GROUPS)
    if options.in_process:
        print(json.dumps(_take(groups[0], full=options.full)))
        return 0
    rows: list[Row] = []
    failed = []
    for group in groups:
        print(f"{group} ({', '.join(GROUPS[group])}) ...", file=sys.stderr, flush=True)
        taken = _take_apart(group, full=options.full)
        rows += taken or []
        failed += [] if taken is not None else [group]
    rows.sort(key=lambda row: (ORDER.index(row["id"][0]), row["id"]))
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.write_text(json.dumps(rows, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
    print(_table(rows))
    if failed:
        print(f"not measured, see above: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _take_apart(group: str, *, full: bool) -> list[Row] | None:
    arguments = [sys.executable, "-m", "bench", group, "--in-process", *(["--full"] if full else [])]
    with tempfile.TemporaryDirectory() as home:
        environ = {
            **os.environ,
            "COMPTOIR_HOME": home,
            "QT_QPA_PLATFORM": "offscreen",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        }
        done = subprocess.run(arguments, stdout=subprocess.PIPE, text=True, env=environ, check=False)  # noqa: S603  # our own
    if done.returncode:
        return None
    rows: list[Row] = json.loads(done.stdout.splitlines()[-1])
    return rows


def _take(group: str, *, full: bool) -> list[Row]:
    if group == "start":
        from bench import start_bench

        return start_bench.measure()
    if group == "storage":
        from bench import storage_bench

        return storage_bench.measure()
    if group == "window":
        from bench import window_bench

        return window_bench.measure(full=full)
    if group == "counter":
        from bench import counter_bench

        return counter_bench.measure()
    if group == "years":
        from bench import years_bench

        return years_bench.measure()
    if group == "weak":
        from bench import weak_bench

        return weak_bench.measure()
    if group == "compare":
        from bench import compare_bench

        return compare_bench.measure(full=full)
    if group == "load":
        from bench import load_bench

        return load_bench.measure()
    if group == "connectors":
        from bench import connectors_bench

        return connectors_bench.measure()
    if group == "camera":
        from bench import camera_bench

        return camera_bench.measure()
    from bench import sync_bench

    return sync_bench.measure()


def _table(rows: Sequence[Row]) -> str:
    head = ("id", "what", "value", "unit", "floor", "ratio", "goal", "met")
    cells = [head, *(tuple(_cell(row[name]) for name in head) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    lines = []
    for row in cells:
        lines.append("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    met = sum(row["met"] for row in rows)
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:], f"{met} of {len(rows)} goals met"])


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "NO"
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) < 1000 and math.isfinite(value) else f"{value:,.0f}"
    return str(value)


if __name__ == "__main__":
    sys.exit(main())
