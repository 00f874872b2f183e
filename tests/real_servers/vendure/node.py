"""Owns whether a real Vendure can run here, and its packages: installed once, beside the lock file, out of git.

Nothing is built and no script of a package runs. Never installs Node itself (`.ci/setup` does, where it may).
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from filelock import FileLock

FOLDER = Path(__file__).resolve().parent
OLDEST_NODE = 20
REQUIRE = "COMPTOIR_REQUIRE_REAL_SERVERS"
_INSTALL_LIMIT_S = 300.0
_INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


class NodeMissing(Exception):
    """What is missing, in a sentence for whoever runs the tests."""


def node() -> str:
    """The path of a Node that is new enough. Raises NodeMissing."""
    program = shutil.which("node")
    if program is None or shutil.which("npm") is None:
        raise NodeMissing(f"Node {OLDEST_NODE} or newer with npm is not on this machine (on Debian: nodejs and npm)")
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    version = re.match(r"v(\d+)\.", said)
    if version is None or int(version[1]) < OLDEST_NODE:
        raise NodeMissing(f"Node is too old here: {said.strip()}, {OLDEST_NODE} or newer is needed")
    return program


def install() -> None:
    """See to it that the packages of the lock file are there; at once if they are. Raises NodeMissing."""
    node()
    with FileLock(FOLDER / "node_modules.lock"):
        made_for = FOLDER / "node_modules" / ".made-for"
        wanted = _stamp()
        if made_for.exists() and made_for.read_text(encoding="utf-8") == wanted:
            return
        _npm_ci()
        made_for.write_text(wanted, encoding="utf-8")


def is_required() -> bool:
    """Whether a run without the real servers counts as failed."""
    return bool(os.environ.get(REQUIRE))


def _stamp() -> str:
    return hashlib.sha256((FOLDER / "package-lock.json").read_bytes()).hexdigest()


def _npm_ci() -> None:
    program = shutil.which("npm")
    assert program is not None  # `node` looked
    try:
        done = subprocess.run(
            [program, *_INSTALL], cwd=FOLDER, capture_output=True, text=True, timeout=_INSTALL_LIMIT_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise NodeMissing(f"npm did not end within {_INSTALL_LIMIT_S:.0f} s") from error
    if done.returncode:
        raise NodeMissing(
            f"npm could not install the packages of {FOLDER / 'package-lock.json'}:\n{done.stderr[-2000:]}"
        )
