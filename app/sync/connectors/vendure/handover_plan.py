"""Owns the plan by which Vendure shows exactly what left: which ready fulfilments are delivered, which are taken apart,
what is made anew. Pure: asks nobody, writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.sync.connectors.vendure.orders import DELIVERED, PENDING, SHIPPED, fulfilled, letter_of, units_in
from app.sync.connectors.vendure.told_order import ToldOrder
from app.sync.connectors.vendure.wire import WireFulfilment, WireOrder


@dataclass(frozen=True, slots=True)
class HandoverPlan:
    """What is to be done so that exactly what left is delivered.

    Attributes:
        deliver: ready fulfilments of this till that left whole.
        take_apart: ready ones of which only a part left, or something that never comes.
        make: units by line id that left and stand in none of `deliver`.
        rest: units by line id of `take_apart` that still stand ready.
        short: ids of lines of which more left than the order has left.
    """

    deliver: tuple[WireFulfilment, ...] = ()
    take_apart: tuple[WireFulfilment, ...] = ()
    make: Mapping[str, int] = field(default_factory=dict)
    rest: Mapping[str, int] = field(default_factory=dict)
    short: tuple[str, ...] = ()

    @property
    def is_done(self) -> bool:
        """Whether nothing is to be written; something may be short all the same."""
        return not (self.deliver or self.take_apart or self.make)


def plan_handover(told: ToldOrder, letter: str, taken: Mapping[str, int]) -> HandoverPlan:
    """The plan for what is not done yet: nothing, once everything is.

    Args:
        taken: units by line id that were delivered from here, and of which another till has cancelled the record.
    """
    order = told.order
    gone, gone_from_here = fulfilled(order, DELIVERED), left_from(order, letter)
    ordered = {line.id: line.quantity for line in order.lines}
    done = {line_id: gone_from_here.get(line_id, 0) + taken.get(line_id, 0) for line_id in told.goods}
    missing = {line_id: units - done[line_id] for line_id, units in told.goods.items()}
    missing = {line_id: units for line_id, units in missing.items() if units > 0}
    leaving = {line_id: min(units, ordered[line_id] - gone.get(line_id, 0)) for line_id, units in missing.items()}
    leaving = {line_id: units for line_id, units in leaving.items() if units > 0}
    short = tuple(line_id for line_id, units in missing.items() if leaving.get(line_id, 0) < units)
    deliver, others = [], []
    for one in _ready_ones(order):
        units = units_in([one])
        if letter_of(one) == letter and all(leaving.get(line_id, 0) >= much for line_id, much in units.items()):
            deliver.append(one)
            leaving = {line_id: much - units.get(line_id, 0) for line_id, much in leaving.items()}
        else:
            others.append(one)
    make = {line_id: units for line_id, units in leaving.items() if units > 0}
    never = told.never_coming()
    take_apart = [
        one
        for one in others
        if any(
            line_id in make or line_id in never or (letter_of(one) == letter and not told.is_to_follow(line_id))
            for line_id in units_in([one])
        )
    ]
    rest = {
        line_id: units for line_id, units in units_in(take_apart).items() if told.is_to_follow(line_id) and units > 0
    }
    return HandoverPlan(tuple(deliver), tuple(take_apart), make, rest, short)


def left_from(order: WireOrder, letter: str) -> dict[str, int]:
    """Units by line id that left from the till of this letter."""
    return units_in(one for one in order.fulfillments or () if one.state == DELIVERED and letter_of(one) == letter)


def _ready_ones(order: WireOrder) -> list[WireFulfilment]:
    return [one for one in order.fulfillments or () if one.state in (PENDING, SHIPPED)]
