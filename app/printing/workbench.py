"""Owns working on a printer past the print queue while it is being set up: search, chart, sample, drawer.

Each act is one job on a connection of its own, as the spooler's are. Nothing is sent twice by itself.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from app.domain.receipt import Printable
from app.paths import data_dir
from app.printing.discovery import (
    Finder,
    find_announced,
    find_on_network,
    find_queues,
    find_serial_ports,
    find_usb_printers,
    look_everywhere,
)
from app.printing.lines import LogoLine
from app.printing.parts import LocalTime
from app.printing.printer import Transport, laid_out_for
from app.printing.transports.choose import transport_of
from app.serial_line import OpenLine, SerialUnavailable, open_line
from app.settings import PrinterProfile
from app.usecases.ports import PrinterUnavailable
from app.usecases.set_up_printer import LogoWay, Search

_BAUD_RATES = (9600, 115_200, 38_400, 19_200)
_ASK_STATE = b"\x10\x04\x01"
_ANSWER_S = 0.4


def every_finder() -> Sequence[Finder]:
    """What is on this computer first, then the names given out on the network, then its addresses."""
    from app.printing.announced import announced

    listening = partial(find_announced, listen=announced)
    return (find_usb_printers, find_queues, find_serial_ports, listening, find_on_network)


class Workbench:
    """Implements `PrinterBench`."""

    def __init__(
        self,
        language: Callable[[], str],
        local_time: LocalTime,
        sample: Callable[[], Printable],
        *,
        folder: Path | None = None,
        finders: Callable[[], Sequence[Finder]] = every_finder,
        transport: Callable[[PrinterProfile], Transport | None] = transport_of,
        opened: OpenLine = open_line,
    ) -> None:
        """Args: sample: the paper a printer shows with what it can do; folder: where the logo is kept."""
        self._folder = folder or data_dir()
        self._language = language
        self._local_time = local_time
        self._sample = sample
        self._finders = finders
        self._transport = transport
        self._opened = opened
        self._called_off = False
        self._search: Search | None = None
        self._way: Transport | None = None

    def call_off(self) -> None:
        """The till ends: whatever is under way ends soon, and nothing more is begun. From any thread."""
        self._called_off = True
        search, way = self._search, self._way
        if search is not None:
            search.stop()
        if way is not None:
            way.abort()

    def look_for_printers(self, search: Search) -> None:
        self._search = search
        if not self._called_off:
            look_everywhere(search, self._finders())

    def prepared(self, profile: PrinterProfile) -> PrinterProfile:
        if profile.transport != "serial":
            return profile
        for baud_rate in dict.fromkeys((profile.baud_rate, *_BAUD_RATES)):
            if not self._called_off and self._answers_at(profile.path, baud_rate):
                return replace(profile, baud_rate=baud_rate, answers=True)
        return replace(profile, answers=False)  # many are wired to listen only; whether it prints, the chart shows

    def print_chart(self, profile: PrinterProfile) -> None:
        from app.printing.chart import chart  # brings python-escpos and PIL

        self._way_to(profile).send(chart(profile, self._language()))

    def print_sample(self, profile: PrinterProfile) -> None:
        from app.printing.encoder import encode
        from app.printing.logo import shop_logo

        lines = laid_out_for(profile, self._sample(), self._language(), self._local_time)
        with_logo = [LogoLine(), *lines] if profile.logo != "none" else lines
        self._way_to(profile).send(encode(with_logo, profile, logo=shop_logo(profile, self._folder)))

    def keep_logo(self, profile: PrinterProfile, file: bytes, way: LogoWay) -> PrinterProfile | None:
        from app.printing.logo import LOGO_FILE, LogoUnusable, logo_picture, store_logo

        try:
            logo_picture(file, profile)
            if way == "stored":
                self._way_to(profile).send(store_logo(file, profile))
            else:
                half_written = self._folder / (LOGO_FILE + ".new")
                half_written.write_bytes(file)
                half_written.replace(self._folder / LOGO_FILE)
        except LogoUnusable:
            return None
        return replace(profile, logo=way)

    def kick(self, profile: PrinterProfile) -> None:
        from app.printing.encoder import kick

        way = self._way_to(profile)
        if not way.live:
            raise PrinterUnavailable("not_live")
        way.send(kick(profile))

    def drawer_signal(self, profile: PrinterProfile) -> bool | None:
        return self._way_to(profile).status().drawer_signal

    def _way_to(self, profile: PrinterProfile) -> Transport:
        way = self._transport(profile)
        if way is None:
            raise PrinterUnavailable("no_printer")
        self._way = way
        if self._called_off:  # `call_off` came before there was a way to abort
            way.abort()
        return way

    def _answers_at(self, port: str, baud_rate: int) -> bool:
        with contextlib.suppress(SerialUnavailable), contextlib.closing(self._opened(port, baud_rate)) as line:
            line.write(_ASK_STATE, _ANSWER_S)
            return any(byte & 0b1001_0011 == 0b0001_0010 for byte in line.read(16, _ANSWER_S))
        return False
