"""Owns the printer port: a document in, paper or a reason out. Joins layout, encoder and transport for one profile.

A printer never decides what to print again, and never waits longer than its transport's limits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from app.domain.receipt import Printable
from app.printing.folding import fold_for
from app.printing.layout import lay_out
from app.printing.lines import PrintLine
from app.printing.parts import LocalTime
from app.printing.practice_mark import marked_as_practice
from app.settings import PrinterProfile
from app.usecases.ports import PrinterUnavailable


class PrinterState(StrEnum):
    """What a printer says of itself; SILENT ones accept data and never answer."""

    READY = "ready"
    SILENT = "silent"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    JAMMED = "jammed"
    OFFLINE = "offline"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """An answer to "how are you?".

    Attributes:
        reason: for UNREACHABLE, the `PrinterUnavailable` reason.
        paper_low: the near-end sensor; the paper may last for several tickets yet.
        drawer_signal: level of the drawer's sensor; which level means open depends on the drawer. None if unknown.
    """

    state: PrinterState
    reason: str = ""
    paper_low: bool = False
    drawer_signal: bool | None = None


class Transport(Protocol):
    """Carries the bytes of one job to a device."""

    @property
    def live(self) -> bool:
        """Whether what is sent acts now. A drawer is only opened by a live transport."""

    def send(self, job: bytes) -> None:
        """Send a whole job and make sure of it.

        Raises:
            PrinterUnavailable: with reason `unknown` if some of it may be on paper; with any other reason nothing is.
        """

    def status(self) -> PrinterStatus:
        """Ask the device; never raises for a device that does not answer."""

    def abort(self) -> None:
        """Give up whatever `send` waits for, soon; from another thread, for good."""


class Printer(Protocol):
    """What the spooler drives."""

    @property
    def live(self) -> bool:
        """Whether it can be asked how it does, and opens a drawer now."""

    def print_document(self, document: Printable, *, open_drawer: bool = False) -> None:
        """Raises PrinterUnavailable: `unknown` if some of it may be on paper; with any other reason nothing is."""

    def open_drawer(self) -> None:
        """Open the drawer that hangs on it, without a paper; nothing happens where none is set up.

        Raises PrinterUnavailable: it may have stayed shut.
        """

    def status(self) -> PrinterStatus: ...

    def abort(self) -> None: ...


class PaperPrinter:
    """A device that takes ESC/POS."""

    def __init__(
        self,
        profile: PrinterProfile,
        transport: Transport,
        language: str,
        local_time: LocalTime,
        practice: bool = False,
    ) -> None:
        self._practice = practice
        self._profile = profile
        self._transport = transport
        self._language = language
        self._local_time = local_time

    def print_document(self, document: Printable, *, open_drawer: bool = False) -> None:
        from app.printing.encoder import encode  # brings python-escpos and PIL: not at start-up
        from app.printing.logo import shop_logo

        lines = laid_out_for(self._profile, document, self._language, self._local_time, self._practice)
        kick = open_drawer and self._profile.open_drawer and self._transport.live
        self._transport.send(encode(lines, self._profile, open_drawer=kick, logo=shop_logo(self._profile)))

    @property
    def live(self) -> bool:
        return self._transport.live

    def open_drawer(self) -> None:
        if not self._profile.open_drawer:
            return
        if not self._transport.live:
            raise PrinterUnavailable("not_live")
        from app.printing.encoder import kick  # brings python-escpos and PIL: not at start-up

        self._transport.send(kick(self._profile))

    def status(self) -> PrinterStatus:
        return self._transport.status()

    def abort(self) -> None:
        self._transport.abort()


Show = Callable[[Sequence[PrintLine], PrinterProfile], None]
"""Receives a paper that came out of the on-screen printer; called on the spooler's thread."""


class ScreenPrinter:
    """Shows what would be on paper, in the same lines and characters."""

    live = False

    def __init__(
        self, profile: PrinterProfile, show: Show, language: str, local_time: LocalTime, practice: bool = False
    ) -> None:
        self._practice = practice
        self._profile = profile
        self._show = show
        self._language = language
        self._local_time = local_time

    def print_document(self, document: Printable, *, open_drawer: bool = False) -> None:
        self._show(
            laid_out_for(self._profile, document, self._language, self._local_time, self._practice), self._profile
        )

    def open_drawer(self) -> None:
        """None hangs here."""

    def status(self) -> PrinterStatus:
        return PrinterStatus(PrinterState.READY)

    def abort(self) -> None:
        """Nothing here waits."""


class PdfPrinter:
    """A folder that gets a file for each paper."""

    live = False

    def __init__(self, profile: PrinterProfile, language: str, local_time: LocalTime, practice: bool = False) -> None:
        self._practice = practice
        self._profile = profile
        self._folder = Path(profile.path)
        self._language = language
        self._local_time = local_time

    def print_document(self, document: Printable, *, open_drawer: bool = False) -> None:
        from app.printing.pdf_paper import file_stem, keep, paper_as_pdf

        lines = laid_out_for(self._profile, document, self._language, self._local_time, self._practice)
        keep(paper_as_pdf(lines, self._profile.width_columns), self._folder, file_stem(document))

    def open_drawer(self) -> None:
        """None hangs here."""

    def status(self) -> PrinterStatus:
        if not self._folder.is_dir():
            return PrinterStatus(PrinterState.UNREACHABLE, "absent")
        return PrinterStatus(PrinterState.READY)

    def abort(self) -> None:
        """Nothing here waits."""


class NoPrinter:
    """A shop that prints nothing."""

    live = False

    def print_document(self, document: Printable, *, open_drawer: bool = False) -> None:
        raise PrinterUnavailable("no_printer")

    def open_drawer(self) -> None:
        """None hangs here."""

    def status(self) -> PrinterStatus:
        return PrinterStatus(PrinterState.UNREACHABLE, "no_printer")

    def abort(self) -> None:
        """Nothing here waits."""


def laid_out_for(
    profile: PrinterProfile, document: Printable, language: str, local_time: LocalTime, practice: bool = False
) -> list[PrintLine]:
    """The document's lines for this printer's width and characters; marked on each paper if it is for practice."""
    fold = fold_for(profile.code_page)
    lines = lay_out(document, profile.width_columns, language, fold=fold, local_time=local_time)
    return marked_as_practice(lines, profile.width_columns, fold) if practice else lines


def build_printer(
    profile: PrinterProfile, language: str, local_time: LocalTime, show: Show, *, practice: bool = False
) -> Printer:
    """The printer of a profile.

    Args:
        profile: from the settings.
        language: of the paper, `fr` or `en`.
        local_time: aware UTC to shop time, for example `lambda moment: moment.astimezone()`.
        show: where an on-screen printer's paper goes; called on the spooler's thread.
        practice: whether each paper is to say that nothing of it is real.
    """
    from app.printing.transports.choose import transport_of

    transport = transport_of(profile)
    if transport is not None:
        return PaperPrinter(profile, transport, language, local_time, practice)
    if profile.transport == "screen":
        return ScreenPrinter(profile, show, language, local_time, practice)
    if profile.transport == "pdf":
        return PdfPrinter(profile, language, local_time, practice)
    return NoPrinter()
