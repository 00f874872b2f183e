"""A whole till on its own database and a person at it whose keys, clicks and scans are counted.

Keys and scans enter where the system delivers them: at the window, past the filter that tells a scanner from a person.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLabel

from app.bootstrap.core import Core, opened_core
from app.bootstrap.window import Assembly, Places
from app.demo.hands import Hands
from app.domain.catalogue import MovementReason, Product, StockMovement
from app.domain.lease import Lease
from app.domain.operators import Operator, Role
from app.domain.order import Order
from app.domain.receipt import ShopIdentity
from app.settings import Settings, save
from app.storage.pin import Argon2PinHasher
from app.ui.checkout.state import SaleState
from app.ui.checkout.state import Step as SaleStep
from app.ui.checkout.view import SaleScreen
from app.ui.closing.view import ClosingScreen
from app.ui.pickup.state import CardState
from app.ui.pickup.view import PickupScreen
from app.ui.screen import PlaceName
from app.ui.style.look import Look
from app.ui.task_runner import Lane
from app.usecases.manage_operators import Team
from app.usecases.ports import TillIdentity
from app.usecases.prepare_order import mark_ready
from tests.fakes.samples import COFFEE, HEMMING, TOMATO, WINE, an_order, pickup_code_of
from tests.fakes.surroundings import A_KEY

HAM = Product("p-ham", "Jambon blanc supérieur tranché", TOMATO.price, 550, TOMATO.unit, codes=("2000012000003",))
HAM_LABEL_456_G = "2000012004568"
SOAP = Product("p-soap", "Savon de Marseille à l'huile d'olive", COFFEE.price, 2000, codes=("3760123456784",))
PRODUCTS = (COFFEE, TOMATO, WINE, HEMMING, HAM, SOAP)
LIMIT_S = 60.0
TYPING_GAP_MS, SCANNER_GAP_MS = 250, 2
KEY_RETURN = Qt.Key.Key_Return
MANAGER_PIN, CASHIER_PIN = "2580", "7391"


@dataclass
class Effort:
    """What was asked of a person. A text typed is one key a letter; a key held with another one is one key."""

    keys: int = 0
    scans: int = 0
    clicks: int = 0


def paid_order(order_id: str, name: str, number: int, **other: Any) -> Order:
    """Two coffees and tomatoes, paid on line; `number` from 2 makes its reference and number."""
    reference = f"{'23456789'[number - 2]}BCDFGH"
    return an_order(
        order_id,
        prepaid=True,
        customer_name=name,
        reference=reference,
        number=str(2000 + number),
        spoken_code=other.pop("spoken_code", ""),
        **other,
    )


def set_up(places: Places, orders: Sequence[Order], *, staffed: bool = False) -> None:
    """A paired till with articles in stock and orders; those ready stand in two bags on shelf B2."""
    save(places.settings, Settings(theme="light", print_receipt="never", operator_name="Léa"))
    with opened_core(places.database, places.secrets) as core:
        core.secrets.set_pickup_keys({"7": A_KEY})
        now = core.clock.now()
        shop = ShopIdentity("Au Bon Comptoir", ("12 place d’Armes", "59300 Valenciennes"), "12345678200010")
        identity = TillIdentity("till-a", "A", "Caisse A", shop, "shop-1", "http://127.0.0.1:9", now)
        stock = [
            StockMovement(f"opening-{one.product_id}", one.product_id, "shop", 50_000, MovementReason.OPENING, now, "")
            for one in PRODUCTS
            if one.stock_tracked
        ]
        with core.counter.unit_of_work() as uow:
            uow.set_identity(identity)
            uow.catalogue.save_all(PRODUCTS)
            uow.stock.record(stock)
            for order in orders:
                uow.orders.save_server_copy(_of_today(order, now))
            uow.commit()
        for order in orders:
            if order.server_preparation == "ready" and order.cancelled_at is None:
                mark_ready(core.counter, order.order_id, 2, "B2", "Léa")
        if staffed:
            team = Team(core.counter, core.store.queries, Argon2PinHasher())
            assert isinstance(team.add("Claire", Role.MANAGER, MANAGER_PIN, ""), Operator)
            assert isinstance(team.add("Sami", Role.CASHIER, CASHIER_PIN, "Claire"), Operator)


def _of_today(order: Order, now: datetime) -> Order:
    """The sample orders are of a fixed day; the window's clock is the real one."""
    keep_until = now + timedelta(days=5)
    lease = Lease("till-a", now + timedelta(days=10)) if order.lease is not None else None
    placed, ready = now - timedelta(hours=20), now - timedelta(hours=2)
    return replace(order, placed_at=placed, pickup_from=ready, keep_until=keep_until, lease=lease)


class CountedTill:
    """The window, and a person at it."""

    def __init__(self, places: Places, look: Look) -> None:
        self.places = places
        self.effort = Effort()
        self.sounds: list[str] = []
        self._now_ms = 1_000_000_000  # later than any key without a time of its own
        self.assembly = Assembly(places, look)
        self.window = self.assembly.window
        self.window.sound_asked.connect(self.sounds.append)
        self.hands = Hands(self.window)
        self.assembly.show()
        self.until(lambda: self.assembly.upkeep is not None, "the window with its workers")
        assert self.assembly.worker is not None
        self.assembly.worker.stop()  # there is no marketplace
        self.settled()

    def close(self) -> None:
        self.window.close()
        self.assembly.close()
        QApplication.processEvents()  # what was on its way to the window comes before its end
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    # --- hands

    def scan(self, code: str) -> None:
        """A burst of keys as a wedge scanner sends them."""
        self.effort.scans += 1
        self._now_ms += TYPING_GAP_MS
        for letter in code:
            self._send(ord(letter.upper()), letter, SCANNER_GAP_MS)
        self._send(int(KEY_RETURN), "\r", SCANNER_GAP_MS)
        self.settled()

    def press(self, *keys: Qt.Key | str) -> None:
        """Keys one after the other, too slow for a scanner; after each one the till has done what it does."""
        for key in keys:
            if isinstance(key, str):
                self.effort.keys += len(key)
                for letter in key:
                    self._send(ord(letter.upper()), letter, TYPING_GAP_MS)
                    self.settled()
            else:
                self.effort.keys += 1
                self.hands.press(key)
                self.settled()

    def _send(self, key: int, text: str, gap_ms: int) -> None:
        """A key with the time at which it was pressed, however quick or busy the machine is."""
        self._now_ms += gap_ms
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text)
            event.setTimestamp(self._now_ms)
            QCoreApplication.sendEvent(self.window.windowHandle(), event)

    def enter(self) -> None:
        self.press(Qt.Key.Key_Return)

    def control(self, letter: str) -> None:
        """Ctrl and a letter: one key."""
        self.effort.keys += 1
        self.hands.press(Qt.Key[f"Key_{letter}"], Qt.KeyboardModifier.ControlModifier)
        self.settled()

    def click(self, name: str) -> None:
        self.effort.clicks += 1
        self.hands.click(name)
        self.settled()

    def start_counting(self) -> None:
        self.effort = Effort()

    # --- eyes

    def until(self, done: Callable[[], object], what: str) -> None:
        self.hands.wait_until(done, what, LIMIT_S)

    def settled(self) -> None:
        """Until every lane has answered what it was asked so far, and the answers were dealt with."""
        for _ in range(2):  # an answer may ask again
            for lane in (Lane.STORE, Lane.LISTS):
                self._answered(lane)
        QApplication.processEvents()

    def _answered(self, lane: Lane) -> None:
        done: list[None] = []
        self.assembly.runner.run(lane, lambda: None, done.append)
        self.until(lambda: done, f"the lane {lane}")

    def text(self, name: str) -> str:
        found = self.window.findChild(QLabel, name)
        assert isinstance(found, QLabel), name
        return found.text().replace("\u202f", " ").replace("\u00a0", " ")

    def texts(self) -> list[str]:
        """All that is written in view."""
        shown = [one.text() for one in self.window.findChildren(QLabel) if one.isVisible()]
        return [text.replace("\u202f", " ").replace("\u00a0", " ") for text in shown]

    @property
    def core(self) -> Core:
        assert self.assembly.core is not None
        return self.assembly.core

    @property
    def here(self) -> PlaceName:
        return self.window.here

    @property
    def pickup(self) -> PickupScreen:
        screen = self.window.screen(PlaceName.PICKUP)
        assert isinstance(screen, PickupScreen)
        return screen

    @property
    def sale(self) -> SaleScreen:
        screen = self.window.screen(PlaceName.SALE)
        assert isinstance(screen, SaleScreen)
        return screen

    @property
    def closing(self) -> ClosingScreen:
        screen = self.window.screen(PlaceName.CLOSING)
        assert isinstance(screen, ClosingScreen)
        return screen

    @property
    def card(self) -> CardState:
        """The card in view."""
        card = self.pickup.presenter.state.card
        assert self.here is PlaceName.PICKUP
        assert card is not None
        return card

    @property
    def basket(self) -> SaleState:
        return self.sale.presenter.state

    @property
    def is_paid(self) -> bool:
        return self.basket.step is SaleStep.PAID

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What stands in the database, read beside the till."""
        with sqlite3.connect(f"file:{self.places.database}?mode=ro", uri=True) as connection:
            return connection.execute(query).fetchall()


@contextmanager
def counted_till(
    folder: Path, look: Look, orders: Sequence[Order] = (), *, staffed: bool = False
) -> Iterator[CountedTill]:
    """A till set up in a folder, its window shown; closed at the end."""
    places = Places(folder / "till.sqlite3", folder / "secrets.json", folder / "settings.json")
    set_up(places, orders, staffed=staffed)
    till = CountedTill(places, look)
    try:
        yield till
    finally:
        till.close()


__all__ = ["COFFEE", "HAM_LABEL_456_G", "SOAP", "WINE", "CountedTill", "counted_till", "paid_order", "pickup_code_of"]
