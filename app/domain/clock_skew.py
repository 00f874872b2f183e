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


def is_another_day(now: datetime, server_time: datetime | None) -> bool:
    """Whether this clock is so far ahead of the newest time the marketplace told, or behind it, that days would be
    closed under a wrong date. Behind is certain; ahead may only mean that it was not asked for long: see callers."""
    return server_time is not None and abs(now - server_time) > ANOTHER_DAY
