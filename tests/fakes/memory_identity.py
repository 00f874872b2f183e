"""Numbers of facts and upkeep in memory: the same promises as `app.storage`, said in the plainest way there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fakes.memory_outbox import OutboxEntry
    from tests.fakes.memory_store import Tables


class MemoryFactNumbers:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def fact_at(self, till_seq: int) -> str:
        return next((fact.fact_id for fact in self._tables.facts.values() if fact.till_seq == till_seq), "")

    def last_drawn(self) -> int:
        return self._tables.till_seq

    def lowest_unsent(self) -> int:
        return min((entry.fact.till_seq for entry in self._unsent()), default=0)

    def leave_out(self, up_to: int) -> None:
        self._tables.till_seq = max(self._tables.till_seq, up_to)

    def renumber_unsent(self) -> int:
        unsent = sorted(self._unsent(), key=lambda entry: entry.fact.till_seq)
        self.renumber([entry.fact.fact_id for entry in unsent])
        return len(unsent)

    def renumber(self, fact_ids: Sequence[str]) -> None:
        for fact_id in fact_ids:
            self._tables.till_seq += 1
            fact = replace(self._tables.facts[fact_id], till_seq=self._tables.till_seq)
            self._tables.facts[fact_id] = fact
            if fact_id in self._tables.outbox:
                self._tables.outbox[fact_id] = replace(self._tables.outbox[fact_id], fact=fact)

    def _unsent(self) -> list[OutboxEntry]:
        return [entry for entry in self._tables.outbox.values() if entry.state != "conflicted"]


class MemoryUpkeep:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def done_at(self, task: str) -> datetime | None:
        return self._tables.upkeep.get(task)

    def note_done(self, task: str, at: datetime) -> None:
        self._tables.upkeep[task] = at

    def forget(self, task: str) -> None:
        self._tables.upkeep.pop(task, None)
