"""Queues a fact that the marketplace refused once more, on a person's word. Never changes the fact itself."""

from __future__ import annotations

from app.usecases.ports import Counter, Touched


def resend_fact(counter: Counter, fact_id: str) -> bool:
    """Send it again with the next round; the same id, so it cannot take effect twice (I3).

    False, and nothing has changed, if it is not refused."""
    with counter.unit_of_work() as uow:
        if not uow.outbox.resend(fact_id):
            return False
        uow.commit()
    counter.announce(Touched(outbox=True))
    return True
