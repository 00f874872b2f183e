"""What happens to an order at the counter, on line, with nothing going wrong."""

from __future__ import annotations

from app.domain.abilities import Ability
from app.domain.order import HandoverState, PaymentState, Preparation, VerdictKind
from tests.connectors.kit.shop import Shop
from tests.connectors.kit.stage import ARTICLES, BREAD, CANDLE, CHEESE, Payment, Power
from tests.connectors.kit.story import story


@story("a new till has the articles, their levels and the open orders")
def first_link(shop: Shop) -> None:
    placed = shop.place({BREAD: 2, CANDLE: 1})
    till = shop.till()
    for article in ARTICLES:
        row = till.store.queries.product(shop.stage.product_id(article))
        assert row is not None
        assert (row.product.name, row.product.price.minor) == (article.name, article.price_minor)
        assert (row.product.vat_rate_bp, row.product.stock_tracked) == (article.vat_rate_bp, True)
        assert till.level(article) == article.opening
    order = till.order(placed.order_id)
    assert order.order.total.minor == 2 * BREAD.price_minor + CANDLE.price_minor
    assert order.payment is PaymentState.PAID
    assert "Martin" in order.order.customer_name


@story("an order is prepared, made ready and handed over whole")
def handed_over_whole(shop: Shop) -> None:
    till = shop.till()
    placed = shop.place({BREAD: 2, CHEESE: 1})
    shop.a_moment_later()
    till.round()
    assert till.order(placed.order_id).preparation is Preparation.TO_PREPARE
    till.ready(placed.order_id)
    till.round()
    if Ability.READY_STATE in shop.stage.abilities:
        assert {line.ready for line in shop.stage.order(placed.order_id).lines.values()} == {2, 1}
    assert till.verdict(placed.order_id).kind is VerdictKind.READY
    till.hand_over(placed.order_id)
    till.round()
    assert shop.stage.order(placed.order_id).has_left
    assert shop.stage.level(BREAD) == BREAD.opening - 2
    shop.exchange()
    assert till.order(placed.order_id).handover is HandoverState.HANDED_OVER


@story("a part is handed over, and the rest when the customer comes back", needs={Ability.PARTIAL_HANDOVER})
def a_part_and_then_the_rest(shop: Shop) -> None:
    till = shop.till()
    placed = shop.place({BREAD: 3, CHEESE: 1, CANDLE: 2})
    till.round()
    till.ready(placed.order_id)
    till.round()
    till.hand_over(placed.order_id, only=[CHEESE, BREAD])
    till.round()
    there = shop.stage.order(placed.order_id)
    assert [there.lines[each.key].handed_over for each in (BREAD, CHEESE, CANDLE)] == [3, 1, 0]
    assert not there.has_left
    shop.exchange()
    assert till.order(placed.order_id).handover is HandoverState.PARTLY
    till.hand_over(placed.order_id)
    till.round()
    assert shop.stage.order(placed.order_id).has_left


@story("an order that nobody had made ready is handed over", needs=set())
def handed_over_unprepared(shop: Shop) -> None:
    till = shop.till()
    placed = shop.place({BREAD: 1, CANDLE: 2})
    till.round()
    assert till.verdict(placed.order_id).kind is VerdictKind.NOT_READY
    till.hand_over(placed.order_id, because="le client attend")
    till.round()
    assert shop.stage.order(placed.order_id).has_left


@story("a handover is taken back, and the goods leave later")
def taken_back(shop: Shop) -> None:
    till = shop.till()
    placed = shop.place({BREAD: 2, CANDLE: 1})
    till.round()
    till.ready(placed.order_id)
    till.hand_over(placed.order_id)
    till.round()
    assert shop.stage.order(placed.order_id).has_left
    till.undo(placed.order_id)
    till.round()
    there = shop.stage.order(placed.order_id)
    assert not there.has_left
    assert {line.handed_over for line in there.lines.values()} == {0}
    shop.exchange()
    assert till.verdict(placed.order_id).kind is VerdictKind.READY
    till.hand_over(placed.order_id)
    till.round()
    assert shop.stage.order(placed.order_id).has_left


@story("what was taken back is prepared again, and leaves in two parts", needs={Ability.PARTIAL_HANDOVER})
def taken_back_and_prepared_again(shop: Shop) -> None:
    till = shop.till()
    placed = shop.place({BREAD: 2, CANDLE: 1})
    till.round()
    till.ready(placed.order_id)
    till.hand_over(placed.order_id)
    till.round()
    till.undo(placed.order_id)
    till.round()
    till.ready(placed.order_id)
    for _ in range(3):
        shop.exchange()
        assert till.level(BREAD) == shop.goods[BREAD] == BREAD.opening
    till.hand_over(placed.order_id, only=[CANDLE])
    for _ in range(3):
        shop.exchange()
        assert (till.level(BREAD), till.level(CANDLE)) == (shop.goods[BREAD], shop.goods[CANDLE])
    till.hand_over(placed.order_id)


@story("a handover is taken back before anybody was told, and happens again")
def taken_back_off_line(shop: Shop) -> None:
    till = shop.till()
    placed = shop.place({BREAD: 2, CANDLE: 1})
    till.round()
    till.ready(placed.order_id)
    till.hand_over(placed.order_id)
    till.undo(placed.order_id)
    till.hand_over(placed.order_id)
    till.undo(placed.order_id)
    till.round()
    assert not shop.stage.order(placed.order_id).has_left


@story("a part that was handed over is taken back", needs={Ability.PARTIAL_HANDOVER})
def a_part_taken_back(shop: Shop) -> None:
    till = shop.till()
    placed = shop.place({BREAD: 2, CANDLE: 1})
    till.round()
    till.ready(placed.order_id)
    till.hand_over(placed.order_id, only=[CANDLE])
    till.round()
    till.undo(placed.order_id)
    till.round()
    shop.exchange()
    till.hand_over(placed.order_id)


@story("the customer buys something else at the same visit")
def an_extra_sale(shop: Shop) -> None:
    till = shop.till()
    placed = shop.place({BREAD: 2})
    till.round()
    till.ready(placed.order_id)
    till.round()
    till.hand_over(placed.order_id, and_sell={CANDLE: 3, BREAD: 1})
    till.round()
    assert shop.stage.order(placed.order_id).has_left
    assert shop.stage.level(CANDLE) == CANDLE.opening - 3
    assert shop.stage.level(BREAD) == BREAD.opening - 3


@story("what was not paid on line is paid at the counter", powers={Power.AT_COUNTER})
def paid_at_the_counter(shop: Shop) -> None:
    till = shop.till()
    placed = shop.place({CHEESE: 2}, Payment.AT_COUNTER)
    till.round()
    order = till.order(placed.order_id)
    assert order.payment is PaymentState.UNPAID
    assert order.amount_due.minor == 2 * CHEESE.price_minor
    till.ready(placed.order_id)
    till.hand_over(placed.order_id)
    till.round()
    assert shop.stage.order(placed.order_id).has_left


@story("a line is missing and never comes", needs={Ability.PARTIAL_HANDOVER})
def a_line_is_missing(shop: Shop) -> None:
    till = shop.till()
    placed = shop.place({BREAD: 2, CHEESE: 1})
    till.round()
    till.ready(placed.order_id, missing=[CHEESE])
    till.round()
    till.hand_over(placed.order_id)
    till.round()
    assert till.order(placed.order_id).to_refund.minor == CHEESE.price_minor
    there = shop.stage.order(placed.order_id)
    assert there.lines["bread"].handed_over == 2
    shop.exchange()
    assert till.order(placed.order_id).handover is HandoverState.HANDED_OVER


@story("the customer shows the code: the site's own, or the one that the shop makes")
def a_code_is_scanned(shop: Shop) -> None:
    till = shop.till()
    placed = shop.place({BREAD: 1})
    till.round()
    till.ready(placed.order_id)
    till.round()
    code = placed.pickup_code or till.pickup_code(placed.order_id)
    found = till.scan(code)
    assert found.kind is VerdictKind.READY
    assert found.order is not None
    assert found.order.order.order_id == placed.order_id
    assert till.scan(found.order.order.spoken_code).kind is VerdictKind.READY
    till.hand_over(placed.order_id)
    assert till.scan(code).kind is VerdictKind.ALREADY_HANDED_OVER
