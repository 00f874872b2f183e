"""Owns telling Vendure that goods left with their customer, or came back: which fulfilments become Delivered, which
are made anew, which lines never come. What happened at the counter stands: as much of it as Vendure takes is recorded
there, the rest is a disagreement, and the stock is brought to what is true in any case.

    all of a ready fulfilment left   it becomes Delivered
    part of it left                  cancelled; one of what left (Delivered), one of the rest (`/rest`, Shipped)
    nothing was ready                one of what left (Delivered)
    lines that never come            taken out of the order, when this was the last handover
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from app.domain.facts import Fact
from app.domain.money import Money
from app.i18n import tr
from app.sync.connectors.codes import Operation
from app.sync.connectors.declined import Declined
from app.sync.connectors.levels import left_to_write, moved_units
from app.sync.connectors.telling import StockInDoubt, applied, to_count_too
from app.sync.connectors.vendure.fulfilments import (
    CHANGED_MEANWHILE,
    SHORT_OF_STOCK,
    EditUnsettled,
    LostRace,
    OrderWrites,
    loses,
    standing,
)
from app.sync.connectors.vendure.handover_plan import HandoverPlan, left_from, plan_handover
from app.sync.connectors.vendure.making import FulfilmentMaker
from app.sync.connectors.vendure.orders import (
    CANCELLED,
    DELIVERED,
    PENDING,
    SHIPPED,
    UNSETTLED_STATES,
    Viewpoint,
    authorised_payments,
    fulfilled,
    letter_of,
    order_id_of,
    paid_at_counter,
    units_in,
)
from app.sync.connectors.vendure.stock import StockWriter
from app.sync.connectors.vendure.takeover import Takeovers
from app.sync.connectors.vendure.told_order import ToldOrder
from app.sync.connectors.vendure.wire import WireOrder
from app.usecases.connector_ports import ConnectorBooks, WriteNote, WriteState
from app.usecases.marketplace_port import FactAnswer

_TRIES = 3
_REST, _AGAIN = "rest", "again"
_SELLER = "Seller"


class Handovers:
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
        self._now = now
        self._maker = FulfilmentMaker(writes, stock, books, now)
        self._takeovers = Takeovers(writes, books, now)

    # --- goods left ---

    def tell(self, fact: Fact) -> FactAnswer:
        """Raises as `FactTeller.tell` handles it."""
        order_id = str(fact.payload["order_id"])
        operation = Operation(self._letter, fact.fact_id)
        order = self._writes.read_for(order_id, operation)
        edited = self._was_edited_unseen(fact, order, order_id, operation)
        cancelled = order.state == CANCELLED
        short: tuple[str, ...] = ()
        if not cancelled:
            self._cash_what_is_promised(order, order_id)
            collected = int(fact.payload.get("collected_minor") or 0)
            order = self._writes.settle_edit(order, order_id, operation, collected)
            order, short = self._deliver(fact, order, order_id, operation)
        self._note_what_left(fact, order)
        twice = self._takeovers.left_there_too(fact.fact_id, order, order_id)
        agreed = not (cancelled or short or edited or twice)
        if agreed:
            self._take_out_what_never_comes(fact, order, order_id, operation)
        taken = self._takeovers.taken_from_us(fact.fact_id, order, order_id)
        told = ToldOrder(fact, order)
        try:
            self._write_stock(fact, self._units_delivered(fact, order, taken), self._by_product(order, twice))
        except StockInDoubt:
            if agreed:
                raise
            return to_count_too(self._disagreement(told, (*short, *twice), is_twice=bool(twice)))
        if agreed:
            return applied(fact)
        return self._disagreement(told, (*short, *twice), is_twice=bool(twice))

    def _was_edited_unseen(self, fact: Fact, order: WireOrder, order_id: str, operation: Operation) -> bool:
        """Judged when the handover is told first, and kept: what we take out of the order is an edit as well, and what
        we deliver hides one."""
        note_id = f"{fact.fact_id}/edited"
        known = self._books.write_note(note_id)
        if known is not None:
            return bool(known.after)
        stored = self._books.server_copies([order_id]).get(order_id)
        edited = ToldOrder(fact, order).edited_unseen(stored) and not standing(order, operation)
        after = {"edited": "unseen"} if edited else {}
        self._books.keep_write_note(WriteNote(note_id, {}, after, WriteState.DONE, self._now()))
        return edited

    def _cash_what_is_promised(self, order: WireOrder, order_id: str) -> None:
        """By a bank; and by the customer, once this till has the money."""
        self._writes.settle_payments(authorised_payments(order, self._counter_methods))
        known = self._books.order(order_id)
        if known is not None:
            self._writes.settle_payments(paid_at_counter(order, self._counter_methods, known.facts.paid_here))

    def _deliver(
        self, fact: Fact, order: WireOrder, order_id: str, operation: Operation
    ) -> tuple[WireOrder, tuple[str, ...]]:
        """The order when all is recorded that can be, and the lines of which not everything could."""
        for _ in range(_TRIES):
            try:
                self._carry_out(self._plan(fact, order, order_id), order, order_id, operation)
                order = self._writes.read(order_id)
                self._give_way(order, operation)
                after = self._plan(fact, order, order_id)
                if after.is_done:
                    return order, after.short
            except EditUnsettled:
                return self._taken_back(fact, order, order_id, operation)
            except LostRace:
                order = self._writes.read(order_id)
            except Declined as refusal:
                if refusal.code not in CHANGED_MEANWHILE:
                    raise
                order = self._writes.read(order_id)  # another till was faster with some of it
        return order, tuple(ToldOrder(fact, order).goods)  # it never comes to rest: people look

    def _plan(self, fact: Fact, order: WireOrder, order_id: str) -> HandoverPlan:
        taken = self._takeovers.taken_from_us(fact.fact_id, order, order_id)
        return plan_handover(ToldOrder(fact, order), self._letter, taken)

    def _give_way(self, order: WireOrder, operation: Operation) -> None:
        """Asked again when all is done: who was first may not have been visible before. Raises LostRace."""
        for one in standing(order, operation):
            if loses(order, one):
                self._takeovers.gives_way(operation.fact_id, one)
                self._writes.bring_to(one, CANCELLED)
                raise LostRace(one.id)

    def _taken_back(
        self, fact: Fact, order: WireOrder, order_id: str, operation: Operation
    ) -> tuple[WireOrder, tuple[str, ...]]:
        """What left cannot be recorded as gone: nothing of it may stand there as ready either."""
        order = self._writes.read(order_id)
        told = ToldOrder(fact, order)
        plan = self._plan(fact, order, order_id)
        for one in (*standing(order, operation), *plan.deliver, *plan.take_apart):
            if one.state != DELIVERED:
                self._writes.bring_to(one, CANCELLED)
        return self._writes.read(order_id), tuple(told.goods)

    def _carry_out(self, plan: HandoverPlan, order: WireOrder, order_id: str, operation: Operation) -> None:
        others = [one for one in plan.take_apart if letter_of(one) != self._letter]
        self._writes.wait_for_others(order, others)
        rest = self._noted_rest(plan, operation)
        fact_id = operation.fact_id
        self._takeovers.takes_over(fact_id, others)
        for one in plan.take_apart:
            self._writes.bring_to(one, CANCELLED)
        if plan.make:
            leaving = [self._maker.make(order, order_id, operation, plan.make), *plan.deliver]
        else:
            leaving = [*standing(order, operation), *plan.deliver]
        self._takeovers.delivers(fact_id, leaving)
        for one in leaving:
            self._writes.show_gone(one, order)
        if rest:
            self._stand_ready(order_id, Operation(self._letter, operation.fact_id, _REST), rest)

    def _noted_rest(self, plan: HandoverPlan, operation: Operation) -> Mapping[str, int]:
        """What is to stand ready again, kept before it is taken apart: afterwards nothing on the site tells it."""
        note_id = f"{operation.fact_id}/rest"
        known = self._books.write_note(note_id)
        if known is not None:
            return {line_id: int(units) for line_id, units in known.after.items()}
        if plan.rest:
            after = {line_id: str(units) for line_id, units in plan.rest.items()}
            self._books.keep_write_note(WriteNote(note_id, {}, after, WriteState.DONE, self._now()))
        return plan.rest

    def _stand_ready(self, order_id: str, operation: Operation, units: Mapping[str, int]) -> None:
        """Ready again, as far as nobody has fulfilled it otherwise meanwhile. Not where the order was delivered once:
        there it could neither be seen to be open again, nor its goods to be in the shop."""
        order = self._writes.read(order_id)
        if order.state == DELIVERED:
            return
        found = standing(order, operation)
        if not found:
            covered = fulfilled(order, PENDING, SHIPPED, DELIVERED)
            free = {line.id: line.quantity - covered.get(line.id, 0) for line in order.lines}
            lines = {line_id: min(much, free.get(line_id, 0)) for line_id, much in units.items()}
            lines = {line_id: much for line_id, much in lines.items() if much > 0}
            if not lines:
                return
            try:
                found = [self._writes.fulfil(order, order_id, operation, lines)]
            except Declined as refusal:
                if refusal.code != SHORT_OF_STOCK:
                    raise
                return  # the site believes that there are too few: to it they are on the shelf, ready only here
        self._writes.show_ready(found[0], order)

    def _take_out_what_never_comes(self, fact: Fact, order: WireOrder, order_id: str, operation: Operation) -> None:
        told = ToldOrder(fact, order)
        never_coming = told.never_coming()
        self._note_given_back(fact, order, never_coming)
        self._writes.cancel_lines(order, never_coming, tr("Not handed over at the till"))
        to_refund = Money(int(fact.payload.get("to_refund_minor") or 0))
        differing = told.differing()
        if to_refund or differing:
            text = tr("Till {letter}: not as ordered: {articles}; to be refunded: {amount} EUR").format(
                letter=self._letter, articles=", ".join(differing), amount=f"{to_refund.minor / 100:.2f}"
            )
            self._writes.note(order_id, operation, text)

    def _note_given_back(self, fact: Fact, order: WireOrder, never_coming: Mapping[str, int]) -> None:
        """Of a line of which a part left, Vendure "gives back" as much of what left as is taken out of the order: kept
        before it is, because nothing tells it afterwards."""
        if order.type == _SELLER or self._books.write_note(_given_back_id(fact)) is not None:
            return
        gone, back = fulfilled(order, DELIVERED), dict[str, int]()
        for line in order.lines:
            units = min(gone.get(line.id, 0), never_coming.get(line.id, 0))
            if units > 0:
                product_id = order_id_of(line.product_variant.id)
                back[product_id] = back.get(product_id, 0) + units
        if back:
            after = {product_id: str(units) for product_id, units in back.items()}
            self._books.keep_write_note(WriteNote(_given_back_id(fact), {}, after, WriteState.DONE, self._now()))

    def _given_back(self, fact: Fact) -> dict[str, int]:
        note = self._books.write_note(_given_back_id(fact))
        return {product_id: int(units) for product_id, units in note.after.items()} if note else {}

    def _disagreement(self, told: ToldOrder, short: tuple[str, ...], *, is_twice: bool) -> FactAnswer:
        order, line_ids = told.order, short or tuple(told.goods)
        if order.state == CANCELLED:
            return told.conflict(
                "cancelled_before",
                tr("The order was cancelled on the site before its goods left"),
                [line.id for line in order.lines],
            )
        gone, gone_from_here = fulfilled(order, DELIVERED), left_from(order, self._letter)
        if order.state in UNSETTLED_STATES:
            sentence = tr(
                "The order is being edited on the site, or the edit is not paid: what left is to be noted there"
            )
            return told.conflict("edited_before", sentence, line_ids)
        if is_twice or any(gone.get(line_id, 0) > gone_from_here.get(line_id, 0) for line_id in short):
            return told.conflict("already_handed_over", tr("These goods were handed over elsewhere already"), line_ids)
        return told.conflict("edited_before", tr("The order was changed on the site before its goods left"), line_ids)

    # --- stock ---

    def _units_delivered(self, fact: Fact, order: WireOrder, taken: Mapping[str, int]) -> dict[str, int]:
        """Units by product id by which the site's own records of this handover lowered what stands in the shop."""
        if order.state == CANCELLED:
            return {}  # it gave everything back
        goods, gone = ToldOrder(fact, order).goods, left_from(order, self._letter)
        there = {line_id: gone.get(line_id, 0) + taken.get(line_id, 0) for line_id in goods}
        return self._by_product(order, {line_id: min(units, there[line_id]) for line_id, units in goods.items()})

    def _write_stock(self, fact: Fact, delivered: Mapping[str, int], twice: Mapping[str, int]) -> None:
        """What moved here, less what the site's records of it moved there. Args: twice: units by product id that left
        at another till as well, and of which this one has undone the record."""
        raised, back = self._maker.raised(fact.fact_id), self._given_back(fact)
        done = {
            key: raised.get(key, 0) + back.get(key, 0) + twice.get(key, 0) - delivered.get(key, 0)
            for key in {*raised, *back, *twice, *delivered}
        }
        self._stock.move(f"{fact.fact_id}/stock", left_to_write(moved_units(fact.payload.get("movements") or ()), done))

    # --- goods came back ---

    def _note_what_left(self, fact: Fact, order: WireOrder) -> None:
        """Which fulfilments this handover is: an undo names the handover alone."""
        note_id = _handover_note(str(fact.payload["handover_id"]))
        if self._books.write_note(note_id) is not None:
            return
        goods = ToldOrder(fact, order).goods
        ours = [
            one.id
            for one in order.fulfillments or ()
            if one.state == DELIVERED
            and letter_of(one) == self._letter
            and any(line.order_line_id in goods for line in one.lines)
        ]
        after = dict.fromkeys(ours, DELIVERED)
        self._books.keep_write_note(WriteNote(note_id, {}, after, WriteState.DONE, self._now()))

    def take_back(self, fact: Fact) -> FactAnswer:
        """Raises as `FactTeller.tell` handles it."""
        order_id = str(fact.payload["order_id"])
        order = self._writes.read(order_id)
        note = self._books.write_note(_handover_note(str(fact.payload["handover_id"])))
        fulfilment_ids = set(note.after) if note else set()
        ours = [one for one in order.fulfillments or () if one.id in fulfilment_ids]
        back = units_in(ours)  # the order's own cancellation gave them back there as well
        if order.state != CANCELLED:
            for one in ours:
                self._writes.bring_to(one, CANCELLED)
            self._stand_ready(order_id, Operation(self._letter, fact.fact_id, _AGAIN), back)
        self._write_stock(fact, {key: -units for key, units in self._by_product(order, back).items()}, {})
        if note is None:
            told = ToldOrder(fact, order)
            return told.conflict("unknown_handover", tr("This till does not know which handover there is meant"))
        return applied(fact)

    def _by_product(self, order: WireOrder, units: Mapping[str, int]) -> dict[str, int]:
        """Units that a record there moves in the stock, by product id."""
        if order.type == _SELLER:
            return {}
        found: dict[str, int] = {}
        for line in order.lines:
            product_id = order_id_of(line.product_variant.id)
            found[product_id] = found.get(product_id, 0) + units.get(line.id, 0)
        return found


def _given_back_id(fact: Fact) -> str:
    return f"{fact.fact_id}/given-back"


def _handover_note(handover_id: str) -> str:
    return f"handover/{handover_id}"
