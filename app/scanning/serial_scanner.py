"""Owns the talk with one scanner on a serial line (USB-COM), on a thread of its own: what it sends becomes codes, and
it is found again when it was unplugged.

Never judges what a code is and never keeps one: the book of devices is told its length alone. Such a scanner knows no
keyboard layout, no focus and no speed.
"""

from __future__ import annotations

import logging
import threading
import unicodedata
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass

from app.scanning.aim import code_forms, split_aim
from app.scanning.wedge import MAX_KEYS, Confidence, Judge
from app.serial_line import OpenLine, SerialLine, SerialUnavailable, open_line
from app.usecases.device_book import Device, DeviceBook

_log = logging.getLogger(__name__)

_ENDS = b"\r\n\t\x03"
_BEGINNING = b"\x02"
_LONGEST = MAX_KEYS
_ADDED_IN_TRANSIT = 4
_SILENCES_OF_A_CUT = 10
"""A scanner that ends its codes with a sign and has said nothing for so many silences was cut off."""

GARBLED = "garbled"
"""What comes is no text: scanner and port are set to other speeds."""

_IN_GS1 = frozenset("\x04\x1c\x1d\x1e\x1f")


@dataclass(frozen=True, slots=True)
class ScannerPace:
    """How long things may take, in seconds. Tests use others."""

    silence_s: float = 0.1
    reconnect_s: tuple[float, ...] = (1.0, 2.0, 5.0)
    stop_s: float = 2.0


class ScanBytes:
    """Cuts what comes on a line into codes: at CR, LF, Tab or ETX, or where nothing more comes.

    A scanner that was seen to end its codes with a sign is waited for: half a code that a radio link held up is another
    code.

    Attributes:
        garbled: what came last was no text and is dropped.
    """

    def __init__(self) -> None:
        self.garbled = False
        self._begun = bytearray()
        self._too_long = False
        self._ends_itself = False
        self._silences = 0

    def feed(self, data: bytes) -> Sequence[str]:
        """The codes that are whole now, with their AIM identifiers. What is longer than any code is dropped up to its
        end."""
        codes = []
        self._silences = 0
        for byte in data:
            if byte in _ENDS:
                codes.append(self._taken())
                self._ends_itself = self._ends_itself or bool(codes[-1])
            elif byte in _BEGINNING:
                self._taken()
            elif len(self._begun) < _LONGEST * _ADDED_IN_TRANSIT:
                self._begun.append(byte)
            else:
                self._too_long = True
        return [code for code in codes if code]

    def silence(self) -> Sequence[str]:
        """Nothing came for a while: a scanner without terminator is done."""
        if self._ends_itself and self._begun:
            self._silences += 1
            if self._silences >= _SILENCES_OF_A_CUT:
                self._taken()
                self._ends_itself = False  # or somebody has set it otherwise: its next code counts
            return []
        code = self._taken()
        return [code] if code else []

    def _taken(self) -> str:
        taken, self._begun = bytes(self._begun), bytearray()
        too_long, self._too_long = self._too_long, False
        text = "" if too_long else _text_of(taken).strip(" \x00")
        if text:
            self.garbled = any(unicodedata.category(sign) == "Cc" and sign not in _IN_GS1 for sign in text)
        return "" if self.garbled or len(text) > _LONGEST else text


def _text_of(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def code_of(text: str, prefix: str, judge: Judge) -> tuple[str, bool]:
    """The code in what a scanner sent, and whether any rule knows it.

    Args:
        text: one scan, whole.
        prefix: what the scanner puts first, before or behind the AIM identifier; not part of the code.
    """
    whole = text.removeprefix(prefix)
    codes = [form.removeprefix(prefix) for form in code_forms(whole)]
    surest = max(codes, key=judge)
    return (surest, True) if judge(surest) is not Confidence.NO else (split_aim(whole)[1].removeprefix(prefix), False)


class SerialScanner:
    """A scanner on a line. `start` once, `stop` once, from any thread."""

    def __init__(
        self,
        port: str,
        baud_rate: int,
        on_scan: Callable[[str], None],
        book: DeviceBook,
        pace: ScannerPace | None = None,
        open_port: OpenLine = open_line,
    ) -> None:
        """Args:
        on_scan: given each scan on the scanner's thread, with its AIM identifier; see `code_of`.
        """
        self._port = port
        self._baud_rate = baud_rate
        self._on_scan = on_scan
        self._book = book
        self._pace = pace or ScannerPace()
        self._open_port = open_port
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._line: SerialLine | None = None
        self._failures = 0
        self._thread = threading.Thread(target=self._run, name="scanner", daemon=True)

    def start(self) -> None:
        self._book.set_up(Device.SERIAL_SCANNER, self._port)
        self._thread.start()

    def stop(self) -> bool:
        """End the talk; whether the thread ended in time. No scan is given any more."""
        with self._lock:
            self._stopping.set()
            if self._line is not None:
                self._line.abort()
        if self._thread.is_alive():
            self._thread.join(self._pace.stop_s)
        return not self._thread.is_alive()

    # --- on the scanner's thread ---

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with closing(self._open_port(self._port, self._baud_rate)) as line:
                    self._listen(line)
            except SerialUnavailable as error:
                self._failed(error.reason)
            finally:
                with self._lock:
                    self._line = None

    def _listen(self, line: SerialLine) -> None:
        with self._lock:
            self._line = line
        self._failures = 0
        self._book.works(Device.SERIAL_SCANNER)
        waiting = ScanBytes()
        while not self._stopping.is_set():
            data = line.read(_LONGEST, self._pace.silence_s)
            for code in waiting.feed(data) if data else waiting.silence():
                self._tell(code)
            if waiting.garbled:
                self._book.failed(Device.SERIAL_SCANNER, GARBLED)

    def _tell(self, code: str) -> None:
        if not self._stopping.is_set():
            self._book.works(Device.SERIAL_SCANNER, newest_length=str(len(code)))
            self._on_scan(code)

    def _failed(self, reason: str) -> None:
        if self._stopping.is_set():
            return
        if not self._failures:
            _log.info("serial scanner: %s", reason)
        self._book.failed(Device.SERIAL_SCANNER, reason)
        steps = self._pace.reconnect_s
        self._stopping.wait(steps[min(self._failures, len(steps) - 1)])
        self._failures += 1
