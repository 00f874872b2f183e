"""Everything a till can record, and then not one false alarm (R14): a check that cries wolf is switched off."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.cash import CashCount, CashMovementKind
from app.domain.closure import ClosureKind
from app.domain.fiscal import EventCode, Series
from app.domain.money import Money, total_of
from app.domain.sale import Basket, BasketLine, Payment, PaymentMeans
from app.storage.signing import SignatureChecker
from app.usecases.close_period import CloseDayRequest, DayClosed, close_day
from app.usecases.correct_sale import (
    Cancelled,
    PaymentChanged,
    cancel_sale,
    change_payment,
    lines_coming_back,
    return_lines,
)
from app.usecases.find_order import HowFound
from app.usecases.hand_over_order import HandoverRequest
from app.usecases.keep_cash import correct_count, move_cash, open_cash, open_drawer
from app.usecases.park_basket import abandon_parked_basket, park_basket
from app.usecases.print_document import print_gift_receipt, print_receipt_copy
from app.usecases.sell_at_counter import SaleDone, SaleRequest, order_basket_lines, sell_at_counter
from app.usecases.start_ledger import check_at_start, witness_heads
from app.usecases.training import start_training, stop_training
from app.usecases.verify_ledger import record_verification
from tests.fakes.samples import an_order
from tests.integration.ledger.trade import OPERATOR, Till, open_till

CHANCE = random.Random(11)


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    till = open_till(tmp_path / "till.sqlite3")
    check_at_start(till.counter, till.secrets, SignatureChecker())
    yield till
    till.store.close()


def documents(till: Till) -> str:
    """A sale, a part of it returned, a ticket cancelled, one paid otherwise. Returns the sale's id."""
    first, second, third = (till.sell(CHANCE) for _ in range(3))
    ticket = return_lines(till.counter, first)
    assert ticket is not None
    back = Basket(lines_coming_back(till.counter.ids, ticket, {1: 1}))
    refund = Payment(PaymentMeans.CARD, back.total, back.total)
    done = sell_at_counter(till.counter, SaleRequest(back, (refund,), OPERATOR, reason="ne convient pas"))
    assert isinstance(done, SaleDone), done
    assert isinstance(cancel_sale(till.counter, second, OPERATOR, "erreur"), Cancelled)
    sale = till.store.queries.sale(third)
    assert sale is not None
    paid = {payment.means: payment.amount for payment in sale.payments}
    changed = change_payment(till.counter, third, paid, {PaymentMeans.CHEQUE: sale.total}, OPERATOR)
    assert isinstance(changed, PaymentChanged), changed
    return first


def papers(till: Till, sale_id: str) -> None:
    for _ in range(4):
        print_receipt_copy(till.counter, sale_id, OPERATOR)
    print_gift_receipt(till.counter, sale_id, [1], OPERATOR)


def training(till: Till) -> None:
    assert start_training(till.counter, OPERATOR)
    basket = Basket((BasketLine(till.counter.ids.new(), "Essai", Money(5000), 2000),))
    request = SaleRequest(basket, (Payment(PaymentMeans.CASH, Money(5000), Money(5000)),), OPERATOR, training=True)
    done = sell_at_counter(till.counter, request)
    assert isinstance(done, SaleDone), done
    assert stop_training(till.counter, OPERATOR)


def drawer(till: Till) -> None:
    open_cash(till.counter, Money(10_000), OPERATOR)
    move_cash(till.counter, CashMovementKind.CASH_IN, Money(2_000), "appoint", OPERATOR)
    move_cash(till.counter, CashMovementKind.CASH_OUT, Money(700), "timbres", OPERATOR)
    open_drawer(till.counter, "monnaie", OPERATOR)


def closing(till: Till) -> None:
    counted = CashCount.of_amount(till.store.queries.cash_session().expected + Money(300))
    done = close_day(till.counter, CloseDayRequest(OPERATOR, counted, "erreur de rendu", next_float=Money(5_000)))
    assert isinstance(done, DayClosed), done
    right = CashCount.of_amount(counted.total - Money(300))
    correct_count(till.counter, done.closures[0].closure_id, right, "recompté", OPERATOR)


def test_r14_nothing_that_a_till_does_is_a_false_alarm(till: Till) -> None:
    for _ in range(2):
        drawer(till)
        sale_id = documents(till)
        papers(till, sale_id)
        training(till)
        parked = park_basket(till.counter, Basket((BasketLine(till.counter.ids.new(), "A", Money(100), 2000),)), "x")
        assert abandon_parked_basket(till.counter, parked, OPERATOR, "parti")
        closing(till)
        till.next_morning()
        till.clock.go_on(hours=24 * 31)
        rest = close_day(till.counter, CloseDayRequest(OPERATOR, None, print_z=False))
        assert isinstance(rest, DayClosed), rest
        assert ClosureKind.MONTH in {closure.kind for closure in rest.closures}
        record_verification(till.counter, till.verify(), OPERATOR)
    report = till.verify(every_signature=True)
    assert report.findings == ()
    assert set(report.rows) == {Series.SALES, Series.TRAINING, Series.EVENTS, Series.CLOSURES}
    assert report.rows[Series.CLOSURES] >= 4
    assert report.rows[Series.SALES] == 12


def test_r10_a_clock_set_back_between_two_tickets_is_recorded_and_verifies(till: Till) -> None:
    till.sell(CHANCE)
    till.clock.go_on(hours=-2)
    till.sell(CHANCE)
    till.sell(CHANCE)
    assert till.verify().findings == ()


def test_r10_nothing_enters_a_closed_period(till: Till) -> None:
    """test_example_closed_day: dated before yesterday's Z, a sale is refused; its cancellation is of today."""
    sale_id = till.sell(CHANCE)
    assert isinstance(close_day(till.counter, CloseDayRequest(OPERATOR, None, print_z=False)), DayClosed)
    till.clock.go_on(hours=-1)
    basket = Basket((BasketLine(till.counter.ids.new(), "Tard", Money(100), 2000),))
    request = SaleRequest(basket, (Payment(PaymentMeans.CARD, Money(100), Money(100)),), OPERATOR)
    assert not isinstance(sell_at_counter(till.counter, request), SaleDone)
    till.clock.go_on(hours=25)
    done = cancel_sale(till.counter, sale_id, OPERATOR, "erreur")
    assert isinstance(done, Cancelled)
    assert done.document.happened_at == till.clock.now()
    assert till.verify().findings == ()


def test_a_till_that_gets_another_letter_keeps_both_ledgers_whole(till: Till) -> None:
    """Linked to another shop, its tickets begin anew under the new letter; the old chains stay, and are closed."""
    till.sell(CHANCE, copies=2)
    with till.store.unit_of_work() as uow:
        uow.set_identity(replace(uow.identity(), till_id="till-b", till_letter="B"))
        uow.commit()
    assert check_at_start(till.counter, till.secrets, SignatureChecker()) == ()
    till.sell(CHANCE, copies=1)
    assert isinstance(close_day(till.counter, CloseDayRequest(OPERATOR, None, print_z=False)), DayClosed)
    till.clock.go_on(hours=-3)
    till.log(EventCode.SIGNED_IN, who=OPERATOR)
    till.clock.go_on(hours=30)
    witness_heads(till.store.queries.ledger_books(), till.secrets)
    assert check_at_start(till.counter, till.secrets, SignatureChecker()) == ()
    assert till.verify(every_signature=True).findings == ()


def test_r13_nothing_of_a_customer_is_ever_sealed(till: Till) -> None:
    """Names stay where they can be taken away: an order is prepared, paid, handed to somebody, undone, parked (I10)."""
    order = an_order()
    with till.store.unit_of_work() as uow:
        uow.orders.save_server_copy(order)
        uow.commit()
    at_counter = till.store.queries.order(order.order_id)
    assert at_counter is not None
    lines = order_basket_lines(till.counter.ids, at_counter)
    handover = HandoverRequest(order.order_id, HowFound.SCAN, OPERATOR, handed_to="Gisèle Lemoine")
    total = total_of([line.total for line in lines])
    payments = (Payment(PaymentMeans.CARD, total, total),)
    basket = Basket(lines, order.order_id)
    done = sell_at_counter(till.counter, SaleRequest(basket, payments, OPERATOR, handover, print_receipt=True))
    assert isinstance(done, SaleDone), done
    parked = park_basket(till.counter, basket, "Gisèle Lemoine")
    assert abandon_parked_basket(till.counter, parked, OPERATOR, "parti")
    cancel_sale(till.counter, done.sale.sale_id, OPERATOR, "erreur")
    books = till.store.queries.ledger_books()
    rows = [row for size in books.chains() for row in books.page(size.till_letter, size.series, 0, 1000)]
    sealed = b"".join(row.canonical for row in rows)
    assert order.order_id.encode() in sealed
    for word in ("Camille", "Dubois", "Gisèle", "Lemoine", order.reference, order.spoken_code):
        assert word.encode() not in sealed, word
    assert till.verify().findings == ()
