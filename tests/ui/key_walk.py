"""Owns the way through every step at which keys mean something else, for the tests of keys.

Each stop is told once it is reached, before the next hand is moved.
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.ui.books.desk import Section as BooksSection
from app.ui.outbox.state import Tab
from app.ui.screen import PlaceName
from app.ui.settings.presenter import Section as SettingsSection
from tests.fakes.samples import COFFEE, WINE, pickup_code_of
from tests.ui.scenes import make_trouble
from tests.ui.shop import Shop, some_orders
from tests.ui.till import Till

Stop = tuple[PlaceName, str]
_KEY = Qt.Key


def stops_of(till: Till) -> Iterator[Stop]:
    """Every step of every place but pickup."""
    yield from _sale(till)
    yield from _tickets(till)
    yield from _tiles(till)
    yield from _stock(till)
    yield from _outbox(till)
    yield from _closing(till)
    till.window.go_to(PlaceName.BOOKS)
    for part in BooksSection:
        till.books.choose(part)
        yield here(till)
    till.window.go_to(PlaceName.SETTINGS)
    for section in SettingsSection:
        till.set_up.presenter.choose_section(section)
        yield here(till)


def here(at: Till | Shop) -> Stop:
    QCoreApplication.processEvents()
    window = at.window
    return window.here, window.screen(window.here).step()


def _sale(till: Till) -> Iterator[Stop]:
    press, enter = till.press, till.enter
    till.window.go_to(PlaceName.SALE)
    yield here(till)
    press("tomate")
    enter()
    yield here(till)  # weigh
    press(_KEY.Key_Escape, "3,50")
    enter()
    yield here(till)  # rate
    press("a")
    till.control("D")
    yield here(till)  # discount
    press("10")
    enter()
    yield here(till)  # reason
    press("1")
    till.scan(WINE.codes[0])
    enter()
    yield here(till)  # age
    press("o")
    yield here(till)  # pay
    press("1")
    enter()
    yield here(till)  # pay, with something received
    press(_KEY.Key_Delete, "c")
    yield here(till)  # confirm
    press("n")
    till.control("B")
    yield here(till)  # doubt
    press("n")
    till.enter(2)
    yield here(till)  # paid


def _tickets(till: Till) -> Iterator[Stop]:
    press, enter = till.press, till.enter
    press(_KEY.Key_Escape, _KEY.Key_F11)
    yield here(till)
    enter()
    yield here(till)
    press("1")
    yield here(till)
    press("1", "x")
    yield here(till)
    press(_KEY.Key_Escape, "m")
    yield here(till)
    press(_KEY.Key_F11)


def _tiles(till: Till) -> Iterator[Stop]:
    till.window.go_to(PlaceName.SALE)
    till.control("T")
    yield here(till)
    till.control("N")
    yield here(till)
    till.press(_KEY.Key_Escape, _KEY.Key_Escape)


def _stock(till: Till) -> Iterator[Stop]:
    till.window.go_to(PlaceName.STOCK)
    yield here(till)
    till.press("caf")
    yield here(till)
    till.press(_KEY.Key_Escape)
    till.scan(COFFEE.codes[0])
    yield here(till)


def _outbox(till: Till) -> Iterator[Stop]:
    make_trouble(till)
    till.window.go_to(PlaceName.OUTBOX)
    for tab in Tab:
        till.outbox.show_tab(tab)
        for _row in till.outbox.presenter.state.picture.of(tab) or (None,):
            yield here(till)
            till.press(_KEY.Key_Down)
        if tab is Tab.REFUSED:
            till.press("a")
            yield here(till)
            till.press(_KEY.Key_Escape)


def _closing(till: Till) -> Iterator[Stop]:
    till.window.go_to(PlaceName.CLOSING)
    yield here(till)
    till.press("x")
    yield here(till)
    till.press(_KEY.Key_Escape, "d")
    yield here(till)
    till.press(_KEY.Key_Escape, "s")
    yield here(till)  # check
    till.enter()
    yield here(till)  # done


def stops_at_pickup(shop: Shop) -> Iterator[Stop]:
    """Every step of the card."""
    codes = [pickup_code_of(order) for order in some_orders()]
    prepaid, to_prepare, cancelled, with_wine = codes[1], codes[2], codes[6], codes[7]

    def press(*keys: Qt.Key | str) -> None:
        for key in keys:
            focused: QWidget | None = shop.window.focusWidget()
            target = shop.window if focused is None else focused
            QTest.keyClicks(target, key) if isinstance(key, str) else QTest.keyClick(target, key)

    shop.window.go_to(PlaceName.PICKUP)
    yield here(shop)
    shop.window.take_scan(prepaid)
    yield here(shop)  # look
    press("1")
    yield here(shop)  # line
    press("r")
    yield here(shop)  # replace
    shop.window.take_scan(prepaid)
    press("3", "k")
    yield here(shop)  # measure
    shop.window.take_scan(to_prepare)
    press(_KEY.Key_Return)
    yield here(shop)  # shelve
    shop.window.take_scan(cancelled)
    yield here(shop)
    press("a")
    yield here(shop)  # reason
    shop.window.take_scan(with_wine)
    press(_KEY.Key_Return)
    yield here(shop)  # age
    shop.window.take_scan(prepaid)
    press(_KEY.Key_Return)
    shop.basket_waits = True
    yield here(shop)  # may be undone; back to the basket
