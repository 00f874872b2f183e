"""Owns the talk with one scale on a serial line, on a thread of its own: asks, tells what it read, comes back when the
cable does.

While somebody watches it is asked a few times a second, else now and then, so that the page of devices knows how it
does. A weight is told only when two answers in a row say the same: no byte lost on the line makes a price. Never
decides what a weight is for: a person confirms it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from app.devices.scale_dialect import MOST_ANSWER_BYTES, ScaleDialect
from app.devices.sics import SICS
from app.devices.toledo_8217 import TOLEDO_8217
from app.serial_line import OpenLine, SerialLine, SerialUnavailable, open_line
from app.usecases.counter_devices import ScaleReading, ScaleState
from app.usecases.device_book import Device, DeviceBook

_log = logging.getLogger(__name__)

DIALECTS = {"sics": SICS, "toledo_8217": TOLEDO_8217}

_ABSENT = ScaleReading(ScaleState.ABSENT)
REASONS = {ScaleState.FAULT: "scale_error", ScaleState.NOT_UNDERSTOOD: "not_understood"}
"""What the book of devices calls answers that bring no weight."""


@dataclass(frozen=True, slots=True)
class ScalePace:
    """How long things may take, in seconds. Tests use others."""

    write_s: float = 0.5
    answer_s: float = 1.0
    watched_s: float = 0.2
    idle_s: float = 5.0
    reconnect_s: float = 2.0
    stop_s: float = 2.0


class SerialScale:
    """A scale on a line. `start` once, `stop` once; the rest from any thread."""

    def __init__(
        self,
        port: str,
        baud_rate: int,
        dialect: ScaleDialect,
        book: DeviceBook,
        pace: ScalePace | None = None,
        open_port: OpenLine = open_line,
    ) -> None:
        self._port = port
        self._baud_rate = baud_rate
        self._dialect = dialect
        self._book = book
        self._pace = pace or ScalePace()
        self._open_port = open_port
        self._wake = threading.Condition()
        self._stopping = False
        self._tell: Callable[[ScaleReading], None] | None = None
        self._wanted = 0
        self._answered = 0
        self._last = _ABSENT
        self._told = _ABSENT
        self._question = 0
        self._line: SerialLine | None = None
        self._thread = threading.Thread(target=self._run, name="scale", daemon=True)

    def start(self) -> None:
        self._book.set_up(Device.SCALE, self._port)
        self._thread.start()

    def stop(self) -> bool:
        """End the talk; whether the thread ended in time."""
        with self._wake:
            self._stopping = True
            self._tell = None
            if self._line is not None:
                self._line.abort()
            self._wake.notify_all()
        if self._thread.is_alive():
            self._thread.join(self._pace.stop_s)
        return not self._thread.is_alive()

    def watch(self, tell: Callable[[ScaleReading], None]) -> None:
        """Tell each reading from now on, on the scale's thread."""
        with self._wake:
            self._tell = tell
            self._wake.notify_all()

    def unwatch(self) -> None:
        with self._wake:
            self._tell = None

    def weigh(self, limit_s: float) -> ScaleReading:
        """What it says when asked now; waits for that, so never on the screen's thread."""
        with self._wake:
            self._wanted = self._answered + _READINGS_TO_BE_SURE
            self._wake.notify_all()
            come = self._wake.wait_for(lambda: self._stopping or self._answered >= self._wanted, limit_s)
            return self._told if come else _ABSENT

    # --- on the scale's thread ---

    def _run(self) -> None:
        while not self._stopping:
            try:
                with closing(self._open_port(self._port, self._baud_rate)) as line:
                    self._talk(line)
            except SerialUnavailable as error:
                self._failed(error.reason)
                self._heard(_ABSENT)
                self._rest(self._pace.reconnect_s)
            finally:
                with self._wake:
                    self._line = None

    def _talk(self, line: SerialLine) -> None:
        with self._wake:
            self._line = line
        while not self._stopping:
            reading = self._asked(line)
            if self._is_wanted_still():
                self._note(reading)
                self._heard(reading)
                self._rest_until_wanted()

    def _asked(self, line: SerialLine) -> ScaleReading:
        line.read(4096, 0.0)  # what an earlier question brought too late is not the answer to this one
        question = self._dialect.questions[self._question]
        answer = self._answer(line) if line.write(question, self._pace.write_s) else None
        if answer is None:
            self._question = (self._question + 1) % len(self._dialect.questions)
            return _ABSENT
        return self._dialect.read(answer)

    def _answer(self, line: SerialLine) -> bytes | None:
        """A whole answer without its end; what has none within the longest answer, as it is; None if nothing ended."""
        came, deadline = b"", time.monotonic() + self._pace.answer_s
        while self._dialect.end not in came and len(came) <= MOST_ANSWER_BYTES:
            part = line.read(MOST_ANSWER_BYTES, max(0.0, deadline - time.monotonic()))
            if not part:
                return None
            came += part
        return came.partition(self._dialect.end)[0]

    def _note(self, reading: ScaleReading) -> None:
        if reading.state is ScaleState.ABSENT:
            self._failed("timeout")
        elif reading.state in REASONS:
            self._failed(REASONS[reading.state])
        else:
            self._book.works(Device.SCALE)

    def _failed(self, reason: str) -> None:
        if self._book.report(Device.SCALE).reason != reason:
            _log.info("scale: %s", reason)
            self._book.failed(Device.SCALE, reason)

    def _heard(self, reading: ScaleReading) -> None:
        sure = reading.state is not ScaleState.STABLE or reading == self._last
        self._last = reading
        with self._wake:
            self._told = reading if sure else ScaleReading(ScaleState.MOVING)
            self._answered += 1
            tell, told = self._tell, self._told
            self._wake.notify_all()
        if tell is not None:
            tell(told)

    def _rest_until_wanted(self) -> None:
        with self._wake:
            if not self._is_wanted() and not self._wake.wait_for(self._is_wanted, self._pace.idle_s):
                return
        self._rest(self._pace.watched_s)

    def _is_wanted_still(self) -> bool:
        """Not when the line was called off: no answer says nothing then."""
        return not self._stopping

    def _is_wanted(self) -> bool:
        return self._stopping or self._tell is not None or self._wanted > self._answered

    def _rest(self, rest_s: float) -> None:
        with self._wake:
            self._wake.wait_for(lambda: self._stopping, rest_s)


_READINGS_TO_BE_SURE = 2
