"""The screen that customers read: what stands on it at each step, where it stands, what it never shows or takes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage

from app.i18n import set_language
from app.ui.customer_screen import CustomerScreen
from app.ui.customer_words import IDLE, CustomerLine, CustomerPage, PageKind, page_of_pickup, page_of_sale
from app.ui.screen import PlaceName
from app.ui.second_screen import SecondScreen
from app.ui.settings.customer_screen_choice import CustomerScreenChoice
from app.ui.style.look import Look
from tests.fakes.samples import COFFEE, WINE, pickup_code_of
from tests.ui.shop import some_orders
from tests.ui.till import HAM_LABEL_456_G, Till, open_till

BASKET = CustomerPage(
    PageKind.BASKET,
    lines=(
        *(CustomerLine(f"Article {number} dont le nom est bien long", "", "4,99 €") for number in range(12)),
        CustomerLine("Jambon blanc", "0,456 kg × 19,90 €/kg", "9,07 €"),
    ),
    what="Total",
    amount="12 345,67 €",
)


class PluggedScreen:
    """Stands in for a second screen, under another name; the window is shown on the only one there is."""

    def __init__(self, name: str) -> None:
        self._name = name

    def name(self) -> str:
        return self._name

    def size(self):
        return QGuiApplication.primaryScreen().size()

    def geometry(self):
        return QGuiApplication.primaryScreen().geometry()


@pytest.fixture
def till(qtbot, look):
    with open_till(qtbot, look, PlaceName.SALE) as opened:
        yield opened


@pytest.fixture
def plugged() -> list[PluggedScreen]:
    return [PluggedScreen("till"), PluggedScreen("shop-window")]


@pytest.fixture
def second(till: Till, look: Look, plugged, monkeypatch):
    real = QGuiApplication.primaryScreen()
    show_on = CustomerScreen.show_on
    monkeypatch.setattr(CustomerScreen, "show_on", lambda self, _screen: show_on(self, real))
    made = SecondScreen(look, till.window, lambda: plugged, lambda: "till")
    till.sale.presenter.flow.listeners.append(made.sale_changed)
    yield made
    made.close()


def page_of(till: Till) -> CustomerPage:
    return page_of_sale(till.sale.presenter.state)


def test_articles_stand_as_they_are_added_the_last_one_last(till):
    assert page_of(till) is IDLE
    till.scan(COFFEE.codes[0], HAM_LABEL_456_G)
    page = page_of(till)
    assert [line.label for line in page.lines] == [COFFEE.name, "Jambon blanc supérieur tranché"]
    assert page.lines[0].detail == ""
    assert page.lines[1].detail.startswith("0,456")
    assert (page.what, page.amount) == ("Total", "14,06\u00a0€")


def test_to_pay_then_what_was_given_then_the_change(till):
    till.scan(COFFEE.codes[0])
    till.enter()
    assert (page_of(till).what, page_of(till).amount) == ("À payer", "4,99\u00a0€")
    till.press("2")
    till.enter()
    assert (page_of(till).what, page_of(till).amount) == ("Reste à payer", "2,99\u00a0€")
    assert ("Reçu", "2,00\u00a0€") in page_of(till).also
    till.press("20")
    till.enter()
    page = page_of(till)
    assert (page.kind, page.what, page.amount) == (PageKind.DONE, "Votre monnaie", "17,01\u00a0€")
    till.scan(WINE.codes[0])
    assert page_of(till).kind is PageKind.BASKET


def test_an_order_is_told_without_name_number_or_code(shop):
    order = some_orders()[0]
    shop.window.take_scan(pickup_code_of(order))
    page = page_of_pickup(shop.pickup.presenter.state)
    assert page.head == "Votre commande est prête"
    for secret in (order.customer_name, order.number, pickup_code_of(order)):
        assert secret not in page.spoken
    shop.window.take_scan("P1.not.a.code.at.all")
    assert page_of_pickup(shop.pickup.presenter.state).head == "Un instant, s’il vous plaît"
    shop.pickup.presenter.close_card()
    assert page_of_pickup(shop.pickup.presenter.state) is IDLE


def test_an_order_chosen_from_the_list_is_the_counters_own_business_until_it_leaves(shop):
    order = some_orders()[0]
    shop.pickup.presenter.choose_order(order.order_id)
    assert shop.pickup.presenter.state.card is not None
    assert page_of_pickup(shop.pickup.presenter.state) is IDLE


@pytest.mark.parametrize("number", range(len(some_orders())))
def test_no_verdict_says_whose_order_it_is(shop, number):
    order = some_orders()[number]
    shop.window.take_scan(pickup_code_of(order))
    page = page_of_pickup(shop.pickup.presenter.state)
    assert page.kind is PageKind.ASKED
    assert order.number not in page.spoken
    assert order.customer_name not in page.spoken


def test_the_pickup_says_each_change_to_whoever_listens(shop):
    told: list[CustomerPage] = []
    shop.pickup.presenter.listeners.append(lambda state: told.append(page_of_pickup(state)))
    shop.window.take_scan(pickup_code_of(some_orders()[0]))
    assert told[-1].kind is PageKind.ASKED


def test_it_stands_on_the_screen_chosen_and_goes_with_its_plug(second, plugged, till):
    till.scan(COFFEE.codes[0])
    second.use("shop-window")
    assert second.screen is not None
    assert second.screen.isVisible()
    assert second.screen.page.kind is PageKind.BASKET
    other = plugged.pop()
    second.place()
    assert not second.screen.isVisible()
    plugged.append(other)
    second.place()
    assert second.screen.isVisible()
    second.use("")
    assert not second.screen.isVisible()


def test_it_is_never_laid_over_the_till(second, plugged):
    second.use("till")
    assert second.screen is None
    second.use("nowhere")
    assert second.screen is None


def test_it_takes_neither_focus_nor_keys_nor_the_end_of_the_program(second, till):
    second.use("shop-window")
    screen = second.screen
    assert screen.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus
    assert screen.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    assert not screen.testAttribute(Qt.WidgetAttribute.WA_QuitOnClose)
    assert screen.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    till.scan(COFFEE.codes[0])
    till.enter(2)
    assert screen.page.kind is PageKind.DONE
    assert not screen.close()


def test_in_the_practice_shop_each_page_says_so_before_between_and_after(qtbot, look, plugged, till, monkeypatch):
    real = QGuiApplication.primaryScreen()
    show_on = CustomerScreen.show_on
    monkeypatch.setattr(CustomerScreen, "show_on", lambda self, _screen: show_on(self, real))
    made = SecondScreen(look, till.window, lambda: plugged, lambda: "till", practice=True)
    till.sale.presenter.flow.listeners.append(made.sale_changed)
    made.use("shop-window")
    assert made.screen is not None
    assert made.screen.page.training
    till.scan(COFFEE.codes[0])
    assert made.screen.page.kind is PageKind.BASKET
    assert made.screen.page.training
    made.screen._rested()
    assert made.screen.page == replace(IDLE, training=True)
    made.close()


def test_the_thanks_of_one_customer_do_not_wait_for_the_next(qtbot, look):
    screen = CustomerScreen(look, done_stays_ms=1)
    qtbot.addWidget(screen)
    screen.show_page(CustomerPage(PageKind.DONE, "Merci", what="Paid", amount="4,99 €"))
    qtbot.waitUntil(lambda: screen.page is IDLE, timeout=60_000)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("theme", ["light", "dark", "sunlight"])
@pytest.mark.parametrize("size", [(1024, 600), (1920, 1080), (800, 480)])
def test_the_amount_is_large_and_whole_in_each_theme(qtbot, qapp, theme, size, language):
    set_language(language)
    look = Look(theme)
    look.apply(qapp)
    screen = CustomerScreen(look)
    qtbot.addWidget(screen)
    screen.resize(*size)
    screen.set_shop("Épicerie du Marché")
    for page in (
        IDLE,
        BASKET,
        replace(BASKET, kind=PageKind.ASKED, head="Votre commande est prête", icon="package-check"),
    ):
        screen.show_page(replace(page, training=page is BASKET))
        image = QImage(screen.size(), QImage.Format.Format_RGB32)
        screen.render(image)
        first = image.pixel(0, image.height() // 2)
        assert any(image.pixel(x, y) != first for x in range(0, size[0], 5) for y in range(0, size[1], 5))
    wide = screen.width()
    font = screen._font_within(BASKET.amount, 108, wide - 300)
    assert font.pixelSize() >= 72 * min(size[0] / 1024, size[1] / 600)


def test_the_settings_offer_the_other_screens_and_keep_one_that_is_away(qtbot, look, plugged):
    choice = CustomerScreenChoice()
    qtbot.addWidget(choice)
    choice.offer(plugged, "till", "")
    assert [choice.choice.itemData(at) for at in range(choice.choice.count())] == ["", "shop-window"]
    choice.offer(plugged[:1], "till", "shop-window")
    assert choice.choice.current == "shop-window"
    assert "pas branché" in choice.said.text()


TWO_SCREENS = """
import sys
from PySide6.QtWidgets import QApplication, QMainWindow
from app.ui.second_screen import SecondScreen
from app.ui.style.look import Look
application = QApplication([])
look = Look("light")
look.apply(application)
window = QMainWindow()
window.show()
second = SecondScreen(look, window)
second.use("CUSTOMERS")
application.processEvents()
assert second.screen.screen().name() == "CUSTOMERS"
assert second.screen.geometry().left() == 1366, second.screen.geometry()
window.windowHandle().setScreen(application.screens()[1])
application.processEvents()
assert not second.screen.isVisible(), "laid over the till"
window.windowHandle().setScreen(application.screens()[0])
application.processEvents()
assert second.screen.isVisible()
second.close()
print("stood there")
"""


def test_on_two_real_screens_it_gives_way_to_the_till(tmp_path):
    across = [("COUNTER", 0), ("CUSTOMERS", 1366)]
    screens = [{"name": name, "x": x, "y": 0, "width": 1366, "height": 768, "dpr": 1} for name, x in across]
    config = tmp_path / "screens.json"
    config.write_text(json.dumps({"screens": screens}), encoding="utf-8")
    ran = subprocess.run(  # this interpreter, our own lines
        [sys.executable, "-c", TWO_SCREENS],
        env={**os.environ, "QT_QPA_PLATFORM": f"offscreen:configfile={config}"},
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.stdout.strip() == "stood there", ran.stderr
