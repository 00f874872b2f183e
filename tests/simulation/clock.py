"""Owns the town's time: one true clock that jumps from event to event, and what each till's own clock makes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

FIRST_MORNING = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
"""A Monday. The hours of actions count from midnight UTC; the town keeps no summer time."""
DAY_S = 86_400.0


class Timeline:
    """The true time, in seconds since the first morning's midnight. Only the schedule moves it, never backwards."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return FIRST_MORNING + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    def written(self) -> str:
        day, rest = divmod(self.seconds, DAY_S)
        return f"{int(day):3d}d {int(rest // 3600):02d}:{int(rest % 3600 // 60):02d}:{rest % 60:06.3f}"


class TillClock:
    """A computer's clock: the true time and how wrong it is. Implements `ports.Clock`."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self.wrong_by = timedelta(0)

    def now(self) -> datetime:
        return self._timeline.now() + self.wrong_by

    def utc_offset_minutes(self) -> int:
        return 60
