"""The sale by keyboard and by touch, with real key presses, and the key counts that the design promises."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.money import Money
from app.domain.order import HandoverState
from app.domain.sale import PaymentMeans
from app.i18n import set_language
from app.ui.checkout.state import NoticeKind, Step
from app.ui.checkout.tiles import TileButton
from app.ui.screen import How, PlaceName
from tests.fakes.samples import COFFEE, TOMATO, WINE, an_order, pickup_code_of
from tests.ui import checks
from tests.ui.till import HAM_LABEL_456_G, SOAP, Till, open_till

COFFEE_CODE, WINE_CODE, SOAP_CODE = COFFEE.codes[0], WINE.codes[0], SOAP.codes[0]


@pytest.fixture
def till(qtbot, look):
    with open_till(qtbot, look, PlaceName.SALE) as opened:
        yield opened


def step_of(till: Till) -> Step:
    return till.sale.presenter.state.step


def last_sale(till: Till):
    return till.store.queries.sale(till.store.queries.sales()[0].sale_id)


def test_one_article_in_exact_cash_takes_one_scan_and_two_keys(till):
    till.scan(COFFEE_CODE)
    till.enter(2)
    assert (till.scans, till.keys) == (1, 2)
    assert step_of(till) is Step.PAID
    assert last_sale(till).total == COFFEE.price
    assert till.sounds == ["sale"]


def test_three_articles_in_cash_take_two_scans_and_at_most_ten_keys(till):
    till.scan(COFFEE_CODE, HAM_LABEL_456_G)
    till.press("3,50")
    till.enter()
    till.press("c")
    till.enter(2)
    assert till.scans == 2
    assert till.keys <= 10
    sale = last_sale(till)
    assert [(line.label, line.total) for line in sale.lines] == [
        (COFFEE.name, Money(499)),
        ("Jambon blanc supérieur tranché", Money(907)),
        ("Divers", Money(350)),
    ]
    assert sale.lines[2].vat_rate_bp == 550


def test_the_change_stands_alone_until_the_next_scan(till):
    till.scan(COFFEE_CODE)
    till.enter()
    till.press("20")
    till.enter()
    assert till.text("change") == "15,01 €"
    till.enter(2)
    assert len(till.store.queries.sales()) == 1
    till.scan(SOAP_CODE)
    assert till.text("total") == "6,50 €"
    assert step_of(till) is Step.SELL


def test_cash_then_card(till):
    till.scan(SOAP_CODE)
    till.enter()
    till.press("5")
    till.enter()
    assert till.text("remainder") == "1,50 €"
    till.press("c")
    assert step_of(till) is Step.CONFIRM
    till.press("x")
    assert till.text("remainder") == "1,50 €"
    till.press("c")
    till.enter()
    assert [payment.means for payment in last_sale(till).payments] == [PaymentMeans.CASH, PaymentMeans.CARD]


def test_loose_goods_by_name_and_weight(till):
    till.press("tomate")
    assert till.window.box.preview == "Ajouter Tomate cœur de bœuf"
    till.enter()
    till.press("0,456")
    assert till.window.box.preview.replace("\u00a0", " ") == "0,456 kg"
    till.enter()
    assert till.text("total") == "2,19 €"


def test_age_is_asked_before_payment(till):
    till.scan(WINE_CODE)
    till.enter()
    assert step_of(till) is Step.AGE
    till.press("o")
    till.enter()
    assert step_of(till) is Step.PAID


def test_lines_are_corrected_by_keys(till):
    till.scan(COFFEE_CODE, SOAP_CODE)
    till.press("+", "+", "-")
    till.press("*5")
    till.enter()
    lines = till.sale.presenter.state.basket.lines
    assert [line.quantity for line in lines] == [1, 5]
    till.press(Qt.Key.Key_Delete)
    assert len(till.sale.presenter.state.basket.lines) == 1
    assert till.sale.presenter.state.notice.kind is NoticeKind.LINE_REMOVED
    till.undo()
    assert till.sale.presenter.state.basket.lines == lines


def test_a_basket_is_parked_and_taken_back_by_one_key(till):
    till.scan(COFFEE_CODE)
    till.press(Qt.Key.Key_F5)
    assert till.text("total") == "0,00 €"
    till.scan(SOAP_CODE)
    till.enter(2)
    till.press(Qt.Key.Key_Escape, Qt.Key.Key_F5)
    assert till.text("total") == "4,99 €"


def test_a_pickup_code_is_left_to_the_pickup_screen_and_a_typed_one_parks_the_basket(till):
    till.scan(COFFEE_CODE)
    assert not till.sale.take_input(pickup_code_of(an_order()), How.SCAN)
    till.press(pickup_code_of(an_order()))
    till.enter()
    assert [row.title for row in till.store.queries.parked_baskets()] == [COFFEE.name]
    assert till.shown_codes == [pickup_code_of(an_order())]


def test_order_and_extras_are_paid_and_handed_over_together(till):
    till.sale.take_order("order-1")
    till.scan(SOAP_CODE)
    till.enter(2)
    order = till.store.queries.order("order-1")
    assert order is not None
    assert order.handover is HandoverState.HANDED_OVER
    assert last_sale(till).order_id == "order-1"
    assert last_sale(till).total == Money(998 + 576 + 650)


def test_the_ticket_is_printed_on_demand_and_again_as_a_duplicate(till):
    till.scan(COFFEE_CODE)
    till.enter(2)
    till.press("p")
    till.press(Qt.Key.Key_F11)
    till.enter()
    till.press("p")
    jobs = till.store.queries.print_jobs()
    copies = sorted(till.store.queries.print_job(job.job_id).document.copy_no for job in jobs)
    assert copies == [0, 1]


def test_the_sale_by_touch_alone(till):
    tile = next(tile for tile in till.window.findChildren(TileButton) if TOMATO.name in tile.accessibleName())
    till.click(tile.objectName())
    assert step_of(till) is Step.WEIGH
    till.press("500")
    till.enter()
    till.click("pay")
    for figure in "10":
        till.click(f"keypad-{figure}")
    till.click("keypad-enter")
    assert till.text("change") == "7,60 €"
    till.click("next-customer")
    assert step_of(till) is Step.SELL
    assert till.window.focusWidget() is till.window.box


def test_other_means_and_answers_by_touch(till):
    till.scan(SOAP_CODE)
    till.click("pay")
    till.click("note-1000")
    assert till.text("change") == "3,50 €"
    till.scan(WINE_CODE)
    till.click("pay")
    till.click("of-age")
    till.click("means-card")
    till.click("refused")
    till.click("means-gift_voucher")
    till.click("received")
    assert last_sale(till).payments[0].means is PaymentMeans.GIFT_VOUCHER


def test_what_cannot_be_sold_is_said_in_words(till):
    till.scan("4006381333931")
    assert "4006381333931" in till.sale.notice.text
    till.press("xyzzy")
    till.enter()
    assert "xyzzy" in till.sale.notice.text
    till.enter()
    assert till.sale.presenter.state.notice.kind is NoticeKind.EMPTY_BASKET


def _walk_through(till: Till, look_at) -> None:
    """Every page of the sale once."""
    look_at("empty")
    till.scan(COFFEE_CODE, WINE_CODE)
    look_at("lines")
    till.press("to")
    look_at("results")
    till.press(*[Qt.Key.Key_Backspace] * 2)
    till.press("3,50 fromage")
    till.enter()
    look_at("rate")
    till.press("c")
    till.control("D")
    look_at("discount")
    till.press("1,00")
    till.enter()
    look_at("reason")
    till.enter()
    till.press("tomate")
    till.enter()
    look_at("weight")
    till.press("500")
    till.enter()
    till.scan("4006381333931")
    look_at("notice")
    till.enter()
    look_at("age")
    till.press("o")
    look_at("pay")
    till.press("10")
    till.enter()
    till.press("5c")
    look_at("confirm")
    till.press("n")
    look_at("doubt")
    till.press(Qt.Key.Key_Escape)
    look_at("doubt for later")
    till.control("B")
    till.press("o")
    look_at("mixed")
    till.press("50")
    till.enter()
    look_at("change")
    till.press(Qt.Key.Key_F11)
    look_at("tickets")
    till.enter()
    till.press("1")
    look_at("one ticket")
    till.press("x")
    look_at("why cancel")
    till.press(Qt.Key.Key_Escape, "m")
    look_at("other payment")
    till.press(*[Qt.Key.Key_Escape] * 3)
    till.scan(COFFEE_CODE)
    till.press(Qt.Key.Key_F5)
    till.sale.take_order("order-1")
    look_at("order to pay")
    till.press(Qt.Key.Key_Escape)
    look_at("order in the basket")
    till.sale.presenter.remove_order()
    till.press(Qt.Key.Key_F11)
    till.enter()
    till.press("1")
    till.enter()
    look_at("return in the basket")
    till.enter()
    look_at("refund")
    till.enter()
    look_at("given back")
    till.press(Qt.Key.Key_Escape, Qt.Key.Key_F11)
    till.control("E")
    till.scan(SOAP_CODE)
    till.enter()
    look_at("training")


@pytest.mark.parametrize("size", [(1024, 600), (1366, 768), (1920, 1080)])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_nothing_is_cut_or_too_small(qtbot, look, size, language):
    set_language(language)
    faults: list[str] = []

    with open_till(qtbot, look, PlaceName.SALE, size) as till:

        def look_at(page: str) -> None:
            widget: QWidget = till.window
            QApplication.processEvents()
            found = [*checks.texts_cut(widget), *checks.targets_too_small(widget)]
            found += [*checks.texts_too_small(widget), *checks.nameless(widget)]
            faults.extend(f"{page}: {fault}" for fault in found)

        _walk_through(till, look_at)
    assert not faults
