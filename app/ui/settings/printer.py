"""Owns what a shop does on the settings screen to set a printer up: look for one, print the numbered chart, answer its
questions, keep the profile. No widget, no wording. Whatever is left half-way is there again when one comes back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, Protocol

from app.settings import (
    PrinterProfile,
    Settings,
    SettingsError,
    load_printer_profile,
    save_printer_profile,
)
from app.ui.task_runner import Lane, Runner
from app.usecases.ports import PrinterUnavailable
from app.usecases.set_up_printer import (
    CHART_WIDTHS,
    IS_LIVE,
    NEEDS_NOTHING,
    ChartAnswers,
    CodeRead,
    FoundPrinter,
    LogoWay,
    PrinterBench,
    PrinterPlace,
    Search,
    code_scanned,
    is_line,
    learned_level,
    profile_answered,
)

MOST_LOGO_BYTES = 4_000_000
"""Of a picture file; a larger one is no logo, and is not read to its end."""


class Step(StrEnum):
    """Where somebody is. HOME: what is set up. LETTERS to SHUT: the chart's questions, in this order."""

    HOME = "home"
    SEARCH = "search"
    CHART = "chart"
    LETTERS = "letters"
    WIDTH = "width"
    CODE = "code"
    CUT = "cut"
    DRAWER = "drawer"
    OPENED = "opened"
    SHUT = "shut"
    DONE = "done"


BACK = {
    Step.SEARCH: Step.HOME,
    Step.CHART: Step.SEARCH,
    Step.LETTERS: Step.CHART,
    Step.WIDTH: Step.LETTERS,
    Step.CODE: Step.WIDTH,
    Step.CUT: Step.CODE,
    Step.DRAWER: Step.CUT,
    Step.OPENED: Step.DRAWER,
    Step.SHUT: Step.DRAWER,
    Step.DONE: Step.LETTERS,
}
"""Which step is before each."""


class PrinterSaid(StrEnum):
    """What there is to say; worded in `printer_words.py`."""

    CHART_SENT = "chart_sent"
    MAYBE_PRINTED = "maybe_printed"
    SAMPLE_SENT = "sample_sent"
    EXPORTED = "exported"
    IMPORTED = "imported"
    NO_SUCH_LINE = "no_such_line"
    NO_SUCH_WIDTH = "no_such_width"
    OTHER_CODE = "other_code"
    NO_RIGHT = "no_right"
    NO_SENSOR = "no_sensor"
    SENSOR_LEARNED = "sensor_learned"
    LOGO_KEPT = "logo_kept"
    LOGO_TOO_SLOW = "logo_too_slow"
    LOGO_GONE = "logo_gone"
    NO_PICTURE = "no_picture"


@dataclass(frozen=True, slots=True)
class PrinterState:
    """All that the sheet shows.

    Attributes:
        profile: of the place, as kept; while one is set up, as it would be kept now.
        found: the likeliest first; `tried` of `of_addresses` were looked at.
        answers: to the chart's questions, so far.
        pin: on which the drawer was told to open last.
        detail: what `said` is about.
    """

    profile: PrinterProfile
    place: PrinterPlace = PrinterPlace.TICKETS
    step: Step = Step.HOME
    searching: bool = False
    found: tuple[FoundPrinter, ...] = ()
    tried: int = 0
    of_addresses: int = 0
    answers: ChartAnswers = field(default_factory=ChartAnswers)
    pin: Literal[2, 5] = 2
    busy: bool = False
    said: PrinterSaid | Exception | None = None
    detail: str = ""

    @property
    def is_device(self) -> bool:
        """Whether a chart could tell something of it."""
        return self.profile.transport not in NEEDS_NOTHING


class PrinterView(Protocol):
    """What the presenter shows itself with."""

    def show_printer(self, state: PrinterState) -> None: ...


Keep = Callable[[PrinterPlace, PrinterProfile, Callable[[], None]], None]
"""Keeps a profile once somebody with the right has said yes; calls back when it is kept."""


@dataclass(frozen=True, slots=True)
class PrinterSurroundings:
    """What the sheet is given. `settings`: those in force."""

    bench: PrinterBench
    runner: Runner
    settings: Callable[[], Settings]


class PrinterPresenter:
    """One thing at a time; what came of it is said below the buttons."""

    def __init__(self, around: PrinterSurroundings, keep: Keep, view: PrinterView) -> None:
        self._around = around
        self._keep_profile = keep
        self._view = view
        self._search: Search | None = None
        self._while_open: bool | None = None
        self.state = PrinterState(around.settings().printer)

    # --- where one is

    def settings_changed(self) -> None:
        """Show what is kept, unless a printer is being set up."""
        if self.state.step is Step.HOME and self.state.profile != self._kept():
            self._change(profile=self._kept())

    def choose_place(self, place: PrinterPlace) -> None:
        """Another printer of the shop; what was half-way here is given up."""
        if place is not self.state.place:
            self.stop_search()
            self.state = replace(self.state, place=place)
            self._home()

    def home(self) -> None:
        """Back to what is set up. Answers stay until a chart is printed anew."""
        self.stop_search()
        self._home()

    def back(self) -> None:
        self.stop_search()
        step = BACK.get(self.state.step, Step.HOME)
        if step is Step.HOME:
            self._home()
        else:
            self._go(step)

    def _home(self) -> None:
        self._change(step=Step.HOME, profile=self._kept(), said=None)

    def _go(self, step: Step, **values: Any) -> None:
        self._change(step=step, said=None, **values)

    def _kept(self) -> PrinterProfile:
        kept: PrinterProfile = getattr(self._around.settings(), self.state.place.value)
        return kept

    # --- looking for one

    def look(self) -> None:
        """Look for printers everywhere, in the background."""
        self.stop_search()
        search = self._search = Search()
        self._go(Step.SEARCH, searching=True, found=(), tried=0, of_addresses=0)

        def ended(_none: None) -> None:
            if self._search is search:
                self._search = None
                self._show_found(search, searching=False)

        def broke(error: Exception) -> None:
            ended(None)
            self._change(said=error)

        self._around.runner.run(Lane.BOOKS, lambda: self._around.bench.look_for_printers(search), ended, broke)

    def watch(self) -> None:
        """Show how far the search is; called by the view from time to time."""
        if self._search is not None:
            self._show_found(self._search, searching=True)

    def stop_search(self) -> None:
        search, self._search = self._search, None
        if search is not None:
            search.stop()
            self._show_found(search, searching=False)

    def _show_found(self, search: Search, *, searching: bool) -> None:
        tried, of_addresses = search.progress
        found = tuple(search.found)
        if (found, tried, of_addresses, searching) != (
            self.state.found,
            self.state.tried,
            self.state.of_addresses,
            self.state.searching,
        ):
            self._change(found=found, tried=tried, of_addresses=of_addresses, searching=searching)

    def choose(self, key: str) -> None:
        """Keep one of those found as the printer of this place, and go on to its chart."""
        found = next((each for each in self.state.found if each.key == key), None)
        if found is None:
            return
        self.stop_search()
        if found.problem:
            self._change(said=PrinterSaid.NO_RIGHT, detail=found.where)
            return
        bench = self._around.bench
        self._work(lambda: bench.prepared(found.profile), self._chosen)

    def _chosen(self, profile: PrinterProfile) -> None:
        self._keep(profile, lambda: self._go(Step.CHART, profile=profile, answers=ChartAnswers()))

    # --- the chart

    def to_chart(self) -> None:
        """Set the printer up that is there already."""
        self._go(Step.CHART)

    def print_chart(self) -> None:
        profile, bench = self.state.profile, self._around.bench

        def printed(_none: None) -> None:
            self._go(Step.LETTERS, answers=ChartAnswers())
            self._change(said=PrinterSaid.CHART_SENT)

        def broke(error: Exception) -> None:
            if isinstance(error, PrinterUnavailable) and error.reason == "unknown":
                self._change(said=PrinterSaid.MAYBE_PRINTED)
            else:
                self._change(said=error)

        self._work(lambda: bench.print_chart(profile), printed, broke)

    def chart_in_hand(self) -> None:
        """On to the questions: the paper is there."""
        self._go(Step.LETTERS)

    def answer_line(self, line_no: int) -> None:
        """The first line that reads right; 0 for none."""
        if is_line(line_no):
            self._answered(Step.WIDTH, line_no=line_no)
        else:
            self._change(said=PrinterSaid.NO_SUCH_LINE)

    def answer_width(self, width: int) -> None:
        if width in CHART_WIDTHS:
            self._answered(Step.CODE, width=width)
        else:
            self._change(said=PrinterSaid.NO_SUCH_WIDTH)

    def answer_code(self, code: CodeRead) -> None:
        self._answered(Step.CUT, code=code)

    def scanned(self, text: str) -> bool:
        """A scan while this sheet is shown: the best answer about the codes. False if that is not asked now."""
        if self.state.step is not Step.CODE:
            return False
        code = code_scanned(text)
        if code is not None:
            self.answer_code(code)
        else:
            self._change(said=PrinterSaid.OTHER_CODE)
        return True

    def answer_cut(self, was_cut: bool) -> None:
        if self._may_have_drawer():
            self._answered(Step.DRAWER, was_cut=was_cut)
        else:
            self._answered(Step.CUT, was_cut=was_cut)
            self._finish()

    def _may_have_drawer(self) -> bool:
        """A drawer hangs on the ticket printer, and only a printer that acts now may open it."""
        return self.state.place is PrinterPlace.TICKETS and self.state.profile.transport in IS_LIVE

    def _answered(self, step: Step, **values: Any) -> None:
        self._go(step, answers=replace(self.state.answers, **values))

    # --- the drawer

    def open_drawer(self, pin: Literal[2, 5] = 2) -> None:
        """Try whether the drawer hangs on this pin."""
        profile = replace(self.state.profile, drawer_pin=pin, open_drawer=True)
        bench = self._around.bench
        self._work(lambda: bench.kick(profile), lambda _none: self._go(Step.OPENED, pin=pin))

    def did_open(self, opened: bool) -> None:
        if opened:
            self._while_open = None
            self._answered(Step.SHUT, drawer_pin=self.state.pin)
            self._ask_sensor(self._heard_open)
        elif self.state.pin == 2:
            self.open_drawer(5)
        else:
            self.no_drawer()

    def _heard_open(self, signal: bool | None) -> None:
        self._while_open = signal

    def drawer_is_shut(self) -> None:
        """The sensor is asked again: now its two levels are known."""
        self._ask_sensor(self._heard_shut)

    def _heard_shut(self, signal: bool | None) -> None:
        level = learned_level(self._while_open, signal)
        self._answered(Step.SHUT, drawer_open_level=level)
        self._finish(PrinterSaid.NO_SENSOR if level == "unknown" else PrinterSaid.SENSOR_LEARNED)

    def _ask_sensor(self, heard: Callable[[bool | None], None]) -> None:
        profile, bench = self.state.profile, self._around.bench
        self._work(lambda: bench.drawer_signal(profile), heard)

    def no_drawer(self) -> None:
        self._answered(Step.DRAWER, drawer_pin=0)
        self._finish()

    # --- the end

    def _finish(self, said: PrinterSaid | None = None) -> None:
        profile = profile_answered(self.state.profile, self.state.answers)
        self._keep(profile, lambda: self._change(step=Step.DONE, profile=profile, said=said))

    def print_sample(self) -> None:
        """A test page as the profile has it, at once."""
        profile, bench = self.state.profile, self._around.bench
        self._work(lambda: bench.print_sample(profile), lambda _none: self._change(said=PrinterSaid.SAMPLE_SENT))

    def _keep(self, profile: PrinterProfile, then: Callable[[], None]) -> None:
        self._keep_profile(self.state.place, profile, then)

    # --- the logo

    def keep_logo(self, path: Path, way: LogoWay) -> None:
        """Put the shop's picture on tickets."""
        profile, bench = self.state.profile, self._around.bench

        def work() -> PrinterProfile | None:
            with path.open("rb") as file:
                return bench.keep_logo(profile, file.read(MOST_LOGO_BYTES + 1), way)

        def came(kept: PrinterProfile | None) -> None:
            if kept is None:
                self._change(said=PrinterSaid.NO_PICTURE)
            else:
                said = PrinterSaid.LOGO_TOO_SLOW if kept.sends_logo_slowly else PrinterSaid.LOGO_KEPT
                self._keep(kept, lambda: self._change(profile=kept, said=said))

        self._work(work, came)

    def no_logo(self) -> None:
        profile = replace(self.state.profile, logo="none")
        self._keep(profile, lambda: self._change(profile=profile, said=PrinterSaid.LOGO_GONE))

    # --- passing a profile on

    def export_to(self, path: Path) -> None:
        profile = self.state.profile
        self._files(lambda: save_printer_profile(path, profile), PrinterSaid.EXPORTED, path)

    def import_from(self, path: Path) -> None:
        """Keep the profile of a file as this place's."""

        def work() -> PrinterProfile | SettingsError:
            try:
                return load_printer_profile(path)
            except SettingsError as error:
                return error

        def came(read: PrinterProfile | SettingsError) -> None:
            if isinstance(read, SettingsError):
                self._change(said=read, detail=str(path))
            else:
                self._keep(read, lambda: self._imported(read))

        self._work(work, came, lane=Lane.BOOKS)

    def _imported(self, profile: PrinterProfile) -> None:
        self._change(profile=profile, step=Step.HOME, said=PrinterSaid.IMPORTED, detail=profile.name)

    def _files(self, act: Callable[[], None], said: PrinterSaid, path: Path) -> None:
        def work() -> SettingsError | None:
            try:
                act()
            except SettingsError as error:
                return error
            return None

        self._work(work, lambda error: self._change(said=error or said, detail=str(path)), lane=Lane.BOOKS)

    # --- inside

    def _work(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        broke: Callable[[Exception], None] | None = None,
        lane: Lane = Lane.PRINT,
    ) -> None:
        if self.state.busy:
            return
        self._change(busy=True, said=None)

        def came(result: Any) -> None:
            self._change(busy=False)
            done(result)

        def failed(error: Exception) -> None:
            self._change(busy=False)
            if broke is not None:
                broke(error)
            else:
                self._change(said=error)

        self._around.runner.run(lane, work, came, failed)

    def _change(self, **values: Any) -> None:
        self.state = replace(self.state, **values)
        self._view.show_printer(self.state)
