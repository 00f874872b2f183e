"""Owns what a fact says of an order, line by line, held against the order as WooCommerce has it now: what is wanted,
what was edited meanwhile, and how both sides are shown to a person. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from app.domain.facts import Fact
from app.domain.order import GOODS_LEAVE, LineOutcome, Order
from app.sync.connectors.woocommerce.orders import ON_SITE, OrderThere, product_id_of
from app.sync.connectors.woocommerce.wire import gmt
from app.usecases.marketplace_port import FactAnswer, FactOutcome


class ToldOrder:
    """One fact's word on one order as it stands now."""

    def __init__(self, fact: Fact, there: OrderThere) -> None:
        self.fact = fact
        self.there = there
        self._ordered = there.ordered
        self._results: Mapping[int, Mapping[str, Any]] = {
            int(result["line_no"]): result for result in fact.payload.get("lines") or ()
        }

    @property
    def goods(self) -> dict[int, int]:
        """Pieces by line id that stand ready or left, as far as the order has so many."""
        wanted = {line_id: self._pieces(line_id, ordered) for line_id, ordered in self._ordered.items()}
        return {line_id: pieces for line_id, pieces in wanted.items() if pieces > 0}

    def _pieces(self, line_id: int, ordered: int) -> int:
        result = self._results.get(line_id)
        if result is None or result["outcome"] not in GOODS_LEAVE:
            return 0
        if result["outcome"] == LineOutcome.REPLACED:
            return ordered  # something else for all of it; what differs in the stock is written as stock
        return min(int(result["quantity"]), ordered)

    def never_coming(self, left: Mapping[int, int]) -> dict[int, int]:
        """Pieces by line id that this till will not hand over any more. Args: left: pieces that are settled."""
        if not self.fact.payload.get("complete"):
            return {}
        missing = {line_id: ordered - left.get(line_id, 0) for line_id, ordered in self._ordered.items()}
        return {line_id: pieces for line_id, pieces in missing.items() if pieces > 0 and not self._follows(line_id)}

    def _follows(self, line_id: int) -> bool:
        """Whether this line is left for another visit."""
        result = self._results.get(line_id)
        return result is None or result["outcome"] == LineOutcome.TO_FOLLOW

    def differing(self) -> list[str]:
        """Labels of the lines of which not what was ordered is there."""
        return [
            line.name
            for line in self.there.wire.line_items
            if self._results.get(line.id, {}).get("outcome", LineOutcome.GIVEN)
            not in (LineOutcome.GIVEN, LineOutcome.TO_FOLLOW)
        ]

    def edited_unseen(self, stored: Order | None) -> bool:
        """Whether the order was changed on the site and the counter did not know."""
        if stored is None:
            return False
        now = {
            line.id: (product_id_of(line), self._ordered[line.id])
            for line in self.there.wire.line_items
            if line.id in self._ordered and product_id_of(line)
        }
        if {line.line_no: (line.product_id, line.quantity) for line in stored.lines if line.product_id} != now:
            return True
        if int(self.fact.payload.get("order_version") or 0) >= stored.version:
            return False
        settled = self.there.settled
        waiting = {line_id for line_id, (_, ordered) in now.items() if settled.get(line_id, 0) < ordered}
        given = {line_no: one for line_no, one in self._results.items() if one["outcome"] == LineOutcome.GIVEN}
        goods = {line.line_no for line in stored.lines if line.product_id}
        other_quantity = any(
            line_no in goods and int(result["quantity"]) != now[line_no][1] for line_no, result in given.items()
        )
        return other_quantity or not waiting <= set(self._results)

    def conflict(self, reason: str, sentence: str, line_ids: Collection[int] = ()) -> FactAnswer:
        """The disagreement, with how the site sees it; never a customer's name."""
        order = self.there.wire
        last = max(self.there.marks.standing, key=lambda mark: mark.at, default=None)
        at, by = (last.at, last.operation.letter) if last else (None, "")
        if last is None and self.there.was_completed_on_site:
            at, by = gmt(order.date_completed_gmt or order.date_modified_gmt), ON_SITE
        view = {
            "number": order.number,
            "cancelled_at": gmt(order.date_modified_gmt).isoformat() if self.there.is_cancelled else None,
            "handed_over_at": at.isoformat() if at else None,
            "handed_over_by": by,
            "lines": [
                {
                    "line_no": line.id,
                    "product_id": product_id_of(line),
                    "label": line.name,
                    "quantity": line.quantity,
                    "unit": "piece",
                }
                for line in order.line_items
                if line.id in line_ids
            ],
        }
        return FactAnswer(self.fact.fact_id, FactOutcome.CONFLICT, sentence[:500], view, reason)
