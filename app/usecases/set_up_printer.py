"""Owns how a printer is set up with proof: what a search finds, what the numbered chart asks, and which profile follows
from a person's answers. Never touches a device; a profile is only ever a proposal until somebody keeps it.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal, Protocol

from app.settings import PrinterProfile


class PrinterPlace(StrEnum):
    """Where a printer may stand; the value is the setting's name."""

    TICKETS = "printer"
    PREPARATION = "preparation_printer"
    FALLBACK = "fallback_printer"


class FoundBy(StrEnum):
    """How the computer reaches a printer that was found, in the order they are proposed."""

    USB = "usb"
    NETWORK = "network"
    QUEUE = "queue"
    SERIAL = "serial"


@dataclass(frozen=True, slots=True)
class FoundPrinter:
    """A printer, or what may be one.

    Attributes:
        where: device, address with port, queue or serial port.
        name: what it calls itself, "" if it says nothing.
        profile: a proposal; the chart corrects it.
        is_ticket_printer: it answered as one, or its name is known; others may be office printers or no printer at all.
        problem: `refused` if this person may not use the device, else "".
    """

    by: FoundBy
    where: str
    name: str
    profile: PrinterProfile
    is_ticket_printer: bool = False
    problem: str = ""

    @property
    def key(self) -> str:
        """Names it for as long as it is where it is."""
        return f"{self.by}:{self.where}"


class Search:
    """One search for printers, shared by who looks and who watches. Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: dict[str, FoundPrinter] = {}
        self._done, self._of = 0, 0
        self._stopped = False

    def stop(self) -> None:
        """Look no further; what was found stays."""
        self._stopped = True

    @property
    def stopped(self) -> bool:
        return self._stopped

    def report(self, found: FoundPrinter) -> None:
        """One was found, or more is known of one that was."""
        with self._lock:
            known = self._found.get(found.key)
            if known is None or _tells_more(found, known):
                self._found[found.key] = found

    def is_at(self, done: int, of: int) -> None:
        """How many addresses were tried."""
        with self._lock:
            self._done, self._of = done, of

    @property
    def progress(self) -> tuple[int, int]:
        """Addresses tried, and how many there are; (0, 0) before it is known."""
        with self._lock:
            return self._done, self._of

    @property
    def found(self) -> Sequence[FoundPrinter]:
        """The likeliest first."""
        with self._lock:
            all_found = list(self._found.values())
        order = list(FoundBy)
        return sorted(all_found, key=lambda each: (not each.is_ticket_printer, order.index(each.by), each.where))


def _tells_more(new: FoundPrinter, known: FoundPrinter) -> bool:
    return (new.is_ticket_printer, bool(new.name)) >= (known.is_ticket_printer, bool(known.name))


# --- the chart ---


@dataclass(frozen=True, slots=True)
class ChartLine:
    """One candidate: the page by this name, under this number of `ESC t`."""

    number: int
    code_page: str
    page_number: int


SAMPLE = "é è à ç ù ô î € œ É À"
"""Printed on each line of the chart; a line that reads like this is right."""

PLAIN = "ascii"
"""The page of a printer on which no other reads right: letters without accents, EUR for the euro sign."""

CHART_LINES: Sequence[ChartLine] = tuple(
    ChartLine(at, name, page_number)
    for at, (name, page_number) in enumerate(
        [
            *(("cp1252", number) for number in (16, 71, 32, 8, 9, 11, 49)),
            *(("cp858", number) for number in (19, 53, 4, 6, 14, 31)),
            *(("cp850", number) for number in (2, 1)),
            ("cp437", 0),
        ],
        start=1,
    )
)
"""The better pages first: the first line that reads right is the answer. Lines from the fourteenth on have no € of
their own and read EUR, oe; the last one lacks À too."""

CHART_WIDTHS = (24, 28, 30, 32, 33, 35, 36, 40, 42, 44, 48, 56, 64)
"""Columns of font A; the ruler has a line of each."""

NATIVE_CODE, DRAWN_CODE = "DIRECT", "DESSIN"
"""What the chart's codes A (by the printer) and B (drawn) say: letters every keyboard layout agrees on."""


class CodeRead(StrEnum):
    """Which of the chart's two codes could be scanned."""

    NATIVE = "native"
    DRAWN = "drawn"
    NEITHER = "neither"


def code_scanned(text: str) -> CodeRead | None:
    """Which of the chart's codes this is; None for anything else."""
    return {NATIVE_CODE: CodeRead.NATIVE, DRAWN_CODE: CodeRead.DRAWN}.get(text.strip().upper())


@dataclass(frozen=True, slots=True)
class ChartAnswers:
    """What a person read off the chart; None for what was not answered (yet).

    Attributes:
        line_no: of the first line that reads right; 0 if none does.
        width: the largest number at the end of a whole line of the ruler.
        drawer_pin: on which the drawer opened; 0 if it did not or there is none.
        drawer_open_level: of its sensor, once it was learned.
    """

    line_no: int | None = None
    width: int | None = None
    code: CodeRead | None = None
    was_cut: bool | None = None
    drawer_pin: Literal[0, 2, 5] | None = None
    drawer_open_level: Literal["unknown", "high", "low"] | None = None


def is_line(number: int) -> bool:
    """Whether the chart has a line of that number; 0 stands for none of them."""
    return 0 <= number <= len(CHART_LINES)


def profile_answered(profile: PrinterProfile, answers: ChartAnswers) -> PrinterProfile:
    """The profile that the answers tell of; what was not answered stays as it was.

    Raises:
        ValueError: a line or width that the chart does not have.
    """
    told = profile
    if answers.line_no is not None:
        told = _with_page(told, answers.line_no)
    if answers.width is not None:
        if answers.width not in CHART_WIDTHS:
            raise ValueError(f"the ruler has no {answers.width}")
        told = replace(told, width_columns=answers.width)
    if answers.code is not None:
        told = replace(told, has_native_qr=answers.code is CodeRead.NATIVE)
    if answers.was_cut is not None:
        told = replace(told, has_cutter=answers.was_cut)
    return _with_drawer(told, answers)


def _with_page(profile: PrinterProfile, line_no: int) -> PrinterProfile:
    if not is_line(line_no):
        raise ValueError(f"the chart has no line {line_no}")
    if line_no == 0:
        return replace(profile, code_page=PLAIN, code_page_number=0)
    line = CHART_LINES[line_no - 1]
    return replace(profile, code_page=line.code_page, code_page_number=line.page_number)


def _with_drawer(profile: PrinterProfile, answers: ChartAnswers) -> PrinterProfile:
    if answers.drawer_pin is None:
        return profile
    if answers.drawer_pin == 0:
        return replace(profile, open_drawer=False, drawer_open_level="unknown")
    level = answers.drawer_open_level or "unknown"
    return replace(profile, open_drawer=True, drawer_pin=answers.drawer_pin, drawer_open_level=level)


def learned_level(while_open: bool | None, while_shut: bool | None) -> Literal["unknown", "high", "low"]:
    """The sensor's level of an open drawer, from what the printer said of it open and shut; `unknown` if it says
    nothing or always the same (no sensor)."""
    if while_open is None or while_shut is None or while_open is while_shut:
        return "unknown"
    return "high" if while_open else "low"


IS_LIVE: frozenset[str] = frozenset({"network", "serial", "file"})
"""Transports on which what is sent acts now. A spooler may open a drawer hours later, so it never gets a kick."""

NEEDS_NOTHING: frozenset[str] = frozenset({"screen", "pdf", "none"})
"""Transports without a device that a chart could tell of."""


# --- what the screen and the commands work with ---


LogoWay = Literal["stored", "sent"]
"""`stored` once in the printer's memory, or `sent` with each ticket."""


class PrinterBench(Protocol):
    """Works on a printer directly, past the print queue: only while it is being set up. Everything here takes up to
    some seconds: never on the screen's thread."""

    def look_for_printers(self, search: Search) -> None:
        """Report what is found, until all was looked at or the search is stopped. Never raises for a device."""

    def prepared(self, profile: PrinterProfile) -> PrinterProfile:
        """The profile with what the printer itself can tell: the speed of a serial line."""

    def print_chart(self, profile: PrinterProfile) -> None:
        """Print the numbered chart. Raises PrinterUnavailable: `unknown` if it may have come out."""

    def print_sample(self, profile: PrinterProfile) -> None:
        """Print a test page as the profile has it. Raises PrinterUnavailable, as above."""

    def kick(self, profile: PrinterProfile) -> None:
        """Open the drawer on the profile's pin. Raises PrinterUnavailable."""

    def keep_logo(self, profile: PrinterProfile, file: bytes, way: LogoWay) -> PrinterProfile | None:
        """Put the shop's picture into the printer, or beside the data to be sent with each ticket. The profile with it;
        None if the file is no picture, or too large. Raises PrinterUnavailable, OSError."""

    def drawer_signal(self, profile: PrinterProfile) -> bool | None:
        """The level of the drawer's sensor, None if the printer says nothing of it."""
