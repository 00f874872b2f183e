"""Owns the mistakes that the stories of the complaints must notice and that no town is needed for: each takes away what
a row relies on, as `tests.simulation.breakages` do. Those of the other till programs, as far as their users tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.domain import canonical, facts, lease
from app.domain.catalogue import MovementReason
from app.domain.fiscal import LedgerRow
from app.domain.order import HandoverState, OrderAtCounter
from app.domain.sale import SaleDocument
from app.marketplace import intake
from app.storage import product_reads
from app.storage.lock import ProcessLock
from app.storage.repositories.baskets import BasketRows
from app.storage.repositories.closures import ClosureRows
from app.storage.repositories.reconciliations import ReconciliationRows
from app.storage.repositories.sales import SaleRows
from app.storage.repositories.stock import StockRows
from app.storage.tables import outbox, product
from app.storage.unit_of_work import StoreUnitOfWork
from app.sync import reconcile
from app.ui import messages
from app.usecases.queue_papers import queue_papers
from app.usecases.queue_print import queue_receipt
from app.usecases.record_document import record_document
from tests.simulation.mutations import Patch

_WAITING = select(outbox.c.fact_id)


def a_sale_is_said_before_it_is_kept(patch: Patch) -> None:
    """Its commit waits for the next act: quicker, and lost with the power."""
    begin, commit, add = StoreUnitOfWork.__enter__, StoreUnitOfWork.commit, SaleRows.add

    def begin_after_the_last(self: Any) -> Any:
        if self._writer.connection.in_transaction:
            self._writer.connection.execute("COMMIT")
        return begin(self)

    def add_and_note(self: Any, sale: SaleDocument) -> None:
        add(self, sale)
        self.is_to_be_put_off = True

    def put_off(self: Any) -> None:
        if not hasattr(self.sales, "is_to_be_put_off"):
            commit(self)
            return
        self.views.rewrite()
        self._in_transaction = False
        self.session.close()

    patch.attribute(StoreUnitOfWork, "__enter__", begin_after_the_last)
    patch.attribute(SaleRows, "add", add_and_note)
    patch.attribute(StoreUnitOfWork, "commit", put_off)


def the_receipt_goes_before_the_sale(patch: Patch) -> None:
    """In a transaction of its own, so that the paper comes sooner."""
    original = record_document

    def after_its_paper(uow: Any, counter: Any, place: Any, document: SaleDocument) -> LedgerRow:
        queue_receipt(uow, counter, document, None, document.operator)
        uow.session.execute_text("COMMIT")
        uow.session.execute_text("BEGIN IMMEDIATE")
        return original(uow, counter, place, document)

    def no_more_papers(*arguments: Any, **named: Any) -> tuple[()]:
        return ()

    patch.everywhere(original, after_its_paper)
    patch.everywhere(queue_papers, no_more_papers)


def a_fact_sent_again_is_a_new_one(patch: Patch) -> None:
    """For the marketplace, which knows facts by when they came."""
    original = intake._take_fact

    def take(transaction: Any, till: Any, fact: Any) -> Any:
        if intake._known(transaction, fact.fact_id) is None:
            return original(transaction, till, fact)
        last_seq, _last_id = intake.last_fact_of(transaction.connection, till)
        new = fact.model_copy(update={"fact_id": transaction.surroundings.new_id(), "till_seq": last_seq + 1})
        return replace(original(transaction, till, new), fact_id=fact.fact_id)

    patch.attribute(intake, "_take_fact", take)


def any_program_may_write(patch: Patch) -> None:
    patch.attribute(ProcessLock, "acquire", lambda self: None)


def a_day_is_closed_of_what_was_told(patch: Patch) -> None:
    original = ClosureRows.open_days

    def told_only(self: Any, till_letter: str, after_number: int) -> Any:
        waiting = self._session.rows(_WAITING)
        return [] if waiting else original(self, till_letter, after_number)

    patch.attribute(ClosureRows, "open_days", told_only)


def the_marketplace_knows_better_what_left(patch: Patch) -> None:
    def as_told(self: OrderAtCounter) -> HandoverState:
        return self.order.server_handover

    patch.attribute(OrderAtCounter, "handover", property(as_told))


def a_comparison_looks_at_nothing(patch: Patch) -> None:
    patch.attribute(reconcile, "ranges_that_differ", lambda here, there: [])


def a_gap_is_named_and_left(patch: Patch) -> None:
    patch.attribute(ReconciliationRows, "tell_again", lambda self, fact_ids: 0)


def a_lease_is_good_for_hours(patch: Patch) -> None:
    """Who is off line for longer must ask the marketplace before goods go."""
    original = lease.is_held

    def held(of: Any, till_id: str, given_up: int | None, newest: datetime) -> bool:
        return original(of, till_id, given_up, newest) and of.until - newest > timedelta(days=14, hours=4)

    patch.everywhere(original, held)


def staff_read_what_the_network_says(patch: Patch) -> None:
    patch.attribute(messages, "duration", lambda span: f"{span.total_seconds():.0f} s, host unreachable")


def ticket_numbers_without_a_letter(patch: Patch) -> None:
    patch.attribute(SaleDocument, "display_number", property(lambda self: f"{self.number:06d}"))


def a_row_is_sealed_before_its_sale_is_whole(patch: Patch) -> None:
    original = canonical.sale_body

    def without_payments(sale: SaleDocument, after: Any) -> Any:
        return original(replace(sale, payments=()), after)

    patch.everywhere(original, without_payments)


def the_search_stops_at_a_thousand(patch: Patch) -> None:
    first = product.c.row_id <= 1000  # in the order in which they came
    for name in ("NAMES_BEGINNING", "WORDS_BEGINNING"):
        patch.attribute(product_reads, name, getattr(product_reads, name).where(first))
    all_parts: Any = product_reads.parts_statement
    patch.attribute(product_reads, "parts_statement", lambda size: all_parts(size).where(first))


def a_sale_tells_no_movements(patch: Patch) -> None:
    original = facts.sale_payload
    patch.everywhere(original, lambda sale, movements: original(sale, ()))


def the_last_ticket_misses_the_closing(patch: Patch) -> None:
    original = ClosureRows.open_days

    def without_the_last(self: Any, till_letter: str, after_number: int) -> Any:
        return [replace(day, last_number=day.last_number - 1) for day in original(self, till_letter, after_number)]

    patch.attribute(ClosureRows, "open_days", without_the_last)


def goods_leave_the_stock_at_the_closing(patch: Patch) -> None:
    original = StockRows.record

    def but_what_is_sold(self: Any, movements: Any) -> Any:
        told = list(movements)
        sold = [each for each in told if each.reason is MovementReason.SALE]
        return [*sold, *original(self, [each for each in told if each not in sold])]

    patch.attribute(StockRows, "record", but_what_is_sold)


def a_closed_day_is_forgotten(patch: Patch) -> None:
    patch.attribute(ClosureRows, "get", lambda self, closure_id: None)


def a_parked_basket_is_in_memory_only(patch: Patch) -> None:
    parked: dict[str, Any] = {}
    patch.attribute(BasketRows, "park", lambda self, basket_id, basket, *others: parked.update({basket_id: basket}))
    patch.attribute(BasketRows, "take", lambda self, basket_id: parked.pop(basket_id, None))
