"""Owns one process of the real Vendure: start, stop, kill, start again on the same data. Never talks to its APIs.

Its standard input is a pipe of ours: if this process dies, however, the pipe closes and the server ends by itself. What
it prints goes to a file, so that a restart in a test needs no thread.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from tests.real_servers.postgresql import holding_back_inserts
from tests.real_servers.vendure.node import FOLDER, install, node

_START_LIMIT_S = 110.0
_STOP_LIMIT_S = 15.0
_LOOK_EVERY_S = 0.02


class VendureServer:
    """A Vendure on a free loopback port, another one after each start.

    Args:
        folder: where its data (sql.js) and its output are kept.
        environ: what index.js is told: which database, whether a market of several sellers.
    """

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self._folder = folder
        self._environ = dict(environ)
        self._process: subprocess.Popen[bytes] | None = None
        self._starts = 0
        self.port = 0

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process is not None

    @property
    def database(self) -> str:
        return self._environ["VENDURE_DB"]

    def meeting_at(self, table: str, requests: int) -> contextlib.AbstractContextManager[None]:
        """Requests of this block meet where they insert into `table` (PostgreSQL: sql.js takes one after the other)."""
        if self.database != "postgres":
            return contextlib.nullcontext()
        return holding_back_inserts(self._environ, table, requests)

    def start(self) -> None:
        """Returns when its APIs answer. Raises NodeMissing, RuntimeError with what it printed."""
        install()
        self._starts += 1
        output = self._folder / f"vendure-{self._starts}.txt"
        with output.open("wb") as written:
            self._process = subprocess.Popen(
                [node(), "index.js"],
                cwd=FOLDER,
                env={**os.environ, **self._environ, "VENDURE_DB_FILE": str(self._folder / "vendure.sqljs")},
                stdin=subprocess.PIPE,
                stdout=written,
                stderr=subprocess.STDOUT,
            )
        self.port = self._port_once_ready(self._process, output)

    @staticmethod
    def _port_once_ready(process: subprocess.Popen[bytes], output: Path) -> int:
        until = time.monotonic() + _START_LIMIT_S
        while time.monotonic() < until and process.poll() is None:
            ready = re.search(r"^READY (\d+) \d+\n", output.read_text(encoding="utf-8", errors="replace"), re.M)
            if ready is not None:
                return int(ready[1])
            time.sleep(_LOOK_EVERY_S)
        process.kill()
        process.communicate()
        raise RuntimeError(f"Vendure did not start:\n{output.read_text(encoding='utf-8', errors='replace')[-4000:]}")

    def kill(self) -> None:
        """At once, in the middle of whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def stop(self) -> None:
        """In order, as by whoever runs it; killed if it does not listen."""
        if self._process is None:
            return
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(_STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None
