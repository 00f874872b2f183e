"""Owns what comparing with the marketplace needs of the outside: what this till has, what the marketplace sums up, and
where the result is kept. Never holds an implementation, never compares (that is `domain.reconciliation`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from app.domain.catalogue import StockMovement, Unit
from app.domain.fiscal import KnownHead
from app.domain.reconciliation import (
    Gap,
    ListedFact,
    OpenOrder,
    OwnFact,
    ProductStock,
    RangeFigures,
    ReconciliationRun,
)

HISTORY_LOST = "history_lost"
"""Among the upkeep: what is to be seen to since the marketplace was noticed to have been set back."""

# --- the marketplace's side ---


@dataclass(frozen=True, slots=True)
class RangePage:
    """`next_after_seq`: what to ask for next, None on the last page; `last_seq`: the highest number it has of us."""

    ranges: Sequence[RangeFigures]
    last_seq: int
    heads: Sequence[KnownHead]
    next_after_seq: int | None


@dataclass(frozen=True, slots=True)
class FactPage:
    """`more`: there are more after the last of them."""

    facts: Sequence[ListedFact]
    more: bool


@dataclass(frozen=True, slots=True)
class MovementPage:
    movements: Sequence[StockMovement]
    next_after: str | None


@dataclass(frozen=True, slots=True)
class StockPage:
    """`next_after`: what to ask for next, None on the last page."""

    products: Sequence[ProductStock]
    next_after: str | None


@dataclass(frozen=True, slots=True)
class OrderPage:
    orders: Sequence[OpenOrder]
    next_after: str | None


class Reconciling(Protocol):
    """What a marketplace is asked when both sides compare. Every call is small, may be asked again, and may raise
    MarketplaceUnreachable or MarketplaceRefused (`gone`: this marketplace cannot compare)."""

    def fact_ranges(self, after_seq: int, through_seq: int, digests_after_seq: int) -> RangePage:
        """This till's facts with numbers after..through by range; up to `digests_after_seq` only counted."""

    def listed_facts(self, from_seq: int, to_seq: int) -> FactPage:
        """This till's facts with these numbers, in order."""

    def known_facts(self, fact_ids: Sequence[str]) -> Collection[str]:
        """Those of these facts that the shop has, whichever till told them."""

    def stock_summed_up(self, after: str, limit: int, *, digests: bool) -> StockPage:
        """By article after an id, in an order of its own. Without `digests` movements are only counted and added
        up."""

    def listed_movements(self, product_id: str, after: str) -> MovementPage:
        """The movements of an article."""

    def recount(self, product_ids: Sequence[str]) -> None:
        """Have the levels of these articles made the sums of their movements."""

    def open_orders(self, after: str) -> OrderPage: ...


# --- this till's side ---


@dataclass(frozen=True, slots=True)
class Edge:
    """Up to where both sides can be compared at this moment.

    Attributes:
        last_seq: the highest number of a fact here; what happens from now on is not compared.
        unsettled: facts up to it that wait, were refused or set aside.
        fact_count: how many facts there are in all.
    """

    last_seq: int
    unsettled: Sequence[OwnFact]
    fact_count: int


@dataclass(frozen=True, slots=True)
class Agreed:
    """What earlier runs found.

    Attributes:
        through_seq: up to this number all facts were found equal.
        last_run_at, last_thorough_at: None if there was none yet.
        history_lost_at: when it was noticed that the marketplace was set back to an older copy of itself, None once a
            comparison since then has told again what was forgotten.
    """

    through_seq: int = 0
    last_run_at: datetime | None = None
    last_thorough_at: datetime | None = None
    history_lost_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ProductName:
    name: str
    unit: Unit


class ReconciliationQueries(Protocol):
    """Reads of this till's side, each one moment's view and of bounded size. Every call may raise StoreUnavailable."""

    def last_reconciliation(self) -> ReconciliationRun | None:
        """The newest run that came to its end."""

    def agreed(self) -> Agreed: ...
    def comparison_edge(self) -> Edge: ...
    def own_ranges(
        self, after_seq: int, through_seq: int, left_out: Collection[int], *, anew: bool
    ) -> Sequence[RangeFigures]:
        """Our facts with numbers after..through by range, without those left out.

        Args:
            anew: read everything, whatever is remembered of whole ranges.
        """

    def own_facts(self, from_seq: int, to_seq: int) -> Sequence[OwnFact]: ...
    def numbers_of(self, fact_ids: Sequence[str]) -> Mapping[str, int]:
        """By fact_id, of those that are here."""

    def lost_before(self, fact_ids: Sequence[str]) -> Collection[str]:
        """Those that an earlier run named as lost here."""

    def trading_days_of(self, after_seq: int, through_seq: int) -> Mapping[date, tuple[int, int]]:
        """Count and cents of the sales whose facts have these numbers, by trading day."""

    def trading_day_of_fact(self, fact_id: str) -> date | None: ...
    def moved_products(self, after: str, limit: int) -> Sequence[str]:
        """Articles with a movement or a level, after an id, in plain order."""

    def own_stock(self, product_ids: Sequence[str], *, digests: bool) -> Sequence[ProductStock]:
        """Of these articles, in this order; noughts for one that never moved."""

    def own_movements(self, product_id: str) -> Sequence[StockMovement]: ...
    def document_of(self, movement: StockMovement) -> str:
        """The number of the ticket or order a movement belongs to, "" if it belongs to none that is here."""

    def product_names(self, product_ids: Sequence[str]) -> Mapping[str, ProductName]: ...
    def ledger_hash(self, till_letter: str, series: str, number: int) -> bytes | None:
        """Of the row with this number, or of the end that the chain goes on from after its rows were lost; None if
        there is neither."""

    def own_open_orders(self, after: str, limit: int) -> Sequence[OpenOrder]:
        """Copies of orders that are neither handed over nor cancelled as the marketplace told, after an id."""


class Reconciliations(Protocol):
    """What a run writes."""

    def remember_ranges(self, ranges: Sequence[RangeFigures]) -> None:
        """Whole ranges with nothing unsettled in them: their facts never change again."""

    def tell_again(self, fact_ids: Sequence[str]) -> int:
        """Queue facts that were told before once more: same id, same content; and what was refused behind them, because
        they may have been what it lacked. How many of them were not queued already."""

    def movements(self, movement_ids: Sequence[str]) -> Sequence[StockMovement]: ...
    def recount(self, product_ids: Sequence[str]) -> None:
        """Make the levels of these articles the sums of their movements again."""

    def note_lost(self, gaps: Sequence[Gap], at: datetime) -> None:
        """From now on these facts are known to be lost here."""

    def add_run(self, run: ReconciliationRun, agreed_through_seq: int) -> None:
        """Keep the run; of older ones only the newest hundred."""
