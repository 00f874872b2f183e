"""Tickets found again, returned in part, exchanged, cancelled, their payment corrected, training; by keyboard."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from app.domain.fiscal import Series
from app.domain.money import Money
from app.domain.sale import DocumentKind, PaymentMeans
from app.ui.checkout.state import NoticeKind, Step
from app.ui.returns.state import Page, ReturnsNotice
from app.ui.screen import PlaceName
from tests.fakes.samples import COFFEE, WINE
from tests.ui.test_payment_screen import a_team, events_of, notice_of
from tests.ui.test_sale_screen import last_sale, step_of
from tests.ui.till import HAM_LABEL_456_G, SOAP, Till, open_till

COFFEE_CODE, SOAP_CODE, WINE_CODE = COFFEE.codes[0], SOAP.codes[0], WINE.codes[0]


@pytest.fixture
def till(qtbot, look):
    with open_till(qtbot, look, PlaceName.SALE) as opened:
        yield opened


def sell(till: Till, *codes: str, means: str = "") -> str:
    """A recorded sale; returns its number."""
    till.scan(*codes)
    till.enter()
    if means:
        till.press(means)
        till.enter()
    else:
        till.enter()
    till.press(Qt.Key.Key_Escape)
    number: str = last_sale(till).display_number
    return number


def open_ticket(till: Till) -> None:
    till.press(Qt.Key.Key_F11)
    till.enter()
    assert till.sale.returns.state.page is Page.TICKET


def stock_of(till: Till, product_id: str) -> int:
    row = till.store.queries.product(product_id)
    assert row is not None
    return row.physical


def test_one_article_comes_back_from_a_ticket_for_cash(till):
    sell(till, COFFEE_CODE, SOAP_CODE)
    in_stock = stock_of(till, SOAP.product_id)
    till.start_counting()
    till.press(Qt.Key.Key_F11)
    till.enter()
    till.press("2")
    till.enter()
    assert till.text("total") == "−6,50 €"
    till.enter(2)
    assert till.keys == 6
    document = last_sale(till)
    assert (document.kind, document.total) == (DocumentKind.RETURN, Money(-650))
    assert [(payment.means, payment.amount) for payment in document.payments] == [(PaymentMeans.CASH, Money(-650))]
    assert stock_of(till, SOAP.product_id) == in_stock + SOAP.unit.base_per_priced
    assert till.text("change") == "6,50 €"


def test_a_ticket_is_found_by_its_number_its_amount_and_its_code(till):
    number = sell(till, SOAP_CODE)
    sale_id = last_sale(till).sale_id
    sell(till, COFFEE_CODE)
    for typed in (number, number.replace("A-00000", "a"), "6,50"):
        till.press(Qt.Key.Key_F11)
        till.press(typed)
        till.enter()
        assert till.sale.returns.state.ticket.sale.display_number == number
        till.press(*[Qt.Key.Key_Escape] * 2)
    till.press(Qt.Key.Key_F11)
    till.scan(sale_id)
    assert till.sale.returns.state.ticket.sale.display_number == number


def test_the_tickets_open_from_the_payment_and_the_basket_stays(till):
    sell(till, SOAP_CODE)
    till.scan(COFFEE_CODE)
    till.enter()
    till.press(Qt.Key.Key_F11)
    assert till.sale.returns.state.rows
    till.press(Qt.Key.Key_Escape)
    assert till.text("total") == "4,99 €"


def test_an_unknown_number_is_said_so(till):
    till.press(Qt.Key.Key_F11, "A-999")
    till.enter()
    assert till.sale.returns.state.said.kind is ReturnsNotice.NOT_FOUND
    assert "A-999" in till.sale.tickets.notice.text


def test_an_article_scanned_among_the_tickets_is_sold(till):
    sell(till, SOAP_CODE)
    till.press(Qt.Key.Key_F11)
    till.scan(COFFEE_CODE)
    assert till.text("total") == "4,99 €"


def test_some_of_several_pieces_come_back_each_press_one_more(till):
    sell(till, COFFEE_CODE, COFFEE_CODE, COFFEE_CODE)
    open_ticket(till)
    till.press("1", "1")
    assert till.sale.returns.state.chosen == {1: 2}
    till.press("-")
    assert till.sale.returns.state.chosen == {1: 1}
    till.press("*3")
    till.enter()
    assert till.sale.returns.state.chosen == {1: 3}
    till.press("1")
    assert till.sale.returns.state.chosen == {}


def test_part_of_what_was_weighed_comes_back(till):
    sell(till, HAM_LABEL_456_G)
    open_ticket(till)
    till.press("*0,200")
    till.enter(2)
    assert till.text("total") == "−3,98 €"


def test_damaged_goods_do_not_go_back_to_the_shelf(till):
    sell(till, COFFEE_CODE)
    in_stock = stock_of(till, COFFEE.product_id)
    open_ticket(till)
    till.press("1", "b")
    till.enter(3)
    assert last_sale(till).kind is DocumentKind.RETURN
    assert stock_of(till, COFFEE.product_id) == in_stock


def test_an_exchange_is_one_document_and_only_the_difference_is_paid(till):
    sell(till, COFFEE_CODE)
    open_ticket(till)
    till.press("t")
    till.enter()
    till.scan(SOAP_CODE)
    assert till.text("total") == "1,51 €"
    till.enter(2)
    document = last_sale(till)
    assert (document.kind, document.total) == (DocumentKind.SALE, Money(151))
    assert [line.quantity for line in document.lines] == [-1, 1]


def test_an_even_exchange_needs_no_money(till):
    sell(till, COFFEE_CODE)
    open_ticket(till)
    till.press("t")
    till.enter()
    till.scan(COFFEE_CODE)
    till.enter(2)
    assert step_of(till) is Step.PAID
    assert (last_sale(till).total, last_sale(till).payments) == (Money(0), ())


def test_a_refund_to_the_card_is_confirmed_and_no_cheque_is_offered(till):
    sell(till, SOAP_CODE, means="c")
    open_ticket(till)
    till.press("t")
    till.enter(2)
    assert not till.window.findChild(object, "means-cheque").isVisible()
    assert till.sale.presenter.state.tendering.is_refund
    till.press("h")
    assert notice_of(till) is NoticeKind.REFUND_MEANS
    till.press("c")
    till.enter()
    assert last_sale(till).payments[0].means is PaymentMeans.CARD
    assert not till.store.queries.open_card_attempts()


def test_what_came_back_cannot_come_back_again(till):
    sell(till, SOAP_CODE)
    open_ticket(till)
    till.press("t")
    till.enter(3)
    till.press(Qt.Key.Key_Escape, Qt.Key.Key_F11, Qt.Key.Key_Down)
    till.enter()
    till.press("1")
    assert till.sale.returns.state.said.kind is ReturnsNotice.NOTHING_LEFT


def test_goods_without_a_ticket_come_back_with_a_reason(till):
    till.press(Qt.Key.Key_F11)
    till.control("S")
    till.press("2")
    till.scan(SOAP_CODE)
    assert till.text("total") == "−6,50 €"
    till.scan(COFFEE_CODE)
    assert till.text("total") == "−1,51 €"
    till.enter(2)
    assert last_sale(till).kind is DocumentKind.RETURN
    assert any("Article défectueux".encode() in event for event in events_of(till))


def test_returned_wine_asks_for_no_proof_of_age(till):
    till.press(Qt.Key.Key_F11)
    till.control("S")
    till.press("1")
    till.scan(WINE_CODE)
    till.enter()
    assert step_of(till) is Step.PAY


def test_a_cashier_without_the_right_asks_a_manager_for_a_return_without_ticket(till):
    a_team(till)
    till.press(Qt.Key.Key_F11)
    till.control("S")
    till.press("1")
    assert till.window.covered
    till.press("4826")
    till.enter()
    till.scan(SOAP_CODE)
    till.enter(2)
    assert last_sale(till).operator == "Paul"
    assert any(b"Marie" in event and b"return_without_ticket" in event for event in events_of(till))


# --- cancel, correct, other means ---


def test_r02_a_ticket_is_cancelled_by_another_document_and_the_money_to_give_back_is_said(till):
    number = sell(till, SOAP_CODE)
    open_ticket(till)
    till.press("x", "1")
    assert till.sale.presenter.state.notice.kind is NoticeKind.CANCELLED
    assert number in till.sale.notice.text
    assert "6,50" in till.sale.notice.text
    assert last_sale(till).kind is DocumentKind.CANCELLATION
    assert last_sale(till).total == Money(-650)
    assert not till.sale.presenter.state.basket.lines


def test_r02_cancel_and_redo_brings_the_basket_back_and_parks_the_other(till):
    sell(till, SOAP_CODE, COFFEE_CODE)
    till.scan(WINE_CODE)
    open_ticket(till)
    till.press("c")
    till.enter()
    assert [line.label for line in till.sale.presenter.state.basket.lines] == [SOAP.name, COFFEE.name]
    assert [row.title for row in till.store.queries.parked_baskets()] == [WINE.name]
    till.press(Qt.Key.Key_Delete)
    till.enter(2)
    assert last_sale(till).total == SOAP.price


def test_a_cashier_needs_a_manager_to_cancel(till):
    a_team(till)
    sell(till, SOAP_CODE)
    open_ticket(till)
    till.press("x", "1")
    assert till.window.covered
    till.press(Qt.Key.Key_Escape)
    assert till.sale.returns.state.said.kind is ReturnsNotice.NOT_APPROVED
    assert last_sale(till).kind is DocumentKind.SALE


def test_cash_that_was_a_card_is_corrected_in_a_document_of_its_own(till):
    sell(till, SOAP_CODE)
    open_ticket(till)
    till.press("m", "c")
    document = last_sale(till)
    assert document.kind is DocumentKind.PAYMENT_CHANGE
    assert {payment.means: payment.amount.minor for payment in document.payments} == {
        PaymentMeans.CASH: -650,
        PaymentMeans.CARD: 650,
    }
    assert "Carte" in till.sale.tickets.notice.text


def test_part_of_a_payment_is_corrected(till):
    sell(till, SOAP_CODE)
    open_ticket(till)
    till.press("m", "2,50h")
    assert {payment.means: payment.amount.minor for payment in last_sale(till).payments} == {
        PaymentMeans.CASH: -250,
        PaymentMeans.CHEQUE: 250,
    }


def test_a_gift_receipt_of_the_lines_chosen(till):
    sell(till, SOAP_CODE, COFFEE_CODE)
    open_ticket(till)
    till.press("2", "g")
    document = till.store.queries.print_job(till.store.queries.print_jobs()[0].job_id).document
    assert document.gift
    assert [line.label for line in document.sale.lines] == [COFFEE.name]


# --- training ---


def test_r12_training_is_seen_everywhere_and_sells_nothing_real(till):
    in_stock = stock_of(till, COFFEE.product_id)
    till.press(Qt.Key.Key_F11)
    till.control("E")
    assert till.window.training.isVisible()
    assert "FACTICE" in till.text("training-words")
    till.scan(COFFEE_CODE)
    till.enter(2)
    assert step_of(till) is Step.PAID
    assert till.sale.presenter.state.done.sale.series == Series.TRAINING
    assert not till.store.queries.sales()
    assert stock_of(till, COFFEE.product_id) == in_stock
    till.window.go_to(PlaceName.STOCK)
    assert till.window.training.isVisible()
    till.window.go_to(PlaceName.SALE)
    till.click("end-training")
    assert not till.window.training.isVisible()
    till.scan(COFFEE_CODE)
    till.enter(2)
    assert last_sale(till).series == Series.SALES


def test_r12_training_by_card_asks_nothing_of_the_terminal(till):
    till.press(Qt.Key.Key_F11)
    till.control("E")
    till.scan(COFFEE_CODE)
    till.enter()
    till.press("c")
    till.enter()
    assert step_of(till) is Step.PAID
    assert not till.store.queries.open_card_attempts()


def test_r12_no_real_ticket_is_corrected_while_training(till):
    sell(till, SOAP_CODE)
    till.press(Qt.Key.Key_F11)
    till.control("E")
    open_ticket(till)
    till.press("x")
    assert till.sale.returns.state.said.kind is ReturnsNotice.TRAINING_FIRST


def test_r12_a_basket_under_way_is_never_made_training(till):
    till.scan(SOAP_CODE)
    till.press(Qt.Key.Key_F11)
    till.control("E")
    assert notice_of(till) is NoticeKind.TRAINING_NEEDS_EMPTY
    assert not till.store.queries.training()


def test_the_ticket_screen_for_a_cashier_with_other_settings(till):
    till.settings = replace(till.settings, print_receipt="never")
    sell(till, SOAP_CODE)
    assert not till.store.queries.print_jobs()
