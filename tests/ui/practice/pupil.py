"""Somebody who practises: the practice shop's window on its own folder, worked by keys or by touches alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.bootstrap.window import Assembly
from app.demo.demo_shop import DemoMarketplace, link_till
from app.demo.hands import Hands
from app.domain.catalogue import Unit
from app.domain.order import VerdictKind
from app.practice.exercises import LESSONS, Exercise, Lesson
from app.practice.home import PRACTICE_MERCHANT, PRACTICE_SHOP, PracticeHome
from app.practice.lead import Lead
from app.practice.opening import prepare
from app.practice.paper_roll import PaperRoll
from app.practice.shop_window import PracticeShop
from app.ui.checkout.state import SaleState
from app.ui.checkout.state import Step as SaleStep
from app.ui.checkout.tiles import TileButton
from app.ui.checkout.view import SaleScreen
from app.ui.pickup.state import PickupState, Step
from app.ui.pickup.view import PickupScreen
from app.ui.screen import PlaceName
from app.usecases.queries import OrderList

LIMIT_S = 90.0


class Pupil:
    """The window and whoever sits at it."""

    def __init__(self, home: PracticeHome, look, lesson: Lesson = Lesson.WHOLE, *, anew: bool = False) -> None:
        prepare(home, lesson, anew=anew, dress=lambda settings: settings)
        self._closed = False
        self.home = home
        self.lesson = lesson
        self.marketplace = DemoMarketplace(home, PRACTICE_SHOP)
        link_till(home, self.marketplace, PRACTICE_MERCHANT)
        self.shop = PracticeShop(home, self.marketplace)
        self.papers: list[Any] = []
        self.assembly = Assembly(
            home.places,
            look,
            attached=self.shop.join,
            practice=self.shop,
            on_paper=lambda lines, _columns: self.papers.append(lines),
        )
        self.window = self.assembly.window
        self.hands = Hands(self.window)
        self.window.quiet_ms = lambda: 0  # type: ignore[method-assign]  # somebody is there all the time
        self.assembly.show()

    def close(self) -> None:
        """Twice does no harm."""
        if self._closed:
            return
        self._closed = True
        self.window.close()
        self.assembly.close()
        self.marketplace.switch_off()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    # --- what is there ---

    @property
    def lead(self) -> Lead:
        assert self.shop.lead is not None
        return self.shop.lead

    def lead_when_there(self) -> Lead:
        """Once the screens are there and the first exercise has begun."""
        self.until(lambda: self.shop.lead is not None and self.lead.guide.ready, "the exercises")
        return self.lead

    @property
    def roll(self) -> PaperRoll:
        return self.shop.roll

    @property
    def sale(self) -> SaleState:
        screen = self.window.screen(PlaceName.SALE)
        assert isinstance(screen, SaleScreen)
        return screen.presenter.state

    @property
    def pickup(self) -> PickupState:
        screen = self.window.screen(PlaceName.PICKUP)
        assert isinstance(screen, PickupScreen)
        return screen.presenter.state

    @property
    def done(self) -> tuple[Exercise, ...]:
        return self.lead.progress.done

    def at(self, exercise: Exercise) -> bool:
        """Whether this exercise waits to be done."""
        if self.shop.lead is None or not self.lead.guide.leading:
            return False
        return LESSONS[self.lesson][self.lead.guide.at] is exercise and self.lead.guide.ready

    def until(self, done: Callable[[], object], what: str) -> None:
        self.hands.wait_until(done, what, LIMIT_S)

    def wait_for(self, exercise: Exercise) -> None:
        self.until(lambda: self.at(exercise), f"the exercise {exercise}")

    def order_number(self) -> str:
        """As the sentence has it."""
        return next(word.strip(",.:;") for word in self.lead.guide.sentence.split()[3:] if word.strip(",.:;").isdigit())

    def code_in_sentence(self) -> str:
        order = self.lead.order_words(Exercise.SHOWN_AGAIN)
        assert order.spoken_code in self.lead.guide.sentence
        return order.spoken_code

    # --- by keys ---

    def press(self, *keys: Qt.Key | str, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        for key in keys:
            if isinstance(key, str):
                QTest.keyClicks(self._focused(), key)
            else:
                QTest.keyClick(self._focused(), key, modifiers)

    def _focused(self) -> QWidget:
        found: Any = self.window.focusWidget()
        return found if isinstance(found, QWidget) else self.window

    def enter(self) -> None:
        self.press(Qt.Key.Key_Return)

    def sell(self) -> None:
        self.press("2,50", Qt.Key.Key_Return)
        self.until(lambda: self.sale.step is SaleStep.RATE, "the question for the VAT rate")
        self.enter()
        self.until(lambda: self.sale.basket.lines, "the line")
        self.press(Qt.Key.Key_F12)
        self.until(lambda: self.sale.step is SaleStep.PAY, "the payment")
        self.enter()

    def open_order(self, typed: str) -> None:
        self.press(typed, Qt.Key.Key_Return)
        self.until(lambda: self.pickup.card is not None and not self.pickup.card.busy, f"the card of {typed}")

    def make_ready(self) -> None:
        self.enter()
        self.until(lambda: self.pickup.card is not None and self.pickup.card.step is Step.SHELVE, "bags and shelf")
        self.enter()

    # --- by touches ---

    def touch(self, name: str) -> None:
        """A finger on a button, once it is there and may be pressed."""
        self.until(lambda: self._touchable(name), f"the button {name}")
        self.hands.click(name)

    def touch_a_sale(self) -> None:
        """A tile of an article sold by the piece, then the exact sum in cash."""
        self.touch_if_there("next-customer")
        self.until(self._tiles, "a tile")
        self.hands.click(self._tiles()[0].objectName())
        self.until(lambda: self.sale.basket.lines, "the line")
        self.touch("pay")
        self.until(lambda: self.sale.step is SaleStep.PAY, "the payment")
        self.touch("exact-cash")
        self.until(lambda: self.sale.step is SaleStep.PAID, "the sale")

    def touch_if_there(self, name: str) -> None:
        if self._touchable(name):
            self.hands.click(name)

    def _tiles(self) -> list[QWidget]:
        tiles = [tile for tile in self.window.findChildren(TileButton) if tile.isVisible() and tile._row is not None]
        return [
            tile
            for tile in tiles
            if tile._row is not None
            and tile._row.product.unit is Unit.PIECE
            and not tile._row.product.age_limit
            and tile._row.product.price.minor > 0
        ]

    def touch_order(self, which: OrderList) -> None:
        """The list, then the order that the exercise is about."""
        screen = self.window.screen(PlaceName.PICKUP)
        assert isinstance(screen, PickupScreen)
        QTest.mouseClick(screen.lists, Qt.MouseButton.LeftButton, pos=screen.lists.place_of(which).center())
        order_id = self.lead.order_id
        self.until(lambda: any(row.order_id == order_id for row in self.pickup.rows), "the order in the list")
        number = next(at for at, row in enumerate(self.pickup.rows) if row.order_id == order_id)
        QCoreApplication.processEvents()
        place = screen.list.visualRect(screen.list.model().index(number, 0)).center()
        QTest.mouseClick(screen.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
        self.until(lambda: self.pickup.card is not None and not self.pickup.card.busy, "its card")

    def touch_main(self, verdict: VerdictKind) -> None:
        self.until(
            lambda: (
                self.pickup.card is not None and not self.pickup.card.busy and self.pickup.card.verdict.kind is verdict
            ),
            f"the verdict {verdict}",
        )
        self.touch("main-action")

    def _touchable(self, name: str) -> bool:
        found = self.hands.find(name)
        return found is not None and found.isVisible() and found.isEnabled()
