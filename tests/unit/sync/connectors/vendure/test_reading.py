"""What a till learns of a Vendure that tells nothing by itself: what is new, what changed without a date, what is not
shown, and levels that people wrote there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.catalogue import MovementReason
from app.domain.order import PaymentState, PickupMode, Preparation
from app.usecases.marketplace_port import OrderChange
from app.usecases.ports import MarketplaceUnreachable
from tests.fakes.fake_vendure_http import Fault
from tests.fakes.vendure_till import PREFIX, VendureTill


class Scene(VendureTill):
    """A till that has heard of the shop's two articles and of no order."""

    def __init__(self) -> None:
        super().__init__()
        self.bread = self.site.add_variant("Pain", 450, 5.5, 20, sku="3017620422003")
        self.candle = self.site.add_variant("Bougie", 600, 20.0, 5)
        self.round()


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_articles_and_levels_come_with_the_link(scene: Scene) -> None:
    product = scene.store.tables.products[PREFIX + scene.bread]
    assert (product.name, product.price.minor, product.vat_rate_bp, product.codes) == (
        "Pain",
        450,
        550,
        ("3017620422003",),
    )
    assert (scene.level(scene.bread), scene.level(scene.candle)) == (20, 5)
    reasons = {movement.reason for movement in scene.store.tables.movements.values()}
    assert reasons == {MovementReason.OPENING}


def test_an_order_is_there_at_the_next_look(scene: Scene) -> None:
    order_id = scene.site.place({scene.bread: 2})
    scene.round()
    order = scene.order(order_id).order
    assert (order.number, order.customer_name, order.total.minor, order.paid_online.minor) == (
        scene.there(order_id).code,
        "Camille Martin",
        900,
        900,
    )
    assert len(order.reference) == 7
    assert len(order.spoken_code) == 6
    assert (order.mode, order.server_preparation) == (PickupMode.PICKUP, Preparation.TO_PREPARE)


def test_every_till_of_the_shop_makes_the_same_codes(scene: Scene) -> None:
    order_id = scene.site.place({scene.bread: 2})
    scene.round()
    other = VendureTill(scene.site, letter="B")
    other.round()
    assert other.order(order_id).order.reference == scene.order(order_id).order.reference


def test_a_basket_is_nobody_s_order_until_it_is_paid(scene: Scene) -> None:
    cart = scene.site.fill_cart({scene.bread: 1})
    scene.full_round()
    assert not scene.knows(cart)
    scene.site.pay(cart)  # which moves no date of the row
    scene.round()
    assert scene.knows(cart)


def test_an_order_that_shows_up_with_an_older_date_is_found(scene: Scene) -> None:
    scene.site.place({scene.bread: 1})
    scene.round()
    late = scene.site.fill_cart({scene.bread: 1})
    scene.site.pay(late, dated_before_s=90)
    scene.round()
    assert scene.knows(late)


def test_a_parcel_is_not_for_the_counter(scene: Scene) -> None:
    order_id = scene.site.fill_cart({scene.bread: 1}, method="parcel")
    scene.site.pay(order_id)
    scene.round()
    assert scene.order(order_id).order.mode is PickupMode.DELIVERY


def test_nothing_new_writes_nothing(scene: Scene) -> None:
    scene.site.place({scene.bread: 1})
    scene.full_round()
    scene.full_round()
    before = scene.store.tables.cursor
    scene.full_round()
    assert scene.store.tables.cursor == before
    assert not scene.marketplace.changes(before, 100, 0.0).changes


def test_what_changes_without_a_date_is_found_by_reading_all_open_orders(scene: Scene) -> None:
    order_id = scene.site.place({scene.bread: 2})
    scene.later(180)
    scene.site.place({scene.bread: 1})
    scene.round()
    scene.site.refund(order_id)
    scene.round()
    assert scene.order(order_id).payment is PaymentState.PAID
    scene.full_round()
    assert scene.order(order_id).payment is PaymentState.UNPAID


def test_what_is_open_here_and_no_longer_listed_there_is_asked_for_by_name(scene: Scene) -> None:
    order_id = scene.site.place({scene.bread: 2})
    scene.round()
    scene.site.cancel(order_id)
    scene.full_round()
    copy = scene.order(order_id).order
    assert copy.cancelled_at is not None
    assert [line.quantity for line in copy.lines] == [2]


def test_an_edit_is_a_newer_copy(scene: Scene) -> None:
    order_id = scene.site.place({scene.bread: 2})
    scene.round()
    version = scene.order(order_id).order.version
    scene.site.edit(order_id, {scene.bread: 1, scene.candle: 1})
    scene.full_round()
    order = scene.order(order_id).order
    assert [(line.label, line.quantity) for line in order.lines] == [("Pain", 1), ("Bougie", 1)]
    assert order.version > version
    assert scene.order(order_id).amount_due.minor == 150


def test_a_record_that_makes_no_sense_holds_no_other_back(scene: Scene) -> None:
    bad, good = scene.site.place({scene.bread: 1}), scene.site.place({scene.bread: 1})
    scene.site.orders[bad].broken = True
    scene.round()
    assert scene.knows(good)
    assert not scene.knows(bad)
    assert list(scene.store.tables.quarantine) == [("order", PREFIX + bad)]
    scene.site.orders[bad].broken = False
    scene.full_round()
    assert scene.knows(bad)


@pytest.mark.parametrize("rate", [1e308, -20.0, 7.0])
def test_a_vat_rate_out_of_this_world_holds_no_other_article_or_order_back(scene: Scene, rate: float) -> None:
    strange = scene.site.add_variant("Truc", 100, rate, 1)
    hidden = scene.site.place({strange: 1})
    known = scene.site.place({scene.bread: 1})
    scene.full_round()
    assert (scene.knows(hidden), scene.knows(known)) == (False, True)


def test_a_price_is_changed_on_the_site(scene: Scene) -> None:
    scene.site.set_price(scene.bread, 475)
    scene.full_round()
    assert scene.store.tables.products[PREFIX + scene.bread].price.minor == 475


def test_an_article_that_is_taken_from_sale_there_is_withdrawn_here_at_the_daily_reading(scene: Scene) -> None:
    del scene.site.variants[scene.candle]
    scene.full_round()
    assert scene.store.tables.products[PREFIX + scene.candle].active
    scene.later(timedelta(days=1).total_seconds())
    scene.round()
    assert not scene.store.tables.products[PREFIX + scene.candle].active


def test_no_article_is_withdrawn_because_another_one_was_deleted_while_all_were_read(scene: Scene) -> None:
    ids = [scene.site.add_variant(f"Article {number}", 100, 5.5, 1) for number in range(250)]
    scene.full_round()
    scene.later(90_000)
    scene.api.on_first("ComptoirVariants", lambda: scene.site.variants.pop(ids[3]))
    scene.round()
    known = scene.store.connector_books.products([PREFIX + one for one in ids])
    assert all(product.active for key, (product, _) in known.items() if key != PREFIX + ids[3])
    assert len(known) == 250


def test_a_level_that_a_person_wrote_there_is_a_correction_here(scene: Scene) -> None:
    scene.site.set_level(scene.bread, 12)
    scene.full_round()
    assert scene.level(scene.bread) == 12
    moved = [one for one in scene.store.tables.movements.values() if one.reason is MovementReason.CORRECTION]
    assert [(one.quantity, one.till_id) for one in moved] == [(-8, "")]
    scene.full_round()
    assert len(scene.store.tables.movements) == 3


def test_a_level_is_not_compared_while_something_of_ours_is_not_told(scene: Scene) -> None:
    scene.receive(scene.bread, 5)
    scene.site.set_level(scene.bread, 12)
    scene.faults.arm(Fault.DROPPED)
    scene.later(400)
    with pytest.raises(MarketplaceUnreachable):
        scene.round()
    page = scene.marketplace.changes(scene.store.tables.cursor, 100, 0.0)
    assert not page.changes
    assert scene.level(scene.bread) == 25
    scene.later(600)
    scene.full_round()
    assert scene.level(scene.bread) == scene.variant(scene.bread).on_hand == 17


def test_a_web_sale_moves_nothing_here(scene: Scene) -> None:
    scene.site.place({scene.bread: 6})
    scene.full_round()
    assert scene.level(scene.bread) == 20


def test_goods_that_somebody_handed_over_on_the_site_leave_the_stock_here(scene: Scene) -> None:
    order_id = scene.site.place({scene.bread: 6})
    scene.round()
    scene.site.hand_over_on_site(order_id)
    scene.full_round()
    assert scene.level(scene.bread) == 14


def test_what_stood_ready_before_the_link_is_in_the_shop_although_nothing_is_on_hand_there() -> None:
    till = VendureTill()
    bread = till.site.add_variant("Pain", 450, 5.5, 2)
    order_id = till.site.place({bread: 2})
    line = till.there(order_id).lines[0]
    till.site.move_fulfilment(till.site.fulfil({line.line_id: 2}, "Remise", "").fulfilment_id, "Shipped")
    till.round()
    assert (till.variant(bread).on_hand, till.level(bread)) == (0, 2)


def test_one_order_is_asked_for(scene: Scene) -> None:
    order_id = scene.site.place({scene.bread: 2})
    found = scene.marketplace.fetch("order", PREFIX + order_id)
    assert isinstance(found, OrderChange)
    assert found.order.version == 1
    assert scene.marketplace.fetch("order", PREFIX + "99") is None
    assert scene.marketplace.fetch("sale", "x") is None


def test_a_page_that_was_not_stored_is_read_again(scene: Scene) -> None:
    scene.site.place({scene.bread: 1})
    cursor = scene.store.tables.cursor
    first = scene.marketplace.changes(cursor, 100, 0.0)
    again = scene.marketplace.changes(cursor, 100, 0.0)
    assert [type(change) for change in first.changes] == [type(change) for change in again.changes] == [OrderChange]


def test_a_long_list_comes_in_pages_no_larger_than_asked_for(scene: Scene) -> None:
    for _ in range(7):
        scene.site.place({scene.candle: 1})
    cursor, seen = scene.store.tables.cursor, 0
    for _ in range(3):
        page = scene.marketplace.changes(cursor, 3, 0.0)
        assert len(page.changes) <= 3
        assert page.cursor != cursor
        cursor, seen = page.cursor, seen + len(page.changes)
    assert seen == 7


@pytest.mark.parametrize("state", ["PaymentSettled", "PaymentAuthorized"])
def test_an_edit_of_a_part_of_a_larger_order_takes_back_no_payment_and_makes_none(scene: Scene, state: str) -> None:
    order_id = scene.site.place_through_marketplace({scene.bread: 2})
    scene.there(order_id).state = state
    scene.site.edit(order_id, {scene.bread: 3})
    scene.full_round()
    dearer = scene.order(order_id).order
    assert scene.there(order_id).state == "ArrangingAdditionalPayment"
    assert (dearer.total.minor, dearer.paid_online.minor) == (1350, 900 if state == "PaymentSettled" else 0)

    other_id = scene.site.place_through_marketplace({scene.bread: 2})
    scene.there(other_id).state = state
    scene.site.edit(other_id, {scene.bread: 1})
    scene.there(other_id).state = "Modifying"  # somebody is still at it
    scene.full_round()
    assert scene.order(other_id).order.paid_online.minor == (450 if state == "PaymentSettled" else 0)


def test_an_order_is_nobody_s_once_a_join_code_was_given_although_the_till_went_on(scene: Scene) -> None:
    before = scene.site.place({scene.bread: 1})
    scene.round()
    assert scene.order(before).order.lease is not None
    scene.is_only_till = False
    after = scene.site.place({scene.bread: 1})
    scene.full_round()
    assert [scene.order(one).order.lease for one in (before, after)] == [None, None]
