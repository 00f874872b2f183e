"""The drawer and the closures in memory: the promises of `app.usecases.closing_ports` in the plainest way there is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from app.domain.canonical import content_of
from app.domain.cash import CashMovement, CashMovementKind, CashSession, session_of
from app.domain.closure import Closure, ClosureKind, closure_of
from app.domain.fiscal import LedgerRow, Series
from app.domain.money import ZERO, Money, total_of
from app.domain.sale import PaymentMeans
from app.usecases.closing_ports import OpenDay, SessionDocument, SessionPayment

if TYPE_CHECKING:
    from tests.fakes.memory_store import Tables


def ledger_rows(tables: Tables, till_letter: str, series: Series, after: int) -> list[LedgerRow]:
    places = sorted(place for place in tables.ledger if place[:2] == (till_letter, series) and place[2] > after)
    return [tables.ledger[place] for place in places]


class MemoryCashJournal:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, movement: CashMovement) -> None:
        assert movement.movement_id not in self._tables.cash_movements
        self._tables.cash_movements[movement.movement_id] = movement

    def after(self, till_letter: str, event_number: int) -> Sequence[CashMovement]:
        rows = self._tables.cash_movements.values()
        found = [row for row in rows if row.till_letter == till_letter and row.event_number > event_number]
        return sorted(found, key=lambda row: row.event_number)

    def corrections(self, till_letter: str, after_event: int, closure_id: str) -> Sequence[CashMovement]:
        return [
            row
            for row in self.after(till_letter, after_event)
            if row.kind is CashMovementKind.CORRECTED and (row.details or {}).get("closure") == closure_id
        ]

    def cash_of_sales(self, till_letter: str, after_number: int) -> Money:
        return total_of(
            [
                payment.amount
                for sale in self._tables.sales.values()
                if sale.till_letter == till_letter and sale.series == Series.SALES and sale.number > after_number
                for payment in sale.payments
                if payment.means is PaymentMeans.CASH
            ]
        )


class MemoryClosures:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, closure: Closure, canonical: bytes) -> None:
        assert closure.closure_id not in self._tables.closures
        read_again = closure_of(content_of(canonical))
        assert read_again == closure
        self._tables.closures[closure.closure_id] = read_again

    def get(self, closure_id: str) -> Closure | None:
        return self._tables.closures.get(closure_id)

    def letters(self) -> Sequence[str]:
        return sorted({letter for letter, series in self._tables.heads if series in (Series.SALES, Series.EVENTS)})

    def last(self, till_letter: str, kind: ClosureKind) -> Closure | None:
        found = [row for row in self._tables.closures.values() if (row.till_letter, row.kind) == (till_letter, kind)]
        return max(found, key=lambda row: row.number, default=None)

    def between(self, till_letter: str, kind: ClosureKind, first: str, last: str) -> Sequence[Closure]:
        found = [
            row
            for row in self._tables.closures.values()
            if row.till_letter == till_letter and row.kind is kind and first <= row.period <= last
        ]
        return sorted(found, key=lambda row: (row.period, row.rank))

    def turnover_of_days(self, till_letter: str, first: date, last: date) -> Money:
        days = self.between(till_letter, ClosureKind.DAY, first.isoformat(), last.isoformat())
        return total_of([day.totals.turnover for day in days])

    def open_days(self, till_letter: str, after_number: int) -> Sequence[OpenDay]:
        days: dict[date, OpenDay] = {}
        for row in ledger_rows(self._tables, till_letter, Series.SALES, after_number):
            first = days[row.trading_day].first_number if row.trading_day in days else row.number
            days[row.trading_day] = OpenDay(row.trading_day, first, row.number)
        return [days[day] for day in sorted(days)]

    def last_event_of(self, till_letter: str, after_event: int, day: date) -> int:
        rows = ledger_rows(self._tables, till_letter, Series.EVENTS, after_event)
        return max((row.number for row in rows if row.trading_day <= day), default=after_event)

    def event_counts(self, till_letter: str, first: int, last: int) -> Mapping[str, int]:
        rows = ledger_rows(self._tables, till_letter, Series.EVENTS, first - 1)
        return Counter(row.kind for row in rows if row.number <= last)


class MemoryClosingQueries:
    """The part of `MemoryQueries` that answers `closing_ports.ClosingQueries`."""

    @property
    def _tables(self) -> Tables:
        raise NotImplementedError

    def _last_day(self) -> tuple[str, Closure | None]:
        tables = self._tables
        letter = tables.identity.till_letter
        return letter, MemoryClosures(tables).last(letter, ClosureKind.DAY)

    def cash_session(self) -> CashSession:
        letter, last = self._last_day()
        return session_of(
            last.cash.left if last else ZERO,
            last.closed_at if last else None,
            self.cash_movements(),
            MemoryCashJournal(self._tables).cash_of_sales(letter, last.documents_up_to if last else 0),
        )

    def cash_movements(self) -> Sequence[CashMovement]:
        letter, last = self._last_day()
        return MemoryCashJournal(self._tables).after(letter, last.events_up_to if last else 0)

    def session_documents(self, limit: int = 5000) -> Sequence[SessionDocument]:
        letter, last = self._last_day()
        tables = self._tables
        rows = ledger_rows(tables, letter, Series.SALES, last.documents_up_to if last else 0)
        documents = [tables.sales[row.record_id] for row in rows]
        return [
            SessionDocument(
                sale.sale_id,
                sale.display_number,
                sale.happened_at,
                sale.total,
                tuple(SessionPayment(p.means.value, p.amount, p.tendered) for p in sale.payments),
            )
            for sale in documents[-limit:]
        ]

    def closures(self, limit: int = 50, before: str = "") -> Sequence[Closure]:
        letter = self._tables.identity.till_letter
        newest = sorted(
            self._tables.closures.values(), key=lambda row: (row.till_letter != letter, row.till_letter, -row.number)
        )
        ids = [row.closure_id for row in newest]
        start = ids.index(before) + 1 if before in ids else 0
        return newest[start : start + limit]

    def closure(self, closure_id: str) -> Closure | None:
        return self._tables.closures.get(closure_id)

    def count_corrections(self, closure_id: str) -> Sequence[CashMovement]:
        found = self.closure(closure_id)
        journal = MemoryCashJournal(self._tables)
        return journal.corrections(found.till_letter, found.last_event, closure_id) if found else []
