"""Owns telling WooCommerce that goods left with their customer, or came back. It knows no parts: each handover is a
field of ours, and the order is `completed` once all of it left or never will. What happened at the counter stands: as
much of it as the order has is recorded there, the rest is a disagreement, and the stock is brought to what is true in
any case.

The site's stock went down when the order was placed, so goods that leave move nothing there; what never comes is given
back by the till, and the person who refunds it is told not to do that again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from app.domain.facts import Fact
from app.domain.money import Money
from app.i18n import tr
from app.sync.connectors.codes import Operation
from app.sync.connectors.levels import left_to_write, moved_units
from app.sync.connectors.telling import StockInDoubt, applied, to_count_too
from app.sync.connectors.woocommerce.marks import HandoverMark, handover_field, summed_up, undone_field
from app.sync.connectors.woocommerce.order_writes import OrderWrites
from app.sync.connectors.woocommerce.orders import COMPLETED, OPEN_STATUSES, PROCESSING, OrderThere, product_id_of
from app.sync.connectors.woocommerce.stock import StockWriter
from app.sync.connectors.woocommerce.told_order import ToldOrder
from app.usecases.connector_ports import ConnectorBooks
from app.usecases.marketplace_port import FactAnswer, FactOutcome


class Handovers:
    """Of one till."""

    def __init__(self, writes: OrderWrites, stock: StockWriter, books: ConnectorBooks, letter: str) -> None:
        self._writes = writes
        self._stock = stock
        self._books = books
        self._letter = letter

    # --- goods left ---

    def tell(self, fact: Fact) -> FactAnswer:
        """Raises as `FactTeller.tell` handles it."""
        order_id = str(fact.payload["order_id"])
        operation = Operation(self._letter, fact.fact_id)
        there = self._writes.read(order_id)
        told = ToldOrder(fact, there)
        mark = there.marks.of(operation)
        if mark is None and not there.is_cancelled:
            mark = self._mark(told, operation)
            there = self._record(there, mark)
        if mark is not None and not there.is_cancelled:
            mark, there = self._give_way(mark, there)
            there = self._complete(there)
        recorded = mark.lines if mark is not None and not there.is_cancelled else {}
        short = [line_id for line_id, pieces in told.goods.items() if recorded.get(line_id, 0) < pieces]
        answer = self._answer(ToldOrder(fact, there), mark, short, order_id)
        try:
            self._write_stock(fact, there, _settled_by(mark))
        except StockInDoubt:
            if answer.outcome is FactOutcome.APPLIED:
                raise
            return to_count_too(answer)
        return answer

    def _mark(self, told: ToldOrder, operation: Operation) -> HandoverMark:
        """What is to be recorded of it: no more than the order has left."""
        fact, there = told.fact, told.there
        gone, ordered = there.gone(), there.ordered
        lines = {key: min(pieces, ordered[key] - gone.get(key, 0)) for key, pieces in told.goods.items()}
        lines = {key: pieces for key, pieces in lines.items() if pieces > 0}
        short = any(lines.get(key, 0) < pieces for key, pieces in told.goods.items())
        edited = told.edited_unseen(self._books.server_copies([str(fact.payload["order_id"])]).get(_id(fact)))
        never = {} if short or edited else told.never_coming(summed_up([there.settled, lines]))
        mark = HandoverMark(
            operation=operation,
            handover_id=str(fact.payload["handover_id"]),
            lines=lines,
            never=never,
            at=fact.happened_at,
            collected_minor=int(fact.payload.get("collected_minor") or 0),
            was=there.wire.status,
            edited=edited,
        )
        completes = _settles(there, mark) and there.wire.status != COMPLETED
        return replace(mark, paid_by_completing=completes and there.wire.date_paid_gmt is None)

    def _record(self, there: OrderThere, mark: HandoverMark) -> OrderThere:
        """The order with the field, completed in the same request if nothing of it is left."""
        status = COMPLETED if _settles(there, mark) and there.wire.status != COMPLETED else ""
        return self._writes.put(
            there, [handover_field(mark)], lambda now: now.marks.of(mark.operation) is not None, status
        )

    def _give_way(self, mark: HandoverMark, there: OrderThere) -> tuple[HandoverMark, OrderThere]:
        """Two tills may have recorded the same pieces at one instant. What was written first stands; the later one
        takes back what the order did not have. Which is first does not depend on who looks."""
        written = there.marks.of(mark.operation) or mark
        before = [one for one in there.marks.standing if one.place < written.place]
        gone, ordered = summed_up(one.lines for one in before), there.ordered
        lines = {
            key: min(pieces, max(ordered.get(key, 0) - gone.get(key, 0), 0)) for key, pieces in written.lines.items()
        }
        lines = {key: pieces for key, pieces in lines.items() if pieces > 0}
        if lines == dict(written.lines):
            return written, there
        less = replace(written, lines=lines, never={})
        there = self._writes.put(there, [handover_field(less)], lambda now: _lines_of(now, less) == lines)
        return there.marks.of(less.operation) or less, there

    def _complete(self, there: OrderThere) -> OrderThere:
        """Whole, in parts that two tills recorded without seeing each other's."""
        if not there.is_settled or there.wire.status == COMPLETED or not there.marks.standing:
            return there
        return self._writes.put(there, [], lambda now: now.wire.status == COMPLETED, COMPLETED)

    def _answer(self, told: ToldOrder, mark: HandoverMark | None, short: list[int], order_id: str) -> FactAnswer:
        there, goods = told.there, told.goods
        if mark is None or there.is_cancelled:
            sentence = tr("The order was cancelled on the site before its goods left")
            return told.conflict("cancelled_before", sentence, [line.id for line in there.wire.line_items])
        gone = there.gone(but_of=mark)
        if any(gone.get(line_id, 0) for line_id in short):
            sentence = tr("These goods were handed over elsewhere already")
            return told.conflict("already_handed_over", sentence, short)
        if short or mark.edited:
            sentence = tr("The order was changed on the site before its goods left")
            return told.conflict("edited_before", sentence, short or list(goods))
        self._say_what_happened(told, mark, order_id)
        return applied(told.fact)

    def _say_what_happened(self, told: ToldOrder, mark: HandoverMark, order_id: str) -> None:
        """For whoever looks at the order on the site, where nothing else shows it."""
        differing = told.differing()
        to_refund = Money(int(told.fact.payload.get("to_refund_minor") or 0))
        if differing or (to_refund and mark.never):
            text = tr(
                "Till {letter}: not as ordered: {articles}; to be refunded: {amount} EUR. What was not handed over is "
                "back in the stock: do not restock it with the refund."
            )
            text = text.format(
                letter=self._letter, articles=", ".join(differing), amount=f"{to_refund.minor / 100:.2f}"
            )
            self._writes.note(order_id, mark.operation, text)
        elif not told.there.is_settled:
            names = {line.id: line.name for line in told.there.wire.line_items}
            parts = ", ".join(f"{pieces} x {names.get(line_id, '')}" for line_id, pieces in mark.lines.items())
            text = tr("Till {letter}: handed over in part: {articles}").format(letter=self._letter, articles=parts)
            self._writes.note(order_id, mark.operation, text)

    # --- stock ---

    def _write_stock(self, fact: Fact, there: OrderThere, settled: Mapping[int, int]) -> None:
        """What moved here, less what the site's stock gave up for it when it was ordered. Args: settled: pieces by line
        id that the order does not hold any more since it is recorded."""
        done = {} if there.is_cancelled else {key: -pieces for key, pieces in _by_product(there, settled).items()}
        moved = moved_units(fact.payload.get("movements") or ())
        self._stock.move(Operation(self._letter, fact.fact_id, "stock"), left_to_write(moved, done))

    # --- goods came back ---

    def take_back(self, fact: Fact) -> FactAnswer:
        """Raises as `FactTeller.tell` handles it."""
        order_id, handover_id = _id(fact), str(fact.payload["handover_id"])
        operation = Operation(self._letter, fact.fact_id)
        there = self._writes.read(order_id)
        mark = next((one for one in there.marks.handovers if one.handover_id == handover_id), None)
        if mark is not None and not there.is_cancelled:
            reopened = "" if there.wire.status != COMPLETED else mark.was if mark.was in OPEN_STATUSES else PROCESSING
            fields = [undone_field(handover_id, operation)]
            there = self._writes.put(there, fields, lambda now: handover_id in now.marks.undone, reopened)
        settled = {} if mark is None else {key: -pieces for key, pieces in _settled_by(mark).items()}
        self._write_stock(fact, there, settled)
        if mark is None and not there.is_cancelled:
            sentence = tr("This till does not know which handover there is meant")
            return ToldOrder(fact, there).conflict("unknown_handover", sentence)
        return applied(fact)


def _id(fact: Fact) -> str:
    return str(fact.payload["order_id"])


def _settled_by(mark: HandoverMark | None) -> dict[int, int]:
    return summed_up([mark.lines, mark.never]) if mark is not None else {}


def _settles(there: OrderThere, mark: HandoverMark) -> bool:
    settled = summed_up([there.settled, mark.lines, mark.never])
    return all(settled.get(line_id, 0) >= pieces for line_id, pieces in there.ordered.items())


def _lines_of(there: OrderThere, mark: HandoverMark) -> Mapping[int, int]:
    found = there.marks.of(mark.operation)
    return found.lines if found is not None else {}


def _by_product(there: OrderThere, units: Mapping[int, int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for line in there.wire.line_items:
        product_id = product_id_of(line)
        if product_id and units.get(line.id):
            found[product_id] = found.get(product_id, 0) + units[line.id]
    return found
