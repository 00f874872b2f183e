"""The scenes of the program, each with the hand that brings it about: what is looked at by test_every_screen and
what pictures are made of. A scene may build upon the one before it; times, numbers and seed data are fixed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtCore import Qt

from app.ui.books.desk import Section as BooksSection
from app.ui.outbox.state import Tab
from app.ui.screen import PlaceName
from app.ui.settings.presenter import Section as SettingsSection
from tests.fakes.samples import COFFEE, pickup_code_of
from tests.ui.shop import Shop, some_orders
from tests.ui.till import Till

Scene = tuple[str, Callable[[], object]]


def scenes_of(till: Till) -> Iterator[Scene]:
    def a_line() -> None:
        till.press(Qt.Key.Key_Escape)
        till.scan(COFFEE.codes[0])

    go = till.window.go_to
    yield "sale", partial(go, PlaceName.SALE)
    yield "sale, tickets", partial(till.press, Qt.Key.Key_F11)
    yield "sale, a line", a_line
    yield "sale, paying", till.enter
    yield "sale, back", partial(till.press, Qt.Key.Key_Escape)
    yield "stock", partial(go, PlaceName.STOCK)
    yield "stock, an article", partial(till.scan, COFFEE.codes[0])
    yield "outbox", partial(go, PlaceName.OUTBOX)
    for tab in Tab:
        yield f"outbox, {tab}", partial(till.outbox.show_tab, tab)
    yield "closing", partial(go, PlaceName.CLOSING)
    yield "records", partial(go, PlaceName.BOOKS)
    for part in BooksSection:
        yield f"records, {part}", partial(till.books.choose, part)
    yield "settings", partial(go, PlaceName.SETTINGS)
    for section in SettingsSection:
        yield f"settings, {section}", partial(till.set_up.presenter.choose_section, section)


def scenes_at_pickup(shop: Shop) -> Iterator[Scene]:
    yield "pickup", partial(shop.window.go_to, PlaceName.PICKUP)
    for order in some_orders():
        yield f"pickup, {order.order_id}", partial(shop.window.take_scan, pickup_code_of(order))
