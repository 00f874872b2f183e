"""Owns how the bytes of a job reach a device: a raw TCP port or a file. Never knows what they say, never repeats them.

A printer's TCP port, one job:

    connect (2 s) -> DLE EOT 1, 2, 4 -> out of paper, open, off line: refused before a byte of the job is sent
                  -> the job (10 s)  -> GS r 1, executed in order, so that its answer means "all of it was worked
                  through" -> half-close, read until the other side closes (2 s), close

`close()` with an unread answer would reset the connection and cut the paper off in the middle, hence the reading. Once
a byte of the job has left, every failure is `unknown`: no one can say from here what is on paper. A printer that
answers no question at all (many clones) is believed when it closes the connection after our half-close, having read
everything.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import socket
import stat
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.printing.printer import PrinterState, PrinterStatus
from app.usecases.ports import PrinterUnavailable

_SLICE_S = 0.05
"""How often a wait looks whether it has been called off."""

_ASK = b"\x10\x04"
_ASK_PRINTER, _ASK_OFFLINE_CAUSE, _ASK_PAPER = 1, 2, 4
_FENCE = b"\x1dr\x01"

_MARK = 0b1001_0011
"""Fixed bits of the first byte of an answer: they tell the answers apart."""
_MARK_REAL_TIME = 0b0001_0010
_MARK_AUTOMATIC = 0b0001_0000
_AUTOMATIC_LENGTH = 4

_DRAWER_SIGNAL = 0x04
_OFFLINE = 0x08
_COVER_OPEN = 0x04
_PAPER_STOP = 0x20
_PAPER_LOW = 0x0C
_PAPER_OUT = 0x60


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a printer may take, in seconds. Tests use shorter ones."""

    connect_s: float = 2.0
    answer_s: float = 1.0
    send_s: float = 10.0
    fence_s: float = 10.0
    silent_fence_s: float = 1.0
    drain_s: float = 2.0


class _CalledOffError(Exception):
    """`abort` was called."""


class _Wire:
    """One connection whose every wait has an end and can be called off."""

    def __init__(self, connection: socket.socket, called_off: threading.Event, now_s: Callable[[], float]) -> None:
        self._connection = connection
        self._called_off = called_off
        self._now_s = now_s
        self._automatic_left = 0
        connection.setblocking(False)

    def connect(self, address: tuple[object, ...], limit_s: float) -> None:
        """Raises OSError, TimeoutError."""
        error = self._connection.connect_ex(address)
        if error and error not in _IN_PROGRESS:
            raise OSError(error, os.strerror(error))
        if not self._ready(self._now_s() + limit_s, to_write=True):
            raise TimeoutError
        error = self._connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error:
            raise OSError(error, os.strerror(error))
        self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def write(self, data: bytes, limit_s: float) -> None:
        """Raises OSError, TimeoutError."""
        deadline = self._now_s() + limit_s
        rest = memoryview(data)
        while rest:
            if not self._ready(deadline, to_write=True):
                raise TimeoutError
            with contextlib.suppress(BlockingIOError):
                rest = rest[self._connection.send(rest) :]

    def answer(self, limit_s: float, wanted: Callable[[int], bool]) -> int | None:
        """The next byte that `wanted` takes, reports nobody asked for (ASB) and rubbish left out; None if there is none
        in time.

        Raises ConnectionError if the other side is gone, OSError.
        """
        deadline = self._now_s() + limit_s
        while self._ready(deadline, to_write=False):
            byte = self._read(1)
            if not byte:
                raise ConnectionResetError("closed by the printer")
            if self._automatic_left:
                self._automatic_left -= 1
            elif byte[0] & _MARK == _MARK_AUTOMATIC:
                self._automatic_left = _AUTOMATIC_LENGTH - 1
            elif wanted(byte[0]):
                return byte[0]
        return None

    def finish(self, limit_s: float) -> bool:
        """Half-close and read until the other side closes; whether it did in time."""
        deadline = self._now_s() + limit_s
        self._connection.shutdown(socket.SHUT_WR)
        while self._ready(deadline, to_write=False):
            if not self._read(4096):
                return True
        return False

    def _read(self, size: int) -> bytes:
        try:
            return self._connection.recv(size)
        except BlockingIOError:  # woken for nothing
            return self._read(size) if self._ready(self._now_s() + _SLICE_S, to_write=False) else b""

    def _ready(self, deadline: float, *, to_write: bool) -> bool:
        while not self._called_off.is_set():
            left = deadline - self._now_s()
            slice_s = max(0.0, min(left, _SLICE_S))
            reading, writing = ([], [self._connection]) if to_write else ([self._connection], [])
            can_read, can_write, failed = select.select(reading, writing, writing, slice_s)
            if can_read or can_write or failed:
                return True
            if left <= 0:
                return False
        raise _CalledOffError


_IN_PROGRESS = frozenset({errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EAGAIN, errno.EALREADY})
"""A connection that is being made; the wait for it says how it went."""


class NetworkTransport:
    """A printer's raw TCP port (9100). One connection for each job: most printers serve one client at a time."""

    live = True

    def __init__(
        self, host: str, port: int, limits: Limits | None = None, now_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._host = host
        self._port = port
        self._limits = limits or Limits()
        self._now_s = now_s
        self._called_off = threading.Event()

    def send(self, job: bytes) -> None:
        with contextlib.ExitStack() as stack:
            wire = self._connected(stack)
            status = self._asked(wire)
            if status.state not in (PrinterState.READY, PrinterState.SILENT):
                raise PrinterUnavailable(status.reason or status.state.value)
            try:
                done = self._sent(wire, job, silent=status.state is PrinterState.SILENT)
            except (OSError, _CalledOffError) as error:
                raise PrinterUnavailable("unknown", _named(error)) from error
            if not done:
                raise PrinterUnavailable("unknown", "no answer that the job is done")

    def status(self) -> PrinterStatus:
        with contextlib.ExitStack() as stack:
            try:
                wire = self._connected(stack)
                status = self._asked(wire)
                self._closed(wire)
            except PrinterUnavailable as error:
                return PrinterStatus(PrinterState.UNREACHABLE, error.reason)
            except (OSError, _CalledOffError):
                return PrinterStatus(PrinterState.UNREACHABLE, "io")
        return status

    def abort(self) -> None:
        self._called_off.set()

    def _connected(self, stack: contextlib.ExitStack) -> _Wire:
        try:
            family, kind, protocol, _, address = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)[0]
            connection = stack.enter_context(socket.socket(family, kind, protocol))
            wire = _Wire(connection, self._called_off, self._now_s)
            wire.connect(address, self._limits.connect_s)
        except ConnectionRefusedError as error:
            raise PrinterUnavailable("refused", _named(error)) from error
        except _CalledOffError as error:
            raise PrinterUnavailable("timeout", "called off") from error
        except OSError as error:
            raise PrinterUnavailable("absent", _named(error)) from error
        return wire

    def _asked(self, wire: _Wire) -> PrinterStatus:
        try:
            return self._answers(wire)
        except _CalledOffError as error:
            raise PrinterUnavailable("timeout", "called off") from error
        except TimeoutError as error:
            raise PrinterUnavailable("timeout", _named(error)) from error
        except OSError as error:
            raise PrinterUnavailable("io", _named(error)) from error

    def _answers(self, wire: _Wire) -> PrinterStatus:
        answers: dict[int, int] = {}
        for question in (_ASK_PRINTER, _ASK_OFFLINE_CAUSE, _ASK_PAPER):
            wire.write(_ASK + bytes([question]), self._limits.answer_s)
            answer = wire.answer(self._limits.answer_s, _is_real_time_answer)
            if answer is None:
                return PrinterStatus(PrinterState.SILENT) if not answers else _judged(answers)
            answers[question] = answer
        return _judged(answers)

    def _sent(self, wire: _Wire, job: bytes, *, silent: bool) -> bool:
        """Send the job; whether there is reason to believe that all of it was worked through."""
        wire.write(job + _FENCE, self._limits.send_s)
        fence_s = self._limits.silent_fence_s if silent else self._limits.fence_s
        answered = wire.answer(fence_s, _is_fence_answer) is not None
        sound = answered or silent or self._answers(wire).state is PrinterState.READY
        return (self._closed(wire) or answered) and sound

    def _closed(self, wire: _Wire) -> bool:
        """Whether the other side closed after us; a reset at this point says nothing about the paper."""
        try:
            return wire.finish(self._limits.drain_s)
        except OSError:
            return False


def _judged(answers: dict[int, int]) -> PrinterStatus:
    printer = answers.get(_ASK_PRINTER, 0)
    cause = answers.get(_ASK_OFFLINE_CAUSE, 0)
    paper = answers.get(_ASK_PAPER, 0)
    return PrinterStatus(
        _state(printer, cause, paper),
        paper_low=bool(paper & _PAPER_LOW),
        drawer_signal=bool(printer & _DRAWER_SIGNAL) if _ASK_PRINTER in answers else None,
    )


def _state(printer: int, cause: int, paper: int) -> PrinterState:
    if cause & _COVER_OPEN:
        return PrinterState.COVER_OPEN
    if paper & _PAPER_OUT or cause & _PAPER_STOP:
        return PrinterState.PAPER_OUT
    return PrinterState.OFFLINE if printer & _OFFLINE else PrinterState.READY


def _is_real_time_answer(byte: int) -> bool:
    return byte & _MARK == _MARK_REAL_TIME


def _is_fence_answer(byte: int) -> bool:
    """`GS r 1` is answered with bits 4 and 7 clear; answers to `DLE EOT` found inside a picture have bit 4 set."""
    return byte & 0b1001_0000 == 0


def _named(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


class FileTransport:
    """A device file (`/dev/usb/lp0`), a pipe, or a plain file that jobs are added to.

    Attributes:
        live: True for a device: what is written to it acts now.
    """

    def __init__(self, path: str, limit_s: float = 10.0, now_s: Callable[[], float] = time.monotonic) -> None:
        self._path = Path(path)
        self._limit_s = limit_s
        self._now_s = now_s
        self._called_off = threading.Event()

    @property
    def live(self) -> bool:
        try:
            return stat.S_ISCHR(self._path.stat().st_mode)
        except OSError:
            return False

    def send(self, job: bytes) -> None:
        flags = os.O_WRONLY | os.O_APPEND | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        try:
            # a device must be there; a plain file is made when its folder is there
            handle = os.open(self._path, flags if self._is_special() else flags | os.O_CREAT, 0o600)
        except OSError as error:
            raise PrinterUnavailable(_reason_to_open(error), _named(error)) from error
        try:
            self._write(handle, job)
        finally:
            os.close(handle)

    def status(self) -> PrinterStatus:
        if not self._path.parent.is_dir():
            return PrinterStatus(PrinterState.UNREACHABLE, "absent")
        return PrinterStatus(PrinterState.SILENT)

    def abort(self) -> None:
        self._called_off.set()

    def _is_special(self) -> bool:
        return self._path.exists() and not self._path.is_file()

    def _write(self, handle: int, job: bytes) -> None:
        rest, deadline = memoryview(job), self._now_s() + self._limit_s
        while rest:
            try:
                rest = rest[os.write(handle, rest) :]
            except BlockingIOError:
                self._wait(handle, deadline, started=len(rest) < len(job))
            except OSError as error:
                raise PrinterUnavailable("unknown" if len(rest) < len(job) else "io", _named(error)) from error

    def _wait(self, handle: int, deadline: float, *, started: bool) -> None:
        if self._called_off.is_set() or self._now_s() >= deadline:
            raise PrinterUnavailable("unknown" if started else "timeout", "the device takes no data")
        select.select([], [handle], [], _SLICE_S)


def _reason_to_open(error: OSError) -> str:
    missing = isinstance(error, FileNotFoundError | NotADirectoryError) or error.errno in _NO_DEVICE
    return "absent" if missing else "refused" if isinstance(error, PermissionError) else "io"


_NO_DEVICE = frozenset({errno.ENXIO, errno.ENODEV})
"""ENXIO: nobody reads the pipe, or the device is switched off. ENODEV: it was unplugged."""
