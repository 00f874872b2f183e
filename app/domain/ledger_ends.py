"""Owns what can be told from the ends of the chains alone, in constant time: is the last row sound, does the counter
agree with it, is it what a witness outside the database remembers. Never reads a database.

What is wrong with an end must not stop the shop, nor draw a number twice: each chain says from where it goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from app.domain.fiscal import GENESIS, HASH_BYTES, SIGNATURE_BYTES, KnownHead, LedgerHead, Series
from app.domain.ledger_check import (
    SERIES_WITH_TOTALS,
    ChainEnd,
    Finding,
    FindingKind,
    Gap,
    RawHead,
    RawRow,
    RowCheck,
    chain_digest,
    changed_columns,
    content_or_none,
)
from app.domain.money import Money

RowAt = Callable[[str, str, int], RawRow | None]
"""Reads one row by till letter, series and number."""


@dataclass(frozen=True, slots=True)
class Repair:
    """From where a chain goes on.

    Attributes:
        first_missing: the first number that is lost, 0 if none is: then only the counter was wrong.
        source: who knew the head: `rows`, `counter` or `witness`.
    """

    till_letter: str
    series: Series
    head: LedgerHead
    first_missing: int
    source: str


@dataclass(frozen=True, slots=True)
class Ends:
    """What was found at the ends, and how to go on."""

    findings: tuple[Finding, ...]
    repairs: tuple[Repair, ...]


def examine_ends(
    ends: Sequence[ChainEnd],
    gaps: Mapping[tuple[str, str], Sequence[Gap]],
    known_heads: Sequence[KnownHead],
    check: RowCheck,
    row_at: RowAt,
) -> Ends:
    """Look at the end of every chain.

    Args:
        gaps: recorded ones by till letter and series.
        known_heads: of all witnesses; of several for one chain the furthest counts.
        check: whether a row's signature is of its key over a digest.
    """
    furthest = _furthest(known_heads)
    there = {(end.till_letter, end.series) for end in ends}
    gone = [ChainEnd(letter, series, None, None, None) for letter, series in furthest if (letter, series) not in there]
    examined = [
        _Chain(end, gaps.get((end.till_letter, end.series), ()), furthest.get((end.till_letter, end.series)), check)
        for end in (*ends, *gone)
    ]
    findings: list[Finding] = []
    for chain in examined:
        chain.examine()
        findings += chain.findings
    repairs = [chain.repair for chain in examined if chain.repair is not None]
    findings += _rewritten(known_heads, row_at)
    if _is_older_copy(findings):
        findings = [_as_older_copy(finding) for finding in findings]
    return Ends(tuple(findings), tuple(repairs))


def _furthest(known_heads: Sequence[KnownHead]) -> dict[tuple[str, str], KnownHead]:
    furthest: dict[tuple[str, str], KnownHead] = {}
    for known in known_heads:
        chain = (known.till_letter, known.series.value)
        if chain not in furthest or furthest[chain].number < known.number:
            furthest[chain] = known
    return furthest


def _rewritten(known_heads: Sequence[KnownHead], row_at: RowAt) -> list[Finding]:
    """Rows that a witness remembers with another digest."""
    found = []
    for known in known_heads:
        row = row_at(known.till_letter, known.series.value, known.number)
        if row is not None and row.hash != known.hash:
            found.append(Finding(FindingKind.HISTORY_REWRITTEN, known.till_letter, known.series.value, known.number))
    return found


def _is_older_copy(findings: Sequence[Finding]) -> bool:
    """Whether whole chains end earlier, the events' among them, and the counters agree: each start writes an event, so
    a copy of before today's start lacks at least that."""
    others = {FindingKind.COUNTER_BEHIND, FindingKind.COUNTER_CHANGED}
    cut = [finding for finding in findings if finding.kind is FindingKind.TAIL_CUT]
    return (
        any(finding.series == Series.EVENTS for finding in cut)
        and all(finding.details["source"] == "witness" for finding in cut)
        and not any(finding.kind in others for finding in findings)
    )


def _as_older_copy(finding: Finding) -> Finding:
    if finding.kind is not FindingKind.TAIL_CUT:
        return finding
    return Finding(FindingKind.OLDER_COPY, finding.till_letter, finding.series, finding.number, finding.details)


class _Chain:
    """One chain's end under examination."""

    def __init__(self, end: ChainEnd, gaps: Sequence[Gap], known: KnownHead | None, check: RowCheck) -> None:
        self.findings: list[Finding] = []
        self.repair: Repair | None = None
        self._end, self._gaps, self._known, self._check = end, gaps, known, check

    def examine(self) -> None:
        """Fill `findings` and `repair`."""
        last, counter = self._end.last, self._end.counter
        if last is not None:
            self._look_at(last)
        head = self._head_of_rows()
        if counter is not None and _is_beyond(counter, head.number) and self._counter_was_signed(counter):
            head = self._beyond(head, _head_of(counter), "counter")
        elif counter is None or tuple(counter) != _counter_of(head):
            self._counter_is_wrong(counter, head)
        if self._known is not None and self._known.number > head.number:
            self._beyond(head, _complete(self._known.head, head), "witness")

    def _look_at(self, last: RawRow) -> None:
        content = content_or_none(last)
        if content is None:
            self._found(FindingKind.ROW_UNREADABLE, last.number)
        elif changed := changed_columns(last, content):
            self._found(FindingKind.COLUMN_CHANGED, last.number, field=changed[0])
        before = self._before(last)
        digest = chain_digest(before.hash, before.signature, last.canonical)
        if digest != last.hash:
            self._found(FindingKind.CONTENT_CHANGED, last.number)
        elif not self._check(last, last.hash):
            self._found(FindingKind.SIGNATURE_WRONG, last.number)

    def _before(self, last: RawRow) -> Any:
        """What the last row is linked to: the row before it, or what a recorded gap went on from."""
        gap = next((gap for gap in self._gaps if gap.last + 1 == last.number), None)
        return gap or self._end.before_last or GENESIS

    def _head_of_rows(self) -> LedgerHead:
        """The end of the chain by its rows, and by a recorded gap that no row has followed yet."""
        last = self._end.last
        head = GENESIS if last is None else _head_of_row(last)
        waiting = [gap for gap in self._gaps if gap.last > head.number]
        return _head_of_gap(waiting[-1]) if waiting else head

    def _counter_was_signed(self, counter: RawHead) -> bool:
        """Whether rows really went as far as the counter says: its digest carries a signature of the till."""
        last = self._end.last
        if last is None or not isinstance(counter.hash, bytes):
            return last is None and isinstance(counter.hash, bytes)
        return self._check(last._replace(signature=counter.signature), counter.hash)

    def _beyond(self, head: LedgerHead, known: LedgerHead, source: str) -> LedgerHead:
        """Somebody knows of rows after the last one."""
        first = head.number + 1 if self.repair is None else self.repair.first_missing or head.number + 1
        self.findings = [finding for finding in self.findings if finding.kind is not FindingKind.TAIL_CUT]
        self._found(FindingKind.TAIL_CUT, first, first=first, last=known.number, source=source)
        self._go_on_from(known, first, source)
        return known

    def _counter_is_wrong(self, counter: RawHead | None, head: LedgerHead) -> None:
        if head.number == 0:
            if counter is None:
                return
            self._found(FindingKind.COUNTER_CHANGED, 0)
            return
        behind = counter is None or (isinstance(counter.number, int) and counter.number < head.number)
        stored = counter.number if counter is not None and isinstance(counter.number, int) else 0
        kind = FindingKind.COUNTER_BEHIND if behind else FindingKind.COUNTER_CHANGED
        self._found(kind, head.number, counter=stored)
        self._go_on_from(head, 0, "rows")

    def _go_on_from(self, head: LedgerHead, first_missing: int, source: str) -> None:
        if self._end.series in Series._value2member_map_:
            series = Series(self._end.series)
            self.repair = Repair(self._end.till_letter, series, head, first_missing, source)

    def _found(self, kind: FindingKind, number: Any, **details: str | int) -> None:
        named = number if isinstance(number, int) else 0
        self.findings.append(Finding(kind, self._end.till_letter, self._end.series, named, details))


def end_of(end: ChainEnd) -> LedgerHead:
    """Where a chain goes on: its last row, or its counter where a recorded gap is further."""
    head = GENESIS if end.last is None else _head_of_row(end.last)
    return _head_of(end.counter) if end.counter is not None and _is_beyond(end.counter, head.number) else head


def _head_of_row(row: RawRow) -> LedgerHead:
    """A row as the end of its chain; its totals are in its sealed bytes, nought where there are none."""
    content = content_or_none(row) or {}
    totals = content if row.series in SERIES_WITH_TOTALS else {}
    return LedgerHead(
        row.number if isinstance(row.number, int) else 0,
        row.hash if isinstance(row.hash, bytes) else bytes(HASH_BYTES),
        row.signature if isinstance(row.signature, bytes) else bytes(SIGNATURE_BYTES),
        _money(totals.get("perpetual", 0)),
        _money(totals.get("perpetual_absolute", 0)),
        _day(content.get("day")) or _day(row.trading_day),
        _moment(content.get("at")) or _moment(row.happened_at),
    )


def _head_of_gap(gap: Gap) -> LedgerHead:
    return LedgerHead(
        gap.last,
        gap.hash,
        gap.signature,
        Money(gap.perpetual),
        Money(gap.perpetual_absolute),
        _day(gap.day),
        _moment(gap.at),
    )


def _head_of(counter: RawHead) -> LedgerHead:
    return LedgerHead(
        counter.number,
        counter.hash,
        counter.signature,
        _money(counter.perpetual_minor),
        _money(counter.perpetual_absolute_minor),
        _day(counter.trading_day),
        _moment(counter.happened_at),
    )


def _counter_of(head: LedgerHead) -> tuple[object, ...]:
    """What the counter must say of a head."""
    day, moment = head.trading_day, head.happened_at
    return (
        head.number,
        head.hash,
        head.signature,
        head.perpetual.minor,
        head.perpetual_absolute.minor,
        day.isoformat() if day else "",
        moment.isoformat(timespec="microseconds") if moment else "",
    )


def _is_beyond(counter: RawHead, number: int) -> bool:
    return isinstance(counter.number, int) and counter.number > number


def _complete(head: LedgerHead, before: LedgerHead) -> LedgerHead:
    """A head of which a witness knows no moment takes it from what is still there."""
    return LedgerHead(
        head.number,
        head.hash,
        head.signature,
        head.perpetual,
        head.perpetual_absolute,
        head.trading_day or before.trading_day,
        head.happened_at or before.happened_at,
    )


def _money(value: object) -> Money:
    return Money(value) if isinstance(value, int) else Money(0)


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def _moment(value: object) -> datetime | None:
    """Aware UTC."""
    try:
        return datetime.fromisoformat(str(value)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
