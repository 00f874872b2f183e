"""Recomputes closures from what they close: days from sealed documents, months from days, years from months (R14, R20).
Never looks at links or tables.

The documents pass by once, in order; the days' closures are read beside them, so nothing is read twice and little is
kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.domain.closure import Closure, ClosureKind, closure_of, joined_parts
from app.domain.fiscal import Series
from app.domain.ledger_check import Finding, FindingKind, Gap, RawRow, content_or_none
from app.domain.period_totals import PeriodTotals, Tally
from app.usecases.ledger_books import LedgerBooks, Sealed

PAGE = 100
_UNREADABLE = (KeyError, ValueError, TypeError, AttributeError)


class ClosureCheck:
    """Takes the pages of all chains of one till letter: first those of the documents, later those of the closures."""

    def __init__(self, books: LedgerBooks, till_letter: str, lost: Sequence[Gap] = ()) -> None:
        """Args: lost: numbers of documents that the journal says are lost."""
        self._books, self._till_letter, self._lost = books, till_letter, lost
        self._findings: list[Finding] = []
        self._days = self._day_closures()
        self._day = next(self._days, None)
        self._tally = Tally()
        self._after = 0
        self._parts: dict[int, Closure] = {}
        self._perpetual = (0, 0)

    def new_findings(self) -> list[Finding]:
        """What was found since this was asked last."""
        found, self._findings = self._findings, []
        return found

    def take(self, sealed: Sequence[Sealed]) -> None:
        """The next page of a chain."""
        for row, content in sealed:
            if row.series == Series.SALES:
                self._take_document(row, content)
            elif row.series == Series.CLOSURES:
                self._take_closure(row, content)

    # --- days, while the documents pass ---

    def _take_document(self, row: RawRow, content: Mapping[str, Any]) -> None:
        number = row.number
        if not isinstance(number, int):
            return
        while self._day is not None and self._day.last_number < number:  # a document of its range is missing
            self._end_day(self._day)
        try:
            self._tally.add_document(content)
            self._perpetual = (int(content["perpetual"]), int(content["perpetual_absolute"]))
        except _UNREADABLE:
            self._tally.sales += 1  # a sum that cannot be right: the document itself is told elsewhere
        if self._day is not None and number == self._day.last_number:
            self._end_day(self._day)

    def _end_day(self, day: Closure) -> None:
        totals = self._tally.totals()
        if totals != day.totals:
            self._found(day.number, _first_difference(totals, day.totals))
        if day.first_number != self._after + 1 and not self._are_lost(self._after + 1, day.first_number - 1):
            self._found(day.number, "first_number")
        if (day.perpetual.minor, day.perpetual_absolute.minor) != self._perpetual:
            self._found(day.number, "perpetual")
        self._after = day.last_number
        self._tally = Tally()
        self._day = next(self._days, None)

    def _are_lost(self, first: int, last: int) -> bool:
        """Whether these numbers were recorded as lost, in one gap or in several side by side."""
        found = first
        for gap in sorted(self._lost, key=lambda gap: gap.first):
            if gap.first <= found:
                found = max(found, gap.last + 1)
        return first <= last < found

    def _day_closures(self) -> Iterator[Closure]:
        """Closures of days that have documents, in order."""
        after = 0
        while page := self._books.page(self._till_letter, Series.CLOSURES.value, after, PAGE):
            for row in page:
                closure = _closure_or_none(content_or_none(row))
                if closure is not None and closure.kind is ClosureKind.DAY and closure.last_number:
                    yield closure
            if not isinstance(page[-1].number, int):
                return
            after = page[-1].number

    # --- months and years, while the closures pass ---

    def _take_closure(self, row: RawRow, content: Mapping[str, Any]) -> None:
        number = row.number if isinstance(row.number, int) else 0
        if self._day is not None:  # documents of its range never came
            missing, self._day = self._day, None
            self._found(missing.number, "last_number")
        closure = _closure_or_none(content)
        if closure is None:
            self._found(number, "form")
            return
        self._check_parts(closure)
        self._check_heads(closure)
        self._parts[closure.number] = closure

    def _check_parts(self, closure: Closure) -> None:
        if not closure.parts:
            if closure.kind is not ClosureKind.DAY or (not closure.last_number and closure.totals != PeriodTotals()):
                self._found(closure.number, "parts")
            return
        parts = [self._parts.pop(number) for number in closure.parts if number in self._parts]
        if len(parts) < len(closure.parts):
            self._found(closure.number, "parts")
            return
        totals, cash, activity = joined_parts(parts)
        if totals != closure.totals:
            self._found(closure.number, _first_difference(totals, closure.totals))
        if cash != closure.cash:
            self._found(closure.number, "cash")
        if activity != closure.activity:
            self._found(closure.number, "counts")

    def _check_heads(self, closure: Closure) -> None:
        for head in closure.heads:
            row = self._books.row_at(self._till_letter, head.series.value, head.number) if head.number else None
            if row is not None and row.hash != head.hash:
                self._found(closure.number, "heads", series=head.series.value, row=head.number)

    def _found(self, number: int, field: str, **details: str | int) -> None:
        self._findings.append(
            Finding(
                FindingKind.CLOSURE_WRONG,
                self._till_letter,
                Series.CLOSURES.value,
                number,
                {"field": field, **details},
            )
        )


def _closure_or_none(content: Mapping[str, Any] | None) -> Closure | None:
    try:
        return closure_of(content) if content is not None else None
    except _UNREADABLE:
        return None


def _first_difference(computed: PeriodTotals, said: PeriodTotals) -> str:
    names = ("sales", "refunds", "vat", "means", "outside", "documents", "discount_count", "discounts")
    return next((name for name in names if getattr(computed, name) != getattr(said, name)), "totals")
