"""Owns a printer on a serial line (RS-232, or USB that pretends to be one). The line itself is `app/serial_line.py`.

A serial line takes bytes even if nothing is plugged in, so a printer that answers nothing is not believed: it counts as
one that is off, unless its profile says that it never answers. Once a byte of the job has left, every failure is
`unknown`.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from app.printing.printer import PrinterState, PrinterStatus
from app.printing.transports.talk import CalledOffError, Limits, Talk, named
from app.serial_line import OpenLine, SerialLine, SerialUnavailable
from app.usecases.ports import PrinterUnavailable

_BITS_PER_BYTE = 10
"""A start bit, eight of data, a stop bit."""


class _LineWire:
    """The words of `talk.Wire` on a serial line."""

    def __init__(self, line: SerialLine, called_off: threading.Event) -> None:
        self._line = line
        self._called_off = called_off

    def write(self, data: bytes, limit_s: float) -> None:
        if not self._line.write(data, limit_s) or not self._line.drain(limit_s):
            self._look_whether_called_off()
            raise TimeoutError("the printer takes no data")

    def read(self, most: int, limit_s: float) -> bytes:
        came = self._line.read(most, limit_s)
        if not came:
            self._look_whether_called_off()
        return came

    def _look_whether_called_off(self) -> None:
        if self._called_off.is_set():
            raise CalledOffError


class SerialTransport:
    """Implements `printer.Transport`."""

    live = True

    def __init__(
        self,
        port: str,
        baud_rate: int,
        open_line: OpenLine,
        *,
        answers: bool = True,
        limits: Limits | None = None,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Args: answers: False for a printer that never answers; then what left this computer is taken for printed."""
        self._port = port
        self._baud_rate = baud_rate
        self._open_line = open_line
        self._answers = answers
        self._limits = limits or Limits()
        self._now_s = now_s
        self._called_off = threading.Event()
        self._line: SerialLine | None = None
        self._answers_fences = False
        self._in_doubt = False

    def send(self, job: bytes) -> None:
        with self._opened() as wire:
            talk = Talk(wire, self._limits_for(job), self._now_s)
            status = self._asked(talk)
            if status.state not in (PrinterState.READY, PrinterState.SILENT):
                raise PrinterUnavailable(status.reason or status.state.value)
            silent = status.state is PrinterState.SILENT
            try:
                done = self._sent(talk, wire, job, silent=silent)
            except (OSError, SerialUnavailable, CalledOffError) as error:
                self._in_doubt = self._answers_fences
                raise PrinterUnavailable("unknown", named(error)) from error
            if not done:
                self._in_doubt = self._answers_fences
                raise PrinterUnavailable("unknown", "no answer that the job is done")

    def status(self) -> PrinterStatus:
        try:
            with self._opened() as wire:
                return self._asked(Talk(wire, self._limits, self._now_s))
        except PrinterUnavailable as error:
            return PrinterStatus(PrinterState.UNREACHABLE, error.reason)

    def abort(self) -> None:
        self._called_off.set()
        line = self._line
        if line is not None:
            line.abort()

    def _asked(self, talk: Talk) -> PrinterStatus:
        """Raises PrinterUnavailable."""
        if not self._answers:
            return PrinterStatus(PrinterState.SILENT)
        try:
            status = talk.status()
            silent = status.state is PrinterState.SILENT
            caught_up = silent or not self._in_doubt or talk.caught_up()
        except (TimeoutError, CalledOffError) as error:
            raise PrinterUnavailable("timeout", named(error)) from error
        except (OSError, SerialUnavailable) as error:
            raise PrinterUnavailable("io", named(error)) from error
        if silent or not caught_up:
            raise PrinterUnavailable("timeout", "no answer on the serial line")
        self._in_doubt = False
        return status

    def _sent(self, talk: Talk, wire: _LineWire, job: bytes, *, silent: bool) -> bool:
        if silent:
            wire.write(job, self._limits_for(job).send_s)
            return True
        answered, sound = talk.send(job, silent=False)
        self._answers_fences = self._answers_fences or answered
        return answered and sound

    def _limits_for(self, job: bytes) -> Limits:
        on_the_line_s = len(job) * _BITS_PER_BYTE / self._baud_rate
        return replace(self._limits, send_s=self._limits.send_s + on_the_line_s)

    @contextlib.contextmanager
    def _opened(self) -> Iterator[_LineWire]:
        """Raises PrinterUnavailable."""
        try:
            line = self._open_line(self._port, self._baud_rate)
        except SerialUnavailable as error:
            raise PrinterUnavailable(error.reason, error.detail) from error
        self._line = line
        try:
            if self._called_off.is_set():  # `abort` came before there was a line to abort
                line.abort()
            yield _LineWire(line, self._called_off)
        finally:
            self._line = None
            line.close()
