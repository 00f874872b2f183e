"""Owns the printers of this counter behind the window: which ones the settings name, their spooler, and what the foot
and the notices say of them. Holds no rule. Imported once the first scan can be taken.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from app.bootstrap.devices import show_device
from app.bootstrap.printer_chip import PrinterSight, handed_on, printer_chip_for, troubled
from app.i18n import tr
from app.printing.print_order import FOR_PREPARING
from app.printing.print_routes import Stand
from app.printing.printer import Printer, build_printer
from app.printing.printer_book import PrinterBook
from app.printing.spooler import Spooler
from app.printing.transports.choose import place_of
from app.settings import PrinterProfile, Settings
from app.ui.device_words import drawer_stays_shut
from app.ui.messages import printed_elsewhere, printer_failure
from app.ui.screen import PlaceName
from app.ui.style.tokens import Role
from app.ui.task_runner import Lane
from app.usecases.device_book import Device
from app.usecases.ports import TOO_LATE, PrintState, Touched

if TYPE_CHECKING:
    from app.bootstrap.core import Core
    from app.bootstrap.window import Assembly

_log = logging.getLogger(__name__)

LOOK_EVERY_S = 30.0
"""How often an idle printer is asked, so that the foot says "no paper" before a customer waits for a ticket."""

_PRINTERS = (Device.PRINTER, Device.PREPARATION_PRINTER, Device.FALLBACK_PRINTER, Device.DRAWER)


class Printers:
    """Made once; `start` again whenever the settings of a printer have changed."""

    def __init__(
        self,
        assembly: Assembly,
        core: Core,
        on_change: Callable[[], None],
        on_paper: Callable[[Sequence[Any], PrinterProfile], None],
        on_drawer_shut: Callable[[str], None],
    ) -> None:
        """Args:
        on_change: told after each change of a job's state; on_paper: given each paper of an on-screen printer;
        on_drawer_shut: told why the drawer stays shut. All on a printer's thread.
        """
        self._assembly = assembly
        self._core = core
        self._on_change = on_change
        self._on_paper = on_paper
        self._on_drawer_shut = on_drawer_shut
        self._told: tuple[str, PrintState, str] | None = None
        self._elsewhere: str | None = None
        self._sight = PrinterSight()
        self._places: dict[Device, int] = {}
        self._books: list[PrinterBook] = []
        self.spooler: Spooler | None = None
        assembly.device_listeners.append(self._device_changed)
        assembly.window.foot.printer.pressed.connect(self._chip_pressed)

    def start(self) -> None:
        """Begin to print on the printers of the settings; what prints already is called off. Waits for nothing."""
        before = self.spooler
        if before is not None:
            before.call_off()
        for book in self._books:
            book.end()
        self._books.clear()
        for device in _PRINTERS:
            self._assembly.devices.taken_away(device)
        first, *others = self._stands(self._assembly.settings)
        self.spooler = Spooler(
            self._core.counter.unit_of_work,
            first.printer,
            self._core.clock,
            self._on_change,
            others=others,
            news=first.news,
            look_every_s=LOOK_EVERY_S,
            follows=before,
        )
        self.spooler.start()
        self._look_soon()

    def keep_at(self, job_id: str, device: Device) -> None:
        """A job that no printer has seen yet is for the one at this place alone."""
        if self.spooler is not None and device in self._places:
            self.spooler.keep_at(job_id, self._places[device])

    def kick_drawer(self) -> None:
        """Open the drawer without a paper. One that stays shut is said so: a key opens it."""
        if self.spooler is not None:
            self.spooler.open_drawer()

    def touched(self, touched: Touched) -> None:
        """On the main thread, after each commit."""
        if self.spooler is None:
            return
        if touched.drawer:
            self.spooler.open_drawer()
        if touched.print_queue:
            self.spooler.kick()
            self._look_soon()

    def tell_drawer_shut(self, reason: str) -> None:
        """On the main thread."""
        window, spooler = self._assembly.window, self.spooler
        again = (tr("Try again"), spooler.open_drawer) if spooler is not None else ()
        window.show_notice(drawer_stays_shut(reason), Role.WARNING, *again)

    def _stands(self, settings: Settings) -> list[Stand]:
        """The printers that stand here, each once, however many places it has; the first one is the tickets'."""
        places: dict[tuple[str, ...], list[Device]] = {}
        profiles: dict[tuple[str, ...], PrinterProfile] = {}
        for device, profile in (
            (Device.PRINTER, settings.printer),
            (Device.PREPARATION_PRINTER, settings.preparation_printer),
            (Device.FALLBACK_PRINTER, settings.fallback_printer),
        ):
            if device is Device.PRINTER or profile.transport != "none":
                place = place_of(profile)
                profiles.setdefault(place, profile)
                places.setdefault(place, []).append(device)
        self._places = {device: at for at, devices in enumerate(places.values()) for device in devices}
        return [self._stand(profiles[place], devices) for place, devices in places.items()]

    def _stand(self, profile: PrinterProfile, devices: Sequence[Device]) -> Stand:
        news = PrinterBook(self._assembly.devices, devices, profile, self._on_drawer_shut)
        self._books.append(news)
        if profile.transport != "none":
            news.set_up()
        return Stand(
            self._printer(profile),
            profile.name,
            FOR_PREPARING if Device.PREPARATION_PRINTER in devices else frozenset(),
            takes_over=Device.FALLBACK_PRINTER in devices,
            news=news,
        )

    def _printer(self, profile: PrinterProfile) -> Printer:
        assembly = self._assembly
        made = build_printer(
            profile, assembly.settings.language, _local_time, self._on_paper, practice=assembly.practice is not None
        )
        return assembly.practice.printer(made) if assembly.practice is not None else made

    # --- what the foot and the notices say ---

    def _look_soon(self) -> None:
        self._assembly.runner.run(Lane.LISTS, self._look, self._show, self._cannot_look)

    def _look(self) -> PrinterSight:
        rows = self._core.store.queries.print_jobs()
        return PrinterSight(troubled(rows), handed_on(rows))

    def _show(self, sight: PrinterSight) -> None:
        """The chip always; the sentence with what to do once for each new trouble."""
        self._sight = sight
        self._show_chip()
        self._tell_trouble(sight)
        self._tell_elsewhere(sight)

    def _show_chip(self) -> None:
        report = self._assembly.devices.report(Device.PRINTER)
        self._assembly.window.foot.set_printer(*printer_chip_for(self._sight.trouble, report))

    def _tell_trouble(self, sight: PrinterSight) -> None:
        trouble = sight.trouble
        now = (trouble.job_id, trouble.state, trouble.error) if trouble is not None else None
        if trouble is not None and now != self._told:
            self._notice(printer_failure("unknown" if trouble.state is PrintState.UNKNOWN else trouble.error))
        self._told = now

    def _tell_elsewhere(self, sight: PrinterSight) -> None:
        """Somebody must fetch it there; what came out before this start was told then."""
        job_id, name = sight.elsewhere
        if self._elsewhere is not None and job_id and job_id != self._elsewhere:
            self._notice(printed_elsewhere(name))
        self._elsewhere = job_id

    def _notice(self, words: str) -> None:
        window = self._assembly.window
        window.show_notice(words, Role.WARNING, tr("Outbox"), lambda: window.go_to(PlaceName.OUTBOX))

    def _device_changed(self, device: Device) -> None:
        if device is Device.PRINTER:
            self._show_chip()

    def _chip_pressed(self) -> None:
        """To where a person is asked; else to the papers on screen, or to the printer and what to do about it."""
        window, trouble = self._assembly.window, self._sight.trouble
        if trouble is not None and (trouble.state is PrintState.UNKNOWN or trouble.error == TOO_LATE):
            window.go_to(PlaceName.OUTBOX)
        elif self._assembly.settings.printer.transport == "screen":
            window.paper_toggled.emit()
        else:
            show_device(window, Device.PRINTER)

    def _cannot_look(self, failure: Exception) -> None:
        _log.warning("the print queue cannot be read: %s", type(failure).__name__)


def _local_time(moment: datetime) -> datetime:
    return moment.astimezone()
