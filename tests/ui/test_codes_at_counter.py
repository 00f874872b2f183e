"""Each kind of code, sent by a scanner as keys, to each screen of the whole window on a real database: the right thing
happens or a sentence says what to do, and a code of goods never opens an order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent

from app.bootstrap.core import opened_core
from app.bootstrap.window import Assembly, Places
from app.demo.hands import Hands
from app.domain.barcodes import gtin_check_digit
from app.domain.catalogue import Product, Unit
from app.domain.money import Money
from app.settings import ScaleLabelSettings, Settings, save
from app.ui.checkout.notices import notice_words
from app.ui.checkout.view import SaleScreen
from app.ui.pickup.view import PickupScreen
from app.ui.screen import PlaceName
from app.ui.stock.view import StockScreen
from app.ui.stock.words import said_words
from tests.fakes.memory_store import A_TILL
from tests.fakes.samples import COFFEE, an_order, pickup_code_of
from tests.fakes.surroundings import A_KEY

BRIE = Product("p-brie", "Brie", Money(1890), 550, Unit.KG, codes=("00123",))
COFFEE_14 = "0" + COFFEE.codes[0]
ORDER = pickup_code_of(an_order())
GS = "\x1d"


def _ean(body: str) -> str:
    return body + str(gtin_check_digit(body))


def _day(days: int) -> str:
    return f"{datetime.now(UTC) + timedelta(days=days):%y%m%d}"


class Counter:
    """The window, and a scanner plugged into it."""

    def __init__(self, places: Places, look) -> None:
        self.assembly = Assembly(places, look)
        self.window = self.assembly.window
        self._hands = Hands(self.window)
        self._now_ms = 1_000_000
        self.assembly.show()
        self.until(lambda: self.assembly.upkeep is not None, "the window with its workers")

    def until(self, done, what: str) -> None:
        self._hands.wait_until(done, what)

    def scan(self, text: str) -> None:
        handle = self.window.windowHandle()
        for character in text + "\r":
            self._now_ms += 4
            key, modifiers = _key(character)
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                event = QKeyEvent(kind, key, modifiers, character)
                event.setTimestamp(self._now_ms)
                QCoreApplication.sendEvent(handle, event)
        self._now_ms += 2_000

    def go_to(self, place: PlaceName) -> None:
        self.window.go_to(place)

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
    def pickup(self) -> PickupScreen:
        screen = self.window.screen(PlaceName.PICKUP)
        assert isinstance(screen, PickupScreen)
        return screen

    def basket(self) -> list[tuple[str, int, int]]:
        return [(line.label, line.quantity, line.total.minor) for line in self.sale.presenter.state.basket.lines]

    def sale_words(self) -> str:
        notice = self.sale.presenter.state.notice
        return notice_words(notice) if notice is not None else ""

    def opens_in_stock(self, code: str, refusal: str) -> None:
        """Scan it on the stock screen: its card opens, or the refusal is said."""
        self.go_to(PlaceName.STOCK)
        while self.stock.presenter.go_back():
            pass
        self.scan(code)
        presenter = self.stock.presenter
        self.until(lambda: presenter.state.card is not None or presenter.state.said is not None, f"{code!r} answered")
        assert (presenter.state.card is None) == bool(refusal), code
        assert refusal in (said_words(presenter.state.said) if presenter.state.said is not None else ""), code

    def close(self) -> None:
        self.window.close()
        self.assembly.close()


def _key(character: str) -> tuple[Qt.Key, Qt.KeyboardModifier]:
    if character == "\r":
        return Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier
    if character == GS:
        return Qt.Key.Key_BracketRight, Qt.KeyboardModifier.ControlModifier
    shifted = character.isupper() or character in ':?()+&"'
    return Qt.Key(ord(character.upper())), (
        Qt.KeyboardModifier.ShiftModifier if shifted else Qt.KeyboardModifier.NoModifier
    )


@pytest.fixture
def counter(qapp, look, tmp_path: Path) -> Iterator[Counter]:
    places = Places(tmp_path / "till.sqlite3", tmp_path / "secrets.json", tmp_path / "settings.json")
    labels = (ScaleLabelSettings("21", 5, "price"), ScaleLabelSettings("22", 5, "weight"))
    save(places.settings, Settings(scale_labels=labels, warn_on_negative_stock=False))
    with opened_core(places.database, places.secrets) as core:
        core.secrets.set_pickup_keys({"7": A_KEY})
        with core.store.unit_of_work() as uow:
            uow.set_identity(replace(A_TILL, marketplace_url=""))
            uow.catalogue.save_all([COFFEE, BRIE])
            uow.orders.save_server_copy(an_order())
            uow.commit()
    opened = Counter(places, look)
    yield opened
    opened.close()


SOLD = [
    (COFFEE.codes[0], (COFFEE.name, 1, 499)),
    ("]E0" + COFFEE.codes[0], (COFFEE.name, 1, 499)),
    (COFFEE_14, (COFFEE.name, 1, 499)),
    (f"]d201{COFFEE_14}17{_day(3)}10L7", (COFFEE.name, 1, 499)),
    (f"01{COFFEE_14}10L7{GS}17{_day(3)}", (COFFEE.name, 1, 499)),
    (f"(01){COFFEE_14}(17){_day(3)}", (COFFEE.name, 1, 499)),
    (f"https://id.gs1.org/01/{COFFEE.codes[0]}/10/L7?17={_day(3)}", (COFFEE.name, 1, 499)),
    (_ean("210012301450"), ("Brie (poids calculé)", 767, 1450)),
    (_ean("220012300755"), ("Brie", 755, 1427)),
]

REFUSED = [
    (f"]d201{COFFEE_14}17{_day(-3)}10L7", "Vente interdite", ""),
    (f"01{COFFEE_14}10L7{GS}17{_day(-3)}", "Vente interdite", ""),
    (f"https://id.gs1.org/01/{COFFEE.codes[0]}?17={_day(-3)}", "Vente interdite", ""),
    (_ean("210012301450")[:-1] + "0", "mal lue", "mal lue"),
    (_ean("229999900755"), "numéro de balance", "numéro de balance"),
    (_ean("1" + COFFEE.codes[0][:-1]), "carton", "carton"),
    ("https://promo.example/cafe", "adresse web", "adresse web"),
    (f"01{COFFEE_14}17269999", "pas sûr", "pas sûr"),
    ("00" + _ean("37601234567890123"), "livraison", "livraison"),
    ("3760123456784", "Aucun article", "Aucun article"),
]


def test_what_is_scanned_is_sold(counter: Counter):
    for place in (PlaceName.SALE, PlaceName.PICKUP):
        for code, line in SOLD:
            counter.go_to(place)
            counter.scan(code)
            counter.until(lambda: counter.basket() != [], f"{code!r} in the basket")
            assert counter.basket() == [line]
            assert counter.window.here is PlaceName.SALE
            assert counter.window.box.text() == ""
            counter.sale.presenter.undo()
            assert counter.basket() == []
    assert counter.pickup.presenter.state.card is None


def test_what_is_not_sold_is_said_in_sale_and_stock(counter: Counter):
    for code, in_sale, in_stock in REFUSED:
        counter.go_to(PlaceName.SALE)
        counter.sale.presenter.flow.change(notice=None)
        counter.scan(code)
        counter.until(lambda: counter.sale_words() != "", f"a word about {code!r}")
        assert in_sale in counter.sale_words(), code
        assert counter.basket() == []
        counter.opens_in_stock(code, in_stock)
    assert counter.pickup.presenter.state.card is None


def test_what_is_scanned_in_the_stock_is_opened(counter: Counter):
    for code, (label, _quantity, _total) in SOLD:
        counter.opens_in_stock(code, "")
        card = counter.stock.presenter.state.card
        assert card is not None
        assert label.startswith(card.product.name)
    assert counter.basket() == []


def test_an_order_s_code_opens_its_order_from_everywhere_and_a_web_address_never(counter: Counter):
    assert counter.assembly.core is not None
    with counter.assembly.core.store.unit_of_work() as uow:
        uow.catalogue.save_all([Product("p-nasty", "Piège", Money(1), 550, codes=(ORDER, ORDER.lower()))])
        uow.commit()
    for text in (f"https://example.org/{ORDER}", f"https://id.gs1.org/01/{COFFEE.codes[0]}/10/{ORDER[:20]}"):
        counter.go_to(PlaceName.PICKUP)
        counter.scan(text)
        counter.until(lambda: counter.window.here is PlaceName.SALE, "the sale")
        assert counter.pickup.presenter.state.card is None
    counter.sale.presenter.undo()
    for place in (PlaceName.SALE, PlaceName.STOCK, PlaceName.PICKUP, PlaceName.SETTINGS):
        counter.go_to(PlaceName.PICKUP)
        counter.pickup.presenter.close_card()
        counter.go_to(place)
        counter.scan(ORDER)
        counter.until(lambda: counter.pickup.presenter.state.selected == "order-1", "the order's card")
        assert counter.basket() == []
