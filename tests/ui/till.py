"""A till's window for tests of the sale, stock, outbox and settings screens, and hands that count keys and scans."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from app.bootstrap.papers import attestation_texts
from app.domain.catalogue import DEFAULT_LOCATION, MovementReason, Product, StockMovement
from app.domain.money import Money
from app.domain.rescue import RescueRefusal
from app.printing.layout import lay_out
from app.scanning.gs1 import read_gs1
from app.settings import CameraSettings, Settings
from app.ui.books.desk import BooksSurroundings, Period
from app.ui.books.view import BooksScreen
from app.ui.camera.presenter import CameraPresenter, CameraSurroundings
from app.ui.camera.window_side import may_take
from app.ui.checkout.flow import SaleSurroundings
from app.ui.checkout.view import SaleScreen
from app.ui.closing.view import ClosingScreen, ClosingSurroundings
from app.ui.components.approval import Approvals, PinSurroundings
from app.ui.keymap import KeyMap
from app.ui.lock import Lock
from app.ui.main_window import MainWindow
from app.ui.on_duty import OperatorOnDuty
from app.ui.outbox.view import OutboxScreen, OutboxSurroundings
from app.ui.screen import How, PlaceName
from app.ui.settings.keys import KeysSurroundings
from app.ui.settings.merchant import MerchantSurroundings
from app.ui.settings.papers import PapersSurroundings
from app.ui.settings.printer import PrinterSurroundings
from app.ui.settings.site import SiteSurroundings
from app.ui.settings.team import TeamSurroundings
from app.ui.settings.view import SettingsScreen, SettingsSurroundings
from app.ui.stock.view import StockScreen, StockSurroundings
from app.ui.style.look import Look
from app.usecases.ask_again import AskedAgain
from app.usecases.export_archive import ArchiveRefusal, ArchiveRefused
from app.usecases.export_books import ExportKind
from app.usecases.find_article import CodeReading, templates_of
from app.usecases.long_work import LongWork
from app.usecases.manage_operators import Team
from app.usecases.marketplace_port import LinkState, LinkStatus
from app.usecases.ports import Counter, TillIdentity
from app.usecases.reconcile import NotCompared
from app.usecases.rescue import NothingWritten
from app.usecases.verify_ledger import LedgerReport
from tests.fakes.inline_runner import InlineRunner
from tests.fakes.invoices import PlainWriter
from tests.fakes.memory_store import A_TILL, MemoryStore
from tests.fakes.pins import PlainPinHasher
from tests.fakes.printer_bench import MemoryBench
from tests.fakes.samples import COFFEE, HEMMING, TOMATO, WINE, an_order
from tests.fakes.surroundings import NOON, CountingIds, DigestSigner, HandSetClock, MemorySecrets
from tests.ui.site import ASite

HAM = Product("p-ham", "Jambon blanc supérieur tranché", Money(1990), 550, TOMATO.unit, codes=("2000012000003",))
HAM_LABEL_456_G = "2000012004568"
SOAP = Product("p-soap", "Savon de Marseille à l'huile d'olive 300 g", Money(650), 2000, codes=("3760123456784",))
SOUND = LedgerReport((), 0, {"sales": 12, "events": 3}, 4, 0, 0.5, complete=True)
PRODUCTS = (COFFEE, TOMATO, WINE, HEMMING, HAM, SOAP)


@dataclass
class Till:
    """The window upon a store in memory.

    Attributes:
        keys, scans: how many were needed since `start_counting`.
        files_asked: archives (None) and exports, with what the next one gives; verify: what a check finds.
        settings: as last saved; wants: what the next pairing raises or gives.
    """

    window: MainWindow
    store: MemoryStore
    counter: Counter
    clock: HandSetClock
    runner: InlineRunner
    look: Look
    settings: Settings
    link: LinkStatus
    rounds: int = 0
    keys: int = 0
    scans: int = 0
    copied: list[Path] = field(default_factory=list)
    bundled: list[Path] = field(default_factory=list)
    maps: list[tuple[Path, KeyMap]] = field(default_factory=list)
    paired: list[tuple[str, str, str]] = field(default_factory=list)
    cash_passes: list[bool] = field(default_factory=list)
    pairing_fails: Exception | None = None
    sounds: list[str] = field(default_factory=list)
    shown_codes: list[str] = field(default_factory=list)
    papers: Path = Path("papers")
    opened_pages: list[Path] = field(default_factory=list)
    kicks: int = 0
    files_asked: list[tuple[ExportKind | None, Period, str]] = field(default_factory=list)
    next_file: Callable[[], Any] = lambda: ArchiveRefused(ArchiveRefusal.NOTHING_TO_ARCHIVE)  # a default
    verify: Callable[..., LedgerReport] = lambda _every, _work: SOUND  # a default
    ask_again: Callable[[str, str], Any] = lambda _kind, _id: AskedAgain.STILL_BROKEN  # a default
    compare: Callable[..., Any] = lambda _work: NotCompared.NOT_OFFERED  # a default
    backup: Callable[[Path, LongWork], None] | None = None
    write_rescue: Callable[[Path], Any] = lambda _folder: NothingWritten.NOTHING_WAITS  # a default
    import_rescue: Callable[[Path, str], Any] = lambda _file, _operator: RescueRefusal.OTHER_SHOP  # a default
    site: ASite = field(init=False)
    camera: CameraPresenter = field(init=False)
    films: list[Any] = field(default_factory=list)
    bench: MemoryBench = field(default_factory=MemoryBench)
    on_duty: OperatorOnDuty = field(init=False)
    approvals: Approvals = field(init=False)
    lock: Lock = field(init=False)

    # --- hands

    def start_counting(self) -> None:
        self.keys = self.scans = 0

    def scan(self, *codes: str) -> None:
        for code in codes:
            self.scans += 1
            self.window.take_input(code, How.SCAN)

    def press(self, *keys: Qt.Key | str) -> None:
        """Press keys one after the other where the focus is; a text is typed letter by letter."""
        for key in keys:
            for single in key if isinstance(key, str) else [key]:
                self.keys += 1
                target = self._focused()
                if isinstance(single, str):
                    QTest.keyClicks(target, single)
                else:
                    QTest.keyClick(target, single)

    def enter(self, times: int = 1) -> None:
        self.press(*[Qt.Key.Key_Return] * times)

    def undo(self) -> None:
        self.control("Z")

    def control(self, letter: str) -> None:
        """Ctrl and a letter."""
        self.keys += 1
        QTest.keyClick(self._focused(), Qt.Key[f"Key_{letter}"], Qt.KeyboardModifier.ControlModifier)

    def _focused(self) -> QWidget:
        focused: QWidget | None = self.window.focusWidget()
        return self.window if focused is None else focused

    def click(self, name: str) -> None:
        QCoreApplication.processEvents()  # a button just made is shown with the next turn of the loop
        button = self.window.findChild(QAbstractButton, name)
        assert button is not None, name
        assert button.isVisible(), name
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def reading(self) -> CodeReading:
        """How codes are read by the settings of now."""
        return CodeReading(templates_of(self.settings.scale_labels), lambda text: read_gs1(text, NOON.year))

    # --- eyes

    def text(self, name: str) -> str:
        """What a named label says."""
        found = self.window.findChildren(QLabel, name)
        assert len(found) == 1, name
        return found[0].text().replace("\u202f", " ").replace("\u00a0", " ")

    @property
    def sale(self) -> SaleScreen:
        screen = self.window.screen(PlaceName.SALE)
        assert isinstance(screen, SaleScreen)
        return screen

    @property
    def stock(self) -> StockScreen:
        screen = self.window.screen(PlaceName.STOCK)
        assert isinstance(screen, StockScreen)
        return screen

    @property
    def outbox(self) -> OutboxScreen:
        screen = self.window.screen(PlaceName.OUTBOX)
        assert isinstance(screen, OutboxScreen)
        return screen

    @property
    def books(self) -> BooksScreen:
        screen = self.window.screen(PlaceName.BOOKS)
        assert isinstance(screen, BooksScreen)
        return screen

    @property
    def closing(self) -> ClosingScreen:
        screen = self.window.screen(PlaceName.CLOSING)
        assert isinstance(screen, ClosingScreen)
        return screen

    @property
    def set_up(self) -> SettingsScreen:
        screen = self.window.screen(PlaceName.SETTINGS)
        assert isinstance(screen, SettingsScreen)
        return screen


@contextmanager
def open_till(qtbot, look: Look, place: PlaceName, size: tuple[int, int] = (1366, 768)) -> Iterator[Till]:
    """A shown window at one of the four places; closed at the end."""
    store, clock, runner, secrets = MemoryStore(), HandSetClock(), InlineRunner(), MemorySecrets()
    window = MainWindow(look, "Léa")
    counter = Counter(
        store.unit_of_work,
        clock,
        CountingIds(),
        secrets,
        window.refresh,
        "Comptoir 0.1.0",
        DigestSigner(),
    )
    link = LinkStatus(LinkState.OFFLINE, NOON - timedelta(minutes=12), 3, NOON - timedelta(minutes=14), "no_network")
    till = Till(window, store, counter, clock, runner, look, Settings(warn_on_negative_stock=False), link)
    till.site = ASite(counter, secrets)
    till.camera = _camera(till)
    with store.unit_of_work() as uow:
        uow.catalogue.save_all(PRODUCTS)
        uow.stock.record(
            StockMovement(
                f"m-{p.product_id}", p.product_id, DEFAULT_LOCATION, 12, MovementReason.OPENING, NOON, "till-a"
            )
            for p in PRODUCTS
            if p.stock_tracked
        )
        uow.orders.save_server_copy(an_order())
        uow.commit()
    window.sound_asked.connect(till.sounds.append)
    window.training.ended.connect(lambda: till.sale.end_training())  # noqa: PLW0108  # the screen is built later
    window.attach(_factories(till, window, clock), place)
    window.resize(*size)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    yield till
    till.camera.close()
    window.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _camera(till: Till) -> CameraPresenter:
    """A camera that is fed by hand, off at first; `till.films` holds what to feed once it is on."""

    def source(take: Any) -> Any:
        from app.ui.camera.films import FeederSource

        till.films.append(FeederSource(take, "Webcam du comptoir"))
        return till.films[-1]

    def reader() -> Any:
        from tests.ui.seen_codes import PlainReader

        return PlainReader()

    def keep(camera: CameraSettings) -> None:
        till.settings = replace(till.settings, camera=camera)

    window = till.window
    around = CameraSurroundings(source, reader, lambda: may_take(window), window.take_scan, keep)
    return CameraPresenter(around, till.settings.camera)


def _factories(till: Till, window: MainWindow, clock: HandSetClock):
    look, counter, queries, runner = till.look, till.counter, till.store.queries, till.runner
    hasher, on_duty = PlainPinHasher(), OperatorOnDuty(lambda: "Léa", lambda: till.settings.cashier_discount_percent)
    around = PinSurroundings(counter, queries, hasher, runner, window, look, on_duty)
    approvals = Approvals(around)
    till.on_duty, till.approvals, till.lock = on_duty, approvals, Lock(around, approvals)

    def save(settings: Settings) -> None:
        till.settings = settings
        till.camera.use_settings(settings.camera)
        window.keys.use({each.action: each.key for each in settings.keys})

    def pair(url: str, code: str, name: str, cash_passes: bool) -> TillIdentity:
        till.paired.append((url, code, name))
        till.cash_passes.append(cash_passes)
        if till.pairing_fails is not None:
            raise till.pairing_fails
        return A_TILL

    def kick() -> None:
        till.kicks += 1

    def sync_now() -> None:
        till.rounds += 1

    merchant = MerchantSurroundings(
        counter,
        queries,
        runner,
        on_duty.name,
        approvals,
        attestation_texts,
        lambda: till.papers,
        till.opened_pages.append,
        NOON.date,
    )

    def back_up(target: Path, work: LongWork) -> None:
        if till.backup is not None:
            till.backup(target, work)
        till.copied.append(target)

    def make_archive(period: Period, operator: str, _work: LongWork):
        till.files_asked.append((None, period, operator))
        return till.next_file()

    def make_export(kind: ExportKind, period: Period, operator: str, _work: LongWork):
        till.files_asked.append((kind, period, operator))
        return till.next_file()

    def books() -> BooksScreen:
        around = BooksSurroundings(
            counter=counter,
            queries=queries,
            runner=runner,
            operator=on_duty.name,
            ask=approvals.ask_approval,
            leave=approvals.leave,
            today=NOON.date,
            folder=lambda: till.papers,
            open_path=till.opened_pages.append,
            verify=lambda *asked: till.verify(*asked),  # noqa: PLW0108  # a test may set another one
            make_archive=make_archive,
            make_export=make_export,
            invoice_writer=PlainWriter,
            merchant=merchant,
        )
        return BooksScreen(look, window, around)

    return {
        PlaceName.SALE: lambda: SaleScreen(
            look,
            window,
            SaleSurroundings(
                counter,
                queries,
                runner,
                on_duty.name,
                lambda: till.settings,
                lambda text, _how: till.shown_codes.append(text),
                leave=approvals.ask_approval,
                discount_limit=on_duty.discount_limit_percent,
                on_training=window.set_training,
                reading=till.reading,
                save_tiles=lambda pages: save(replace(till.settings, tile_pages=pages)),
            ),
        ),
        PlaceName.STOCK: lambda: StockScreen(
            look, window, StockSurroundings(counter, queries, runner, lambda: "Léa", approvals.leave, till.reading)
        ),
        PlaceName.OUTBOX: lambda: OutboxScreen(
            look,
            window,
            OutboxSurroundings(
                counter,
                queries,
                runner,
                clock,
                lambda: "Léa",
                lambda: till.link,
                sync_now,
                ask_again=lambda kind, record_id: till.ask_again(kind, record_id),  # noqa: PLW0108  # set by tests
                compare=lambda work: till.compare(work),  # noqa: PLW0108  # as above
                write_rescue=lambda folder: till.write_rescue(folder),  # noqa: PLW0108  # as above
                import_rescue=lambda file, operator: till.import_rescue(file, operator),  # noqa: PLW0108  # as above
            ),
        ),
        PlaceName.BOOKS: books,
        PlaceName.CLOSING: lambda: ClosingScreen(
            look,
            window,
            ClosingSurroundings(
                counter,
                queries,
                runner,
                on_duty.name,
                approvals.ask_approval,
                blind_count=lambda: till.settings.blind_count,
                difference_limit=lambda: Money(till.settings.cash_difference_limit_minor),
                kick_drawer=kick,
            ),
        ),
        PlaceName.SETTINGS: lambda: SettingsScreen(
            look,
            window,
            SettingsSurroundings(
                counter=counter,
                queries=queries,
                runner=runner,
                operator=lambda: "Léa",
                settings=lambda: till.settings,
                save=save,
                pair=pair,
                backup=back_up,
                bundle=till.bundled.append,
                database="/home/lea/comptoir.db",
                backups=Path("copies"),
                weaker_way=lambda: True,
                approvals=approvals,
                team=TeamSurroundings(Team(counter, queries, hasher), queries, runner, on_duty, approvals),
                merchant=merchant,
                camera=till.camera,
                site=SiteSurroundings(
                    queries,
                    runner,
                    approvals,
                    test=lambda wish: till.site.test(wish),  # noqa: PLW0108  # set by tests
                    link=lambda request: till.site.link(request),  # noqa: PLW0108  # as above
                    join_code=lambda: till.site.join_code(),  # noqa: PLW0108  # as above
                    qr_modules=lambda text: [[True] * 21 for _ in range(21)],
                ),
                reading=till.reading,
                keys=KeysSurroundings(window.keys, runner, lambda path, keys: till.maps.append((path, keys))),
                printer=PrinterSurroundings(till.bench, runner, lambda: till.settings),
                papers=PapersSurroundings(
                    counter,
                    queries,
                    runner,
                    lambda: till.settings,
                    lay_out=lambda document, columns, _settings: lay_out(document, columns),
                    qr_modules=lambda text: [[True] * 21 for _ in range(21)],
                ),
            ),
        ),
    }
