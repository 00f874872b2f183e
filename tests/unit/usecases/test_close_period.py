"""Closing the day: one Z for each trading day, sums of its documents, nothing inside what is closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.cash import CashCount, CashMovementKind
from app.domain.catalogue import LineNature
from app.domain.closure import Closure, ClosureKind, parse_chain_head
from app.domain.fiscal import EventCode, Series
from app.domain.merchant import Merchant, VatRegime
from app.domain.money import ZERO, Money, total_of
from app.domain.operators import Operator, Role
from app.domain.receipt import CashCountSlip, PrintKind, XReport, ZReport
from app.domain.sale import Basket, BasketLine, DocumentKind, SaleDocument
from app.usecases.close_period import (
    CloseDayRequest,
    CloseRefusal,
    CloseRefused,
    DayClosed,
    close_day,
    due_closures,
    print_x,
    print_z,
    report_x,
)
from app.usecases.keep_cash import move_cash, open_cash, open_drawer
from app.usecases.park_basket import park_basket
from app.usecases.print_document import print_receipt_copy
from app.usecases.sell_at_counter import SaleRefusal, SaleRefused, SaleRequest, sell_at_counter
from tests.fakes.memory_store import MemoryStore
from tests.fakes.shop import Shop
from tests.fakes.surroundings import NOON, HandSetClock
from tests.fakes.tills_day import CARD, CASH, a_line, give_back, paid, record, sell


def closed(shop: Shop, **request: object) -> DayClosed:
    done = close_day(shop.counter, CloseDayRequest("Léa", **request))  # type: ignore[arg-type]  # fields by name
    assert isinstance(done, DayClosed), done
    return done


def z_of(shop: Shop, **request: object) -> Closure:
    (closure,) = closed(shop, **request).closures
    return closure


def refused(shop: Shop, **request: object) -> CloseRefused:
    outcome = close_day(shop.counter, CloseDayRequest("Léa", **request))  # type: ignore[arg-type]  # fields by name
    assert isinstance(outcome, CloseRefused), outcome
    return outcome


def set_merchant(shop: Shop, merchant: Merchant) -> None:
    with shop.counter.unit_of_work() as uow:
        uow.set_merchant(merchant)
        uow.commit()


def at(shop: Shop, moment: datetime, utc_offset_minutes: int = 60) -> None:
    """Set the clock of the shop."""
    shop.clock._now = moment
    shop.clock._utc_offset_minutes = utc_offset_minutes


# --- what a Z says ---


def test_r08_a_days_closure_holds_sums_and_both_perpetual_totals(shop: Shop) -> None:
    sell(shop, 10_000)
    give_back(shop, 3_000)
    sell(shop, 5_00, CARD, 550)
    z = z_of(shop, count=CashCount.of_amount(Money(7_000)))
    assert (z.kind, z.period, z.rank, z.first_number, z.last_number) == (ClosureKind.DAY, "2026-11-21", 1, 1, 3)
    assert (z.totals.sales, z.totals.refunds, z.totals.turnover) == (Money(10_500), Money(3_000), Money(7_500))
    assert (z.perpetual, z.perpetual_absolute) == (Money(7_500), Money(13_500))
    assert z.totals.means == ((CASH, Money(7_000)), (CARD, Money(500)))
    assert z.totals.documents == ((DocumentKind.SALE, 2), (DocumentKind.RETURN, 1))
    assert shop.queries.closure(z.closure_id) == z
    assert shop.queries.closures() == [z]


def test_r08_a_closure_is_signed_and_chained_like_a_ticket(shop: Shop) -> None:
    sell(shop, 500)
    first = z_of(shop)
    sell(shop, 700)
    second = z_of(shop)
    with shop.counter.unit_of_work() as uow:
        rows = list(uow.ledger.rows("A", Series.CLOSURES, 1, 2))
        sales = uow.ledger.head("A", Series.SALES)
    assert [row.record_id for row in rows] == [first.closure_id, second.closure_id]
    assert {head.series: (head.number, head.hash) for head in second.heads}[Series.SALES] == (2, sales.hash)
    assert {head.series: head.hash for head in second.heads}[Series.CLOSURES] == rows[0].hash


def test_example_vat_per_document(shop: Shop) -> None:
    for _ in range(3):
        sell(shop, 5_00, rate_bp=1000)
    (part,) = z_of(shop).totals.vat
    assert (part.net, part.vat, part.gross) == (Money(1365), Money(135), Money(1500))


def test_r20_the_z_is_the_sum_of_documents_not_a_recomputation(shop: Shop) -> None:
    test_example_vat_per_document(shop)


def test_example_perpetual_totals(shop: Shop) -> None:
    sell(shop, 100_00)
    give_back(shop, 30_00)
    z = z_of(shop)
    assert (z.perpetual, z.perpetual_absolute) == (Money(70_00), Money(130_00))


def test_example_cancel_and_redo_in_the_closure(shop: Shop) -> None:
    wrong = sell(shop, 12_00)
    line = BasketLine(shop.counter.ids.new(), "Divers", Money(12_00), 2000, quantity=-1)
    record(shop, DocumentKind.CANCELLATION, (line,), (paid(CASH, -12_00),), corrects=wrong.sale_id)
    sell(shop, 10_00)
    z = z_of(shop)
    assert (z.totals.turnover, z.perpetual_absolute, z.totals.document_count) == (Money(10_00), Money(34_00), 3)


def test_example_change_of_payment_means_in_the_closure(shop: Shop) -> None:
    sale = sell(shop, 12_00, CARD)
    record(shop, DocumentKind.PAYMENT_CHANGE, (), (paid(CARD, -12_00), paid(CASH, 12_00)), corrects=sale.sale_id)
    z = z_of(shop)
    assert z.totals.means == ((CASH, Money(12_00)), (CARD, ZERO))
    assert (z.totals.turnover, z.perpetual_absolute, z.cash.expected) == (Money(12_00), Money(12_00), Money(12_00))


def test_example_franchise_closures_never_mix_regimes(shop: Shop) -> None:
    set_merchant(
        shop, Merchant(regimes=((date(2026, 1, 1), VatRegime.FRANCHISE), (date(2026, 11, 22), VatRegime.NORMAL)))
    )
    sell(shop, 12_00)
    shop.clock.go_on(days=1)
    sell(shop, 12_00)
    before, after = closed(shop).closures
    assert [(p.regime, p.rate_bp, p.net.minor) for p in before.totals.vat] == [(VatRegime.FRANCHISE, 0, 1200)]
    assert [(p.regime, p.rate_bp, p.net.minor) for p in after.totals.vat] == [(VatRegime.NORMAL, 2000, 1000)]


def test_r29_what_is_outside_turnover_is_by_itself(shop: Shop) -> None:
    sell(shop, 10_00)
    record(shop, DocumentKind.SALE, (a_line(shop, 50_00, nature=LineNature.VOUCHER),), (paid(CARD, 50_00),))
    z = z_of(shop)
    assert (z.totals.turnover, z.totals.total, z.perpetual) == (Money(10_00), Money(60_00), Money(10_00))
    assert z.totals.outside == ((LineNature.VOUCHER, Money(50_00)),)
    assert total_of([amount for _, amount in z.totals.means]) == Money(60_00)


def test_counts_of_what_an_inspector_asks_about(shop: Shop) -> None:
    done = sell_at_counter(
        shop.counter, SaleRequest(Basket((a_line(shop, 500),)), (paid(CASH, 500),), "Léa", print_receipt=True)
    )
    print_receipt_copy(shop.counter, done.sale.sale_id, "Léa")  # type: ignore[union-attr]  # it was sold
    open_drawer(shop.counter, "monnaie", "Léa")
    park_basket(shop.counter, Basket((a_line(shop, 100),)), "dame")
    discounted = a_line(shop, 1000)
    basket = Basket((discounted,)).with_line_discount(discounted.line_id, Money(150), "abîmé")
    sell_at_counter(shop.counter, SaleRequest(basket, (paid(CASH, 850),), "Léa"))
    z = z_of(shop)
    assert (z.activity.duplicates, z.activity.drawer_openings, z.activity.parked) == (1, 1, 1)
    assert (z.totals.discount_count, z.totals.discounts) == (1, Money(150))


def test_x_says_what_the_z_would_and_closes_nothing(shop: Shop) -> None:
    sell(shop, 10_000)
    sell(shop, 5_00, CARD, 550)
    x = report_x(shop.counter)
    assert [due.first_day for due in due_closures(shop.counter)] == [date(2026, 11, 21)]
    z = z_of(shop)
    assert (x.totals, x.cash, x.perpetual, x.last_number) == (z.totals, z.cash, z.perpetual, z.last_number)
    assert report_x(shop.counter).totals.document_count == 0
    assert report_x(shop.counter).perpetual == z.perpetual


# --- which days ---


def test_nothing_open_is_nothing_to_close(shop: Shop) -> None:
    assert due_closures(shop.counter) == ()
    assert refused(shop).reason is CloseRefusal.NOTHING_TO_CLOSE
    sell(shop, 500)
    closed(shop)
    assert refused(shop).reason is CloseRefusal.NOTHING_TO_CLOSE


def test_r08_each_trading_day_has_its_own_z_and_numbers_are_contiguous(shop: Shop) -> None:
    for minor in (100, 200):
        sell(shop, minor)
        sell(shop, minor)
        shop.clock.go_on(days=1)
    move_cash(shop.counter, CashMovementKind.CASH_IN, Money(1_000), "monnaie", "Léa")
    shop.clock.go_on(days=1)
    sell(shop, 700)
    due = due_closures(shop.counter)
    assert [(day.first_day.day, day.is_over, day.document_count) for day in due] == [
        (21, True, 2),
        (22, True, 2),
        (23, True, 0),
        (24, False, 1),
    ]
    days = closed(shop, count=CashCount.of_amount(Money(2_300))).closures
    assert [day.period[-2:] for day in days] == ["21", "22", "23", "24"]
    assert [(day.first_number, day.last_number) for day in days] == [(1, 2), (3, 4), (0, 0), (5, 5)]
    assert [day.cash.carried.minor for day in days] == [0, 200, 600, 1600]
    assert [day.cash.counted for day in days] == [None, None, None, Money(2_300)]
    ranges = [(day.first_event, day.last_event) for day in days if day.last_event]
    assert all(later[0] == earlier[1] + 1 for earlier, later in pairwise(ranges))
    assert [day.perpetual.minor for day in days] == [200, 600, 600, 1300]
    assert days[-1].year_to_date == Money(1300)


def test_a_second_closing_of_the_same_day_is_its_second_z(shop: Shop) -> None:
    sell(shop, 100)
    closed(shop)
    shop.clock.go_on(minutes=1)
    sell(shop, 250)
    z = z_of(shop)
    assert (z.period, z.rank, z.first_number, z.totals.turnover) == ("2026-11-21", 2, 2, Money(250))
    assert (z.year_to_date, z.perpetual) == (Money(350), Money(350))


def test_cash_alone_needs_a_z_too(shop: Shop) -> None:
    open_cash(shop.counter, Money(5_000), "Léa")
    z = z_of(shop)
    assert (z.first_number, z.last_number, z.totals.turnover, z.cash.left) == (0, 0, ZERO, Money(5_000))
    sell(shop, 100)
    following = z_of(shop)
    assert (following.first_number, following.cash.carried) == (1, Money(5_000))


def test_after_a_z_without_tickets_no_ticket_is_closed_twice(shop: Shop) -> None:
    sell(shop, 100)
    closed(shop)
    shop.clock.go_on(days=1)
    open_cash(shop.counter, Money(100), "Léa")
    closed(shop)
    sell(shop, 300)
    z = z_of(shop)
    assert (z.first_number, z.last_number, z.totals.turnover) == (2, 2, Money(300))


def test_a_day_without_any_event_counts_no_movement_twice(shop: Shop) -> None:
    open_cash(shop.counter, Money(5_000), "Léa")
    sell(shop, 100)
    closed(shop)
    shop.clock.go_on(days=1)
    sell(shop, 100)
    z = z_of(shop)
    assert (z.first_event, z.last_event) == (0, 0)
    assert z.events_up_to > 0
    session = shop.queries.cash_session()
    assert (session.is_open, session.float_amount, session.expected) == (False, Money(5_200), Money(5_200))
    assert shop.queries.cash_movements() == []


def test_a_float_of_all_there_is_takes_nothing_out(shop: Shop) -> None:
    sell(shop, 10_00)
    z = z_of(shop, count=CashCount.of_amount(Money(1000)), next_float=Money(1000))
    assert z.cash.left == Money(1000)
    with shop.counter.unit_of_work() as uow:
        assert [row.kind for row in uow.cash.after("A", 0)] == [CashMovementKind.COUNTED]


def test_the_count_of_the_morning_after_belongs_to_the_forgotten_day(shop: Shop) -> None:
    sell(shop, 1_000)
    shop.clock.go_on(hours=20)
    z = z_of(shop, count=CashCount.of_amount(Money(1_000)), next_float=Money(200))
    assert (z.period, z.cash.counted, z.cash.banked, z.cash.left) == (
        "2026-11-21",
        Money(1_000),
        Money(800),
        Money(200),
    )
    assert shop.queries.cash_session().expected == Money(200)


def test_a_market_evening_over_midnight_is_one_day(shop: Shop) -> None:
    set_merchant(shop, Merchant(cutoff_hour=6))
    at(shop, datetime(2026, 7, 14, 18, 0, tzinfo=UTC), 120)
    sell(shop, 100)
    shop.clock.go_on(hours=7)  # 3 o'clock
    sell(shop, 200)
    shop.clock.go_on(hours=2, minutes=59)
    sell(shop, 300)
    assert z_of(shop).period == "2026-07-14"
    shop.clock.go_on(minutes=1)
    sell(shop, 400)
    assert z_of(shop).period == "2026-07-15"


def test_r10_the_autumn_hour_change_is_no_clock_set_back(shop: Shop) -> None:
    at(shop, datetime(2026, 10, 25, 0, 50, tzinfo=UTC), 120)  # 2:50, summer time
    sell(shop, 100)
    at(shop, datetime(2026, 10, 25, 1, 10, tzinfo=UTC), 60)  # 2:10, winter time
    sell(shop, 200)
    z = z_of(shop)
    assert (z.period, z.totals.turnover) == ("2026-10-24", Money(300))
    with shop.counter.unit_of_work() as uow:
        kinds = [row.kind for row in uow.ledger.rows("A", Series.EVENTS, 1, 100)]
    assert EventCode.CLOCK_SET_BACK not in kinds


def test_a_day_opens_with_its_first_act(shop: Shop) -> None:
    opened_at = shop.clock.now()
    open_cash(shop.counter, Money(5_000), "Léa")
    shop.clock.go_on(hours=1)
    sell(shop, 100)
    shop.clock.go_on(hours=1)
    assert z_of(shop).opened_at == opened_at
    shop.clock.go_on(hours=1)
    sell(shop, 100)
    opened_at = shop.clock.now()
    shop.clock.go_on(hours=1)
    open_drawer(shop.counter, "x", "Léa")
    assert z_of(shop).opened_at == opened_at


def test_r12_training_documents_are_counted_and_nothing_else(shop: Shop) -> None:
    for done in (2, 1):
        for _ in range(done):
            record(shop, DocumentKind.SALE, (a_line(shop, 50_00),), (paid(CASH, 50_00),), series=Series.TRAINING)
        sell(shop, 100)
        z = z_of(shop)
        assert (z.activity.training, z.totals.turnover) == (done, Money(100))
    assert z.perpetual == Money(200)


def test_a_closure_is_never_of_an_earlier_day_than_what_it_closes(shop: Shop) -> None:
    set_merchant(shop, Merchant(cutoff_hour=0))
    at(shop, datetime(2026, 11, 30, 23, 30, tzinfo=UTC))  # 1 December, half past midnight
    sell(shop, 500)
    set_merchant(shop, Merchant(cutoff_hour=6))
    z = z_of(shop)
    with shop.counter.unit_of_work() as uow:
        row = uow.ledger.row_of(z.closure_id)
    assert row is not None
    assert (z.period, row.trading_day) == ("2026-12-01", date(2026, 12, 1))


def test_what_was_sold_under_another_letter_is_closed_too(shop: Shop) -> None:
    sell(shop, 100)
    closed(shop)
    sell(shop, 200)
    with shop.counter.unit_of_work() as uow:
        uow.set_identity(replace(uow.identity(), till_letter="B"))
        uow.commit()
    shop.clock.go_on(days=12)
    sell(shop, 700, CARD)
    assert [(due.till_letter, due.kind, due.document_count) for due in due_closures(shop.counter)] == [
        ("B", ClosureKind.DAY, 1),
        ("A", ClosureKind.DAY, 1),
    ]
    days = closed(shop).closures
    assert [(row.till_letter, row.number, row.kind, row.totals.turnover.minor) for row in days] == [
        ("A", 2, ClosureKind.DAY, 200),
        ("A", 3, ClosureKind.MONTH, 300),
        ("B", 1, ClosureKind.DAY, 700),
    ]
    assert [(row.perpetual.minor, row.rank) for row in days] == [(300, 2), (300, 1), (700, 1)]
    listed = shop.queries.closures()
    assert [(row.till_letter, row.number) for row in listed] == [("B", 1), ("A", 3), ("A", 2), ("A", 1)]
    for place, row in enumerate(listed):
        assert shop.queries.closures(2, row.closure_id) == listed[place + 1 : place + 3]
    assert refused(shop).reason is CloseRefusal.NOTHING_TO_CLOSE


# --- closed is closed ---


def test_example_closed_day(shop: Shop) -> None:
    ticket = sell(shop, 500)
    closed(shop)
    shop.clock.go_on(hours=-1)
    basket = Basket((a_line(shop, 500),))
    outcome = sell_at_counter(shop.counter, SaleRequest(basket, (paid(CASH, 500),), "Léa"))
    assert outcome == SaleRefused(SaleRefusal.PERIOD_CLOSED)
    shop.clock.go_on(days=1, hours=1)
    line = BasketLine(shop.counter.ids.new(), "Divers", Money(500), 2000, quantity=-1)
    cancelled = record(shop, DocumentKind.CANCELLATION, (line,), (paid(CASH, -500),), corrects=ticket.sale_id)
    assert cancelled.trading_day == date(2026, 11, 22)
    assert z_of(shop).totals.refunds == Money(500)


def test_r10_a_clock_behind_the_last_ticket_closes_nothing(shop: Shop) -> None:
    sell(shop, 500)
    shop.clock.go_on(minutes=-1)
    assert refused(shop).reason is CloseRefusal.CLOCK_BEHIND
    assert shop.queries.closures() == []
    shop.clock.go_on(hours=1)
    closed(shop)
    shop.clock.go_on(minutes=-30)  # after the ticket, before the closure
    move_cash(shop.counter, CashMovementKind.CASH_IN, Money(1), "x", "Léa")
    assert refused(shop).reason is CloseRefusal.CLOCK_BEHIND


def test_r10_a_cut_off_that_is_moved_brings_no_ticket_back_into_a_closed_month(shop: Shop) -> None:
    set_merchant(shop, Merchant(cutoff_hour=0))
    at(shop, datetime(2026, 11, 30, 20, 0, tzinfo=UTC))
    sell(shop, 500)
    at(shop, datetime(2026, 11, 30, 23, 30, tzinfo=UTC))  # half past midnight, 1 December
    assert [row.kind for row in closed(shop).closures] == [ClosureKind.DAY, ClosureKind.MONTH]
    set_merchant(shop, Merchant(cutoff_hour=6))
    shop.clock.go_on(minutes=5)
    assert sell(shop, 100).trading_day == date(2026, 12, 1)


# --- counting ---


def test_a_difference_needs_its_reason_and_is_a_row_and_an_event(shop: Shop) -> None:
    sell(shop, 10_00)
    count = CashCount.of({500: 1, 200: 2})
    assert refused(shop, count=count) == CloseRefused(CloseRefusal.DIFFERENCE_NEEDS_REASON, Money(-100))
    assert shop.queries.cash_movements() == []
    done = closed(shop, count=count, difference_reason="pièce perdue")
    assert done.difference == Money(-100)
    z = done.closures[0]
    assert (z.cash.expected, z.cash.counted, z.cash.difference, z.cash.left) == (
        Money(1000),
        Money(900),
        Money(-100),
        Money(900),
    )
    with shop.counter.unit_of_work() as uow:
        rows = {row.kind: row.canonical for row in uow.ledger.rows("A", Series.EVENTS, 1, 100)}
        kept = uow.cash.after("A", 0)
    assert b'"amount":-100,"reason":"pi\xc3\xa8ce perdue"' in rows[EventCode.CASH_DIFFERENCE]
    assert b'"expected":1000,"pieces":"500x1 200x2"' in rows[EventCode.CASH_COUNTED]
    assert [row.kind for row in kept] == [CashMovementKind.COUNTED, CashMovementKind.DIFFERENCE]


def test_a_difference_over_the_limit_needs_somebody_who_may_accept_it(shop: Shop) -> None:
    with shop.counter.unit_of_work() as uow:
        uow.operators.add(Operator("o-1", "Léa", Role.CASHIER), "")
        uow.operators.add(Operator("o-2", "Claire", Role.MANAGER), "")
        uow.commit()
    sell(shop, 20_00)
    short = {"count": CashCount.of_amount(Money(9_99)), "difference_reason": "?"}
    assert refused(shop, **short) == CloseRefused(CloseRefusal.DIFFERENCE_NEEDS_APPROVAL, Money(-10_01))
    assert refused(shop, **short, approved_by="Léa").reason is CloseRefusal.DIFFERENCE_NEEDS_APPROVAL
    z = z_of(shop, **short, approved_by="Claire")
    assert z.activity.approvals == 1
    sell(shop, 5_00)
    closed(shop, count=CashCount.of_amount(Money(9_99)), difference_reason="?")  # within the limit


def test_an_accountant_closes_nothing(shop: Shop) -> None:
    with shop.counter.unit_of_work() as uow:
        uow.operators.add(Operator("o-1", "Léa", Role.ACCOUNTANT), "")
        uow.commit()
    sell(shop, 20_00)
    assert refused(shop).reason is CloseRefusal.NEEDS_APPROVAL


@pytest.mark.parametrize("next_float", [-1, 1001])
def test_no_more_stays_than_there_is(shop: Shop, next_float: int) -> None:
    sell(shop, 10_00)
    outcome = refused(shop, count=CashCount.of_amount(Money(1000)), next_float=Money(next_float))
    assert outcome.reason is CloseRefusal.FLOAT_OVER_CASH


def test_a_closing_that_is_refused_leaves_nothing_behind(shop: Shop) -> None:
    sell(shop, 10_00)
    before = (shop.everything(), shop.queries.cash_movements())
    refused(shop, count=CashCount.of_amount(ZERO))
    assert (shop.everything(), shop.queries.cash_movements()) == before


def test_a_closure_is_witnessed_after_it_is_committed(shop: Shop) -> None:
    seen: list[int] = []
    shop.counter = replace(shop.counter, witness=lambda: seen.append(len(shop.queries.closures())))
    sell(shop, 10_00)
    refused(shop, count=CashCount.of_amount(ZERO))
    assert seen == []
    closed(shop)
    assert seen == [1]


# --- paper ---


def test_r11_a_z_is_printed_for_ever_and_later_ones_are_duplicates(shop: Shop) -> None:
    sell(shop, 500)
    z = z_of(shop, count=CashCount.of({500: 1}))
    shop.clock.go_on(days=400)
    for _ in range(2):
        print_z(shop.counter, z.closure_id, "Léa")
    jobs = [shop.queries.print_job(row.job_id) for row in reversed(shop.queries.print_jobs())]
    documents = [job.document for job in jobs if job is not None and job.kind is PrintKind.Z_REPORT]
    assert [document.copy_no for document in documents if isinstance(document, ZReport)] == [0, 1, 2]
    assert documents[0].closure == z  # type: ignore[union-attr]  # a ZReport
    with shop.counter.unit_of_work() as uow:
        row = uow.ledger.row_of(z.closure_id)
    head = parse_chain_head(documents[2].chain_head)  # type: ignore[union-attr]  # a ZReport
    assert head is not None
    assert row is not None
    assert (head.number, head.hash_start) == (1, row.hash[:16])
    slips = [job.document for job in jobs if job is not None and isinstance(job.document, CashCountSlip)]
    assert [(slip.count.pieces, slip.expected) for slip in slips] == [(((500, 1),), Money(500))]
    assert print_z(shop.counter, "nowhere", "Léa") is None


def test_an_x_is_printed_without_closing(shop: Shop) -> None:
    sell(shop, 500)
    job = print_x(shop.counter, "Léa")
    assert isinstance(job.document, XReport)
    assert job.document.report.totals.turnover == Money(500)
    assert shop.queries.closures() == []


def test_no_paper_if_none_is_wanted(shop: Shop) -> None:
    sell(shop, 500)
    closed(shop, print_z=False)
    assert shop.queries.print_jobs() == []


# --- any day ---

lines = st.tuples(
    st.integers(1, 50_000), st.sampled_from([2000, 1000, 550, 210, 0]), st.sampled_from(LineNature), st.booleans()
)
tickets = st.tuples(
    st.lists(lines, min_size=1, max_size=6), st.booleans(), st.sampled_from(["go on", "close", "tomorrow"])
)


@given(st.lists(tickets, min_size=1, max_size=12), st.sampled_from(VatRegime))
@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=60)
def test_r20_closures_equal_the_sum_of_documents_to_the_cent(plan: list[tuple], regime: VatRegime) -> None:
    shop = Shop(MemoryStore(), HandSetClock(NOON))
    set_merchant(shop, Merchant(regimes=((date(2020, 1, 1), regime),)))
    recorded: list[SaleDocument] = []
    for entries, by_card, then in plan:
        basket = tuple(
            BasketLine(shop.counter.ids.new(), "x", Money(minor), rate, quantity=-1 if back else 1, nature=nature)
            for minor, rate, nature, back in entries
        )
        total = total_of([line.total for line in basket]).minor
        kind = DocumentKind.SALE if total >= 0 else DocumentKind.RETURN
        recorded.append(record(shop, kind, basket, (paid(CARD if by_card else CASH, total),)))
        shop.clock.go_on(hours=1)
        if then != "go on":
            closed(shop)
        if then == "tomorrow":
            shop.clock.go_on(days=20)
    close_day(shop.counter, CloseDayRequest("Léa"))
    days = [row for row in shop.queries.closures(1000) if row.kind is ClosureKind.DAY]
    by_number = {sale.number: sale for sale in recorded}
    for day in days:
        own = [by_number[number] for number in range(day.first_number, day.last_number + 1)]
        assert day.totals.turnover == total_of([sale.turnover for sale in own])
        assert day.totals.turnover_absolute == total_of([sale.turnover_absolute for sale in own])
        assert day.totals.total == total_of([sale.total for sale in own])
        for part in day.totals.vat:
            assert part.vat == total_of([p.vat for sale in own for p in sale.vat if p.rate_bp == part.rate_bp])
            assert part.net == total_of([p.net for sale in own for p in sale.vat if p.rate_bp == part.rate_bp])
        assert day.cash.sales == total_of([p.amount for sale in own for p in sale.payments if p.means is CASH])
    assert sum(day.last_number - day.first_number + 1 for day in days) == len(recorded)
    newest = max(days, key=lambda day: day.number)
    assert newest.perpetual == total_of([sale.turnover for sale in recorded])
    assert newest.perpetual_absolute == total_of([sale.turnover_absolute for sale in recorded])
