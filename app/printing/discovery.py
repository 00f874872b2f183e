"""Owns looking for printers: on USB, in the system's queues, on serial ports, and on the network this computer is in.

Nothing is printed. An address on the network is asked one question that no office printer puts on paper (`DLE EOT 1`);
only what answers as a ticket printer is asked for its name. Only private addresses of the networks this computer has an
address in are tried, never more than 1,024. A search that was stopped ends within a moment.
"""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import os
import re
import selectors
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from app.printing.models import is_ticket_printer, proposed, read_device_id, shown_name
from app.serial_line import SerialPort, serial_ports
from app.settings import PrinterProfile
from app.usecases.set_up_printer import FoundBy, FoundPrinter, Search

RAW_PORT = 9100
MOST_ADDRESSES = 1024
_AT_ONCE = 64
_CONNECT_S = 0.3
_ANSWER_S = 0.4
_SLICE_S = 0.05
_COMMAND_S = 3.0
_LAST_PARTS = 8

_ASK_STATE = b"\x10\x04\x01"
_ASK_MODEL = b"\x1dI\x43"
_NAME = re.compile(rb"_([ -~]{1,40})\x00")

Finder = Callable[[Search], None]


def look_everywhere(search: Search, finders: Iterable[Finder]) -> None:
    """Let each finder report what it finds, until the search is stopped."""
    for find in finders:
        if search.stopped:
            return
        find(search)


# --- on this computer ---


def find_usb_printers(
    search: Search, devices: Path = Path("/dev/usb"), classes: Path = Path("/sys/class/usbmisc")
) -> None:
    """Devices of Linux' own printer driver. What each calls itself is read where anybody may; it is not opened."""
    for device in sorted(devices.glob("lp*")):
        told = read_device_id(_text_of(classes / device.name / "device" / "ieee1284_id"))
        known = is_ticket_printer(f"{told.name} {told.commands}")
        profile = proposed(PrinterProfile(told.name or device.name, "file", path=str(device)), told.name)
        problem = "" if os.access(device, os.W_OK) else "refused"
        search.report(FoundPrinter(FoundBy.USB, str(device), told.name, profile, known, problem))


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def find_queues(search: Search) -> None:
    """The system's print queues: of CUPS, or of Windows."""
    if sys.platform == "win32":
        from app.printing.windows_queues import windows_queues

        _report_queues(search, "windows", windows_queues())
    else:
        _report_queues(search, "cups", cups_queues())


def cups_queues(command: str = "lpstat") -> Sequence[tuple[str, str]]:
    """Name and address of each queue; none where there is no CUPS."""
    program = shutil.which(command)
    if program is None:
        return ()
    environment = {**os.environ, "LC_ALL": "C"}
    try:
        told = subprocess.run(  # noqa: S603  # a fixed program with fixed words
            [program, "-v"], capture_output=True, timeout=_COMMAND_S, env=environment, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    lines = told.stdout.decode(errors="replace").splitlines()
    return [(found[1], found[2]) for line in lines if (found := _QUEUE.match(line))]


_QUEUE = re.compile(r"device for (\S+): (\S+)")


def _report_queues(search: Search, transport: Literal["cups", "windows"], queues: Sequence[tuple[str, str]]) -> None:
    for queue, address in queues:
        words = f"{queue} {address}"
        try:
            profile = proposed(PrinterProfile(queue, transport, queue=queue), words)
        except ValueError:  # no queue is called so: some other line was read
            continue
        search.report(FoundPrinter(FoundBy.QUEUE, queue, queue, profile, is_ticket_printer(words)))


def find_serial_ports(search: Search, ports: Callable[[], Sequence[SerialPort]] = serial_ports) -> None:
    """Ports a printer may be plugged into; nothing is sent there: it may be a scale."""
    for port in ports():
        profile = PrinterProfile(port.name, "serial", path=port.name)
        words = "" if port.description == port.name else port.description
        search.report(FoundPrinter(FoundBy.SERIAL, port.name, words, profile, is_ticket_printer(words)))


# --- on the network ---


def own_addresses() -> Sequence[str]:
    """Private IPv4 addresses of this computer. Nothing is sent: a UDP socket that is pointed somewhere knows from
    which of its addresses it would send."""
    known = [_address_towards(network) for network in _PRIVATE_NETWORKS]
    return sorted({address for address in known if address and _may_be_tried(address) and not _is_loopback(address)})


_PRIVATE_NETWORKS = ("10.0.0.1", "172.16.0.1", "192.168.0.1", "192.168.1.1", "169.254.0.1", "192.0.2.1")


def _address_towards(other: str) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as pointed:
        try:
            pointed.connect((other, 9))
        except OSError:
            return ""
        return str(pointed.getsockname()[0])


def _is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address).is_loopback


def _may_be_tried(address: str) -> bool:
    try:
        known = ipaddress.IPv4Address(address)
    except ValueError:
        return False
    return known.is_private and not (known.is_multicast or known.is_unspecified or known.is_reserved)


def neighbours(addresses: Iterable[str]) -> Sequence[str]:
    """Every address in the same /24 as one of these, themselves left out; at most 1,024."""
    own = list(addresses)
    networks = dict.fromkeys(ipaddress.ip_network(f"{address}/24", strict=False) for address in own)
    every = [str(host) for network in networks for host in network.hosts()]
    return [address for address in every if address not in own][:MOST_ADDRESSES]


def find_on_network(search: Search, addresses: Sequence[str] | None = None, port: int = RAW_PORT) -> None:
    """Try the port of each address, many at once; ask what answers.

    Args:
        addresses: private ones; None for the neighbours of this computer.
    """
    wanted = neighbours(own_addresses()) if addresses is None else addresses
    allowed = [address for address in wanted if _may_be_tried(address)][:MOST_ADDRESSES]
    search.is_at(0, len(allowed))
    for at in range(0, len(allowed), _AT_ONCE):
        if search.stopped:
            return
        batch = allowed[at : at + _AT_ONCE]
        for address in _open_among(batch, port, search):
            search.report(asked(address, port))
        search.is_at(at + len(batch), len(allowed))


def _open_among(addresses: Sequence[str], port: int, search: Search) -> Sequence[str]:
    """Those whose port takes a connection within 0.3 s."""
    is_open: list[str] = []
    with selectors.DefaultSelector() as waiting, contextlib.ExitStack() as stack:
        for address in addresses:
            tried = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
            tried.setblocking(False)
            if tried.connect_ex((address, port)) in _UNDER_WAY:
                waiting.register(tried, selectors.EVENT_WRITE, address)
        for _slice in range(int(_CONNECT_S / _SLICE_S)):
            if search.stopped or not waiting.get_map():
                break
            for key, _events in waiting.select(_SLICE_S):
                waiting.unregister(key.fileobj)
                if _is_connected(key.fileobj):
                    is_open.append(key.data)
    return is_open


_UNDER_WAY = frozenset({0, errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EAGAIN})


def _is_connected(tried: object) -> bool:
    return isinstance(tried, socket.socket) and not tried.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)


def asked(address: str, port: int = RAW_PORT, name: str = "") -> FoundPrinter:
    """What answers there says of itself; it is believed to be an office printer if it says nothing."""
    answers, model = False, ""
    with contextlib.suppress(OSError), socket.create_connection((address, port), _CONNECT_S) as connection:
        connection.settimeout(_ANSWER_S)
        connection.sendall(_ASK_STATE)
        answers = _has_state(_answer(connection, _has_state))
        if answers:
            connection.sendall(_ASK_MODEL)
            found = _NAME.search(_answer(connection, lambda told: _NAME.search(told) is not None))
            model = found[1].decode("ascii").strip() if found else ""
        connection.shutdown(socket.SHUT_WR)
        for _part in range(_LAST_PARTS):  # closing on an unread answer resets the connection; some printers then hang
            if not connection.recv(1024):
                break
    known = model or shown_name(name)
    profile = proposed(PrinterProfile(known or address, "network", address, port), known)
    where = address if port == RAW_PORT else f"{address}:{port}"
    return FoundPrinter(FoundBy.NETWORK, where, known, profile, answers or is_ticket_printer(known))


def _has_state(told: bytes) -> bool:
    """Whether there is an answer to `DLE EOT` among these bytes (fixed bits 0xx1xx10)."""
    return any(byte & 0b1001_0011 == 0b0001_0010 for byte in told)


def _answer(connection: socket.socket, is_enough: Callable[[bytes], bool]) -> bytes:
    told, deadline = b"", time.monotonic() + 2 * _ANSWER_S
    with contextlib.suppress(TimeoutError):
        while not is_enough(told) and len(told) < 256 and time.monotonic() < deadline:
            more = connection.recv(256)
            if not more:
                break
            told += more
    return told


# --- names given out on the network ---


@dataclass(frozen=True, slots=True)
class Announced:
    """A printer that tells its name on the network (mDNS). `port`: of its raw port, 0 if it only speaks others."""

    name: str
    address: str
    port: int


Listen = Callable[[Search], Iterator[Announced]]


def find_announced(search: Search, listen: Listen) -> None:
    """Printers that say their names. Those that do not mention a raw port mostly have it all the same: it is tried."""
    for told in listen(search):
        if search.stopped:
            return
        if not _may_be_tried(told.address):
            continue
        port = told.port or RAW_PORT
        if told.port or _open_among([told.address], port, search):
            found = asked(told.address, port, told.name)
            search.report(replace(found, name=found.name or shown_name(told.name)))
