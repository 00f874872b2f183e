"""Owns one line display on a serial line, on a thread of its own: shows the newest rows, comes back when the cable
does.

Nobody ever waits for it: rows that came while it was busy or gone are forgotten for newer ones. It is written anew now
and then, because a display answers nothing: one that was switched off and on shows the right thing again soon. Never
knows what the rows mean.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from app.devices.display_dialect import DisplayDialect, laid_out
from app.serial_line import OpenLine, SerialLine, SerialUnavailable, open_line
from app.usecases.counter_devices import DisplayRow
from app.usecases.device_book import Device, DeviceBook

_log = logging.getLogger(__name__)

Rows = tuple[DisplayRow, DisplayRow]


@dataclass(frozen=True, slots=True)
class DisplayPace:
    """How long things may take, in seconds. Tests use others."""

    write_s: float = 1.0
    again_s: float = 10.0
    reconnect_s: float = 2.0
    stop_s: float = 2.0


class SerialDisplay:
    """A line display. `start` once, `stop` once; `show` from any thread."""

    def __init__(
        self,
        port: str,
        baud_rate: int,
        columns: int,
        dialect: DisplayDialect,
        fold: Callable[[str], str],
        book: DeviceBook,
        pace: DisplayPace | None = None,
        open_port: OpenLine = open_line,
    ) -> None:
        """Args: fold: any text to what `dialect.code_page` holds."""
        self._port = port
        self._baud_rate = baud_rate
        self._columns = columns
        self._dialect = dialect
        self._fold = fold
        self._book = book
        self._pace = pace or DisplayPace()
        self._open_port = open_port
        self._wake = threading.Condition()
        self._stopping = False
        self._newest: Rows = (DisplayRow(), DisplayRow())
        self._is_new = True
        self._thread = threading.Thread(target=self._run, name="display", daemon=True)

    def start(self) -> None:
        self._book.set_up(Device.CUSTOMER_DISPLAY, self._port)
        self._thread.start()

    def show(self, upper: DisplayRow, lower: DisplayRow) -> None:
        """Returns at once; the newest rows win."""
        with self._wake:
            self._is_new = self._is_new or (upper, lower) != self._newest
            self._newest = (upper, lower)
            self._wake.notify_all()

    def stop(self) -> bool:
        """Show what is newest, if it can be shown at once, and end the thread; whether it ended in time."""
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
        if self._thread.is_alive():
            self._thread.join(self._pace.stop_s)
        return not self._thread.is_alive()

    # --- on the display's thread ---

    def _run(self) -> None:
        while True:
            try:
                with closing(self._open_port(self._port, self._baud_rate)) as line:
                    self._show_all(line)
            except SerialUnavailable as error:
                self._failed(error.reason)
            if self._rested(self._pace.reconnect_s):
                return

    def _show_all(self, line: SerialLine) -> None:
        """Until the end, or until it takes nothing more."""
        start = self._dialect.start
        while True:
            with self._wake:
                rows, self._is_new, last = self._newest, False, self._stopping
            told = start + self._dialect.rows(*(laid_out(row, self._columns, self._fold) for row in rows))
            start = b""
            if not line.write(told, self._pace.write_s) or not line.drain(self._pace.write_s):
                self._failed("timeout")
                return
            self._book.works(Device.CUSTOMER_DISPLAY, silent=True)
            if last:
                return
            with self._wake:
                self._wake.wait_for(lambda: self._is_new or self._stopping, self._pace.again_s)

    def _failed(self, reason: str) -> None:
        if self._book.report(Device.CUSTOMER_DISPLAY).reason != reason:
            _log.info("customer display: %s", reason)
            self._book.failed(Device.CUSTOMER_DISPLAY, reason)

    def _rested(self, rest_s: float) -> bool:
        """Whether it is time to end."""
        with self._wake:
            return self._wake.wait_for(lambda: self._stopping, rest_s)
