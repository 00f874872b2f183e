"""Pulled pages: in any order, twice, with nonsense in them; the cursor only with what it stands for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.catalogue import DEFAULT_LOCATION, LineNature, MovementReason, Product, StockMovement
from app.domain.money import Money
from app.usecases.adjust_stock import receive_goods
from app.usecases.apply_server_orders import AppliedPage, apply_page
from app.usecases.marketplace_port import (
    BrokenChange,
    Change,
    ChangePage,
    MovementChange,
    OrderChange,
    PickupKeyChange,
    ProductChange,
)
from app.usecases.ports import StoreUnavailable, Touched
from tests.fakes.memory_store import MemoryStore
from tests.fakes.samples import COFFEE, WINE, an_order
from tests.fakes.shop import Shop
from tests.fakes.surroundings import A_KEY, NOON, HandSetClock

TEA = Product("p-tea", "Thé", Money(400), 550, codes=("96385074",))


def apply(shop: Shop, *changes: Change, cursor: str = "c1", more: bool = False) -> AppliedPage:
    return apply_page(shop.counter, shop.secrets, ChangePage(changes, cursor, more))


def cursor(shop: Shop) -> str:
    with shop.store.unit_of_work() as uow:
        return str(uow.pulled.cursor())


def a_movement(movement_id: str = "m-1", quantity: int = -3) -> StockMovement:
    return StockMovement(
        movement_id, "p-coffee", DEFAULT_LOCATION, quantity, MovementReason.ONLINE_SHIPPED, NOON, "", "x"
    )


def test_a_page_brings_orders_articles_and_movements(shop: Shop) -> None:
    applied = apply(shop, OrderChange(an_order()), ProductChange(TEA, 3), MovementChange(a_movement()), cursor="c7")
    assert applied == AppliedPage(orders_new=1, products=1, movements=1)
    assert shop.order().order == an_order()
    row = shop.queries.product_by_code("96385074")
    assert row is not None
    assert row.product == TEA
    assert shop.level(COFFEE) == -3
    assert cursor(shop) == "c7"
    assert shop.heard == [Touched(orders=True, stock=True, catalogue=True)]
    assert shop.facts() == []


def test_older_copies_change_nothing(shop: Shop) -> None:
    apply(shop, OrderChange(an_order(version=5, note="neuf")), ProductChange(replace(TEA, name="Thé vert"), 5))
    applied = apply(shop, OrderChange(an_order(version=4, note="vieux")), ProductChange(TEA, 4), cursor="c2")
    assert (applied.orders_new, applied.orders_changed) == (0, 0)
    assert shop.order().order.note == "neuf"
    row = shop.queries.product("p-tea")
    assert row is not None
    assert row.product.name == "Thé vert"
    assert cursor(shop) == "c2"


def test_a_marketplace_set_back_to_an_older_copy_of_itself_is_believed(shop: Shop) -> None:
    """Its version 4 of today comes after the version 5 that it has lost: an order cancelled there must not go out."""
    apply(shop, OrderChange(an_order(version=5)), ProductChange(replace(TEA, name="perdu"), 5), cursor="c9")
    since = OrderChange(an_order(version=4, cancelled_at=NOON))
    anew = ChangePage((since, ProductChange(TEA, 4)), "c3", False, begins_anew=True)
    apply_page(shop.counter, shop.secrets, anew)
    assert shop.order().order.cancelled_at == NOON
    row = shop.queries.product("p-tea")
    assert row is not None
    assert row.product == TEA
    apply(shop, OrderChange(an_order(version=3)), ProductChange(replace(TEA, name="vieux"), 3), cursor="c4")
    assert shop.order().order.version == 4
    assert cursor(shop) == "c4"


def test_a_page_that_another_one_has_overtaken_is_left_alone(shop: Shop) -> None:
    """A comparison begins anew while the long poll is under way: what the poll brings would skip what is to be read."""
    apply(shop, OrderChange(an_order(version=5, cancelled_at=NOON)), cursor="c9")
    anew = ChangePage((OrderChange(an_order(version=4)),), "c1", True, begins_anew=True)
    assert not apply_page(shop.counter, shop.secrets, anew, asked_after="c9").overtaken
    poll = ChangePage((OrderChange(an_order("order-2", reference="B3D5G7J")),), "c10", False)
    assert apply_page(shop.counter, shop.secrets, poll, asked_after="c9").overtaken
    assert cursor(shop) == "c1", "or the cancellation would never come again"
    assert shop.queries.order("order-2") is None
    rest = ChangePage((OrderChange(an_order(version=5, cancelled_at=NOON)), *poll.changes), "c10", False)
    assert not apply_page(shop.counter, shop.secrets, rest, asked_after="c1").overtaken
    assert shop.order().order.cancelled_at == NOON


def test_an_overtaken_page_brings_no_withdrawn_key_back(shop: Shop) -> None:
    here = ChangePage((PickupKeyChange("K", b"k" * 32),), "c2", False)
    withdrawn = ChangePage((PickupKeyChange("K", b"k" * 32), PickupKeyChange("K", None)), "c3", False)
    apply_page(shop.counter, shop.secrets, withdrawn, asked_after="")
    assert apply_page(shop.counter, shop.secrets, here, asked_after="").overtaken
    assert "K" not in shop.secrets.pickup_keys()


def test_a_newer_copy_counts_as_a_change(shop: Shop) -> None:
    apply(shop, OrderChange(an_order()))
    applied = apply(shop, OrderChange(an_order(version=2)), OrderChange(an_order("order-2", reference="B3D5G7J")))
    assert (applied.orders_new, applied.orders_changed) == (1, 1)


def test_one_article_twice_in_a_page_ends_at_its_newest(shop: Shop) -> None:
    apply(shop, ProductChange(replace(TEA, name="neuf"), 9), ProductChange(TEA, 8))
    row = shop.queries.product("p-tea")
    assert row is not None
    assert row.product.name == "neuf"


UNTOLD = frozenset({"nature", "meal_voucher", "legal_guarantee", "weigh_slip"})


def test_a_marketplace_that_knows_no_flags_does_not_take_them_away(shop: Shop) -> None:
    own = replace(TEA, nature=LineNature.SERVICE, meal_voucher=True, legal_guarantee=True, weigh_slip=True)
    shop.has_products(own)
    apply(shop, ProductChange(replace(TEA, price=Money(450)), 2, UNTOLD))
    row = shop.queries.product(TEA.product_id)
    assert row is not None
    assert row.product == replace(own, price=Money(450))
    apply(shop, ProductChange(replace(TEA, meal_voucher=False), 3, UNTOLD - {"meal_voucher"}))
    row = shop.queries.product(TEA.product_id)
    assert row is not None
    assert row.product == replace(own, meal_voucher=False)


def test_own_flags_that_no_longer_fit_give_way(shop: Shop) -> None:
    shop.has_products(replace(TEA, meal_voucher=True))
    apply(shop, ProductChange(replace(TEA, age_limit=18), 2, UNTOLD))
    row = shop.queries.product(TEA.product_id)
    assert row is not None
    assert (row.product.age_limit, row.product.meal_voucher) == (18, False)


def test_our_own_movements_come_back_and_count_once(shop: Shop) -> None:
    (own,) = receive_goods(shop.counter, [("p-coffee", 24)], DEFAULT_LOCATION, "Léa")
    applied = apply(shop, MovementChange(own), MovementChange(a_movement()), MovementChange(a_movement()))
    assert applied.movements == 1
    assert shop.level(COFFEE) == 21


def test_a_repeated_page_changes_nothing(shop: Shop) -> None:
    changes = (OrderChange(an_order()), ProductChange(TEA, 3), MovementChange(a_movement()))
    apply(shop, *changes)
    before = shop.everything()
    again = apply(shop, *changes)
    assert (again.orders_new, again.orders_changed, again.movements) == (0, 0, 0)
    assert shop.everything() == before


def line_of(order: Any, **other: Any) -> Any:
    return replace(order, lines=(replace(order.lines[0], **other), *order.lines[1:]))


NONSENSE: list[tuple[Change, str, str]] = [
    (BrokenChange("order", "order-x", "{", "not JSON"), "order-x", "not JSON"),
    (OrderChange(an_order("order-x", lines=())), "order-x", "no lines"),
    (OrderChange(an_order("order-x", total=Money(1))), "order-x", "lines do not add up to the total"),
    (OrderChange(line_of(an_order("order-x"), quantity=0)), "order-x", "a line with a negative amount or no quantity"),
    (OrderChange(line_of(an_order("order-x"), vat_rate_bp=1960)), "order-x", "a VAT rate that does not exist"),
    (OrderChange(line_of(an_order("order-x"), line_no=2)), "order-x", "two lines with one number"),
    (OrderChange(an_order("order-x", paid_online=Money(-1))), "order-x", "a negative payment"),
    (ProductChange(replace(TEA, name="  "), 1), "p-tea", "no name"),
    (ProductChange(replace(TEA, price=Money(-1)), 1), "p-tea", "a negative price"),
    (ProductChange(replace(TEA, vat_rate_bp=1960), 1), "p-tea", "a VAT rate that does not exist"),
    (ProductChange(replace(TEA, nature=LineNature.CONTAINER), 1), "p-tea", "VAT on what is no turnover"),
    (
        ProductChange(replace(TEA, meal_voucher=True, age_limit=18), 1),
        "p-tea",
        "meal vouchers for what minors may not buy",
    ),
    (MovementChange(a_movement("m-x", 0)), "m-x", "moves nothing"),
]


@pytest.mark.parametrize(("change", "record_id", "reason"), NONSENSE, ids=[reason for _, _, reason in NONSENSE])
def test_one_bad_record_is_put_aside_and_the_others_pass(
    shop: Shop, change: Change, record_id: str, reason: str
) -> None:
    good = an_order("order-2", reference="B3D5G7J")
    applied = apply(shop, change, OrderChange(good), cursor="c3")
    assert (applied.orders_new, applied.quarantined) == (1, 1)
    (row,) = shop.queries.quarantined()
    assert (row.record_id, row.reason, row.at) == (record_id, reason, NOON)
    assert shop.queries.order("order-x") is None
    assert shop.queries.product("p-tea") is None
    assert cursor(shop) == "c3"
    assert shop.heard[-1].outbox


def test_pickup_keys_go_to_the_key_store(shop: Shop) -> None:
    apply(shop, PickupKeyChange("8", b"new"), PickupKeyChange("7", None))
    assert shop.secrets.pickup_keys() == {"8": b"new"}
    apply(shop, OrderChange(an_order()))
    assert shop.secrets.pickup_keys() == {"8": b"new"}


def test_an_empty_page_is_not_worth_a_commit(shop: Shop) -> None:
    apply(shop, cursor="c1")
    shop.heard.clear()
    assert apply(shop, cursor="c1") == AppliedPage()
    assert shop.heard == []


def test_a_failing_commit_keeps_neither_page_nor_cursor() -> None:
    shop = Shop(MemoryStore(), HandSetClock())
    shop.store.fail_commit_with = StoreUnavailable("disk_full")
    with pytest.raises(StoreUnavailable):
        apply(shop, OrderChange(an_order()), PickupKeyChange("8", b"new"))
    assert shop.queries.order("order-1") is None
    assert cursor(shop) == ""
    assert shop.heard == []
    assert shop.secrets.pickup_keys() == {"7": A_KEY, "8": b"new"}


@settings(deadline=None)
@given(st.data())
def test_any_order_and_repetition_of_pages_ends_the_same(data: st.DataObject) -> None:
    changes: list[Change] = [
        *(OrderChange(an_order(version=n, note=str(n))) for n in range(1, 4)),
        *(ProductChange(replace(WINE, name=f"Vin {n}"), n) for n in range(1, 4)),
        *(MovementChange(a_movement(f"m-{n}", n)) for n in range(1, 5)),
    ]
    shuffled = data.draw(st.permutations(changes * 2))
    cuts = data.draw(st.lists(st.integers(0, len(shuffled)), max_size=5).map(sorted))
    shop = Shop(MemoryStore(), HandSetClock())
    for start, end in zip([0, *cuts], [*cuts, len(shuffled)], strict=True):
        apply(shop, *shuffled[start:end], cursor=str(end))
    assert shop.order().order.note == "3"
    row = shop.queries.product("p-wine")
    assert row is not None
    assert row.product.name == "Vin 3"
    assert shop.level(COFFEE) == 10
