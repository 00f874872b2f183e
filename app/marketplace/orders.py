"""Owns the order on the marketplace: placing it, its codes, cancelling it, and how tills are shown it.

What a till tells of an order (prepared, handed over ...) is `effects`'s, its lease `leases`'s. An order never promises
more of a tracked product than is there: availability is judged inside the transaction that places it, with the shop's
other writers waiting.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import BindParameter, bindparam, select

from app.domain.catalogue import Product, price_of
from app.domain.money import MAX_AMOUNT_MINOR, Money, total_of
from app.domain.order import HandoverState, PickupMode, Preparation
from app.domain.pickup_code import (
    REFERENCE_LENGTH,
    make_pickup_code,
    make_spoken_code,
    symbols_of,
)
from app.marketplace import tables as t
from app.marketplace.catalogue import products_on_sale
from app.marketplace.lease_terms import first_lease, shown_lease
from app.marketplace.paris import end_of_day_in_paris
from app.marketplace.statements import Connection, Fixed, Row, fixed
from app.marketplace.stock import available_quantities
from app.marketplace.store import ChangeKind, ShopTransaction
from app.marketplace.surroundings import Surroundings, time_text

_ids: BindParameter[Any] = bindparam("ids", expanding=True)
_order, _line, _key, _shop = t.shop_order.c, t.order_line.c, t.pickup_key.c, t.shop.c
_order_of_shop = _order.shop_id == bindparam("of_shop")
_this_order = _order_of_shop & (_order.order_id == bindparam("of_order"))
_KNOWN = fixed(select(t.shop_order).where(_this_order))
_SHOWN = fixed(select(t.shop_order).where(_order_of_shop, _order.order_id.in_(_ids)))
_LINES_SHOWN = fixed(
    select(t.order_line).where(_line.order_id.in_(_ids), _line.removed_version.is_(None)).order_by(_line.line_no)
)
_CHANGE = fixed(t.shop_order.update().where(_this_order).values(version=_order.version + 1))
_ADD = fixed(t.shop_order.insert())
_ADD_LINE = fixed(t.order_line.insert())
_OF_PAGE = fixed(select(t.shop_order).where(_order.page_hash == bindparam("of_hash")))
_REFERENCE = fixed(select(_order.order_id).where(_order_of_shop, _order.reference == bindparam("of_code")))
_SPOKEN_CODE = fixed(select(_order.order_id).where(_order_of_shop, _order.spoken_code == bindparam("of_code")))
_NEXT_NUMBER = fixed(select(_shop.next_order_number).where(_shop.shop_id == bindparam("of_shop")))
_SET_NEXT_NUMBER = fixed(t.shop.update().where(_shop.shop_id == bindparam("of_shop")))
_NEWEST_KEY = fixed(
    select(_key.key_id, _key.key_base64)
    .where(_key.shop_id == bindparam("of_shop"), _key.key_base64.is_not(None))
    .order_by(_key.created_at.desc(), _key.key_id.desc())
    .limit(1)
)

PREPARATION_TIME = timedelta(minutes=20)
KEPT_DAYS = 7
_TRIES = 50


@dataclass(frozen=True, slots=True)
class Item:
    """What a customer asks for; quantity in base units (pieces, grams, ml, minutes)."""

    product_id: str
    quantity: int


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """Attributes:
    page_token: opens the customer's page; the server keeps a hash.
    """

    order_id: str
    number: str
    pickup_code: str
    spoken_code: str
    page_token: str


@dataclass(frozen=True, slots=True)
class OrderRefused:
    """reason: `nothing_ordered`, `not_on_sale`, `not_enough`, `amount_too_large`; then the product and what is left."""

    reason: str
    product_id: str = ""
    label: str = ""
    left: int = 0


def place_order(
    transaction: ShopTransaction,
    items: Sequence[Item],
    customer_name: str,
    *,
    prepaid: bool,
    page_token: str,
    note: str = "",
    language: str = "",
) -> PlacedOrder | OrderRefused:
    """Place an order for collection, promise its goods, give it codes and a lease.

    Args:
        items: quantities positive; the same product twice is added up.
        prepaid: the marketplace has cashed all of it.
        page_token: will open the customer's page; unguessable. Made with the order form, so that the same form sent
            again finds the order it placed and places nothing.
        language: the customer's, two letters, "" if not known; the till's papers are in it where it can.
    """
    placed = _placed_by_form(transaction, page_token)
    if placed is not None:
        return placed
    wanted: dict[str, int] = defaultdict(int)
    for item in items:
        wanted[item.product_id] += item.quantity
    products = products_on_sale(transaction.connection, transaction.shop_id, list(wanted))
    refused = _why_not(transaction, wanted, products)
    if refused is not None:
        return refused
    lines = [new_line(no, products[id_], quantity) for no, (id_, quantity) in enumerate(wanted.items(), start=1)]
    total = total_of([Money(line["total_minor"]) for line in lines])
    if total.minor > MAX_AMOUNT_MINOR:
        return OrderRefused("amount_too_large")
    told = {"note": note, "language": language}
    return _write_order(transaction, lines, total, customer_name, prepaid=prepaid, page_token=page_token, told=told)


def _why_not(
    transaction: ShopTransaction, wanted: Mapping[str, int], products: Mapping[str, Product]
) -> OrderRefused | None:
    if not wanted:
        return OrderRefused("nothing_ordered")
    left = available_quantities(transaction.connection, transaction.shop_id, list(wanted))
    for product_id, quantity in wanted.items():
        product = products.get(product_id)
        if product is None:
            return OrderRefused("not_on_sale", product_id)
        if product.stock_tracked and left[product_id] < quantity:
            return OrderRefused("not_enough", product_id, product.name, left[product_id])
    return None


def new_line(line_no: int, product: Product, quantity: int) -> dict[str, Any]:
    """A line of an order at the article's price of this moment, as columns."""
    return {
        "line_no": line_no,
        "product_id": product.product_id,
        "label": product.name,
        "quantity": quantity,
        "unit": product.unit.value,
        "unit_price_minor": product.price.minor,
        "vat_rate_bp": product.vat_rate_bp,
        "total_minor": price_of(product.price, quantity, product.unit).minor,
        "shelf": product.shelf,
        "age_limit": product.age_limit,
        "withdrawal_right": product.withdrawal_right,
        "open_quantity": quantity,
        "result": "",
    }


def _write_order(
    transaction: ShopTransaction,
    lines: list[dict[str, Any]],
    total: Money,
    customer_name: str,
    *,
    prepaid: bool,
    page_token: str,
    told: Mapping[str, str],
) -> PlacedOrder:
    now, bits = transaction.now, transaction.surroundings.random_bits
    order_id = transaction.surroundings.new_id()
    key_id, key = sealing_key(transaction.connection, transaction.shop_id)
    reference = _unused(transaction, _REFERENCE, lambda: symbols_of(bits(64), REFERENCE_LENGTH))
    spoken_code = _unused(transaction, _SPOKEN_CODE, lambda: make_spoken_code(bits(64)))
    number = _next_number(transaction)
    row = {
        "order_id": order_id,
        "shop_id": transaction.shop_id,
        "page_hash": page_hash(transaction.shop_id, page_token),
        "key_id": key_id,
        "reference": reference,
        "number": number,
        "spoken_code": spoken_code,
        "customer_name": customer_name,
        "placed_at": time_text(now),
        "pickup_from": time_text(now + PREPARATION_TIME),
        "keep_until": time_text(end_of_day_in_paris(now + timedelta(days=KEPT_DAYS))),
        "mode": PickupMode.PICKUP.value,
        **told,
        "total_minor": total.minor,
        "paid_minor": total.minor if prepaid else 0,
        "preparation": Preparation.TO_PREPARE.value,
        "handover": HandoverState.OPEN.value,
        "version": 1,
        **first_lease(transaction.connection, transaction.shop_id, now),
    }
    transaction.connection.execute(_ADD, row)
    key_of_lines = {"order_id": order_id, "shop_id": transaction.shop_id}
    transaction.connection.execute(_ADD_LINE, [{**key_of_lines, **line} for line in lines])
    transaction.mark(ChangeKind.ORDER, order_id)
    code = make_pickup_code(key_id, key, transaction.shop_id, reference)
    return PlacedOrder(order_id, number, code, spoken_code, page_token)


def _placed_by_form(transaction: ShopTransaction, page_token: str) -> PlacedOrder | None:
    row = order_of_page(transaction.connection, transaction.shop_id, page_token)
    if row is None:
        return None
    return PlacedOrder(
        row.order_id, row.number, pickup_code_of(transaction.connection, row), row.spoken_code, page_token
    )


def _unused(transaction: ShopTransaction, taken: Fixed, make: Callable[[], str]) -> str:
    """A value no order of the shop bears; with 25**5 codes and more, a second try is rare and a 50th impossible."""
    for _ in range(_TRIES):
        value = make()
        found = transaction.connection.execute(taken, {"of_shop": transaction.shop_id, "of_code": value})
        if found.first() is None:
            return value
    raise RuntimeError("no unused code found: the source of chance is not random")


def _next_number(transaction: ShopTransaction) -> str:
    this_shop = {"of_shop": transaction.shop_id}
    number: int = transaction.connection.execute(_NEXT_NUMBER, this_shop).scalar_one()
    transaction.connection.execute(_SET_NEXT_NUMBER, {**this_shop, "next_order_number": number + 1})
    return str(number)


# --- codes ------------------------------------------------------------------------------------------------------------


def hash_of(secret: str) -> str:
    """How tokens and codes are kept: they are long and random, so a plain hash is enough."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def new_page_token(surroundings: Surroundings) -> str:
    """A token for a customer's page: 144 bits, 24 symbols fit for an address."""
    return base64.urlsafe_b64encode(surroundings.random_bits(144).to_bytes(18, "big")).decode()


def page_hash(shop_id: str, page_token: str) -> str:
    """Tokens are the shop's own: one made for a form of this shop means nothing in another."""
    return hash_of(f"{shop_id}:{page_token}")


def order_path(connection: Connection, shop_id: str, page_token: str) -> str:
    """Where on the site the customer's page of an order is."""
    slug = connection.execute(select(t.shop.c.slug).where(t.shop.c.shop_id == shop_id)).scalar_one()
    return f"/boutiques/{slug}/commande/{page_token}"


def order_of_page(connection: Connection, shop_id: str, page_token: str) -> Row | None:
    """The order whose page this token opens."""
    hashed = page_hash(shop_id, page_token)
    return connection.execute(_OF_PAGE, {"of_hash": hashed}).one_or_none()


def sealing_key(connection: Connection, shop_id: str) -> tuple[str, bytes]:
    """The newest of the shop's pickup keys: its id and the key."""
    row = connection.execute(_NEWEST_KEY, {"of_shop": shop_id}).one()
    return row.key_id, base64.b64decode(row.key_base64)


def pickup_code_of(connection: Connection, order: Row) -> str:
    """The order's pickup code; sealed anew if the key it was placed under has been withdrawn since."""
    keys = t.pickup_key.c
    key_base64 = connection.execute(
        select(keys.key_base64).where(keys.shop_id == order.shop_id, keys.key_id == order.key_id)
    ).scalar_one_or_none()
    if key_base64 is None:
        key_id, key = sealing_key(connection, order.shop_id)
    else:
        key_id, key = order.key_id, base64.b64decode(key_base64)
    return make_pickup_code(key_id, key, order.shop_id, order.reference)


# --- what happens to an order outside the counter ---------------------------------------------------------------------


def cancel_order(transaction: ShopTransaction, order_id: str) -> bool:
    """Cancel and promise its goods no longer; False if it is cancelled or handed over already, or not the shop's."""
    order = find_order(transaction.connection, transaction.shop_id, order_id)
    if order is None or order.cancelled_at or order.handover == HandoverState.HANDED_OVER:
        return False
    change_order(transaction, order_id, cancelled_at=time_text(transaction.now))
    transaction.connection.execute(
        t.order_line.update().where(t.order_line.c.order_id == order_id).values(open_quantity=0)
    )
    return True


def find_order(connection: Connection, shop_id: str, order_id: str) -> Row | None:
    return connection.execute(_KNOWN, {"of_shop": shop_id, "of_order": order_id}).one_or_none()


def change_order(transaction: ShopTransaction, order_id: str, **values: Any) -> None:
    """Write columns of an order of this shop, count its version up and tell the tills."""
    transaction.connection.execute(_CHANGE, {"of_shop": transaction.shop_id, "of_order": order_id, **values})
    transaction.mark(ChangeKind.ORDER, order_id)


# --- how tills are shown it -------------------------------------------------------------------------------------------


def show_orders(connection: Connection, shop_id: str, order_ids: Sequence[str]) -> Mapping[str, dict[str, Any]]:
    """The orders of this shop among these ids, as they go on the wire."""
    rows = connection.execute(_SHOWN, {"of_shop": shop_id, "ids": order_ids}).all()
    lines_of: dict[str, list[Row]] = defaultdict(list)
    for line in connection.execute(_LINES_SHOWN, {"ids": [row.order_id for row in rows]}):
        lines_of[line.order_id].append(line)
    return {row.order_id: _shown(row, lines_of[row.order_id]) for row in rows}


def show_order(connection: Connection, shop_id: str, order_id: str) -> dict[str, Any] | None:
    return show_orders(connection, shop_id, [order_id]).get(order_id)


def _shown(row: Row, lines: Sequence[Row]) -> dict[str, Any]:
    return {
        "order_id": row.order_id,
        "reference": row.reference,
        "number": row.number,
        "spoken_code": row.spoken_code,
        "customer_name": row.customer_name,
        "placed_at": row.placed_at,
        "pickup_from": row.pickup_from,
        "keep_until": row.keep_until,
        "mode": row.mode,
        "note": row.note,
        "language": row.language,
        "cancelled_at": row.cancelled_at,
        "currency": "EUR",
        "total_minor": row.total_minor,
        "paid_minor": row.paid_minor,
        "preparation": row.preparation,
        "handover": row.handover,
        "handed_over_at": row.handed_over_at,
        "handed_over_by": row.handed_over_by,
        "lease": shown_lease(row),
        "version": row.version,
        "lines": [_shown_line(line) for line in lines],
    }


def _shown_line(line: Row) -> dict[str, Any]:
    return {
        "line_no": line.line_no,
        "product_id": line.product_id,
        "label": line.label,
        "quantity": line.quantity,
        "unit": line.unit,
        "unit_price_minor": line.unit_price_minor,
        "vat_rate_bp": line.vat_rate_bp,
        "total_minor": line.total_minor,
        "shelf": line.shelf,
        "age_limit": line.age_limit,
        "withdrawal_right": line.withdrawal_right,
    }


def results_of(connection: Connection, order_id: str) -> dict[int, dict[str, Any]]:
    """What tills told of an order's lines so far, by line number (see `facts`); lines not told of are absent."""
    lines = t.order_line.c
    rows = connection.execute(select(lines.line_no, lines.result).where(lines.order_id == order_id, lines.result != ""))
    return {row.line_no: json.loads(row.result) for row in rows}
