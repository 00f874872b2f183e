"""Owns a printer's raw TCP port (9100), one connection for each job: most printers serve one client at a time.

    connect (2 s) -> `talk` (asked, job within 10 s, fence) -> half-close, read until the other side closes (2 s), close

`close()` with an unread answer would reset the connection and cut the paper off in the middle, hence the reading. Once
a byte of the job has left, every failure is `unknown`: no one can say from here what is on paper. A printer that
answers no question at all (many clones) is believed when it closes the connection after our half-close, having read
everything; one that used to answer and is silent now gets nothing.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import socket
import threading
import time
from collections.abc import Callable

from app.printing.printer import PrinterState, PrinterStatus
from app.printing.transports.talk import CalledOffError, Limits, Talk, named
from app.usecases.ports import PrinterUnavailable

_SLICE_S = 0.05
"""How often a wait looks whether it has been called off."""


class _SocketWire:
    """One connection whose every wait has an end and can be called off."""

    def __init__(self, connection: socket.socket, called_off: threading.Event, now_s: Callable[[], float]) -> None:
        self._connection = connection
        self._called_off = called_off
        self._now_s = now_s
        connection.setblocking(False)

    def connect(self, address: tuple[object, ...], limit_s: float) -> None:
        """Raises OSError, TimeoutError, CalledOffError."""
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
        deadline = self._now_s() + limit_s
        rest = memoryview(data)
        while rest:
            if not self._ready(deadline, to_write=True):
                raise TimeoutError
            with contextlib.suppress(BlockingIOError):
                rest = rest[self._connection.send(rest) :]

    def read(self, most: int, limit_s: float) -> bytes:
        deadline = self._now_s() + limit_s
        while self._ready(deadline, to_write=False):
            with contextlib.suppress(BlockingIOError):  # woken for nothing
                came = self._connection.recv(most)
                if not came:
                    raise ConnectionResetError("closed by the printer")
                return came
        return b""

    def finish(self, limit_s: float) -> bool:
        """Half-close and read until the other side closes; whether it did in time."""
        deadline = self._now_s() + limit_s
        self._connection.shutdown(socket.SHUT_WR)
        while self._ready(deadline, to_write=False):
            with contextlib.suppress(BlockingIOError):
                if not self._connection.recv(4096):
                    return True
        return False

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
        raise CalledOffError


_IN_PROGRESS = frozenset({errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EAGAIN, errno.EALREADY})
"""A connection that is being made; the wait for it says how it went."""


class NetworkTransport:
    """A printer at an address. Implements `printer.Transport`."""

    live = True

    def __init__(
        self, host: str, port: int, limits: Limits | None = None, now_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._host = host
        self._port = port
        self._limits = limits or Limits()
        self._now_s = now_s
        self._called_off = threading.Event()
        self._has_answered = False

    def send(self, job: bytes) -> None:
        with contextlib.ExitStack() as stack:
            wire = self._connected(stack)
            talk = Talk(wire, self._limits, self._now_s)
            status = self._asked(talk)
            if status.state not in (PrinterState.READY, PrinterState.SILENT):
                raise PrinterUnavailable(status.reason or status.state.value)
            try:
                answered, sound = talk.send(job, silent=status.state is PrinterState.SILENT)
                done = (self._closed(wire) or answered) and sound
            except (OSError, CalledOffError) as error:
                raise PrinterUnavailable("unknown", named(error)) from error
            if not done:
                raise PrinterUnavailable("unknown", "no answer that the job is done")

    def status(self) -> PrinterStatus:
        with contextlib.ExitStack() as stack:
            try:
                wire = self._connected(stack)
                status = self._asked(Talk(wire, self._limits, self._now_s))
                self._closed(wire)
            except PrinterUnavailable as error:
                return PrinterStatus(PrinterState.UNREACHABLE, error.reason)
            except (OSError, CalledOffError):
                return PrinterStatus(PrinterState.UNREACHABLE, "io")
        return status

    def abort(self) -> None:
        self._called_off.set()

    def _connected(self, stack: contextlib.ExitStack) -> _SocketWire:
        try:
            family, kind, protocol, _, address = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)[0]
            connection = stack.enter_context(socket.socket(family, kind, protocol))
            wire = _SocketWire(connection, self._called_off, self._now_s)
            wire.connect(address, self._limits.connect_s)
        except ConnectionRefusedError as error:
            raise PrinterUnavailable("refused", named(error)) from error
        except CalledOffError as error:
            raise PrinterUnavailable("timeout", "called off") from error
        except (OSError, ValueError) as error:  # ValueError: what was typed can be no address at all
            raise PrinterUnavailable("absent", named(error)) from error
        return wire

    def _asked(self, talk: Talk) -> PrinterStatus:
        try:
            status = talk.status()
        except CalledOffError as error:
            raise PrinterUnavailable("timeout", "called off") from error
        except TimeoutError as error:
            raise PrinterUnavailable("timeout", named(error)) from error
        except OSError as error:
            raise PrinterUnavailable("io", named(error)) from error
        silent = status.state is PrinterState.SILENT
        if silent and self._has_answered:
            raise PrinterUnavailable("timeout", "it answered before, and does not now")
        self._has_answered = not silent
        return status

    def _closed(self, wire: _SocketWire) -> bool:
        """Whether the other side closed after us; a reset at this point says nothing about the paper."""
        try:
            return wire.finish(self._limits.drain_s)
        except OSError:
            return False
