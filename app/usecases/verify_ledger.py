"""Verifies the ledger: every chain from its first row, every sealed document, every table that says the same (R14).

Reads in pages and keeps nothing, so that ten years take no more memory than a day; may be stopped at each page. Changes
nothing: what was found is told, and logged by `record_verification`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.chain_walk import ChainWalk
from app.domain.content_check import ContentCheck
from app.domain.fiscal import EventCode, KnownHead, Series
from app.domain.ledger_check import REMARKABLE, Finding, FindingKind, RawRow
from app.domain.ledger_ends import examine_ends
from app.usecases.check_closures import ClosureCheck
from app.usecases.fiscal_ports import SignatureCheck
from app.usecases.ledger_books import ChainSize, LedgerBooks, Mismatch, TableDifference
from app.usecases.ledger_keys import KnownKeys, Turning
from app.usecases.log_event import log_event
from app.usecases.ports import Clock, Counter

PAGE = 500
MOST_FINDINGS = 1000
MOST_ORPHANS = 100
SIGNED_ROW_BY_ROW = frozenset({Series.CLOSURES.value, Series.ARCHIVES.value, Series.INVOICES.value})
"""Few and of weight: each of their signatures is checked, whatever was asked for."""

Progress = Callable[[int, int], None]
"""Called with rows done and rows in all."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What is known of the ledger outside its database.

    Attributes:
        known_heads: of the key store and other witnesses.
        key_id: of the key in the key store, "" if it cannot be looked at.
    """

    known_heads: Sequence[KnownHead] = ()
    key_id: str = ""


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """What a verification found.

    Attributes:
        findings: faults and what is remarkable, in the order of the chains; `left_out`: how many more there were.
        rows: verified, by series.
        signatures: checked.
        unsealed_sales: of before the ledger, which nothing can vouch for.
        seconds: how long it took.
        complete: False if it was stopped.
    """

    findings: tuple[Finding, ...]
    left_out: int
    rows: Mapping[str, int]
    signatures: int
    unsealed_sales: int
    seconds: float
    complete: bool

    @property
    def faults(self) -> tuple[Finding, ...]:
        """Without what the program recorded itself."""
        return tuple(finding for finding in self.findings if finding.kind not in REMARKABLE)

    @property
    def is_sound(self) -> bool:
        return self.complete and not self.faults and not self.left_out

    @property
    def row_count(self) -> int:
        return sum(self.rows.values())

    @property
    def rows_per_second(self) -> int:
        return int(self.row_count / self.seconds) if self.seconds > 0 else 0


def verify_ledger(
    books: LedgerBooks,
    check: SignatureCheck,
    clock: Clock,
    outside: Outside = Outside(),  # frozen, and the same for every call
    *,
    every_signature: bool = False,
    tables: bool = True,
    progress: Progress = lambda _done, _all: None,
    stop: Callable[[], bool] = lambda: False,
) -> LedgerReport:
    """Verify everything there is.

    Args:
        every_signature: check each row's own signature too; without it those that cover all the others.
        tables: hold the other tables against the ledger as well; without it only the chains are walked.

    Raises:
        StoreUnavailable: it cannot be read to the end.
    """
    begun_at = clock.now()
    verification = _Verification(books, check, every_signature, tables, progress, stop)
    verification.run(outside)
    seconds = (clock.now() - begun_at).total_seconds()
    return verification.report(seconds)


def record_verification(counter: Counter, report: LedgerReport, operator: str) -> None:
    """Note in the journal that the ledger was verified, and what came of it (R14)."""
    details: dict[str, str | int] = {
        "rows": report.row_count,
        "signatures": report.signatures,
        "faults": len(report.faults) + report.left_out,
        "complete": int(report.complete),
    }
    if report.faults:
        first = report.faults[0]
        details |= {"first": first.kind.value, "series": first.series, "number": first.number}
    with counter.unit_of_work() as uow:
        log_event(uow, counter, EventCode.VERIFIED, operator, details)
        uow.commit()


@dataclass
class _Verification:
    """One run; what it has found so far."""

    books: LedgerBooks
    check: SignatureCheck
    every_signature: bool
    tables: bool
    progress: Progress
    stop: Callable[[], bool]
    findings: list[Finding] = field(default_factory=list)
    left_out: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    signatures: int = 0
    unsealed_sales: int = 0
    complete: bool = True
    done: int = 0
    all_rows: int = 0

    def run(self, outside: Outside) -> None:
        keys = KnownKeys(self.books.keys(), self.check)
        turning = Turning(self.books)
        sizes = self.books.chains()
        letters = dict.fromkeys(str(size.till_letter) for size in sizes)
        self.all_rows = sum(size.rows for size in sizes)
        self._add(keys.findings(turning.of_all(letters), outside.key_id, self.books))
        gaps = turning.gaps_of_all(letters)
        ends = examine_ends(self.books.ends(), gaps, outside.known_heads, keys.is_signed, self.books.row_at)
        self._add([finding for finding in ends.findings if finding.kind in _OF_ENDS])
        closures = {
            letter: ClosureCheck(self.books, letter, turning.gaps(letter, Series.SALES.value)) for letter in letters
        }
        for size in sorted(sizes, key=_order):
            if not self._verify_chain(size, keys, turning, closures[str(size.till_letter)]):
                return
        if self.tables:
            self._add([_finding_of(difference, "", None) for difference in self.books.orphans(MOST_ORPHANS)])
            self.unsealed_sales = self.books.unsealed_sales()
        self._add([Finding(FindingKind.GUARD_MISSING, details={"guard": name}) for name in self.books.guards_missing()])
        self._add([Finding(FindingKind.KEY_UNKNOWN, details={"key": key}) for key in keys.unknown])

    def report(self, seconds: float) -> LedgerReport:
        return LedgerReport(
            tuple(self.findings),
            self.left_out,
            dict(self.rows),
            self.signatures,
            self.unsealed_sales,
            seconds,
            self.complete,
        )

    def _verify_chain(self, size: ChainSize, keys: KnownKeys, turning: Turning, closures: ClosureCheck) -> bool:
        """False if it was stopped."""
        letter, series = str(size.till_letter), str(size.series)
        gaps = turning.gaps(letter, series)
        walk = ChainWalk(
            letter,
            series,
            check=keys.is_signed,
            row_at=lambda number: self.books.row_at(letter, series, number),
            gaps=gaps,
            every_signature=self.every_signature or series in SIGNED_ROW_BY_ROW,
        )
        contents = ContentCheck(letter, series, clock_set_back=turning.clock_set_back(letter, series), gaps=gaps)
        differing: list[Finding] = []
        walked = self._walk_pages(size, walk, contents, closures, differing)
        self._add([*walk.findings, *contents.findings, *differing, *closures.new_findings()])
        self.left_out += walk.left_out + contents.left_out
        self.signatures += walk.signatures
        self.rows[series] = self.rows.get(series, 0) + walked
        if self.complete and walked < size.rows:
            self._add([Finding(FindingKind.ROW_ADDED, letter, series, details={"rows": size.rows - walked})])
        return self.complete

    def _walk_pages(
        self,
        size: ChainSize,
        walk: ChainWalk,
        contents: ContentCheck,
        closures: ClosureCheck,
        differing: list[Finding],
    ) -> int:
        walked = after = 0
        while page := self.books.page(size.till_letter, size.series, after, PAGE):
            if self.stop():
                self.complete = False
                return walked
            walk.take(page)
            if self.tables:
                sealed = contents.take(page)
                numbers = {str(row.record_id): row for row, _ in sealed}
                differing += [_finding_of(found, "", numbers) for found in self.books.differences(sealed)]
                closures.take(sealed)
            walked += len(page)
            self.done += len(page)
            self.progress(self.done, max(self.all_rows, self.done))
            if not isinstance(page[-1].number, int):
                break
            after = page[-1].number
        walk.finish()
        return walked

    def _add(self, findings: Sequence[Finding]) -> None:
        room = max(MOST_FINDINGS - len(self.findings), 0)
        self.findings += findings[:room]
        self.left_out += len(findings[room:])


_OF_ENDS = frozenset(
    {
        FindingKind.COUNTER_BEHIND,
        FindingKind.COUNTER_CHANGED,
        FindingKind.TAIL_CUT,
        FindingKind.OLDER_COPY,
        FindingKind.HISTORY_REWRITTEN,
    }
)
"""What the ends alone tell; that the last row is wrong is found by walking too."""

_SERIES_ORDER = [series.value for series in Series]


def _order(size: ChainSize) -> tuple[str, int, str]:
    known = size.series in _SERIES_ORDER
    return (str(size.till_letter), _SERIES_ORDER.index(size.series) if known else len(_SERIES_ORDER), str(size.series))


_KIND_OF_MISMATCH = {
    Mismatch.CHANGED: FindingKind.TABLE_CHANGED,
    Mismatch.MISSING: FindingKind.TABLE_ROW_MISSING,
    Mismatch.ADDED: FindingKind.TABLE_ROW_ADDED,
}


def _finding_of(found: TableDifference, letter: str, rows: Mapping[str, RawRow] | None) -> Finding:
    details: dict[str, str | int] = {"table": found.table, "record": found.record_id}
    if found.field:
        details["field"] = found.field
    if found.line:
        details["line"] = found.line
    row = (rows or {}).get(found.record_id)
    if row is None:
        return Finding(_KIND_OF_MISMATCH[found.what], letter, details=details)
    number = row.number if isinstance(row.number, int) else 0
    return Finding(_KIND_OF_MISMATCH[found.what], str(row.till_letter), str(row.series), number, details)
