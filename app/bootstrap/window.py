"""Owns the joining of window, core and workers, and their end. Holds no rule and no widget of its own.

    window painted -> core built in the `store` lane -> screens, spooler and sync attached -> ... -> closing: workers
    stopped, lanes joined, database closed

What workers and commits have to say comes home to the main thread through one QObject and its signals.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from app.bootstrap.interpreter import collect_all_again, favour_the_counter, hurry_loading, use_plain_import
from app.i18n import set_language, tr
from app.paths import database_path, secrets_path, settings_path
from app.settings import PrinterProfile, Settings, SettingsError, load, save
from app.ui.main_window import MainWindow
from app.ui.screen import PlaceName
from app.ui.style.look import Look
from app.ui.style.motion import is_motion_reduced
from app.ui.style.tokens import Role
from app.ui.style.zoom import zoomed_application
from app.ui.task_runner import Lane, TaskRunner

if TYPE_CHECKING:
    from app.bootstrap.core import Core
    from app.bootstrap.inputs import Inputs
    from app.bootstrap.leaving import WayOut
    from app.bootstrap.line_devices import LineDevices
    from app.bootstrap.practice_door import PracticeDoor
    from app.bootstrap.printers import Printers
    from app.bootstrap.set_up import SetUp
    from app.bootstrap.staff import Staff
    from app.bootstrap.upkeep import Upkeep
    from app.domain.ledger_check import Finding
    from app.domain.operators import Operator
    from app.domain.order import HandoverVerdict
    from app.printing.printer import Printer
    from app.printing.spooler import Spooler
    from app.sync.worker import SyncWorker
    from app.ui.camera.presenter import CameraPresenter, MakeSource
    from app.ui.closing.reminder import ClosingReminder
    from app.ui.second_screen import SecondScreen
    from app.ui.sounds import Heard
    from app.usecases.device_book import Device, DeviceBook
    from app.usecases.marketplace_port import LinkStatus
    from app.usecases.ports import TillIdentity, Touched

_log = logging.getLogger(__name__)

_LOADED_BEHIND_THE_WINDOW = (
    "app.bootstrap.devices",
    "app.bootstrap.inputs",
    "app.bootstrap.line_devices",
    "app.bootstrap.link_chip",
    "app.bootstrap.screens",
    "app.bootstrap.staff",
)
"""Imported on the lane's thread: on the main thread they would hold the window up for half a second (S2)."""

_LOADED_BEHIND_THE_COUNTER = (
    "app.ui.stock.view",
    "app.ui.outbox.view",
    "app.bootstrap.papers",
    "app.bootstrap.printer_set_up",
    "app.printing.workbench",
    "app.bootstrap.site",
    "app.bootstrap.support",
    "app.ui.settings.view",
    "app.ui.closing.view",
    "app.ui.books.view",
    "app.sync.client",
    "app.sync.worker",
    "app.bootstrap.outbox",
    "app.bootstrap.printers",
    "app.bootstrap.upkeep",
    "app.bootstrap.camera",
    "app.ui.closing.reminder",
    "app.ui.link_notices",
)
"""Imported once the first scan can be taken: it waits for neither the network's libraries, nor the printer's, nor the
screens no scan leads to (S1)."""

_FIRST_SCAN_MS = 150
"""How long the first scan has the interpreter to itself before all that is loaded (S1): its look-up takes some
milliseconds. Whoever would record something waits for the end of the loading in any case."""

_DONE = object()

TellCrashes = Callable[[Callable[[BaseException], None]], None]


@dataclass(frozen=True, slots=True)
class Places:
    """Where this window's till keeps its things."""

    database: Path
    secrets: Path
    settings: Path


class _Home(QObject):
    """The door from other threads to the main thread; emit from anywhere."""

    touched = Signal(object)
    link_changed = Signal(object)
    ledger_found = Signal(object)
    paper_came = Signal(object, int, object)
    drawer_stayed_shut = Signal(str)
    device_changed = Signal(object)
    crashed = Signal(object)


class Practice(Protocol):
    """What makes a window that of the practice shop: nothing of it is real, and each screen and paper says so."""

    def printer(self, printer: Printer) -> Printer:
        """The printer with what may go wrong at it."""


class Assembly:
    """One running window with everything behind it.

    Attributes:
        practice: None for a shop's own till.
        window: shown by `show`.
        core: None until it has been built.
        link_listeners: told, on the main thread, whenever the link's state has changed.
        device_listeners: told, on the main thread, which device did otherwise than before.
        touch_listeners: told, on the main thread, what a commit touched.
        set_up: the set-up of this till; None where there is none to do (the demo's till).
        start_again: ends this window and starts it anew, as for another zoom; None where nobody would.
        ending: called when the window closes, before anything is waited for: end what is under way in a lane.
    """

    def __init__(
        self,
        places: Places,
        look: Look,
        *,
        attached: Callable[[Assembly], None] = lambda _self: None,
        on_paper: Callable[[Any, int], None] = lambda _lines, _columns: None,
        camera_source: MakeSource | None = None,
        practice: Practice | None = None,
        may_be_new: bool = False,
    ) -> None:
        """Args: attached: called once, when the screens are there; on_paper: given each paper of the on-screen printer,
        as (laid-out lines, columns); camera_source: stands in for the camera; practice: of the practice shop;
        may_be_new: `attached` sets a till up that never was: no screen is shown before."""
        self.places = places
        self.practice = practice
        self.settings = _settings_or_default(places.settings)
        self.look = look
        self.window = MainWindow(look)
        self._use_keys()
        self.runner = TaskRunner()
        self.core: Core | None = None
        self.printers: Printers | None = None
        self.worker: SyncWorker | None = None
        self.inputs: Inputs | None = None
        self.staff: Staff | None = None
        self.upkeep: Upkeep | None = None
        self.reminder: ClosingReminder | None = None
        self.link_listeners: list[Callable[[], None]] = []
        self.device_listeners: list[Callable[[Device], None]] = []
        self.touch_listeners: list[Callable[[Touched], None]] = []
        self.set_up: SetUp | None = None
        self.start_again: Callable[[], None] | None = None
        self.ending: list[Callable[[], None]] = []
        self._practice_door: PracticeDoor | None = None
        self._devices: DeviceBook | None = None
        self._line_devices: LineDevices | None = None
        self._camera: CameraPresenter | None = None
        self._second: SecondScreen | None = None
        self._ledger_begun = False
        self._attached = attached
        self._may_be_new = may_be_new
        self._on_paper = on_paper
        self._camera_source = camera_source
        self._home = _Home()
        self._home.touched.connect(self._touched, Qt.ConnectionType.QueuedConnection)
        self._home.link_changed.connect(self._link_changed, Qt.ConnectionType.QueuedConnection)
        self._home.ledger_found.connect(self._tell_ledger_alarm, Qt.ConnectionType.QueuedConnection)
        self._home.paper_came.connect(self._paper_came, Qt.ConnectionType.QueuedConnection)
        self._home.drawer_stayed_shut.connect(self._drawer_stayed_shut, Qt.ConnectionType.QueuedConnection)
        self._home.device_changed.connect(self._device_changed, Qt.ConnectionType.QueuedConnection)
        self._home.crashed.connect(self._crashed, Qt.ConnectionType.QueuedConnection)
        self.window.closing.connect(self.close)

    def show(self) -> None:
        """Paint first; the core is built behind the window."""
        hurry_loading()
        self.window.show()
        self._open()

    def close(self) -> None:
        """Stop the workers, join the lanes, close the database. Twice does no harm."""
        from app.bootstrap.ledger_watch import end_ledger

        for call_off in self.ending:
            call_off()
        if self.staff is not None:
            self.staff.stop()
        if self.upkeep is not None:
            self.upkeep.stop()
        if self.reminder is not None:
            self.reminder.stop()
        if self._camera is not None:
            self._camera.close()
        if self._second is not None:
            self._second.close()
        if self.core is not None:
            self.core.open_gate()
        if self.inputs is not None:
            self.inputs.close()
        if self.worker is not None:
            self.worker.stop()
        if self.spooler is not None:
            self.spooler.stop()
        if self._line_devices is not None:
            self._line_devices.stop()
        self.runner.close()
        if self.core is not None:
            if self.staff is not None:
                self.staff.leave()
            if self._ledger_begun:
                end_ledger(self.core)
            self.core.close()
        self.worker = self.printers = self.core = None
        collect_all_again()

    @property
    def devices(self) -> DeviceBook:
        """What each device of this counter did last; there as soon as the core is. Written from any thread."""
        if self._devices is None:
            raise RuntimeError("the core is not built yet")
        return self._devices

    @property
    def line_devices(self) -> LineDevices:
        """Customer display and scale; there as soon as the core is."""
        if self._line_devices is None:
            raise RuntimeError("the core is not built yet")
        return self._line_devices

    @property
    def practice_door(self) -> PracticeDoor:
        """The way to the practice shop; made when it is first asked for."""
        from app.bootstrap.practice_door import PracticeDoor

        if self._practice_door is None:
            self._practice_door = PracticeDoor(self)
        return self._practice_door

    def join_camera(self) -> CameraPresenter:
        """The camera of this counter, joined to the window the first time; the core must be there."""
        from app.bootstrap.camera import join_camera

        if self._camera is None:
            self._camera = join_camera(self, self._core(), self._camera_source)
        return self._camera

    def operator(self) -> str:
        """Who is at the counter: who signed in, else who usually is."""
        return self.staff.on_duty.name() if self.staff is not None else self.settings.operator_name

    def tell_crash(self, error: BaseException) -> None:
        """From any thread: show that something went wrong that nobody foresaw."""
        self._home.crashed.emit(error)

    # --- building ---

    def _open(self) -> None:
        self.runner.run(Lane.STORE, self._build_core, self._attach, self._cannot_open)

    def _build_core(self) -> tuple[Core, Sequence[Operator], bool]:
        from app.bootstrap.core import build_core

        core = build_core(self.places.database, self.places.secrets, behind_gate=True)
        try:
            _load(_LOADED_BEHIND_THE_WINDOW)
            team = core.store.queries.operators()
            return core, team, self._may_be_new and self._is_new(core, team)
        except BaseException:
            core.close()
            raise

    def _is_new(self, core: Core, team: Sequence[Operator]) -> bool:
        from app.ui.first_run.presenter import is_new

        return is_new(self.settings, core.store.queries.identity(), team)

    def _attach(self, built: tuple[Core, Sequence[Operator], bool]) -> None:
        from app.bootstrap.customer_screen import join_second_screen
        from app.bootstrap.devices import device_book
        from app.bootstrap.inputs import Inputs
        from app.bootstrap.line_devices import LineDevices
        from app.bootstrap.screens import screen_factories
        from app.bootstrap.staff import Staff

        core, team, new = built
        self.core = core
        if new:
            self.window.hold_back()
        self._devices = device_book(core, self._home.device_changed.emit)
        self._line_devices = LineDevices(self._devices, self.runner)
        self.inputs = Inputs(self, core)
        self._second = second = join_second_screen(self, core)
        core.news.subscribe(lambda touched: self._home.touched.emit(touched))  # noqa: PLW0108  # emit is untyped
        self.staff = Staff(self, core, team)
        self._step(self.window.attach_in_steps(screen_factories(self, core, self.staff, second)))

    def _step(self, steps: Iterator[None]) -> None:
        """One step a turn of the event loop: keys, scans and paint come in between (S2)."""
        if self.core is None:  # closed meanwhile
            return
        if next(steps, _DONE) is _DONE:
            QTimer.singleShot(_FIRST_SCAN_MS, self.window, self._load_the_rest)
        else:
            QTimer.singleShot(0, self.window, lambda: self._step(steps))

    def _load_the_rest(self) -> None:
        core = self.core
        if core is not None:
            self.runner.run(
                Lane.NET, lambda: self._load_and_check(core), self._ledger_looked_at, self._ledger_not_looked_at
            )

    def _load_and_check(self, core: Core) -> Sequence[Finding]:
        """In a lane, once the first scan can be taken: the libraries that sign and play sounds are loaded then too."""
        from app.bootstrap.ledger_watch import check_ledger

        _load(_LOADED_BEHIND_THE_COUNTER)
        if self.inputs is not None:
            self.inputs.sounds.load_library()
        return check_ledger(core, starting=True)

    def _ledger_looked_at(self, findings: Sequence[Finding]) -> None:
        self._ledger_begun = True
        self._start_workers()
        self._tell_ledger_alarm(findings)

    def _tell_ledger_alarm(self, findings: Sequence[Finding]) -> None:
        """What the till itself found, or what the marketplace's memory shows."""
        if findings and self.core is not None:
            from app.ui.ledger_words import start_alarm

            _log.warning("ledger: %s", ", ".join(f"{found.kind} {found.series} {found.number}" for found in findings))
            self.window.set_count(PlaceName.BOOKS, len(findings), Role.DANGER)
            self.window.show_notice(
                start_alarm(findings),
                Role.DANGER,
                tr("Check the ledger"),
                self._show_check,
            )

    def _show_check(self) -> None:
        from app.ui.books.desk import Section
        from app.ui.books.view import BooksScreen

        self.window.go_to(PlaceName.BOOKS)
        screen = self.window.screen(PlaceName.BOOKS)
        if isinstance(screen, BooksScreen):
            screen.choose(Section.CHECK)

    def _ledger_not_looked_at(self, failure: Exception) -> None:
        """The key store is closed, for instance: the shop is told, and goes on as far as it can."""
        from app.ui.messages import describe_failure

        _log.error("the ledger could not be looked at: %s", type(failure).__name__)
        self._start_workers()
        again = tr("Start again") if self.start_again is not None else ""
        self.window.show_notice(describe_failure(failure), Role.DANGER, again, self.start_again)

    def _build_at_leisure(self) -> None:
        """The screens that no scan leads to, while nobody does anything: their first visit waits for nothing."""
        from app.ui.leisure import Leisure

        steps = self.window.build_in_steps(PlaceName.BOOKS, PlaceName.SETTINGS)
        leisure = Leisure(self.window, steps, self.window.quiet_ms)
        self.ending.append(leisure.stop)

    def _start_workers(self) -> None:
        if self.core is None:
            return
        favour_the_counter()
        if self.inputs is not None:
            self.inputs.sounds.get_ready()
        self.start_printing()
        self.start_sync()
        self.line_devices.use(self.settings)
        self._start_upkeep(self.core)
        self.join_camera()
        self._build_at_leisure()
        self._attached(self)

    def _start_upkeep(self, core: Core) -> None:
        from app.bootstrap.outbox import tell_of_link
        from app.bootstrap.upkeep import Upkeep
        from app.ui.closing.reminder import ClosingReminder

        self.upkeep = Upkeep(core, self.runner, lambda: self.settings.keep_customer_days)
        self.upkeep.start()
        self.reminder = ClosingReminder(core.counter, self.runner, self.window)
        self.reminder.start()
        tell_of_link(self, core)

    @property
    def spooler(self) -> Spooler | None:
        """What prints; None until it was begun."""
        return self.printers.spooler if self.printers is not None else None

    def start_printing(self) -> None:
        """Begin to print on the printers of the settings; what prints already is stopped first."""
        from app.bootstrap.printers import Printers
        from app.usecases.ports import Touched

        if self.printers is None:
            changed = Touched(print_queue=True)
            self.printers = Printers(
                self,
                self._core(),
                lambda: self._home.touched.emit(changed),
                self._show_paper,
                self._home.drawer_stayed_shut.emit,
            )
        self.printers.start()

    def try_sound(self, name: str) -> Heard:
        """Play one of the counter's sounds, whatever is muted."""
        from app.ui.sounds import Heard

        return self.inputs.sounds.try_out(name) if self.inputs is not None else Heard.NO_DEVICE

    def kick_drawer(self) -> None:
        """Open the drawer without a paper. One that stays shut is said so: a key opens it."""
        if self.printers is not None:
            self.printers.kick_drawer()

    def start_sync(self) -> None:
        """Begin to talk with the marketplace of the pairing; a worker that runs is stopped first."""
        import random

        from app.bootstrap.ledger_watch import check_ledger
        from app.sync.worker import SyncWorker

        core = self._core()
        if self.worker is not None:
            self.worker.stop()
        self.worker = SyncWorker(
            core.counter,
            core.store.queries,
            core.secrets,
            core.connect,
            chance=random.SystemRandom().random,
            on_status=self._home.link_changed.emit,
            on_heads=lambda heads: self._home.ledger_found.emit(check_ledger(core, starting=False, told=heads)),
        )
        self.worker.start()

    def link_status(self) -> LinkStatus | None:
        """How it goes with the marketplace."""
        return self.worker.status if self.worker is not None else None

    def want_lease(self, verdict: HandoverVerdict) -> bool:
        """Ask for the lease a verdict lacks; whether it could be asked for."""
        from app.usecases.want_lease import want_lease

        return self.worker is not None and want_lease(verdict, self.worker.status, self.worker.want_lease)

    def try_now(self) -> None:
        """A person asks for a round at once."""
        if self.worker is not None:
            self.worker.retry_now()
        if self.spooler is not None:
            self.spooler.retry_now()

    def check_may_link(self) -> None:
        """Raises MarketplaceRefused (`practice`) in the practice shop: no real marketplace may ever hear of it."""
        if self.practice is not None:
            from app.usecases.ports import MarketplaceRefused

            raise MarketplaceRefused("practice")

    def pair(self, url: str, code: str, till_name: str, cash_passes: bool) -> TillIdentity:
        """Link this till to a shop; called in the net lane. The workers rest meanwhile: a page of the old shop must
        not be applied after it. Raises MarketplaceRefused, MarketplaceUnreachable, KeyStoreUnavailable."""
        self.check_may_link()
        from app.sync.client import HttpMarketplace
        from app.usecases.pair_till import pair_till

        core, worker = self._core(), self.worker
        if worker is not None:
            worker.stop()
        try:
            with HttpMarketplace(url, core.secrets.device_token) as marketplace:
                return pair_till(core.counter, core.secrets, marketplace, code, till_name, url, cash_passes=cash_passes)
        finally:
            if worker is not None:
                worker.start()

    def use_settings(self, settings: Settings) -> None:
        """Keep new settings and act on them. Raises SettingsNotWritten; then the old ones stay in force."""
        save(self.places.settings, settings)
        old, self.settings = self.settings, settings
        set_language(settings.language)
        self.look.use(settings.theme)
        self.look.use_motion(settings.reduced_motion)
        self._use_keys()
        if self.inputs is not None:
            self.inputs.sounds.use(settings.sound_volume_percent, settings.sounds_muted)
        if self.staff is not None:
            self.staff.use_settings()
        if _printers_of(settings) != _printers_of(old):
            self.start_printing()
        if self._line_devices is not None:
            self._line_devices.use(settings)
        if self._camera is not None:
            self._camera.use_settings(settings.camera)
        if self._second is not None:
            self._second.use(settings.customer_screen)
        if settings.scanner != old.scanner and self.inputs is not None:
            self.inputs.use_scanner(settings.scanner)

    def _use_keys(self) -> None:
        self.window.keys.use({each.action: each.key for each in self.settings.keys})

    def _core(self) -> Core:
        if self.core is None:
            raise RuntimeError("the core is not built yet")
        return self.core

    # --- news on the main thread ---

    def _touched(self, touched: Touched) -> None:
        if self.core is None:
            return
        if touched.outbox and self.worker is not None:
            self.worker.kick()
        if self.printers is not None:
            self.printers.touched(touched)
        if self.staff is not None:
            self.staff.touched(touched)
        if touched.closures and self.reminder is not None:
            self.reminder.look()
        for listener in self.touch_listeners:
            listener(touched)
        self.window.hear(touched)

    def _link_changed(self, status: LinkStatus) -> None:
        from app.bootstrap.link_chip import chip_for
        from app.usecases.ports import Touched

        if self.core is None:
            return
        self.window.set_link(*chip_for(status, self.core.clock.now()))
        self.window.set_count(PlaceName.OUTBOX, status.to_see_to, Role.WARNING)
        for listener in self.link_listeners:
            listener()
        self.window.hear(Touched(outbox=True))

    def _device_changed(self, device: Device) -> None:
        if self.core is not None:
            for listener in self.device_listeners:
                listener(device)

    def _show_paper(self, lines: Sequence[Any], profile: PrinterProfile) -> None:
        """Called on the spooler's thread, which has the time to find what a QR code looks like."""
        from app.printing.qr import qr_modules

        codes = {line.content: qr_modules(line.content) for line in lines if hasattr(line, "content")}
        self._home.paper_came.emit(lines, profile.width_columns, codes)

    def _paper_came(self, lines: Sequence[Any], columns: int, codes: Mapping[str, Sequence[Sequence[bool]]]) -> None:
        if self.inputs is not None:
            self.inputs.paper.add_paper(lines, columns, codes)
        self._on_paper(lines, columns)

    def _drawer_stayed_shut(self, reason: str) -> None:
        if self.printers is not None:
            self.printers.tell_drawer_shut(reason)

    def _cannot_open(self, failure: Exception) -> None:
        from app.ui.messages import describe_failure

        collect_all_again()
        _log.error("the till's data cannot be opened: %s", type(failure).__name__)
        self.window.show_notice(describe_failure(failure), Role.DANGER, tr("Try again"), self._open)

    def _crashed(self, error: BaseException) -> None:
        from app.ui.crash_dialog import show_crash

        show_crash(self.window, error)


def _load(modules: Sequence[str]) -> None:
    for name in modules:
        importlib.import_module(name)


def _printers_of(settings: Settings) -> tuple[object, ...]:
    """What the printing depends on."""
    return settings.printer, settings.preparation_printer, settings.fallback_printer, settings.language


def _settings_or_default(path: Path) -> Settings:
    try:
        return load(path)
    except SettingsError as error:
        _log.error("settings not used: %s", type(error).__name__)
        return Settings()


def new_application(settings: Settings) -> tuple[QApplication, Look]:
    """The Qt application, dressed; the only one of the process."""
    use_plain_import()
    set_language(settings.language)
    application = zoomed_application(settings.zoom_percent)
    application.setApplicationName("Comptoir")
    look = Look(settings.theme, is_motion_reduced(settings.reduced_motion))
    look.apply(application)
    return application, look


def run_window(tell_crashes: TellCrashes) -> int:
    """Show this person's till until the window is closed. Returns the exit code; `EXAMPLE_SHOP_ASKED` if the till was
    left for the example shop, `START_AGAIN_ASKED` if the process is to start anew."""
    from app.bootstrap.leaving import WayOut

    places = Places(database_path(), secrets_path(), settings_path())
    application, look = new_application(_settings_or_default(places.settings))
    way_out = WayOut()
    while True:
        assembly = Assembly(places, look, attached=lambda shown: _join_set_up(shown, way_out), may_be_new=True)
        tell_crashes(assembly.tell_crash)
        assembly.start_again = partial(_start_again, assembly, way_out)
        assembly.show()
        try:
            code = application.exec()
        finally:
            assembly.close()
        if not way_out.comes_back(places, lambda backup, kept_at: _put_back(look, backup, kept_at)):
            return way_out.code(code)


def _put_back(look: Look, backup: Path, places: Places) -> Path | None:
    from app.bootstrap.restore_window import put_back_watched

    return put_back_watched(look, backup, places)


def _start_again(assembly: Assembly, way_out: WayOut) -> None:
    from app.bootstrap.starting_again import start_again

    start_again(assembly, way_out)


def _join_set_up(assembly: Assembly, way_out: WayOut) -> None:
    from app.bootstrap.set_up import join_set_up

    join_set_up(assembly, way_out)
