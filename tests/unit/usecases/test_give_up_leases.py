"""Giving leases up: durable before it is told, never of an order this till alone knows the state of."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.lease import Lease
from app.domain.order import VerdictKind
from app.usecases.apply_server_orders import apply_page
from app.usecases.find_order import HowFound, judge_order
from app.usecases.give_up_leases import give_up_all_leases, give_up_asked_leases
from app.usecases.hand_over_order import HandoverDone, HandoverRequest, hand_over_order
from app.usecases.lease_ports import GivenUp
from app.usecases.marketplace_port import ChangePage, FactAnswer, FactOutcome, OrderChange
from app.usecases.start_ledger import log_restored
from app.usecases.undo_handover import UndoDone, undo_handover
from tests.fakes.samples import an_order
from tests.fakes.shop import Shop
from tests.fakes.surroundings import NOON

ASKED = Lease("till-a", NOON + timedelta(days=10), 4, "till-b", NOON + timedelta(minutes=10))


def untold(shop: Shop) -> list[GivenUp]:
    with shop.store.unit_of_work() as uow:
        return list(uow.leases.untold(100))


def test_what_another_till_waits_for_is_given_up_and_waits_to_be_told(shop: Shop) -> None:
    shop.has_order(an_order(lease=ASKED, prepaid=True))
    assert judge_order(shop.queries, "order-1", NOON).kind is VerdictKind.READY
    assert give_up_asked_leases(shop.counter) == 1
    assert untold(shop) == [GivenUp("order-1", 4)]
    assert judge_order(shop.queries, "order-1", NOON).kind is VerdictKind.CANNOT_TELL
    heard = len(shop.heard)
    assert give_up_asked_leases(shop.counter) == 0
    assert len(shop.heard) == heard, "nothing to give up, nothing written"


def test_it_stays_told_until_a_newer_one_is_given_up(shop: Shop) -> None:
    shop.has_order(an_order(lease=ASKED))
    give_up_asked_leases(shop.counter)
    with shop.store.unit_of_work() as uow:
        uow.leases.note_told([GivenUp("order-1", 4)], NOON)
        uow.leases.give_up([GivenUp("order-1", 3)], NOON)
        assert uow.leases.untold(100) == []
        uow.leases.give_up([GivenUp("order-1", 6)], NOON)
        assert uow.leases.untold(100) == [GivenUp("order-1", 6)]
        uow.leases.note_told([GivenUp("order-1", 4)], NOON)
        assert uow.leases.untold(100) == [GivenUp("order-1", 6)]


@pytest.mark.parametrize(("number", "again"), [(3, True), (4, True), (5, False)])
def test_a_marketplace_that_was_set_back_is_told_again(shop: Shop, number: int, again: bool) -> None:
    shop.has_order(an_order(lease=ASKED, version=7))
    give_up_asked_leases(shop.counter)
    with shop.store.unit_of_work() as uow:
        uow.leases.note_told([GivenUp("order-1", 4)], NOON)
        uow.commit()
    of_another = OrderChange(an_order(lease=replace(ASKED, till_id="till-b"), version=8))
    apply_page(shop.counter, shop.secrets, ChangePage((of_another,), "c1", more=False))
    assert untold(shop) == []
    ours = OrderChange(an_order(lease=Lease("till-a", ASKED.until, number), version=2))
    apply_page(shop.counter, shop.secrets, ChangePage((ours,), "c2", more=False))
    assert untold(shop) == ([GivenUp("order-1", 4)] if again else [])


def test_an_order_whose_goods_left_here_is_not_passed_on(shop: Shop) -> None:
    shop.has_order(an_order(lease=ASKED, prepaid=True))
    assert isinstance(hand_over_order(shop.counter, HandoverRequest("order-1", HowFound.SCAN, "Léa")), HandoverDone)
    assert give_up_asked_leases(shop.counter) == 0
    _all_told(shop)
    assert give_up_asked_leases(shop.counter) == 0, "nor once it was told: which part is here, we know alone"


def test_an_undone_handover_is_told_first(shop: Shop) -> None:
    shop.has_order(an_order(lease=ASKED, prepaid=True))
    hand_over_order(shop.counter, HandoverRequest("order-1", HowFound.SCAN, "Léa"))
    assert isinstance(undo_handover(shop.counter, "order-1", "Léa", ""), UndoDone)
    assert give_up_asked_leases(shop.counter) == 0
    _all_told(shop)
    assert give_up_asked_leases(shop.counter) == 1


def test_a_wish_of_yesterday_no_longer_counts(shop: Shop) -> None:
    shop.has_order(an_order(lease=ASKED))
    with shop.store.unit_of_work() as uow:
        uow.pulled.note_server_time(NOON + timedelta(days=1), NOON)
        uow.commit()
    assert give_up_asked_leases(shop.counter) == 0


def test_an_older_copy_gives_up_all_it_believes_to_have(shop: Shop) -> None:
    shop.has_order(an_order(lease=replace(ASKED, wanted_by="")))
    with shop.store.unit_of_work() as uow:
        assert give_up_all_leases(uow, NOON) == 1
        uow.commit()
    assert untold(shop) == [GivenUp("order-1", 4)]
    assert judge_order(shop.queries, "order-1", NOON).kind is VerdictKind.CANNOT_TELL


def _all_told(shop: Shop) -> None:
    waiting = [row.fact_id for row in shop.queries.outbox()]
    with shop.store.unit_of_work() as uow:
        uow.outbox.settle([FactAnswer(fact_id, FactOutcome.APPLIED) for fact_id in waiting], NOON)
        uow.commit()


def test_a_database_that_was_put_back_uses_no_lease(shop: Shop) -> None:
    shop.has_order(an_order(lease=replace(ASKED, wanted_by="")))
    log_restored(shop.counter)
    assert untold(shop) == [GivenUp("order-1", 4)]
    assert judge_order(shop.queries, "order-1", NOON).kind is VerdictKind.CANNOT_TELL
    granted_anew = an_order(lease=Lease("till-a", NOON + timedelta(days=15), 5), version=2)
    with shop.store.unit_of_work() as uow:
        uow.orders.save_server_copy(granted_anew)
        uow.commit()
    assert judge_order(shop.queries, "order-1", NOON).kind is VerdictKind.READY
