"""The outbox in memory: the same promises as `app.storage.outbox`, said in the plainest way there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from app.domain.facts import Fact, urgency_of
from app.usecases.exception_ports import RefusedFact
from app.usecases.marketplace_port import FactAnswer, FactOutcome
from tests.fakes.memory_exceptions import MemoryExceptions

if TYPE_CHECKING:
    from tests.fakes.memory_store import Tables


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    fact: Fact
    state: str = "pending"
    attempts: int = 0
    message: str = ""
    free_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SetAside:
    refused: RefusedFact
    at: datetime
    operator: str
    note: str
    replaced_by: str


class MemoryOutbox:
    def __init__(self, tables: Tables, exceptions: MemoryExceptions) -> None:
        self._tables = tables
        self._exceptions = exceptions

    def next_seq(self) -> int:
        self._tables.till_seq += 1
        return self._tables.till_seq

    def next_seqs(self, count: int) -> range:
        first = self._tables.till_seq + 1
        self._tables.till_seq += count
        return range(first, first + count)

    def append_all(self, facts: Sequence[Fact]) -> None:
        for fact in facts:
            self.append(fact)

    def append(self, fact: Fact) -> None:
        assert fact.fact_id not in self._tables.facts
        self._tables.facts[fact.fact_id] = fact
        self._tables.outbox[fact.fact_id] = OutboxEntry(fact)

    def claim(self, limit: int, now: datetime, lease_s: float) -> Sequence[Fact]:
        entries = sorted(self._tables.outbox.values(), key=lambda e: e.fact.till_seq)
        free: list[OutboxEntry] = []
        least_urgent: dict[str, int] = {}
        held: set[str] = set()
        for entry in entries:
            if entry.state == "conflicted":
                continue
            subject, urgency = entry.fact.subject, urgency_of(entry.fact.kind)
            later = entry.free_at is not None and now < entry.free_at <= now + timedelta(minutes=10)
            if entry.state == "refused" or later:
                held.add(subject)
            elif subject not in held and least_urgent.get(subject, 0) <= urgency:
                free.append(entry)
            least_urgent[subject] = max(least_urgent.get(subject, 0), urgency)
        taken = sorted(free, key=lambda e: (urgency_of(e.fact.kind), e.fact.till_seq))[:limit]
        for entry in taken:
            self._tables.outbox[entry.fact.fact_id] = replace(
                entry, state="sending", attempts=entry.attempts + 1, free_at=now + timedelta(seconds=lease_s)
            )
        return [entry.fact for entry in taken]

    def settle(self, answers: Sequence[FactAnswer], now: datetime) -> None:
        for answer in answers:
            entry = self._tables.outbox.get(answer.fact_id)
            if entry is None:
                continue
            if answer.outcome in (FactOutcome.APPLIED, FactOutcome.DUPLICATE):
                del self._tables.outbox[answer.fact_id]
                continue
            state = "refused" if answer.outcome is FactOutcome.REFUSED else "conflicted"
            self._tables.outbox[answer.fact_id] = replace(
                entry, state=state, message=answer.message, free_at=None, reason=answer.reason
            )
            if state == "conflicted" and self._exceptions.open_for_conflict(answer, entry.fact, now):
                del self._tables.outbox[answer.fact_id]

    def release(self, fact_ids: Sequence[str], now: datetime, retry_at: datetime, error: str) -> None:
        for fact_id in fact_ids:
            entry = self._tables.outbox.get(fact_id)
            if entry is not None and entry.state == "sending":
                self._tables.outbox[fact_id] = replace(entry, state="pending", message=error, free_at=retry_at)

    def resend(self, fact_id: str) -> bool:
        entry = self._tables.outbox.get(fact_id)
        if entry is None or entry.state != "refused":
            return False
        self._tables.outbox[fact_id] = replace(entry, state="pending", free_at=None, message="", reason="")
        return True

    def refused(self, fact_id: str) -> RefusedFact | None:
        entry = self._tables.outbox.get(fact_id)
        if entry is None or entry.state != "refused":
            return None
        return RefusedFact(entry.fact, entry.reason, entry.message)

    def set_aside(self, refused: RefusedFact, now: datetime, operator: str, note: str, replaced_by: str = "") -> None:
        del self._tables.outbox[refused.fact.fact_id]
        self._tables.set_aside[refused.fact.fact_id] = SetAside(refused, now, operator, note, replaced_by)

    def leave(self, fact_id: str) -> None:
        entry = self._tables.outbox.get(fact_id)
        if entry is not None and entry.state == "conflicted":
            del self._tables.outbox[fact_id]
