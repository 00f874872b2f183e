"""The calls of `winspool.drv` against a stand-in of the library itself: what is asked, in which order, with what."""

# ruff: noqa: N802  # the names are those of the library
from __future__ import annotations

import ctypes
from typing import Any

import pytest

from app.printing.printer import PrinterState
from app.printing.transports.windows import WindowsTransport, Winspool, _JobInfo, _PrinterInfo, system_winspool
from app.usecases.ports import PrinterUnavailable


class Library:
    """`winspool.drv`: one printer; jobs leave the queue as told."""

    def __init__(self) -> None:
        self.called: list[str] = []
        self.written = b""
        self.status = 0
        self.attributes = 0
        self.job_states = [0x8, 0x10, None]
        self.fails: set[str] = set()
        self.title = ""
        self.kind = ""

    def _answer(self, name: str) -> int:
        self.called.append(name)
        return 0 if name in self.fails else 1

    def OpenPrinterW(self, queue: str, handle: Any, defaults: None) -> int:
        handle._obj.value = 7
        return self._answer("open")

    def ClosePrinter(self, handle: Any) -> int:
        return self._answer("close")

    def GetPrinterW(self, handle: Any, level: int, buffer: Any, size: int, needed: Any) -> int:
        assert level == 2
        needed._obj.value = ctypes.sizeof(_PrinterInfo)
        if buffer is None:
            return 0
        info = _PrinterInfo.from_buffer(buffer)
        info.status, info.attributes = self.status, self.attributes
        return self._answer("printer")

    def StartDocPrinterW(self, handle: Any, level: int, document: Any) -> int:
        self.title, self.kind = document._obj.name, document._obj.data_type
        return 42 * self._answer("start")

    def StartPagePrinter(self, handle: Any) -> int:
        return self._answer("page")

    def WritePrinter(self, handle: Any, data: bytes, size: int, written: Any) -> int:
        self.written += data[:size]
        written._obj.value = size
        return self._answer("write")

    def EndPagePrinter(self, handle: Any) -> int:
        return self._answer("end page")

    def EndDocPrinter(self, handle: Any) -> int:
        return self._answer("end")

    def GetJobW(self, handle: Any, number: int, level: int, buffer: Any, size: int, needed: Any) -> int:
        assert (number, level) == (42, 1)
        if self.job_states[0] is None:
            return 0
        needed._obj.value = ctypes.sizeof(_JobInfo)
        if buffer is not None:
            _JobInfo.from_buffer(buffer).status = self.job_states.pop(0) or 0
        return 1

    def SetJobW(self, handle: Any, number: int, level: int, buffer: None, command: int) -> int:
        assert (number, command) == (42, 5)
        return self._answer("delete")


@pytest.fixture
def library() -> Library:
    return Library()


def to(library: Library, number: int = 0, spool_limit_s: float = 60.0) -> WindowsTransport:
    return WindowsTransport("Tickets", lambda: Winspool(library, lambda: number), spool_limit_s, look_every_s=0.001)


def test_a_job_goes_through_raw_and_is_watched_until_it_has_left_the_queue(library: Library) -> None:
    to(library).send(b"\x1b@ticket")
    assert library.called == ["open", "printer", "start", "page", "write", "end page", "end", "close"]
    assert (library.written, library.title, library.kind) == (b"\x1b@ticket", "Comptoir", "RAW")


@pytest.mark.parametrize(
    ("status", "attributes", "reason"),
    [
        (0x10, 0, "paper_out"),
        (0x8, 0, "jammed"),
        (0x400000, 0, "cover_open"),
        (0x1, 0, "queue_stopped"),
        (0x80, 0, "offline"),
        (0x1000, 0, "offline"),
        (0, 0x400, "offline"),
    ],
)
def test_a_printer_that_cannot_print_gets_nothing(library: Library, status: int, attributes: int, reason: str) -> None:
    library.status, library.attributes = status, attributes
    with pytest.raises(PrinterUnavailable) as raised:
        to(library).send(b"ticket")
    assert raised.value.reason == reason
    assert "start" not in library.called
    assert library.called[-1] == "close"


@pytest.mark.parametrize(("number", "reason"), [(1801, "absent"), (5, "refused"), (1722, "no_spooler"), (31, "io")])
def test_a_queue_that_cannot_be_opened_is_named(library: Library, number: int, reason: str) -> None:
    library.fails.add("open")
    with pytest.raises(PrinterUnavailable) as raised:
        to(library, number).send(b"ticket")
    assert raised.value.reason == reason
    status = to(library, number).status()
    assert (status.state, status.reason) == (PrinterState.UNREACHABLE, reason)


@pytest.mark.parametrize("step", ["write", "end"])
def test_what_breaks_once_it_was_begun_is_unknown(library: Library, step: str) -> None:
    library.fails.add(step)
    with pytest.raises(PrinterUnavailable) as raised:
        to(library).send(b"ticket")
    assert raised.value.reason == "unknown"
    assert library.called[-1] == "close"


def test_a_spooler_that_ends_while_it_holds_a_job_has_not_printed_it(library: Library) -> None:
    library.job_states = [0x8, None]
    with pytest.raises(PrinterUnavailable) as raised:
        to(library, number=1722).send(b"ticket")
    assert raised.value.reason == "unknown"


@pytest.mark.parametrize(
    ("state", "reason"), [(0x10, "unknown"), (0x20, "offline"), (0x40, "paper_out"), (0x8, "queue_stopped")]
)
def test_a_job_that_stays_is_taken_back(library: Library, state: int, reason: str) -> None:
    library.job_states = [state] * 10_000
    with pytest.raises(PrinterUnavailable) as raised:
        to(library, spool_limit_s=0.02).send(b"ticket")
    assert raised.value.reason == reason
    assert library.called[-2:] == ["delete", "close"]


def test_waiting_is_called_off(library: Library) -> None:
    library.job_states = [0x8] * 10_000
    transport = to(library)
    transport.abort()
    with pytest.raises(PrinterUnavailable):
        transport.send(b"ticket")
    assert "delete" in library.called


@pytest.mark.skipif("WinDLL" in vars(ctypes), reason="this is Windows")
def test_elsewhere_there_is_no_such_spooler() -> None:
    with pytest.raises(PrinterUnavailable) as raised:
        system_winspool()
    assert raised.value.reason == "no_spooler"
