"""Customer display and scale of a window over real pseudo-terminals: chosen, told, read, taken away."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.bootstrap.line_devices import LineDevices
from app.settings import CustomerDisplaySettings, ScaleSettings, Settings
from app.surroundings import SystemClock
from app.usecases.counter_devices import DisplayRow, ScaleReading, ScaleState
from app.usecases.device_book import Device, DeviceBook, DeviceState
from tests.fakes.inline_runner import InlineRunner
from tests.fakes.line_devices import FarEnd

pytestmark = pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs pseudo-terminals")

LONG_MS = 60_000


@pytest.fixture
def book() -> DeviceBook:
    return DeviceBook(SystemClock())


@pytest.fixture
def devices(qapp, book: DeviceBook) -> Iterator[LineDevices]:
    made = LineDevices(book, InlineRunner())
    yield made
    made.stop()


def test_a_display_chosen_in_the_settings_shows_what_the_sale_says(qtbot, devices: LineDevices, book) -> None:
    with FarEnd() as far_end:
        chosen = CustomerDisplaySettings("serial", far_end.port, protocol="cd5220")
        devices.show(DisplayRow("Pain"), DisplayRow("Total", "1,20 €"))
        devices.use(Settings(customer_display=chosen))
        assert far_end.wait_for(b"1,20 EUR")
        devices.use(Settings(customer_display=replace(chosen, protocol="esc_pos")))
        assert far_end.wait_for(b"1,20 \xd5")
        devices.use(Settings())
        assert book.report(Device.CUSTOMER_DISPLAY).state is DeviceState.OFF
        devices.show(DisplayRow("nobody"), DisplayRow())


def test_readings_come_to_the_main_thread_until_nobody_watches(qtbot, devices: LineDevices, book) -> None:
    told: list[tuple[ScaleReading, bool]] = []

    def tell(reading: ScaleReading) -> None:
        told.append((reading, threading.current_thread() is threading.main_thread()))

    with FarEnd(lambda asked: b"S S      0.456 kg\r\n" if asked == b"SI\r\n" else b"") as far_end:
        devices.use(Settings(scale=ScaleSettings("serial", far_end.port)))
        devices.watch(tell)
        qtbot.waitUntil(lambda: (ScaleReading(ScaleState.STABLE, 456), True) in told, timeout=LONG_MS)
        assert all(on_main for _reading, on_main in told)
        devices.unwatch()
        told.clear()
        assert devices.weigh() == ScaleReading(ScaleState.STABLE, 456)
        qtbot.wait(0)
        assert told == []
        devices.stop()
    assert not devices.is_there
