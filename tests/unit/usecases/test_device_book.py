from __future__ import annotations

from app.usecases.device_book import Device, DeviceBook, DeviceState
from tests.fakes.surroundings import HandSetClock


def test_a_counter_begins_without_devices() -> None:
    book = DeviceBook(HandSetClock())
    assert [report.device for report in book.reports()] == list(Device)
    assert {report.state for report in book.reports()} == {DeviceState.OFF}


def test_what_failed_and_works_again_keeps_its_last_reason() -> None:
    clock = HandSetClock()
    book = DeviceBook(clock)
    book.set_up(Device.PRINTER, "TM-T20")
    book.failed(Device.PRINTER, "paper_out")
    failed_at = clock.now()
    clock.go_on(seconds=60)
    book.works(Device.PRINTER, paper="low")

    report = book.report(Device.PRINTER)

    assert (report.state, report.reason, report.last_reason) == (DeviceState.WORKING, "", "paper_out")
    assert (report.failed_at, report.worked_at) == (failed_at, clock.now())
    assert report.facts == {"paper": "low"}


def test_only_what_can_be_seen_is_announced() -> None:
    told: list[Device] = []
    clock = HandSetClock()
    book = DeviceBook(clock, told.append)
    book.set_up(Device.CAMERA, "webcam")
    book.works(Device.CAMERA)
    clock.go_on(seconds=1)
    book.works(Device.CAMERA)
    assert told == [Device.CAMERA, Device.CAMERA]


def test_another_device_has_no_past() -> None:
    book = DeviceBook(HandSetClock())
    book.set_up(Device.SCALE, "COM3")
    book.failed(Device.SCALE, "absent")
    book.set_up(Device.SCALE, "COM4")
    assert book.report(Device.SCALE).last_reason == ""
    book.taken_away(Device.SCALE)
    assert book.report(Device.SCALE).state is DeviceState.OFF
