"""Owns a ledger's reader that counts the rows it gives for whoever watches a long reading, and ends it when it is to
stop. Reads nothing itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from app.domain.fiscal import LedgerHead, LedgerRow, Series
from app.domain.merchant import Merchant
from app.usecases.archive_ports import LedgerReader, PublicKey
from app.usecases.long_work import LongWork
from app.usecases.ports import TillIdentity


class CountedReader:
    """Implements `archive_ports.LedgerReader` by another one; its rows raise `WorkStopped` once the work is stopped."""

    def __init__(self, reader: LedgerReader, work: LongWork) -> None:
        self._reader = reader
        self._work = work

    def identity(self) -> TillIdentity:
        return self._reader.identity()

    def merchant(self) -> Merchant:
        return self._reader.merchant()

    def ledger_chains(self) -> Sequence[tuple[str, Series]]:
        return self._reader.ledger_chains()

    def ledger_head(self, till_letter: str, series: Series) -> LedgerHead:
        return self._reader.ledger_head(till_letter, series)

    def ledger_rows(self, till_letter: str, series: Series, first: int, last: int) -> Iterator[LedgerRow]:
        return self._work.each(self._reader.ledger_rows(till_letter, series, first, last))

    def ledger_last_before(self, till_letter: str, series: Series, number: int) -> LedgerRow | None:
        return self._reader.ledger_last_before(till_letter, series, number)

    def ledger_first_since(self, till_letter: str, series: Series, day: date) -> int:
        return self._reader.ledger_first_since(till_letter, series, day)

    def public_keys(self) -> Sequence[PublicKey]:
        return self._reader.public_keys()
