"""Owns the check of what the rows of one chain say: header as in the columns, order of days and moments, money,
perpetual totals. Never looks at links or signatures."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from app.domain.fiscal import EventCode, Series
from app.domain.ledger_check import (
    SERIES_WITH_TOTALS,
    Finding,
    FindingKind,
    Gap,
    RawRow,
    changed_columns,
    content_or_none,
    money_faults,
    turnover_of,
    utc_text,
)

MOST_FINDINGS = 200

_MAY_GO_BACK = frozenset({EventCode.CLOCK_SET_BACK, EventCode.KEY_CREATED, EventCode.KEY_REPLACED})
"""Events sealed before the clock's own event, or that event itself."""


class ContentCheck:
    """Takes the rows of a chain in order, page by page.

    Attributes:
        findings: what was found so far, `MOST_FINDINGS` at most; `left_out`: how many more.
    """

    def __init__(
        self, till_letter: str, series: str, *, clock_set_back: Collection[int], gaps: Sequence[Gap] = ()
    ) -> None:
        """Args: clock_set_back: numbers of this chain before which the journal says that the clock was set back."""
        self.findings: list[Finding] = []
        self.left_out = 0
        self._till_letter, self._series = till_letter, series
        self._clock_set_back = clock_set_back
        self._totals_after = {gap.last: (gap.perpetual, gap.perpetual_absolute) for gap in gaps}
        self._totals: tuple[int, int] | None = (0, 0)
        self._number = 0
        self._day = self._moment = ""

    def take(self, rows: Sequence[RawRow]) -> list[tuple[RawRow, Mapping[str, Any]]]:
        """Check the next rows. Returns each that can be read, with what it says."""
        readable: list[tuple[RawRow, Mapping[str, Any]]] = []
        for row in rows:
            content = content_or_none(row)
            if content is None:
                self._found(FindingKind.ROW_UNREADABLE, row)
                self._totals = None
            else:
                self._look_at(row, content)
                readable.append((row, content))
            self._number = row.number if isinstance(row.number, int) else self._number
        return readable

    def _look_at(self, row: RawRow, content: Mapping[str, Any]) -> None:
        for field in changed_columns(row, content):
            self._found(FindingKind.COLUMN_CHANGED, row, field=field)
        self._check_order(row, content)
        if self._series in SERIES_WITH_TOTALS:
            for sum_name in money_faults(content):
                self._found(FindingKind.MONEY_WRONG, row, field=sum_name)
            self._check_totals(row, content)

    def _check_order(self, row: RawRow, content: Mapping[str, Any]) -> None:
        day, moment = str(content.get("day", "")), utc_text(content.get("at"))
        if day < self._day:
            self._found(FindingKind.DAY_ORDER, row, day=day, before=self._day)
        if moment < self._moment and not self._may_go_back(content):
            self._found(FindingKind.CLOCK_BACK, row, at=moment, before=self._moment)
        self._day, self._moment = max(day, self._day), moment

    def _may_go_back(self, content: Mapping[str, Any]) -> bool:
        if self._series == Series.EVENTS:
            return content.get("kind") in _MAY_GO_BACK
        return content.get("number") in self._clock_set_back

    def _check_totals(self, row: RawRow, content: Mapping[str, Any]) -> None:
        said = (content.get("perpetual"), content.get("perpetual_absolute"))
        before = self._totals
        if row.number != self._number + 1:
            before = self._totals_after.get(row.number - 1) if isinstance(row.number, int) else None
        if before is not None:
            algebraic, absolute = turnover_of(content) if self._series == Series.SALES else (0, 0)
            if said != (before[0] + algebraic, before[1] + absolute):
                self._found(FindingKind.PERPETUAL_WRONG, row)
        algebraic_after, absolute_after = said
        whole = isinstance(algebraic_after, int) and isinstance(absolute_after, int)
        self._totals = (algebraic_after, absolute_after) if whole else None  # type: ignore[assignment]  # whole numbers

    def _found(self, kind: FindingKind, row: RawRow, **details: str | int) -> None:
        if len(self.findings) >= MOST_FINDINGS:
            self.left_out += 1
            return
        number = row.number if isinstance(row.number, int) else 0
        self.findings.append(Finding(kind, self._till_letter, self._series, number, details))
