"""Taking a handover back: within ten minutes, as a new fact, goods back in stock, money never touched."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.catalogue import MovementReason
from app.domain.facts import FactKind
from app.domain.order import HandoverState, as_ordered
from app.domain.sale import Basket, Payment, PaymentMeans, line_for_product
from app.usecases.find_order import HowFound
from app.usecases.hand_over_order import HandoverDone, HandoverRequest, hand_over_order
from app.usecases.ports import Touched
from app.usecases.sell_at_counter import SaleDone, SaleRequest, order_basket_lines, sell_at_counter
from app.usecases.undo_handover import UndoDone, UndoRefusal, UndoRefused, undo_handover
from tests.fakes.samples import COFFEE, TOMATO, WINE, an_order
from tests.fakes.shop import Shop
from tests.fakes.surroundings import NOON

REQUEST = HandoverRequest("order-1", HowFound.SCAN, "Léa")


def handed_over(shop: Shop, request: HandoverRequest = REQUEST) -> HandoverDone:
    done = hand_over_order(shop.counter, request)
    assert isinstance(done, HandoverDone)
    return done


@pytest.mark.parametrize("minutes", [0, 10])
def test_within_ten_minutes_everything_is_as_before(shop: Shop, minutes: int) -> None:
    shop.has_order(an_order(prepaid=True))
    shop.has_stock(COFFEE, 10)
    done = handed_over(shop)
    shop.clock.go_on(minutes=minutes)
    shop.heard.clear()
    undone = undo_handover(shop.counter, "order-1", "Léa", "mauvaise personne")
    assert isinstance(undone, UndoDone)
    assert undone.order == shop.order()
    assert undone.handover_id == done.handover_id
    assert shop.order().handover is HandoverState.OPEN
    assert (shop.level(COFFEE), shop.level(TOMATO)) == (10, 0)
    assert shop.heard == [Touched(orders=True, stock=True, outbox=True)]
    fact = shop.facts()[-1]
    assert (fact.kind, fact.subject) == (FactKind.HANDOVER_UNDONE, "order:order-1")
    assert fact.payload["handover_id"] == done.handover_id
    assert fact.payload["reason"] == "mauvaise personne"
    assert sorted(m["quantity"] for m in fact.payload["movements"]) == [2, 1200]
    movement_ids = [m["movement_id"] for told in shop.facts() for m in told.payload["movements"]]
    assert len(set(movement_ids)) == 4
    card = shop.queries.stock_card("p-tomato")
    assert card is not None
    assert {movement.reason for movement in card.movements} == {MovementReason.HANDOVER, MovementReason.HANDOVER_UNDONE}


def test_after_ten_minutes_it_is_too_late(shop: Shop) -> None:
    shop.has_order(an_order(prepaid=True))
    handed_over(shop)
    before = shop.everything()
    shop.clock.go_on(minutes=10, seconds=1)
    assert undo_handover(shop.counter, "order-1", "Léa", "") == UndoRefused(UndoRefusal.TOO_LATE)
    assert shop.everything() == before


def test_nothing_to_undo(shop: Shop) -> None:
    shop.has_order(an_order(prepaid=True))
    assert undo_handover(shop.counter, "order-1", "Léa", "") == UndoRefused(UndoRefusal.NOTHING_TO_UNDO)
    assert undo_handover(shop.counter, "order-9", "Léa", "") == UndoRefused(UndoRefusal.NOTHING_TO_UNDO)
    handed_over(shop)
    undo_handover(shop.counter, "order-1", "Léa", "")
    assert undo_handover(shop.counter, "order-1", "Léa", "") == UndoRefused(UndoRefusal.NOTHING_TO_UNDO)
    assert shop.heard[-1] == shop.heard[1]
    assert len(shop.heard) == 2


def test_undone_while_the_server_still_tells_of_it_it_can_be_handed_over_again(shop: Shop) -> None:
    order = shop.has_order(an_order(prepaid=True))
    handed_over(shop)
    shop.clock.go_on(minutes=1)
    told = replace(
        order,
        version=2,
        server_handover=HandoverState.HANDED_OVER,
        handed_over_at=NOON,
        handed_over_by="Caisse A",
    )
    shop.has_order(told)
    undo_handover(shop.counter, "order-1", "Léa", "mauvaise personne")
    assert shop.order().handover is HandoverState.OPEN
    handed_over(shop)
    assert shop.order().handover is HandoverState.HANDED_OVER
    assert (shop.level(COFFEE), shop.level(TOMATO)) == (-2, -1200)


def test_only_the_last_of_two_visits_is_taken_back(shop: Shop) -> None:
    order = shop.has_order(an_order(prepaid=True))
    handed_over(shop, replace(REQUEST, results=(as_ordered(order.lines[0]),)))
    shop.clock.go_on(minutes=2)
    handed_over(shop)
    undo_handover(shop.counter, "order-1", "Léa", "")
    assert shop.order().handover is HandoverState.PARTLY
    assert shop.order().open_lines == (order.lines[1],)
    assert (shop.level(COFFEE), shop.level(TOMATO)) == (-2, 0)


def paid_by_card(basket: Basket, handover: HandoverRequest | None = None) -> SaleRequest:
    payment = Payment(PaymentMeans.CARD, basket.total, basket.total)
    return SaleRequest(basket, (payment,), "Léa", handover, age_confirmed_by="Léa")


def test_money_taken_for_the_order_goes_back_by_a_return_only(shop: Shop) -> None:
    shop.has_order(an_order())
    basket = Basket(order_basket_lines(shop.counter.ids, shop.order()))
    assert isinstance(sell_at_counter(shop.counter, paid_by_card(basket, handover=REQUEST)), SaleDone)
    before = shop.everything()
    assert undo_handover(shop.counter, "order-1", "Léa", "") == UndoRefused(UndoRefusal.PAID)
    assert shop.everything() == before


def test_articles_sold_beside_the_order_stay_sold(shop: Shop) -> None:
    shop.has_order(an_order(prepaid=True))
    basket = Basket((line_for_product("l", WINE, 1),))
    assert isinstance(sell_at_counter(shop.counter, paid_by_card(basket, handover=REQUEST)), SaleDone)
    assert isinstance(undo_handover(shop.counter, "order-1", "Léa", ""), UndoDone)
    assert (shop.level(COFFEE), shop.level(WINE)) == (0, -1)
    assert len(shop.queries.sales()) == 1


def test_money_taken_on_an_earlier_day_does_not_hold_the_goods(shop: Shop) -> None:
    shop.has_order(an_order())
    basket = Basket(order_basket_lines(shop.counter.ids, shop.order()))
    sell_at_counter(shop.counter, paid_by_card(basket))
    shop.clock.go_on(days=1)
    handed_over(shop)
    assert isinstance(undo_handover(shop.counter, "order-1", "Léa", ""), UndoDone)
    assert shop.order().amount_due.minor == 0
