"""Facts of other tills in memory: the same promises as `app.storage.repositories.rescued`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from app.domain.rescue import Plain, RescueFile
from app.usecases.marketplace_port import FactAnswer, FactOutcome
from app.usecases.rescue_ports import RescuedFile, RescuedPart

if TYPE_CHECKING:
    from tests.fakes.memory_store import Tables


@dataclass(frozen=True, slots=True)
class RescuedRow:
    part: int
    fact: Plain
    state: str = "waiting"
    due_at: datetime | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class KeptFile:
    file: RescueFile
    imported_at: datetime
    operator: str
    rows: tuple[RescuedRow, ...]

    def count(self, state: str) -> int:
        return sum(row.state == state for row in self.rows)


class MemoryRescued:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def keep(self, file: RescueFile, now: datetime, operator: str) -> bool:
        known = self._tables.rescue_files.get(file.file_id)
        if known is not None:
            asked_again = tuple(RescuedRow(row.part, row.fact) if row.state == "refused" else row for row in known.rows)
            self._tables.rescue_files[file.file_id] = replace(known, rows=asked_again)
            return False
        rows = tuple(RescuedRow(number, fact) for number, part in enumerate(file.parts) for fact in part)
        self._tables.rescue_files[file.file_id] = KeptFile(file, now, operator, rows)
        return True

    def waiting_of(self, file_id: str) -> int:
        return self._tables.rescue_files[file_id].count("waiting")

    def next_part(self, now: datetime) -> RescuedPart | None:
        for file_id, kept in sorted(self._tables.rescue_files.items(), key=lambda pair: (pair[1].imported_at, pair[0])):
            for row in kept.rows:
                if row.state == "waiting" and (row.due_at is None or row.due_at <= now):
                    file = kept.file
                    facts = file.parts[row.part]
                    return RescuedPart(file_id, row.part, file.till_id, file.statement, file.signature, facts)
        return None

    def settle(self, part: RescuedPart, answers: Sequence[FactAnswer]) -> None:
        by_id = {answer.fact_id: answer for answer in answers}

        def settled(row: RescuedRow) -> RescuedRow:
            answer = by_id.get(row.fact["fact_id"]) if row.part == part.number else None
            if answer is None:
                return row
            refused = answer.outcome is FactOutcome.REFUSED
            return replace(
                row, state="refused" if refused else "told", due_at=None, message=answer.message if refused else ""
            )

        self._change(part, settled)
        kept = self._tables.rescue_files[part.file_id]
        if not kept.count("waiting") and not kept.count("refused"):
            self._tables.rescue_files[part.file_id] = replace(kept, rows=())

    def refuse(self, part: RescuedPart, message: str) -> None:
        self._change(
            part,
            lambda row: replace(row, state="refused", due_at=None, message=message) if row.state == "waiting" else row,
        )

    def postpone(self, part: RescuedPart, until: datetime) -> None:
        self._change(
            part,
            lambda row: replace(row, due_at=until) if (row.part, row.state) == (part.number, "waiting") else row,
        )

    def _change(self, part: RescuedPart, change: object) -> None:
        kept = self._tables.rescue_files[part.file_id]
        rows = tuple(change(row) for row in kept.rows)  # type: ignore[operator]  # a function from row to row
        self._tables.rescue_files[part.file_id] = replace(kept, rows=rows)


def rescued_files(tables: Tables) -> list[RescuedFile]:
    """As `queries.rescued`."""
    newest_first = sorted(tables.rescue_files.items(), key=lambda pair: (pair[1].imported_at, pair[0]), reverse=True)
    return [
        RescuedFile(
            file_id,
            kept.file.till_letter,
            kept.file.made_at,
            kept.imported_at,
            kept.operator,
            kept.file.count,
            kept.count("waiting"),
            kept.count("refused"),
            max((row.message for row in kept.rows), default=""),
        )
        for file_id, kept in newest_first
    ]
