"""The drawer's arithmetic: counts by denomination, what should be in it, sessions one after the other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.cash import (
    DENOMINATIONS_MINOR,
    CashCount,
    CashMovement,
    CashMovementKind,
    CashTotals,
    cash_totals,
    joined_cash,
    proposed_float,
    session_of,
)
from app.domain.errors import BrokenInvariant
from app.domain.money import ZERO, Money
from tests.fakes.surroundings import NOON

amounts = st.integers(-100_000, 100_000).map(Money)


def movement(kind: CashMovementKind, minor: int, **details: int) -> CashMovement:
    return CashMovement("m", "A", 1, kind, Money(minor), NOON, NOON.date(), "Léa", details=details)


def test_a_count_is_the_sum_of_its_pieces() -> None:
    count = CashCount.of({5000: 2, 200: 3, 1: 7, 10: 0})
    assert count.pieces == ((5000, 2), (200, 3), (1, 7))
    assert count.total == Money(10_607)
    assert CashCount.of_amount(Money(1234)).total == Money(1234)


@pytest.mark.parametrize("pieces", [{3: 1}, {100: -1}, {100: 100_000}])
def test_what_cannot_be_counted_is_a_bug_of_the_screen(pieces: dict[int, int]) -> None:
    with pytest.raises(BrokenInvariant):
        CashCount.of(pieces)
    with pytest.raises(BrokenInvariant):
        CashCount.of_amount(Money(-1))


@given(st.dictionaries(st.sampled_from(DENOMINATIONS_MINOR), st.integers(0, 500)))
def test_counts_add_up(pieces: dict[int, int]) -> None:
    assert CashCount.of(pieces).total.minor == sum(value * number for value, number in pieces.items())


def test_the_first_float_is_no_difference() -> None:
    totals = cash_totals(ZERO, [movement(CashMovementKind.OPENED, 15_000, carried=0)], Money(4_000))
    assert (totals.float_amount, totals.expected, totals.difference) == (Money(15_000), Money(19_000), ZERO)


def test_everything_that_moves_the_drawer() -> None:
    rows = [
        movement(CashMovementKind.OPENED, 10_000, carried=9_000),
        movement(CashMovementKind.CASH_IN, 500),
        movement(CashMovementKind.CASH_OUT, 2_000),
        movement(CashMovementKind.DRAWER, 0),
        movement(CashMovementKind.COUNTED, 12_400),
        movement(CashMovementKind.DIFFERENCE, -100),
        movement(CashMovementKind.BANKED, 2_400),
    ]
    session = session_of(Money(9_000), NOON, rows, Money(4_000))
    assert (session.expected, session.totals.counted) == (Money(12_500), Money(12_400))
    assert (session.totals.left, session.is_open, session.drawer_openings) == (Money(10_000), True, 1)


@given(st.lists(st.tuples(amounts, amounts, amounts, amounts, amounts, amounts), min_size=1, max_size=8), amounts)
def test_sessions_joined_leave_what_the_last_one_left(rows: list[tuple[Money, ...]], carried: Money) -> None:
    sessions = []
    left = carried
    for float_change, sales, ins, outs, difference, banked in rows:
        session = CashTotals(left, float_change, ZERO, sales, ins, outs, None, difference, banked)
        sessions.append(session)
        left = session.left
    assert joined_cash(sessions).left == left
    assert joined_cash(sessions).carried == carried


def test_the_usual_float_is_proposed_as_far_as_there_is_cash() -> None:
    assert proposed_float(Money(50_000), Money(15_000)) == Money(15_000)
    assert proposed_float(Money(4_000), Money(15_000)) == Money(4_000)
