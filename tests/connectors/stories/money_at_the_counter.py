"""Money that the site leaves to the counter."""

from __future__ import annotations

from app.domain.order import HandoverState, PaymentState
from tests.connectors.kit.shop import Shop
from tests.connectors.kit.stage import CANDLE, CHEESE, Payment, Power
from tests.connectors.kit.story import story
from tests.connectors.kit.wire import Fault


@story("nobody takes the money before its customer comes, and then it is taken once", powers={Power.AT_COUNTER})
def taken_once_at_the_counter(shop: Shop) -> None:
    till = shop.till()
    placed = shop.place({CHEESE: 2, CANDLE: 1}, Payment.AT_COUNTER)
    total = 2 * CHEESE.price_minor + CANDLE.price_minor
    till.round()
    till.ready(placed.order_id)
    till.round()
    shop.exchange()
    order = till.order(placed.order_id)
    assert (order.payment, order.amount_due.minor) == (PaymentState.UNPAID, total)
    assert shop.stage.order(placed.order_id).paid_minor == 0
    till.hand_over(placed.order_id)
    till.round()
    shop.exchange()
    order = till.order(placed.order_id)
    assert order.handover is HandoverState.HANDED_OVER
    assert (order.amount_due.minor, order.to_refund.minor) == (0, 0)


@story(
    "what was paid at one till is not asked for at the other one",
    powers={Power.AT_COUNTER, Power.COUNTER_MONEY, Power.TWO_TILLS},
)
def paid_at_the_other_till(shop: Shop) -> None:
    a, b = shop.two_tills()
    placed = shop.place({CHEESE: 1}, Payment.AT_COUNTER)
    shop.exchange()
    a.ready(placed.order_id)
    shop.exchange()
    shop.exchange()
    a.hand_over(placed.order_id)
    shop.exchange()
    shop.exchange()
    order = b.order(placed.order_id)
    assert order.handover is HandoverState.HANDED_OVER
    assert (order.amount_due.minor, order.to_refund.minor) == (0, 0), "it was paid at the first till"


@story("what was paid at the counter is not to be paid back while its handover is half told", powers={Power.AT_COUNTER})
def paid_and_half_told(shop: Shop) -> None:
    till = shop.till()
    placed = shop.place({CHEESE: 2, CANDLE: 1}, Payment.AT_COUNTER)
    till.round()
    till.ready(placed.order_id)
    till.round()
    till.hand_over(placed.order_id)
    for writes in range(1, 4):
        till.wire.suffer_at_write(Fault.DROPPED, after=writes)
        till.tell()
        till.wire.heal()
        till.hear()
        order = till.order(placed.order_id)
        assert (order.amount_due.minor, order.to_refund.minor) == (0, 0), writes
        shop.time.go_on(seconds=600.0)
    till.round()
    assert shop.stage.order(placed.order_id).has_left
