"""Owns the practice shop's window: its marketplace, its till, its exercises, and the sheet at the end."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from app.bootstrap.practice_door import LEFT_EARLY
from app.bootstrap.window import Assembly, TellCrashes, new_application
from app.demo.demo_shop import DemoMarketplace
from app.i18n import tr
from app.practice.exercises import Lesson
from app.practice.home import PracticeHome
from app.practice.lead import Lead
from app.practice.opening import open_practice
from app.practice.paper_roll import PaperRoll, PracticePrinter
from app.practice.troubles import Till, Troubles
from app.practice.words import sheet_text
from app.printing.printer import Printer
from app.settings import Settings, load
from app.ui.first_run.practice_sheet import PracticeSheet
from app.usecases.marketplace_port import LinkState

SEED = 20261123


class PracticeShop:
    """Everything of it that is no till. It is the `Practice` of its window.

    Attributes:
        roll: the printer's paper.
        lead: the exercises, once the window's screens are there.
    """

    def __init__(
        self, home: PracticeHome, marketplace: DemoMarketplace, seed: int = SEED, *, began_anew: bool = False
    ) -> None:
        """Args: began_anew: its files could not be used."""
        self._home = home
        self._marketplace = marketplace
        self._seed = seed
        self._began_anew = began_anew
        self.roll = PaperRoll()
        self._troubles: Troubles | None = None
        self.lead: Lead | None = None

    def printer(self, printer: Printer) -> Printer:
        return PracticePrinter(printer, self.roll)

    def join(self, assembly: Assembly) -> None:
        """The screens are there: begin the exercises."""
        core = assembly.core
        if core is None:
            return

        def link() -> LinkState | None:
            status = assembly.link_status()
            return status.state if status is not None else None

        def hurry() -> None:
            if assembly.worker is not None:
                assembly.worker.retry_now()

        till = Till(core.counter, core.store.queries, link, hurry)
        kept = dict(self._home.progress.read().orders)
        self._troubles = troubles = Troubles(self._marketplace, till, self.roll, self._seed, kept)
        assembly.window.set_watermark(tr("Practice"))
        self.lead = lead = Lead(assembly, core, troubles, self._home.progress, lambda: self._show_sheet(assembly))
        assembly.ending.append(troubles.end)
        assembly.ending.append(lead.end)
        if self._began_anew:
            lead.greeting = tr(
                "The practice shop’s files could not be used any more, so it begins anew. Your own till is as it was."
            )
        lead.begin()

    @property
    def complete(self) -> bool:
        """No exercise was left out."""
        return self._home.progress.read().complete

    def _show_sheet(self, assembly: Assembly) -> None:
        if self.lead is None or self._troubles is None or assembly.core is None:
            return
        now = assembly.core.clock.now().astimezone()
        text = sheet_text(self.lead.progress, self._troubles.refused, f"{now:%d/%m/%Y}")
        file = self._home.sheets / f"{tr('practice')}-{now:%Y-%m-%d-%H%M%S}.pdf"
        write = partial(_write_page, text, file)
        assembly.window.cover(PracticeSheet(assembly.look, assembly.window, assembly.runner, text, write))


def _write_page(text: str, file: Path) -> Path:
    """Raises OSError."""
    from app.printing.page_pdf import page_as_pdf

    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(page_as_pdf(text))
    return file


def run_practice_window(
    home: PracticeHome,
    lesson: Lesson,
    *,
    anew: bool = False,
    dress: Callable[[Settings], Settings] = lambda settings: settings,
    tell_crashes: TellCrashes | None = None,
) -> int:
    """Until the window is closed; its data stay for the next time.

    Args:
        anew: begin the lesson again, although it was left half-way.
        dress: language and colours as the real till has them.

    Returns 0 if no exercise was left out, else `LEFT_EARLY`. Raises as `open_practice`.
    """
    marketplace, began_anew = open_practice(home, lesson, anew=anew, dress=dress)
    try:
        application, look = new_application(load(home.places.settings))
        shop = PracticeShop(home, marketplace, began_anew=began_anew)
        assembly = Assembly(home.places, look, attached=shop.join, practice=shop)
        if tell_crashes is not None:
            tell_crashes(assembly.tell_crash)
        assembly.show()
        try:
            application.exec()
        finally:
            assembly.close()
        return 0 if shop.complete else LEFT_EARLY
    finally:
        marketplace.switch_off()
