"""Adds operators, renames them, changes what they may do, gives PINs, notes who has left. Nobody is ever deleted:
sealed rows carry their names.

The first operator is a manager and one manager always stays: somebody must be able to let others in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from app.domain.fiscal import EventCode
from app.domain.operators import NAME_LENGTH, Operator, PinVerdict, Right, Role, judge_pin, tidy_name
from app.usecases.approve import note_approval
from app.usecases.log_event import log_event
from app.usecases.ports import Counter, PinHasher, Touched, UnitOfWork
from app.usecases.queries import Queries


class OperatorRefusal(StrEnum):
    """Why nothing was changed."""

    NAME_MISSING = "name_missing"
    NAME_TOO_LONG = "name_too_long"
    NAME_TAKEN = "name_taken"
    """By anybody, those who have left included: a name in the books means one person."""
    PIN_NOT_DIGITS = "pin_not_digits"
    PIN_WRONG_LENGTH = "pin_wrong_length"
    PIN_TOO_SIMPLE = "pin_too_simple"
    PIN_TAKEN = "pin_taken"
    FIRST_MUST_MANAGE = "first_must_manage"
    LAST_MANAGER = "last_manager"
    UNKNOWN = "unknown"


_PIN_REFUSALS: Mapping[PinVerdict, OperatorRefusal] = {
    PinVerdict.NOT_DIGITS: OperatorRefusal.PIN_NOT_DIGITS,
    PinVerdict.WRONG_LENGTH: OperatorRefusal.PIN_WRONG_LENGTH,
    PinVerdict.TOO_SIMPLE: OperatorRefusal.PIN_TOO_SIMPLE,
}


@dataclass(frozen=True, slots=True)
class _Changed:
    """What was done, for the journal."""

    operator: Operator
    change: str
    was: str = ""

    def details(self) -> dict[str, str]:
        said = {"change": self.change, "name": self.operator.name, "role": self.operator.role.value}
        return said | {"was": self.was} if self.was else said


_Outcome = _Changed | Operator | OperatorRefusal
_Work = Callable[[UnitOfWork, Sequence[Operator]], _Outcome]


class Team:
    """The use cases that change who may act here.

    Every method makes one change in one transaction, notes it in the technical journal and returns the operator as they
    are now, or why nothing was changed; each may raise StoreUnavailable. `by` is who is at the till, `approved_by` the
    manager who allowed it with their PIN, "" if `by` may do it alone.
    """

    def __init__(self, counter: Counter, queries: Queries, hasher: PinHasher) -> None:
        self._counter = counter
        self._queries = queries
        self._hasher = hasher

    def add(self, name: str, role: Role, pin: str, by: str, approved_by: str = "") -> Operator | OperatorRefusal:
        """Let one more person act. From the first one on, the till asks for a PIN."""
        if refused := self._refused_pin(pin, ""):
            return refused
        new = Operator(self._counter.ids.new(), tidy_name(name), role)
        pin_hash = self._hasher.hash(pin)

        def work(uow: UnitOfWork, everybody: Sequence[Operator]) -> _Outcome:
            if refusal := _refused_name(new.name, everybody, ""):
                return refusal
            if not everybody and role is not Role.MANAGER:
                return OperatorRefusal.FIRST_MUST_MANAGE
            uow.operators.add(new, pin_hash)
            return _Changed(new, "added")

        return self._do(work, by, approved_by)

    def rename(self, operator_id: str, name: str, by: str, approved_by: str = "") -> Operator | OperatorRefusal:
        """Another name from now on; what is in the books keeps the old one."""

        def work(uow: UnitOfWork, everybody: Sequence[Operator]) -> _Outcome:
            known = _of_id(everybody, operator_id)
            if known is None:
                return OperatorRefusal.UNKNOWN
            renamed = replace(known, name=tidy_name(name))
            if refusal := _refused_name(renamed.name, everybody, operator_id):
                return refusal
            if renamed == known:
                return known
            uow.operators.change(renamed)
            return _Changed(renamed, "renamed", known.name)

        return self._do(work, by, approved_by)

    def change_role(self, operator_id: str, role: Role, by: str, approved_by: str = "") -> Operator | OperatorRefusal:
        """Other rights from now on; the last manager stays one."""

        def work(uow: UnitOfWork, everybody: Sequence[Operator]) -> _Outcome:
            known = _of_id(everybody, operator_id)
            if known is None:
                return OperatorRefusal.UNKNOWN
            if role is known.role:
                return known
            if _is_last_manager(known, everybody):
                return OperatorRefusal.LAST_MANAGER
            uow.operators.change(replace(known, role=role))
            return _Changed(replace(known, role=role), "role_changed", known.role.value)

        return self._do(work, by, approved_by)

    def set_pin(self, operator_id: str, pin: str, by: str, approved_by: str = "") -> Operator | OperatorRefusal:
        """A new PIN, at once in force."""
        if refused := self._refused_pin(pin, operator_id):
            return refused
        pin_hash = self._hasher.hash(pin)

        def work(uow: UnitOfWork, everybody: Sequence[Operator]) -> _Outcome:
            known = _of_id(everybody, operator_id)
            if known is None:
                return OperatorRefusal.UNKNOWN
            uow.operators.set_pin(operator_id, pin_hash)
            return _Changed(known, "pin_set")

        return self._do(work, by, approved_by)

    def deactivate(self, operator_id: str, by: str, approved_by: str = "") -> Operator | OperatorRefusal:
        """Someone has left: signs in no more, stays in the books."""

        def work(uow: UnitOfWork, everybody: Sequence[Operator]) -> _Outcome:
            known = _of_id(everybody, operator_id)
            if known is None:
                return OperatorRefusal.UNKNOWN
            if not known.active:
                return known
            if _is_last_manager(known, everybody):
                return OperatorRefusal.LAST_MANAGER
            uow.operators.change(replace(known, active=False))
            return _Changed(replace(known, active=False), "deactivated")

        return self._do(work, by, approved_by)

    def reactivate(self, operator_id: str, pin: str, by: str, approved_by: str = "") -> Operator | OperatorRefusal:
        """Someone has come back, with a new PIN: the old one may be another's by now."""
        if refused := self._refused_pin(pin, operator_id):
            return refused
        pin_hash = self._hasher.hash(pin)

        def work(uow: UnitOfWork, everybody: Sequence[Operator]) -> _Outcome:
            known = _of_id(everybody, operator_id)
            if known is None:
                return OperatorRefusal.UNKNOWN
            uow.operators.change(replace(known, active=True))
            uow.operators.set_pin(operator_id, pin_hash)
            return _Changed(replace(known, active=True), "reactivated")

        return self._do(work, by, approved_by)

    def _refused_pin(self, pin: str, operator_id: str) -> OperatorRefusal | None:
        verdict = judge_pin(pin)
        if verdict is not PinVerdict.GOOD:
            return _PIN_REFUSALS[verdict]
        others = (kept for owner, kept in self._queries.pin_hashes().items() if owner != operator_id)
        return OperatorRefusal.PIN_TAKEN if any(self._hasher.matches(kept, pin) for kept in others) else None

    def _do(self, work: _Work, by: str, approved_by: str) -> Operator | OperatorRefusal:
        with self._counter.unit_of_work() as uow:
            outcome = work(uow, uow.operators.all())
            if not isinstance(outcome, _Changed):
                return outcome
            note_approval(uow, self._counter, Right.MANAGE_OPERATORS, by, approved_by)
            log_event(uow, self._counter, EventCode.OPERATOR_CHANGED, by, outcome.details())
            uow.commit()
        self._counter.announce(Touched(operators=True))
        return outcome.operator


def _of_id(everybody: Sequence[Operator], operator_id: str) -> Operator | None:
    return next((operator for operator in everybody if operator.operator_id == operator_id), None)


def _refused_name(name: str, everybody: Sequence[Operator], operator_id: str) -> OperatorRefusal | None:
    if not name:
        return OperatorRefusal.NAME_MISSING
    if len(name) > NAME_LENGTH:
        return OperatorRefusal.NAME_TOO_LONG
    taken = {operator.name.casefold() for operator in everybody if operator.operator_id != operator_id}
    return OperatorRefusal.NAME_TAKEN if name.casefold() in taken else None


def _is_last_manager(known: Operator, everybody: Sequence[Operator]) -> bool:
    managers = [operator for operator in everybody if operator.active and operator.role is Role.MANAGER]
    return managers == [known]
