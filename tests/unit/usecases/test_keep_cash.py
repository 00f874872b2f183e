"""The drawer: float, in and out, opened without a sale, counts put right; each a row and an event."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.cash import CashCount, CashMovementKind
from app.domain.closure import Closure, ClosureKind
from app.domain.errors import BrokenInvariant
from app.domain.fiscal import EventCode, LedgerRow, Series
from app.domain.money import ZERO, Money
from app.domain.operators import Operator, Role
from app.domain.sale import DocumentKind
from app.usecases.close_period import CloseDayRequest, DayClosed, close_day
from app.usecases.keep_cash import (
    CashMoved,
    CashRefusal,
    CashRefused,
    correct_count,
    move_cash,
    open_cash,
    open_drawer,
)
from tests.fakes.memory_store import MemoryStore
from tests.fakes.shop import Shop
from tests.fakes.surroundings import HandSetClock
from tests.fakes.tills_day import CARD, CASH, a_line, give_back, paid, record, sell

IN, OUT = CashMovementKind.CASH_IN, CashMovementKind.CASH_OUT


def moved(outcome: CashMoved | CashRefused) -> CashMoved:
    assert isinstance(outcome, CashMoved), outcome
    return outcome


def closed(shop: Shop, counted: int, **other: object) -> Closure:
    request = CloseDayRequest("Léa", CashCount.of_amount(Money(counted)), **other)  # type: ignore[arg-type]  # by name
    done = close_day(shop.counter, request)
    assert isinstance(done, DayClosed), done
    return next(closure for closure in done.closures if closure.kind is ClosureKind.DAY)


def events(shop: Shop) -> list[LedgerRow]:
    with shop.counter.unit_of_work() as uow:
        letter = uow.identity().till_letter
        return list(uow.ledger.rows(letter, Series.EVENTS, 1, uow.ledger.head(letter, Series.EVENTS).number))


def has_team(shop: Shop) -> None:
    with shop.counter.unit_of_work() as uow:
        uow.operators.add(Operator("o-1", "Léa", Role.CASHIER), "")
        uow.operators.add(Operator("o-2", "Claire", Role.MANAGER), "")
        uow.commit()


def test_the_drawer_holds_float_and_cash_of_sales(shop: Shop) -> None:
    moved(open_cash(shop.counter, Money(15_000), "Léa"))
    sell(shop, 1_000)
    sell(shop, 700, CARD)
    give_back(shop, 300)
    record(shop, DocumentKind.PAYMENT_CHANGE, (), (paid(CARD, -700), paid(CASH, 700)))
    moved(move_cash(shop.counter, IN, Money(500), "monnaie", "Léa"))
    moved(move_cash(shop.counter, OUT, Money(250), "timbres", "Léa"))
    session = shop.queries.cash_session()
    assert (session.float_amount, session.sales, session.ins, session.outs) == (
        Money(15_000),
        Money(1_400),
        Money(500),
        Money(250),
    )
    assert session.expected == Money(16_650)


def test_change_leaves_the_drawer(shop: Shop) -> None:
    record(shop, DocumentKind.SALE, (a_line(shop, 640),), (paid(CASH, 640, tendered=2_000),))
    assert shop.queries.cash_session().expected == Money(640)


def test_each_movement_is_a_row_and_an_event(shop: Shop) -> None:
    moved(open_cash(shop.counter, Money(5_000), "Léa"))
    moved(move_cash(shop.counter, OUT, Money(1_000), " pain ", "Léa"))
    moved(open_drawer(shop.counter, "monnaie", "Léa"))
    rows = shop.queries.cash_movements()
    assert [(row.kind, row.amount.minor, row.reason) for row in rows] == [
        (CashMovementKind.OPENED, 5_000, ""),
        (OUT, 1_000, "pain"),
        (CashMovementKind.DRAWER, 0, "monnaie"),
    ]
    by_number = {row.number: row for row in events(shop)}
    assert [by_number[row.event_number].kind for row in rows] == [
        EventCode.CASH_OPENED,
        EventCode.CASH_OUT,
        EventCode.DRAWER_OPENED,
    ]
    assert b'"amount":1000,"reason":"pain"' in by_number[rows[1].event_number].canonical
    assert shop.queries.cash_session().drawer_openings == 1


@pytest.mark.parametrize(
    ("amount", "reason", "why"),
    [
        (0, "pain", CashRefusal.AMOUNT_NOT_POSITIVE),
        (-1, "pain", CashRefusal.AMOUNT_NOT_POSITIVE),
        (100, "  ", CashRefusal.REASON_MISSING),
        (5_001, "pain", CashRefusal.MORE_THAN_THERE_IS),
    ],
)
def test_what_cannot_be_taken_out(shop: Shop, amount: int, reason: str, why: CashRefusal) -> None:
    open_cash(shop.counter, Money(5_000), "Léa")
    before = (shop.queries.cash_movements(), len(events(shop)))
    refused = move_cash(shop.counter, OUT, Money(amount), reason, "Léa")
    assert isinstance(refused, CashRefused)
    assert refused.reason is why
    assert refused.available == (Money(5_000) if why is CashRefusal.MORE_THAN_THERE_IS else ZERO)
    assert (shop.queries.cash_movements(), len(events(shop))) == before


def test_only_in_and_out_are_moved_by_hand(shop: Shop) -> None:
    with pytest.raises(BrokenInvariant):
        move_cash(shop.counter, CashMovementKind.DIFFERENCE, Money(1), "x", "Léa")


def test_the_drawer_is_not_opened_without_saying_why(shop: Shop) -> None:
    assert open_drawer(shop.counter, " ", "Léa") == CashRefused(CashRefusal.REASON_MISSING)


def test_a_float_is_entered_once_and_not_below_nought(shop: Shop) -> None:
    assert open_cash(shop.counter, Money(-1), "Léa") == CashRefused(CashRefusal.AMOUNT_NOT_POSITIVE)
    moved(open_cash(shop.counter, Money(5_000), "Léa"))
    assert open_cash(shop.counter, Money(5_000), "Léa") == CashRefused(CashRefusal.ALREADY_OPEN)


def test_a_float_that_is_not_what_was_left_is_said(shop: Shop) -> None:
    assert moved(open_cash(shop.counter, Money(15_000), "Léa")).difference == ZERO
    closed(shop, 15_000)
    shop.clock.go_on(hours=14)
    opened = moved(open_cash(shop.counter, Money(14_950), "Léa"))
    assert opened.difference == Money(-50)
    assert opened.session.expected == Money(14_950)
    assert (opened.movement.detail("carried"), opened.movement.detail("difference")) == (15_000, -50)
    assert closed(shop, 14_950).cash.float_change == Money(-50)


def test_a_cashier_needs_a_manager_to_open_the_drawer(shop: Shop) -> None:
    has_team(shop)
    assert open_drawer(shop.counter, "monnaie", "Léa") == CashRefused(CashRefusal.NEEDS_APPROVAL)
    moved(open_drawer(shop.counter, "monnaie", "Léa", approved_by="Claire"))
    moved(open_drawer(shop.counter, "monnaie", "Claire"))
    moved(move_cash(shop.counter, IN, Money(100), "monnaie", "Léa"))
    assert [row.kind for row in events(shop)].count(EventCode.APPROVAL) == 1


# --- a count found wrong afterwards ---


def test_a_correction_keeps_the_first_figure(shop: Shop) -> None:
    sell(shop, 10_000)
    z = closed(shop, 9_000, difference_reason="?")
    first = moved(correct_count(shop.counter, z.closure_id, CashCount.of({5000: 2}), "billet collé", "Léa"))
    assert (first.movement.detail("first"), first.movement.detail("now"), first.difference) == (
        9_000,
        10_000,
        Money(1_000),
    )
    second = moved(correct_count(shop.counter, z.closure_id, CashCount.of_amount(Money(9_500)), "encore", "Léa"))
    assert (second.movement.detail("first"), second.movement.detail("was")) == (9_000, 10_000)
    assert second.session.expected == Money(9_500)
    assert shop.queries.closure(z.closure_id) == z
    assert [row.detail("now") for row in shop.queries.count_corrections(z.closure_id)] == [10_000, 9_500]


def test_a_correction_after_the_next_count_leaves_the_drawer_alone(shop: Shop) -> None:
    sell(shop, 10_000)
    z = closed(shop, 9_000, difference_reason="?")
    open_cash(shop.counter, Money(10_000), "Léa")
    corrected = moved(correct_count(shop.counter, z.closure_id, CashCount.of_amount(Money(10_000)), "collé", "Léa"))
    assert corrected.session.expected == Money(10_000)


def test_what_cannot_be_corrected(shop: Shop) -> None:
    count = CashCount.of_amount(Money(500))
    sell(shop, 500)
    z = closed(shop, 500)
    sell(shop, 500, CARD)
    done = close_day(shop.counter, CloseDayRequest("Léa"))
    assert isinstance(done, DayClosed)
    uncounted = done.closures[0].closure_id
    refusals = [
        correct_count(shop.counter, z.closure_id, count, " ", "Léa"),
        correct_count(shop.counter, "nowhere", count, "x", "Léa"),
        correct_count(shop.counter, uncounted, count, "x", "Léa"),
        correct_count(shop.counter, z.closure_id, count, "x", "Léa"),
    ]
    assert refusals == [
        CashRefused(CashRefusal.REASON_MISSING),
        CashRefused(CashRefusal.UNKNOWN_CLOSURE),
        CashRefused(CashRefusal.NOT_COUNTED),
        CashRefused(CashRefusal.SAME_COUNT),
    ]
    assert shop.queries.count_corrections("nowhere") == []


# --- whatever is done ---

acts = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["in", "out", "sell"]), st.integers(1, 20_000)),
        st.tuples(st.just("close"), st.integers(-300, 300)),
    ),
    max_size=25,
)


@given(acts)
@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=60)
def test_the_balance_follows_and_is_never_negative(plan: list[tuple[str, int]]) -> None:
    shop = Shop(MemoryStore(), HandSetClock())
    balance = 0
    for act, amount in plan:
        shop.clock.go_on(minutes=5)
        if act == "in":
            moved(move_cash(shop.counter, IN, Money(amount), "x", "Léa"))
            balance += amount
        elif act == "out":
            taken = move_cash(shop.counter, OUT, Money(amount), "x", "Léa")
            assert isinstance(taken, CashMoved) == (amount <= balance)
            balance -= amount if isinstance(taken, CashMoved) else 0
        elif act == "sell":
            sell(shop, amount)
            balance += amount
        else:
            found = max(balance + amount, 0)
            z = closed(shop, found, difference_reason="x", next_float=Money(found // 2))
            assert (z.cash.expected, z.cash.difference) == (Money(balance), Money(found - balance))
            balance = found // 2
        assert shop.queries.cash_session().expected == Money(balance) >= ZERO
