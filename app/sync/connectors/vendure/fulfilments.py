"""Owns the writes on one order of Vendure, each made once: fulfilments known again by their tracking code, their
states, payments settled, lines cancelled, notes. Never decides which of them a fact needs (`facts` does).

A partial fulfilment sent twice counts twice there, so nothing is sent before the order was looked at, and a lost answer
is followed by a look. Two tills at the same instant may both be taken: after our own write the order is read back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from app.sync.connectors.codes import Operation
from app.sync.connectors.declined import Declined
from app.sync.connectors.telling import UnknownOrder
from app.sync.connectors.vendure import operations
from app.sync.connectors.vendure.graphql import AdminApi
from app.sync.connectors.vendure.orders import (
    CANCELLED,
    DELIVERED,
    EDIT_TO_PAY,
    PENDING,
    SHIPPED,
    UNSETTLED_STATES,
    cashed_so_far,
    letter_of,
    raw_id_of,
    units_in,
)
from app.sync.connectors.vendure.reading import VendureReading
from app.sync.connectors.vendure.wire import (
    Anything,
    CancelAnswer,
    FulfilAnswer,
    MovedAnswer,
    MovesAnswer,
    NotesAnswer,
    Outcome,
    PaidAnswer,
    SettleAnswer,
    TransitionAnswer,
    WireFulfilment,
    WireOrder,
)
from app.sync.connectors.writing import write_once
from app.usecases.ports import MarketplaceUnreachable

CHANGED_MEANWHILE = frozenset({"ITEMS_ALREADY_FULFILLED_ERROR", "FULFILLMENT_STATE_TRANSITION_ERROR"})
"""Somebody else was at the order since it was read: look again."""
SHORT_OF_STOCK = "INSUFFICIENT_STOCK_ON_HAND_ERROR"
_METHOD = "Retrait en boutique"
_PAID_HERE = "comptoir"
_PAID = "PaymentSettled"
_LEFT_BEHIND = timedelta(minutes=1)
_A_MOMENT_S = 2.0


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

    def read_for(self, order_id: str, operation: Operation) -> WireOrder:
        """The same, with no more than one fulfilment that carries the operation. A request that was given up may have
        been done all the same, late: what it made beside the first is taken back."""
        order = self.read(order_id)
        late = [one for one in standing(order, operation)[1:] if one.state != DELIVERED]
        for one in late:
            self.bring_to(one, CANCELLED)
        return self.read(order_id) if late else order

    def fulfil(self, order: WireOrder, order_id: str, operation: Operation, lines: Mapping[str, int]) -> WireFulfilment:
        """The fulfilment of these units by line id that carries the operation, made now or before.

        Raises:
            Declined: nothing was made: one of `CHANGED_MEANWHILE`, `SHORT_OF_STOCK`...
            LostRace.
        """
        seen: list[WireOrder] = [order]

        def look() -> WireFulfilment | None:
            now = seen.pop() if seen else self.read_for(order_id, operation)
            return next(iter(standing(now, operation)), None)

        def write() -> None:
            _checked(self._api.ask(operations.FULFIL, {"input": _fulfil_input(operation, lines)}, FulfilAnswer).made)

        fulfilment = write_once(look, write)
        if fulfilment.state != DELIVERED and loses(self.read(order_id), fulfilment):
            self.bring_to(fulfilment, CANCELLED)
            raise LostRace(fulfilment.id)
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

    def settle_edit(self, order: WireOrder, order_id: str, operation: Operation, collected_minor: int) -> WireOrder:
        """Note on the site that what an edit made dearer was paid at the counter, if it was; the order as it is then.

        Args:
            collected_minor: what this visit paid for the order, in cents.
        """
        due = order.total_with_tax - cashed_so_far(order)
        if order.state != EDIT_TO_PAY or (due > 0 and collected_minor < due):
            return order
        try:
            if due > 0:
                payment = {"orderId": order.id, "method": _PAID_HERE, "transactionId": str(operation), "metadata": {}}
                _checked(self._api.ask(operations.PAY_AT_COUNTER, {"input": payment}, PaidAnswer).paid)
            self._api.ask(operations.MOVE_ORDER, {"id": order.id, "state": _PAID}, MovedAnswer)
        except MarketplaceUnreachable as error:
            if error.reason != "server_error":
                raise
            return order  # its own sums do not agree with its edits: people settle it there
        return self.read(order_id)

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

    def wait_for_others(self, order: WireOrder, fulfilments: Iterable[WireFulfilment]) -> None:
        """Another till makes a fulfilment first and says what became of it right after: in between nobody cancels it,
        or two tills would cancel each other's for ever. One that stays so for long was left behind.

        Raises:
            MarketplaceUnreachable: for a moment.
        """
        if order.state in UNSETTLED_STATES:
            return  # there it stays Pending
        now = self._reading.server_time()
        for one in fulfilments:
            if now is not None and one.state == PENDING and letter_of(one) and now - one.created_at < _LEFT_BEHIND:
                raise MarketplaceUnreachable("server_error", "another till is at this order", _A_MOMENT_S)

    def states_reached(self, order_id: str) -> dict[str, frozenset[str]]:
        """Which states each of the order's fulfilments ever came to, by id."""
        reached: dict[str, frozenset[str]] = {}
        for move in self._api.ask(operations.MOVES, {"id": raw_id_of(order_id)}, MovesAnswer).moves:
            fulfilment_id = str(move.fulfillment_id)
            reached[fulfilment_id] = reached.get(fulfilment_id, frozenset()) | {move.to}
        return reached


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
