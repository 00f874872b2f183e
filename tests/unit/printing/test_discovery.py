"""Looking for printers on this computer and on loopback: what is found, what is asked, and that it can be stopped."""

from __future__ import annotations

import ctypes
import itertools
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.printing import discovery
from app.printing.announced import announced
from app.printing.discovery import (
    MOST_ADDRESSES,
    Announced,
    asked,
    cups_queues,
    find_announced,
    find_on_network,
    find_serial_ports,
    find_usb_printers,
    look_everywhere,
    neighbours,
    own_addresses,
)
from app.printing.models import is_ticket_printer, proposed, read_device_id
from app.printing.windows_queues import _PrinterInfo4, windows_queues
from app.serial_line import SerialPort
from app.settings import PrinterProfile
from app.usecases.set_up_printer import FoundBy, FoundPrinter, Search
from tests.fakes.socket_printer import Behaviour, SocketPrinter, socket_printer

TM_T20 = "MFG:EPSON;CMD:ESC/POS;MDL:TM-T20III;CLS:PRINTER;DES:EPSON TM-T20III;"


def test_a_usb_printer_is_found_by_its_own_name(tmp_path: Path) -> None:
    devices, classes = tmp_path / "usb", tmp_path / "usbmisc"
    devices.mkdir()
    (devices / "lp0").touch()
    (devices / "lp1").touch()
    (classes / "lp0" / "device").mkdir(parents=True)
    (classes / "lp0" / "device" / "ieee1284_id").write_text(TM_T20)
    search = Search()
    find_usb_printers(search, devices, classes)
    first, second = search.found
    assert (first.by, first.name, first.is_ticket_printer, first.problem) == (FoundBy.USB, "EPSON TM-T20III", True, "")
    assert (first.profile.transport, first.profile.path) == ("file", str(devices / "lp0"))
    assert (second.name, second.is_ticket_printer) == ("", False)


def test_a_device_nobody_may_write_to_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lp0").touch()
    monkeypatch.setattr("os.access", lambda _path, _mode: False)
    search = Search()
    find_usb_printers(search, tmp_path, tmp_path)
    assert [found.problem for found in search.found] == ["refused"]


def test_queues_of_cups_are_read_from_its_own_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lpstat = tmp_path / "lpstat"
    lpstat.write_text(
        "#!/bin/sh\necho 'device for Caisse: usb://EPSON/TM-T20III?serial=1'\n"
        "echo 'device for Bureau: ipp://10.0.0.9/ipp'\necho rubbish\n"
    )
    lpstat.chmod(lpstat.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert [name for name, _ in cups_queues()] == ["Caisse", "Bureau"]
    search = Search()
    discovery.find_queues(search)
    assert [(found.where, found.is_ticket_printer) for found in search.found] == [("Caisse", True), ("Bureau", False)]
    assert search.found[0].profile.queue == "Caisse"


def test_no_cups_no_queues(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert cups_queues() == ()


class WinSpool:
    """Stands in for winspool.drv: two queues."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        self.kept: object = None

    def EnumPrintersW(  # noqa: N802  # Windows' own name
        self, _flags: int, _server: Any, level: int, room: Any, size: int, needed: Any, count: Any
    ) -> int:
        assert level == 4
        needed._obj.value = ctypes.sizeof(_PrinterInfo4) * len(self.names)
        if room is None:
            return 0
        assert size == needed._obj.value
        rows = (_PrinterInfo4 * len(self.names))(*[_PrinterInfo4(name, None, 64) for name in self.names])
        self.kept = rows
        ctypes.memmove(room, rows, size)
        count._obj.value = len(self.names)
        return 1


def test_queues_of_windows() -> None:
    assert [name for name, _ in windows_queues(WinSpool(["EPSON TM-T20III Receipt", "Bureau"]))] == [
        "EPSON TM-T20III Receipt",
        "Bureau",
    ]
    assert windows_queues(WinSpool([])) == ()


def test_serial_ports_are_named_and_nothing_is_sent() -> None:
    search = Search()
    find_serial_ports(search, lambda: [SerialPort("/dev/ttyS0", "/dev/ttyS0"), SerialPort("/dev/ttyUSB0", "XP-80")])
    assert [(found.where, found.name, found.is_ticket_printer) for found in search.found] == [
        ("/dev/ttyUSB0", "XP-80", True),
        ("/dev/ttyS0", "", False),
    ]


# --- the network, on loopback


@pytest.fixture
def printer() -> Iterator[SocketPrinter]:
    with socket_printer() as on:
        yield on


def test_a_printer_on_the_network_is_found_and_prints_nothing(printer: SocketPrinter) -> None:
    search = Search()
    find_on_network(search, [f"127.0.0.{last}" for last in range(1, 80)], printer.port)
    found = [each for each in search.found if each.profile.host == "127.0.0.1"]
    assert [each.is_ticket_printer for each in found] == [True]
    assert (found[0].profile.transport, found[0].profile.port) == ("network", printer.port)
    assert search.progress == (79, 79)
    assert found[0].name == "TM-T20III"
    assert printer.jobs == [], "questions are all it got"


def test_one_that_says_nothing_is_not_asked_for_its_name(printer: SocketPrinter) -> None:
    printer.behaviour = Behaviour(silent=True)
    found = asked("127.0.0.1", printer.port)
    assert not found.is_ticket_printer
    assert printer.jobs == []


def test_addresses_beyond_a_private_network_are_never_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def noting(addresses: list[str], _port: int, _search: Search) -> list[str]:
        tried.extend(addresses)
        return []

    monkeypatch.setattr(discovery, "_open_among", noting)
    find_on_network(Search(), ["8.8.8.8", "192.0.2.300", "224.0.0.1", "0.0.0.0", "192.168.7.9"])  # noqa: S104  # an address to refuse
    assert tried == ["192.168.7.9"]


def test_never_more_than_so_many_addresses() -> None:
    many = [f"10.0.{network}.7" for network in range(20)]
    assert len(neighbours(many)) == MOST_ADDRESSES
    assert len(neighbours(["192.168.1.20"])) == 253
    assert "192.168.1.20" not in neighbours(["192.168.1.20", "192.168.1.21"])


def test_own_addresses_are_private_ones_only(monkeypatch: pytest.MonkeyPatch) -> None:
    seen_from = iter(["192.168.1.20", "192.168.1.20", "127.0.0.1", "82.64.1.9", "", "10.0.0.3"])
    monkeypatch.setattr(discovery, "_address_towards", lambda _other: next(seen_from))
    assert own_addresses() == ["10.0.0.3", "192.168.1.20"]


def test_a_stopped_search_tries_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    search = Search()
    batches: list[int] = []

    def stopping(addresses: list[str], _port: int, given: Search) -> list[str]:
        batches.append(len(addresses))
        given.stop()
        return []

    monkeypatch.setattr(discovery, "_open_among", stopping)
    find_on_network(search, [f"10.0.0.{last}" for last in range(1, 200)])
    look_everywhere(search, [lambda _search: batches.append(-1)])
    assert batches == [64]


# --- names given out on the network


def test_a_name_given_out_leads_to_the_raw_port(printer: SocketPrinter) -> None:
    search = Search()
    find_announced(search, lambda _search: iter([Announced("EPSON TM-m30", "127.0.0.1", printer.port)]))
    [found] = search.found
    assert (found.name, found.profile.port, found.is_ticket_printer) == ("TM-T20III", printer.port, True)


def test_a_name_anybody_may_have_given_out_is_cleaned_and_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "_open_among", lambda _addresses, _port, _search: ["127.0.0.1"])
    search = Search()
    find_announced(search, lambda _search: iter([Announced("\x1b[2J\u202eTM-m30\ud800" + "x" * 5000, "127.0.0.1", 1)]))
    [found] = search.found
    assert found.name.startswith("[2JTM-m30xxx")
    assert len(found.name) == len(found.profile.name) == 80


def test_a_line_that_names_no_queue_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "cups_queues", lambda: [("Cai\x1bsse", "usb://x"), ("Bureau", "ipp://x")])
    search = Search()
    discovery.find_queues(search)
    assert [found.where for found in search.found] == ["Bureau"]


def test_one_that_answers_drop_by_drop_is_not_listened_to_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = socket.socketpair()
    ticks = itertools.count(0.0, 0.3)
    monkeypatch.setattr(discovery, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
    with ours, theirs:
        theirs.sendall(b"\x00" * 200)
        told = discovery._answer(OneByOne(ours), lambda _told: False)  # type: ignore[arg-type]  # reads as a socket does
    assert 0 < len(told) < 5


class OneByOne:
    """A connection that brings one byte at a time."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def recv(self, _most: int) -> bytes:
        return self._connection.recv(1)


def test_one_without_a_raw_port_is_left_out_if_nothing_answers_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "_open_among", lambda _addresses, _port, _search: [])
    search = Search()
    find_announced(
        search, lambda _search: iter([Announced("LaserJet", "10.0.0.9", 0), Announced("x", "8.8.8.8", 9100)])
    )
    assert search.found == []


def test_more_known_of_the_same_printer_replaces_what_was_known() -> None:
    search = Search()
    plain = FoundPrinter(FoundBy.NETWORK, "10.0.0.9", "", PrinterProfile())
    named = FoundPrinter(FoundBy.NETWORK, "10.0.0.9", "TM-T20", PrinterProfile(), is_ticket_printer=True)
    for found in (plain, named, plain):
        search.report(found)
    assert search.found == [named]


def test_a_real_announcement_on_loopback_is_heard() -> None:
    from zeroconf import ServiceInfo, Zeroconf

    kind = "_pdl-datastream._tcp.local."
    teller = Zeroconf(interfaces=["127.0.0.1"])
    try:
        info = ServiceInfo(
            kind, f"Comptoir test.{kind}", 9100, addresses=[socket.inet_aton("127.0.0.1")], server="t.local."
        )
        teller.register_service(info)
        search = Search()
        heard = next(iter(announced(search, ["127.0.0.1"], 20.0)), None)
        assert heard == Announced("Comptoir test", "127.0.0.1", 9100)
    finally:
        teller.close()


# --- what names tell


@pytest.mark.parametrize(
    ("words", "columns", "cutter"),
    [("EPSON TM-T20III", 48, True), ("POS-5890", 32, False), ("TM-U220", 40, True), ("Star TSP143", 48, True)],
)
def test_a_known_name_proposes_a_profile(words: str, columns: int, cutter: bool) -> None:
    profile = proposed(PrinterProfile(), words)
    assert is_ticket_printer(words)
    assert (profile.width_columns, profile.has_cutter) == (columns, cutter)


def test_an_office_printer_is_none_of_them() -> None:
    assert not is_ticket_printer("HP LaserJet M110we ipp://10.0.0.9/ipp")
    assert proposed(PrinterProfile(), "HP LaserJet") == PrinterProfile()


@pytest.mark.parametrize("text", ["", ";;;", "MFG", "MFG:\x00\x07;MDL:", "MODEL:XP-80;COMMAND SET:ESC/POS"])
def test_an_odd_device_id_is_no_trouble(text: str) -> None:
    assert read_device_id(text).name in ("", "XP-80")
