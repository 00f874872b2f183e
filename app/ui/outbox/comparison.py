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
from app.usecases.long_work import LongWork
from app.usecases.reconcile import NotCompared


@dataclass(frozen=True, slots=True)
class ComparisonState:
    """All that the page shows.

    Attributes:
        run: the newest comparison that came to its end.
        work: the one under way. said: why the one asked for came to no result.
    """

    run: ReconciliationRun | None = None
    work: LongWork | None = None
    said: NotCompared | None = None
    failure: Exception | None = None

    @property
    def busy(self) -> bool:
        return self.work is not None


class ComparisonView(Protocol):
    """What the presenter shows itself with."""

    def show_comparison(self, state: ComparisonState) -> None: ...


class ComparisonPresenter:
    """One comparison at a time."""

    def __init__(self, around: OutboxSurroundings, view: ComparisonView) -> None:
        self._around = around
        self._view = view
        self.state = ComparisonState()

    def load(self) -> None:
        """Read the last one."""
        if not self.state.busy:
            queries = self._around.queries
            self._around.runner.run(Lane.LISTS, queries.last_reconciliation, self._read, self._failed)

    def begin(self) -> None:
        if self.state.busy:
            return
        work = LongWork()
        self._change(work=work, said=None, failure=None)
        around = self._around
        around.sync_now()
        around.runner.run(Lane.NET, lambda: around.compare(work), self._compared, self._failed)

    def stop(self) -> bool:
        """End the comparison at its next question. Whether there was one."""
        work = self.state.work
        if work is not None:
            work.stop()
        return work is not None

    def _compared(self, result: ReconciliationRun | NotCompared) -> None:
        if isinstance(result, NotCompared):
            self._change(work=None, said=result)
            return
        self._change(work=None, run=result)
        if result.mended:
            self._around.sync_now()

    def _read(self, run: ReconciliationRun | None) -> None:
        if not self.state.busy:
            self._change(run=run)

    def _failed(self, error: Exception) -> None:
        self._change(work=None, failure=error)

    def _change(self, **values: Any) -> None:
        self.state = replace(self.state, **values)
        self._view.show_comparison(self.state)
