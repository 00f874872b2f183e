"""What a printer's answers mean: told apart from reports nobody asked for, rubbish and late answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.printing.printer import PrinterState
from app.printing.transports.talk import FENCE, Limits, Talk

READY = b"\x12\x12\x12"
REPORT = b"\x10\x00\x00\x0f"
NOT_ANSWERING = Limits(answer_s=0, fence_s=0)


class ScriptedWire:
    """Gives one piece of its script for each read, then nothing."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = list(pieces)
        self.written = b""

    def write(self, data: bytes, limit_s: float) -> None:
        self.written += data

    def read(self, most: int, limit_s: float) -> bytes:
        return self.pieces.pop(0) if self.pieces else b""


class Ticking:
    """A clock that goes on by a tenth of a second at each look."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 0.1
        return self.now


def talk(*pieces: bytes) -> tuple[Talk, ScriptedWire]:
    wire = ScriptedWire(*pieces)
    return Talk(wire, Limits(), Ticking()), wire


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        (b"\x12\x12\x12", PrinterState.READY),
        (b"\x1a\x32\x72", PrinterState.PAPER_OUT),
        (b"\x1a\x16\x12", PrinterState.COVER_OPEN),
        (b"\x1a\x52\x12", PrinterState.JAMMED),
        (b"\x1a\x76\x72", PrinterState.COVER_OPEN),  # the nearest to what a person must do
        (b"\x1a\x12\x12", PrinterState.OFFLINE),
        (b"\x12", PrinterState.READY),  # answers the first question only
        (b"", PrinterState.SILENT),
        (b"\xff\xff\xff", PrinterState.SILENT),
    ],
)
def test_what_the_answers_say(answers: bytes, state: PrinterState) -> None:
    asked, wire = talk(answers)
    assert asked.status().state is state
    assert wire.written.startswith(b"\x10\x04\x01")


def test_paper_low_and_the_drawers_sensor_are_read() -> None:
    status = talk(b"\x16\x12\x1e")[0].status()
    assert (status.paper_low, status.drawer_signal) == (True, True)


@pytest.mark.parametrize(
    ("report", "state"),
    [
        (b"\x10\x00\x00\x0f", PrinterState.READY),
        (b"\x18\x00\x0c\x0f", PrinterState.PAPER_OUT),
        (b"\x38\x00\x00\x0f", PrinterState.COVER_OPEN),
        (b"\x18\x08\x00\x0f", PrinterState.JAMMED),
        (b"\x18\x20\x00\x0f", PrinterState.JAMMED),
        (b"\x18\x40\x00\x0f", PrinterState.OFFLINE),
        (b"\x18\x00\x00\x0f", PrinterState.OFFLINE),
    ],
)
def test_a_printer_that_only_reports_unasked_is_understood(report: bytes, state: PrinterState) -> None:
    assert talk(report)[0].status().state is state


@given(st.lists(st.sampled_from([REPORT, b"\xff", b"\x80"]), max_size=6), st.lists(st.integers(0, 40), max_size=6))
def test_reports_and_rubbish_anywhere_between_answers_change_nothing(noise: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(noise[:2]) + b"\x1a" + b"".join(noise[2:4]) + b"\x32" + b"".join(noise[4:]) + b"\x72"
    pieces, at = [], 0
    for cut in sorted(cuts):
        pieces.append(stream[at:cut])
        at = max(at, min(cut, len(stream)))
    asked, _ = talk(*[piece for piece in [*pieces, stream[at:]] if piece])
    assert asked.status().state is PrinterState.PAPER_OUT


def test_a_report_that_was_cut_short_swallows_no_answer() -> None:
    assert talk(b"\x10\x00" + READY)[0].status().state is PrinterState.READY


def test_answers_to_what_only_looked_like_a_question_are_not_the_fence() -> None:
    assert talk(b"\x12\x12\x16")[0].send(b"job", silent=True)[0] is False
    assert talk(b"\x12\x12\x16\x00")[0].send(b"job", silent=True) == (True, True)


def test_a_report_of_no_paper_speaks_against_a_whole_paper() -> None:
    assert talk(b"\x18\x00\x0c\x0f\x00")[0].send(b"job", silent=False) == (True, False)


def test_late_answers_to_an_earlier_job_are_read_away() -> None:
    asked, wire = talk(b"\x00", b"\x00")
    assert asked.caught_up()
    assert wire.written == FENCE
    assert wire.pieces == []
    assert not talk()[0].caught_up()
