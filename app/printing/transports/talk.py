"""Owns what a printer is asked before and after a job, and how its answers are told apart. Never opens a device.

    DLE EOT 1, 2, 4 -> out of paper, open, off line: refused before a byte of the job is sent
    the job         -> GS r 1, executed in order, so that its answer means "all of it was worked through"
                    -> DLE EOT 1, 2, 4 once more: what ran out in the middle is not called done

Answers carry fixed bits. Reports that nobody asked for (automatic status, four bytes) are told from them by those bits,
wherever they come in between; the newest one is used if the printer answers no question.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from app.printing.printer import PrinterState, PrinterStatus

ASK = b"\x10\x04"
_ASK_PRINTER, _ASK_OFFLINE_CAUSE, _ASK_PAPER = 1, 2, 4
FENCE = b"\x1dr\x01"

_MARK = 0b1001_0011
"""Fixed bits of the first byte of an answer: they tell the answers apart."""
_MARK_REAL_TIME = 0b0001_0010
_MARK_AUTOMATIC = 0b0001_0000
_MARK_LATER = 0b1001_0000
"""Clear in the second to fourth byte of a report, and in the answer to the fence."""
_REPORT_LENGTH = 4

_QUIET_S = 0.2
"""After this long without one, no late answer is expected any more."""

_DRAWER_SIGNAL = 0x04
_OFFLINE = 0x08
_COVER_OPEN = 0x04
_PAPER_STOP = 0x20
_ERROR = 0x40
"""Of its cutter, or of anything else that a person must see to: not of paper or cover."""
_PAPER_LOW = 0x0C
_PAPER_OUT = 0x60

_REPORTED_COVER_OPEN = 0x20
_REPORTED_ERROR = 0x2C
"""Its mechanics, its cutter, or what only switching it off ends; not a hot head, which ends by itself."""
_REPORTED_PAPER_LOW = 0x03
_REPORTED_PAPER_OUT = 0x0C


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a printer may take, in seconds. Tests use shorter ones."""

    connect_s: float = 2.0
    answer_s: float = 1.0
    send_s: float = 10.0
    fence_s: float = 10.0
    silent_fence_s: float = 1.0
    drain_s: float = 2.0


class Wire(Protocol):
    """One open connection; each wait has an end and can be called off."""

    def write(self, data: bytes, limit_s: float) -> None:
        """Raises OSError, TimeoutError, CalledOffError."""

    def read(self, most: int, limit_s: float) -> bytes:
        """What came in, as soon as anything has; b"" if nothing did in time.

        Raises ConnectionError if the other side is gone, OSError, CalledOffError.
        """


class CalledOffError(Exception):
    """`abort` was called."""


class Talk:
    """One conversation with one printer."""

    def __init__(self, wire: Wire, limits: Limits, now_s: Callable[[], float] = time.monotonic) -> None:
        self._wire = wire
        self._limits = limits
        self._now_s = now_s
        self._came = bytearray()
        self._report = bytearray()
        self._last_report = b""

    def status(self) -> PrinterStatus:
        """Ask how it does; SILENT if it answers nothing and reports nothing. Raises as the wire does."""
        answers: dict[int, int] = {}
        for question in (_ASK_PRINTER, _ASK_OFFLINE_CAUSE, _ASK_PAPER):
            self._wire.write(ASK + bytes([question]), self._limits.answer_s)
            answer = self._answer(self._limits.answer_s, _is_real_time_answer)
            if answer is None:
                break
            answers[question] = answer
        if answers:
            return _judged(answers)
        return _reported(self._last_report) if self._last_report else PrinterStatus(PrinterState.SILENT)

    def caught_up(self) -> bool:
        """Whether it has worked through all that it was sent before. On a line without connections the answer to an
        earlier job may come late, and would be taken for that to the next one. Raises as the wire does."""
        self._wire.write(FENCE, self._limits.answer_s)
        if self._answer(self._limits.fence_s, _is_fence_answer) is None:
            return False
        while self._answer(_QUIET_S, _is_fence_answer) is not None:
            pass
        return True

    def send(self, job: bytes, *, silent: bool) -> tuple[bool, bool]:
        """Send the job and the fence: whether it was answered, and whether nothing speaks against paper that is whole.

        Args:
            silent: it answered no question before.
        """
        self._wire.write(job + FENCE, self._limits.send_s)
        fence_s = self._limits.silent_fence_s if silent else self._limits.fence_s
        answered = self._answer(fence_s, _is_fence_answer) is not None
        sound = answered or silent or self.status().state is PrinterState.READY
        if sound and self._last_report:
            sound = _reported(self._last_report).state is PrinterState.READY
        return answered, sound

    def _answer(self, limit_s: float, wanted: Callable[[int], bool]) -> int | None:
        """The next byte that `wanted` takes, reports nobody asked for and rubbish left out; None if there is none in
        time."""
        deadline = self._now_s() + limit_s
        while True:
            while self._came:
                byte = self._came.pop(0)
                if not self._is_of_a_report(byte) and wanted(byte):
                    return byte
            left_s = deadline - self._now_s()
            if left_s <= 0:
                return None
            self._came += self._wire.read(64, left_s)

    def _is_of_a_report(self, byte: int) -> bool:
        if self._report and byte & _MARK_LATER == 0:
            self._report.append(byte)
            if len(self._report) == _REPORT_LENGTH:
                self._last_report = bytes(self._report)
                self._report.clear()
            return True
        self._report.clear()  # one that was cut short: this byte is something else
        if byte & _MARK == _MARK_AUTOMATIC:
            self._report.append(byte)
            return True
        return False


def _judged(answers: dict[int, int]) -> PrinterStatus:
    printer = answers.get(_ASK_PRINTER, 0)
    cause = answers.get(_ASK_OFFLINE_CAUSE, 0)
    paper = answers.get(_ASK_PAPER, 0)
    return PrinterStatus(
        _state(
            cover_open=bool(cause & _COVER_OPEN),
            paper_out=bool(paper & _PAPER_OUT or cause & _PAPER_STOP),
            jammed=bool(cause & _ERROR),
            offline=bool(printer & _OFFLINE),
        ),
        paper_low=bool(paper & _PAPER_LOW),
        drawer_signal=bool(printer & _DRAWER_SIGNAL) if _ASK_PRINTER in answers else None,
    )


def _reported(report: bytes) -> PrinterStatus:
    first, errors, paper, _ = report
    return PrinterStatus(
        _state(
            cover_open=bool(first & _REPORTED_COVER_OPEN),
            paper_out=bool(paper & _REPORTED_PAPER_OUT),
            jammed=bool(errors & _REPORTED_ERROR),
            offline=bool(first & _OFFLINE),
        ),
        paper_low=bool(paper & _REPORTED_PAPER_LOW),
        drawer_signal=bool(first & _DRAWER_SIGNAL),
    )


def _state(*, cover_open: bool, paper_out: bool, jammed: bool, offline: bool) -> PrinterState:
    if cover_open:
        return PrinterState.COVER_OPEN
    if paper_out:
        return PrinterState.PAPER_OUT
    if jammed:
        return PrinterState.JAMMED
    return PrinterState.OFFLINE if offline else PrinterState.READY


def _is_real_time_answer(byte: int) -> bool:
    return byte & _MARK == _MARK_REAL_TIME


def _is_fence_answer(byte: int) -> bool:
    """Answers to `DLE EOT` found inside a picture have bit 4 set, this one has not."""
    return byte & _MARK_LATER == 0


def named(error: BaseException) -> str:
    """An error as a detail of a failure."""
    return f"{type(error).__name__}: {error}"
