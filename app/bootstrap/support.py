"""Owns the support bundle as the window asks for it: this program's own `support` command, run beside it. Holds no
rule: what goes into the bundle, and what never does, is that command's.

A process of its own, because it looks at a till that may be in trouble, and must not share its trouble.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import app
from app.bootstrap.told_devices import plain_reports
from app.usecases.archive_ports import FileNotWritten
from app.usecases.device_book import DeviceReport

LIMIT_S = 120


def write_support_bundle(database: Path, target: Path, devices: Sequence[DeviceReport] = ()) -> None:
    """Write the bundle about the till of this database. Takes some seconds: not on the main thread.

    Args:
        devices: what this window knows of its devices: it has their lines, so nobody else can ask them.

    Raises FileNotWritten: there is a file of that name, or it could not be written.
    """
    if target.exists():
        raise FileNotWritten("exists", str(target))
    try:
        done = subprocess.run(  # noqa: S603  # this very program, with a path that was just made
            [*_this_program(), "support", str(target), "--database", str(database), "--devices-from-stdin"],
            input=json.dumps(plain_reports(devices)),
            text=True,
            encoding="utf-8",
            cwd=Path(app.__file__).parents[1],
            capture_output=True,
            timeout=LIMIT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise FileNotWritten("denied", str(target)) from error
    if done.returncode or not target.is_file():
        raise FileNotWritten("denied", str(target))


def _this_program() -> list[str]:
    packed = bool(getattr(sys, "frozen", False))
    return [sys.executable] if packed else [sys.executable, "-m", "app"]
