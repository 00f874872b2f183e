"""The ledger's past in memory: what `app.usecases.archive_ports.LedgerReader` promises, in the plainest way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from app.domain.fiscal import GENESIS, LedgerHead, LedgerRow, Series
from app.usecases.archive_ports import PublicKey

if TYPE_CHECKING:
    from tests.fakes.memory_store import Tables


class MemoryArchiveQueries:
    """The part of `MemoryQueries` that archives and exports read."""

    @property
    def _tables(self) -> Tables:
        raise NotImplementedError

    def ledger_chains(self) -> Sequence[tuple[str, Series]]:
        return list(self._tables.heads)

    def ledger_head(self, till_letter: str, series: Series) -> LedgerHead:
        return self._tables.heads.get((till_letter, series), GENESIS)

    def ledger_rows(self, till_letter: str, series: Series, first: int, last: int) -> Iterator[LedgerRow]:
        for place, row in sorted(self._tables.ledger.items()):
            if place[:2] == (till_letter, series) and first <= place[2] <= last:
                yield row

    def ledger_last_before(self, till_letter: str, series: Series, number: int) -> LedgerRow | None:
        return next(reversed(list(self.ledger_rows(till_letter, series, 1, number - 1))), None)

    def ledger_first_since(self, till_letter: str, series: Series, day: date) -> int:
        last = self.ledger_head(till_letter, series).number
        rows = self.ledger_rows(till_letter, series, 1, last)
        return next((row.number for row in rows if row.trading_day >= day), last + 1)

    def public_keys(self) -> Sequence[PublicKey]:
        made = datetime(2026, 11, 1, tzinfo=UTC)
        return [PublicKey(key_id, pem, made) for key_id, pem in self._tables.fiscal_keys.items()]
