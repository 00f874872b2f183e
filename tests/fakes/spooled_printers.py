"""Owns stand-ins for the two systems that keep print jobs: the commands of CUPS, and the functions of the Windows
spooler. Each holds a queue in memory that behaves as the real one was seen (CUPS) or is documented (Windows) to.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from ctypes import wintypes
from typing import Literal

from app.printing.transports.cups import Ran

CupsFault = Literal["", "absent", "no_spooler", "stopped", "rejecting", "unreachable", "stalls", "aborts", "held"]


class CupsCommands:
    """`lp`, `lpstat` and `cancel` on one queue; `jobs` holds what came out of its printer."""

    def __init__(self, queue: str = "till") -> None:
        self.queue = queue
        self.fault: CupsFault = ""
        self.jobs: list[bytes] = []
        self.cancelled: list[str] = []
        self._waiting: dict[str, bytes] = {}
        self._ended: dict[str, str] = {}
        self._last = 0

    def __call__(self, command: Sequence[str], fed: bytes, limit_s: float, called_off: threading.Event) -> Ran:
        if called_off.is_set():
            return Ran(None)
        match list(command):
            case ["lpstat", "-r"]:
                running = b"scheduler is not running\n" if self.fault == "no_spooler" else b"scheduler is running\n"
                return Ran(0, running)
            case ["lpstat", "-p", queue]:
                return self._printer(queue)
            case ["lpstat", "-a", queue]:
                taking = b" not accepting" if self.fault == "rejecting" else b" accepting"
                return Ran(0, queue.encode() + taking + b" requests since Mon Nov 23 12:22:13 2026\n")
            case ["lp", "-d", _, "-o", "raw", "-t", _]:
                return self._take(fed)
            case ["lpstat", "-W", "not-completed", "-o", _]:
                return Ran(0, b"".join(_line(request) for request in self._waiting))
            case ["lpstat", "-l", "-W", which, "-o", _]:
                return Ran(0, self._details(which))
            case ["cancel", request]:
                return self._cancel(request)
        raise AssertionError(f"CUPS has no {command}")

    def _printer(self, queue: str) -> Ran:
        if self.fault in ("absent", "no_spooler"):
            return Ran(1, b"", b'lpstat: Invalid destination name in list "till".\n')
        if self.fault == "stopped":
            return Ran(0, f"printer {queue} disabled since Mon Nov 23 12:22:13 2026 -\n\tbourrage\n".encode())
        return Ran(0, f"printer {queue} is idle.  enabled since Mon Nov 23 12:22:13 2026\n".encode())

    def _take(self, job: bytes) -> Ran:
        self._last += 1
        request = f"{self.queue}-{self._last}"
        if self.fault in ("unreachable", "stalls", "held"):
            self._waiting[request] = job
        elif self.fault == "aborts":
            self._ended[request] = "aborted-by-system"
        else:
            self._ended[request] = "job-completed-successfully"
            self.jobs.append(job)
        return Ran(0, f"request id is {request} (0 file(s))\n".encode())

    def _details(self, which: str) -> bytes:
        status = {"unreachable": "The printer may not exist or is unavailable at this time."}.get(self.fault, "")
        said = b""
        for request in self._waiting if which == "not-completed" else self._ended:
            alerts = "none" if self.fault == "held" else "job-printing"
            alerts = alerts if which == "not-completed" else self._ended[request]
            lines = f"\tStatus: {status}\n" if self.fault != "held" else ""
            said += _line(request) + f"{lines}\tAlerts: {alerts}\n\tqueued for {self.queue}\n".encode()
        return said

    def _cancel(self, request: str) -> Ran:
        if self._waiting.pop(request, None) is None:
            return Ran(1, b"", b"cancel: cancel-job failed: Job is already completed - can't cancel.\n")
        self.cancelled.append(request)
        self._ended[request] = "processing-to-stop-point"
        return Ran(0)


def _line(request: str) -> bytes:
    return f"{request:<24}root              1024   Mon Nov 23 12:21:38 2026\n".encode()


WindowsFault = Literal["", "absent", "paused", "offline", "work_offline", "no_paper", "jam", "short", "stalls", "held"]


class WindowsQueue:
    """The functions of `transports.windows.Winspool` on one queue; `jobs` holds what came out of its printer."""

    def __init__(self) -> None:
        self.fault: WindowsFault = ""
        self.jobs: list[bytes] = []
        self.deleted: list[int] = []
        self.open_handles = 0
        self._written: dict[int, bytes] = {}
        self._last = 0

    def open(self, queue: str) -> wintypes.HANDLE:
        if self.fault == "absent":
            raise OSError(1801, "winspool")
        self.open_handles += 1
        return wintypes.HANDLE(1)

    def close(self, handle: wintypes.HANDLE) -> None:
        self.open_handles -= 1

    def printer(self, handle: wintypes.HANDLE) -> tuple[int, int]:
        state = {"paused": 0x1, "offline": 0x80, "no_paper": 0x10, "jam": 0x8}.get(self.fault, 0)
        return state, 0x400 if self.fault == "work_offline" else 0

    def start(self, handle: wintypes.HANDLE, title: str) -> int:
        self._last += 1
        return self._last

    def write(self, handle: wintypes.HANDLE, data: bytes) -> int:
        self._written[self._last] = data
        return len(data) - 7 if self.fault == "short" else len(data)

    def end(self, handle: wintypes.HANDLE) -> None:
        if self.fault == "":
            self.jobs.append(self._written[self._last])

    def job(self, handle: wintypes.HANDLE, number: int) -> int | None:
        return {"stalls": 0x10, "held": 0x20}.get(self.fault)

    def delete(self, handle: wintypes.HANDLE, number: int) -> None:
        self.deleted.append(number)
