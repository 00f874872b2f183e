"""Two tills of one shop and a customer on the site."""

from __future__ import annotations

from app.domain.abilities import Ability
from app.domain.disagreements import DisagreementKind
from app.domain.order import HandoverState, VerdictKind
from tests.connectors.kit.shop import Shop
from tests.connectors.kit.stage import BREAD, CANDLE, CHEESE, Placed, Power
from tests.connectors.kit.story import story
from tests.connectors.kit.till import Till

_BECAUSE = "le client est connu"


def _ready_on_both(shop: Shop) -> tuple[Till, Till, Placed]:
    """Two tills that know of one order, made ready at the first."""
    a, b = shop.two_tills()
    placed = shop.place({BREAD: 2, CANDLE: 1})
    shop.exchange()
    a.ready(placed.order_id)
    shop.exchange()
    shop.exchange()
    return a, b, placed


@story("what one till sells the other one knows", powers={Power.TWO_TILLS})
def sold_at_the_other_till(shop: Shop) -> None:
    a, b = shop.two_tills()
    a.sell({BREAD: 2})
    b.sell({BREAD: 1})
    shop.exchange()
    shop.exchange()
    assert (a.level(BREAD), b.level(BREAD)) == (BREAD.opening - 3, BREAD.opening - 3)


@story("both tills tell a sale of the same article at the same instant", powers={Power.TWO_TILLS})
def sold_at_once(shop: Shop) -> None:
    a, b = shop.two_tills()
    a.sell({BREAD: 2})
    b.sell({BREAD: 3})
    a.wire.before_next_write(b.try_round)
    a.try_round()
    shop.doubted_if_levels_are_absolute(BREAD)


@story("a till hands over, and the other one sees that nothing is left to give", powers={Power.TWO_TILLS})
def handed_over_at_the_other_till(shop: Shop) -> None:
    a, b, placed = _ready_on_both(shop)
    b.hand_over(placed.order_id, because=_BECAUSE)
    shop.exchange()
    shop.exchange()
    assert a.verdict(placed.order_id).kind is VerdictKind.ALREADY_HANDED_OVER
    assert not a.exceptions()


@story("both tills hand the same order over off line, and tell it one after the other", powers={Power.TWO_TILLS})
def handed_over_twice_off_line(shop: Shop) -> None:
    a, b, placed = _ready_on_both(shop)
    a.wire.is_down = b.wire.is_down = True
    a.hand_over(placed.order_id, because=_BECAUSE)
    b.hand_over(placed.order_id, because=_BECAUSE)
    a.wire.is_down = b.wire.is_down = False
    shop.exchange()
    shop.exchange()
    told = [row for till in (a, b) for row in till.exceptions(placed.order_id)]
    assert {row.kind for row in told} == {DisagreementKind.HANDED_OVER_TWICE.value}
    there = shop.stage.order(placed.order_id)
    assert [there.lines[each.key].handed_over for each in (BREAD, CANDLE)] == [2, 1]
    for till in (a, b):
        for row in till.exceptions(placed.order_id):
            till.settle(row)
            shop.exchange()


@story("both tills tell the handover of the same order at the same instant", powers={Power.TWO_TILLS})
def handed_over_twice_at_once(shop: Shop) -> None:
    a, b, placed = _ready_on_both(shop)
    a.hand_over(placed.order_id, because=_BECAUSE)
    b.hand_over(placed.order_id, because=_BECAUSE)
    a.wire.before_next_write(b.try_round)
    a.try_round()
    shop.exchange()
    told = [row for till in (a, b) for row in till.exceptions(placed.order_id)]
    assert {row.kind for row in told} == {DisagreementKind.HANDED_OVER_TWICE.value}
    there = shop.stage.order(placed.order_id)
    assert [there.lines[each.key].handed_over for each in (BREAD, CANDLE)] == [2, 1]


@story("both tills' handovers of the same order are taken at the same instant", powers={Power.TWO_TILLS, Power.RACES})
def taken_twice_at_once(shop: Shop) -> None:
    a, b = shop.two_tills()
    placed = shop.place({BREAD: 2, CANDLE: 1})
    shop.exchange()
    a.hand_over(placed.order_id, because=_BECAUSE)
    b.hand_over(placed.order_id, because=_BECAUSE)
    shop.stage.race(1)
    a.wire.before_next_write(b.try_round)
    a.try_round()
    shop.exchange()
    told = [row for till in (a, b) for row in till.exceptions(placed.order_id)]
    assert {row.kind for row in told} == {DisagreementKind.HANDED_OVER_TWICE.value}
    there = shop.stage.order(placed.order_id)
    assert [there.lines[each.key].handed_over for each in (BREAD, CANDLE)] == [2, 1]


@story("both tills' words that an order is ready are taken at the same instant", powers={Power.TWO_TILLS, Power.RACES})
def taken_ready_twice(shop: Shop) -> None:
    a, b = shop.two_tills()
    placed = shop.place({BREAD: 2, CANDLE: 1})
    shop.exchange()
    a.ready(placed.order_id)
    b.ready(placed.order_id)
    shop.stage.race(1)
    a.wire.before_next_write(b.try_round)
    a.try_round()
    shop.exchange()
    there = shop.stage.order(placed.order_id)
    assert [there.lines[each.key].ready for each in (BREAD, CANDLE)] == [2, 1]
    shop.exchange()
    b.hand_over(placed.order_id, because=_BECAUSE)


@story("both tills say at the same instant that an order is ready", powers={Power.TWO_TILLS})
def ready_twice_at_once(shop: Shop) -> None:
    a, b = shop.two_tills()
    placed = shop.place({BREAD: 2, CANDLE: 1})
    shop.exchange()
    a.ready(placed.order_id)
    b.ready(placed.order_id)
    a.wire.before_next_write(b.try_round)
    a.try_round()
    shop.exchange()
    shop.exchange()
    a.hand_over(placed.order_id, because=_BECAUSE)
    shop.exchange()
    assert shop.stage.order(placed.order_id).has_left


@story(
    "a part is handed over at one till and the rest at the other",
    needs={Ability.PARTIAL_HANDOVER},
    powers={Power.TWO_TILLS},
)
def parts_at_two_tills(shop: Shop) -> None:
    a, b, placed = _ready_on_both(shop)
    a.hand_over(placed.order_id, only=[BREAD], because=_BECAUSE)
    shop.exchange()
    shop.exchange()
    assert b.order(placed.order_id).handover is HandoverState.PARTLY
    assert b.verdict(placed.order_id).kind is VerdictKind.CANNOT_TELL
    b.hand_over(placed.order_id, only=[CANDLE], because=_BECAUSE)
    shop.exchange()
    there = shop.stage.order(placed.order_id)
    assert [there.lines[each.key].handed_over for each in (BREAD, CANDLE)] == [2, 1]


@story("two tills and a customer on the site after the last piece", powers={Power.TWO_TILLS, Power.SET_LEVEL})
def after_the_last_piece(shop: Shop) -> None:
    """One till sells it off line, and the site sells it too: neither is lied to, and both hear that one is missing."""
    shop.count_on_site(CHEESE, 1)
    a, b = shop.two_tills()
    a.wire.is_down = True
    a.sell({CHEESE: 1})
    assert b.level(CHEESE) == 1
    placed = shop.place({CHEESE: 1})
    b.round()
    row = b.store.queries.stock_card(shop.stage.product_id(CHEESE))
    assert row is not None
    assert (row.physical, row.promised) == (1, 1)
    a.wire.is_down = False
    shop.exchange()
    shop.exchange()
    assert shop.try_to_place({CHEESE: 1}) is None or Ability.STOCK_MOVEMENTS not in shop.stage.abilities
    for till in (a, b):
        card = till.store.queries.stock_card(shop.stage.product_id(CHEESE))
        assert card is not None
        assert card.physical == 0
        assert card.promised >= 1
        assert till.order(placed.order_id).handover is HandoverState.OPEN
    if Ability.DISAGREEMENTS in shop.stage.abilities:
        assert {row.kind for row in a.exceptions()} == {DisagreementKind.OVERSOLD.value}
    assert shop.stage.level(CHEESE) == 0


@story("the site sells the last piece first, and the till knows that it is promised", powers={Power.SET_LEVEL})
def the_last_piece_is_promised(shop: Shop) -> None:
    shop.count_on_site(CHEESE, 1)
    till = shop.till()
    shop.place({CHEESE: 1})
    assert shop.try_to_place({CHEESE: 1}) is None
    shop.exchange()
    card = till.store.queries.stock_card(shop.stage.product_id(CHEESE))
    assert card is not None
    assert (card.physical, card.promised) == (1, 1)
