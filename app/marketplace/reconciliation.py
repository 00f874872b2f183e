"""Owns what the server sums up and lists so that a till can compare: its facts, the shop's stock, the open orders.
Never judges who is right; the one thing it puts right is a level that is not the sum of its movements (I4).

Every answer is a page of bounded work: a till asks for the next one, and goes on where it was cut off.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, bindparam, func, select, union

from app.domain.order import HandoverState
from app.domain.reconciliation import RANGE_SIZE, RangeFigures, digest_of_movements, figures_of
from app.marketplace import tables as t
from app.marketplace.pairing import PairedTill
from app.marketplace.statements import Connection, fixed
from app.marketplace.stock import show_movements
from app.marketplace.store import ShopTransaction

MOST_RANGES = 100
MOST_LISTED = 1000
MOST_PRODUCTS = 200
MOST_MOVEMENTS = 500
MOST_ORDERS = 500

_fact = t.fact.c
_sale = t.sale.c
_movement = t.stock_movement.c
_level = t.stock_level.c
_order = t.shop_order.c

_WITH_SALE = t.fact.outerjoin(t.sale, and_(_sale.shop_id == _fact.shop_id, _sale.fact_id == _fact.fact_id))


_OPEN_ORDERS = fixed(
    select(_order.order_id, _order.number, _order.version, _order.handover)
    .where(
        _order.shop_id == bindparam("of_shop"),
        _order.handover != HandoverState.HANDED_OVER.value,
        _order.cancelled_at.is_(None),
        _order.order_id > bindparam("after"),
    )
    .order_by(_order.order_id)
    .limit(MOST_ORDERS + 1)
)
_MOVEMENTS = fixed(
    select(_movement.movement_id)
    .where(
        _movement.shop_id == bindparam("of_shop"),
        _movement.product_id == bindparam("of_product"),
        _movement.movement_id > bindparam("after"),
    )
    .order_by(_movement.movement_id)
    .limit(MOST_MOVEMENTS + 1)
)
_of_range = ((_fact.till_seq - 1) // RANGE_SIZE).label("of_range")
_COUNTED = fixed(
    select(_of_range, func.count().label("facts"))
    .where(
        _fact.till_id == bindparam("of_till"),
        _fact.till_seq > bindparam("after_seq"),
        _fact.till_seq <= bindparam("through_seq"),
    )
    .group_by(_of_range)
    .order_by(_of_range)
    .limit(MOST_RANGES + 1)
)
_LAST_SEQ = fixed(select(func.max(_fact.till_seq)).where(_fact.till_id == bindparam("of_till")))
_SUMMED_UP = fixed(
    select(_fact.till_seq, _fact.fact_id, _fact.kind, _sale.total_minor)
    .select_from(_WITH_SALE)
    .where(
        _fact.till_id == bindparam("of_till"),
        _fact.till_seq > bindparam("after_seq"),
        _fact.till_seq >= bindparam("first_seq"),
        _fact.till_seq <= bindparam("last_seq"),
    )
)
_ADDED_UP = fixed(
    select(_movement.product_id, func.sum(_movement.quantity).label("moved"), func.count().label("movements"))
    .where(_movement.shop_id == bindparam("of_shop"), _movement.product_id.in_(bindparam("ids", expanding=True)))
    .group_by(_movement.product_id)
)


# --- facts ------------------------------------------------------------------------------------------------------------


def sum_up_facts(
    connection: Connection, till: PairedTill, after_seq: int, through_seq: int, digests_after_seq: int
) -> dict[str, Any]:
    """The next ranges after a number: counted, and from `digests_after_seq` on with digest and figures by kind."""
    counted = _counted_ranges(connection, till, after_seq, through_seq)
    ranges = counted[:MOST_RANGES]
    whole = [figures.first_seq for figures in ranges if figures.first_seq > digests_after_seq]
    summed_up = _summed_up(connection, till, whole, after_seq, through_seq) if whole else {}
    last = connection.execute(_LAST_SEQ, {"of_till": till.till_id}).scalar_one()
    return {
        "last_seq": int(last or 0),
        "ranges": [_shown(summed_up.get(figures.first_seq, figures)) for figures in ranges],
        "next_after_seq": ranges[-1].first_seq + RANGE_SIZE - 1 if len(counted) > MOST_RANGES else None,
    }


def _counted_ranges(connection: Connection, till: PairedTill, after_seq: int, through_seq: int) -> list[RangeFigures]:
    asked = {"of_till": till.till_id, "after_seq": after_seq, "through_seq": through_seq}
    rows = connection.execute(_COUNTED, asked)
    return [RangeFigures(int(row[0]) * RANGE_SIZE + 1, int(row[1])) for row in rows]


def _summed_up(
    connection: Connection, till: PairedTill, first_seqs: Sequence[int], after_seq: int, through_seq: int
) -> dict[int, RangeFigures]:
    asked = {
        "of_till": till.till_id,
        "after_seq": after_seq,
        "first_seq": first_seqs[0],
        "last_seq": min(first_seqs[-1] + RANGE_SIZE - 1, through_seq),
    }
    rows = connection.execute(_SUMMED_UP, asked)
    return {figures.first_seq: figures for figures in figures_of((row[0], row[1], row[2], row[3]) for row in rows)}


def _shown(figures: RangeFigures) -> dict[str, Any]:
    return {
        "first_seq": figures.first_seq,
        "count": figures.count,
        "sha256": figures.sha256,
        "kinds": {
            kind: {"count": each.count, "sum_minor": each.sum_minor} for kind, each in sorted(figures.kinds.items())
        },
    }


def list_facts(connection: Connection, till: PairedTill, from_seq: int, to_seq: int) -> dict[str, Any]:
    """The till's facts of these numbers, in order, without their payloads."""
    rows = connection.execute(
        select(_fact.till_seq, _fact.fact_id, _fact.kind, _fact.happened_at, _sale.number, _sale.total_minor)
        .select_from(_WITH_SALE)
        .where(_fact.till_id == till.till_id, _fact.till_seq >= from_seq, _fact.till_seq <= to_seq)
        .order_by(_fact.till_seq)
        .limit(MOST_LISTED + 1)
    ).all()
    shown = [
        {
            "till_seq": row.till_seq,
            "fact_id": row.fact_id,
            "kind": row.kind,
            "happened_at": row.happened_at,
            "title": row.number or "",
            "amount_minor": row.total_minor,
        }
        for row in rows[:MOST_LISTED]
    ]
    return {"facts": shown, "more": len(rows) > MOST_LISTED}


def known_facts(connection: Connection, till: PairedTill, fact_ids: Sequence[str]) -> dict[str, Any]:
    """Which of these facts the shop has, whichever of its tills told them: one that was paired anew has another id."""
    rows = connection.execute(select(_fact.fact_id).where(_fact.shop_id == till.shop_id, _fact.fact_id.in_(fact_ids)))
    return {"known": sorted(row[0] for row in rows)}


# --- stock ------------------------------------------------------------------------------------------------------------


def sum_up_stock(connection: Connection, till: PairedTill, after: str, limit: int, *, digests: bool) -> dict[str, Any]:
    """The shop's stock, article by article after an id: the level kept, and its movements summed up; without `digests`
    they are only counted and added up."""
    product_ids = _moved_products(connection, till, after, limit + 1)
    page = product_ids[:limit]
    levels = connection.execute(
        select(_level.product_id, _level.physical).where(_level.shop_id == till.shop_id, _level.product_id.in_(page))
    )
    kept = {row.product_id: int(row.physical) for row in levels}
    moved = (_digested if digests else _added_up)(connection, till, page)
    return {
        "products": [
            {"product_id": product_id, "physical": kept.get(product_id, 0), **moved[product_id]} for product_id in page
        ],
        "next_after": page[-1] if len(product_ids) > limit else None,
    }


def _digested(connection: Connection, till: PairedTill, product_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    moved: dict[str, list[tuple[str, int]]] = {product_id: [] for product_id in product_ids}
    for row in connection.execute(
        select(_movement.product_id, _movement.movement_id, _movement.quantity).where(
            _movement.shop_id == till.shop_id, _movement.product_id.in_(product_ids)
        )
    ):
        moved[row.product_id].append((row.movement_id, int(row.quantity)))
    return {
        product_id: {
            "moved": sum(quantity for _, quantity in each),
            "movements": len(each),
            "sha256": digest_of_movements(each),
        }
        for product_id, each in moved.items()
    }


def _added_up(connection: Connection, till: PairedTill, product_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    moved = {product_id: {"moved": 0, "movements": 0, "sha256": ""} for product_id in product_ids}
    for row in connection.execute(_ADDED_UP, {"of_shop": till.shop_id, "ids": product_ids}):
        moved[row[0]] |= {"moved": int(row[1]), "movements": int(row[2])}
    return moved


def _moved_products(connection: Connection, till: PairedTill, after: str, limit: int) -> list[str]:
    """Articles with a movement or a level, in whatever order the database compares texts: `after` comes from it."""
    parts = [
        select(column).where(shop == till.shop_id, column > after).distinct().order_by(column).limit(limit).subquery()
        for column, shop in ((_movement.product_id, _movement.shop_id), (_level.product_id, _level.shop_id))
    ]
    both = union(*(select(part.c.product_id) for part in parts)).subquery()
    rows = connection.execute(select(both.c.product_id).order_by(both.c.product_id).limit(limit))
    return [row[0] for row in rows]


def list_movements(connection: Connection, till: PairedTill, product_id: str, after: str) -> dict[str, Any]:
    """The movements of one article after an id, as the change feed shows them."""
    asked = {"of_shop": till.shop_id, "of_product": product_id, "after": after}
    rows = connection.execute(_MOVEMENTS, asked).all()
    page = [row[0] for row in rows[:MOST_MOVEMENTS]]
    shown = show_movements(connection, till.shop_id, page)
    return {
        "movements": [shown[movement_id] for movement_id in page],
        "next_after": page[-1] if len(rows) > MOST_MOVEMENTS else None,
    }


def recount(transaction: ShopTransaction, product_ids: Sequence[str]) -> dict[str, Any]:
    """Make the levels of these articles the sum of their movements again (I4); which ones were not."""
    recounted: list[str] = []
    for product_id in dict.fromkeys(product_ids):
        moved = transaction.connection.execute(
            select(func.coalesce(func.sum(_movement.quantity), 0)).where(
                _movement.shop_id == transaction.shop_id, _movement.product_id == product_id
            )
        ).scalar_one()
        at_product = (_level.shop_id == transaction.shop_id) & (_level.product_id == product_id)
        kept = transaction.connection.execute(select(_level.physical).where(at_product)).scalar_one_or_none()
        if int(moved) == int(kept or 0):
            continue
        if kept is None:
            values = {"shop_id": transaction.shop_id, "product_id": product_id, "physical": int(moved)}
            transaction.connection.execute(t.stock_level.insert().values(**values))
        else:
            transaction.connection.execute(t.stock_level.update().where(at_product).values(physical=int(moved)))
        recounted.append(product_id)
    return {"recounted": recounted}


# --- orders -----------------------------------------------------------------------------------------------------------


def list_open_orders(connection: Connection, till: PairedTill, after: str) -> dict[str, Any]:
    """The shop's orders that are neither handed over nor cancelled, after an id."""
    rows = connection.execute(_OPEN_ORDERS, {"of_shop": till.shop_id, "after": after}).all()
    page = rows[:MOST_ORDERS]
    return {
        "orders": [row._asdict() for row in page],
        "next_after": page[-1].order_id if len(rows) > MOST_ORDERS else None,
    }
