"""Owns what all measures share: the row, medians and percentiles, CPU time, turns. Measures nothing itself."""

from __future__ import annotations

import gc
import math
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

Row = dict[str, Any]
ROUNDS = 5


def ratio_row(key: str, what: str, value: float, unit: str, floor: float, goal: float) -> Row:
    """A measure that must stay within `goal` times its floor."""
    ratio = value / floor if floor else math.inf
    return {
        "id": key,
        "what": what,
        "value": round(value, 3),
        "unit": unit,
        "floor": round(floor, 3),
        "ratio": round(ratio, 3),
        "goal": goal,
        "met": ratio <= goal,
    }


def limit_row(key: str, what: str, value: float, unit: str, goal: float) -> Row:
    """A measure that must stay within a limit of its own unit: nothing to compare it with."""
    return {
        "id": key,
        "what": what,
        "value": round(value, 3),
        "unit": unit,
        "floor": None,
        "ratio": None,
        "goal": goal,
        "met": value <= goal,
    }


def p99(samples: Sequence[float]) -> float:
    """The sample that 99 % do not exceed."""
    return percentile(samples, 0.99)


def percentile(samples: Sequence[float], share: float) -> float:
    """The sample that this share (0 to 1) of them does not exceed."""
    ordered = sorted(samples)
    return ordered[max(0, min(len(ordered) - 1, math.ceil(len(ordered) * share) - 1))]


def median(samples: Sequence[float]) -> float:
    return statistics.median(samples)


def cpu_s(work: Callable[[], object]) -> float:
    """CPU seconds of this thread for the work, rubbish collected before."""
    gc.collect()
    before = time.thread_time()
    work()
    return time.thread_time() - before


def wall_ms(work: Callable[[], object]) -> float:
    before = time.perf_counter()
    work()
    return (time.perf_counter() - before) * 1000


def in_turn(*works: Callable[[], float], rounds: int = ROUNDS) -> list[list[float]]:
    """Let each have its turn in every round, so that what else the machine does hits them alike."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for samples, work in zip(taken, works, strict=True):
            samples.append(work())
    return taken


class Rounds:
    """Wall-clock samples in rounds. The first round fills caches and is not counted; `p99` is the median of the other
    rounds' 99th percentiles, so that one bad second of a shared machine does not decide."""

    def __init__(self) -> None:
        self._rounds: list[list[float]] = []

    def begin(self) -> None:
        self._rounds.append([])

    def take(self, work: Callable[[], object]) -> None:
        self.add(wall_ms(work))

    def add(self, taken_ms: float) -> None:
        self._rounds[-1].append(taken_ms)

    @property
    def p99(self) -> float:
        """Milliseconds."""
        return self.at(0.99)

    def at(self, share: float) -> float:
        """Milliseconds: the median of the counted rounds' percentiles."""
        return median([percentile(samples, share) for samples in self._rounds[1:]])
