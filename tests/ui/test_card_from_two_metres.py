"""The card's great words are large enough for two metres on a usual laptop, and whole on the smallest window."""

from __future__ import annotations

import pytest

from app.ui.components.banner import VerdictBanner
from app.ui.components.fitting import FAR, FarLabel, largest_fitting
from app.ui.style.tokens import Role, Shape, Type
from tests.fakes.samples import pickup_code_of
from tests.ui.shop import some_orders

ORDERS = some_orders()


@pytest.mark.parametrize("number", range(len(ORDERS)))
def test_verdict_name_place_and_money_are_read_from_two_metres(shop, qtbot, number: int) -> None:
    shop.window.resize(1366, 768)
    shop.window.take_scan(pickup_code_of(ORDERS[number]))
    card = shop.pickup.card
    qtbot.waitUntil(lambda: card.width() > 600)
    banner = card.banner
    assert largest_fitting(shop.look, banner.word, FAR, banner._words_place().width()) is Type.HEAD
    shown = [label for label in card.findChildren(FarLabel) if label.isVisible() and label.whole]
    assert shown
    for label in shown:
        beside_the_amount = label is card._money_caption and card.money.isVisible()
        assert label.size_shown is (Type.LEAD if beside_the_amount else Type.HEAD), label.whole
        assert label.text() == label.whole


def test_on_the_smallest_window_they_give_way_and_stay_whole(shop, qtbot) -> None:
    shop.window.resize(1024, 600)
    for order in ORDERS:
        shop.window.take_scan(pickup_code_of(order))
        card = shop.pickup.card
        qtbot.waitUntil(lambda card=card: card.width() < 600)
        for label in card.findChildren(FarLabel):
            assert not label.isVisible() or label.text() == label.whole


def test_a_second_line_makes_the_banner_higher_and_no_word_smaller(look, qtbot) -> None:
    banner = VerdictBanner(look)
    qtbot.addWidget(banner)
    banner.resize(600, banner.height())
    order = ORDERS[0]
    banner.say(Shape.TICK, Role.SUCCESS, order.customer_name, "court")
    low = banner.height()
    banner.say(Shape.TICK, Role.SUCCESS, order.customer_name, "une phrase bien plus longue " * 4)
    assert banner.height() > low
    assert banner.fits()
