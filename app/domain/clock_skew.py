"""Owns how far this computer's clock is from the marketplace's, and from when on a person is told. Never changes a
time.

What happened keeps the moment of the clock at the counter, right or wrong: that is when the till said it was. Only the
verdicts that depend on time take the marketplace's word as well (`lease.newest_time`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

TOLERATED = timedelta(minutes=5)
"""Less is said to nobody: nothing here depends on it."""
ANOTHER_DAY = timedelta(hours=24)
"""From this on a person is asked before a day is closed: it would be closed under another date."""

OFF_LINE_AT_MOST = timedelta(days=45)
"""A till that has not heard of the marketplace for longer may have a clock that jumped ahead meanwhile."""


@dataclass(frozen=True, slots=True)
class ClockReading:
    """The marketplace's clock as told in one answer, and this computer's when the question left and the answer came."""

    server_time: datetime
    sent_at: datetime
    received_at: datetime

    @property
    def skew(self) -> timedelta:
        """This clock less the marketplace's, the smallest that this reading allows: the answer was written somewhere
        between the two moments here. Positive: this clock is ahead."""
        least = min(self.sent_at, self.received_at) - self.server_time
        most = max(self.sent_at, self.received_at) - self.server_time
        if least <= timedelta(0) <= most:
            return timedelta(0)
        return least if least > timedelta(0) else most


def told_skew_s(reading: ClockReading | None) -> int:
    """What a person is told: this clock less the marketplace's in seconds, to the minute, so that it is not news each
    time; 0 if it is not known or tolerated."""
    if reading is None or abs(reading.skew) <= TOLERATED:
        return 0
    return round(reading.skew / timedelta(minutes=1)) * 60


@dataclass(frozen=True, slots=True)
class ClockTold:
    """The newest time the marketplace told, and what this computer's clock said then."""

    server_time: datetime
    here: datetime


def is_another_day(now: datetime, told: ClockTold | None) -> bool:
    """Whether a day closed now might get a date that is not its own: this clock is behind the marketplace's word, or
    was ahead of it when both were last held together and still is, or no till stays off line for so long."""
    if told is None:
        return False
    since = now - told.server_time
    was_ahead = told.here - told.server_time > ANOTHER_DAY
    return since < -ANOTHER_DAY or (was_ahead and since > ANOTHER_DAY) or since > OFF_LINE_AT_MOST
