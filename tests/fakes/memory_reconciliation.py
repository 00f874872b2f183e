"""Comparing with the marketplace over the tables of `memory_store`: the same promises as `app.storage`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from app.domain.catalogue import StockMovement, level_of
from app.domain.facts import Fact, FactKind
from app.domain.fiscal import Series
from app.domain.order import HandoverState
from app.domain.reconciliation import (
    Gap,
    OpenOrder,
    OwnFact,
    ProductStock,
    RangeFigures,
    ReconciliationRun,
    Standing,
    digest_of_movements,
    figures_of,
)
from app.usecases.reconciliation_ports import HISTORY_LOST, Agreed, Edge, ProductName

if TYPE_CHECKING:
    from tests.fakes.memory_store import Tables

_STANDINGS = {"refused": Standing.REFUSED, "conflicted": Standing.TOLD}


@dataclass(frozen=True, slots=True)
class KeptRun:
    run: ReconciliationRun
    agreed_through_seq: int


class MemoryReconciliationQueries:
    """The part of `MemoryQueries` that answers `ReconciliationQueries`."""

    @property
    def _tables(self) -> Tables:
        raise NotImplementedError

    def last_reconciliation(self) -> ReconciliationRun | None:
        runs = self._tables.reconciliation_runs
        return runs[-1].run if runs else None

    def agreed(self) -> Agreed:
        runs = self._tables.reconciliation_runs
        lost_at = self._tables.upkeep.get(HISTORY_LOST)
        if not runs:
            return Agreed(history_lost_at=lost_at)
        thorough = [kept.run.ended_at for kept in runs if kept.run.thorough]
        return Agreed(runs[-1].agreed_through_seq, runs[-1].run.ended_at, thorough[-1] if thorough else None, lost_at)

    def comparison_edge(self) -> Edge:
        facts = list(self._tables.facts.values())
        unsettled = []
        for fact in facts:
            entry = self._tables.outbox.get(fact.fact_id)
            standing = Standing.TOLD if entry is None else _STANDINGS.get(entry.state, Standing.WAITING)
            if fact.fact_id in self._tables.set_aside:
                standing = Standing.SET_ASIDE
            if standing is not Standing.TOLD:
                unsettled.append(self._own(fact, standing))
        last_seq = max((fact.till_seq for fact in facts), default=0)
        return Edge(last_seq, sorted(unsettled, key=lambda each: each.till_seq), len(facts))

    def own_ranges(
        self, after_seq: int, through_seq: int, left_out: Collection[int], *, anew: bool
    ) -> Sequence[RangeFigures]:
        del anew  # nothing is remembered here
        return figures_of(
            (fact.till_seq, fact.fact_id, fact.kind.value, _cents(fact))
            for fact in self._tables.facts.values()
            if after_seq < fact.till_seq <= through_seq and fact.till_seq not in left_out
        )

    def own_facts(self, from_seq: int, to_seq: int) -> Sequence[OwnFact]:
        facts = [fact for fact in self._tables.facts.values() if from_seq <= fact.till_seq <= to_seq]
        return [self._own(fact, Standing.TOLD) for fact in sorted(facts, key=lambda fact: fact.till_seq)]

    def numbers_of(self, fact_ids: Sequence[str]) -> Mapping[str, int]:
        facts = self._tables.facts
        return {fact_id: facts[fact_id].till_seq for fact_id in fact_ids if fact_id in facts}

    def lost_before(self, fact_ids: Sequence[str]) -> Collection[str]:
        return {fact_id for fact_id in fact_ids if fact_id in self._tables.lost_facts}

    def trading_days_of(self, after_seq: int, through_seq: int) -> Mapping[date, tuple[int, int]]:
        days: dict[date, tuple[int, int]] = {}
        for fact in self._tables.facts.values():
            day = self.trading_day_of_fact(fact.fact_id)
            if after_seq < fact.till_seq <= through_seq and day is not None:
                count, cents = days.get(day, (0, 0))
                days[day] = (count + 1, cents + (_cents(fact) or 0))
        return days

    def trading_day_of_fact(self, fact_id: str) -> date | None:
        fact = self._tables.facts.get(fact_id)
        sale = self._tables.sales.get(fact.subject.removeprefix("sale:")) if fact is not None else None
        return sale.trading_day if sale is not None else None

    def moved_products(self, after: str, limit: int) -> Sequence[str]:
        every = {movement.product_id for movement in self._tables.movements.values()}
        return [product_id for product_id in sorted(every) if product_id > after][:limit]

    def own_stock(self, product_ids: Sequence[str], *, digests: bool) -> Sequence[ProductStock]:
        return [_stock_of(each, self.own_movements(each), digests=digests) for each in product_ids]

    def own_movements(self, product_id: str) -> Sequence[StockMovement]:
        return [movement for movement in self._tables.movements.values() if movement.product_id == product_id]

    def document_of(self, movement: StockMovement) -> str:
        handover = self._tables.handovers.get(movement.source_id)
        if handover is not None:
            return self._tables.orders[handover.order_id].number
        for sale in self._tables.sales.values():
            if any(line.line_id == movement.source_id for line in sale.lines):
                return sale.display_number
        return ""

    def product_names(self, product_ids: Sequence[str]) -> Mapping[str, ProductName]:
        products = self._tables.products
        return {key: ProductName(products[key].name, products[key].unit) for key in product_ids if key in products}

    def ledger_hash(self, till_letter: str, series: str, number: int) -> bytes | None:
        row = self._tables.ledger.get((till_letter, Series(series), number))
        if row is not None:
            return row.hash
        end = self._tables.heads.get((till_letter, Series(series)))
        return end.hash if end is not None and end.number == number else None

    def own_open_orders(self, after: str, limit: int) -> Sequence[OpenOrder]:
        orders = sorted(self._tables.orders.values(), key=lambda order: order.order_id)
        return [
            OpenOrder(order.order_id, order.number, order.version, order.server_handover.value)
            for order in orders
            if order.order_id > after
            and order.cancelled_at is None
            and order.server_handover is not HandoverState.HANDED_OVER
        ][:limit]

    def _own(self, fact: Fact, standing: Standing) -> OwnFact:
        movement_ids = tuple(movement["movement_id"] for movement in fact.payload.get("movements", ()))
        title = str(fact.payload.get("number", "")) if fact.kind is FactKind.SALE_RECORDED else ""
        return OwnFact(
            fact.till_seq, fact.fact_id, fact.kind.value, fact.happened_at, title, _cents(fact), standing, movement_ids
        )


def _cents(fact: Fact) -> int | None:
    return fact.payload.get("total_minor") if fact.kind is FactKind.SALE_RECORDED else None


def _stock_of(product_id: str, movements: Sequence[StockMovement], *, digests: bool) -> ProductStock:
    level = level_of(movements)
    digest = digest_of_movements((movement.movement_id, movement.quantity) for movement in movements)
    return ProductStock(product_id, level, level, len(movements), digest if digests else "")


class MemoryReconciliations:
    """`reconciliation_ports.Reconciliations` in memory."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def remember_ranges(self, ranges: Sequence[RangeFigures]) -> None:
        """Nothing is slow here."""

    def tell_again(self, fact_ids: Sequence[str]) -> int:
        from tests.fakes.memory_outbox import OutboxEntry

        queued = 0
        for fact in sorted((self._tables.facts[key] for key in fact_ids), key=lambda fact: fact.till_seq):
            entry = self._tables.outbox.get(fact.fact_id)
            if fact.fact_id not in self._tables.set_aside and (entry is None or entry.state == "conflicted"):
                self._tables.outbox[fact.fact_id] = OutboxEntry(fact)
                queued += 1
            for other in list(self._tables.outbox.values()):
                is_behind = other.fact.subject == fact.subject and other.fact.till_seq > fact.till_seq
                if is_behind and other.state == "refused":
                    self._tables.outbox[other.fact.fact_id] = OutboxEntry(other.fact)
        return queued

    def movements(self, movement_ids: Sequence[str]) -> Sequence[StockMovement]:
        return [self._tables.movements[key] for key in sorted(movement_ids)]

    def recount(self, product_ids: Sequence[str]) -> None:
        """Levels are sums here, always."""

    def note_lost(self, gaps: Sequence[Gap], at: datetime) -> None:
        for gap in gaps:
            self._tables.lost_facts.setdefault(gap.record_id, at)

    def add_run(self, run: ReconciliationRun, agreed_through_seq: int) -> None:
        self._tables.reconciliation_runs += (KeptRun(run, agreed_through_seq),)
