"""Owns the products of the shops on the marketplace: saving, showing to tills, finding for customers.

Prices, rates and flags are the shop's; nothing here changes them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, bindparam, func, select

from app.domain.catalogue import LineNature, Product, Unit, fold_text, usual_nature
from app.domain.money import Money
from app.marketplace import tables as t
from app.marketplace.schemas import ProductPayload
from app.marketplace.statements import Connection, Row, fixed
from app.marketplace.store import ChangeKind, ShopTransaction

_ids: BindParameter[Any] = bindparam("ids", expanding=True)
_product_of_shop = t.product.c.shop_id == bindparam("of_shop")
_this_product = _product_of_shop & (t.product.c.product_id == bindparam("of_product"))
_KNOWN = fixed(select(t.product).where(_this_product))
_WRITE = fixed(t.product.update().where(_this_product))
_ADD = fixed(t.product.insert())
_SHOWN = fixed(select(t.product).where(_product_of_shop, t.product.c.product_id.in_(_ids)))
_ON_SALE = fixed(
    select(t.product).where(
        _product_of_shop, t.product.c.published, t.product.c.active, t.product.c.product_id.in_(_ids)
    )
)
OPTIONAL = ("nature", "meal_voucher", "legal_guarantee", "weigh_slip")
"""Told on only where some till said them."""


@dataclass(frozen=True, slots=True)
class NewerProduct:
    """Somebody else changed the article since: nothing was written. `product`: as it is now, as it goes on the wire."""

    product: Mapping[str, Any]


def save_product(transaction: ShopTransaction, payload: ProductPayload, till_id: str = "") -> NewerProduct | None:
    """Insert or replace one product and tell the shop's tills. What the payload leaves out stays as it was told.

    A till that changes it several times before it hears of its own first change knows all the same what it changes.
    """
    this_one = {"of_shop": transaction.shop_id, "of_product": payload.product_id}
    row = transaction.connection.execute(_KNOWN, this_one).one_or_none()
    if row is None:
        key = {"shop_id": transaction.shop_id, "product_id": payload.product_id, "changed_by": till_id}
        transaction.connection.execute(_ADD, {**key, **_columns(payload), "version": 1})
        transaction.mark(ChangeKind.PRODUCT, payload.product_id)
        return None
    told = {name: value for name, value in _columns(payload).items() if value is not None}
    if payload.based_on_version is not None and _is_newer(row, payload.based_on_version, till_id):
        if all(getattr(row, name) == value for name, value in told.items()):
            return None  # both sides made the same change
        shown = show_products(transaction.connection, transaction.shop_id, [payload.product_id])
        return NewerProduct(shown[payload.product_id])
    own_from = row.own_from_version if till_id and row.changed_by == till_id else row.version
    written = {"version": row.version + 1, "changed_by": till_id, "own_from_version": own_from}
    transaction.connection.execute(_WRITE, {**this_one, **told, **written})
    transaction.mark(ChangeKind.PRODUCT, payload.product_id)
    return None


def _is_newer(row: Row, based_on_version: int, till_id: str) -> bool:
    """Whether anybody but this till changed the article after that version."""
    known_to_till = row.own_from_version if till_id and row.changed_by == till_id else row.version
    return bool(based_on_version < known_to_till)


def add_products(transaction: ShopTransaction, payloads: Sequence[ProductPayload]) -> None:
    """Insert many products that are certainly new, and tell the shop's tills."""
    rows = [
        {"shop_id": transaction.shop_id, "product_id": payload.product_id, "version": 1, **_columns(payload)}
        for payload in payloads
    ]
    transaction.connection.execute(_ADD, rows)
    for payload in payloads:
        transaction.mark(ChangeKind.PRODUCT, payload.product_id)


def _columns(payload: ProductPayload) -> dict[str, Any]:
    columns = payload.model_dump(exclude={"product_id", "based_on_version"})
    columns["codes"] = json.dumps(payload.codes)
    columns["folded"] = fold_text(f"{payload.name} {payload.category} {' '.join(payload.codes)}")
    return columns


def show_products(connection: Connection, shop_id: str, product_ids: Sequence[str]) -> Mapping[str, dict[str, Any]]:
    rows = connection.execute(_SHOWN, {"of_shop": shop_id, "ids": product_ids})
    return {row.product_id: _shown(row) for row in rows}


def _shown(row: Row) -> dict[str, Any]:
    return {
        "product_id": row.product_id,
        "name": row.name,
        "price_minor": row.price_minor,
        "vat_rate_bp": row.vat_rate_bp,
        "unit": row.unit,
        "codes": json.loads(row.codes),
        "category": row.category,
        "stock_tracked": row.stock_tracked,
        "shelf": row.shelf,
        "published": row.published,
        "withdrawal_right": row.withdrawal_right,
        "age_limit": row.age_limit,
        "active": row.active,
        "version": row.version,
        **{name: value for name in OPTIONAL if (value := getattr(row, name)) is not None},
    }


def products_on_sale(connection: Connection, shop_id: str, product_ids: Sequence[str]) -> dict[str, Product]:
    """The products of these ids that customers may order now."""
    rows = connection.execute(_ON_SALE, {"of_shop": shop_id, "ids": product_ids})
    return {row.product_id: _product(row) for row in rows}


@dataclass(frozen=True, slots=True)
class ShelfPage:
    """One page of what customers see. `found`: how many there are on all pages."""

    products: Sequence[Product]
    found: int


def search(connection: Connection, shop_id: str, words: str, category: str, *, page: int, page_size: int) -> ShelfPage:
    """Products on sale whose name, category or code holds every word (accents, case and order ignored), by name.

    Names that begin with a figure come last.
    """
    wanted = [_on_sale(shop_id)]
    if category:
        wanted.append(t.product.c.category == category)
    # fold_text leaves letters, digits and blanks alone: nothing in a word can mean anything to LIKE
    wanted += [t.product.c.folded.like(f"%{word}%") for word in fold_text(words).split()[:8]]
    found = connection.execute(select(func.count()).select_from(t.product).where(*wanted)).scalar_one()
    rows = connection.execute(
        select(t.product)
        .where(*wanted)
        .order_by(t.product.c.folded < "a", t.product.c.folded, t.product.c.product_id)
        .limit(page_size)
        .offset((page - 1) * page_size)
    )
    return ShelfPage([_product(row) for row in rows], found)


def categories(connection: Connection, shop_id: str) -> list[tuple[str, int]]:
    """The categories on sale with how many products each has, largest first."""
    rows = connection.execute(
        select(t.product.c.category, func.count().label("products"))
        .where(_on_sale(shop_id), t.product.c.category != "")
        .group_by(t.product.c.category)
        .order_by(func.count().desc(), t.product.c.category)
    )
    return [(row.category, row.products) for row in rows]


def _on_sale(shop_id: str) -> ColumnElement[bool]:
    products = t.product.c
    return (products.shop_id == shop_id) & products.published & products.active


def _product(row: Row) -> Product:
    return Product(
        product_id=row.product_id,
        name=row.name,
        price=Money(row.price_minor),
        vat_rate_bp=row.vat_rate_bp,
        unit=Unit(row.unit),
        codes=tuple(json.loads(row.codes)),
        category=row.category,
        stock_tracked=row.stock_tracked,
        shelf=row.shelf,
        published=row.published,
        withdrawal_right=row.withdrawal_right,
        age_limit=row.age_limit,
        active=row.active,
        nature=LineNature(row.nature) if row.nature is not None else usual_nature(Unit(row.unit)),
        meal_voucher=bool(row.meal_voucher),
        legal_guarantee=bool(row.legal_guarantee),
        weigh_slip=bool(row.weigh_slip),
    )
