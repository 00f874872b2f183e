"""Owns a bench on which printers are found and worked on in memory, and which remembers what it was told."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from app.settings import PrinterProfile
from app.usecases.set_up_printer import FoundBy, FoundPrinter, LogoWay, Search

XP80 = FoundPrinter(
    FoundBy.NETWORK, "192.168.1.50", "XP-80", PrinterProfile("XP-80", "network", "192.168.1.50"), is_ticket_printer=True
)
LOCKED = FoundPrinter(
    FoundBy.USB, "/dev/usb/lp0", "", PrinterProfile("lp0", "file", path="/dev/usb/lp0"), problem="refused"
)


@dataclass
class MemoryBench:
    """Implements `PrinterBench`.

    Attributes:
        acts: what was done, in order, with the profile it was done with.
        fails: raised by the next act on a printer.
        drawer_opens_on: the pin its drawer listens to, 0 for none; it is open until `shut` is set.
    """

    offered: list[FoundPrinter] = field(default_factory=lambda: [XP80, LOCKED])
    acts: list[tuple[str, PrinterProfile]] = field(default_factory=list)
    fails: Exception | None = None
    drawer_opens_on: int = 2
    is_open: bool = False
    tells_of_drawer: bool = True
    searches: list[Search] = field(default_factory=list)

    def look_for_printers(self, search: Search) -> None:
        self.searches.append(search)
        search.is_at(0, 254)
        for found in self.offered:
            if search.stopped:
                return
            search.report(found)
        search.is_at(254, 254)

    def prepared(self, profile: PrinterProfile) -> PrinterProfile:
        return replace(profile, baud_rate=19_200) if profile.transport == "serial" else profile

    def print_chart(self, profile: PrinterProfile) -> None:
        self._act("chart", profile)

    def print_sample(self, profile: PrinterProfile) -> None:
        self._act("sample", profile)

    def kick(self, profile: PrinterProfile) -> None:
        self._act("kick", profile)
        self.is_open = profile.drawer_pin == self.drawer_opens_on

    def keep_logo(self, profile: PrinterProfile, file: bytes, way: LogoWay) -> PrinterProfile | None:
        self._act(f"logo {way}", profile)
        return replace(profile, logo=way) if file.startswith(b"\x89PNG") else None

    def drawer_signal(self, profile: PrinterProfile) -> bool | None:
        self._act("signal", profile)
        return self.is_open if self.tells_of_drawer else None

    def _act(self, name: str, profile: PrinterProfile) -> None:
        failure, self.fails = self.fails, None
        if failure is not None:
            raise failure
        self.acts.append((name, profile))
