"""Selling a mixed basket (flow 4.2) in the whole window on its own database: what it asks of a person, counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from PySide6.QtCore import Qt

from app.domain.money import Money
from app.domain.sale import BasketLine, PaymentMeans
from app.ui.checkout.state import NoticeKind, Step
from app.ui.screen import PlaceName
from app.ui.style.look import Look
from tests.fakes.samples import COFFEE, TOMATO
from tests.journeys.counted_till import HAM_LABEL_456_G, SOAP, CountedTill, Effort, counted_till

KEY = Qt.Key
Open = Callable[[], CountedTill]


@pytest.fixture
def look(qapp) -> Look:
    made = Look("light")
    made.apply(qapp)
    return made


@pytest.fixture
def till(tmp_path, look) -> Iterator[CountedTill]:
    with ExitStack() as stack:
        made = stack.enter_context(counted_till(tmp_path, look))
        made.press(KEY.Key_F3)
        made.start_counting()
        yield made


def lines(till: CountedTill) -> list[tuple[str, int, int]]:
    """Label, quantity in base units, cents."""
    return [(line.label, line.quantity, line.total.minor) for line in till.basket.basket.lines]


def active(till: CountedTill) -> BasketLine:
    [line] = [line for line in till.basket.basket.lines if line.line_id == till.basket.active]
    return line


def sales(till: CountedTill) -> list[Money]:
    return [row.total for row in till.core.store.queries.sales()]


def test_one_article_in_exact_cash_is_one_scan_and_two_keys(till: CountedTill) -> None:
    till.scan(COFFEE.codes[0])
    till.enter()
    till.enter()
    assert till.effort == Effort(keys=2, scans=1)
    assert till.is_paid
    assert sales(till) == [COFFEE.price]


def test_three_articles_in_cash_are_two_scans_and_ten_keys(till: CountedTill) -> None:
    till.scan(COFFEE.codes[0])
    till.scan(HAM_LABEL_456_G)
    till.press("3,50", KEY.Key_Return, "c", KEY.Key_Return, KEY.Key_Return)
    assert till.effort.scans == 2
    assert till.effort.keys <= 10
    assert till.effort.clicks == 0
    assert till.is_paid
    [(total,)] = till.rows("SELECT total_minor FROM sale")
    assert total == 499 + 219 + 350


def test_the_change_is_shown_and_the_next_scan_begins_the_next_sale(till: CountedTill) -> None:
    till.scan(COFFEE.codes[0])
    till.press(KEY.Key_F12, "20", KEY.Key_Return)
    assert till.is_paid
    assert till.text("change") == "15,01 €"
    till.start_counting()
    till.scan(SOAP.codes[0])
    assert till.effort == Effort(scans=1)
    assert [label for label, _, _ in lines(till)] == [SOAP.name]
    till.scan(SOAP.codes[0])
    assert [quantity for _, quantity, _ in lines(till)] == [2]


def test_a_scan_from_any_other_screen_begins_a_sale(till: CountedTill) -> None:
    for key in (KEY.Key_F2, KEY.Key_F8, KEY.Key_F10):
        till.press(key)
        till.scan(COFFEE.codes[0])
        assert till.here is PlaceName.SALE
    assert [quantity for _, quantity, _ in lines(till)] == [3]


def test_a_quantity_is_typed_before_the_scan(till: CountedTill) -> None:
    till.press("3*", KEY.Key_Return)
    till.scan(COFFEE.codes[0])
    assert lines(till) == [(COFFEE.name, 3, 1497)]
    assert till.effort == Effort(keys=3, scans=1)


def test_a_quantity_scanned_straight_into_the_box(till: CountedTill) -> None:
    """`3*` and the scanner: nobody presses Enter in between."""
    till.press("3*")
    till.scan(COFFEE.codes[0])
    assert lines(till) == [(COFFEE.name, 3, 1497)]
    assert till.effort == Effort(keys=2, scans=1)


@pytest.mark.parametrize("typed", ["q5", "*5"])
def test_the_active_line_gets_another_quantity(till: CountedTill, typed: str) -> None:
    till.scan(SOAP.codes[0])
    till.scan(COFFEE.codes[0])
    till.press(typed, KEY.Key_Return)
    assert active(till).label == COFFEE.name
    assert lines(till) == [(SOAP.name, 1, 499), (COFFEE.name, 5, 2495)]
    assert till.effort == Effort(keys=3, scans=2)


def test_a_name_that_begins_with_q_is_still_searched(till: CountedTill) -> None:
    till.scan(COFFEE.codes[0])
    till.press("quiche", KEY.Key_Return)
    assert lines(till) == [(COFFEE.name, 1, 499)]
    notice = till.basket.notice
    assert notice is not None
    assert notice.kind is NoticeKind.NO_MATCH


def test_loose_goods_by_weight_and_part_of_the_name(till: CountedTill) -> None:
    till.press("0,456*tom", KEY.Key_Return)
    assert lines(till) == [(TOMATO.name, 456, 219)]
    assert till.effort == Effort(keys=10)


@pytest.mark.parametrize("typed", ["0,480-24", "0,480t24", "480-24", "0,48-0,024"])
def test_the_tare_is_taken_off_by_a_key(till: CountedTill, typed: str) -> None:
    till.press("tom", KEY.Key_Return)
    assert till.basket.step is Step.WEIGH
    till.press(typed)
    assert "456" in till.window.box.preview
    till.press(KEY.Key_Return)
    assert lines(till) == [(TOMATO.name, 456, 219)]


def test_a_tare_of_the_whole_weight_is_asked_again(till: CountedTill) -> None:
    till.press("tom", KEY.Key_Return, "24-24", KEY.Key_Return)
    assert till.basket.step is Step.WEIGH
    assert not lines(till)


def test_a_line_is_taken_out_aloud_and_comes_back(till: CountedTill) -> None:
    till.scan(SOAP.codes[0])
    till.scan(COFFEE.codes[0])
    till.start_counting()
    till.press(KEY.Key_Delete)
    assert till.effort == Effort(keys=1)
    assert lines(till) == [(SOAP.name, 1, 499)]
    assert till.sale.notice.isVisible()
    till.control("Z")
    assert len(lines(till)) == 2


def test_a_card_on_the_terminal_is_c_and_enter(till: CountedTill) -> None:
    till.scan(COFFEE.codes[0])
    till.enter()
    till.press("c")
    till.enter()
    assert till.effort == Effort(keys=3, scans=1)
    assert till.is_paid
    assert till.rows("SELECT means FROM sale_payment") == [(PaymentMeans.CARD.value,)]


def test_a_mixed_payment_keeps_the_remainder_in_sight(till: CountedTill) -> None:
    till.scan(COFFEE.codes[0])
    till.scan(SOAP.codes[0])
    till.enter()
    till.start_counting()
    till.press("5", KEY.Key_Return)
    assert till.basket.remainder == Money(498)
    assert any("4,98" in each for each in till.texts())
    till.press("c", KEY.Key_Return)
    assert till.effort == Effort(keys=4)
    assert till.is_paid
    assert sorted(till.rows("SELECT means, amount_minor FROM sale_payment")) == [("card", 498), ("cash", 500)]


def test_a_basket_is_parked_and_taken_back_by_one_key_each(till: CountedTill) -> None:
    till.scan(COFFEE.codes[0])
    till.start_counting()
    till.press(KEY.Key_F5)
    assert not lines(till)
    till.press(KEY.Key_F5)
    assert lines(till) == [(COFFEE.name, 1, 499)]
    assert till.effort == Effort(keys=2)


def test_no_ticket_is_printed_unless_asked_for(till: CountedTill) -> None:
    till.scan(HAM_LABEL_456_G)
    till.enter()
    till.enter()
    assert till.rows("SELECT count(*) FROM print_job WHERE kind = 'sale_receipt'") == [(0,)]
    till.start_counting()
    till.press("p")
    papers = "SELECT count(*) FROM print_job WHERE kind = 'sale_receipt'"
    till.until(lambda: till.rows(papers) == [(1,)], "the ticket is printed")  # a letter may be a code's first one
    assert till.effort == Effort(keys=1)
