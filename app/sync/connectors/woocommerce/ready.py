"""Owns telling WooCommerce that an order waits for its customer: a field of ours, and a note that the site mails. There
is no such state there. Never hands anything over.
"""

from __future__ import annotations

from app.domain.facts import Fact
from app.i18n import tr
from app.sync.connectors.codes import Operation
from app.sync.connectors.telling import applied
from app.sync.connectors.woocommerce.marks import ReadyMark, ready_field
from app.sync.connectors.woocommerce.order_writes import OrderWrites
from app.sync.connectors.woocommerce.orders import OrderThere
from app.sync.connectors.woocommerce.reading import WooReading
from app.sync.connectors.woocommerce.told_order import ToldOrder
from app.usecases.connector_ports import ConnectorBooks
from app.usecases.marketplace_port import FactAnswer


class ReadyOrders:
    """Of one till."""

    def __init__(self, writes: OrderWrites, reading: WooReading, books: ConnectorBooks, letter: str) -> None:
        self._writes = writes
        self._reading = reading
        self._books = books
        self._letter = letter

    def tell(self, fact: Fact) -> FactAnswer:
        """Applied as well if the order was edited and nobody here knew: whoever prepares it is asked as soon as the
        edit is read. Raises as `FactTeller.tell` handles it."""
        order_id = str(fact.payload["order_id"])
        operation = Operation(self._letter, fact.fact_id)
        there = self._writes.read(order_id)
        told = ToldOrder(fact, there)
        if there.is_cancelled:
            return told.conflict("cancelled_meanwhile", tr("The order was cancelled on the site meanwhile"))
        if not _said(there, operation):
            if told.edited_unseen(self._books.server_copies([order_id]).get(order_id)):
                return applied(fact)
            mark = ReadyMark(operation, told.goods, there.ordered)
            if not self._is_said_elsewhere(there, mark):
                self._writes.put(there, [ready_field(mark)], lambda now: _said(now, operation))
        if told.goods:
            self._tell_customer(order_id, there)
        self._say_what_differs(told, order_id, operation)
        return applied(fact)

    def _is_said_elsewhere(self, there: OrderThere, mark: ReadyMark) -> bool:
        """Whether another till was first with the same word: the goods stand there."""
        known = there.marks.ready_for(there.ordered)
        return known is not None and known.operation.letter != self._letter and known.lines == mark.lines

    def _tell_customer(self, order_id: str, there: OrderThere) -> None:
        text = tr("Your order {number} is ready at the shop. Say this code at the counter: {code}")
        code = self._reading.codes_of(order_id).spoken_code
        self._writes.tell_customer(order_id, text.format(number=there.wire.number or there.wire.id, code=code))

    def _say_what_differs(self, told: ToldOrder, order_id: str, operation: Operation) -> None:
        differing = told.differing()
        if differing:
            text = tr("Till {letter}: not as ordered: {articles}")
            self._writes.note(order_id, operation, text.format(letter=self._letter, articles=", ".join(differing)))


def _said(there: OrderThere, operation: Operation) -> bool:
    return any(mark.operation == operation for mark in there.marks.ready)
