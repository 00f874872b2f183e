"""Disagreements in memory, and the reads of `app.usecases.exception_queries` over the tables of `memory_store`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from app.domain.disagreements import changes_in, choices_for
from app.domain.facts import Fact, editable_words, urgency_of
from app.usecases.conflicts import kind_of_conflict
from app.usecases.exception_queries import ExceptionRow, OutboxRow, SetAsideRow
from app.usecases.marketplace_port import Disagreement, FactAnswer
from app.usecases.record_fact import exception_subject

if TYPE_CHECKING:
    from tests.fakes.memory_outbox import OutboxEntry
    from tests.fakes.memory_store import Tables


class MemoryExceptions:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def get(self, exception_id: str) -> Disagreement | None:
        known = self._tables.exceptions.get(exception_id)
        return known[0] if known else None

    def open_of_order(self, order_id: str) -> Sequence[Disagreement]:
        known = (disagreement for disagreement, _ in self._tables.exceptions.values())
        return [one for one in known if one.order_id == order_id and one.settled_at is None]

    def open(self, opened: Disagreement, message: str = "") -> None:
        view = {key: value for key, value in opened.view.items() if key not in ("customer_name", "note", "handed_to")}
        kept, said = self._tables.exceptions.get(opened.exception_id, (replace(opened, view=view), message))
        self._tables.exceptions[opened.exception_id] = (kept, said or message)

    def told(self, opened: Disagreement) -> None:
        known = self.get(opened.exception_id)
        message = self._tables.exceptions[opened.exception_id][1] if known else ""
        if known is not None and opened.settled_at is None:
            opened = replace(
                opened,
                settled_at=known.settled_at,
                settled_by=known.settled_by,
                answer=known.answer,
                note=known.note,
            )
        view = opened.view or (known.view if known else {})
        self._tables.exceptions[opened.exception_id] = (replace(opened, view=view), message)

    def settle(self, exception_id: str, now: datetime, operator: str, answer: str, note: str) -> bool:
        known = self._tables.exceptions.get(exception_id)
        if known is None or known[0].settled_at is not None:
            return False
        settled = replace(known[0], settled_at=now, settled_by=operator, answer=answer, note=note)
        self._tables.exceptions[exception_id] = (settled, known[1])
        return True

    def answered_here(self, exception_id: str) -> bool:
        subject = exception_subject(exception_id)
        return any(fact.subject == subject for fact in self._tables.facts.values())

    def open_for_conflict(self, answer: FactAnswer, fact: Fact, now: datetime) -> bool:
        view = answer.view or {}
        kind = kind_of_conflict(fact.kind, answer.reason, view)
        order_id, product_id = str(fact.payload.get("order_id", "")), str(fact.payload.get("product_id", ""))
        self.open(
            Disagreement(answer.fact_id, kind, now, order_id, product_id, answer.fact_id, answer.reason, view),
            answer.message,
        )
        return self._tables.exceptions[answer.fact_id][0].settled_at is not None


class MemoryExceptionQueries:
    @property
    def _tables(self) -> Tables:
        raise NotImplementedError

    def outbox(self, limit: int = 200) -> Sequence[OutboxRow]:
        entries = sorted(self._tables.outbox.values(), key=lambda entry: entry.fact.till_seq)
        return [self._outbox_row(entry) for entry in entries[:limit]]

    def outbox_row(self, fact_id: str) -> OutboxRow | None:
        entry = self._tables.outbox.get(fact_id)
        return self._outbox_row(entry) if entry else None

    def _outbox_row(self, entry: OutboxEntry) -> OutboxRow:
        fact, refused = entry.fact, entry.state == "refused"
        behind = [
            other
            for other in self._tables.outbox.values()
            if other.fact.subject == fact.subject
            and other.fact.till_seq > fact.till_seq
            and other.state in ("pending", "sending")
        ]
        return OutboxRow(
            fact.fact_id,
            fact.kind.value,
            fact.subject,
            fact.happened_at,
            entry.state,
            entry.attempts,
            entry.message,
            fact.subject,
            fact.till_seq,
            urgency_of(fact.kind),
            entry.reason,
            entry.free_at,
            len(behind) if refused else 0,
            editable_words(fact.kind, fact.payload, entry.reason) if refused else (),
        )

    def exceptions(self, open_only: bool = True, limit: int = 100) -> Sequence[ExceptionRow]:
        known = self._tables.exceptions.values()
        newest = sorted(known, key=lambda pair: (pair[0].opened_at, pair[0].exception_id), reverse=True)
        rows = [self._exception_row(disagreement, message) for disagreement, message in newest]
        return [row for row in rows if row.settled_at is None or not open_only][:limit]

    def exception(self, exception_id: str) -> ExceptionRow | None:
        known = self._tables.exceptions.get(exception_id)
        return self._exception_row(*known) if known else None

    def exceptions_of_order(self, order_id: str) -> Sequence[ExceptionRow]:
        return [row for row in self.exceptions() if row.order_id == order_id]

    def set_aside(self, limit: int = 100) -> Sequence[SetAsideRow]:
        return [
            SetAsideRow(
                kept.refused.fact.fact_id,
                kept.refused.fact.till_seq,
                kept.refused.fact.kind.value,
                kept.refused.fact.subject,
                kept.refused.fact.happened_at,
                kept.refused.fact.subject,
                kept.at,
                kept.operator,
                kept.note,
                kept.refused.message,
                kept.refused.reason,
                kept.replaced_by,
            )
            for kept in list(reversed(self._tables.set_aside.values()))[:limit]
        ]

    def _exception_row(self, known: Disagreement, message: str) -> ExceptionRow:
        order = self._tables.orders.get(known.order_id)
        product = self._tables.products.get(known.product_id)
        choices = choices_for(known.kind)
        return ExceptionRow(
            exception_id=known.exception_id,
            kind=known.kind,
            opened_at=known.opened_at,
            order_id=known.order_id,
            message=message,
            settled_at=known.settled_at,
            proposed_answer=choices[0].value,
            order_number=order.number if order else "",
            settled_by=known.settled_by,
            settled_note=known.note,
            product_id=known.product_id,
            product_name=product.name if product else "",
            fact_id=known.fact_id,
            answer=known.answer,
            reason=known.reason,
            view=known.view,
            changes=changes_in(known.view) if known.kind == "order_edited" else (),
            choices=choices,
        )
