"""Owns the calls by which both sides compare, as a part of `client.HttpMarketplace`. Never retries, never stores."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from app.sync import reconciliation_wire
from app.sync.wire import write_json
from app.usecases.reconciliation_ports import FactPage, MovementPage, OrderPage, RangePage, StockPage


class _Client(Protocol):
    """What these calls need of the client."""

    def ask(
        self, method: str, path: str, query: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> bytes: ...


class ReconciliationCalls:
    """Implements `reconciliation_ports.Reconciling` over HTTP."""

    def fact_ranges(self: _Client, after_seq: int, through_seq: int, digests_after_seq: int) -> RangePage:
        query = {
            "after_seq": str(after_seq),
            "through_seq": str(through_seq),
            "digests_after_seq": str(digests_after_seq),
        }
        return reconciliation_wire.read_ranges(self.ask("GET", "/reconciliation", query))

    def listed_facts(self: _Client, from_seq: int, to_seq: int) -> FactPage:
        query = {"from_seq": str(from_seq), "to_seq": str(to_seq)}
        return reconciliation_wire.read_facts(self.ask("GET", "/reconciliation/facts", query))

    def known_facts(self: _Client, fact_ids: Sequence[str]) -> Collection[str]:
        body = write_json({"fact_ids": list(fact_ids)})
        return reconciliation_wire.read_known(self.ask("POST", "/reconciliation/known", body=body))

    def stock_summed_up(self: _Client, after: str, limit: int, *, digests: bool) -> StockPage:
        query = {"after": after, "limit": str(limit), "digests": "true" if digests else "false"}
        return reconciliation_wire.read_stock(self.ask("GET", "/reconciliation/stock", query))

    def listed_movements(self: _Client, product_id: str, after: str) -> MovementPage:
        query = {"product_id": product_id, "after": after}
        return reconciliation_wire.read_movements(self.ask("GET", "/reconciliation/movements", query))

    def recount(self: _Client, product_ids: Sequence[str]) -> None:
        self.ask("POST", "/reconciliation/recount", body=write_json({"product_ids": list(product_ids)}))

    def open_orders(self: _Client, after: str) -> OrderPage:
        return reconciliation_wire.read_orders(self.ask("GET", "/reconciliation/orders", {"after": after}))
