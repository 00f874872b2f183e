"""Owns the writes on one order of Vendure, each made once: fulfilments known again by their tracking code, their
states, payments settled, lines cancelled, notes. Never decides which of them a fact needs (`facts` does).

A partial fulfilment sent twice counts twice there, so nothing is sent before the order was looked at, and a lost answer
is followed by a look. Two tills at the same instant may both be taken: after our own write the order is read back.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.sync.connectors.codes import Operation
from app.sync.connectors.vendure import operations
from app.sync.connectors.vendure.graphql import AdminApi, Declined
from app.sync.connectors.vendure.orders import (
    CANCELLED,
    DELIVERED,
    PENDING,
    SHIPPED,
    UNSETTLED_STATES,
    raw_id_of,
    units_in,
)
from app.sync.connectors.vendure.reading import VendureReading
from app.sync.connectors.vendure.wire import (
    Anything,
    CancelAnswer,
    FulfilAnswer,
    NotesAnswer,
    Outcome,
    SettleAnswer,
    TransitionAnswer,
    WireFulfilment,
    WireOrder,
)
from app.sync.connectors.writing import write_once
from app.usecases.ports import MarketplaceUnreachable

ALREADY_FULFILLED = "ITEMS_ALREADY_FULFILLED_ERROR"
SHORT_OF_STOCK = "INSUFFICIENT_STOCK_ON_HAND_ERROR"
_METHOD = "Retrait en boutique"


class UnknownOrder(Exception):
    """Vendure has no such order, or shows it to this till no longer."""


class LostRace(Exception):
    """Somebody else fulfilled the same units at the same instant, and was first; ours is cancelled again."""


class EditUnsettled(Exception):
    """The order is being edited on the site, or the edit is not paid: what left cannot be recorded there."""


class OrderWrites:
    """Of one till."""

    def __init__(self, api: AdminApi, reading: VendureReading) -> None:
        self._api = api
        self._reading = reading

    def read(self, order_id: str) -> WireOrder:
        """Raises UnknownOrder, BrokenRuleError."""
        order = self._reading.wire_order(order_id)
        if order is None:
            raise UnknownOrder(order_id)
        return order

    def fulfil(self, order: WireOrder, order_id: str, operation: Operation, lines: Mapping[str, int]) -> WireFulfilment:
        """The fulfilment of these units by line id that carries the operation, made now or before.

        Raises:
            Declined: nothing was made: `ALREADY_FULFILLED`, `SHORT_OF_STOCK`...
            LostRace.
        """
        seen: list[WireOrder] = [order]

        def look() -> WireFulfilment | None:
            now = seen.pop() if seen else self.read(order_id)
            return self._only_one(now, operation)

        def write() -> None:
            _checked(self._api.ask(operations.FULFIL, {"input": _fulfil_input(operation, lines)}, FulfilAnswer).made)

        fulfilment = write_once(look, write)
        if fulfilment.state != DELIVERED:
            self.give_way(self.read(order_id), fulfilment)
        return fulfilment

    def bring_to(self, fulfilment: WireFulfilment, state: str) -> None:
        """Raises Declined: it cannot come there from where it is now."""
        if fulfilment.state == state:
            return
        answer = self._api.ask(operations.TRANSITION, {"id": fulfilment.id, "state": state}, TransitionAnswer)
        outcome = answer.transition_fulfillment_to_state
        if outcome.from_state != state:
            _checked(outcome)

    def show_ready(self, fulfilment: WireFulfilment, order: WireOrder) -> None:
        """It waits for its customer. Where the order's state cannot follow it stays Pending, which tills read alike."""
        if fulfilment.state == PENDING and order.state not in UNSETTLED_STATES:
            self.bring_to(fulfilment, SHIPPED)

    def show_gone(self, fulfilment: WireFulfilment, order: WireOrder) -> None:
        """It left. Raises EditUnsettled."""
        try:
            self.bring_to(fulfilment, DELIVERED)
        except MarketplaceUnreachable as error:
            if error.reason != "server_error" or order.state not in UNSETTLED_STATES:
                raise
            raise EditUnsettled(order.id) from None

    def settle_payments(self, payment_ids: list[str]) -> bool:
        """Whether all of them are cashed now."""
        outcomes = [
            self._api.ask(operations.SETTLE_PAYMENT, {"id": payment_id}, SettleAnswer).settle_payment
            for payment_id in payment_ids
        ]
        return not any(outcome.refused for outcome in outcomes)

    def cancel_lines(self, order: WireOrder, units: Mapping[str, int], reason: str) -> None:
        """Take units by line id out of the order, so that nothing is kept back for it any more. Whoever calls has just
        read how many are left: those taken out before are not among them."""
        lines = [{"orderLineId": line_id, "quantity": quantity} for line_id, quantity in units.items() if quantity > 0]
        if lines:
            wish = {"orderId": order.id, "lines": lines, "reason": reason}
            _checked(self._api.ask(operations.CANCEL_LINES, {"input": wish}, CancelAnswer).cancel_order)

    def note(self, order_id: str, operation: Operation, text: str) -> None:
        """A note for whoever looks after the orders on the site, once; customers do not see it."""
        raw_id, mark = raw_id_of(order_id), f"[{operation}]"
        known = self._api.ask(operations.NOTES, {"id": raw_id}, NotesAnswer).notes
        if not any(mark in note for note in known):
            wish = {"id": raw_id, "note": f"{text} {mark}", "isPublic": False}
            self._api.ask(operations.ADD_NOTE, {"input": wish}, Anything)

    def _only_one(self, order: WireOrder, operation: Operation) -> WireFulfilment | None:
        """The one that carries the operation. A request that was given up may have been done all the same, late: what
        it made beside the first is taken back."""
        found = standing(order, operation)
        for other in found[1:]:
            if other.state != DELIVERED:
                self.bring_to(other, CANCELLED)
        return found[0] if found else None

    def give_way(self, order: WireOrder, ours: WireFulfilment) -> None:
        """Take ours back if somebody else was first with the same units. Asked right after it was made, and again when
        all is done: the other one may not have been visible the first time.

        Raises LostRace.
        """
        if loses(order, ours):
            self.bring_to(ours, CANCELLED)
            raise LostRace(ours.id)


def standing(order: WireOrder, operation: Operation) -> list[WireFulfilment]:
    """Fulfilments that carry the operation and were not cancelled, what left first, then as they were made."""
    found = [one for one in order.fulfillments or () if one.tracking_code == str(operation) and one.state != CANCELLED]
    return sorted(found, key=lambda one: (one.state != DELIVERED, _place(one)))


def loses(order: WireOrder, ours: WireFulfilment) -> bool:
    """Whether more was fulfilled of one of our lines than was ordered, and others come first. Which of two is first
    must not depend on how far each has come: both would find that they won."""
    ordered = {line.id: line.quantity for line in order.lines}
    first = [one for one in order.fulfillments or () if one.state != CANCELLED and _place(one) < _place(ours)]
    taken = units_in(first)
    return any(
        taken.get(line.order_line_id, 0) + line.quantity > ordered.get(line.order_line_id, 0) for line in ours.lines
    )


def _place(fulfilment: WireFulfilment) -> tuple[int, str]:
    """In the order in which they were made, as their numbers tell."""
    return len(fulfilment.id), fulfilment.id


def _fulfil_input(operation: Operation, lines: Mapping[str, int]) -> dict[str, object]:
    return {
        "lines": [{"orderLineId": line_id, "quantity": quantity} for line_id, quantity in lines.items()],
        "handler": {
            "code": "manual-fulfillment",
            "arguments": [
                {"name": "method", "value": _METHOD},
                {"name": "trackingCode", "value": str(operation)},
            ],
        },
    }


def _checked(outcome: Outcome) -> None:
    if outcome.refused:
        raise Declined(outcome.error_code, outcome.message)
