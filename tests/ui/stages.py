"""What scenes are played on: each stage opens a window in a known state, and closes it again. Never holds an opinion on
how anything looks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QWidget

from app.domain.pairing_text import PairingText, write_pairing_text
from app.domain.receipt import PreparationList, SelfTest, ShopIdentity
from app.domain.trades import Trade
from app.i18n import tr
from app.paths import guide_dir
from app.printing.layout import lay_out
from app.printing.qr import qr_modules
from app.settings import Settings
from app.ui.camera.films import on_canvas
from app.ui.camera.frame_source import CameraState
from app.ui.camera.panel import CameraPanel
from app.ui.camera.presenter import CameraScene
from app.ui.camera.window_side import PLACES as CAMERA_PLACES
from app.ui.customer_screen import CustomerScreen
from app.ui.customer_words import IDLE, CustomerPage, page_of_pickup, page_of_sale
from app.ui.first_run.presenter import FirstRunSurroundings, Page, Step
from app.ui.first_run.view import FirstRun
from app.ui.help.view import HelpSheet
from app.ui.main_window import MainWindow
from app.ui.onscreen_printer import PaperSheet
from app.ui.screen import PlaceName
from app.ui.style.look import Look, Role
from app.usecases.ports import MarketplaceRefused, TillIdentity
from tests.fakes.inline_runner import InlineRunner
from tests.fakes.memory_store import A_TILL
from tests.fakes.samples import COFFEE, WINE, pickup_code_of
from tests.fakes.surroundings import NOON
from tests.ui import scenes
from tests.ui.scenes import Scene, nothing, steps
from tests.ui.shop import Shop, open_shop, some_orders
from tests.ui.till import HAM_LABEL_456_G, SOAP, Till, open_till

USUAL = (1366, 768)
Played = tuple[QWidget, Iterator[Scene]]


class Bot(Protocol):
    """Of qtbot, what opening a window needs."""

    def addWidget(self, widget: QWidget) -> None: ...  # noqa: N802  # qtbot's name
    def waitExposed(self, widget: QWidget) -> Any: ...  # noqa: N802  # qtbot's name


@dataclass(frozen=True)
class Stage:
    """`open` gives the widget to look at and its scenes, in the language and the look of now."""

    name: str
    open: Callable[[Bot, Look], AbstractContextManager[Played]]


# --- the till ---------------------------------------------------------------------------------------------------------


def _till_stage(
    name: str,
    play: Callable[[Till], Iterator[Scene]],
    place: PlaceName = PlaceName.SALE,
    before: Callable[[Till], object] = lambda _till: None,
) -> Stage:
    @contextmanager
    def opened(bot: Bot, look: Look) -> Iterator[Played]:
        with open_till(bot, look, place, USUAL) as till:
            till.papers = Path("/home/lea/Comptoir")
            _usual_chips(till.window)
            before(till)
            yield till.window, play(till)

    return Stage(name, opened)


def _usual_chips(window: MainWindow) -> None:
    window.set_link(tr("On line"), Role.SUCCESS, "wifi")


def _close_a_day(till: Till) -> None:
    from app.domain.cash import CashCount
    from app.usecases.close_period import CloseDayRequest, close_day

    scenes.make_a_day(till)
    session = till.store.queries.cash_session()
    assert session is not None
    close_day(till.counter, CloseDayRequest("Léa", CashCount.of_amount(session.expected), print_z=False))


# --- the pickup -------------------------------------------------------------------------------------------------------


@contextmanager
def _opened_shop(bot: Bot, look: Look, orders: list[Any] | None = None) -> Iterator[Shop]:
    shop = open_shop(look, orders)
    shop.window.resize(*USUAL)
    _usual_chips(shop.window)
    bot.addWidget(shop.window)
    shop.window.show()
    bot.waitExposed(shop.window)
    yield shop
    shop.window.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _pickup_stage(name: str, play: Callable[[Shop, Look], Iterator[Scene]], orders: list[Any] | None = None) -> Stage:
    @contextmanager
    def opened(bot: Bot, look: Look) -> Iterator[Played]:
        with _opened_shop(bot, look, orders) as shop:
            yield shop.window, play(shop, look)

    return Stage(name, opened)


def _scenes_of_the_camera(shop: Shop, look: Look) -> Iterator[Scene]:
    from tests.ui.seen_codes import code_picture

    panel = CameraPanel(look)
    shop.window.add_corner(panel, CAMERA_PLACES)

    def show(state: CameraState, text: str = "", **told: Any) -> None:
        panel.picture.clear()
        if text:
            panel.picture.show_picture(code_picture(text))
        elif state is CameraState.LIVE:
            panel.picture.show_picture(on_canvas(code_picture("x", 1).copy(0, 0, 1, 1)))
        panel.show_scene(CameraScene(state, "Webcam du comptoir", **told))
        shop.window.show_corner(True)

    code = pickup_code_of(some_orders()[0])
    yield "camera, starting", partial(show, CameraState.STARTING)
    yield "camera, nothing in view", partial(show, CameraState.LIVE)
    yield "camera, read", partial(show, CameraState.LIVE, code, read=code, seen=(code,))
    for state in CameraState:
        if state.is_wrong or state is CameraState.RESTING:
            yield f"camera, {state}", partial(show, state)


def _scenes_of_sheets(shop: Shop, look: Look) -> Iterator[Scene]:
    helped = HelpSheet(look, shop.window, shop.runner, guide_dir(), lambda _file: None)
    papers = PaperSheet(look, qr_modules)
    for sheet in (helped, papers):
        shop.window.add_sheet(sheet)

    def print_some() -> None:
        order = shop.store.queries.order("order-2")
        assert order is not None
        papers.add_paper(lay_out(PreparationList(A_TILL.shop, order, NOON), 32), 32)
        papers.add_paper(lay_out(SelfTest(A_TILL.shop, NOON, "https://example.org"), 48), 48)

    yield "help", helped.toggle
    yield "papers, none yet", steps(helped.toggle, papers.toggle)
    yield "papers", print_some


# --- the set-up -------------------------------------------------------------------------------------------------------


class _NewTill:
    """A till that was never set up, and what the set-up asks of it."""

    def __init__(self, look: Look) -> None:
        from app.usecases.ports import Counter
        from tests.fakes.memory_store import MemoryStore
        from tests.fakes.surroundings import CountingIds, DigestSigner, HandSetClock, MemorySecrets

        self.store = MemoryStore(replace(A_TILL, shop_id="", shop=ShopIdentity(""), marketplace_url=""))
        self.settings = Settings()
        self.fails: Exception | None = None
        self.window = MainWindow(look, "Léa")
        counter = Counter(
            self.store.unit_of_work,
            HandSetClock(),
            CountingIds(),
            MemorySecrets(),
            lambda _touched: None,
            "Comptoir",
            DigestSigner(),
        )
        self.sheet = FirstRun(
            look,
            FirstRunSurroundings(
                counter,
                self.store.queries,
                InlineRunner(),
                lambda: "Léa",
                lambda: self.settings,
                self._save,
                self._pair,
                nothing,
                lambda _file: None,
                lambda _step: None,
                nothing,
            ),
        )
        self.window.cover(self.sheet)

    def _save(self, settings: Settings) -> None:
        self.settings = settings

    def _pair(self, _url: str, _code: str, _name: str, _cash_passes: bool) -> TillIdentity:
        if self.fails is not None:
            raise self.fails
        self.store.tables.identity = A_TILL
        self.store.tables.products = {each.product_id: each for each in (COFFEE, SOAP, WINE)}
        return A_TILL


def _scenes_of_first_run(till: _NewTill) -> Iterator[Scene]:
    show = till.sheet.presenter

    def paired(code: str) -> None:
        till.sheet.address.set_text("https://marche.example")
        till.sheet.code.set_text(code)
        till.sheet.pair.click()

    def refused() -> None:
        till.fails = MarketplaceRefused("wrong_code")
        paired("ABCD2345")
        till.fails = None

    yield "set-up, three doors", partial(show.begin, Page.DOORS)
    yield "set-up, the link", show.link
    yield "set-up, a code too short", partial(paired, "abc")
    yield "set-up, refused", refused
    pairing = write_pairing_text(PairingText("ABCD2345", "https://marche.example"))
    yield "set-up, code scanned", partial(till.sheet.take_scan, pairing)
    yield "set-up, the trade", partial(paired, "ABCD2345")
    yield "set-up, the steps", partial(show.choose_trade, next(iter(Trade)))
    yield "set-up, the scanner reads", partial(till.sheet.take_scan, "3760123456784")
    yield "set-up, all done", steps(*(partial(show.note_done, step) for step in Step))


@contextmanager
def _first_run(bot: Bot, look: Look) -> Iterator[Played]:
    till = _NewTill(look)
    till.window.resize(*USUAL)
    bot.addWidget(till.window)
    till.window.show()
    bot.waitExposed(till.window)
    yield till.window, _scenes_of_first_run(till)
    till.window.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


# --- what the customer reads ------------------------------------------------------------------------------------------


def _customer_pages(bot: Bot, look: Look) -> Iterator[tuple[str, CustomerPage]]:
    """Each page as the sale and the pickup make it."""
    yield "customer, nobody", IDLE
    with open_till(bot, look, PlaceName.SALE, USUAL) as till:
        hands: tuple[tuple[str, Callable[[], object]], ...] = (
            ("one article", partial(till.scan, COFFEE.codes[0])),
            ("many articles", partial(till.scan, *[SOAP.codes[0], HAM_LABEL_456_G, COFFEE.codes[0]] * 4)),
            ("to pay", till.enter),
            ("part paid", steps(partial(till.press, "20"), till.enter)),
            ("change", steps(partial(till.press, "200"), till.enter)),
        )
        for name, hand in hands:
            hand()
            yield f"customer, {name}", page_of_sale(till.sale.presenter.state)
    with _opened_shop(bot, look) as shop:
        for number, name in ((0, "order ready"), (2, "order not ready"), (6, "order cancelled")):
            shop.window.take_scan(pickup_code_of(some_orders()[number]))
            yield f"customer, {name}", page_of_pickup(shop.pickup.presenter.state)


@contextmanager
def _customer_screen(bot: Bot, look: Look) -> Iterator[Played]:
    pages = list(_customer_pages(bot, look))
    screen = CustomerScreen(look)
    bot.addWidget(screen)
    screen.set_shop(A_TILL.shop.name)
    screen.resize(*USUAL)
    screen.show()
    training = replace(pages[1][1], training=True)
    yield screen, iter([(name, partial(screen.show_page, page)) for name, page in [*pages, _named(training)]])
    screen.hide()
    screen.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _named(page: CustomerPage) -> tuple[str, CustomerPage]:
    return "customer, training", page


STAGES = (
    _pickup_stage("pickup", lambda shop, _look: scenes.scenes_at_pickup(shop)),
    _pickup_stage("pickup-steps", lambda shop, _look: scenes.scenes_of_a_pickup(shop)),
    _pickup_stage("pickup-quiet", lambda _shop, _look: iter([("pickup, no order yet", nothing)]), orders=[]),
    _pickup_stage("camera", _scenes_of_the_camera),
    _pickup_stage("sheets", _scenes_of_sheets),
    _till_stage("sale", scenes.scenes_of_a_sale),
    _till_stage("places", scenes.scenes_of),
    _till_stage("stock", scenes.scenes_of_the_stock, PlaceName.STOCK),
    _till_stage("outbox", scenes.scenes_of_trouble, PlaceName.STOCK, scenes.make_trouble),
    _till_stage("closing", scenes.scenes_of_a_closing, PlaceName.STOCK, scenes.make_a_day),
    _till_stage("records", scenes.scenes_of_records, PlaceName.STOCK, _close_a_day),
    _till_stage("settings", scenes.scenes_of_settings, PlaceName.SETTINGS),
    _till_stage("papers", scenes.scenes_of_papers),
    _till_stage("lock", scenes.scenes_of_the_lock, before=scenes.with_two_people),
    Stage("set-up", _first_run),
    Stage("customer", _customer_screen),
)
"""Every picture there is comes from one of these, by stage and scene."""
