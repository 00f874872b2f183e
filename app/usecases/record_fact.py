"""Writes a fact into the outbox as part of a use case's own transaction. Never commits, never sends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.domain.facts import Fact, FactKind, Payload
from app.usecases.ports import Counter, UnitOfWork


def record_fact(
    uow: UnitOfWork, counter: Counter, kind: FactKind, subject: str, happened_at: datetime, payload: Payload
) -> Fact:
    """Keep and queue what happened, under a new id and this till's next number.

    Args:
        subject: the record it is about, for example `order:…`: facts of one subject are sent in order.
    """
    fact = Fact(counter.ids.new(), uow.outbox.next_seq(), kind, subject, happened_at, payload)
    uow.outbox.append(fact)
    return fact


def record_facts(
    uow: UnitOfWork, kind: FactKind, happened_at: datetime, told: Sequence[tuple[str, str, Payload]]
) -> None:
    """The same for many at once, as (fact_id, subject, payload)."""
    seqs = uow.outbox.next_seqs(len(told))
    facts = [
        Fact(fact_id, seq, kind, subject, happened_at, payload)
        for seq, (fact_id, subject, payload) in zip(seqs, told, strict=True)
    ]
    uow.outbox.append_all(facts)


def order_subject(order_id: str) -> str:
    return f"order:{order_id}"


def exception_subject(exception_id: str) -> str:
    return f"exception:{exception_id}"
