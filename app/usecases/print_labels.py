"""Asks for what is stuck, put up or taken along: labels of bags and shelves, the sheet for the market. Never waits for
a printer; none of these is a ticket, so none is counted as a copy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.domain.catalogue import Product, Unit, fold_text
from app.domain.order import HandoverState, OrderAtCounter
from app.domain.price_display import unit_price
from app.domain.receipt import BagLabels, ListedOrder, MarketSheet, PrintKind, ShelfLabel, ShelfLabels
from app.usecases.ports import Counter, KeyStoreUnavailable, PrintJob, Touched
from app.usecases.queries import OrderList, Queries
from app.usecases.queue_print import queue_print
from app.usecases.show_pickup_code import NoPass, code_of_order

MOST_SHELF_LABELS = 50
"""In one go: a longer search was hardly meant."""

_PAGE = 200


class NoLabel(StrEnum):
    """Why there is nothing to print."""

    UNKNOWN_ORDER = "unknown_order"
    CANCELLED = "cancelled"
    ALREADY_HANDED_OVER = "already_handed_over"
    NO_ARTICLE = "no_article"


@dataclass(frozen=True, slots=True)
class ShelfLabelsQueued:
    """What went to the printer.

    Attributes:
        without_unit_price: names of articles sold by the piece whose name says no content, so that their label shows no
            price for a kilogram or litre; packed food and hygiene need one.
    """

    job: PrintJob
    count: int
    without_unit_price: tuple[str, ...]


def print_bag_labels(counter: Counter, order_id: str) -> PrintJob | NoLabel:
    """Queue a label for each bag of an order, one if nobody counted them yet. Without a pickup key the labels have no
    QR."""
    keys = _keys(counter)
    with counter.unit_of_work() as uow:
        order, till = uow.orders.get(order_id), uow.identity()
        if order is None:
            return NoLabel.UNKNOWN_ORDER
        if order.order.cancelled_at is not None:
            return NoLabel.CANCELLED
        if order.handover is HandoverState.HANDED_OVER:
            return NoLabel.ALREADY_HANDED_OVER
        code = code_of_order(order, till, keys)
        labels = BagLabels(
            shop=till.shop,
            order_id=order_id,
            order_number=order.order.number,
            customer_name=order.order.customer_name,
            spoken_code=order.order.spoken_code,
            pickup_code="" if isinstance(code, NoPass) else code,
            shelf=order.facts.shelf,
            bags=max(1, order.facts.bags),
            keep_until=order.order.keep_until,
        )
        job = queue_print(uow, counter, PrintKind.BAG_LABELS, labels, order.order.number)
        uow.commit()
    counter.announce(Touched(print_queue=True))
    return job


def print_shelf_labels(counter: Counter, product_ids: Iterable[str]) -> ShelfLabelsQueued | NoLabel:
    """Queue a label for each article, at most MOST_SHELF_LABELS; what is withdrawn from sale has none."""
    with counter.unit_of_work() as uow:
        wanted = list(dict.fromkeys(product_ids))[:MOST_SHELF_LABELS]
        products = [product for product in map(uow.catalogue.get, wanted) if product is not None and product.active]
        if not products:
            return NoLabel.NO_ARTICLE
        labels = ShelfLabels(uow.identity().shop, tuple(_shelf_label(product) for product in products))
        title = "" if len(products) > 1 else products[0].name
        job = queue_print(uow, counter, PrintKind.SHELF_LABELS, labels, title)
        uow.commit()
    counter.announce(Touched(print_queue=True))
    lacking = tuple(product.name for product in products if unit_price(product) is None)
    return ShelfLabelsQueued(job, len(products), lacking)


def print_market_sheet(counter: Counter, queries: Queries) -> PrintJob:
    """Queue the orders that may be handed over, by name, and lines to write sales on: for a day on which the till might
    fail. It names customers, and leaves the queue with their data."""
    order_ids = [*_listed(queries, counter, OrderList.READY), *_listed(queries, counter, OrderList.TO_PREPARE)]
    with counter.unit_of_work() as uow:
        till = uow.identity()
        orders = [order for order in map(uow.orders.get, dict.fromkeys(order_ids)) if order is not None]
        listed = sorted(map(_listed_order, orders), key=lambda order: (fold_text(order.customer_name), order.number))
        sheet = MarketSheet(till.shop, till.till_name, counter.clock.now(), tuple(listed))
        job = queue_print(uow, counter, PrintKind.MARKET_SHEET, sheet, "")
        uow.commit()
    counter.announce(Touched(print_queue=True))
    return job


def _keys(counter: Counter) -> Mapping[str, bytes]:
    try:
        return counter.keys.pickup_keys()
    except KeyStoreUnavailable:
        return {}  # the bag is found by its name; only the QR is missing


def _shelf_label(product: Product) -> ShelfLabel:
    shown = unit_price(product)
    return ShelfLabel(
        name=product.name,
        price=product.price,
        unit=product.unit,
        per_price=shown.price if shown else None,
        per=shown.unit if shown and shown.unit is not Unit.PIECE else None,
        code=product.codes[0] if product.codes else "",
    )


def _listed(queries: Queries, counter: Counter, which: OrderList) -> Iterator[str]:
    now, after = counter.clock.now(), ""
    while page := queries.orders(which, now, _PAGE, after):
        yield from (row.order_id for row in page)
        after = page[-1].order_id
        if len(page) < _PAGE:
            return


def _listed_order(order: OrderAtCounter) -> ListedOrder:
    return ListedOrder(
        number=order.order.number,
        customer_name=order.order.customer_name,
        spoken_code=order.order.spoken_code,
        amount_due=order.amount_due,
        bags=order.facts.bags,
        shelf=order.facts.shelf,
        line_count=len(order.open_lines),
        age_limit=max((line.age_limit for line in order.open_lines), default=0),
    )
