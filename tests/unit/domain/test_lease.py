"""Who holds a lease, who is asked for it, and what time it is for a lease."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.lease import Lease, is_asked_back, is_held, is_to_be_claimed, newest_time
from app.domain.order import CounterFacts, OrderAtCounter, VerdictKind, judge_handover
from tests.fakes.samples import an_order
from tests.fakes.surroundings import NOON

DAY = timedelta(days=1)
OURS = Lease("till-a", NOON + 10 * DAY, 4)
MINUTE = timedelta(minutes=1)


def test_given_up_is_given_up_whatever_the_copy_says() -> None:
    assert is_held(OURS, "till-a", None, NOON)
    assert is_held(OURS, "till-a", 3, NOON), "an older one was given up"
    assert not is_held(OURS, "till-a", 4, NOON)
    assert not is_held(OURS, "till-a", 5, NOON), "the marketplace is an older copy of itself"


def test_a_clock_set_back_revives_nothing() -> None:
    lease = Lease("till-a", NOON - DAY)
    assert not is_held(lease, "till-a", None, newest_time(NOON - 2 * DAY, NOON))
    assert is_held(lease, "till-a", None, newest_time(NOON - 2 * DAY, None))
    order = OrderAtCounter(an_order(lease=lease))
    verdict = judge_handover(order, "till-a", NOON - 2 * DAY, server_time=NOON)
    assert (verdict.kind, verdict.lacks_lease) == (VerdictKind.CANNOT_TELL, True)
    assert judge_handover(order, "till-a", NOON - 2 * DAY).kind is VerdictKind.READY


def test_the_verdict_after_giving_up_is_the_same_on_line_and_off() -> None:
    order = OrderAtCounter(an_order(lease=OURS), CounterFacts(lease_given_up=4))
    verdict = judge_handover(order, "till-a", NOON)
    assert (verdict.kind, verdict.lacks_lease, verdict.may_override) == (VerdictKind.CANNOT_TELL, True, True)


@pytest.mark.parametrize(
    ("lease", "given_up", "asked"),
    [
        (None, None, False),
        (OURS, None, False),
        (Lease("till-a", NOON + DAY, 4, "till-b", NOON + MINUTE), None, True),
        (Lease("till-a", NOON - DAY, 4, "till-b", NOON + MINUTE), None, True),
        (Lease("till-a", NOON + DAY, 4, "till-b", NOON - MINUTE), None, False),
        (Lease("till-a", NOON + DAY, 4, "till-b", NOON + MINUTE), 4, False),
        (Lease("till-a", NOON + DAY, 4, "till-b", NOON + MINUTE), 3, True),
        (Lease("till-a", NOON + DAY, 4, "till-a", NOON + MINUTE), None, False),
        (Lease("till-b", NOON + DAY, 4, "till-c", NOON + MINUTE), None, False),
    ],
)
def test_who_is_asked_to_give_one_up(lease: Lease | None, given_up: int | None, asked: bool) -> None:
    assert is_asked_back(lease, "till-a", given_up, NOON) is asked


def test_a_wish_lapses_by_the_marketplaces_clock_alone() -> None:
    lease = Lease("till-a", NOON + DAY, 4, "till-b", NOON + MINUTE)
    assert is_asked_back(lease, "till-a", None, None)


def test_one_given_up_is_not_asked_for_again_until_the_marketplace_knows() -> None:
    assert not is_to_be_claimed(Lease("till-a", NOON + DAY, 4), "till-a", 4, NOON)
    assert is_to_be_claimed(Lease("till-a", NOON + DAY, 5), "till-a", 4, NOON)
    assert is_to_be_claimed(None, "till-a", 4, NOON)
