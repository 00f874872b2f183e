"""Owns a printer behind a queue of CUPS, driven by its own commands `lp`, `lpstat` and `cancel`.

A spooler says "taken", not "printed", and prints what it holds whenever the printer comes back, with nobody there. So a
job is watched until it has left the queue, and is cancelled if it does not within a minute; it counts as surely not on
paper only if CUPS never reached the printer. Nothing that must happen now (a drawer) goes this way.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.printing.printer import PrinterState, PrinterStatus
from app.usecases.ports import PrinterUnavailable

SPOOL_LIMIT_S = 60.0
"""A paper that comes out later than this comes out for nobody."""

_COMMAND_LIMIT_S = 5.0
_LOOK_EVERY_S = 0.3
_SLICE_S = 0.05

_TAKEN = re.compile(rb"request id is (\S+-\d+) ")
_NEVER_REACHED = (
    "may not exist or is unavailable",
    "Unable to locate printer",
    "The printer is in use",
    "Waiting for printer to become available",
    "The printer is not responding",
)
"""What CUPS's backends say (in English, as they are asked to) while not a byte has reached the printer."""
_UNFINISHED = ("aborted", "job-canceled")


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command said. `code` is None if it was ended because its time was up, or waiting was called off."""

    code: int | None
    output: bytes = b""
    errors: bytes = b""


class Run(Protocol):
    """Runs one command. Raises FileNotFoundError if there is no such command."""

    def __call__(self, command: Sequence[str], fed: bytes, limit_s: float, called_off: threading.Event) -> Ran: ...


def run_command(command: Sequence[str], fed: bytes, limit_s: float, called_off: threading.Event) -> Ran:
    """Run a command of this computer; it is ended after `limit_s`, or soon after `called_off` is set."""
    program = shutil.which(command[0])
    if program is None:
        raise FileNotFoundError(command[0])
    deadline = time.monotonic() + limit_s
    pipe = subprocess.PIPE
    environment = {**os.environ, "LC_ALL": "C"}  # CUPS answers in the person's language otherwise
    with (
        subprocess.Popen(  # noqa: S603  # our own command line, no shell
            [program, *command[1:]], stdin=pipe, stdout=pipe, stderr=pipe, env=environment
        ) as process
    ):
        waiting: bytes | None = fed
        while True:
            try:
                output, errors = process.communicate(waiting, _SLICE_S)
                return Ran(process.returncode, output, errors)
            except subprocess.TimeoutExpired:
                waiting = None  # communicate goes on with what it has
            if called_off.is_set() or time.monotonic() >= deadline:
                process.kill()
                process.communicate()
                return Ran(None)


@dataclass(frozen=True, slots=True)
class _JobInQueue:
    """What `lpstat` tells of a job: the backend's sentence, and the job's state reasons."""

    status: str
    alerts: str


class CupsTransport:
    """Implements `printer.Transport`."""

    live = False

    def __init__(
        self,
        queue: str,
        run: Run = run_command,
        spool_limit_s: float = SPOOL_LIMIT_S,
        look_every_s: float = _LOOK_EVERY_S,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._queue = queue
        self._run = run
        self._spool_limit_s = spool_limit_s
        self._look_every_s = look_every_s
        self._now_s = now_s
        self._called_off = threading.Event()

    def send(self, job: bytes) -> None:
        wrong = self._wrong()
        if wrong:
            raise PrinterUnavailable(wrong)
        request = self._handed_over(job)
        if not self._gone_in_time(request):
            self._take_back(request)
        ended = self._job(request, "completed")
        if ended is not None and any(word in ended.alerts for word in _UNFINISHED):
            raise PrinterUnavailable("unknown", f"{request}: {ended.alerts}")

    def status(self) -> PrinterStatus:
        """Of the queue; of the printer behind it a spooler knows nothing."""
        wrong = self._wrong()
        return PrinterStatus(PrinterState.UNREACHABLE, wrong) if wrong else PrinterStatus(PrinterState.SILENT)

    def abort(self) -> None:
        self._called_off.set()

    def _wrong(self) -> str:
        """Why the queue takes nothing now; "" if it does."""
        if self._called_off.is_set():
            return "timeout"
        if self._queue.startswith("-"):
            return "absent"
        printer = self._said(["lpstat", "-p", self._queue])
        if printer is None or (printer.code != 0 and not self._is_running()):
            return "no_spooler"
        if printer.code is None:
            return "timeout"
        if printer.code != 0:
            return "absent"
        taking = self._said(["lpstat", "-a", self._queue])
        stopped = b" disabled since " in printer.output
        return "queue_stopped" if stopped or taking is None or b" not accepting " in taking.output else ""

    def _is_running(self) -> bool:
        said = self._said(["lpstat", "-r"])
        return said is not None and b"is running" in said.output

    def _handed_over(self, job: bytes) -> str:
        """The number of the job in the queue. Raises PrinterUnavailable."""
        said = self._said(["lp", "-d", self._queue, "-o", "raw", "-t", "Comptoir"], job)
        if said is None:
            raise PrinterUnavailable("no_spooler")
        if said.code is None:
            raise PrinterUnavailable("unknown", "lp did not end")
        if said.code != 0:
            raise PrinterUnavailable("io", said.errors.decode(errors="replace").strip())
        taken = _TAKEN.search(said.output)
        if taken is None:
            raise PrinterUnavailable("unknown", "lp named no job")
        return taken[1].decode(errors="replace")

    def _gone_in_time(self, request: str) -> bool:
        deadline = self._now_s() + self._spool_limit_s
        while self._is_waiting(request):
            if self._now_s() >= deadline or self._called_off.wait(self._look_every_s):
                return False
        return True

    def _is_waiting(self, request: str) -> bool:
        """Whether it is in the queue; a queue that does not answer still has it."""
        said = self._said(["lpstat", "-W", "not-completed", "-o", self._queue])
        if said is None or said.code != 0:
            return True
        return any(line.split(b" ")[0] == request.encode() for line in said.output.splitlines())

    def _take_back(self, request: str) -> None:
        """Cancel it. Returns if it was done meanwhile; else raises PrinterUnavailable."""
        before = self._job(request, "not-completed")
        cancelled = self._said(["cancel", request], at_any_time=True)
        if cancelled is None or cancelled.code != 0:
            if before is None and not self._is_waiting(request):
                return
            raise PrinterUnavailable("unknown", f"{request} could not be cancelled")
        after = self._job(request, "completed") or before
        if before is None or after is None:
            raise PrinterUnavailable("unknown", f"{request} cannot be looked at")
        if any(words in after.status for words in _NEVER_REACHED):
            raise PrinterUnavailable("absent", after.status)
        if "job-printing" not in before.alerts and not before.status and not after.status:
            raise PrinterUnavailable("queue_stopped", f"{request} never left the queue")
        raise PrinterUnavailable("unknown", f"{request}: {after.status}")

    def _job(self, request: str, which: str) -> _JobInQueue | None:
        said = self._said(["lpstat", "-l", "-W", which, "-o", self._queue], at_any_time=True)
        if said is None or said.code != 0:
            return None
        found, status, alerts = False, "", ""
        for line in said.output.decode(errors="replace").splitlines():
            if not line.startswith(("\t", " ")):
                found = line.split(" ")[0] == request
            elif found and line.strip().startswith("Status:"):
                status = line.split(":", 1)[1].strip()
            elif found and line.strip().startswith("Alerts:"):
                alerts = line.split(":", 1)[1].strip()
                return _JobInQueue(status, alerts)
        return None

    def _said(self, command: Sequence[str], fed: bytes = b"", *, at_any_time: bool = False) -> Ran | None:
        """What the command said; None if this computer has no such command.

        Args: at_any_time: go on although waiting was called off: what has begun must be taken back.
        """
        called_off = threading.Event() if at_any_time else self._called_off
        with contextlib.suppress(FileNotFoundError):
            return self._run(command, fed, _COMMAND_LIMIT_S, called_off)
        return None
