"""Owns telling Vendure that an order waits for its customer: a fulfilment in state Shipped, and money that was only
promised cashed. Never hands anything over.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from app.domain.facts import Fact
from app.i18n import tr
from app.sync.connectors.codes import Operation
from app.sync.connectors.declined import Declined
from app.sync.connectors.telling import applied
from app.sync.connectors.vendure.fulfilments import CHANGED_MEANWHILE, LostRace, OrderWrites, standing
from app.sync.connectors.vendure.making import FulfilmentMaker
from app.sync.connectors.vendure.orders import (
    CANCELLED,
    DELIVERED,
    PENDING,
    SHIPPED,
    Viewpoint,
    authorised_payments,
    fulfilled,
    letter_of,
)
from app.sync.connectors.vendure.stock import StockWriter
from app.sync.connectors.vendure.told_order import ToldOrder
from app.sync.connectors.vendure.wire import WireOrder
from app.usecases.connector_ports import ConnectorBooks
from app.usecases.marketplace_port import FactAnswer

_TRIES = 3


class ReadyOrders:
    """Of one till."""

    def __init__(
        self,
        writes: OrderWrites,
        stock: StockWriter,
        books: ConnectorBooks,
        viewpoint: Viewpoint,
        now: Callable[[], datetime],
    ) -> None:
        self._writes = writes
        self._stock = stock
        self._books = books
        self._letter = viewpoint.letter
        self._counter_methods = viewpoint.counter_methods
        self._maker = FulfilmentMaker(writes, stock, books, now)

    def tell(self, fact: Fact) -> FactAnswer:
        """Applied as well if the order was edited and nobody here knew: whoever prepares it is asked as soon as the
        edit is read. Raises as `FactTeller.tell` handles it."""
        order_id = str(fact.payload["order_id"])
        operation = Operation(self._letter, fact.fact_id)
        answer = self._told(ToldOrder(fact, self._writes.read_for(order_id, operation)), order_id, operation)
        raised = self._maker.raised(fact.fact_id)  # also by a try that came to nothing, because it was cancelled since
        self._stock.move(f"{fact.fact_id}/stock", {key: -units for key, units in raised.items()})
        return answer

    def _told(self, told: ToldOrder, order_id: str, operation: Operation) -> FactAnswer:
        fact, order = told.fact, told.order
        if order.state == CANCELLED:
            return told.conflict("cancelled_meanwhile", tr("The order was cancelled on the site meanwhile"))
        if order.state == DELIVERED:  # and taken back since: there it can neither be seen to be open nor to wait
            return applied(fact)
        if not standing(order, operation):
            if told.edited_unseen(self._books.server_copies([order_id]).get(order_id)):
                return applied(fact)
            cashed = self._writes.settle_payments(authorised_payments(order, self._counter_methods))
        else:
            cashed = not authorised_payments(order, self._counter_methods)
        self._stand_ready(told, order_id, operation)
        self._say_what_differs(told, order_id, operation)
        if not cashed:
            sentence = tr("The payment authorised on line could not be cashed: take it at the counter, or ask the site")
            return told.conflict("payment_not_cashed", sentence)
        return applied(fact)

    def _stand_ready(self, told: ToldOrder, order_id: str, operation: Operation) -> None:
        order = told.order
        for _ in range(_TRIES):
            try:
                self._make_ready(ToldOrder(told.fact, order), order_id, operation)
                return
            except LostRace:
                return  # another till has just said the same
            except Declined as refusal:
                if refusal.code not in CHANGED_MEANWHILE:
                    raise
            order = self._writes.read(order_id)

    def _make_ready(self, told: ToldOrder, order_id: str, operation: Operation) -> None:
        order = told.order
        made = standing(order, operation)
        if not made:
            if self._take_back_what_is_not_there(told):
                order = self._writes.read(order_id)
            wanted = _not_fulfilled(order, ToldOrder(told.fact, order).goods)
            if not wanted:
                return
            made = [self._maker.make(order, order_id, operation, wanted)]
        self._writes.show_ready(made[0], order)

    def _take_back_what_is_not_there(self, told: ToldOrder) -> bool:
        """Prepared anew with less: what this till had said was ready, and is not."""
        goods = told.goods
        ours = [
            one
            for one in told.order.fulfillments or ()
            if one.state in (PENDING, SHIPPED) and letter_of(one) == self._letter
        ]
        wrong = [one for one in ours if any(line.quantity > goods.get(line.order_line_id, 0) for line in one.lines)]
        for one in wrong:
            self._writes.bring_to(one, CANCELLED)
        return bool(wrong)

    def _say_what_differs(self, told: ToldOrder, order_id: str, operation: Operation) -> None:
        differing = told.differing()
        if differing:
            text = tr("Till {letter}: not as ordered: {articles}")
            self._writes.note(order_id, operation, text.format(letter=self._letter, articles=", ".join(differing)))


def _not_fulfilled(order: WireOrder, goods: dict[str, int]) -> dict[str, int]:
    """Units of these that are in no fulfilment yet."""
    covered = fulfilled(order, PENDING, SHIPPED, DELIVERED)
    ordered = {line.id: line.quantity for line in order.lines}
    left = {line_id: min(units, ordered.get(line_id, 0)) - covered.get(line_id, 0) for line_id, units in goods.items()}
    return {line_id: units for line_id, units in left.items() if units > 0}
