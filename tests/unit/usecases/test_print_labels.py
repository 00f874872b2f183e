"""Labels of bags and shelves and the market sheet: what is on them, and when there are none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.catalogue import Product, Unit
from app.domain.money import Money
from app.domain.order import HandoverState, Order
from app.domain.receipt import BagLabels, MarketSheet, PrintKind, ShelfLabels
from app.usecases.ports import KeyStoreUnavailable, PrintJob
from app.usecases.prepare_order import mark_ready
from app.usecases.print_labels import (
    MOST_SHELF_LABELS,
    NoLabel,
    ShelfLabelsQueued,
    print_bag_labels,
    print_market_sheet,
    print_shelf_labels,
)
from tests.fakes.samples import an_order
from tests.fakes.shop import Shop
from tests.fakes.surroundings import NOON


def keep(shop: Shop, *orders: Order) -> None:
    with shop.store.unit_of_work() as uow:
        for order in orders:
            uow.orders.save_server_copy(order)
        uow.commit()


def stock_up(shop: Shop, *products: Product) -> None:
    with shop.store.unit_of_work() as uow:
        uow.catalogue.save_all(products)
        uow.commit()


def bags_of(shop: Shop, order_id: str = "order-1") -> BagLabels:
    job = print_bag_labels(shop.counter, order_id)
    assert isinstance(job, PrintJob)
    assert job.kind is PrintKind.BAG_LABELS
    assert isinstance(job.document, BagLabels)
    assert shop.store.queries.print_job(job.job_id) == job
    return job.document


def test_there_is_one_label_until_somebody_counted_the_bags(shop: Shop) -> None:
    keep(shop, an_order())
    labels = bags_of(shop)
    assert (labels.bags, labels.shelf, labels.customer_name) == (1, "", an_order().customer_name)
    mark_ready(shop.counter, "order-1", 3, "B2", "Camille")
    labels = bags_of(shop)
    assert (labels.bags, labels.shelf) == (3, "B2")


def test_the_code_on_the_bag_is_the_customers(shop: Shop) -> None:
    keep(shop, an_order())
    assert bags_of(shop).pickup_code.startswith("P1")
    assert bags_of(shop).spoken_code == an_order().spoken_code


def test_without_keys_the_label_has_no_qr_but_is_printed(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(shop, an_order())

    def locked() -> dict[str, bytes]:
        raise KeyStoreUnavailable("locked")

    monkeypatch.setattr(shop.counter.keys, "pickup_keys", locked)
    assert bags_of(shop).pickup_code == ""


def test_what_needs_no_label_says_why(shop: Shop) -> None:
    assert print_bag_labels(shop.counter, "no-such-order") is NoLabel.UNKNOWN_ORDER
    keep(shop, replace(an_order(), cancelled_at=NOON))
    assert print_bag_labels(shop.counter, "order-1") is NoLabel.CANCELLED
    gone = replace(an_order(), order_id="o2", reference="7F3K9X2", server_handover=HandoverState.HANDED_OVER)
    keep(shop, gone)
    assert print_bag_labels(shop.counter, "o2") is NoLabel.ALREADY_HANDED_OVER
    assert list(shop.store.queries.print_jobs()) == []


BEER = Product("beer", "Bière ambrée 75 cl", Money(590), 2000, codes=("3057067201236",))
CHEESE = Product("cheese", "Maroilles", Money(1890), 550, Unit.KG)
GUM = Product("gum", "Chewing-gum", Money(90), 550)
GONE = Product("gone", "Ancien article", Money(100), 550, active=False)


def test_shelf_labels_say_the_price_for_a_kilogram_or_litre(shop: Shop) -> None:
    stock_up(shop, BEER, CHEESE, GUM, GONE)
    queued = print_shelf_labels(shop.counter, ["beer", "cheese", "gum", "gone", "beer", "nothing"])
    assert isinstance(queued, ShelfLabelsQueued)
    assert (queued.count, queued.without_unit_price) == (3, ("Chewing-gum",))
    assert isinstance(queued.job.document, ShelfLabels)
    beer, cheese, gum = queued.job.document.labels
    assert (beer.per_price, beer.per, beer.code) == (Money(787), Unit.LITRE, "3057067201236")
    assert (cheese.per_price, cheese.per, cheese.code) == (Money(1890), Unit.KG, "")
    assert (gum.per_price, gum.per) == (None, None)


def test_nothing_for_sale_has_no_label_and_a_long_list_has_an_end(shop: Shop) -> None:
    stock_up(shop, GONE)
    assert print_shelf_labels(shop.counter, ["gone"]) is NoLabel.NO_ARTICLE
    assert print_shelf_labels(shop.counter, []) is NoLabel.NO_ARTICLE
    many = [replace(GUM, product_id=f"p{number}") for number in range(MOST_SHELF_LABELS + 5)]
    stock_up(shop, *many)
    queued = print_shelf_labels(shop.counter, [product.product_id for product in many])
    assert isinstance(queued, ShelfLabelsQueued)
    assert queued.count == MOST_SHELF_LABELS


def sheet_of(shop: Shop) -> MarketSheet:
    job = print_market_sheet(shop.counter, shop.store.queries)
    assert isinstance(job.document, MarketSheet)
    return job.document


def test_the_market_sheet_lists_by_name_what_may_still_go(shop: Shop) -> None:
    names = ("Zoé", "émile", "Anne", "Déjà Parti", "Annulé")
    orders = [
        replace(an_order(), order_id=f"o{n}", reference=f"7F3K9X{n}", number=str(n), customer_name=name)
        for n, name in enumerate(names, 2)
    ]
    orders[3] = replace(orders[3], server_handover=HandoverState.HANDED_OVER)
    orders[4] = replace(orders[4], cancelled_at=NOON)
    keep(shop, *orders)
    mark_ready(shop.counter, "o2", 2, "B2", "Camille")
    sheet = sheet_of(shop)
    assert [order.customer_name for order in sheet.orders] == ["Anne", "émile", "Zoé"]
    assert [(order.bags, order.shelf) for order in sheet.orders] == [(0, ""), (0, ""), (2, "B2")]


def test_a_sheet_without_orders_still_has_lines_to_write_on(shop: Shop) -> None:
    sheet = sheet_of(shop)
    assert sheet.orders == ()
    assert sheet.sale_lines > 0
