"""Owns which paper comes next, which printer it is for, and when nobody waits for it any more. Pure rules.

Papers come out oldest first, each printer its own. One thing goes before that: a paper that a customer at the counter
is waiting for does not wait behind a hundred labels. What waited longer than somebody waits for it is not printed
without asking: a printer that was off for a day would print a day of tickets.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.domain.receipt import PrintKind
from app.usecases.ports import WaitingPrint

FOR_CUSTOMERS = frozenset(
    {
        PrintKind.SALE_RECEIPT,
        PrintKind.SERVICE_NOTE,
        PrintKind.WEIGH_SLIP,
        PrintKind.HANDOVER_SLIP,
        PrintKind.PICKUP_SLIP,
        PrintKind.INVOICE_SLIP,
    }
)

FOR_PREPARING = frozenset({PrintKind.PREPARATION_LIST, PrintKind.BAG_LABELS})

AT_THE_COUNTER = timedelta(minutes=2)
"""How long a customer stands there for a paper."""

_WHILE_CUSTOMER_IS_NEAR = timedelta(hours=1)
_SAME_DAY = timedelta(hours=12)
_WAITS_FOR_EVER = frozenset({PrintKind.Z_REPORT})


def next_paper(waiting: Sequence[WaitingPrint], now: datetime) -> WaitingPrint | None:
    """The one to print now.

    Args:
        waiting: oldest first.
        now: aware UTC.
    """
    waited_for = (job for job in waiting if job.kind in FOR_CUSTOMERS and _age(job, now) <= AT_THE_COUNTER)
    return next(waited_for, waiting[0] if waiting else None)


def is_too_late(job: WaitingPrint, now: datetime) -> bool:
    """Whether nobody waits for it any more: customers' papers after an hour, the shop's own after twelve; a Z never."""
    if job.kind in _WAITS_FOR_EVER:
        return False
    return _age(job, now) > (_WHILE_CUSTOMER_IS_NEAR if job.kind in FOR_CUSTOMERS else _SAME_DAY)


def _age(job: WaitingPrint, now: datetime) -> timedelta:
    """A clock that was put back makes nothing young: what comes from the future is as old as can be for a rush, and as
    young as can be for giving up."""
    age = now - job.created_at
    return age if age >= timedelta(0) else AT_THE_COUNTER + timedelta(microseconds=1)
