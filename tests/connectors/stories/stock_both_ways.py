"""Goods that come and go here and there, told and heard."""

from __future__ import annotations

from app.domain.abilities import Ability
from tests.connectors.kit.shop import Shop
from tests.connectors.kit.stage import BREAD, CANDLE, CHEESE, Power
from tests.connectors.kit.story import story


@story("what is sold, comes in, is lost and is counted here is known there")
def stock_told(shop: Shop) -> None:
    till = shop.till()
    till.sell({BREAD: 2, CANDLE: 1})
    till.round()
    assert [shop.stage.level(each) for each in (BREAD, CANDLE)] == [BREAD.opening - 2, CANDLE.opening - 1]
    till.receive(CHEESE, 7)
    till.lose(BREAD, 1)
    till.count(CANDLE, 25)
    till.round()
    assert [shop.stage.level(each) for each in (BREAD, CHEESE, CANDLE)] == [BREAD.opening - 3, CHEESE.opening + 7, 25]


@story("sold off line all day long, told in the evening")
def sold_off_line(shop: Shop) -> None:
    till = shop.till()
    with till.off_line():
        for _ in range(4):
            till.sell({BREAD: 1, CHEESE: 1})
            shop.later()
            assert till.try_round()
        till.restart()
        till.sell({CANDLE: 2})
    till.round()
    assert shop.stage.level(BREAD) == BREAD.opening - 4
    assert shop.stage.level(CANDLE) == CANDLE.opening - 2


@story("somebody counts on the site", powers={Power.SET_LEVEL})
def counted_on_the_site(shop: Shop) -> None:
    till = shop.till()
    shop.count_on_site(BREAD, 14)
    shop.count_on_site(CANDLE, 33)
    shop.exchange()
    shop.exchange()
    assert till.level(BREAD) == 14
    assert till.level(CANDLE) == 33


@story("somebody counts on the site while sales wait here to be told", powers={Power.SET_LEVEL})
def counted_while_sales_wait(shop: Shop) -> None:
    till = shop.till()
    with till.off_line():
        till.sell({BREAD: 2})
        shop.count_on_site(BREAD, 15)
        shop.later()
        till.try_round()
    shop.exchange()
    assert shop.stage.level(BREAD) == 13


@story("what is new is heard, again and again, while a sale still waits to be told")
def heard_while_a_sale_waits(shop: Shop) -> None:
    till = shop.till()
    till.sell({BREAD: 3})
    for _ in range(3):
        shop.later()
        assert till.hear() == ""
        assert till.level(BREAD) == BREAD.opening - 3
    till.restart()
    assert till.hear() == ""
    assert till.level(BREAD) == BREAD.opening - 3


@story("something is sold between the marketplace's answer and what the till makes of it")
def sold_while_levels_are_read(shop: Shop) -> None:
    till = shop.till()
    for after in range(6):
        shop.later()
        till.wire.after_next_read(lambda: till.sell({BREAD: 1}), after=after)
        assert till.hear() == ""
        till.wire.heal()
    assert till.level(BREAD) == shop.goods[BREAD]


@story("what was sold is told between two answers that the other lane reads")
def told_while_levels_are_read(shop: Shop) -> None:
    till = shop.till()
    for after in range(6):
        till.sell({BREAD: 1})
        shop.later()
        till.wire.after_next_read(till.tell, after=after)
        assert till.hear() == ""
        till.wire.heal()
    assert till.level(BREAD) == shop.goods[BREAD]


@story("the site believes that too few are left, and a handover is taken back", powers={Power.SET_LEVEL})
def taken_back_below_nought(shop: Shop) -> None:
    till = shop.till()
    placed = shop.place({BREAD: 2, CANDLE: 1})
    till.round()
    till.ready(placed.order_id)
    till.hand_over(placed.order_id, only=[CANDLE] if Ability.PARTIAL_HANDOVER in shop.stage.abilities else ())
    till.round()
    shop.count_on_site(CANDLE, 1)
    till.sell({CANDLE: 3})
    shop.exchange()
    till.undo(placed.order_id)
    shop.exchange()
    shop.exchange()
    assert not any(line.handed_over for line in shop.stage.order(placed.order_id).lines.values())
    till.hand_over(placed.order_id)


@story("an order is placed on the site and nothing moves until its goods leave")
def promised_goods_are_still_there(shop: Shop) -> None:
    till = shop.till()
    placed = shop.place({BREAD: 5})
    shop.exchange()
    shop.exchange()
    assert till.level(BREAD) == BREAD.opening
    till.ready(placed.order_id)
    shop.exchange()
    shop.exchange()
    assert (till.level(BREAD), shop.stage.level(BREAD)) == (BREAD.opening, BREAD.opening)
    till.hand_over(placed.order_id)
    shop.exchange()
    assert shop.stage.level(BREAD) == BREAD.opening - 5


@story("an order is cancelled, and its goods were never gone", powers={Power.CANCEL})
def cancelled_goods_stay(shop: Shop) -> None:
    till = shop.till()
    placed = shop.place({CHEESE: 3})
    till.round()
    till.ready(placed.order_id)
    till.round()
    assert shop.stage.cancel(placed.order_id)
    shop.exchange()
    shop.exchange()
    assert till.level(CHEESE) == CHEESE.opening


@story("a price is changed on the site", powers={Power.SET_PRICE})
def a_price_changes(shop: Shop) -> None:
    till = shop.till()
    shop.stage.set_price(CANDLE, 750)
    shop.exchange()
    row = till.store.queries.product(shop.stage.product_id(CANDLE))
    assert row is not None
    assert row.product.price.minor == 750
    till.sell({CANDLE: 1})


@story(
    "the site believes that nothing is left, and an order is made ready and leaves all the same",
    powers={Power.SET_LEVEL},
)
def more_there_than_counted(shop: Shop) -> None:
    till = shop.till()
    placed = shop.place({BREAD: 2, CANDLE: 1})
    till.round()
    shop.count_on_site(BREAD, 1)
    till.sell({BREAD: 3})
    shop.exchange()
    assert shop.stage.level(BREAD) == -2
    till.ready(placed.order_id)
    shop.exchange()
    till.hand_over(placed.order_id)
    shop.exchange()
    assert shop.stage.order(placed.order_id).has_left
    assert shop.stage.level(BREAD) == -4
