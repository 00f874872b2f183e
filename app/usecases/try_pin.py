"""Finds out whose PIN was typed and remembers the try, so that wrong ones slow the till down, restarts or not.

Comparing is slow on purpose and happens before the transaction; a pause in force is looked at again inside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.fiscal import EventCode
from app.domain.operators import KEEP_TRIES, LONGEST_PIN, Operator, PinTry, pin_state
from app.usecases.log_event import log_event
from app.usecases.ports import Counter, PinHasher, UnitOfWork
from app.usecases.queries import Queries


@dataclass(frozen=True, slots=True)
class WrongPin:
    """Nobody's PIN. `tries_left`: wrong ones until the till slows down."""

    tries_left: int


@dataclass(frozen=True, slots=True)
class SlowedDown:
    """Too many wrong PINs: none is looked at before `until`; `seconds` from now."""

    until: datetime
    seconds: int


PinRefusal = WrongPin | SlowedDown


def owner_of_pin(counter: Counter, queries: Queries, hasher: PinHasher, pin: str) -> Operator | SlowedDown | None:
    """Whose PIN this is; None if it is nobody's. Outside any transaction.

    Returns SlowedDown without having looked at the PIN while a pause is in force.
    """
    now = counter.clock.now()
    until = pin_state(queries.pin_tries(), now).slowed_until
    if until is not None:
        return _slowed(until, now)
    if not pin.isdecimal() or len(pin) > LONGEST_PIN:
        return None
    hashes = queries.pin_hashes()
    owner_id = next((operator_id for operator_id, kept in hashes.items() if hasher.matches(kept, pin)), None)
    return next((operator for operator in queries.operators() if operator.operator_id == owner_id), None)


def record_try(uow: UnitOfWork, counter: Counter, owner: Operator | None, on_duty: str) -> Operator | PinRefusal:
    """Remember a try inside the transaction of what it was for; the caller commits, also for a refusal.

    Args:
        owner: as found by `owner_of_pin`.
        on_duty: who was signed in meanwhile, "" for nobody; named with the event that the till slows down.
    """
    now = counter.clock.now()
    tries = uow.operators.tries()
    until = pin_state(tries, now).slowed_until
    if until is not None:
        return _slowed(until, now)
    entry = PinTry(now, owner.role if owner is not None else None)
    uow.operators.add_try(entry, now - KEEP_TRIES)
    if owner is not None:
        return owner
    state = pin_state([*tries, entry], now)
    if state.slowed_until is None:
        return WrongPin(state.tries_left)
    refusal = _slowed(state.slowed_until, now)
    log_event(uow, counter, EventCode.PIN_LOCKED, on_duty, {"seconds": refusal.seconds})
    return refusal


def _slowed(until: datetime, now: datetime) -> SlowedDown:
    return SlowedDown(until, max(int((until - now).total_seconds()), 1))
