"""Records technical events in the journal, in the running transaction (R13). Never commits, never holds a customer's
data (I10)."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.canonical import event_body
from app.domain.fiscal import EventCode, LedgerRow, Series
from app.usecases.ports import Counter, UnitOfWork
from app.usecases.seal_row import next_place, seal


def log_event(
    uow: UnitOfWork, counter: Counter, code: EventCode, operator: str, details: Mapping[str, str | int] | None = None
) -> LedgerRow:
    """Seal one event.

    Args:
        operator: who acted, "" for the program itself.
        details: what there is to know of it, in an order that stays.
    """
    place = next_place(uow, counter, Series.EVENTS)
    body = event_body(details or {})
    return seal(uow, counter, place, kind=code, record_id=counter.ids.new(), operator=operator, body=body)
