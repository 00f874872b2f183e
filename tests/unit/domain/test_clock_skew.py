"""How far two clocks are apart, as far as one answer can tell, and when a person is asked or told."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.clock_skew import ClockReading, ClockTold, is_another_day, told_skew_s
from tests.fakes.surroundings import NOON

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@given(
    skew_s=st.floats(-1e8, 1e8),
    there_s=st.floats(0, 60),
    back_s=st.floats(0, 60),
)
def test_a_slow_answer_never_makes_a_clock_look_worse_than_it_is(skew_s: float, there_s: float, back_s: float) -> None:
    skew = timedelta(seconds=skew_s)
    reading = ClockReading(NOON - skew, NOON - timedelta(seconds=there_s), NOON + timedelta(seconds=back_s))
    assert abs(reading.skew) <= abs(skew)
    assert abs(skew) - abs(reading.skew) <= timedelta(seconds=there_s + back_s) + timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("ahead", "told_s"),
    [
        (timedelta(0), 0),
        (4 * MINUTE, 0),
        (-4 * MINUTE, 0),
        (6 * MINUTE, 360),
        (-6 * MINUTE, -360),
        (2 * DAY, 172_800),
        (6 * MINUTE + timedelta(seconds=20), 360),
    ],
)
def test_a_person_is_told_from_five_minutes_on_to_the_minute(ahead: timedelta, told_s: int) -> None:
    reading = ClockReading(NOON - ahead, NOON, NOON)
    assert told_skew_s(reading) == told_s


def test_a_long_poll_says_nothing_of_a_clock_that_is_right() -> None:
    assert told_skew_s(ClockReading(NOON + timedelta(seconds=25), NOON, NOON + timedelta(seconds=25))) == 0
    assert told_skew_s(None) == 0


def told(ahead: timedelta = timedelta(0)) -> ClockTold:
    return ClockTold(NOON, NOON + ahead)


@pytest.mark.parametrize(
    ("now", "known", "asked"),
    [
        (NOON, None, False),
        (NOON + HOUR, told(), False),
        (NOON + 20 * DAY, told(), False),  # two weeks off line are usual
        (NOON - 2 * DAY, told(), True),
        (NOON - 23 * HOUR, told(), False),
        (NOON + 400 * DAY, told(400 * DAY), True),  # wrong since before the last contact
        (NOON + 3 * DAY, told(2 * DAY), True),
        (NOON + HOUR, told(400 * DAY), False),  # put right since
        (NOON + 4000 * DAY, told(), True),  # jumped while off line
    ],
)
def test_when_the_date_is_asked_about(now: datetime, known: ClockTold | None, asked: bool) -> None:
    assert is_another_day(now, known) is asked
