"""Stock: levels move by movements alone, each told once, counted against the level of the moment."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.catalogue import DEFAULT_LOCATION, MovementReason
from app.domain.errors import BrokenInvariant
from app.domain.facts import FactKind
from app.usecases.adjust_stock import correct_level, move_stock, receive_goods, record_loss, take_back_movements
from app.usecases.ports import Touched
from tests.fakes.samples import COFFEE, HEMMING, TOMATO, WINE
from tests.fakes.shop import Shop


def test_goods_in_are_one_delivery(shop: Shop) -> None:
    movements = receive_goods(
        shop.counter, [("p-coffee", 24), ("p-tomato", 5000), ("p-hemming", 1)], DEFAULT_LOCATION, "Léa", "BL 77"
    )
    assert [(m.product_id, m.quantity, m.reason, m.note) for m in movements] == [
        ("p-coffee", 24, MovementReason.GOODS_IN, "BL 77"),
        ("p-tomato", 5000, MovementReason.GOODS_IN, "BL 77"),
    ]
    assert len({m.source_id for m in movements}) == 1
    assert (shop.level(COFFEE), shop.level(TOMATO), shop.level(HEMMING)) == (24, 5000, 0)
    (fact,) = shop.facts()
    assert fact.kind is FactKind.STOCK_MOVED
    assert [m["quantity"] for m in fact.payload["movements"]] == [24, 5000]
    assert shop.heard == [Touched(stock=True, outbox=True)]


def test_goods_of_unknown_articles_are_not_received(shop: Shop) -> None:
    assert receive_goods(shop.counter, [("p-unknown", 1), ("p-hemming", 2)], DEFAULT_LOCATION, "Léa") == ()
    assert receive_goods(shop.counter, [], DEFAULT_LOCATION, "Léa") == ()
    assert shop.facts() == []
    assert shop.heard == []


@pytest.mark.parametrize("reason", [MovementReason.CORRECTION, MovementReason.LOSS])
def test_a_count_moves_the_difference(shop: Shop, reason: MovementReason) -> None:
    shop.has_stock(COFFEE, 10)
    shop.has_stock(COFFEE, 5, "store room")
    movement = correct_level(shop.counter, "p-coffee", 7, DEFAULT_LOCATION, reason, "Léa", "casse")
    assert movement is not None
    assert (movement.quantity, movement.reason, movement.note) == (-3, reason, "casse")
    assert (shop.level(COFFEE, DEFAULT_LOCATION), shop.level(COFFEE, "store room")) == (7, 5)
    (fact,) = shop.facts()
    assert fact.subject == "stock:p-coffee"


def test_a_right_count_moves_nothing(shop: Shop) -> None:
    shop.has_stock(COFFEE, 10)
    for product_id, counted in (("p-coffee", 10), ("p-unknown", 3), ("p-hemming", 3)):
        counting = correct_level(shop.counter, product_id, counted, DEFAULT_LOCATION, MovementReason.CORRECTION, "Léa")
        assert counting is None
    assert shop.facts() == []
    assert shop.heard == []


def test_a_loss_takes_out_what_was_lost(shop: Shop) -> None:
    shop.has_stock(COFFEE, 10)
    movement = record_loss(shop.counter, "p-coffee", 2, DEFAULT_LOCATION, "Léa", "casse")
    assert movement is not None
    assert (movement.quantity, movement.reason, shop.level(COFFEE)) == (-2, MovementReason.LOSS, 8)
    assert record_loss(shop.counter, "p-unknown", 2, DEFAULT_LOCATION, "Léa") is None
    assert len(shop.facts()) == 1
    with pytest.raises(BrokenInvariant):
        record_loss(shop.counter, "p-coffee", 0, DEFAULT_LOCATION, "Léa")


def test_what_is_taken_back_is_told_as_a_delivery_the_other_way(shop: Shop) -> None:
    delivered = receive_goods(shop.counter, [("p-coffee", 24), ("p-tomato", 5000)], DEFAULT_LOCATION, "Léa", "BL 77")
    record_loss(shop.counter, "p-coffee", 2, DEFAULT_LOCATION, "Léa")
    shop.heard.clear()
    against = take_back_movements(shop.counter, delivered, "Noé")
    assert [(m.product_id, m.quantity, m.reason, m.source_id, m.operator) for m in against] == [
        ("p-coffee", -24, MovementReason.CORRECTION, delivered[0].movement_id, "Noé"),
        ("p-tomato", -5000, MovementReason.CORRECTION, delivered[1].movement_id, "Noé"),
    ]
    assert (shop.level(COFFEE), shop.level(TOMATO)) == (-2, 0), "what was lost meanwhile stays lost"
    told, _loss, untold = shop.facts()
    assert told.kind is untold.kind is FactKind.STOCK_MOVED
    assert [m["movement_id"] for m in told.payload["movements"]] == [m.movement_id for m in delivered]
    assert [m["movement_id"] for m in untold.payload["movements"]] == [m.movement_id for m in against]
    assert [m["quantity"] for m in untold.payload["movements"]] == [-24, -5000]
    assert shop.heard == [Touched(stock=True, outbox=True)]


def test_nothing_to_take_back_is_not_told(shop: Shop) -> None:
    (moved,) = receive_goods(shop.counter, [("p-coffee", 24)], DEFAULT_LOCATION, "Léa")
    shop.has_products(replace(COFFEE, stock_tracked=False))
    shop.heard.clear()
    assert take_back_movements(shop.counter, [moved], "Léa") == ()
    assert take_back_movements(shop.counter, [], "Léa") == ()
    assert shop.level(COFFEE) == 24
    assert len(shop.facts()) == 1
    assert shop.heard == []


def test_carrying_adds_up_to_nothing(shop: Shop) -> None:
    shop.has_stock(WINE, 12, "store room")
    movements = move_stock(shop.counter, "p-wine", 5, "store room", DEFAULT_LOCATION, "Léa")
    assert [(m.location, m.quantity) for m in movements] == [("store room", -5), (DEFAULT_LOCATION, 5)]
    assert (shop.level(WINE), shop.level(WINE, DEFAULT_LOCATION)) == (12, 5)
    assert len(shop.facts()) == 1
    assert move_stock(shop.counter, "p-unknown", 5, "store room", DEFAULT_LOCATION, "Léa") == ()
    assert len(shop.facts()) == 1


def test_nonsense_is_a_bug_of_the_caller(shop: Shop) -> None:
    with pytest.raises(BrokenInvariant):
        receive_goods(shop.counter, [("p-coffee", 0)], DEFAULT_LOCATION, "Léa")
    with pytest.raises(BrokenInvariant):
        correct_level(shop.counter, "p-coffee", -1, DEFAULT_LOCATION, MovementReason.LOSS, "Léa")
    with pytest.raises(BrokenInvariant):
        correct_level(shop.counter, "p-coffee", 1, DEFAULT_LOCATION, MovementReason.SALE, "Léa")
    with pytest.raises(BrokenInvariant):
        move_stock(shop.counter, "p-coffee", 0, DEFAULT_LOCATION, "store room", "Léa")
    with pytest.raises(BrokenInvariant):
        move_stock(shop.counter, "p-coffee", 1, DEFAULT_LOCATION, DEFAULT_LOCATION, "Léa")
    assert shop.level(COFFEE) == 0
