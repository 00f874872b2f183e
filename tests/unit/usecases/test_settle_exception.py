"""A disagreement is closed by a person, once; nothing that happened is erased."""

from __future__ import annotations

import pytest

from app.domain.facts import FactKind
from app.usecases.find_order import HowFound
from app.usecases.hand_over_order import HandoverDone, HandoverRequest, hand_over_order
from app.usecases.marketplace_port import FactAnswer, FactOutcome
from app.usecases.ports import StoreUnavailable, Touched
from app.usecases.prepare_order import mark_ready
from app.usecases.settle_exception import MAX_NOTE_LENGTH, Settling, settle_exception
from tests.fakes.memory_store import MemoryStore
from tests.fakes.samples import an_order
from tests.fakes.shop import Shop
from tests.fakes.surroundings import NOON, HandSetClock


def a_disagreement(shop: Shop) -> str:
    """The order is handed over here, and the marketplace says that another till did it before."""
    shop.has_order(an_order(prepaid=True))
    mark_ready(shop.counter, "order-1", 1, "A1", "Léa")
    done = hand_over_order(shop.counter, HandoverRequest("order-1", HowFound.SCAN, "Léa"))
    assert isinstance(done, HandoverDone)
    with shop.store.unit_of_work() as uow:
        facts = uow.outbox.claim(10, NOON, 60)
        *_, handover = facts
        view = {"order_id": "order-1", "handover": "handed_over", "cancelled_at": None}
        uow.outbox.settle(
            [FactAnswer(fact.fact_id, FactOutcome.APPLIED) for fact in facts[:-1]]
            + [FactAnswer(handover.fact_id, FactOutcome.CONFLICT, "Déjà remise par Caisse B.", view)],
            NOON,
        )
        uow.commit()
    shop.heard.clear()
    return str(handover.fact_id)


def test_who_when_and_how_are_kept_and_the_queue_is_free(shop: Shop) -> None:
    fact_id = a_disagreement(shop)
    [row] = shop.queries.exceptions()
    assert (row.kind, row.proposed_answer) == ("handed_over_twice", "count_stock")
    assert (row.order_id, row.order_number, row.settled_at) == ("order-1", an_order().number, None)
    assert shop.queries.outbox_state().conflicted == 1
    before = shop.order()

    shop.clock.go_on(minutes=5)
    assert settle_exception(shop.counter, fact_id, "Tom", "  compté :\n il en manque un ") is Settling.SETTLED

    assert shop.queries.exceptions() == []
    [settled] = shop.queries.exceptions(open_only=False)
    assert (settled.settled_at, settled.settled_by) == (shop.clock.now(), "Tom")
    assert settled.settled_note == "compté : il en manque un"
    assert settled.message == "Déjà remise par Caisse B."
    assert settled.answer == "count_stock"
    [told] = shop.facts()
    assert told.kind is FactKind.EXCEPTION_SETTLED
    assert told.payload == {
        "exception_id": fact_id,
        "kind": "handed_over_twice",
        "answer": "count_stock",
        "operator": "Tom",
        "note": "compté : il en manque un",
        "order_id": "order-1",
        "product_id": "",
    }
    assert shop.queries.outbox_state().conflicted == 0
    assert shop.order() == before
    assert shop.heard == [Touched(outbox=True, orders=True)]


def test_only_the_first_answer_counts(shop: Shop) -> None:
    fact_id = a_disagreement(shop)
    assert settle_exception(shop.counter, fact_id, "Tom", "first") is Settling.SETTLED
    shop.heard.clear()
    shop.clock.go_on(minutes=5)
    assert settle_exception(shop.counter, fact_id, "Léa", "second") is Settling.NOT_OPEN
    assert settle_exception(shop.counter, "no-such", "Léa", "") is Settling.NOT_OPEN
    [row] = shop.queries.exceptions(open_only=False)
    assert (row.settled_by, row.settled_note) == ("Tom", "first")
    assert shop.heard == []


def test_the_same_answer_of_the_marketplace_again_opens_nothing(shop: Shop) -> None:
    fact_id = a_disagreement(shop)
    settle_exception(shop.counter, fact_id, "Tom", "")
    with shop.store.unit_of_work() as uow:
        uow.outbox.settle([FactAnswer(fact_id, FactOutcome.CONFLICT, "Déjà remise.")], NOON)
        uow.commit()
    assert shop.queries.exceptions() == []


def test_a_novel_is_cut(shop: Shop) -> None:
    fact_id = a_disagreement(shop)
    settle_exception(shop.counter, fact_id, "Tom", "é" * 10_000)
    [row] = shop.queries.exceptions(open_only=False)
    assert len(row.settled_note) == MAX_NOTE_LENGTH


def test_a_failing_commit_settles_nothing() -> None:
    store = MemoryStore()
    shop = Shop(store, HandSetClock())
    fact_id = a_disagreement(shop)
    store.fail_commit_with = StoreUnavailable("disk_full")
    with pytest.raises(StoreUnavailable):
        settle_exception(shop.counter, fact_id, "Tom", "")
    assert len(shop.queries.exceptions()) == 1
    assert shop.heard == []
