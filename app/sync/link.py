"""Owns the judgement whether we are on line, from the last few outcomes of both lanes. Never calls anything.

One failure is not "off line" and one lane's silence is not "on line". Each lane (pull, push) is judged by itself; the
worse one is shown:

    never answered, never failed      STARTING
    last outcome: answered            ONLINE
    last three outcomes: unreachable  OFFLINE   (or the first ever)
    last outcome: refused             REFUSED   (at once: only a person can mend it), NOT_PAIRED likewise
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from app.domain.clock_skew import ClockReading, told_skew_s
from app.usecases.marketplace_port import LinkState, LinkStatus
from app.usecases.ports import MarketplaceRefused, MarketplaceUnreachable, Unavailable

FAILURES_TO_OFFLINE = 3


class Lane(Enum):
    PULL = "pull"
    PUSH = "push"


@dataclass(frozen=True, slots=True)
class _LaneView:
    state: LinkState = LinkState.STARTING
    failures: int = 0
    reason: str = ""


_WORST_FIRST = (LinkState.NOT_PAIRED, LinkState.REFUSED, LinkState.OFFLINE, LinkState.ONLINE, LinkState.STARTING)


class LinkJudge:
    """Safe from several threads, one for each lane."""

    def __init__(self, now: datetime) -> None:
        self._lock = threading.Lock()
        self._lanes = dict.fromkeys(Lane, _LaneView())
        self._status = LinkStatus(LinkState.STARTING, now)

    @property
    def status(self) -> LinkStatus:
        return self._status

    def answered(self, lane: Lane, at: datetime) -> bool:
        """Whether this lane got through again after a failure."""
        recovered = self._lanes[lane].failures > 0
        self._judge(lane, _LaneView(LinkState.ONLINE), at, ok_at=at)
        return recovered

    def idle(self, lane: Lane, at: datetime) -> None:
        """The lane has nothing to ask: its old failures no longer say anything."""
        self._judge(lane, _LaneView(), at)

    def failed(self, lane: Lane, error: Unavailable, at: datetime) -> None:
        self._judge(lane, _after_failure(self._lanes[lane], error), at)

    def broken(self, lane: Lane, at: datetime) -> None:
        """The lane's thread ended by a fault of the program: it comes back with the next start only."""
        self._judge(lane, _LaneView(LinkState.OFFLINE, 1, "internal_error"), at)

    def waiting(self, count: int, to_see_to: int) -> None:
        with self._lock:
            self._status = replace(self._status, waiting=count, to_see_to=to_see_to)

    def clock_read(self, reading: ClockReading | None) -> None:
        skew_s = told_skew_s(reading)
        with self._lock:
            self._status = replace(self._status, clock_skew_s=skew_s)

    def _judge(self, lane: Lane, view: _LaneView, at: datetime, ok_at: datetime | None = None) -> None:
        with self._lock:
            self._lanes[lane] = view
            views = self._lanes.values()
            state = next(state for state in _WORST_FIRST if any(each.state is state for each in views))
            reasons = [each.reason for each in views if each.reason]
            reason = next((each.reason for each in views if each.state is state and each.reason), "")
            self._status = replace(
                self._status,
                state=state,
                since=at if state is not self._status.state else self._status.since,
                last_ok_at=ok_at or self._status.last_ok_at,
                message_key=reason or (reasons[0] if reasons else ""),
            )


def _after_failure(before: _LaneView, error: Unavailable) -> _LaneView:
    failures = before.failures + 1
    if isinstance(error, MarketplaceRefused):
        state = LinkState.NOT_PAIRED if error.reason == "not_paired" else LinkState.REFUSED
    elif not isinstance(error, MarketplaceUnreachable):
        state = before.state  # our own disk or key store: says nothing of the link
    elif failures >= FAILURES_TO_OFFLINE or before.state is not LinkState.ONLINE:
        state = LinkState.OFFLINE
    else:
        state = before.state
    return _LaneView(state, failures, error.reason)
