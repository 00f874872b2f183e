"""Signs an operator in by PIN, and out. Never shows anything and never keeps who is there: `ui/on_duty.py` does."""

from __future__ import annotations

from app.domain.fiscal import EventCode
from app.domain.operators import Operator
from app.usecases.log_event import log_event
from app.usecases.ports import Counter, PinHasher
from app.usecases.queries import Queries
from app.usecases.try_pin import PinRefusal, SlowedDown, owner_of_pin, record_try


def sign_in(
    counter: Counter, queries: Queries, hasher: PinHasher, pin: str, on_duty: str = ""
) -> Operator | PinRefusal:
    """The PIN alone says who it is. The try is kept before anything is answered.

    Args:
        on_duty: who is signed in now, "" for nobody.

    Raises:
        StoreUnavailable: nothing has happened then; nobody is signed in.
    """
    owner = owner_of_pin(counter, queries, hasher, pin)
    if isinstance(owner, SlowedDown):
        return owner
    with counter.unit_of_work() as uow:
        answer = record_try(uow, counter, owner, on_duty)
        if isinstance(answer, Operator):
            log_event(uow, counter, EventCode.SIGNED_IN, answer.name, {"role": answer.role.value})
        uow.commit()
    return answer


def sign_out(counter: Counter, operator: str, why: str) -> None:
    """Note that an operator left the till.

    Args:
        why: `asked`, `idle` or `closed`.
    """
    with counter.unit_of_work() as uow:
        log_event(uow, counter, EventCode.SIGNED_OUT, operator, {"why": why})
        uow.commit()
