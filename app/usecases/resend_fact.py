"""Queues a fact that the marketplace refused once more, on a person's word. Never changes the fact itself."""

from __future__ import annotations

from app.usecases.ports import Counter, Touched


def resend_fact(counter: Counter, fact_id: str) -> None:
    """Send it again with the next round; the same id, so it cannot take effect twice (I3)."""
    with counter.unit_of_work() as uow:
        uow.outbox.resend(fact_id)
        uow.commit()
    counter.announce(Touched(outbox=True))
