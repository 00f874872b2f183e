"""A printer worked on directly: chart, sample and drawer reach it once, or it is said why not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Literal

import pytest
from PIL import Image

from app.domain.receipt import SelfTest
from app.printing.discovery import find_serial_ports
from app.printing.workbench import Workbench
from app.serial_line import SerialPort, SerialUnavailable
from app.settings import PrinterProfile
from app.usecases.ports import PrinterUnavailable
from app.usecases.set_up_printer import CHART_LINES, NATIVE_CODE, Search
from tests.fakes.memory_store import A_TILL
from tests.fakes.socket_printer import Behaviour, SocketPrinter, read_job, socket_printer
from tests.fakes.surroundings import NOON


def local(moment: datetime) -> datetime:
    return moment


def bench() -> Workbench:
    return Workbench(lambda: "fr", local, lambda: SelfTest(A_TILL.shop, NOON, "TEST"))


@pytest.fixture
def printer() -> Iterator[SocketPrinter]:
    with socket_printer() as on:
        yield on


def profile_of(printer: SocketPrinter) -> PrinterProfile:
    return PrinterProfile("XP-80", "network", "127.0.0.1", printer.port, open_drawer=True)


def test_chart_and_sample_come_out_once_each(printer: SocketPrinter) -> None:
    bench().print_chart(profile_of(printer))
    bench().print_sample(profile_of(printer))
    chart, sample = (read_job(job, {line.page_number: line.code_page for line in CHART_LINES}) for job in printer.jobs)
    assert chart.qr_texts == [NATIVE_CODE]
    assert "é è ê" in sample.text
    assert chart.drawer_kicks == sample.drawer_kicks == 0


def test_the_drawer_is_kicked_and_its_sensor_read(printer: SocketPrinter) -> None:
    profile = profile_of(printer)
    bench().kick(profile)
    assert read_job(printer.jobs[0], {16: "cp1252"}).drawer_kicks == 1
    assert bench().drawer_signal(profile) is False
    printer.behaviour = Behaviour(silent=True)
    assert bench().drawer_signal(profile) is None


def test_a_logo_is_put_into_the_printer_or_beside_the_data(printer: SocketPrinter, tmp_path: Path) -> None:
    picture = BytesIO()
    Image.linear_gradient("L").save(picture, "PNG")
    file, profile = picture.getvalue(), profile_of(printer)
    at_work = Workbench(lambda: "fr", local, lambda: SelfTest(A_TILL.shop, NOON, "TEST"), folder=tmp_path)
    sent = at_work.keep_logo(profile, file, "sent")
    assert sent is not None
    assert (tmp_path / "logo.png").read_bytes() == file
    assert printer.jobs == []
    at_work.print_sample(sent)
    assert read_job(printer.jobs[-1], {16: "cp1252"}).pictures == 1
    assert at_work.keep_logo(profile, b"no picture", "stored") is None
    assert len(printer.jobs) == 1


def test_a_spooler_never_gets_a_kick() -> None:
    with pytest.raises(PrinterUnavailable) as refused:
        bench().kick(PrinterProfile("Caisse", "cups", queue="Caisse", open_drawer=True))
    assert refused.value.reason == "not_live"


def test_no_paper_is_said(printer: SocketPrinter) -> None:
    printer.behaviour = Behaviour(paper_out=True)
    with pytest.raises(PrinterUnavailable) as refused:
        bench().print_chart(profile_of(printer))
    assert refused.value.reason == "paper_out"


@pytest.mark.parametrize("transport", ["screen", "none"])
def test_what_is_no_device_has_no_chart(transport: Literal["screen", "none"]) -> None:
    with pytest.raises(PrinterUnavailable) as refused:
        bench().print_chart(PrinterProfile(transport=transport))
    assert refused.value.reason == "no_printer"


def test_a_search_looks_with_every_finder() -> None:
    ports = [SerialPort("COM3", "USB serial")]
    looking = Workbench(
        lambda: "fr",
        local,
        lambda: SelfTest(A_TILL.shop, NOON, ""),
        finders=lambda: [lambda s: find_serial_ports(s, lambda: ports)],
    )
    search = Search()
    looking.look_for_printers(search)
    assert [found.where for found in search.found] == ["COM3"]


@dataclass
class ALine:
    """A line whose other end understands one speed."""

    speed: int
    opened_at: list[int] = field(default_factory=list)

    def __call__(self, port: str, baud_rate: int) -> ALine:
        if port != "COM3":
            raise SerialUnavailable("absent")
        self.opened_at.append(baud_rate)
        return self

    def write(self, data: bytes, timeout_s: float) -> bool:
        return bool(data) and timeout_s > 0

    def drain(self, timeout_s: float) -> bool:
        return timeout_s > 0

    def read(self, most: int, timeout_s: float) -> bytes:
        assert timeout_s < 1
        return (b"\x12" if self.opened_at[-1] == self.speed else b"\xff\x80")[:most]

    def abort(self) -> None: ...

    def close(self) -> None: ...


def test_the_speed_of_a_serial_line_is_found_by_asking() -> None:
    line = ALine(38_400)
    asking = Workbench(lambda: "fr", local, lambda: SelfTest(A_TILL.shop, NOON, ""), opened=line)
    serial = PrinterProfile("serial", "serial", path="COM3", baud_rate=9600)
    assert asking.prepared(serial).baud_rate == 38_400
    assert line.opened_at == [9600, 115_200, 38_400]
    line.speed = 1200
    assert asking.prepared(serial) == replace(serial, answers=False), "it only listens, or it is none"
    assert asking.prepared(replace(serial, path="COM9")).baud_rate == 9600
    assert asking.prepared(PrinterProfile()) == PrinterProfile()


def test_a_printer_that_hangs_does_not_hold_up_the_end_of_the_till(printer: SocketPrinter) -> None:
    printer.behaviour = Behaviour(hang_after=500)
    working, ended = bench(), []

    def print_chart() -> None:
        try:
            working.print_chart(profile_of(printer))
        except PrinterUnavailable as error:
            ended.append(error.reason)

    thread = threading.Thread(target=print_chart)
    thread.start()
    assert printer.stuck.wait(20)
    working.call_off()
    thread.join(5)
    assert ended == ["unknown"]
    jobs = len(printer.jobs)
    with pytest.raises(PrinterUnavailable):
        working.print_sample(profile_of(printer))
    assert len(printer.jobs) == jobs


def test_a_search_ends_with_the_till() -> None:
    search, looked = Search(), []

    def first(_search: Search) -> None:
        working.call_off()

    def second(_search: Search) -> None:
        looked.append("second")

    working = Workbench(
        lambda: "fr", local, lambda: SelfTest(A_TILL.shop, NOON, "TEST"), finders=lambda: (first, second)
    )
    working.look_for_printers(search)
    working.look_for_printers(Search())
    assert search.stopped
    assert looked == []
