"""Owns a printer that is a file: a device (`/dev/usb/lp0`), a pipe, or a plain file that jobs are added to.

A device is asked and answers as one on the network does, where it lets itself be read. One that never did is believed
when it has taken every byte: a USB printer that is off line or without power takes none, or is not there. What the
kernel knows of a USB or parallel printer (no paper, off line) is asked before anything is sent.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import stat
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from app.printing.printer import PrinterState, PrinterStatus
from app.printing.transports.talk import CalledOffError, Limits, Talk, named
from app.usecases.ports import PrinterUnavailable

_SLICE_S = 0.05
_MOST_OLD_READS = 16

_BEGINNINGS = (b"", b"\x1b", b"\x1c", b"\x1d", b"\x10")
"""Of what printers are sent: ESC, FS, GS, DLE. No text, picture or database begins so."""

_LPGETSTATUS = 0x060B
"""The kernel's question to a USB or parallel printer: the state of its status lines."""
_LINE_PAPER_OUT, _LINE_SELECTED, _LINE_NO_ERROR = 0x20, 0x10, 0x08
_LINES_KNOWN = _LINE_PAPER_OUT | _LINE_SELECTED | _LINE_NO_ERROR


class _FileWire:
    """An open device whose every wait has an end and can be called off.

    Attributes:
        readable: False once it turned out that nothing can be read from it.
        written: bytes it took so far.
    """

    def __init__(self, handle: int, called_off: threading.Event, now_s: Callable[[], float], *, readable: bool) -> None:
        self._handle = handle
        self._called_off = called_off
        self._now_s = now_s
        self.readable = readable
        self.written = 0

    def write(self, data: bytes, limit_s: float) -> None:
        rest, deadline = memoryview(data), self._now_s() + limit_s
        while rest:
            try:
                taken = os.write(self._handle, rest)
            except BlockingIOError:
                self._wait(deadline)
            else:
                self.written += taken
                rest = rest[taken:]

    def drain(self, limit_s: float) -> None:
        """Wait until it could take more: the kernel takes the last part of a job before the printer does.

        Raises TimeoutError, CalledOffError.
        """
        deadline = self._now_s() + limit_s
        while not select.select([], [self._handle], [], 0)[1]:
            self._wait(deadline)

    def forget_old(self) -> None:
        """Throw away what came before anything was asked, within reason. Raises OSError."""
        for _ in range(_MOST_OLD_READS):
            if not self.readable or not select.select([self._handle], [], [], 0)[0] or not self._came(4096):
                return

    def read(self, most: int, limit_s: float) -> bytes:
        deadline = self._now_s() + limit_s
        while self.readable and not self._called_off.is_set():
            left_s = deadline - self._now_s()
            if left_s <= 0:
                return b""
            if select.select([self._handle], [], [], min(left_s, _SLICE_S))[0]:
                came = self._came(most)
                if came is not None:
                    return came
        if self._called_off.is_set():
            raise CalledOffError
        return b""

    def _came(self, most: int) -> bytes | None:
        """None if there is nothing yet."""
        try:
            came = os.read(self._handle, most)
        except BlockingIOError:
            return None
        except OSError as error:
            if error.errno in _NO_DEVICE or error.errno == errno.EIO:
                raise
            came = b""  # it only takes
        self.readable = bool(came)
        return came

    def _wait(self, deadline: float) -> None:
        if self._called_off.is_set():
            raise CalledOffError
        if self._now_s() >= deadline:
            raise TimeoutError("the device takes no data")
        select.select([], [self._handle], [], _SLICE_S)


class FileTransport:
    """Implements `printer.Transport`.

    Attributes:
        live: True for a device, plugged in or not: what is written to it acts now.
    """

    def __init__(self, path: str, limits: Limits | None = None, now_s: Callable[[], float] = time.monotonic) -> None:
        self._path = Path(path)
        self._limits = limits or Limits()
        self._now_s = now_s
        self._called_off = threading.Event()
        self._was_device = False
        self._was_device = self.live
        self._has_answered = False
        self._answers_fences = False
        self._in_doubt = False

    @property
    def live(self) -> bool:
        try:
            return stat.S_ISCHR(self._path.stat().st_mode)
        except OSError:
            return self._is_device()

    def send(self, job: bytes) -> None:
        with self._opened() as wire:
            talk = Talk(wire, self._limits, self._now_s)
            status = self._asked(talk, wire)
            if status.state not in (PrinterState.READY, PrinterState.SILENT):
                raise PrinterUnavailable(status.reason or status.state.value)
            before = wire.written
            try:
                done = self._sent(talk, wire, job, answering=status.state is PrinterState.READY)
            except (OSError, CalledOffError) as error:
                started = wire.written > before
                self._in_doubt = started and self._answers_fences
                raise PrinterUnavailable("unknown" if started else _reason(error), named(error)) from error
            if not done:
                self._in_doubt = self._answers_fences
                raise PrinterUnavailable("unknown", "no answer that the job is done")

    def _sent(self, talk: Talk, wire: _FileWire, job: bytes, *, answering: bool) -> bool:
        """Whether there is reason to believe that it was all worked through. Raises as the wire does."""
        if answering:
            answered, sound = talk.send(job, silent=False)
            self._answers_fences = self._answers_fences or answered
            return answered and sound
        wire.write(job, self._limits.send_s)
        if self.live:
            wire.drain(self._limits.drain_s)
        return True

    def status(self) -> PrinterStatus:
        if not self.live:
            there = self._path.parent.is_dir()
            return PrinterStatus(PrinterState.SILENT) if there else PrinterStatus(PrinterState.UNREACHABLE, "absent")
        try:
            with self._opened() as wire:
                return self._asked(Talk(wire, self._limits, self._now_s), wire)
        except PrinterUnavailable as error:
            return PrinterStatus(PrinterState.UNREACHABLE, error.reason)

    def abort(self) -> None:
        self._called_off.set()

    def _asked(self, talk: Talk, wire: _FileWire) -> PrinterStatus:
        """Raises PrinterUnavailable."""
        if not wire.readable:
            return PrinterStatus(PrinterState.SILENT)
        try:
            wire.forget_old()
            status = talk.status()
            silent = status.state is PrinterState.SILENT
            if (silent and self._has_answered) or (self._in_doubt and not silent and not talk.caught_up()):
                raise PrinterUnavailable("timeout", "it answered before, and does not now")
        except (OSError, CalledOffError) as error:
            raise PrinterUnavailable(_reason(error), named(error)) from error
        self._has_answered = not silent
        self._in_doubt = False
        return status

    @contextlib.contextmanager
    def _opened(self) -> Iterator[_FileWire]:
        """Raises PrinterUnavailable."""
        try:
            handle, readable = self._open()
        except OSError as error:
            raise PrinterUnavailable(_reason(error), named(error)) from error
        try:
            told = _told_by_kernel(handle) if readable else None
            if told is not None:
                raise PrinterUnavailable(told.value)
            yield _FileWire(handle, self._called_off, self._now_s, readable=readable)
        finally:
            os.close(handle)

    def _open(self) -> tuple[int, bool]:
        """The open file, and whether it may answer. Raises OSError."""
        flags = os.O_APPEND | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOCTTY", 0)
        if self.live:
            with contextlib.suppress(PermissionError):  # it may only be written to
                return os.open(self._path, flags | os.O_RDWR), True
        # a device must be there; a plain file is made when its folder is there
        made = 0 if self._is_device() else os.O_CREAT
        if self._is_somebody_elses():
            raise PermissionError(errno.EACCES, "it holds something else than papers", str(self._path))
        return os.open(self._path, flags | os.O_WRONLY | made, 0o600), False

    def _is_somebody_elses(self) -> bool:
        """Whether it is a plain file with something else in it than what printers are sent: a profile from elsewhere,
        or a slip in a name, must not add papers to a letter or to the till's own data. Raises OSError."""
        if not self._path.is_file():
            return False
        with self._path.open("rb") as file:
            return file.read(1) not in _BEGINNINGS

    def _is_device(self) -> bool:
        """Whether it is, or would be if it was plugged in, something else than a plain file."""
        if self._path.exists():
            self._was_device = not self._path.is_file()
            return self._was_device
        return self._was_device or self._path.resolve().parts[:2] == ("/", "dev")


def _told_by_kernel(handle: int) -> PrinterState | None:
    """What the kernel says is wrong with a USB or parallel printer; None if nothing is, or it does not know."""
    try:
        import fcntl  # there is none on Windows

        answer = bytearray(4)
        fcntl.ioctl(handle, _LPGETSTATUS, answer)
    except (ImportError, OSError):
        return None
    lines = answer[0]
    if lines == 0 or lines & ~_LINES_KNOWN:
        return None  # cheap ones answer anything
    if lines & _LINE_PAPER_OUT:
        return PrinterState.PAPER_OUT
    return None if lines & _LINE_SELECTED else PrinterState.OFFLINE


def _reason(error: Exception) -> str:
    """Of what failed before a byte of the job was taken."""
    if isinstance(error, TimeoutError | CalledOffError):
        return "timeout"
    missing = isinstance(error, OSError) and error.errno in _NO_DEVICE
    missing = missing or isinstance(error, FileNotFoundError | NotADirectoryError)
    return "absent" if missing else "refused" if isinstance(error, PermissionError) or _is_taken(error) else "io"


def _is_taken(error: Exception) -> bool:
    return isinstance(error, OSError) and error.errno == errno.EBUSY


_NO_DEVICE = frozenset({errno.ENXIO, errno.ENODEV})
"""ENXIO: nobody reads the pipe, or the device is switched off. ENODEV: it was unplugged."""
