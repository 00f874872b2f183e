"""Paying by keyboard: every means, mixed, refused with a sentence, the card nobody knows about, discounts, papers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from app.domain.card import CardState
from app.domain.catalogue import LineNature, Product
from app.domain.fiscal import Series
from app.domain.merchant import Merchant
from app.domain.money import ZERO, Money
from app.domain.operators import Role
from app.domain.sale import PaymentMeans
from app.i18n import set_language
from app.ui.checkout.state import NoticeKind, Step
from app.ui.paper_words import in_other_language
from app.ui.screen import PlaceName
from app.usecases.manage_operators import Team
from app.usecases.take_payment import ask_card
from tests.fakes.pins import PlainPinHasher
from tests.fakes.samples import COFFEE, WINE
from tests.ui.test_sale_screen import last_sale, step_of
from tests.ui.till import HAM_LABEL_456_G, SOAP, Till, open_till

COFFEE_CODE, SOAP_CODE, WINE_CODE = COFFEE.codes[0], SOAP.codes[0], WINE.codes[0]
QUICHE = Product("p-quiche", "Quiche lorraine", Money(1200), 550, codes=("3250390000013",), meal_voucher=True)
JAR = Product("p-jar", "Consigne bocal", Money(200), 0, codes=("3250390000020",), nature=LineNature.CONTAINER)
LAMP = Product("p-lamp", "Lampe de bureau", Money(4900), 2000, codes=("3250390000037",), legal_guarantee=True)
HAMPER = Product("p-hamper", "Panier garni", Money(120000), 2000, codes=("3250390000044",))


@pytest.fixture
def till(qtbot, look):
    with open_till(qtbot, look, PlaceName.SALE) as opened:
        with opened.store.unit_of_work() as uow:
            uow.catalogue.save_all([QUICHE, JAR, LAMP, HAMPER])
            uow.commit()
        yield opened


def notice_of(till: Till) -> NoticeKind | None:
    notice = till.sale.presenter.state.notice
    return notice.kind if notice is not None else None


def paid(till: Till) -> list[tuple[PaymentMeans, int]]:
    return [(payment.means, payment.amount.minor) for payment in last_sale(till).payments]


def test_every_means_has_a_key_shown_on_its_button(till):
    till.scan(SOAP_CODE)
    till.enter()
    for key, means in (
        ("C", "card"),
        ("H", "cheque"),
        ("T", "meal_voucher"),
        ("G", "gift_voucher"),
        ("A", "account"),
    ):
        button = till.window.findChild(object, f"means-{means}")
        assert (button.key, button.isVisible()) == (key, True)


@pytest.mark.parametrize(
    ("key", "means"),
    [("h", PaymentMeans.CHEQUE), ("g", PaymentMeans.GIFT_VOUCHER), ("a", PaymentMeans.ACCOUNT)],
)
def test_a_means_checked_by_hand_takes_its_letter_and_enter(till, key, means):
    till.scan(SOAP_CODE)
    till.enter()
    till.press(key)
    till.enter()
    assert paid(till) == [(means, 650)]


def test_the_numeric_pad_alone_runs_a_card_sale(till):
    till.press("3,50")
    till.enter(3)
    till.press("*")
    assert step_of(till) is Step.CONFIRM
    till.enter()
    assert paid(till) == [(PaymentMeans.CARD, 350)]


def test_the_numeric_pad_alone_runs_a_cash_sale_with_proof_of_age_and_change(till):
    till.press(WINE_CODE)
    till.enter(2)
    till.press("1", "20")
    till.enter()
    assert till.text("change") == "7,50 €"


def test_r27_a_meal_voucher_pays_eligible_articles_only_and_the_rest_stays_on_screen(till):
    till.scan(QUICHE.codes[0], SOAP_CODE)
    till.enter()
    till.press("t")
    assert till.sale.presenter.state.asked.amount == QUICHE.price
    assert "12,00" in till.sale.paying.question.hint.text()
    till.enter()
    assert till.text("remainder") == "6,50 €"
    till.enter()
    assert paid(till) == [(PaymentMeans.MEAL_VOUCHER, 1200), (PaymentMeans.CASH, 650)]


def test_r27_a_meal_voucher_for_soap_is_refused_with_a_sentence(till):
    till.scan(SOAP_CODE)
    till.enter()
    till.press("t")
    assert step_of(till) is Step.PAY
    assert notice_of(till) is NoticeKind.NO_VOUCHER_LINES
    assert "titre-restaurant" in till.sale.notice.text


def test_r26_more_than_a_thousand_in_cash_is_refused_and_the_way_out_is_shown(till):
    till.scan(HAMPER.codes[0])
    till.enter(2)
    assert step_of(till) is Step.PAY
    assert "200,00" in till.sale.notice.text
    till.press("800")
    till.enter()
    assert till.text("remainder") == "400,00 €"
    till.press("h")
    till.enter()
    assert paid(till) == [(PaymentMeans.CASH, 80000), (PaymentMeans.CHEQUE, 40000)]


def test_r26_a_customer_from_abroad_may_pay_more_in_cash_once_the_passport_was_seen(till):
    till.scan(HAMPER.codes[0])
    till.enter(2)
    till.sale.notice._action.click()  # the window's own notice has a button of the same name
    till.enter()
    assert paid(till) == [(PaymentMeans.CASH, 120000)]


def events_of(till: Till) -> list[bytes]:
    with till.store.unit_of_work() as uow:
        return [row.canonical for row in uow.ledger.rows("A", Series.EVENTS, 1, 999)]


# --- the card nobody knows about ---


def test_r28_a_card_in_doubt_keeps_the_basket_and_says_what_to_read(till):
    till.scan(SOAP_CODE)
    till.enter()
    till.press("c", "n")
    assert step_of(till) is Step.DOUBT
    assert "terminal" in till.sale.question.hint.text()
    assert till.sale.presenter.state.basket.total == Money(650)
    assert not till.store.queries.sales()
    till.press("o")
    assert step_of(till) is Step.PAID
    assert paid(till) == [(PaymentMeans.CARD, 650)]
    assert not till.store.queries.open_card_attempts()


def test_r28_a_card_that_was_not_paid_leaves_everything_to_pay(till):
    till.scan(SOAP_CODE)
    till.enter()
    till.press("c")
    till.click("unknown")
    till.click("card-not-paid")
    assert till.text("total") == "6,50 €"
    till.enter(2)
    assert paid(till) == [(PaymentMeans.CASH, 650)]
    assert not till.store.queries.open_card_attempts()


def test_r28_esc_is_no_answer_for_the_terminal(till):
    till.scan(SOAP_CODE)
    till.enter()
    till.press("c", Qt.Key.Key_Escape)
    assert step_of(till) is Step.CONFIRM


def test_r28_a_doubt_left_for_later_stays_in_sight_and_can_pay_afterwards(till):
    till.scan(SOAP_CODE)
    till.enter()
    till.press("c", "n", Qt.Key.Key_Escape)
    assert till.sale.ticket.findChild(object, "doubt-banner").isVisible()
    till.press(Qt.Key.Key_F5)
    till.scan(COFFEE_CODE)
    till.enter(2)
    till.press(Qt.Key.Key_Escape, Qt.Key.Key_F5)
    till.click("cards-in-doubt")
    till.press("o")
    assert paid(till) == [(PaymentMeans.CARD, 650)]


def test_r28_a_payment_cut_short_by_a_crash_is_asked_about_at_the_next_start(qtbot, look):
    with open_till(qtbot, look, PlaceName.STOCK) as till:
        ask_card(till.counter, Money(1250), "Léa")
        till.window.go_to(PlaceName.SALE)
        assert till.sale.presenter.state.doubts[0].state is CardState.ASKED  # in doubt, for nobody waits any more
        till.click("cards-in-doubt")
        assert "12,50" in till.sale.question.title.text()
        till.press("n")
        assert not till.store.queries.open_card_attempts()


def test_r28_a_card_taken_out_of_the_payment_is_not_forgotten(till):
    till.scan(SOAP_CODE)
    till.enter()
    till.press("5c")
    till.enter()
    assert till.text("remainder") == "1,50 €"
    till.press(Qt.Key.Key_Delete)
    assert [attempt.amount for attempt in till.sale.presenter.state.doubts] == [Money(500)]


# --- discounts ---


def test_ten_percent_off_a_line_takes_four_keys_and_the_key_of_the_step(till):
    till.scan(COFFEE_CODE, SOAP_CODE)
    till.start_counting()
    till.control("D")
    till.press("10")
    assert till.window.box.preview.startswith("−0,65")
    till.enter(2)
    assert till.keys <= 5
    assert till.text("total") == "10,84 €"
    till.enter(2)
    line = last_sale(till).lines[1]
    assert (line.discount, line.discount_reason) == (Money(65), "Geste commercial")


def test_an_amount_off_the_ticket_is_spread_and_shown(till):
    till.scan(COFFEE_CODE, SOAP_CODE)
    till.control("D")
    till.press("t", "2,00")
    till.enter()
    till.press("4")
    assert till.text("total") == "9,49 €"
    assert "2,00" in till.sale.ticket.findChild(object, "parts-of-total").whole
    till.enter(2)
    sale = last_sale(till)
    assert sum(line.ticket_discount.minor for line in sale.lines) == 200
    assert sale.discount_reason == "Fidélité"


def test_a_discount_without_sense_is_said_so(till):
    till.scan(SOAP_CODE)
    till.control("D")
    till.press("beaucoup")
    till.enter()
    assert notice_of(till) is NoticeKind.DISCOUNT_UNCLEAR
    till.press("9,00")
    till.enter()
    assert notice_of(till) is NoticeKind.DISCOUNT_TOO_LARGE
    till.press(Qt.Key.Key_Escape)
    assert step_of(till) is Step.SELL


def a_team(till: Till) -> None:
    team = Team(till.counter, till.store.queries, PlainPinHasher())
    team.add("Marie", Role.MANAGER, "4826", "Léa")
    team.add("Paul", Role.CASHIER, "7391", "Léa")
    operators = till.store.queries.operators()
    till.on_duty.use_team(operators)
    till.on_duty.sign_in(next(operator for operator in operators if operator.name == "Paul"))


def test_a_cashier_over_the_limit_needs_a_manager(till):
    till.settings = replace(till.settings, cashier_discount_percent=5)
    a_team(till)
    till.scan(SOAP_CODE)
    till.control("D")
    till.press("20")
    till.enter(2)
    assert till.window.covered
    till.press("4826")
    till.enter()
    assert till.text("total") == "5,20 €"
    till.enter(2)
    assert last_sale(till).operator == "Paul"
    events = events_of(till)
    assert any(b"approval" in event and b"Marie" in event for event in events)


def test_without_the_manager_there_is_no_discount(till):
    till.settings = replace(till.settings, cashier_discount_percent=5)
    a_team(till)
    till.scan(SOAP_CODE)
    till.control("D")
    till.press("20")
    till.enter(2)
    till.press(Qt.Key.Key_Escape)
    assert notice_of(till) is NoticeKind.NOT_APPROVED
    assert till.text("total") == "6,50 €"


def test_r29_a_container_deposit_is_shown_outside_vat_and_takes_no_discount(till):
    till.scan(JAR.codes[0])
    assert "2,00" in till.sale.ticket.findChild(object, "parts-of-total").whole
    till.control("D")
    assert notice_of(till) is NoticeKind.NO_DISCOUNT_HERE
    till.enter(2)
    assert (last_sale(till).outside, last_sale(till).turnover) == (Money(200), ZERO)


# --- papers ---


def test_r19_no_ticket_unless_asked_and_the_screen_says_so(till):
    till.scan(SOAP_CODE)
    till.enter()
    assert "seulement si le client" in till.text("papers")
    till.enter()
    assert not till.store.queries.print_jobs()


def test_r22_the_guarantee_proposes_the_ticket_and_the_customer_may_decline(till):
    till.scan(LAMP.codes[0])
    till.enter()
    assert till.sale.presenter.state.print_receipt
    till.press("p")
    till.enter()
    assert not till.store.queries.print_jobs()


def test_a_gift_receipt_after_the_payment(till):
    till.scan(SOAP_CODE)
    till.enter(2)
    till.press("g")
    job = till.store.queries.print_jobs()[0]
    assert till.store.queries.print_job(job.job_id).document.gift


def test_a_ticket_in_the_other_language_is_one_key(till):
    till.scan(SOAP_CODE)
    till.enter(2)
    till.press("e")
    job = till.store.queries.print_jobs()[0]
    assert till.store.queries.print_job(job.job_id).document.language == "en"
    till.click("print-other-language")
    again = till.store.queries.print_jobs()[0]
    assert till.store.queries.print_job(again.job_id).document.copy_no == 1


def test_the_other_language_is_the_one_that_the_orders_customer_does_not_read():
    assert in_other_language("fr") == in_other_language("") == "Ticket en anglais"
    assert in_other_language("en") == "Ticket en français"


def test_r32_proof_of_age_is_kept_with_who_saw_it(till):
    till.scan(WINE_CODE)
    till.enter()
    till.press("1")
    till.enter()
    events = events_of(till)
    assert any(b"age_confirmed" in event for event in events)


def test_a_basket_taken_back_and_emptied_is_noted(till):
    till.scan(SOAP_CODE)
    till.press(Qt.Key.Key_F5, Qt.Key.Key_F5, Qt.Key.Key_Delete)
    events = events_of(till)
    assert any(b"basket_abandoned" in event for event in events)


def test_a_basket_partly_paid_and_emptied_by_taking_changes_back_is_noted(till):
    till.scan(SOAP_CODE)
    till.enter()
    till.press("1", Qt.Key.Key_Return, Qt.Key.Key_Delete)  # one euro given, and given back
    till.undo()
    assert any(b"basket_abandoned" in event for event in events_of(till))


def test_a_basket_nobody_saw_the_total_of_is_simply_corrected(till):
    till.scan(SOAP_CODE)
    till.press(Qt.Key.Key_Delete)
    assert not events_of(till)


def test_the_lock_leaves_the_basket_and_the_payment_as_they_are(till):
    a_team(till)
    till.scan(SOAP_CODE, HAM_LABEL_456_G)
    till.enter()
    till.press("5")
    till.enter()
    till.lock.lock("asked")
    till.window.take_scan(COFFEE_CODE)
    assert till.text("remainder") == "10,57 €"
    till.press("7391")
    till.enter(2)
    assert step_of(till) is Step.PAID


def test_the_sunday_rule_of_meal_vouchers_follows_the_merchant(till):
    with till.store.unit_of_work() as uow:
        uow.set_merchant(Merchant(meal_voucher_sundays=True))
        uow.commit()
    till.window.go_to(PlaceName.SALE)
    assert till.sale.presenter.state.merchant.meal_voucher_sundays
    set_language("fr")
