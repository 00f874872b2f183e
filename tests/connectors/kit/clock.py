"""Owns the time of a story: it stands still, so that what happens at once is at once, and goes on when the story says
so. A stage with a real server has the machine's time, and only what a till measures goes on."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

STORY_BEGINS = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class StoryTime:
    """`is_real`: the moment is the machine's; `go_on` then only moves what `monotonic` says."""

    def __init__(self, *, is_real: bool = False) -> None:
        self.is_real = is_real
        self._gone_s = 0.0

    def now(self) -> datetime:
        return datetime.now(UTC) if self.is_real else STORY_BEGINS + timedelta(seconds=self._gone_s)

    def monotonic(self) -> float:
        return self._gone_s + (time.monotonic() if self.is_real else 1000.0)

    def go_on(self, **by: float) -> None:
        """`time.go_on(minutes=6)`."""
        self._gone_s += timedelta(**by).total_seconds()


class ComputersClock:
    """A till's own clock: the story's time and how wrong it is. Implements `ports.Clock`."""

    def __init__(self, story: StoryTime) -> None:
        self._story = story
        self.wrong_by = timedelta(0)

    def now(self) -> datetime:
        return self._story.now() + self.wrong_by

    def utc_offset_minutes(self) -> int:
        return 60
