"""What a connector reads of this till, and its journal: the stored books and the ones in memory promise the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import pytest

from app.domain.catalogue import MovementReason, StockMovement
from app.domain.facts import Fact, FactKind
from app.domain.order import HandoverState
from app.storage.store import Store, open_store
from app.usecases.connector_ports import ConnectorBooks, Linked, MarketplaceKind, WriteNote, WriteState
from app.usecases.doubt_restored import doubt_what_waits
from app.usecases.marketplace_port import FactAnswer, FactOutcome
from app.usecases.ports import StoreUnavailable, UnitOfWork
from app.usecases.queries import Queries
from tests.fakes.memory_store import MemoryStore
from tests.fakes.samples import COFFEE, TOMATO, WINE, an_order
from tests.fakes.surroundings import NOON, HandSetClock, a_counter


class AStore(Protocol):
    @property
    def connector_books(self) -> ConnectorBooks: ...
    @property
    def queries(self) -> Queries: ...
    @property
    def unit_of_work(self) -> Callable[[], AbstractContextManager[UnitOfWork]]: ...


@pytest.fixture(params=["stored", "memory"])
def any_store(request: pytest.FixtureRequest) -> AStore:
    found: AStore = request.getfixturevalue("store") if request.param == "stored" else MemoryStore()
    return found


def a_fact(number: int, subject: str, payload: Mapping[str, object], kind: FactKind = FactKind.STOCK_MOVED) -> Fact:
    return Fact(f"fact-{number}", number, kind, subject, NOON, payload)


def a_movement(movement_id: str, product_id: str, quantity: int, location: str = "shop") -> StockMovement:
    return StockMovement(movement_id, product_id, location, quantity, MovementReason.GOODS_IN, NOON, "till-a")


def test_a_till_is_linked_with_the_reference_marketplace_until_it_is_said_otherwise(any_store: AStore) -> None:
    assert any_store.queries.linked() == Linked()
    vendure = Linked(MarketplaceKind.VENDURE, {"channel": "t0k", "location": "2"}, only_till=False, letters_given="BC")
    with any_store.unit_of_work() as uow:
        uow.set_linked(vendure)
        assert uow.linked() == vendure
        uow.commit()
    assert any_store.queries.linked() == vendure
    with any_store.unit_of_work() as uow:
        uow.set_linked(replace(vendure, options={"channel": "t0k"}))
        uow.commit()
    assert any_store.queries.linked().options == {"channel": "t0k"}


def test_orders_are_read_as_the_marketplace_told_them(any_store: AStore) -> None:
    open_one = an_order("order-1")
    done = replace(an_order("order-2", reference="B2B2B2B"), server_handover=HandoverState.HANDED_OVER)
    cancelled = replace(an_order("order-3", reference="C3C3C3C"), cancelled_at=NOON)
    partly = replace(an_order("order-4", reference="D4D4D4D"), server_handover=HandoverState.PARTLY, lines=())
    with any_store.unit_of_work() as uow:
        uow.orders.save_server_copies([open_one, done, cancelled, partly])
        uow.commit()
    books = any_store.connector_books
    assert list(books.open_order_ids()) == ["order-1", "order-4"]
    assert books.server_copies(["order-4", "order-1", "order-9"]) == {"order-1": open_one, "order-4": partly}
    at_counter = books.order("order-2")
    assert at_counter is not None
    assert at_counter.order == done
    assert books.order("order-9") is None


def test_articles_come_with_the_version_of_their_copy(any_store: AStore) -> None:
    with any_store.unit_of_work() as uow:
        uow.catalogue.save_all([COFFEE, TOMATO], {COFFEE.product_id: 3, TOMATO.product_id: 1})
        uow.catalogue.save_all([WINE])
        uow.commit()
    books = any_store.connector_books
    assert books.products(["p-coffee", "p-nothing"]) == {"p-coffee": (COFFEE, 3)}
    assert books.products(["p-wine"]) == {"p-wine": (WINE, 0)}
    assert list(books.product_ids()) == ["p-coffee", "p-tomato"], "the marketplace never told of the wine"


def test_levels_are_the_sums_over_all_places(any_store: AStore) -> None:
    with any_store.unit_of_work() as uow:
        uow.stock.record([a_movement("m1", "p-coffee", 5), a_movement("m2", "p-coffee", 7, "store room")])
        uow.stock.record([a_movement("m3", "p-tomato", -250)])
        uow.commit()
    levels = any_store.connector_books.levels(["p-coffee", "p-tomato", "p-wine"])
    assert levels == {"p-coffee": 12, "p-tomato": -250, "p-wine": 0}


def test_what_is_not_told_or_was_refused_is_in_doubt(any_store: AStore) -> None:
    moved = [{"product_id": "p-coffee", "quantity": -1}, {"product_id": "p-tomato", "quantity": -300}]
    books = any_store.connector_books
    assert books.products_in_doubt() == frozenset()
    with any_store.unit_of_work() as uow:
        handover = {"order_id": "order-1", "movements": moved}
        uow.outbox.append(a_fact(1, "order:order-1", handover, FactKind.ORDER_HANDED_OVER))
        uow.outbox.append(a_fact(2, "stock:p-wine", {"movements": [{"product_id": "p-wine", "quantity": 6}]}))
        uow.outbox.append(a_fact(3, "order:order-3", {"order_id": "order-3"}, FactKind.ORDER_READY))
        uow.commit()
    assert books.products_in_doubt() == {"p-coffee", "p-tomato", "p-wine"}
    assert books.orders_in_doubt() == {"order-1", "order-3"}
    with any_store.unit_of_work() as uow:
        claimed = uow.outbox.claim(10, NOON, 60.0)
        uow.commit()
    assert len(claimed) == 3
    assert books.products_in_doubt() == {"p-coffee", "p-tomato", "p-wine"}, "sent is not answered"
    with any_store.unit_of_work() as uow:
        applied = FactAnswer("fact-1", FactOutcome.APPLIED)
        refused = FactAnswer("fact-2", FactOutcome.REFUSED, reason="stock_in_doubt")
        told = FactAnswer("fact-3", FactOutcome.CONFLICT, reason="conflict")
        uow.outbox.settle([applied, refused, told], NOON)
        uow.commit()
    assert books.products_in_doubt() == {"p-wine"}
    assert books.orders_in_doubt() == frozenset(), "a conflict was told"


def test_what_waited_in_a_copy_that_was_put_back_may_have_been_told_since(any_store: AStore) -> None:
    books = any_store.connector_books
    counter = a_counter(any_store.unit_of_work)
    with any_store.unit_of_work() as uow:
        uow.outbox.append(a_fact(uow.outbox.next_seq(), "order:order-1", {"order_id": "order-1"}))
        uow.commit()
    doubt_what_waits(counter)
    assert not books.may_be_told_already("fact-1"), "the reference marketplace knows facts by their ids"
    with any_store.unit_of_work() as uow:
        uow.set_linked(Linked(MarketplaceKind.VENDURE))
        uow.commit()
    assert not books.may_be_told_already("fact-1")
    doubt_what_waits(counter)
    with any_store.unit_of_work() as uow:
        uow.outbox.append(a_fact(uow.outbox.next_seq(), "order:order-2", {"order_id": "order-2"}))
        uow.commit()
    assert books.may_be_told_already("fact-1")
    assert not books.may_be_told_already("fact-2"), "it happened after the copy was put back"
    assert not books.may_be_told_already("fact-9")


def test_the_journal_keeps_the_newest_word_on_a_write(any_store: AStore) -> None:
    books = any_store.connector_books
    assert books.write_note("cmp1/A/f1") is None
    sent = WriteNote("cmp1/A/f1", {"level.3": "20", "newest.3": "117"}, {"level.3": "18"}, WriteState.SENT, NOON)
    books.keep_write_note(sent)
    assert books.write_note("cmp1/A/f1") == sent
    done = replace(sent, state=WriteState.DONE, noted_at=NOON + timedelta(seconds=1))
    books.keep_write_note(done)
    assert books.write_note("cmp1/A/f1") == done
    assert books.write_note("cmp1/A/f2") is None


def test_a_note_outlives_the_program_and_one_who_only_looks_keeps_none(
    store: Store, database: Path, clock: HandSetClock
) -> None:
    note = WriteNote("cmp1/A/f1", {}, {"level.3": "18"}, WriteState.SENT, NOON)
    store.connector_books.keep_write_note(note)
    store.close()
    looking = open_store(database, clock=clock, read_only=True)
    try:
        assert looking.connector_books.write_note("cmp1/A/f1") == note
        with pytest.raises(StoreUnavailable, match="read_only"):
            looking.connector_books.keep_write_note(note)
    finally:
        looking.close()
