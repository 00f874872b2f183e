"""What changes on a site without any date of it moving, once newer orders have come."""

from __future__ import annotations

from app.domain.abilities import Ability
from app.domain.order import HandoverState
from tests.connectors.kit.shop import Shop
from tests.connectors.kit.stage import BREAD, CANDLE, CHEESE, Power
from tests.connectors.kit.story import story


@story(
    "a part of an older order is handed over at one till, and the other one hears of it",
    needs={Ability.PARTIAL_HANDOVER},
    powers={Power.TWO_TILLS},
)
def a_part_of_an_older_order(shop: Shop) -> None:
    a, b = shop.two_tills()
    older = shop.place({BREAD: 2, CANDLE: 1})
    shop.exchange()
    shop.later()
    shop.place({CHEESE: 1})
    shop.exchange()
    a.hand_over(older.order_id, only=[BREAD], because="le client est connu")
    a.round()
    shop.later()
    b.round()
    assert b.order(older.order_id).handover is HandoverState.PARTLY
