"""Owns the check of the ledger from the window: begun, watched, stopped, printed. No widget, no wording.

The check reads in a lane of its own: the shop sells meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Protocol

from app.domain.operators import Right
from app.ui.books.desk import BooksSurroundings
from app.ui.ledger_paper import checked_ledger
from app.ui.task_runner import Lane
from app.usecases.long_work import LongWork
from app.usecases.print_papers import print_verification
from app.usecases.verify_ledger import LedgerReport, record_verification


@dataclass(frozen=True, slots=True)
class CheckState:
    """All that the sheet shows.

    Attributes:
        work: the check under way.
        every_signature: of the check that is running or was made last.
        printed: its report is on its way to the printer.
    """

    work: LongWork | None = None
    every_signature: bool = False
    report: LedgerReport | None = None
    printed: bool = False
    failure: Exception | None = None

    @property
    def busy(self) -> bool:
        return self.work is not None


class CheckView(Protocol):
    """What the presenter shows itself with."""

    def show_check(self, state: CheckState) -> None: ...


class CheckPresenter:
    """One check at a time."""

    def __init__(self, around: BooksSurroundings, view: CheckView) -> None:
        self._around = around
        self._view = view
        self.state = CheckState()

    def begin(self, every_signature: bool) -> None:
        if self.state.busy:
            return

        def answered(approved_by: str | None) -> None:
            if approved_by is not None and not self.state.busy:
                self._begin(every_signature)

        self._around.leave(Right.VERIFY_LEDGER, answered)

    def stop(self) -> None:
        """The check ends at its next page; what was found so far is told."""
        if self.state.work is not None:
            self.state.work.stop()

    def print_report(self) -> None:
        report = self.state.report
        if report is None:
            return
        counter, operator = self._around.counter, self._around.operator()
        checked = checked_ledger(report, every_signature=self.state.every_signature)
        self._around.runner.run(
            Lane.STORE,
            lambda: print_verification(counter, operator, checked),
            lambda _job: self._change(printed=True),
            self._failed,
        )

    def _begin(self, every_signature: bool) -> None:
        task = LongWork()
        self._change(work=task, every_signature=every_signature, report=None, printed=False, failure=None)
        around, operator = self._around, self._around.operator()

        def work() -> LedgerReport:
            report = around.verify(every_signature, task)
            record_verification(around.counter, report, operator)
            return report

        around.runner.run(Lane.BOOKS, work, lambda report: self._change(work=None, report=report), self._failed)

    def _failed(self, error: Exception) -> None:
        self._change(work=None, failure=error)

    def _change(self, **values: Any) -> None:
        self.state = replace(self.state, **values)
        self._view.show_check(self.state)
