"""Owns the protocols between archives and exports and the outside: who reads the ledger's past, who writes the files.
Never holds an implementation.

Rows of the ledger never change, so a long reading needs no transaction: its ends are fixed first, then it goes on page
by page while the shop sells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from app.domain.fiscal import LedgerHead, LedgerRow, Series
from app.domain.merchant import Merchant
from app.usecases.ports import TillIdentity, Unavailable


class FileNotWritten(Unavailable):
    """A file asked for could not be written; nothing half done is left. reason: `disk_full`, `denied`, `exists`,
    `no_folder`, `not_kept` (read back, it was something else), `io`."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that signed rows of this database."""

    key_id: str
    public_pem: str
    created_at: datetime


class LedgerReader(Protocol):
    """The ledger's past, for archives, exports and checks. From any thread."""

    def identity(self) -> TillIdentity: ...
    def merchant(self) -> Merchant: ...
    def ledger_chains(self) -> Sequence[tuple[str, Series]]:
        """Every chain of the database that has a row: till letter and series."""

    def ledger_head(self, till_letter: str, series: Series) -> LedgerHead:
        """The end of a chain now."""

    def ledger_rows(self, till_letter: str, series: Series, first: int, last: int) -> Iterator[LedgerRow]:
        """Rows first..last of a chain in order, read in pages while others write."""

    def ledger_last_before(self, till_letter: str, series: Series, number: int) -> LedgerRow | None:
        """The row with the highest number below this one."""

    def ledger_first_since(self, till_letter: str, series: Series, day: date) -> int:
        """The number of the first row of that trading day or later; one more than the last row's if there is none.
        Found in a few look-ups, however long the chain is."""

    def public_keys(self) -> Sequence[PublicKey]:
        """Oldest first."""


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file as it stands in the archive.

    Attributes:
        rows: of a table, without its header; -1 for other files.
    """

    name: str
    size: int
    sha256: str
    rows: int = -1


class ArchiveSink(Protocol):
    """Where an archive comes into being: a temporary place until `publish`. Every call may raise FileNotWritten."""

    def open_table(self, name: str, header: Sequence[str]) -> None: ...
    def add_row(self, name: str, cells: Sequence[str]) -> None: ...
    def add_file(self, name: str, content: bytes) -> None: ...
    def written(self) -> Sequence[WrittenFile]:
        """All files so far, their digests taken; tables take no more rows after this."""

    def pack(self) -> None:
        """Make one file of everything, safe on the disk, still under its temporary name."""

    def publish(self) -> str:
        """Give it its name, at once and whole; never over another file. Returns the path."""

    def discard(self) -> None:
        """Leave nothing behind. After `publish` it does nothing."""


class ExportSink(Protocol):
    """Where an export comes into being. Every call may raise FileNotWritten."""

    def open_table(
        self, name: str, header: Sequence[str], *, delimiter: str = ";", byte_order_mark: bool = True
    ) -> None: ...
    def add_row(self, name: str, cells: Sequence[str]) -> None: ...
    def add_file(self, name: str, content: bytes) -> None: ...
    def publish(self) -> Sequence[str]:
        """Give the files their names, never over others. Returns the paths."""

    def discard(self) -> None:
        """Leave nothing behind that has no name yet."""
