"""Lets somebody with the right allow one act of somebody without it, by PIN. Never does the act."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.fiscal import EventCode
from app.domain.operators import Approval, Operator, Right
from app.usecases.log_event import log_event
from app.usecases.ports import Counter, PinHasher, UnitOfWork
from app.usecases.queries import Queries
from app.usecases.try_pin import PinRefusal, SlowedDown, owner_of_pin, record_try


@dataclass(frozen=True, slots=True)
class NotTheirRight:
    """The PIN is right, but its owner may not do this either."""

    operator_name: str


def approve(
    counter: Counter,
    queries: Queries,
    hasher: PinHasher,
    pin: str,
    right: Right,
    on_duty: str,
    *,
    at_once: bool = False,
) -> Approval | NotTheirRight | PinRefusal:
    """Who approves this one act of `on_duty`, or why nobody does.

    Args:
        at_once: no use case follows that takes `approved_by` and notes it: note it here.

    Raises:
        StoreUnavailable: nothing is approved then.
    """
    owner = owner_of_pin(counter, queries, hasher, pin)
    if isinstance(owner, SlowedDown):
        return owner
    with counter.unit_of_work() as uow:
        answer = record_try(uow, counter, owner, on_duty)
        if isinstance(answer, Operator) and at_once and answer.may(right):
            note_approval(uow, counter, right, on_duty, answer.name)
        uow.commit()
    if not isinstance(answer, Operator):
        return answer
    return Approval(answer.name, right) if answer.may(right) else NotTheirRight(answer.name)


def note_approval(uow: UnitOfWork, counter: Counter, right: Right, operator: str, approved_by: str) -> None:
    """Note in the running transaction of an act that it was approved; nothing for an act of one's own right ("")."""
    if approved_by:
        details = {"right": right.value, "approved_by": approved_by}
        log_event(uow, counter, EventCode.APPROVAL, operator, details)
