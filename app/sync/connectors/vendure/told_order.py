"""Owns what a fact says of an order, line by line, held against the order as Vendure has it now: what is wanted, what
was edited meanwhile, and how both sides are shown to a person. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.facts import Fact
from app.domain.order import GOODS_LEAVE, LineOutcome, Order
from app.sync.connectors.vendure.orders import (
    CANCELLED,
    DELIVERED,
    fulfilled,
    letter_of,
    line_no_of,
    order_id_of,
)
from app.sync.connectors.vendure.wire import WireLine, WireOrder
from app.usecases.marketplace_port import FactAnswer, FactOutcome


class ToldOrder:
    """One fact's word on one order as it stands now."""

    def __init__(self, fact: Fact, order: WireOrder) -> None:
        self.fact = fact
        self.order = order
        self._results: Mapping[int, Mapping[str, Any]] = {
            int(result["line_no"]): result for result in fact.payload.get("lines") or ()
        }

    @property
    def goods(self) -> dict[str, int]:
        """Units by line id that stand ready or left, as far as the order still has the line."""
        wanted = {line.id: self._units(line) for line in self.order.lines}
        return {line_id: units for line_id, units in wanted.items() if units > 0}

    def _units(self, line: WireLine) -> int:
        result = self._results.get(line_no_of(line.id))
        if result is None or result["outcome"] not in GOODS_LEAVE:
            return 0
        if result["outcome"] == LineOutcome.REPLACED:
            return line.quantity  # something else for all of it; what differs in the stock is written as stock
        return min(int(result["quantity"]), line.quantity)

    def is_to_follow(self, line_id: str) -> bool:
        """Whether this line is left for another visit."""
        result = self._results.get(line_no_of(line_id))
        return result is None or result["outcome"] == LineOutcome.TO_FOLLOW

    def never_coming(self) -> dict[str, int]:
        """Units by line id that this till will not hand over any more."""
        if not self.fact.payload.get("complete"):
            return {}
        left, goods = fulfilled(self.order, DELIVERED), self.goods
        settled = [line for line in self.order.lines if not self.is_to_follow(line.id)]
        units = {line.id: line.quantity - max(left.get(line.id, 0), goods.get(line.id, 0)) for line in settled}
        return {line_id: much for line_id, much in units.items() if much > 0}

    def differing(self) -> list[str]:
        """Labels of the lines of which not what was ordered is there."""
        return [
            line.product_variant.name
            for line in self.order.lines
            if self._results.get(line_no_of(line.id), {}).get("outcome", LineOutcome.GIVEN)
            not in (LineOutcome.GIVEN, LineOutcome.TO_FOLLOW)
        ]

    def edited_unseen(self, stored: Order | None) -> bool:
        """Whether the order was changed on the site and the counter did not know."""
        if stored is None:
            return False
        now = {line_no_of(line.id): line for line in self.order.lines if line.quantity > 0}
        if _goods_of(stored) != {
            line_no: (order_id_of(line.product_variant.id), line.quantity) for line_no, line in now.items()
        }:
            return True
        if int(self.fact.payload.get("order_version") or 0) >= stored.version:
            return False
        left = fulfilled(self.order, DELIVERED)
        waiting = {line_no for line_no, line in now.items() if left.get(line.id, 0) < line.quantity}
        given = {line_no: result for line_no, result in self._results.items() if result["outcome"] == LineOutcome.GIVEN}
        other_quantity = any(
            line_no not in now or int(result["quantity"]) != now[line_no].quantity for line_no, result in given.items()
        )
        return other_quantity or not waiting <= set(self._results)

    def conflict(self, reason: str, sentence: str, line_ids: Sequence[str] = ()) -> FactAnswer:
        """The disagreement, with how the site sees it; never a customer's name."""
        order = self.order
        gone = [one for one in order.fulfillments or () if one.state == DELIVERED]
        last = max(gone, key=lambda one: one.updated_at, default=None)
        view = {
            "number": order.code,
            "cancelled_at": order.updated_at.isoformat() if order.state == CANCELLED else None,
            "handed_over_at": last.updated_at.isoformat() if last else None,
            "handed_over_by": (letter_of(last) or last.method) if last else "",
            "lines": [
                {
                    "line_no": line_no_of(line.id),
                    "product_id": order_id_of(line.product_variant.id),
                    "label": line.product_variant.name,
                    "quantity": line.quantity or line.order_placed_quantity,
                    "unit": "piece",
                }
                for line in order.lines
                if line.id in line_ids
            ],
        }
        return FactAnswer(self.fact.fact_id, FactOutcome.CONFLICT, sentence[:500], view, reason)


def _goods_of(order: Order) -> dict[int, tuple[str, int]]:
    """Lines that are goods of the catalogue, by number."""
    return {line.line_no: (line.product_id, line.quantity) for line in order.lines if line.product_id}
