"""Owns one process of emupos, an ESC/POS interpreter by somebody else: printers on free ports, what came out of them,
their faults. Knows nothing of Comptoir's printing.

It runs in its own environment (`.emulator`, made by `.ci/emulator`): it needs a newer Python than Comptoir does.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from PIL import Image

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PROGRAM = ROOT / ".emulator" / "bin" / "python"
REQUIRE = "COMPTOIR_REQUIRE_EMULATOR"

EPSON = "epson-tm-t20iii"
XPRINTER = str(HERE / "profiles" / "xprinter-xp80t-latin.yaml")
RONGTA = str(HERE / "profiles" / "rongta-rp326-latin.yaml")
SMALL = str(HERE / "profiles" / "pos-58mm.yaml")

Fault = Literal["paper-near-end", "paper-out", "cover-open", "offline"]

UNKNOWN_COMMAND = "printer.command.unknown"
UNSUPPORTED_PAGE = "printer.codepage.unsupported"
_INSTALL_LIMIT_S = 400.0
_START_LIMIT_S = 60.0
_STOP_LIMIT_S = 15.0
_LOOK_EVERY_S = 0.02
_STARTS = 3


class EmulatorMissing(Exception):
    """Why there is no emulator here, in a sentence for whoever runs the tests."""


def is_required() -> bool:
    """Whether a run without the emulator counts as failed."""
    return bool(os.environ.get(REQUIRE))


def install() -> None:
    """See to it that `.emulator` is there; at once if it is. Raises EmulatorMissing."""
    try:
        made = subprocess.run(
            [str(ROOT / ".ci" / "emulator")], capture_output=True, text=True, timeout=_INSTALL_LIMIT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EmulatorMissing(f"{type(error).__name__}: {error}") from error
    if made.returncode:
        raise EmulatorMissing(made.stderr.strip()[-2000:])


@dataclass(frozen=True, slots=True)
class Wanted:
    """A printer to set up.

    Attributes:
        name: lower-case letters, figures and dashes.
        profile: EPSON, XPRINTER, RONGTA, SMALL, another built-in name or the path of a profile file.
        line: `tcp` on a free port, or `serial`, a pseudo terminal.
        idle_ms: a job without a cut ends after that long without a byte (or when the connection is closed).
    """

    name: str
    profile: str = EPSON
    line: Literal["tcp", "serial"] = "tcp"
    idle_ms: int = 400


@dataclass(frozen=True, slots=True)
class Receipt:
    """A paper that came out: its text as the printer would show it, and its picture.

    Attributes:
        boundary: what ended it: `cut`, `connection-closed` or `idle-timeout`.
    """

    receipt_id: str
    text: str
    boundary: str
    picture_file: Path

    @property
    def picture(self) -> Image.Image:
        with Image.open(self.picture_file) as picture:
            return picture.convert("L")


class Emulator:
    """The printers of one process.

    Args:
        folder: for its configuration, its papers and its log.
        wanted: the printers.
    """

    def __init__(self, folder: Path, wanted: Sequence[Wanted]) -> None:
        self._folder = folder
        self._wanted = tuple(wanted)
        self._process: subprocess.Popen[bytes] | None = None
        self._api_port = 0
        self.ports: dict[str, int] = {}

    def start(self) -> None:
        """Returns once every printer can be reached. Raises RuntimeError with what it printed."""
        for last in [False] * (_STARTS - 1) + [True]:
            self._choose_ports()
            try:
                self._start()
            except RuntimeError:
                if last:  # before that: a port may have been taken between looking and using
                    raise
            else:
                return

    def stop(self) -> None:
        """In order; killed if it does not listen."""
        if self._process is None:
            return
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(_STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def kill(self) -> None:
        """As by a power cut: every connection is reset, what was not printed yet is lost."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def start_again(self) -> None:
        """After `stop` or `kill`, on the same ports, with the papers that came out before."""
        self._start()

    def port(self, name: str) -> int:
        """Of a printer on TCP, on 127.0.0.1."""
        return self.ports[name]

    def device(self, name: str) -> str:
        """The device file of a printer on a serial line."""
        endpoints = self._asked("GET", f"devices/{name}")["connections"]
        return str(endpoints[0]["device_path"])

    def print_raw(self, name: str, *jobs: bytes) -> None:
        """Send jobs over one connection and wait until the last byte was worked through."""
        with socket.create_connection(("127.0.0.1", self.ports[name]), timeout=30) as connection:
            for job in jobs:
                connection.sendall(job)
            connection.sendall(b"\x1dr\x01")
            assert connection.recv(1), "the emulator closed the connection"

    def receipts(self, name: str) -> list[Receipt]:
        """Every paper that came out of a printer, oldest first."""
        found = [(json.loads(file.read_text("utf-8")), file) for file in self._papers(name).glob(f"{name}-*.json")]
        found.sort(key=lambda each: (each[1].stat().st_mtime_ns, each[0]["completed_at"]))
        return [
            Receipt(meta["id"], file.with_suffix(".txt").read_text("utf-8"), meta["boundary"], file.with_suffix(".png"))
            for meta, file in found
        ]

    def wait_for_receipts(self, name: str, count: int, limit_s: float = 60.0) -> list[Receipt]:
        """Its papers once there are that many. Raises AssertionError after the limit."""
        self.wait_until(lambda: self._count(name) >= count, limit_s)
        return self.receipts(name)

    def wait_until(self, condition: Callable[[], bool], limit_s: float = 60.0) -> None:
        """Raises AssertionError with the log if it does not come true."""
        until = time.monotonic() + limit_s
        while not condition():
            assert time.monotonic() < until, self.log()[-4000:]
            time.sleep(_LOOK_EVERY_S)

    def fault(self, name: str, fault: Fault) -> None:
        self._asked("PUT", f"devices/{name}/faults/{fault}")

    def mend(self, name: str, fault: Fault) -> None:
        self._asked("DELETE", f"devices/{name}/faults/{fault}")

    def drawer_is_open(self, name: str) -> bool:
        return bool(self._asked("GET", f"devices/{name}")["state"]["drawer"] == "open")

    def close_drawer(self, name: str) -> None:
        self._asked("POST", f"devices/{name}/drawer/close")

    def log(self) -> str:
        """What it told of every event, a line each: time, printer, kind, what."""
        file = self._folder / "log.txt"
        return file.read_text("utf-8", errors="replace") if file.exists() else ""

    def events(self, kind: str, name: str | None = None) -> list[str]:
        """Log lines of a kind (`drawer.opened`, UNKNOWN_COMMAND ...), of one printer or of all."""
        lines = [line for line in self.log().splitlines() if f" {kind} " in f"{line} "]
        return [line for line in lines if name is None or re.search(rf"\s{re.escape(name)}\s", line)]

    def complaints(self) -> list[str]:
        """Each command no printer understood and each code page none had."""
        return self.events(UNKNOWN_COMMAND) + self.events(UNSUPPORTED_PAGE)

    def _papers(self, name: str) -> Path:
        return self._folder / "papers" / name

    def _count(self, name: str) -> int:
        return sum(1 for _ in self._papers(name).glob(f"{name}-*.json"))

    def _choose_ports(self) -> None:
        names = [each.name for each in self._wanted if each.line == "tcp"]
        listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(len(names) + 1)]
        numbers = [listener.getsockname()[1] for listener in listeners]
        for listener in listeners:
            listener.close()
        self._api_port, self.ports = numbers[0], dict(zip(names, numbers[1:], strict=True))

    def _start(self) -> None:
        config = self._folder / "emupos.yaml"
        config.write_text(json.dumps(self._configuration()), encoding="utf-8")  # each JSON text is a YAML text
        with (self._folder / "log.txt").open("ab") as log:
            # a private TMPDIR: emupos publishes its pseudo terminals there
            self._process = subprocess.Popen(
                [str(PROGRAM), str(HERE / "until_closed.py"), str(config)],
                env={**os.environ, "TMPDIR": str(self._folder), "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"},
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        until = time.monotonic() + _START_LIMIT_S
        while time.monotonic() < until and self._process.poll() is None:
            try:
                self._asked("GET", "health")
            except OSError:
                time.sleep(_LOOK_EVERY_S)
            else:
                return
        self.kill()
        raise RuntimeError(f"emupos did not start:\n{self.log()[-4000:]}")

    def _configuration(self) -> dict[str, Any]:
        devices = [
            {
                "id": each.name,
                "type": "printer",
                "profile": each.profile,
                "connections": [
                    {"tcp": {"port": self.ports[each.name]}} if each.line == "tcp" else {"serial": {"pty": True}}
                ],
                "job_idle_timeout_ms": each.idle_ms,
                "receipts_dir": str(self._papers(each.name)),
            }
            for each in self._wanted
        ]
        return {"schema": 1, "api": {"host": "127.0.0.1", "port": self._api_port}, "devices": devices}

    def _asked(self, method: str, path: str) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self._api_port, timeout=30)
        try:
            connection.request(method, f"/api/v1/{path}")
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        assert answer.status < 300, f"{method} {path}: {answer.status} {body!r}"
        return json.loads(body) if body else None
