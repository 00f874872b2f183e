"""What happens to an order on the site while the till is off line: each ends as a correct state here, or as a
disagreement with one answer proposed."""

from __future__ import annotations

from app.domain.disagreements import DisagreementKind
from app.domain.order import HandoverState, PaymentState, VerdictKind
from tests.connectors.kit.shop import Shop
from tests.connectors.kit.stage import BREAD, CANDLE, CHEESE, Payment, Placed, Power
from tests.connectors.kit.story import story
from tests.connectors.kit.till import Till
from tests.connectors.kit.wire import Fault

K = DisagreementKind


def _heard(shop: Shop, payment: Payment = Payment.PAID) -> tuple[Till, Placed]:
    """A till that has heard of an order of two loaves and a cheese, and of a newer one: nobody who asks for the newest
    alone sees the first any more."""
    till = shop.till()
    placed = shop.place({BREAD: 2, CHEESE: 1}, payment)
    till.round()
    shop.later()
    shop.place({CANDLE: 1})
    till.round()
    return till, placed


# --- paid late ---


@story("an order is paid on line after the till first heard of it", powers={Power.PAY_LATER})
def paid_late(shop: Shop) -> None:
    till = shop.till()
    placed = shop.place({CHEESE: 1}, Payment.LATER)
    shop.exchange()
    with till.off_line():
        shop.stage.pay(placed.order_id)
    shop.exchange()
    order = till.order(placed.order_id)
    assert order.payment is PaymentState.PAID
    till.ready(placed.order_id)
    till.hand_over(placed.order_id)


@story("a basket is seen with everything but the payment, and is paid much later", powers={Power.CART})
def a_cart_is_paid_late(shop: Shop) -> None:
    till = shop.till()
    cart = shop.stage.fill_cart({CHEESE: 1})
    shop.exchange()
    assert not till.knows(cart.order_id)
    other = shop.place({BREAD: 1})
    shop.exchange()
    assert till.knows(other.order_id)
    shop.time.go_on(hours=2)
    shop.stage.pay(cart.order_id)
    shop.orders[cart.order_id] = cart
    shop.exchange()
    assert till.order(cart.order_id).payment is PaymentState.PAID


@story("a payment is only authorised: it is not paid, and is cashed when the order is ready", powers={Power.AUTHORISE})
def authorised_is_not_paid(shop: Shop) -> None:
    till, placed = _heard(shop, Payment.AUTHORISED)
    order = till.order(placed.order_id)
    assert order.payment is PaymentState.UNPAID
    assert any(word in order.order.note for word in ("authorised", "autorisé"))
    till.ready(placed.order_id)
    till.round()
    assert shop.stage.order(placed.order_id).paid_minor == order.order.total.minor
    shop.exchange()
    assert till.order(placed.order_id).payment is PaymentState.PAID
    till.hand_over(placed.order_id)


@story("a payment that was only authorised is cashed on the site", powers={Power.AUTHORISE})
def authorised_then_cashed_there(shop: Shop) -> None:
    till, placed = _heard(shop, Payment.AUTHORISED)
    with till.off_line():
        shop.stage.pay(placed.order_id)
    shop.exchange()
    assert till.order(placed.order_id).payment is PaymentState.PAID
    till.ready(placed.order_id)
    till.hand_over(placed.order_id)


# --- cancelled ---


@story("an order is cancelled before anybody prepared it", powers={Power.CANCEL})
def cancelled_before(shop: Shop) -> None:
    till, placed = _heard(shop)
    with till.off_line():
        assert shop.stage.cancel(placed.order_id)
        assert till.verdict(placed.order_id).kind is VerdictKind.NOT_READY
    shop.exchange()
    assert till.verdict(placed.order_id).kind is VerdictKind.CANCELLED
    assert not till.exceptions()


@story("an order is cancelled while it is made ready off line", powers={Power.CANCEL})
def cancelled_while_prepared(shop: Shop) -> None:
    till, placed = _heard(shop)
    with till.off_line():
        assert shop.stage.cancel(placed.order_id)
        till.ready(placed.order_id)
    shop.exchange()
    assert till.verdict(placed.order_id).kind is VerdictKind.CANCELLED
    there = shop.stage.order(placed.order_id)
    assert there.cancelled
    assert not any(line.handed_over for line in there.lines.values())


@story("an order is cancelled while the site is made to believe that its goods are there", powers={Power.CANCEL})
def cancelled_while_short_of_stock(shop: Shop) -> None:
    """The site knows of too few, so its level is raised first; the order is cancelled before more was done."""
    till, placed = _heard(shop)
    shop.count_on_site(BREAD, 1)
    shop.exchange()
    till.ready(placed.order_id)
    till.wire.before_next_write(lambda: till.wire.suffer_next(Fault.DROPPED), after=2)
    till.tell()
    assert shop.stage.cancel(placed.order_id)
    till.wire.heal()
    shop.exchange()
    assert shop.stage.level(BREAD) == 1


@story("an order that waits in its bag is cancelled", powers={Power.CANCEL})
def cancelled_after_ready(shop: Shop) -> None:
    till, placed = _heard(shop)
    till.ready(placed.order_id)
    till.round()
    with till.off_line():
        assert shop.stage.cancel(placed.order_id)
    shop.exchange()
    assert till.verdict(placed.order_id).kind is VerdictKind.CANCELLED
    assert not till.exceptions()


@story("an order is handed over off line after it was cancelled", powers={Power.CANCEL})
def handed_over_after_cancel(shop: Shop) -> None:
    till, placed = _heard(shop)
    till.ready(placed.order_id)
    till.round()
    with till.off_line():
        assert shop.stage.cancel(placed.order_id)
        till.hand_over(placed.order_id)
    shop.exchange()
    shown = till.the_exception(placed.order_id, K.HANDED_OVER_AFTER_CANCEL)
    till.settle(shown)
    shop.exchange()
    assert not till.exceptions()


@story("an order that was never ready there is handed over off line after it was cancelled", powers={Power.CANCEL})
def handed_over_unready_after_cancel(shop: Shop) -> None:
    till, placed = _heard(shop)
    with till.off_line():
        assert shop.stage.cancel(placed.order_id)
        till.ready(placed.order_id)
        till.hand_over(placed.order_id)
    shop.exchange()
    assert K.HANDED_OVER_AFTER_CANCEL in {row.kind for row in till.exceptions(placed.order_id)}


@story(
    "what was cancelled is handed over, the answer is lost, and somebody counts on the site meanwhile",
    powers={Power.CANCEL, Power.SET_LEVEL},
)
def handed_over_after_cancel_and_counted(shop: Shop) -> None:
    """Whatever becomes of the stock, somebody hears of the handover."""
    till, placed = _heard(shop)
    with till.off_line():
        assert shop.stage.cancel(placed.order_id)
        till.hand_over(placed.order_id, because="le client attend")
    till.wire.suffer_at_write(Fault.LOST)
    till.tell()
    shop.count_on_site(BREAD, 15)
    shop.count_on_site(CHEESE, 9)
    shop.expect_doubts()
    shop.later()
    shop.exchange()
    assert K.HANDED_OVER_AFTER_CANCEL in {row.kind for row in till.exceptions(placed.order_id)}


@story("somebody on the site wants to cancel what has left, and the till hears of it later", powers={Power.CANCEL})
def cancelled_after_handover(shop: Shop) -> None:
    till, placed = _heard(shop)
    till.ready(placed.order_id)
    till.hand_over(placed.order_id)
    till.round()
    with till.off_line():
        was_cancelled = shop.cancel_on_site(placed.order_id)
    shop.exchange()
    assert till.order(placed.order_id).handover is HandoverState.HANDED_OVER
    if was_cancelled:  # and the goods are in the shop again, as far as the site knows
        till.settle(till.the_exception(placed.order_id, K.CANCELLED_AFTER_HANDOVER))
        shop.exchange()
    assert not till.exceptions()


@story("somebody on the site cancels what left the day before", powers={Power.CANCEL})
def cancelled_the_day_after(shop: Shop) -> None:
    till, placed = _heard(shop)
    till.ready(placed.order_id)
    till.hand_over(placed.order_id)
    till.round()
    shop.exchange()
    shop.time.go_on(hours=2)
    till.restart()
    shop.exchange()
    shop.time.go_on(hours=26)
    was_cancelled = shop.cancel_on_site(placed.order_id)
    shop.exchange()
    if was_cancelled:
        till.settle(till.the_exception(placed.order_id, K.CANCELLED_AFTER_HANDOVER))
        shop.exchange()
    assert not till.exceptions()


# --- refunded ---


@story("an order is refunded before it is prepared", powers={Power.REFUND})
def refunded_before(shop: Shop) -> None:
    till, placed = _heard(shop)
    with till.off_line():
        shop.stage.refund(placed.order_id)
    shop.exchange()
    order = till.order(placed.order_id)
    assert order.payment is PaymentState.UNPAID
    assert order.amount_due == order.order.total


@story("an order that waits in its bag is refunded", powers={Power.REFUND})
def refunded_after_ready(shop: Shop) -> None:
    till, placed = _heard(shop)
    till.ready(placed.order_id)
    till.round()
    with till.off_line():
        shop.stage.refund(placed.order_id)
    shop.exchange()
    assert till.order(placed.order_id).payment is PaymentState.UNPAID
    till.hand_over(placed.order_id)
    assert till.order(placed.order_id).payment is PaymentState.PAID


@story("an order is refunded while it is handed over off line", powers={Power.REFUND})
def refunded_while_handed_over(shop: Shop) -> None:
    till, placed = _heard(shop)
    till.ready(placed.order_id)
    till.round()
    with till.off_line():
        shop.stage.refund(placed.order_id)
        till.hand_over(placed.order_id)
    shop.exchange()
    order = till.order(placed.order_id)
    assert order.handover is HandoverState.HANDED_OVER
    assert order.amount_due == order.order.total  # what a person sees on its card


@story("an order is refunded after its goods left", powers={Power.REFUND})
def refunded_after_handover(shop: Shop) -> None:
    till, placed = _heard(shop)
    till.ready(placed.order_id)
    till.hand_over(placed.order_id)
    till.round()
    with till.off_line():
        shop.stage.refund(placed.order_id)
    shop.exchange()
    assert till.order(placed.order_id).handover is HandoverState.HANDED_OVER


# --- edited ---


@story("an order is edited before it is prepared", powers={Power.EDIT})
def edited_before(shop: Shop) -> None:
    till, placed = _heard(shop)
    with till.off_line():
        assert shop.stage.edit(placed.order_id, {BREAD: 3, CANDLE: 1})
    shop.exchange()
    order = till.order(placed.order_id)
    lines = {shop.article(line.product_id): line.quantity for line in order.order.lines if line.product_id}
    assert lines == {BREAD: 3, CANDLE: 1}
    assert order.order.total.minor == 3 * BREAD.price_minor + CANDLE.price_minor
    assert not till.exceptions()
    till.ready(placed.order_id)
    till.hand_over(placed.order_id)


@story("an order is edited while it is made ready off line", powers={Power.EDIT})
def edited_while_prepared(shop: Shop) -> None:
    till, placed = _heard(shop)
    with till.off_line():
        till.ready(placed.order_id)
        assert shop.stage.edit(placed.order_id, {BREAD: 2, CHEESE: 1, CANDLE: 1})
    shop.exchange()
    till.settle(till.the_exception(placed.order_id, K.ORDER_EDITED))
    shop.exchange()
    till.ready(placed.order_id)
    till.round()
    till.hand_over(placed.order_id)
    till.round()
    assert shop.stage.order(placed.order_id).has_left


@story("an order that waits in its bag is edited", powers={Power.EDIT})
def edited_after_ready(shop: Shop) -> None:
    till, placed = _heard(shop)
    till.ready(placed.order_id)
    till.round()
    with till.off_line():
        assert shop.stage.edit(placed.order_id, {BREAD: 4, CHEESE: 1})
    shop.exchange()
    shown = till.the_exception(placed.order_id, K.ORDER_EDITED)
    assert [(change.before, change.after) for change in shown.changes] == [(2, 4)]
    till.settle(shown)
    shop.exchange()
    till.ready(placed.order_id)
    till.round()
    till.hand_over(placed.order_id)
    till.round()
    assert shop.stage.order(placed.order_id).has_left


@story("an order is edited while it is handed over off line", powers={Power.EDIT})
def edited_while_handed_over(shop: Shop) -> None:
    till, placed = _heard(shop)
    till.ready(placed.order_id)
    till.round()
    with till.off_line():
        assert shop.stage.edit(placed.order_id, {BREAD: 2, CHEESE: 1, CANDLE: 1})
        till.hand_over(placed.order_id)
    shop.exchange()
    rows = till.exceptions(placed.order_id)
    assert rows, "nobody was told"
    there = shop.stage.order(placed.order_id)
    left = [there.lines[each.key].handed_over for each in (BREAD, CHEESE, CANDLE)]
    assert left in ([2, 1, 0], [0, 0, 0])  # a site may let nothing leave while more is to be paid


@story("an order is made larger and paid on the site while it is handed over as it was", powers={Power.PAY_EDIT})
def made_larger_while_handed_over(shop: Shop) -> None:
    """Somebody must be told that a part of it still waits to be given."""
    till, placed = _heard(shop)
    with till.off_line():
        assert shop.stage.edit(placed.order_id, {BREAD: 2, CHEESE: 1, CANDLE: 1})
        shop.stage.pay(placed.order_id)
        till.ready(placed.order_id)
        till.hand_over(placed.order_id)
    shop.exchange()
    till.settle(till.the_exception(placed.order_id, K.ORDER_EDITED))
    shop.exchange()
    there = shop.stage.order(placed.order_id)
    assert [there.lines[each.key].handed_over for each in (BREAD, CHEESE, CANDLE)] == [2, 1, 0]
    till.hand_over(placed.order_id, because="la bougie suit")
    till.round()
    assert shop.stage.order(placed.order_id).has_left


@story("an order is made smaller while it is handed over off line as it was", powers={Power.EDIT})
def made_smaller_while_handed_over(shop: Shop) -> None:
    till, placed = _heard(shop)
    with till.off_line():
        assert shop.stage.edit(placed.order_id, {BREAD: 1, CHEESE: 1})
        till.ready(placed.order_id)
        till.hand_over(placed.order_id)
    shop.exchange()
    assert till.exceptions(placed.order_id), "nobody was told"


@story("an article is exchanged for another while the order is made ready off line", powers={Power.EDIT})
def exchanged_while_prepared(shop: Shop) -> None:
    till, placed = _heard(shop)
    with till.off_line():
        assert shop.stage.edit(placed.order_id, {CHEESE: 1, CANDLE: 1})
        till.ready(placed.order_id)
    shop.exchange()
    till.settle(till.the_exception(placed.order_id, K.ORDER_EDITED))
    shop.exchange()
    till.ready(placed.order_id)
    till.round()
    till.hand_over(placed.order_id)
    till.round()


@story("somebody wants to edit what has left", powers={Power.EDIT})
def edited_after_handover(shop: Shop) -> None:
    till, placed = _heard(shop)
    till.ready(placed.order_id)
    till.hand_over(placed.order_id)
    till.round()
    with till.off_line():
        shop.stage.edit(placed.order_id, {BREAD: 2, CHEESE: 1, CANDLE: 1})
    shop.exchange()
    assert till.order(placed.order_id).facts.handovers


@story("the shop's computer says that it was collected, and so does the till", powers={Power.FULFIL_ON_SITE})
def collected_on_the_site_too(shop: Shop) -> None:
    till, placed = _heard(shop)
    with till.off_line():
        shop.stage.hand_over_on_site(placed.order_id)
        till.ready(placed.order_id)
        till.hand_over(placed.order_id)
    shop.goods_left({BREAD: 2, CHEESE: 1})  # what the shop's computer said left as well, by its own word
    shop.left_on_site[placed.order_id] = {BREAD: 2, CHEESE: 1}
    shop.exchange()
    till.the_exception(placed.order_id, K.HANDED_OVER_TWICE)


@story("the shop's computer says that it was collected", powers={Power.FULFIL_ON_SITE})
def collected_on_the_site(shop: Shop) -> None:
    till, placed = _heard(shop)
    shop.stage.hand_over_on_site(placed.order_id)
    shop.goods_left({BREAD: 2, CHEESE: 1})
    shop.left_on_site[placed.order_id] = {BREAD: 2, CHEESE: 1}
    shop.exchange()
    assert till.verdict(placed.order_id).kind is VerdictKind.ALREADY_HANDED_OVER
    shop.exchange()
