"""Owns what a person does with closed periods: look, print again, put a count right. No widget, no wording."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Protocol

from app.domain.cash import CashCount, CashMovement
from app.domain.closure import Closure, ClosureKind
from app.domain.operators import Right
from app.ui.books.desk import BooksSurroundings
from app.ui.task_runner import Lane
from app.usecases.close_period import print_z
from app.usecases.keep_cash import CashMoved, CashRefused, correct_count

PAGE = 50


class ClosuresNotice(StrEnum):
    """What there is to say besides refusals; worded in `words.py`."""

    Z_PRINTED = "z_printed"
    CORRECTED = "corrected"
    NOT_APPROVED = "not_approved"


@dataclass(frozen=True, slots=True)
class ClosuresState:
    """All that the sheet shows.

    Attributes:
        whole: the oldest closure is among them.
        corrections: of the chosen one's count, in order.
        correcting: the count of the chosen one is being put right.
    """

    closures: tuple[Closure, ...] = ()
    whole: bool = True
    chosen: str = ""
    corrections: tuple[CashMovement, ...] = ()
    correcting: bool = False
    said: ClosuresNotice | CashRefused | Exception | None = None

    @property
    def closure(self) -> Closure | None:
        return next((closure for closure in self.closures if closure.closure_id == self.chosen), None)

    @property
    def can_correct(self) -> bool:
        closure = self.closure
        return closure is not None and closure.kind is ClosureKind.DAY and closure.cash.counted is not None


class ClosuresView(Protocol):
    """What the presenter shows itself with."""

    def show_closures(self, state: ClosuresState) -> None: ...


class ClosuresPresenter:
    """The newest first; more are read when they are asked for."""

    def __init__(self, around: BooksSurroundings, view: ClosuresView) -> None:
        self._around = around
        self._view = view
        self.state = ClosuresState()

    def read(self) -> None:
        queries = self._around.queries
        self._run(Lane.LISTS, lambda: queries.closures(PAGE), self._came)

    def read_more(self) -> None:
        if self.state.whole or not self.state.closures:
            return
        queries, last = self._around.queries, self.state.closures[-1].closure_id

        def came(older: Sequence[Closure]) -> None:
            self._change(closures=(*self.state.closures, *older), whole=len(older) < PAGE)

        self._run(Lane.LISTS, lambda: queries.closures(PAGE, last), came)

    def choose(self, closure_id: str) -> None:
        self._change(chosen=closure_id, corrections=(), correcting=False, said=None)
        queries = self._around.queries

        def came(corrections: Sequence[CashMovement]) -> None:
            if self.state.chosen == closure_id:
                self._change(corrections=tuple(corrections))

        self._run(Lane.LISTS, lambda: queries.count_corrections(closure_id), came)

    def choose_number(self, till_letter: str, number: int) -> bool:
        """The one whose code was scanned; False if it is not in the list."""
        wanted = (till_letter, number)
        found = next((row for row in self.state.closures if (row.till_letter, row.number) == wanted), None)
        if found is not None:
            self.choose(found.closure_id)
        return found is not None

    def print_again(self) -> None:
        """A numbered duplicate of the chosen Z."""
        closure = self.state.closure
        if closure is None:
            return
        counter, operator = self._around.counter, self._around.operator()
        self._run(
            Lane.STORE,
            lambda: print_z(counter, closure.closure_id, operator),
            lambda _job: self._change(said=ClosuresNotice.Z_PRINTED),
        )

    def begin_correction(self) -> None:
        if self.state.can_correct:
            self._change(correcting=True, said=None)

    def go_back(self) -> bool:
        if not self.state.correcting:
            return False
        self._change(correcting=False, said=None)
        return True

    def correct(self, count: CashCount, reason: str) -> None:
        """Say what the chosen day's count should have been."""
        closure_id = self.state.chosen
        counter, operator = self._around.counter, self._around.operator()

        def answered(approved_by: str | None) -> None:
            if approved_by is None:
                self._change(said=ClosuresNotice.NOT_APPROVED)
                return
            self._run(
                Lane.STORE,
                lambda: correct_count(counter, closure_id, count, reason, operator, approved_by),
                self._corrected,
            )

        self._around.ask(Right.ACCEPT_CASH_DIFFERENCE, answered)

    def _corrected(self, outcome: CashMoved | CashRefused) -> None:
        if isinstance(outcome, CashRefused):
            self._change(said=outcome)
            return
        self.choose(self.state.chosen)
        self._change(said=ClosuresNotice.CORRECTED)

    def _came(self, closures: Sequence[Closure]) -> None:
        known = {closure.closure_id for closure in closures}
        chosen = self.state.chosen if self.state.chosen in known else ""
        self._change(closures=tuple(closures), whole=len(closures) < PAGE, chosen=chosen)
        if not chosen and closures:
            self.choose(closures[0].closure_id)

    def _run(self, lane: Lane, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self._around.runner.run(lane, work, done, lambda error: self._change(said=error))

    def _change(self, **values: Any) -> None:
        self.state = replace(self.state, **values)
        self._view.show_closures(self.state)
