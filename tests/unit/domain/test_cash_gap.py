"""The gap explainer: who has counted 18.40 too little wants to know which ticket to look for."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.cash import CashMovement, CashMovementKind
from app.domain.cash_gap import MOST_CAUSES, GapKind, GapPayment, gap_causes
from app.domain.money import ZERO, Money
from tests.fakes.surroundings import NOON


def payment(number: int, minor: int, means: str = "cash", tendered: int | None = None) -> GapPayment:
    given = minor if tendered is None else tendered
    return GapPayment(f"A-{number:06d}", NOON + timedelta(minutes=number), means, Money(minor), Money(given))


def movement(number: int, kind: CashMovementKind, minor: int, reason: str = "monnaie") -> CashMovement:
    at = NOON + timedelta(minutes=number)
    return CashMovement(f"m-{number}", "A", number, kind, Money(minor), at, at.date(), "Léa", reason)


def kinds(difference: int, *payments: GapPayment, moved: tuple[CashMovement, ...] = ()) -> list[GapKind]:
    return [cause.kind for cause in gap_causes(Money(difference), payments, moved)]


def test_no_difference_needs_no_cause() -> None:
    assert kinds(0, payment(1, 1840)) == []


def test_too_little_by_the_value_of_a_ticket_paid_by_card_after_all() -> None:
    (cause, *_) = gap_causes(Money(-1840), [payment(1, 700), payment(2, 1840), payment(3, 1840, "card")], [])
    assert (cause.kind, cause.numbers, cause.alike) == (GapKind.CARD_ENTERED_AS_CASH, ("A-000002",), 0)
    assert cause.times == (NOON + timedelta(minutes=2),)


def test_too_much_by_the_value_of_a_ticket_entered_as_card() -> None:
    (cause, *_) = gap_causes(Money(1840), [payment(2, 1840), payment(3, 1840, "card"), payment(4, 1840, "card")], [])
    assert (cause.kind, cause.numbers, cause.alike) == (GapKind.CASH_ENTERED_AS_CARD, ("A-000004",), 1)


def test_two_tickets_together() -> None:
    (cause,) = gap_causes(Money(-1840), [payment(1, 1000), payment(2, 840), payment(3, 555)], [])
    assert (cause.kind, cause.numbers) == (GapKind.CARD_ENTERED_AS_CASH, ("A-000001", "A-000002"))


def test_three_tickets_together() -> None:
    (cause,) = gap_causes(Money(-1841), [payment(1, 1000), payment(2, 800), payment(3, 41), payment(4, 7)], [])
    assert cause.numbers == ("A-000001", "A-000002", "A-000003")


def test_change_given_for_another_note() -> None:
    (cause, *_) = gap_causes(Money(-1000), [payment(1, 640, tendered=2000)], [])
    assert (cause.kind, cause.received, cause.recorded) == (GapKind.CHANGE_ERROR, Money(1000), Money(2000))
    (cause, *_) = gap_causes(Money(3000), [payment(1, 640, tendered=2000)], [])
    assert (cause.kind, cause.received) == (GapKind.CHANGE_ERROR, Money(5000))
    assert GapKind.CHANGE_ERROR not in kinds(-1000, payment(1, 1640, tendered=2000))  # 10 would not have paid it


def test_drawer_movements() -> None:
    out, into = movement(1, CashMovementKind.CASH_OUT, 3700), movement(2, CashMovementKind.CASH_IN, 3700)
    assert kinds(3700, moved=(out,)) == [GapKind.MOVEMENT_NOT_MADE]
    assert kinds(-3700, moved=(out,)) == [GapKind.MOVEMENT_NOT_RECORDED]
    assert kinds(-3700, moved=(into,)) == [GapKind.MOVEMENT_NOT_MADE]
    assert kinds(-7400, moved=(into,)) == [GapKind.MOVEMENT_REVERSED]


def test_a_refund_that_was_not_given() -> None:
    assert kinds(999, payment(1, -999)) == [GapKind.REFUND_NOT_GIVEN]


def test_a_note_counted_twice() -> None:
    assert kinds(5000) == [GapKind.PIECE_MISCOUNTED]
    assert kinds(5001) == []


@given(
    st.lists(st.tuples(st.integers(-5000, 5000), st.sampled_from(["cash", "card"])), max_size=40),
    st.integers(-8000, 8000),
)
def test_candidates_explain_the_difference_to_the_cent(rows: list[tuple[int, str]], difference: int) -> None:
    payments = [payment(n, minor, means) for n, (minor, means) in enumerate(rows)]
    by_number = {row.number: row for row in payments}
    causes = gap_causes(Money(difference), payments, [])
    assert len(causes) <= MOST_CAUSES
    for cause in causes:
        assert cause.amount == Money(abs(difference)) != ZERO
        if cause.kind in (GapKind.CARD_ENTERED_AS_CASH, GapKind.CASH_ENTERED_AS_CARD):
            assert len(set(cause.numbers)) == len(cause.numbers) <= 3
            assert sum(by_number[number].amount.minor for number in cause.numbers) == abs(difference)
