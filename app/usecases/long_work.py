"""Owns what a piece of long work and whoever watches it have in common: how far it is, and whether it is to end. No
thread of its own, no clock, no words.

Written by the lane that works, read by whoever paints; `stop` may come from any thread at any moment.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

LOOK_EVERY = 100
"""Rows between two looks whether to stop: a few milliseconds of work."""

KEEPING_ASIDE, PUTTING_BACK = "keeping_aside", "putting_back"
"""The steps of restoring a backup, after it was checked."""


class WorkStopped(Exception):
    """A person stopped the work, or the program ends; nothing of it was kept. No failure: who began it catches it."""


class LongWork:
    """One piece of work under way.

    Attributes:
        step: which part of the work is being done, as its use case names it; "" if it has one part only.
        done: pieces of this step that are done. total: of how many; 0 if nobody knows.
    """

    def __init__(self, also_ends: Callable[[], bool] = lambda: False) -> None:
        """Args: also_ends: whether the work is to end for another reason, the program's end for instance."""
        self._lock = threading.RLock()
        self._also_ends = also_ends
        self._stopped = False
        self._last_moment_gone = False
        self.step = ""
        self.done = 0
        self.total = 0

    @property
    def stopped(self) -> bool:
        """Whether it is to end. Work that has something to tell of its half looks here."""
        return self._stopped or self._also_ends()

    @property
    def stoppable(self) -> bool:
        """False once it can only come to its end: what it made is being put in place."""
        return not self._last_moment_gone

    def stop(self) -> bool:
        """Ask it to end. Whether it will: it is too late once `keep` was called."""
        with self._lock:
            self._stopped = self._stopped or not self._last_moment_gone
            return self._stopped

    def also_ends(self, when: Callable[[], bool]) -> None:
        """One more reason to end."""
        before = self._also_ends
        self._also_ends = lambda: before() or when()

    def note(self, done: int, total: int = 0) -> None:
        """How far it is."""
        self.done, self.total = done, max(total, done) if total else 0

    def begin(self, step: str, total: int = 0) -> None:
        """The next part of the work. Raises WorkStopped."""
        self.check()
        self.step = step
        self.note(0, total)

    def go_on(self, done: int, total: int = 0) -> None:
        """How far it is. Raises WorkStopped."""
        self.note(done, total)
        self.check()

    def each(self, items: Iterable[_Item]) -> Iterator[_Item]:
        """The same items, counted. Raises WorkStopped between them."""
        for item in items:
            yield item
            self.done += 1
            if self.done % LOOK_EVERY == 0:
                self.check()

    def check(self) -> None:
        """Raises WorkStopped."""
        if self.stopped:
            raise WorkStopped

    def keep(self) -> None:
        """The last moment to stop: from here on what was made is put in place. Raises WorkStopped."""
        with self._lock:
            self.check()
            self._last_moment_gone = True


def unless_stopped(work: Callable[[], _Result]) -> _Result | WorkStopped:
    """What the work came to; that it was stopped is an answer too."""
    try:
        return work()
    except WorkStopped as stopped:
        return stopped
