"""Owns how a screen gets leave for one act: at once if whoever is there may do it, else by a manager's PIN typed on a
sheet over the window. Never does the act, never waits: the answer comes to a callback.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from app.domain.operators import Approval, Right
from app.i18n import tr
from app.ui.components.cover import Cover
from app.ui.components.pin_sheet import PinSheet
from app.ui.messages import describe_failure
from app.ui.on_duty import Answered, OperatorOnDuty
from app.ui.operator_words import pin_refusal_words, right_words
from app.ui.style.look import Look
from app.ui.task_runner import Lane, Runner
from app.usecases.approve import NotTheirRight, approve
from app.usecases.ports import Counter, PinHasher
from app.usecases.queries import Queries
from app.usecases.try_pin import PinRefusal


class Covered(Protocol):
    """The window, as far as a sheet needs it."""

    @property
    def covered(self) -> bool: ...
    def cover(self, sheet: Cover) -> None: ...
    def uncover(self) -> None: ...


@dataclass(frozen=True, slots=True)
class PinSurroundings:
    """What looking at a PIN takes; for approvals and for the lock."""

    counter: Counter
    queries: Queries
    hasher: PinHasher
    runner: Runner
    window: Covered
    look: Look
    on_duty: OperatorOnDuty


class Approvals:
    """One for the window, handed to screens. On the main thread."""

    def __init__(self, around: PinSurroundings) -> None:
        self._around = around
        self._sheet: PinSheet | None = None
        self._answered: Answered = lambda _name: None

    def ask_approval(self, right: Right, answered: Answered, *, at_once: bool = False) -> None:
        """Ask for leave to do one thing. While a sheet covers the window, the answer is no at once: only a field that
        loses the focus to the sheet asks then.

        Args:
            at_once: no use case follows that notes the approval in the technical journal: it is noted here.
        """
        if self._around.on_duty.may(right):
            answered("")
            return
        if self._around.window.covered:
            answered(None)
            return
        sheet = PinSheet(
            self._around.look,
            right_words(right),
            tr("{name} may not do this alone: a manager types their PIN.").format(name=self._around.on_duty.name()),
            scan_refused=tr("First the manager's PIN, or Esc; then scan again."),
            cancel=True,
        )
        sheet.entered.connect(lambda pin: self._entered(sheet, right, pin, at_once))
        sheet.cancelled.connect(self.cancel)
        self._sheet, self._answered = sheet, answered
        self._around.window.cover(sheet)

    def leave(self, right: Right, answered: Answered) -> None:
        """The `on_duty.Leave` of screens whose use cases take no `approved_by`: an approval is noted at once."""
        self.ask_approval(right, answered, at_once=True)

    def cancel(self) -> None:
        """No leave is given; whoever asked is told so."""
        if self._sheet is not None:
            self._close(None)

    def _entered(self, sheet: PinSheet, right: Right, pin: str, at_once: bool) -> None:
        around, operator = self._around, self._around.on_duty.name()
        sheet.wait(True)
        around.runner.run(
            Lane.STORE,
            lambda: approve(around.counter, around.queries, around.hasher, pin, right, operator, at_once=at_once),
            lambda answer: self._came(sheet, answer),
            lambda failure: self._failed(sheet, failure),
        )

    def _came(self, sheet: PinSheet, answer: Approval | NotTheirRight | PinRefusal) -> None:
        if sheet is not self._sheet:  # cancelled meanwhile: an approval nobody waits for is none
            return
        sheet.wait(False)
        if isinstance(answer, Approval):
            self._close(answer.operator_name)
        else:
            sheet.say(pin_refusal_words(answer))

    def _failed(self, sheet: PinSheet, failure: Exception) -> None:
        if sheet is self._sheet:
            sheet.wait(False)
            sheet.say(describe_failure(failure))

    def _close(self, name: str | None) -> None:
        sheet, self._sheet = self._sheet, None
        answered, self._answered = self._answered, lambda _name: None
        self._around.window.uncover()
        if sheet is not None:
            sheet.deleteLater()
        answered(name)
