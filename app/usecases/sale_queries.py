"""Owns what the counter reads of its own documents: the tickets of a day, one searched for, card payments in doubt,
training. Frozen values and their protocol, no rule, no writing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from app.domain.card import CardAttempt
from app.domain.money import Money
from app.domain.sale import DocumentKind


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document in a list.

    Attributes:
        means: each means of payment once, in the order they came.
        corrects: the document it corrects as a whole, "" for none.
        trading_day: None for documents of before the ledger.
    """

    sale_id: str
    display_number: str
    kind: DocumentKind
    happened_at: datetime
    trading_day: date | None
    total: Money
    operator: str
    corrects: str
    means: tuple[str, ...]


class SaleQueries(Protocol):
    """Part of `queries.Queries`."""

    def sales_of_day(self, trading_day: date, limit: int = 50, before: str = "") -> Sequence[DocumentRow]:
        """The documents of a trading day, newest first; `before` is the sale_id after which the next page begins."""

    def find_sale(self, text: str, limit: int = 20) -> Sequence[DocumentRow]:
        """By number (`A-000042`, `a42`, `42` for this till), by amount (`12,50`, among the newest documents), by what
        a ticket's code says."""

    def open_card_attempts(self) -> Sequence[CardAttempt]:
        """Card payments of which nobody knows the outcome, and those that were paid and have no ticket, oldest first
        (R28)."""

    def training(self) -> str:
        """Who answers for the training under way at this till, "" if there is none (R12)."""
