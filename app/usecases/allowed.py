"""Says whether somebody may do one act, inside its own transaction. Never asks for a PIN.

Screens ask before they begin; this is the same question once more where it cannot be passed by.
"""

from __future__ import annotations

from app.domain.operators import Right
from app.usecases.approve import note_approval
from app.usecases.ports import Counter, UnitOfWork


def is_allowed(uow: UnitOfWork, right: Right, operator: str, approved_by: str = "") -> bool:
    """Whether the operator, or who approved, has the right. A shop that set up nobody allows everything.

    Args:
        operator, approved_by: names as sealed; `approved_by` is "" where nobody was asked.
    """
    team = uow.operators.all()
    if not team:
        return True
    return any(person.may(right) for person in team if person.name in (operator, approved_by))


def is_allowed_and_noted(uow: UnitOfWork, counter: Counter, right: Right, operator: str, approved_by: str) -> bool:
    """The same, and the journal says who approved it."""
    if not is_allowed(uow, right, operator, approved_by):
        return False
    note_approval(uow, counter, right, operator, approved_by)
    return True
