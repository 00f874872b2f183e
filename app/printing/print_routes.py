"""Owns which printer of this counter a job goes to, and which one takes over what another surely did not print.

In memory alone: after a restart a job begins at its own printer again. Never prints. May be used from any thread.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from app.domain.receipt import PrintKind
from app.printing.printer import Printer, PrinterStatus
from app.usecases.ports import WaitingPrint


class PrinterNews(Protocol):
    """Hears, on the printer's thread, how it does."""

    def printed(self) -> None: ...

    def failed(self, reason: str) -> None: ...

    def looked(self, status: PrinterStatus) -> None: ...

    def drawer_opened(self) -> None: ...

    def drawer_stayed_shut(self, reason: str) -> None: ...


class NoNews:
    """Nobody listens."""

    def printed(self) -> None: ...

    def failed(self, reason: str) -> None: ...

    def looked(self, status: PrinterStatus) -> None: ...

    def drawer_opened(self) -> None: ...

    def drawer_stayed_shut(self, reason: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Stand:
    """A printer at this counter and what it is for.

    Attributes:
        name: what people call it; said of what came out of another printer than its own.
        kinds: the papers that are its own. The first stand of a counter has whatever is no other's.
        takes_over: prints what the first stand, or one for certain papers, surely did not.
    """

    printer: Printer
    name: str = ""
    kinds: frozenset[PrintKind] = frozenset()
    takes_over: bool = False
    news: PrinterNews = field(default_factory=NoNews)


class Routes:
    """Where each job is. A stand is its place in the sequence."""

    def __init__(self, stands: Sequence[Stand]) -> None:
        self._lock = threading.Lock()
        self._homes = {kind: index for index, stand in enumerate(stands) for kind in stand.kinds}
        self._taker = next((index for index, stand in enumerate(stands) if stand.takes_over), None)
        self._handed_on: dict[str, int] = {}
        self._kept: set[str] = set()
        self._failing: set[int] = set()

    def home(self, kind: PrintKind) -> int:
        """The stand whose own papers of this kind are."""
        return self._homes.get(kind, 0)

    def of(self, job: WaitingPrint) -> int:
        """The stand that has this job now."""
        with self._lock:
            return self._handed_on.get(job.job_id, self.home(job.kind))

    def note(self, index: int, *, failing: bool) -> None:
        """A stand fails again and again, or works."""
        with self._lock:
            (self._failing.add if failing else self._failing.discard)(index)

    def hand_on(self, job_id: str, kind: PrintKind, index: int) -> int | None:
        """Take a job, surely not on paper, from a stand that fails again and again, to one that does not; the one that
        has it now, None if it stays."""
        with self._lock:
            if job_id in self._kept:
                return None
            home = self.home(kind)
            other = self._taker if index == home else home
            if index not in self._failing or other is None or other == index or other in self._failing:
                return None
            self._handed_on[job_id] = other
            return other

    def keep_at(self, job_id: str, index: int) -> None:
        """This job is for this stand and no other, whatever its kind: it tries the printer."""
        with self._lock:
            self._handed_on[job_id] = index
            self._kept.add(job_id)

    def is_home(self, job_id: str, kind: PrintKind, index: int) -> bool:
        """Whether a job of this stand came out where it was meant to."""
        with self._lock:
            return job_id in self._kept or self.home(kind) == index

    def forget(self, job_id: str) -> None:
        """It is settled."""
        with self._lock:
            self._handed_on.pop(job_id, None)
            self._kept.discard(job_id)
