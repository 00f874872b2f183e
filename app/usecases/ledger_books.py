"""Owns the protocol by which the ledger is read to be checked: rows unbelieved, in pages, and what the other tables say
beside it. Never holds an implementation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:  # not needed to record a sale: kept off the start path
    from app.domain.ledger_check import ChainEnd, RawKey, RawRow


class Mismatch(StrEnum):
    """How a table disagrees with the ledger."""

    CHANGED = "changed"
    MISSING = "missing"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class TableDifference:
    """Where a table does not say what is sealed.

    Attributes:
        record_id: of the sale, closure, event, invoice concerned.
        field: the column, for CHANGED.
        line: which line, payment, rate or copy of it, 0 if it has none.
    """

    table: str
    record_id: str
    what: Mismatch
    field: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class ChainSize:
    """How many rows carry the name of a chain; names as stored."""

    till_letter: Any
    series: Any
    rows: int


Sealed: TypeAlias = "tuple[RawRow, Mapping[str, Any]]"
"""A row and what it says (`canonical.content_of`)."""


class EndsReader(Protocol):
    """What the check at start reads, inside its transaction or beside it: in constant time, however long the chains."""

    def ends(self) -> Sequence[ChainEnd]:
        """The end of every chain of this till, and of every one that has a counter."""

    def row_at(self, till_letter: str, series: str, number: int) -> RawRow | None: ...
    def turning_events(self, till_letter: str) -> Sequence[RawRow]:
        """Events that a chain's check must know beforehand: keys, gaps, clock set back. By number."""

    def keys(self) -> Sequence[RawKey]: ...


class LedgerBooks(EndsReader, Protocol):
    """Reads for checks. Each answer is one moment's view; rows once written never change, so pages fit together. Every
    call may raise StoreUnavailable."""

    def chains(self) -> Sequence[ChainSize]:
        """Every pair of till letter and series that any row carries; reads an index from end to end."""

    def page(self, till_letter: Any, series: Any, after: int, most: int) -> Sequence[RawRow]:
        """The next rows of a chain by number."""

    def differences(self, sealed: Sequence[Sealed]) -> Sequence[TableDifference]:
        """What the other tables do not say as it is sealed in these rows, all of one series."""

    def orphans(self, most: int) -> Sequence[TableDifference]:
        """Rows of the other tables that nothing in the ledger seals."""

    def unsealed_sales(self) -> int:
        """How many sales are of before the ledger."""

    def guards_missing(self) -> Sequence[str]:
        """Names of the triggers that should protect tables and are not there as they should be."""
