"""Scale and display over real pseudo-terminals, both protocols of each, and what happens when the cable goes."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.devices.customer_display import DisplayPace, SerialDisplay
from app.devices.display_dialect import DISPLAY_DIALECTS
from app.devices.scale import DIALECTS, ScalePace, SerialScale
from app.printing.folding import fold_for
from app.surroundings import SystemClock
from app.usecases.counter_devices import DisplayRow, ScaleReading, ScaleState
from app.usecases.device_book import Device, DeviceBook, DeviceState
from tests.fakes.line_devices import FarEnd

pytestmark = pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs pseudo-terminals")

LONG_S = 60.0
SCALE_PACE = ScalePace(answer_s=0.5, watched_s=0.01, idle_s=0.05, reconnect_s=0.05, stop_s=LONG_S)
DISPLAY_PACE = DisplayPace(again_s=0.05, reconnect_s=0.05, stop_s=LONG_S)

WEIGHTS = {"sics": {b"SI\r\n": b"S S      0.456 kg\r\n"}, "toledo_8217": {b"\xd7": b"\x0200.456\r"}}
PLAIN_8217 = {b"W": b"\x0201.234\r"}


class Heard:
    """What changed in the book, and waiting for it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.book = DeviceBook(SystemClock(), self._note)

    def until(self, device: Device, state: DeviceState, reason: str = "") -> bool:
        def is_so() -> bool:
            report = self.book.report(device)
            return report.state is state and report.reason == reason

        with self._changed:
            return self._changed.wait_for(is_so, LONG_S)

    def _note(self, _device: Device) -> None:
        with self._changed:
            self._changed.notify_all()


class Readings:
    """What a watcher was told."""

    def __init__(self) -> None:
        self._come = threading.Condition()
        self.all: list[ScaleReading] = []

    def tell(self, reading: ScaleReading) -> None:
        with self._come:
            self.all.append(reading)
            self._come.notify_all()

    def until(self, reading: ScaleReading) -> bool:
        with self._come:
            return self._come.wait_for(lambda: reading in self.all, LONG_S)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def scales(heard: Heard) -> Iterator[list[SerialScale]]:
    made: list[SerialScale] = []
    yield made
    for scale in made:
        assert scale.stop()


def scale_at(port: str, protocol: str, heard: Heard, scales: list[SerialScale]) -> SerialScale:
    scale = SerialScale(port, 9600, DIALECTS[protocol], heard.book, SCALE_PACE)
    scales.append(scale)
    scale.start()
    return scale


@pytest.mark.parametrize("protocol", ["sics", "toledo_8217"])
def test_a_weight_at_rest_is_told_and_the_book_says_it_works(
    protocol: str, heard: Heard, scales: list[SerialScale]
) -> None:
    readings = Readings()
    with FarEnd(lambda asked: WEIGHTS[protocol].get(asked, b"")) as far_end:
        scale = scale_at(far_end.port, protocol, heard, scales)
        scale.watch(readings.tell)
        assert readings.until(ScaleReading(ScaleState.STABLE, 456))
        assert heard.until(Device.SCALE, DeviceState.WORKING)
        assert scale.weigh(LONG_S) == ScaleReading(ScaleState.STABLE, 456)
        scales.remove(scale)
        assert scale.stop()


def test_an_8217_set_to_eight_bits_is_found_too(heard: Heard, scales: list[SerialScale]) -> None:
    readings = Readings()
    with FarEnd(lambda asked: PLAIN_8217.get(asked, b"")) as far_end:
        scale = scale_at(far_end.port, "toledo_8217", heard, scales)
        scale.watch(readings.tell)
        assert readings.until(ScaleReading(ScaleState.STABLE, 1234))
        scales.remove(scale)
        assert scale.stop()


def test_a_weight_is_told_only_when_two_answers_in_a_row_agree(heard: Heard, scales: list[SerialScale]) -> None:
    weights = iter([b"S S      0.456 kg\r\n", b"S S      0.46 kg\r\n", b"S S      0.456 kg\r\n"])
    readings, silence = Readings(), threading.Event()

    def answer(_asked: bytes) -> bytes:
        said = next(weights, b"S D      0.100 kg\r\n")
        if b"D" in said:
            silence.set()
        return said

    with FarEnd(answer) as far_end:
        scale = scale_at(far_end.port, "sics", heard, scales)
        scale.watch(readings.tell)
        assert silence.wait(LONG_S)
        scales.remove(scale)
        assert scale.stop()
    assert {reading.state for reading in readings.all} <= {ScaleState.MOVING}


@pytest.mark.parametrize(
    ("answer", "reason"), [(b"", "timeout"), (b"ES\r\n", "not_understood"), (b"rubbish" * 40, "not_understood")]
)
def test_a_scale_that_says_nothing_useful_is_in_the_book(
    answer: bytes, reason: str, heard: Heard, scales: list[SerialScale]
) -> None:
    with FarEnd(lambda _asked: answer) as far_end:
        scale = scale_at(far_end.port, "sics", heard, scales)
        assert heard.until(Device.SCALE, DeviceState.FAILED, reason)
        assert scale.weigh(LONG_S).grams == 0
        scales.remove(scale)
        assert scale.stop()


def test_a_scale_that_is_plugged_in_later_is_found(tmp_path: Path, heard: Heard, scales: list[SerialScale]) -> None:
    port = tmp_path / "scale"
    scale = scale_at(str(port), "sics", heard, scales)
    assert heard.until(Device.SCALE, DeviceState.FAILED, "absent")
    assert scale.weigh(LONG_S) == ScaleReading(ScaleState.ABSENT)
    with FarEnd(lambda asked: WEIGHTS["sics"].get(asked, b"")) as far_end:
        port.symlink_to(far_end.port)
        assert heard.until(Device.SCALE, DeviceState.WORKING)
        assert heard.book.report(Device.SCALE).last_reason == "absent"
        scales.remove(scale)
        assert scale.stop()


@pytest.fixture
def displays() -> Iterator[list[SerialDisplay]]:
    made: list[SerialDisplay] = []
    yield made
    for display in made:
        assert display.stop()


def display_at(port: str, protocol: str, heard: Heard, displays: list[SerialDisplay]) -> SerialDisplay:
    dialect = DISPLAY_DIALECTS[protocol]
    display = SerialDisplay(port, 9600, 20, dialect, fold_for(dialect.code_page), heard.book, DISPLAY_PACE)
    displays.append(display)
    display.start()
    return display


@pytest.mark.parametrize(("protocol", "euro"), [("esc_pos", b"\xd5"), ("cd5220", b"EUR")])
def test_a_display_shows_the_newest(protocol: str, euro: bytes, heard: Heard, displays: list[SerialDisplay]) -> None:
    with FarEnd() as far_end:
        display = display_at(far_end.port, protocol, heard, displays)
        for cents in range(100):
            display.show(DisplayRow("Pâté"), DisplayRow("Total", f"{cents},00 €"))
        assert far_end.wait_for(b"99,00 " + euro)
        assert heard.until(Device.CUSTOMER_DISPLAY, DeviceState.SILENT)
        displays.remove(display)
        assert display.stop()


class RememberingLine:
    """A line that takes all."""

    def __init__(self) -> None:
        self.written = bytearray()

    def write(self, data: bytes, timeout_s: float) -> bool:
        self.written += data
        return True

    def drain(self, timeout_s: float) -> bool:
        return True

    def read(self, most: int, timeout_s: float) -> bytes:
        return b""

    def abort(self) -> None:
        """Nothing here waits."""

    def close(self) -> None:
        """Nothing was opened."""


def test_what_is_shown_last_stands_there_when_the_till_has_ended(heard: Heard) -> None:
    line, dialect = RememberingLine(), DISPLAY_DIALECTS["cd5220"]
    pace = DisplayPace(again_s=LONG_S, stop_s=LONG_S)
    fold = fold_for(dialect.code_page)
    display = SerialDisplay("COM3", 9600, 20, dialect, fold, heard.book, pace, lambda _port, _baud_rate: line)
    display.start()
    display.show(DisplayRow("Bonjour"), DisplayRow())
    display.show(DisplayRow("Caisse fermée"), DisplayRow())
    assert display.stop()
    assert line.written.endswith(b"Caisse ferm\x82e       \r\x1bQB" + b" " * 20 + b"\r")


def test_a_display_that_was_switched_off_shows_the_same_again(heard: Heard, displays: list[SerialDisplay]) -> None:
    with FarEnd() as far_end:
        display = display_at(far_end.port, "cd5220", heard, displays)
        display.show(DisplayRow("Bonjour"), DisplayRow())
        assert far_end.wait_for(b"Bonjour")
        far_end.forget()
        assert far_end.wait_for(b"Bonjour")
        displays.remove(display)
        assert display.stop()


def test_a_display_that_is_not_there_never_holds_anybody_up(
    tmp_path: Path, heard: Heard, displays: list[SerialDisplay]
) -> None:
    port = tmp_path / "display"
    display = display_at(str(port), "esc_pos", heard, displays)
    assert heard.until(Device.CUSTOMER_DISPLAY, DeviceState.FAILED, "absent")
    for cents in range(10_000):
        display.show(DisplayRow("Total", str(cents)), DisplayRow())
    with FarEnd() as far_end:
        port.symlink_to(far_end.port)
        assert far_end.wait_for(b"9999")
        assert heard.until(Device.CUSTOMER_DISPLAY, DeviceState.SILENT)
        displays.remove(display)
        assert display.stop()


def test_a_display_whose_cable_is_pulled_shows_again_once_it_is_back(
    tmp_path: Path, heard: Heard, displays: list[SerialDisplay]
) -> None:
    port = tmp_path / "display"
    with FarEnd() as first:
        port.symlink_to(first.port)
        display = display_at(str(port), "esc_pos", heard, displays)
        display.show(DisplayRow("Bonjour"), DisplayRow())
        assert first.wait_for(b"Bonjour")
    port.unlink()
    with FarEnd() as second:
        port.symlink_to(second.port)
        assert second.wait_for(b"Bonjour")
        displays.remove(display)
        assert display.stop()


def test_a_scale_whose_cable_is_pulled_weighs_again_once_it_is_back(
    tmp_path: Path, heard: Heard, scales: list[SerialScale]
) -> None:
    port, weights = tmp_path / "scale", WEIGHTS["sics"]
    with FarEnd(lambda asked: weights.get(asked, b"")) as first:
        port.symlink_to(first.port)
        scale = scale_at(str(port), "sics", heard, scales)
        assert scale.weigh(LONG_S) == ScaleReading(ScaleState.STABLE, 456)
    port.unlink()
    with FarEnd(lambda asked: weights.get(asked, b"")) as second:
        port.symlink_to(second.port)
        assert second.wait_for(b"SI")
        scales.remove(scale)
        assert scale.stop()
