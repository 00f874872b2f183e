"""The sale screen on the real store and the real lanes: what is painted is what was written."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.settings import Settings
from app.storage.store import open_store
from app.ui.checkout.flow import SaleSurroundings
from app.ui.checkout.state import Step
from app.ui.checkout.view import SaleScreen
from app.ui.main_window import MainWindow
from app.ui.screen import How, PlaceName
from app.ui.task_runner import TaskRunner
from tests.fakes.memory_store import A_TILL
from tests.fakes.samples import COFFEE, TOMATO, WINE, an_order
from tests.fakes.surroundings import HandSetClock, a_counter


@pytest.fixture
def store(tmp_path):
    opened = open_store(tmp_path / "till.db", clock=HandSetClock())
    with opened.unit_of_work() as uow:
        uow.set_identity(A_TILL)
        uow.catalogue.save_all([COFFEE, TOMATO, WINE])
        uow.orders.save_server_copy(an_order())
        uow.commit()
    yield opened
    opened.close()


@pytest.fixture
def window(qtbot, look, store):
    runner = TaskRunner()
    made = MainWindow(look, "Léa")
    settings = Settings(warn_on_negative_stock=False)
    around = SaleSurroundings(
        a_counter(store.unit_of_work), store.queries, runner, lambda: "Léa", lambda: settings, lambda _text, _how: None
    )
    made.attach({PlaceName.SALE: lambda: SaleScreen(look, made, around)}, PlaceName.SALE)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close()
    runner.close()


def sale_of(window: MainWindow) -> SaleScreen:
    screen = window.screen(PlaceName.SALE)
    assert isinstance(screen, SaleScreen)
    return screen


def test_a_burst_of_scans_and_two_enters_is_one_sale(qtbot, window, store):
    for _ in range(20):
        window.take_input(COFFEE.codes[0], How.SCAN)
    QTest.keyClick(window.box, Qt.Key.Key_Return)
    QTest.keyClick(window.box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: sale_of(window).presenter.state.step is Step.PAID)
    sales = store.queries.sales()
    assert [row.total.minor for row in sales] == [20 * COFFEE.price.minor]
    assert store.queries.stock_card(COFFEE.product_id).physical == -20


def test_a_scan_while_the_sale_is_recorded_begins_the_next(qtbot, window, store):
    window.take_input(COFFEE.codes[0], How.SCAN)
    QTest.keyClick(window.box, Qt.Key.Key_Return)
    QTest.keyClick(window.box, Qt.Key.Key_Return)
    window.take_input(WINE.codes[0], How.SCAN)
    qtbot.waitUntil(lambda: [line.label for line in sale_of(window).presenter.state.basket.lines] == [WINE.name])
    assert [row.total for row in store.queries.sales()] == [COFFEE.price]


def test_typing_faster_than_the_search_finds_the_last_text(qtbot, window):
    QTest.keyClicks(window.box, "tomate")
    qtbot.waitUntil(lambda: sale_of(window).presenter.finder.found.text == "tomate")
    QTest.keyClick(window.box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: sale_of(window).presenter.state.step is Step.WEIGH)


def test_an_order_and_a_parked_basket(qtbot, window, store):
    window.take_input(WINE.codes[0], How.SCAN)
    sale_of(window).take_order("order-1")
    qtbot.waitUntil(lambda: sale_of(window).presenter.state.step is Step.PAY)
    QTest.keyClick(window.box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: sale_of(window).presenter.state.step is Step.PAID)
    QTest.keyClick(window.box, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: [line.label for line in sale_of(window).presenter.state.basket.lines] == [WINE.name])
    assert store.queries.parked_baskets() == []


def press(window: MainWindow, *keys: Qt.Key | str) -> None:
    for key in keys:
        if isinstance(key, str):
            QTest.keyClicks(window.box, key)
        else:
            QTest.keyClick(window.box, key)


def test_r28_a_card_in_doubt_is_kept_on_disk_and_pays_once_it_is_sure(qtbot, window, store):
    window.take_input(COFFEE.codes[0], How.SCAN)
    press(window, Qt.Key.Key_Return)
    state = sale_of(window).presenter
    qtbot.waitUntil(lambda: state.state.step is Step.PAY)
    press(window, "c")
    qtbot.waitUntil(lambda: state.state.step is Step.CONFIRM)
    press(window, "n")
    qtbot.waitUntil(lambda: state.state.step is Step.DOUBT)
    assert [attempt.amount for attempt in store.queries.open_card_attempts()] == [COFFEE.price]
    press(window, "o")
    qtbot.waitUntil(lambda: state.state.step is Step.PAID)
    assert not store.queries.open_card_attempts()


def test_a_ticket_is_opened_and_taken_back_as_fast_as_one_types(qtbot, window, store):
    window.take_input(COFFEE.codes[0], How.SCAN)
    press(window, Qt.Key.Key_Return, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: sale_of(window).presenter.state.step is Step.PAID)
    press(window, Qt.Key.Key_F11, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: sale_of(window).returns.state.ticket is not None)
    press(window, "t", Qt.Key.Key_Return, Qt.Key.Key_Return, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: sale_of(window).presenter.state.step is Step.PAID)
    assert [row.total for row in store.queries.sales()] == [-COFFEE.price, COFFEE.price]
    assert store.queries.stock_card(COFFEE.product_id).physical == 0
