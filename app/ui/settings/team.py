"""Owns what a shop does with its team on the settings screen: choose, add, change, let go, take back. No widget, no
wording.

Whoever may not change the team asks a manager first; the use cases note who approved.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Protocol

from app.domain.operators import Operator, Right, Role
from app.ui.components.approval import Approvals
from app.ui.on_duty import OperatorOnDuty
from app.ui.task_runner import Lane, Runner
from app.usecases.manage_operators import OperatorRefusal, Team
from app.usecases.queries import Queries


class TeamNotice(StrEnum):
    """What the sheet has to say besides refusals; worded in `team_words.py`."""

    SAVED = "saved"
    ADDED = "added"
    HAS_LEFT = "has_left"
    IS_BACK = "is_back"
    REPEAT_DIFFERS = "repeat_differs"
    PIN_NEEDED = "pin_needed"


@dataclass(frozen=True, slots=True)
class TeamState:
    """All that the sheet shows.

    Attributes:
        chosen: operator_id of the person in the fields, "" for a new one.
        draft_no: changes whenever the fields are to be filled anew.
        name: of whom `said` speaks.
    """

    people: tuple[Operator, ...] = ()
    chosen: str = ""
    draft_no: int = 0
    busy: bool = False
    said: TeamNotice | OperatorRefusal | Exception | None = None
    name: str = ""

    @property
    def person(self) -> Operator | None:
        return next((person for person in self.people if person.operator_id == self.chosen), None)


class TeamView(Protocol):
    """What the presenter shows itself with."""

    def show_team(self, state: TeamState) -> None: ...


@dataclass(frozen=True, slots=True)
class TeamSurroundings:
    """What the sheet is given."""

    team: Team
    queries: Queries
    runner: Runner
    on_duty: OperatorOnDuty
    approvals: Approvals


_Change = Callable[[str, str], Operator | OperatorRefusal]
"""Does it, told who is there and who approved."""


class TeamPresenter:
    """One change at a time; the list is read again after each."""

    def __init__(self, around: TeamSurroundings, view: TeamView) -> None:
        self._around = around
        self._view = view
        self.state = TeamState()

    def read(self) -> None:
        """Read who is there."""
        self._around.runner.run(Lane.LISTS, self._around.queries.operators, self._came, self._failed)

    def choose(self, operator_id: str) -> None:
        """Show a person in the fields; "" for a new one."""
        self._change(chosen=operator_id, draft_no=self.state.draft_no + 1, said=None)

    def save(self, name: str, role: Role, pin: str, repeated: str) -> None:
        """Add the new person, or change the chosen one; an empty PIN leaves theirs as it is."""
        person, team = self.state.person, self._around.team
        if pin != repeated:
            self._change(said=TeamNotice.REPEAT_DIFFERS)
        elif person is None and not pin:
            self._change(said=TeamNotice.PIN_NEEDED)
        elif person is None:
            self._do(lambda by, approved: team.add(name, role, pin, by, approved), TeamNotice.ADDED)
        else:
            known = person
            self._do(lambda by, approved: _change_all(team, known, name, role, pin, by, approved), TeamNotice.SAVED)

    def let_go(self) -> None:
        """The chosen person has left."""
        person = self.state.person
        if person is not None:
            known = person.operator_id
            self._do(lambda by, approved: self._around.team.deactivate(known, by, approved), TeamNotice.HAS_LEFT)

    def take_back(self, pin: str, repeated: str) -> None:
        """The chosen person has come back, with a new PIN."""
        person = self.state.person
        if person is None:
            return
        if pin != repeated:
            self._change(said=TeamNotice.REPEAT_DIFFERS)
        elif not pin:
            self._change(said=TeamNotice.PIN_NEEDED)
        else:
            known = person.operator_id
            self._do(lambda by, approved: self._around.team.reactivate(known, pin, by, approved), TeamNotice.IS_BACK)

    # --- inside ---

    def _do(self, change: _Change, done: TeamNotice) -> None:
        if self.state.busy:
            return

        def answered(approved_by: str | None) -> None:
            if approved_by is None:
                return
            by = self._around.on_duty.name()
            self._change(busy=True, said=None)
            self._around.runner.run(
                Lane.STORE, lambda: change(by, approved_by), lambda outcome: self._done(outcome, done), self._failed
            )

        self._around.approvals.ask_approval(Right.MANAGE_OPERATORS, answered)

    def _done(self, outcome: Operator | OperatorRefusal, done: TeamNotice) -> None:
        if isinstance(outcome, OperatorRefusal):
            self._change(busy=False, said=outcome)
            return
        chosen = "" if done is TeamNotice.ADDED else outcome.operator_id
        self._change(busy=False, said=done, name=outcome.name, chosen=chosen, draft_no=self.state.draft_no + 1)
        self.read()

    def _came(self, people: Any) -> None:
        was = self.state.person
        self._change(people=tuple(people))
        if self.state.person != was:
            self._change(draft_no=self.state.draft_no + 1)

    def _failed(self, failure: Exception) -> None:
        self._change(busy=False, said=failure)

    def _change(self, **values: Any) -> None:
        self.state = replace(self.state, **values)
        self._view.show_team(self.state)


def _change_all(
    team: Team, person: Operator, name: str, role: Role, pin: str, by: str, approved_by: str
) -> Operator | OperatorRefusal:
    """What differs, one change after the other; the first refusal ends it. A refused PIN comes first: it is what
    people mistype."""
    outcome: Operator | OperatorRefusal = person
    if pin:
        outcome = team.set_pin(person.operator_id, pin, by, approved_by)
    if isinstance(outcome, Operator):
        outcome = team.rename(person.operator_id, name, by, approved_by)
    if isinstance(outcome, Operator):
        outcome = team.change_role(person.operator_id, role, by, approved_by)
    return outcome
