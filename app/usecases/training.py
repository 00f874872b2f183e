"""Begins and ends training: sales made to learn the till, in a chain of their own, marked FACTICE, without effect on
anything real (R12). Both ends are events with the name of who answers for it."""

from __future__ import annotations

from app.domain.fiscal import EventCode
from app.domain.operators import Right
from app.usecases.allowed import is_allowed_and_noted
from app.usecases.log_event import log_event
from app.usecases.ports import Counter, Touched


def start_training(counter: Counter, operator: str, approved_by: str = "") -> bool:
    """From now on sales are training, `operator` answers for it. False if it is on already, or not theirs to begin."""
    return _switch(counter, operator, approved_by, on=True)


def stop_training(counter: Counter, operator: str) -> bool:
    """From now on sales are real again; anybody may. False if there was no training."""
    return _switch(counter, operator, "", on=False)


def _switch(counter: Counter, operator: str, approved_by: str, *, on: bool) -> bool:
    with counter.unit_of_work() as uow:
        responsible = uow.training()
        if bool(responsible) is on or not operator:
            return False
        if on and not is_allowed_and_noted(uow, counter, Right.TRAINING_MODE, operator, approved_by):
            return False
        code = EventCode.TRAINING_ON if on else EventCode.TRAINING_OFF
        log_event(uow, counter, code, operator, {"responsible": operator if on else responsible})
        uow.commit()
    counter.announce(Touched(sales=True))
    return True
