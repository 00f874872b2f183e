"""Owns what a shop may change here and what it sets off: link, printer test, import, copy. No widget, no wording."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from app.domain.operators import Right
from app.settings import PrinterProfile, Settings, SettingsError
from app.ui.camera.presenter import CameraPresenter
from app.ui.components.approval import Approvals
from app.ui.settings.devices import DevicesSurroundings
from app.ui.settings.display import DisplaySurroundings
from app.ui.settings.keys import KeysSurroundings
from app.ui.settings.merchant import MerchantSurroundings
from app.ui.settings.pairing import WrongEntry, read_entry
from app.ui.settings.papers import PapersSurroundings
from app.ui.settings.printer import PrinterSurroundings
from app.ui.settings.scanner import ScannerSurroundings
from app.ui.settings.site import SiteSurroundings
from app.ui.settings.team import TeamSurroundings
from app.ui.task_runner import Lane, Runner
from app.usecases.connector_ports import Linked
from app.usecases.find_article import CodeReading
from app.usecases.import_catalogue import ImportReport, import_catalogue
from app.usecases.long_work import LongWork, WorkStopped, unless_stopped
from app.usecases.note_settings import note_backup, note_settings
from app.usecases.ports import Counter, MarketplaceRefused, TillIdentity, Touched
from app.usecases.print_document import print_self_test
from app.usecases.print_papers import print_notice
from app.usecases.queries import Queries
from app.usecases.set_up_printer import PrinterPlace

ANYBODYS = frozenset(
    {
        *("language", "theme", "zoom_percent", "reduced_motion"),
        *("ring_on_new_order", "sound_volume_percent", "sounds_muted", "camera"),
    }
)
"""What changes nothing but how the screen looks and sounds, or what it looks at, needs no manager."""

MAX_FILE_BYTES = 200_000_000
"""A catalogue file is never larger; a film chosen by mistake is not read into memory."""


class Section(StrEnum):
    """The sheets of the screen."""

    SHOP = "shop"
    PRINTER = "printer"
    PAPERS = "papers"
    DISPLAY = "display"
    KEYS = "keys"
    SCANNER = "scanner"
    CAMERA = "camera"
    LABELS = "labels"
    COUNTER = "counter"
    DEVICES = "devices"
    CATALOGUE = "catalogue"
    TEAM = "team"
    MERCHANT = "merchant"
    SITE = "site"
    DATA = "data"


class Job(StrEnum):
    """Work that takes a while; one of each at a time."""

    PAIRING = "pairing"
    IMPORTING = "importing"
    BACKING_UP = "backing_up"
    BUNDLING = "bundling"


class SettingsNotice(StrEnum):
    """What the screen has to say; worded in `words.py`."""

    SAVED = "saved"
    SAVED_FOR_NEXT_START = "saved_for_next_start"
    NOT_SAVED = "not_saved"
    PAIRED = "paired"
    CODE_SHAPE = "code_shape"
    ADDRESS_SHAPE = "address_shape"
    TEST_SENT = "test_sent"
    NOTICE_SENT = "notice_sent"
    IMPORTED = "imported"
    FILE_TOO_LARGE = "file_too_large"
    IMPORT_STOPPED = "import_stopped"
    BACKED_UP = "backed_up"
    BACKUP_STOPPED = "backup_stopped"
    BUNDLED = "bundled"
    UNDONE = "undone"
    NOTHING_TO_UNDO = "nothing_to_undo"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SettingsState:
    """All that the screen shows.

    Attributes:
        wrong_field: the name of the setting that was refused, "" for none.
        busy: the jobs under way.
        importing, copying: how far those two are.
        undoable: what the settings changed last were before, by name; empty if nothing can be taken back.
    """

    settings: Settings
    section: Section = Section.SHOP
    identity: TillIdentity | None = None
    linked: Linked = Linked()  # noqa: RUF009  # a frozen value
    busy: frozenset[Job] = frozenset()
    importing: LongWork | None = None
    copying: LongWork | None = None
    undoable: Mapping[str, Any] = field(default_factory=dict)
    report: ImportReport | None = None
    wrong_field: str = ""
    said: SettingsNotice | None = None
    detail: object = None
    scanned: str = ""


class SettingsView(Protocol):
    """What the presenter shows itself with."""

    def show(self, state: SettingsState) -> None: ...


@dataclass(frozen=True, slots=True)
class SettingsSurroundings:
    """What the settings screen is given.

    Attributes:
        save: write the file and apply what can be applied at once; raises SettingsError.
        pair: address, code, till name, whether the cash of an open drawer passes to the new letter; asks the
            marketplace and keeps the identity; called in the net lane.
        work: begins long work that ends with the window.
        backup: copy the database to this file while the shop sells; called in a lane of its own; may raise WorkStopped.
        bundle: write the file for whoever helps to this place; called in a lane of its own.
        database: where the data are, for people to read.
        backups: the folder proposed for copies.
        weaker_way: whether secrets are in a file because there is no key store.
        approvals: asked before anything that only a manager may change.
        team: what the team's sheet is given.
        merchant: what the merchant's sheet is given.
        keys: what the keys' sheet is given.
        printer: what the printers' sheet is given.
        site: what the sheet about other marketplaces is given.
        devices: what the sheets about devices are given.
        scanner: what the scanner's sheet is given.
        papers: what the sheet that shows papers is given.
        camera: the camera of this counter.
        display: what the sheet about size, motion and sounds is given.
        reading: how codes are read now.
        to_finish: what the set-up lacks, in words; "" for nothing.
        finish_set_up: shows it.
        practice: opens the practice shop beside this till; None in the practice shop itself.
    """

    counter: Counter
    queries: Queries
    runner: Runner
    operator: Callable[[], str]
    settings: Callable[[], Settings]
    save: Callable[[Settings], None]
    pair: Callable[[str, str, str, bool], TillIdentity]
    backup: Callable[[Path, LongWork], None]
    bundle: Callable[[Path], None]
    database: str
    backups: Path
    weaker_way: Callable[[], bool]
    approvals: Approvals
    team: TeamSurroundings
    merchant: MerchantSurroundings
    site: SiteSurroundings
    camera: CameraPresenter
    keys: KeysSurroundings
    printer: PrinterSurroundings
    papers: PapersSurroundings
    display: DisplaySurroundings = DisplaySurroundings()  # noqa: RUF009  # a frozen value
    reading: Callable[[], CodeReading] = CodeReading
    work: Callable[[], LongWork] = LongWork
    to_finish: Callable[[], str] = lambda: ""  # a default
    finish_set_up: Callable[[], None] = lambda: None  # a default
    practice: Callable[[], None] | None = None
    devices: DevicesSurroundings = DevicesSurroundings()  # noqa: RUF009  # a frozen value
    scanner: ScannerSurroundings = ScannerSurroundings()  # noqa: RUF009  # a frozen value


class SettingsPresenter:
    """Changes are saved as they are made; the printer's when its button is pressed."""

    def __init__(self, around: SettingsSurroundings, view: SettingsView) -> None:
        self._around = around
        self._view = view
        settings = around.settings()
        self.state = SettingsState(settings)

    def activate(self) -> None:
        queries = self._around.queries

        def came(read: tuple[TillIdentity, Linked]) -> None:
            self._change(identity=read[0], linked=read[1])

        self._run(Lane.STORE, lambda: (queries.identity(), queries.linked()), came)

    def refresh(self, touched: Touched) -> None:
        if touched.orders and touched.catalogue:
            self.activate()

    def choose_section(self, section: Section) -> None:
        self._change(section=section, said=None, wrong_field="", scanned="", undoable={})

    def scanned(self, text: str) -> bool:
        """A scan while the scanner's sheet is shown: say what was read."""
        if self.state.section is not Section.SCANNER:
            return False
        self._change(scanned=text)
        return True

    # --- values ------------------------------------------------------------------------------------------------------

    def set_values(self, next_start: bool = False, **values: Any) -> None:
        """Change settings and save them; a value that is refused changes nothing."""
        if values.keys() <= ANYBODYS:
            self._catch_up()
            self._set_values(next_start, values)
        else:
            self._with_leave(lambda: self._set_values(next_start, values))

    def undo(self) -> None:
        """Ctrl+Z: the settings as they were before the last change made here."""
        before = self.state.undoable
        if not before:
            self._say(SettingsNotice.NOTHING_TO_UNDO)
        elif before.keys() <= ANYBODYS:
            self._catch_up()
            self._undo(before)
        else:
            self._with_leave(lambda: self._undo(before))

    def set_beside(self, display: Mapping[str, Any], scale: Mapping[str, Any]) -> None:
        """Check and save what stands beside the till, as it stands in the fields."""
        self._with_leave(lambda: self._set_beside(display, scale))

    def set_scanner(self, **values: Any) -> None:
        self._with_leave(lambda: self._set_scanner(values))

    def save_printer(self, place: PrinterPlace = PrinterPlace.TICKETS, **values: Any) -> None:
        """Check and save a printer as it stands in the fields."""
        self._with_leave(lambda: self._save_printer(place, values))

    def keep_printer(self, place: PrinterPlace, profile: PrinterProfile, kept: Callable[[], None]) -> None:
        """Save a printer as it was set up; `kept` is told once it is."""

        def act() -> None:
            if self._save(replace(self.state.settings, **{place.value: profile}), False):
                self._change(said=None, undoable={})  # its own sheet says what comes next
                kept()

        self._with_leave(act)

    def finish_set_up(self) -> None:
        """Show what is left of the set-up; it changes settings, so with leave."""
        self._with_leave(self._around.finish_set_up)

    def _with_leave(self, act: Callable[[], None]) -> None:
        """Now, or once a manager has approved; else the fields show again what is in force."""

        def answered(approved_by: str | None) -> None:
            if approved_by is None:
                self._view.show(self.state)
            else:
                self._catch_up()
                act()

        self._around.approvals.ask_approval(Right.CHANGE_SETTINGS, answered, at_once=True)

    def _catch_up(self) -> None:
        """The camera's key changes settings too: what it kept is not to be undone by saving something else."""
        self.state = replace(self.state, settings=self._around.settings())

    def _undo(self, before: Mapping[str, Any]) -> None:
        if self._save(replace(self.state.settings, **before), False):
            self._change(undoable={})
            self._say(SettingsNotice.UNDONE)

    def _set_values(self, next_start: bool, values: Mapping[str, Any]) -> None:
        try:
            settings = replace(self.state.settings, **values)
        except ValueError as error:
            self._refuse_field(error)
            return
        self._save(settings, next_start)

    def _set_beside(self, display: Mapping[str, Any], scale: Mapping[str, Any]) -> None:
        old = self.state.settings
        try:
            settings = replace(
                old, customer_display=replace(old.customer_display, **display), scale=replace(old.scale, **scale)
            )
        except ValueError as error:
            self._refuse_field(error)
            return
        self._save(settings, False)

    def _set_scanner(self, values: Mapping[str, Any]) -> None:
        try:
            scanner = replace(self.state.settings.scanner, **values)
        except ValueError as error:
            self._refuse_field(error)
            return
        self._save(replace(self.state.settings, scanner=scanner), False)

    def _save_printer(self, place: PrinterPlace, values: Mapping[str, Any]) -> None:
        try:
            printer = replace(getattr(self.state.settings, place.value), **values)
        except ValueError as error:
            self._refuse_field(error)
            return
        self._save(replace(self.state.settings, **{place.value: printer}), False)

    def _save(self, settings: Settings, next_start: bool) -> bool:
        try:
            self._around.save(settings)
        except SettingsError as error:
            self._say(SettingsNotice.NOT_SAVED, str(error.path))
            return False
        old = self.state.settings
        self._note(_changed(old, settings))
        before = {each.name: getattr(old, each.name) for each in fields(Settings)}
        undoable = {name: value for name, value in before.items() if value != getattr(settings, name)}
        self._change(settings=settings, wrong_field="", undoable=undoable)
        self._say(SettingsNotice.SAVED_FOR_NEXT_START if next_start else SettingsNotice.SAVED)
        return True

    def _note(self, changed: Sequence[str]) -> None:
        counter, operator = self._around.counter, self._around.operator()
        if changed:
            self._run(Lane.STORE, lambda: note_settings(counter, changed, operator), lambda _noted: None)

    def _refuse_field(self, error: ValueError) -> None:
        self._change(wrong_field=getattr(error, "field", "") or "value", said=None)

    # --- jobs --------------------------------------------------------------------------------------------------------

    def pair(self, address: str, code: str, till_name: str) -> None:
        """Link this till to its shop, in the background."""
        entry = read_entry(address, code, till_name)
        if isinstance(entry, WrongEntry):
            self._change(wrong_field=entry.value)
            self._say(SettingsNotice.ADDRESS_SHAPE if entry is WrongEntry.ADDRESS else SettingsNotice.CODE_SHAPE)
            return
        cash_passes = self._is_drawer_open_told()
        self._with_leave(lambda: self._pair(entry.url, entry.code, entry.till_name, cash_passes))

    def _is_drawer_open_told(self) -> bool:
        """Whether the last thing said was that the drawer is open: who goes on knows it."""
        told = self.state.detail if self.state.said is SettingsNotice.FAILED else None
        return isinstance(told, MarketplaceRefused) and told.reason == "drawer_open"

    def _pair(self, url: str, symbols: str, name: str, cash_passes: bool) -> None:
        self._begin(
            Job.PAIRING,
            Lane.NET,
            lambda: self._around.pair(url, symbols, name, cash_passes),
            lambda identity: self._paired(identity, url),
        )

    def _paired(self, identity: TillIdentity, url: str) -> None:
        self._change(identity=identity)
        self._save(replace(self.state.settings, marketplace_url=url, till_name=identity.till_name), False)
        self._change(undoable={})  # the link itself stays
        self._say(SettingsNotice.PAIRED, identity)

    def print_test(self) -> None:
        counter = self._around.counter
        self._run(Lane.STORE, lambda: print_self_test(counter), lambda _job: self._say(SettingsNotice.TEST_SENT))

    def print_notice(self) -> None:
        """What customers must be able to read where they pay (R19)."""
        counter = self._around.counter
        self._run(Lane.STORE, lambda: print_notice(counter), lambda _job: self._say(SettingsNotice.NOTICE_SENT))

    def import_file(self, path: Path) -> None:
        """Import a catalogue file in the background."""
        self._with_leave(lambda: self._import_file(path))

    def _import_file(self, path: Path) -> None:
        counter, operator = self._around.counter, self._around.operator()
        if Job.IMPORTING in self.state.busy:
            return
        importing = self._around.work()

        def work() -> ImportReport | WorkStopped | None:
            if path.stat().st_size > MAX_FILE_BYTES:
                return None
            return unless_stopped(lambda: import_catalogue(counter, path.read_bytes(), operator, importing))

        self._change(report=None, said=None, importing=importing)
        # not the store's lane: a sale must not wait behind 200,000 rows for its look-ups
        self._begin(Job.IMPORTING, Lane.DECODE, work, self._imported)

    def stop_import(self) -> None:
        if self.state.importing is not None:
            self.state.importing.stop()

    def stop_backup(self) -> None:
        if self.state.copying is not None:
            self.state.copying.stop()

    def _imported(self, report: ImportReport | WorkStopped | None) -> None:
        if isinstance(report, WorkStopped):
            self._say(SettingsNotice.IMPORT_STOPPED)
        elif report is None:
            self._say(SettingsNotice.FILE_TOO_LARGE)
        else:
            self._change(report=report)
            self._say(SettingsNotice.IMPORTED, report)

    def back_up(self) -> None:
        """Copy the data now, while the shop sells."""
        if Job.BACKING_UP in self.state.busy:
            return
        counter, operator = self._around.counter, self._around.operator()
        moment = counter.clock.now()
        target = self._around.backups / f"comptoir-{moment:%Y%m%d-%H%M%S}.db"
        copying = self._around.work()

        def copy() -> Path:
            target.parent.mkdir(parents=True, exist_ok=True)
            self._around.backup(target, copying)
            note_backup(counter, operator)
            return target

        self._change(copying=copying)
        self._begin(Job.BACKING_UP, Lane.DECODE, lambda: unless_stopped(copy), self._backed_up)

    def _backed_up(self, made: Path | WorkStopped) -> None:
        if isinstance(made, WorkStopped):
            self._say(SettingsNotice.BACKUP_STOPPED)
        else:
            self._say(SettingsNotice.BACKED_UP, str(made))

    def write_bundle(self, folder: Path) -> None:
        """Write the file for whoever helps."""
        moment = self._around.counter.clock.now()
        target = folder / f"comptoir-support-{moment:%Y%m%d-%H%M%S}.zip"

        def work() -> Path:
            self._around.bundle(target)
            return target

        self._begin(Job.BUNDLING, Lane.BOOKS, work, lambda made: self._say(SettingsNotice.BUNDLED, str(made)))

    # --- inside ------------------------------------------------------------------------------------------------------

    def _begin(self, job: Job, lane: Lane, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        if job in self.state.busy:
            return
        # after a job Ctrl+Z would take back a setting and sound as if it had taken back the job
        self._change(busy=self.state.busy | {job}, said=None, wrong_field="", undoable={})

        def ended() -> None:
            gone = {Job.IMPORTING: {"importing": None}, Job.BACKING_UP: {"copying": None}}.get(job, {})
            self._change(busy=self.state.busy - {job}, **gone)

        def came(result: Any) -> None:
            ended()
            done(result)

        def broke(error: Exception) -> None:
            ended()
            self._failed(error)

        self._around.runner.run(lane, work, came, broke)

    def _run(self, lane: Lane, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self._around.runner.run(lane, work, done, self._failed)

    def _failed(self, error: Exception) -> None:
        self._say(SettingsNotice.FAILED, error)

    def _say(self, said: SettingsNotice, detail: object = None) -> None:
        self._change(said=said, detail=detail)

    def _change(self, **values: Any) -> None:
        self.state = replace(self.state, **values)
        self._view.show(self.state)


def _changed(old: Settings, new: Settings) -> tuple[str, ...]:
    """The names of the settings that differ and are more than how the screen looks and sounds."""
    names = [each.name for each in fields(Settings) if each.name not in ANYBODYS]
    return tuple(name for name in names if getattr(old, name) != getattr(new, name))
