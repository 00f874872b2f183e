"""Owns waiting: how long after a failure, and how a waiting thread is woken or stopped. Never sleeps for a time that
cannot be cut short.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class Pace:
    """The rhythm of a worker, in seconds.

    Attributes:
        poll_s: how long the marketplace may hold an answer until something happens.
        rest_s: pause between pages, so that a cashier's commit comes in between.
        empty_rest_s: least time between two empty answers, for a server that does not hold them.
        idle_s: how often the outbox is looked at without a kick.
        lease_check_s: how often all open orders are looked through for leases; `lease_gap_s`: least time between two.
        first_pause_s, longest_pause_s: after a failure, doubling in between.
    """

    poll_s: float = 25.0
    rest_s: float = 0.01
    empty_rest_s: float = 1.0
    idle_s: float = 30.0
    lease_check_s: float = 600.0
    lease_gap_s: float = 30.0
    first_pause_s: float = 1.0
    longest_pause_s: float = 60.0


DEFAULT_PACE = Pace()


class BackOff:
    """The pause after each failure in a row: doubling, with jitter so that tills cut off together do
    not return together.

    Belongs to one thread.
    """

    def __init__(self, chance: Callable[[], float], pace: Pace = DEFAULT_PACE) -> None:
        """Args: chance: gives 0 <= x < 1."""
        self._chance = chance
        self._pace = pace
        self._failures = 0

    def reset(self) -> None:
        self._failures = 0

    def next_s(self, asked_s: float | None = None) -> float:
        """Half to all of 1, 2, 4 ... 60 s; at least what the server asked for."""
        doubled = self._pace.first_pause_s * 2.0 ** min(self._failures, 30)
        self._failures += 1
        pause_s = min(doubled, self._pace.longest_pause_s) * (0.5 + self._chance() / 2)
        return max(pause_s, asked_s or 0.0)


class Woken(Enum):
    """Why a wait ended."""

    TIME = "time"
    KICK = "kick"
    HURRY = "hurry"
    STOP = "stop"


class Bell:
    """Where one thread waits and others wake it. What rings while nobody waits is remembered for the next wait.

    `kick`: there is work. `hurry`: try now, whatever pause is running. `stop`: for ever.
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._kicked = False
        self._hurried = False
        self._stopped = False

    def is_stopped(self) -> bool:
        return self._stopped

    def kick(self) -> None:
        with self._condition:
            self._kicked = True
            self._condition.notify_all()

    def hurry(self) -> None:
        with self._condition:
            self._hurried = True
            self._condition.notify_all()

    def stop(self) -> None:
        with self._condition:
            self._stopped = True
            self._condition.notify_all()

    def wait(self, timeout_s: float) -> Woken:
        with self._condition:
            self._condition.wait_for(lambda: self._stopped or self._hurried or self._kicked, max(timeout_s, 0.0))
            hurried, kicked = self._hurried, self._kicked
            self._hurried = self._kicked = False
            if self._stopped:
                return Woken.STOP
            if hurried:
                return Woken.HURRY
            return Woken.KICK if kicked else Woken.TIME
