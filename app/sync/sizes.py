"""Owns how much goes over the line at once: less after a failure or a slow call, more after a quick one. Never measures
time by itself, never decides what is sent.
"""

from __future__ import annotations

SLOW_CALL_S = 10.0
"""A call that takes longer carries too much: what comes after it waits, and a line that breaks loses all of it."""


class Swing:
    """An amount that halves and doubles between two bounds. Belongs to one thread."""

    def __init__(self, least: int, most: int) -> None:
        self._least = least
        self._most = most
        self.value = most

    def grow(self) -> None:
        self.value = min(self.value * 2, self._most)

    def shrink(self) -> None:
        self.value = max(self.value // 2, self._least)

    def went_well(self, took_s: float) -> None:
        """After a call that got through: more if it was quick, less if it was slow, the same in between."""
        if took_s > SLOW_CALL_S:
            self.shrink()
        elif took_s <= SLOW_CALL_S / 2:
            self.grow()
