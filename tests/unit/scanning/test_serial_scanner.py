"""Bytes on a serial line in, codes out: ends, silences, identifiers, garbage; a cable that is pulled and put back."""

from __future__ import annotations

import os
import threading
from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.pickup_code import make_pickup_code
from app.scanning.serial_scanner import ScanBytes, ScannerPace, SerialScanner, code_of
from app.scanning.wedge import MAX_KEYS, judge_code
from app.serial_line import SerialUnavailable
from app.ui.device_words import has_words
from app.usecases.device_book import Device, DeviceBook, DeviceState
from tests.fakes.line_devices import FarEnd
from tests.fakes.surroundings import HandSetClock

EAN = "3760123456784"
CODE = make_pickup_code("7", bytes(32), "shop-1", "F3K9XRL")
LIMIT_S = 60.0
PACE = ScannerPace(silence_s=0.02, reconnect_s=(0.01, 0.02))


def judge(text):
    return judge_code(text, {"ART-00042", "]C10103760123456784"}.__contains__)


class Heard:
    """The scans that were told, and a way to wait for them."""

    def __init__(self):
        self.codes = []
        self._news = threading.Condition()

    def __call__(self, code):
        with self._news:
            self.codes.append(code)
            self._news.notify_all()

    def wait(self, count):
        with self._news:
            assert self._news.wait_for(lambda: len(self.codes) >= count, LIMIT_S)
        return self.codes


# --- bytes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\t", b"\x03", b"\x03\r\n"])
@pytest.mark.parametrize("beginning", [b"", b"\x02"])
def test_each_end_ends_a_code_once(end, beginning):
    data = beginning + EAN.encode() + end
    assert ScanBytes().feed(data * 2) == [EAN, EAN]


def test_a_code_that_comes_in_pieces_is_one():
    scan = ScanBytes()
    assert [scan.feed(bytes([byte])) for byte in EAN.encode()] == [[]] * len(EAN)
    assert scan.feed(b"\r") == [EAN]
    assert scan.silence() == []


def test_a_code_without_end_is_ended_by_silence():
    scan = ScanBytes()
    scan.feed(CODE.encode())
    assert scan.silence() == [CODE]
    assert scan.silence() == []


def test_a_start_throws_away_what_was_cut_off_before_it():
    assert ScanBytes().feed(b"37601\x02" + EAN.encode() + b"\x03") == [EAN]


def test_utf8_is_tried_before_latin1():
    assert ScanBytes().feed("Épicerie\r".encode()) == ["Épicerie"]
    assert ScanBytes().feed("Épicerie\r".encode("latin-1")) == ["Épicerie"]


def test_what_is_too_long_is_dropped_up_to_its_end():
    scan = ScanBytes()
    assert scan.feed(b"x" * 100_000) == []
    assert scan.feed(b"x\r" + EAN.encode() + b"\r") == [EAN]
    assert scan.feed(b"y" * (MAX_KEYS + 1) + b"\r" + EAN.encode() + b"\r") == [EAN]
    assert scan.feed(b"y" * MAX_KEYS + b"\r") == ["y" * MAX_KEYS]


@given(st.lists(st.binary(max_size=700), max_size=20))
def test_no_garbage_breaks_it_and_the_next_code_is_read(pieces):
    scan = ScanBytes()
    for piece in pieces:
        assert all(0 < len(code) <= MAX_KEYS for code in scan.feed(piece))
    for _ in range(10):
        scan.silence()
    assert scan.feed(EAN.encode() + b"\r") == [EAN]


@pytest.mark.parametrize(
    ("text", "prefix", "code", "known"),
    [
        (EAN, "", EAN, True),
        (f"]E0{EAN}", "", EAN, True),
        (f"]Q1{CODE}", "", CODE, True),
        (f"~{EAN}", "~", EAN, True),
        (f"]E0~{EAN}", "~", EAN, True),
        (f"~]E0{EAN}", "~", EAN, True),
        ("]C10103760123456784", "", "]C10103760123456784", True),
        (f"]C1{EAN}", "", EAN, True),
        ("]C1ART-00042", "", "ART-00042", True),
        ("]Q1https://example.org", "", "https://example.org", False),
    ],
)
def test_identifier_and_prefix_are_no_part_of_the_code(text, prefix, code, known):
    assert code_of(text, prefix, judge) == (code, known)


def test_half_a_code_that_was_held_up_is_never_a_code_of_its_own():
    scan = ScanBytes()
    assert scan.feed(EAN.encode() + b"\r") == [EAN]
    assert scan.feed(EAN[:9].encode()) == []
    assert scan.silence() == []
    assert scan.feed(EAN[9:].encode() + b"\r") == [EAN]
    assert scan.feed(b"6784") == []
    assert [scan.silence() for _ in range(20)] == [[]] * 20, "cut off for good"
    scan.feed(CODE.encode())
    assert scan.silence() == [CODE], "it was set to send no end any more"


@pytest.mark.parametrize("noise", [b"\xf8\x80\x00\x98\r", b"12\x01345670\r", bytes(range(128, 160)) + b"\r"])
def test_what_a_wrong_speed_makes_of_a_code_is_no_code(noise):
    scan = ScanBytes()
    assert scan.feed(noise) == []
    assert scan.garbled
    assert scan.feed(b"0103760123456784\x1d10AB\r") == ["0103760123456784\x1d10AB"]
    assert not scan.garbled


# --- the line -------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs pseudo-terminals")
def test_codes_come_over_a_real_line():
    heard, open_now = Heard(), threading.Event()

    def told(device):
        if book.report(device).state is DeviceState.WORKING:
            open_now.set()

    book = DeviceBook(HandSetClock(), told)
    with FarEnd() as far_end:
        scanner = SerialScanner(far_end.port, 9600, heard, book, PACE)
        scanner.start()
        assert open_now.wait(LIMIT_S), "what came before the line was opened is thrown away"
        far_end.say(f"{EAN}\r\n]Q1{CODE}\r".encode())
        assert heard.wait(2) == [EAN, f"]Q1{CODE}"]
        assert scanner.stop()
    report = book.report(Device.SERIAL_SCANNER)
    assert (report.state, report.name) == (DeviceState.WORKING, far_end.port)
    assert report.facts == {"newest_length": str(len(CODE) + 3)}
    assert EAN not in str(report)


class Cable:
    """A line that is there and is not, as it is told."""

    def __init__(self, *steps):
        self._steps = deque(steps)
        self.gone = threading.Event()

    def __call__(self, _port, _baud_rate):
        step = self._steps.popleft() if self._steps else ()
        if isinstance(step, str):
            raise SerialUnavailable(step)
        return Plugged(deque(step), self.gone)


class Plugged:
    def __init__(self, pieces, gone):
        self._pieces = pieces
        self._called_off = threading.Event()
        self._gone = gone

    def read(self, _most, timeout_s):
        if not self._pieces:
            self._called_off.wait(timeout_s)
            return b""
        piece = self._pieces.popleft()
        if piece is None:
            raise SerialUnavailable("io")
        return piece

    def abort(self):
        self._called_off.set()

    def close(self):
        self._gone.set()


def test_a_scanner_that_was_unplugged_is_heard_again():
    told = []
    book = DeviceBook(HandSetClock(), lambda device: told.append(book.report(device).reason))
    heard = Heard()
    cable = Cable("absent", "refused", [EAN.encode() + b"\r", b"376", None], "absent", [CODE.encode() + b"\r"])
    scanner = SerialScanner("COM7", 9600, heard, book, PACE, cable)
    scanner.start()
    assert heard.wait(2) == [EAN, CODE]
    assert scanner.stop()
    assert [reason for reason in told if reason] == ["absent", "refused", "io", "absent"]
    assert book.report(Device.SERIAL_SCANNER).state is DeviceState.WORKING


def test_stopping_ends_a_wait_for_a_cable():
    scanner = SerialScanner(
        "COM7", 9600, Heard(), DeviceBook(HandSetClock()), ScannerPace(reconnect_s=(600.0,)), Cable("absent", "absent")
    )
    scanner.start()
    assert scanner.stop()


def test_stopping_ends_a_wait_for_a_scan_and_gives_the_line_back():
    cable, heard = Cable([EAN.encode() + b"\r"]), Heard()
    scanner = SerialScanner("COM7", 9600, heard, DeviceBook(HandSetClock()), ScannerPace(silence_s=600.0), cable)
    scanner.start()
    assert heard.wait(1) == [EAN]
    assert scanner.stop()
    assert cable.gone.is_set()


def test_a_wrong_speed_is_told_until_a_code_comes():
    said, failed = Heard(), threading.Event()

    def told(device):
        if book.report(device).reason == "garbled":
            failed.set()

    book = DeviceBook(HandSetClock(), told)
    scanner = SerialScanner("COM7", 9600, said, book, PACE, Cable([b"\xf8\x80\x00\r", EAN.encode() + b"\r"]))
    scanner.start()
    assert said.wait(1) == [EAN]
    assert failed.wait(LIMIT_S)
    assert scanner.stop()
    assert book.report(Device.SERIAL_SCANNER).state is DeviceState.WORKING
    assert has_words(Device.SERIAL_SCANNER, "garbled")
