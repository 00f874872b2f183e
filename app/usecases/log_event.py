"""Records technical events in the journal, in the running transaction (R13). Never commits, never holds a customer's
data (I10)."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.canonical import event_body
from app.domain.fiscal import EventCode, LedgerRow, Series
from app.usecases.ports import Counter, TillIdentity, UnitOfWork
from app.usecases.seal_row import next_place, seal


def log_event(
    uow: UnitOfWork,
    counter: Counter,
    code: EventCode,
    operator: str,
    details: Mapping[str, str | int] | None = None,
    till: TillIdentity | None = None,
) -> LedgerRow:
    """Seal one event.

    Args:
        operator: who acted, "" for the program itself.
        details: what there is to know of it, in an order that stays.
        till: into whose journal; None for this till as it is now. Only what was lost under an earlier letter goes
            elsewhere.
    """
    place = next_place(uow, counter, Series.EVENTS, till)
    body = event_body(details or {})
    return seal(uow, counter, place, kind=code, record_id=counter.ids.new(), operator=operator, body=body)
