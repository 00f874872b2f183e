"""Owns the protocols of the drawer and of closures: how they are kept and read. Never holds an implementation.

All reads are of ranges that begin at the last closure: what they cost does not grow with the years.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from app.domain.cash import CashMovement, CashSession
from app.domain.closure import Closure, ClosureKind
from app.domain.money import Money


@dataclass(frozen=True, slots=True)
class OpenDay:
    """A trading day whose documents no closure covers yet; numbers of the chain `sales`."""

    day: date
    first_number: int
    last_number: int


class CashJournal(Protocol):
    """The drawer's movements. Rows are added, never changed."""

    def add(self, movement: CashMovement) -> None: ...
    def after(self, till_letter: str, event_number: int) -> Sequence[CashMovement]:
        """Those whose event comes after this one, in order."""

    def corrections(self, till_letter: str, after_event: int, closure_id: str) -> Sequence[CashMovement]:
        """Later corrections of a closure's count, in order."""

    def cash_of_sales(self, till_letter: str, after_number: int) -> Money:
        """Cash payments, less change and refunds, of the documents after this number of the chain `sales`."""


class Closures(Protocol):
    """Closed periods. Rows are added, never changed."""

    def add(self, closure: Closure, canonical: bytes) -> None:
        """Args: canonical: the sealed bytes, from which it is read again."""

    def get(self, closure_id: str) -> Closure | None: ...
    def letters(self) -> Sequence[str]:
        """The till letters under which documents were recorded, or money moved in the drawer."""

    def last(self, till_letter: str, kind: ClosureKind) -> Closure | None:
        """The newest of its kind."""

    def between(self, till_letter: str, kind: ClosureKind, first: str, last: str) -> Sequence[Closure]:
        """Those of the periods first..last, both included, in order."""

    def turnover_of_days(self, till_letter: str, first: date, last: date) -> Money:
        """The sum of the closures of these days."""

    def open_days(self, till_letter: str, after_number: int) -> Sequence[OpenDay]:
        """Trading days of the documents after this number of the chain `sales`, in order."""

    def last_event_of(self, till_letter: str, after_event: int, day: date) -> int:
        """The last event after this one, up to the end of a trading day; `after_event` if there is none."""

    def event_counts(self, till_letter: str, first: int, last: int) -> Mapping[str, int]:
        """How many of each kind the events first..last hold."""


@dataclass(frozen=True, slots=True)
class SessionPayment:
    """One payment of a document, as far as a cash difference can come from it."""

    means: str
    amount: Money
    tendered: Money


@dataclass(frozen=True, slots=True)
class SessionDocument:
    """A document since the last closure, as the gap explainer looks at it."""

    sale_id: str
    display_number: str
    happened_at: datetime
    total: Money
    payments: tuple[SessionPayment, ...]


class ClosingQueries(Protocol):
    """Reads for screens and commands. Every call may raise StoreUnavailable."""

    def cash_session(self) -> CashSession:
        """The drawer since the last day's closure."""

    def cash_movements(self) -> Sequence[CashMovement]:
        """Of the session, in order."""

    def session_documents(self, limit: int = 5000) -> Sequence[SessionDocument]:
        """The newest documents since the last day's closure, oldest first."""

    def closures(self, limit: int = 50, before: str = "") -> Sequence[Closure]:
        """The newest first; `before`: a closure_id to go on from."""

    def closure(self, closure_id: str) -> Closure | None: ...
    def count_corrections(self, closure_id: str) -> Sequence[CashMovement]:
        """Later corrections of its count, in order."""
