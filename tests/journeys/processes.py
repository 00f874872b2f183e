"""Starts and ends the processes of a journey: marketplace, till, single commands. Kills nothing it did not start."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import requests

from app.paths import HOME_VARIABLE

ROOT = Path(__file__).resolve().parents[2]
ENDS_WITHIN_S = 60


class Child:
    """A Python process that speaks JSON lines; what it writes to standard error is kept in a file."""

    def __init__(self, arguments: list[str], home: Path, errors: Path) -> None:
        self._errors = errors
        self._error_file: IO[str] = errors.open("a", encoding="utf-8")
        self._process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**os.environ, HOME_VARIABLE: str(home), "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._error_file,
            text=True,
            encoding="utf-8",
        )

    def line(self) -> dict[str, Any] | None:
        """The next line it says; None once it has ended."""
        assert self._process.stdout is not None
        text = self._process.stdout.readline()
        return json.loads(text) if text else None

    def lines(self) -> Iterator[dict[str, Any]]:
        while (line := self.line()) is not None:
            yield line

    def tell(self, text: str = "") -> None:
        """Send it a line, the one it waits for."""
        assert self._process.stdin is not None
        self._process.stdin.write(text + "\n")
        self._process.stdin.flush()

    def freeze(self) -> None:
        """SIGSTOP: it stands still in the middle of whatever it does, its connections open."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it lives."""
        return self._process.poll()

    def kill(self) -> None:
        """`kill -9`: nothing of it runs after this returns."""
        self._process.kill()
        self.wait()

    def end(self) -> int:
        """Ask it to end (SIGTERM) and give its exit code."""
        self._process.terminate()
        return self.wait()

    def wait(self) -> int:
        code = self._process.wait(ENDS_WITHIN_S)
        self._error_file.close()
        return code

    def close(self) -> None:
        """Whatever happened: no process and no pipe is left."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait(ENDS_WITHIN_S)
        for stream in (self._process.stdin, self._process.stdout, self._error_file):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):  # it was killed with a line on the way to it
                    stream.close()

    def killed_itself(self) -> bool:
        return self._process.returncode == -signal.SIGKILL

    def complaints(self) -> str:
        """What it wrote to standard error so far."""
        return self._errors.read_text(encoding="utf-8")


class MarketplaceProcess:
    """The marketplace, killed and started again on the same port and the same database."""

    def __init__(
        self,
        folder: Path,
        catalogue: Path,
        store_url: str = "",
        program: Sequence[str] = ("-m", "tests.journeys.marketplace_process"),
    ) -> None:
        """Args: store_url: another database than a new SQLite file; program: what Python runs."""
        self.database = folder / "marketplace.sqlite3"
        self._command = [*program, "--store", store_url or f"sqlite:///{self.database}"]
        self._folder = folder
        self._child: Child | None = None
        self._port = 0
        self._admin_token = ""
        self._session = requests.Session()
        self.shop: dict[str, Any] = {}
        self._start(["--catalogue", str(catalogue)])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def port(self) -> int:
        return self._port

    @property
    def admin_token(self) -> str:
        return self._admin_token

    @property
    def runs(self) -> bool:
        return self._child is not None

    def start_again(self) -> None:
        self._start([])

    def _start(self, more: list[str]) -> None:
        self._child = Child(
            [*self._command, "--port", str(self._port), *more],
            self._folder / "marketplace-home",
            self._folder / "market.err",
        )
        for line in self._child.lines():
            self.shop = line.get("shop", self.shop)
            said = line.get("said", "")
            if said.startswith("http"):
                self._port = int(said.rstrip("/").rsplit(":", 1)[1])
            elif said:
                self._admin_token = said.rsplit(" ", 1)[1]
                return
        raise AssertionError(f"the marketplace did not start: {self._child.complaints()}")

    def kill(self) -> None:
        assert self._child is not None
        self._child.kill()
        self._child.close()
        self._child = None

    def freeze(self) -> None:
        assert self._child is not None
        self._child.freeze()

    def thaw(self) -> None:
        assert self._child is not None
        self._child.thaw()

    def admin(self, method: str, path: str, **json_body: Any) -> dict[str, Any]:
        answer = self._session.request(
            method,
            self.url + path,
            json=json_body or None,
            headers={"Authorization": f"Bearer {self._admin_token}"},
            timeout=30,
        )
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return dict(answer.json()) if answer.content else {}

    def fault(self, mode: str, share: float = 1.0, count: int | None = None) -> None:
        self.admin("PUT", "/admin/faults", mode=mode, share=share, count=count, delay_s=0.05)

    def complaints(self) -> str:
        path = self._folder / "market.err"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def close(self) -> None:
        self._session.close()
        if self._child is not None:
            self._child.end()
            self._child.close()


def command(*arguments: str, home: Path, limit_s: float = ENDS_WITHIN_S) -> tuple[int, dict[str, Any]]:
    """Run `comptoir ... --json`; its exit code and the one object it answered."""
    done = subprocess.run(
        [sys.executable, "-m", "app", *arguments, "--json"],
        cwd=ROOT,
        env={**os.environ, HOME_VARIABLE: str(home)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=limit_s,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, json.loads(done.stdout)
