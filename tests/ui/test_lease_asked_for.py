"""The card of an order whose lease another till has: asked for while on line, overridden all the same, never stolen by
looking through the list."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.lease import Lease
from app.ui.style.tokens import Shape
from app.usecases.ports import Touched
from tests.fakes.samples import pickup_code_of
from tests.fakes.surroundings import NOON
from tests.ui.shop import Shop, open_shop, some_orders

ELSEWHERE = Lease("till-b", NOON + timedelta(days=10), 1)
ASKING = "Une autre caisse l’a"


@pytest.fixture
def shop(qtbot, look) -> Shop:
    orders = some_orders()[:1]
    made = open_shop(look, [replace(orders[0], lease=ELSEWHERE)])
    qtbot.addWidget(made.window)
    made.window.show()
    return made


def _shape(shop: Shop) -> Shape:
    return shop.pickup.card.banner.shape


def scan(shop: Shop) -> None:
    shop.window.take_scan(pickup_code_of(some_orders()[0]))


def test_a_scan_asks_for_it_and_the_card_turns_when_it_comes(shop):
    shop.on_line = True
    scan(shop)
    assert shop.wanted == ["order-1"]
    assert _shape(shop) is Shape.QUESTION
    assert ASKING in shop.pickup.card.banner.sentence
    assert shop.pickup.presenter.state.card.may_override, "nothing waits"
    with shop.store.unit_of_work() as uow:
        granted = replace(some_orders()[0], lease=Lease("till-a", NOON + timedelta(days=15), 2), version=2)
        uow.orders.save_server_copy(granted)
        uow.commit()
    shop.window.refresh(Touched(orders=True))
    assert _shape(shop) is not Shape.QUESTION
    assert ASKING not in shop.pickup.card.banner.sentence
    assert shop.wanted == ["order-1"], "asked once"


def test_off_line_nobody_is_asked(shop):
    scan(shop)
    assert shop.wanted == []
    assert ASKING not in shop.pickup.card.banner.sentence


def test_going_through_the_list_takes_nothing_from_another_till(shop):
    shop.on_line = True
    shop.pickup.presenter.choose_order("order-1")
    assert shop.wanted == []
    shop.pickup.presenter.close_card()
    shop.pickup.presenter.enter_order("order-1")
    assert shop.wanted == ["order-1"]
