"""Owns the comparison with the marketplace as the outbox shows it: the last one, and one on a person's word. No widget,
no wording.

It asks in the network's lane: the shop sells meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Protocol

from app.domain.reconciliation import ReconciliationRun
from app.ui.outbox.state import OutboxSurroundings
from app.ui.task_runner import Lane
from app.usecases.reconcile import NotCompared


@dataclass(frozen=True, slots=True)
class ComparisonState:
    """All that the page shows.

    Attributes:
        run: the newest comparison that came to its end.
        busy: one is being made. said: why the one asked for came to no result.
    """

    run: ReconciliationRun | None = None
    busy: bool = False
    said: NotCompared | None = None
    failure: Exception | None = None


class ComparisonView(Protocol):
    """What the presenter shows itself with."""

    def show_comparison(self, state: ComparisonState) -> None: ...


class ComparisonPresenter:
    """One comparison at a time.

    Attributes:
        progress: questions asked and questions in all, as far as known; written by the lane, read by whoever paints.
    """

    def __init__(self, around: OutboxSurroundings, view: ComparisonView) -> None:
        self._around = around
        self._view = view
        self._stopped = False
        self.progress = (0, 0)
        self.state = ComparisonState()

    def load(self) -> None:
        """Read the last one."""
        if not self.state.busy:
            queries = self._around.queries
            self._around.runner.run(Lane.LISTS, queries.last_reconciliation, self._read, self._failed)

    def begin(self) -> None:
        if self.state.busy:
            return
        self._stopped = False
        self.progress = (0, 0)
        self._change(busy=True, said=None, failure=None)
        around = self._around
        around.sync_now()
        around.runner.run(
            Lane.NET, lambda: around.compare(self._watch, lambda: self._stopped), self._compared, self._failed
        )

    def stop(self) -> bool:
        """End the comparison at its next question. Whether there was one."""
        self._stopped = True
        return self.state.busy

    def _watch(self, done: int, of_all: int) -> None:
        self.progress = (done, of_all)

    def _compared(self, result: ReconciliationRun | NotCompared) -> None:
        if isinstance(result, NotCompared):
            self._change(busy=False, said=result)
            return
        self._change(busy=False, run=result)
        if result.mended:
            self._around.sync_now()

    def _read(self, run: ReconciliationRun | None) -> None:
        if not self.state.busy:
            self._change(run=run)

    def _failed(self, error: Exception) -> None:
        self._change(busy=False, failure=error)

    def _change(self, **values: Any) -> None:
        self.state = replace(self.state, **values)
        self._view.show_comparison(self.state)
