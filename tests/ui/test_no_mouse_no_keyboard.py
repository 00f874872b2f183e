"""No mouse is needed anywhere, and no keyboard but for typing: each thing on each step is reached by Tab and pressed by
key; each action of the table has something to touch, or is listed here with its reason."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget

from app.demo.hands import Hands
from app.i18n import tr
from app.ui.actions import actions_at, all_actions
from app.ui.components.buttons import ActionButton
from app.ui.components.chips import Chip
from app.ui.components.segments import Segments
from app.ui.rail import RailButton
from app.ui.screen import PlaceName
from app.ui.stock.presenter import StockNotice
from app.ui.style.tokens import TARGET_PX, Role
from tests.fakes.samples import COFFEE
from tests.ui import checks
from tests.ui.key_walk import stops_at_pickup, stops_of
from tests.ui.till import SOAP, Till, open_till

ROWS = "the rows are touched, the list is wiped"
TYPED = "it is part of what is typed; the screen's own keyboard types it where there is no other"
TOUCHED_OTHERWISE = {
    "everywhere.help": "the chip at the foot",
    "everywhere.camera": "the chip at the foot",
    "everywhere.paper": "the chip at the foot",
    "everywhere.operator": "the chip at the top",
    "everywhere.box": "the box is touched",
    "everywhere.picture": "a picture is a file of this computer: it is dropped on the window",
    "guide.back": "the band's button, shown while somebody is led",
    "guide.step-back": "the band's button, shown while somebody is led",
    "guide.leave-out": "the band's button, shown while somebody is led",
    "guide.paper": "the band's button, shown while somebody is led",
    "pickup.choose": ROWS,
    "pickup.page": ROWS,
    "pickup.back": "another order is touched, or scanned",
    "pickup.basket": "the rail leads back to the sale",
    "pickup.card.line": "the line is touched",
    "pickup.card.slip": "its button, where this till makes the codes: test_customer_codes",
    "pickup.card.e-mail": "its button, where this till makes the codes: test_customer_codes",
    "sale.undo": "its button under the basket, without a key on it",
    "sale.basket.one-more": "its button under the basket, without a key on it",
    "sale.basket.one-less": "its button under the basket, without a key on it",
    "sale.basket.take-out": "its button under the basket, without a key on it",
    "sale.tiles": "a tile held down",
    "sale.tile-page": "the strip of pages",
    "sale.tile-page-before": "the strip of pages",
    "sale.basket.choose": ROWS,
    "sale.basket.line": "the line is touched",
    "sale.basket.quantity-before": TYPED,
    "sale.basket.quantity": TYPED,
    "sale.basket.tile": "the tile is touched",
    "sale.weigh.take": "its button, where there is a scale: test_line_devices",
    "sale.rate.take": "the proposed rate is the strong one of the five buttons",
    "sale.rate.next": "each rate has its button",
    "sale.discount.take": TYPED,
    "sale.reason.reason": "each reason has its button",
    "sale.reason.first": "each reason has its button",
    "tiles.move": "the tile is drawn to where it is to be",
    "tiles.new-page": "the strip's button, without a key on it",
    "tiles.rename": "the strip's button, without a key on it",
    "tickets.choose": ROWS,
    "tickets.ticket.line": "the line is touched",
    "tickets.means.cash": "its button, for what was not paid in cash: test_returns_screen",
    "stock.choose": ROWS,
    "stock.page": ROWS,
    "stock.back": "another article is touched, or scanned",
    "stock.list.open": "the row is touched",
    "stock.article.goods-in": "its button",
    "stock.article.counted": "its button",
    "stock.article.loss": "its button",
    "stock.article.fields": "the fields are touched",
    "outbox.lists": "the lists are touched",
    "outbox.lists.choose": ROWS,
    "outbox.asking.back": "another row or list is touched",
    "closing.count.next": "the fields are touched",
    "closing.count.parked": "its button, shown while there is one",
    "closing.count.cards": "its button, shown while there is one",
    "closing.check.next": "the fields are touched",
    "closing.check.page": "the figures are wiped",
    "closing.drawer.next": "the fields are touched",
    "books.choose": ROWS,
    "books.fields": "the fields are touched",
    "books.back": "its button, shown in a correction",
    "settings.choose": ROWS,
    "settings.fields": "the fields are touched",
    "settings.undo": "the notice's button, after a change",
    "stock.article.undo": "the notice's button, after a movement",
}


class Walk:
    """What could be touched and what Tab did not lead to, step by step."""

    def __init__(self) -> None:
        self.table = all_actions()
        self.touched: set[str] = set()
        self.out_of_reach: set[str] = set()

    def look(self, window: QWidget, stop: tuple[PlaceName, str]) -> None:
        keys = {button.key for button in window.findChildren(ActionButton) if button.isVisible()}
        rail = {button.objectName() for button in window.findChildren(RailButton) if button.isVisible()}
        places = {f"everywhere.{name}" for name in PlaceName if f"rail-{name}" in rail}
        self.touched |= places | {action.name for action in actions_at(self.table, *stop) if action.key in keys}

    def walk_by_tab(self, window: QWidget, stop: tuple[PlaceName, str]) -> None:
        before = window.focusWidget()
        self.out_of_reach |= {f"{stop[0]} {stop[1]}: {name}" for name in checks.unreachable(window)}
        if before is not None:
            before.setFocus()


def _button(window: QWidget, name: str) -> QAbstractButton:
    found = window.findChild(QAbstractButton, name)
    assert isinstance(found, QAbstractButton), name
    return found


def _told(till: Till) -> StockNotice:
    said = till.stock.presenter.state.said
    assert said is not None
    return said.kind


def test_each_action_has_something_to_touch_or_its_reason(qtbot, look, shop) -> None:
    walk = Walk()
    for stop in stops_at_pickup(shop):
        walk.look(shop.window, stop)
    with open_till(qtbot, look, PlaceName.SALE) as till:
        for stop in stops_of(till):
            walk.look(till.window, stop)
    untouched = {action.name for action in walk.table} - walk.touched
    assert sorted(untouched - TOUCHED_OTHERWISE.keys()) == []
    assert sorted(TOUCHED_OTHERWISE.keys() - untouched) == []


def test_tab_leads_to_everything_at_every_step(qtbot, look, shop) -> None:
    walk = Walk()
    for stop in stops_at_pickup(shop):
        walk.walk_by_tab(shop.window, stop)
    with open_till(qtbot, look, PlaceName.SALE) as till:
        for stop in stops_of(till):
            walk.walk_by_tab(till.window, stop)
    assert sorted(walk.out_of_reach) == []


def test_a_finger_changes_the_line_takes_it_out_and_takes_that_back(qtbot, look) -> None:
    with open_till(qtbot, look, PlaceName.SALE) as till:
        till.scan(COFFEE.codes[0], SOAP.codes[0])
        for name in ("line-more", "line-less", "line-out", "basket-undo"):
            assert _button(till.window, name).focusPolicy() & Qt.FocusPolicy.TabFocus, name
        lines = till.sale.presenter.state.basket.lines
        till.click("line-more")
        assert till.sale.presenter.state.basket.lines[-1].quantity == lines[-1].quantity + 1
        till.click("line-less")
        assert till.sale.presenter.state.basket.lines == lines
        till.click("line-out")
        assert till.sale.presenter.state.basket.lines == lines[:1]
        till.click("basket-undo")
        assert till.sale.presenter.state.basket.lines == lines
        till.enter()
        assert not _button(till.window, "line-more").isVisible()


def _touch(window: QWidget, name: str) -> None:
    found = _button(window, name)
    assert found.isVisible(), name
    assert found.isEnabled(), name
    assert min(found.width(), found.height()) >= TARGET_PX, name
    QTest.mouseClick(found, Qt.MouseButton.LeftButton)


def test_a_finger_takes_a_payment_back(qtbot, look) -> None:
    with open_till(qtbot, look, PlaceName.SALE) as till:
        till.scan(COFFEE.codes[0])
        till.enter()
        till.press("1")
        till.enter()
        assert till.sale.presenter.state.payments
        _touch(till.window, "payment-back")
        assert not till.sale.presenter.state.payments
        assert not _button(till.window, "payment-back").isVisible()


def test_a_finger_takes_one_piece_more_or_less_back(qtbot, look) -> None:
    with open_till(qtbot, look, PlaceName.SALE) as till:
        till.scan(COFFEE.codes[0], COFFEE.codes[0], COFFEE.codes[0])
        till.enter(2)
        till.press(Qt.Key.Key_Escape, Qt.Key.Key_F11)
        till.enter()
        chosen = till.sale.returns.state.chosen
        assert not chosen
        _touch(till.window, "returned-more")
        _touch(till.window, "returned-more")
        assert list(till.sale.returns.state.chosen.values()) == [2]
        _touch(till.window, "returned-less")
        assert list(till.sale.returns.state.chosen.values()) == [1]


def test_a_finger_prints_shelf_labels_of_what_is_meant_and_never_of_all(qtbot, look) -> None:
    with open_till(qtbot, look, PlaceName.STOCK) as till:
        assert not _button(till.window, "shelf-labels").isVisible()
        till.press("caf")
        _touch(till.window, "shelf-labels")
        assert _told(till) is StockNotice.LABELS
        till.press(Qt.Key.Key_Escape)
        till.scan(COFFEE.codes[0])
        _touch(till.window, "shelf-labels")
        assert _told(till) is StockNotice.LABELS


def test_a_finger_prints_the_market_sheet(shop) -> None:
    shop.window.go_to(PlaceName.PICKUP)
    _touch(shop.window, "market-sheet")
    Hands(shop.window).wait_until(lambda: shop.window.notice.text, "what became of the sheet", limit_s=60)
    assert shop.window.notice.text == tr(
        "The market sheet goes to the printer: the orders by name, and lines to write sales on."
    )


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_whatever_has_the_focus_is_pressed_by_key(qtbot, look, key) -> None:
    pressed: list[str] = []
    button = ActionButton(look, "Park")
    button.clicked.connect(lambda: pressed.append("button"))
    chip = Chip(look, "On line", Role.MUTED, "wifi", pressable=True)
    chip.pressed.connect(lambda: pressed.append("chip"))
    for widget in (button, chip):
        qtbot.addWidget(widget)
        QTest.keyClick(widget, key)
    assert pressed == ["button", "chip"]


def test_choices_are_moved_through_by_arrows(qtbot, look) -> None:
    chosen: list[str] = []
    choice = Segments(look, [("a", "One"), ("b", "Two")], "Choice")
    qtbot.addWidget(choice)
    choice.chosen.connect(chosen.append)
    choice.choose("a")
    target = choice.findChild(QAbstractButton) or choice
    target.setFocus()
    QTest.keyClick(choice, Qt.Key.Key_Right)
    assert chosen == ["b"]
