"""Owns a marketplace database of a whole region: thousands of shops, each with a till whose token is known, articles,
stock, orders and what was told in the last days. Written in bulk: nothing here judges or measures anything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, insert, text

from app.marketplace import tables as t
from app.marketplace.store import open_store
from app.marketplace.surroundings import time_text

SHOPS = 7_450
WHEN = time_text(datetime(2026, 11, 21, 9, 0, tzinfo=UTC))
_ROWS_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class Volumes:
    """Rows a shop."""

    products: int = 22
    movements: int = 20
    orders: int = 4
    lines: int = 2
    facts: int = 12


SMALL = Volumes(products=4, movements=6, orders=2, lines=2, facts=6)


def token_of(shop: int) -> str:
    """The device token of a shop's till."""
    return f"load-token-{shop:05d}"


def shop_id_of(shop: int) -> str:
    return f"shop-{shop:05d}"


def till_id_of(shop: int) -> str:
    return f"till-{shop:05d}"


def product_id_of(number: int) -> str:
    return f"article-{number:03d}"


def head_of(volumes: Volumes) -> int:
    """The last number of each shop's change feed."""
    return volumes.products + volumes.movements + volumes.orders


def fill(url: str, shops: int = SHOPS, volumes: Volumes = Volumes()) -> None:
    """Make the tables and the rows."""
    store = open_store(url)
    try:
        with store.administering() as connection:
            for table, rows in _everything(shops, volumes):
                _add(connection.core, table, rows)
            connection.execute(text("ANALYZE"))
    finally:
        store.close()


def _add(connection: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    if connection.dialect.name == "postgresql":
        _copy(connection, table, rows)
        return
    part: list[dict[str, Any]] = []
    for row in rows:
        part.append(row)
        if len(part) == _ROWS_AT_ONCE:
            connection.execute(insert(table), part)
            part = []
    if part:
        connection.execute(insert(table), part)


def _copy(connection: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    """PostgreSQL's own way for many rows."""
    driver: Any = connection.connection.driver_connection
    names: list[str] = []
    with driver.cursor() as cursor:
        iterator = iter(rows)
        first = next(iterator, None)
        if first is None:
            return
        names = list(first)
        with cursor.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy:
            copy.write_row([first[name] for name in names])
            for row in iterator:
                copy.write_row([row[name] for name in names])


def _everything(shops: int, volumes: Volumes) -> Iterator[tuple[Table, Iterable[dict[str, Any]]]]:
    yield t.shop, (_shop(shop, volumes) for shop in range(shops))
    yield t.till, (_till(shop) for shop in range(shops))
    yield t.pickup_key, (_key(shop) for shop in range(shops))
    yield t.product, (_product(s, n) for s in range(shops) for n in range(volumes.products))
    yield t.stock_level, (_level(s, n) for s in range(shops) for n in range(volumes.products))
    yield t.stock_movement, (_movement(s, n, volumes) for s in range(shops) for n in range(volumes.movements))
    yield t.shop_order, (_order(s, n) for s in range(shops) for n in range(volumes.orders))
    yield (
        t.order_line,
        (_line(s, n, m) for s in range(shops) for n in range(volumes.orders) for m in range(volumes.lines)),
    )
    yield t.fact, (_fact(s, n) for s in range(shops) for n in range(volumes.facts))
    yield t.sale, (_sale(s, n) for s in range(shops) for n in range(volumes.facts))
    yield t.handover, (_handover(s, n) for s in range(shops) for n in range(1, volumes.orders))
    yield t.disagreement, (_disagreement(s) for s in range(shops))
    yield t.ledger_told, (_told_head(s, n) for s in range(shops) for n in range(2))
    yield t.change, (change for s in range(shops) for change in _changes(s, volumes))
    yield t.feed_mark, (_mark(s, volumes) for s in range(shops))
    yield t.ledger_head, (_head(s) for s in range(shops))


def _shop(shop: int, volumes: Volumes) -> dict[str, Any]:
    return {
        "shop_id": shop_id_of(shop), "slug": f"boutique-{shop}", "name": f"Boutique {shop}", "tagline": "Épicerie",
        "address_lines": "1 rue Haute\n59300 Valenciennes", "siret": "12345678200010", "vat_number": "FR1",
        "head_seq": head_of(volumes), "next_order_number": 1001 + volumes.orders, "tills_ever": 1, "keys_ever": 1,
    }  # fmt: skip


def _till(shop: int) -> dict[str, Any]:
    return {
        "till_id": till_id_of(shop), "shop_id": shop_id_of(shop), "letter": "A", "name": "Caisse A",
        "token_hash": hashlib.sha256(token_of(shop).encode()).hexdigest(), "paired_at": WHEN, "heard_at": WHEN,
    }  # fmt: skip


def _key(shop: int) -> dict[str, Any]:
    return {"shop_id": shop_id_of(shop), "key_id": "2", "key_base64": "AAECAwQFBgcICQoLDA0ODw==", "created_at": WHEN}


def _product(shop: int, number: int) -> dict[str, Any]:
    return {
        "shop_id": shop_id_of(shop), "product_id": product_id_of(number), "name": f"Article {number}",
        "price_minor": 250 + number, "vat_rate_bp": 550, "unit": "piece", "codes": f'["340000000{number:04d}"]',
        "category": "Épicerie", "stock_tracked": True, "shelf": "A1", "published": True, "withdrawal_right": True,
        "age_limit": 0, "active": True, "folded": f"article {number}", "version": 1,
    }  # fmt: skip


def _level(shop: int, number: int) -> dict[str, Any]:
    return {"shop_id": shop_id_of(shop), "product_id": product_id_of(number), "physical": 1_000_000}


def _movement(shop: int, number: int, volumes: Volumes) -> dict[str, Any]:
    return {
        "shop_id": shop_id_of(shop), "movement_id": f"moved-{shop:05d}-{number:04d}",
        "product_id": product_id_of(number % volumes.products), "location": "shop", "quantity": -1, "reason": "sale",
        "happened_at": WHEN, "source_id": f"sale-{shop:05d}-{number:04d}", "till_id": till_id_of(shop),
    }  # fmt: skip


def _order(shop: int, number: int) -> dict[str, Any]:
    order_id = f"order-{shop:05d}-{number:03d}"
    return {
        "order_id": order_id, "shop_id": shop_id_of(shop), "page_hash": hashlib.sha256(order_id.encode()).hexdigest(),
        "key_id": "2", "reference": f"R{number:06d}", "number": str(1001 + number), "spoken_code": f"S{number:05d}",
        "customer_name": "Mme Delattre", "placed_at": WHEN, "mode": "pickup", "note": "", "total_minor": 500,
        "paid_minor": 500, "preparation": "to_prepare", "bags": 0, "handover": "none", "handed_over_by": "",
        "lease_till_id": till_id_of(shop), "lease_until": "2026-12-30T00:00:00.000000+00:00", "version": 1,
    }  # fmt: skip


def _line(shop: int, order: int, line: int) -> dict[str, Any]:
    return {
        "order_id": f"order-{shop:05d}-{order:03d}", "line_no": line + 1, "shop_id": shop_id_of(shop),
        "product_id": product_id_of(line), "label": f"Article {line}", "quantity": 1, "unit": "piece",
        "unit_price_minor": 250, "vat_rate_bp": 550, "total_minor": 250, "shelf": "A1", "age_limit": 0,
        "withdrawal_right": True, "open_quantity": 1, "result": "",
    }  # fmt: skip


def _fact(shop: int, number: int) -> dict[str, Any]:
    sale_id = f"sale-{shop:05d}-{number:04d}"
    return {
        "shop_id": shop_id_of(shop), "fact_id": f"fact-{shop:05d}-{number:04d}", "till_id": till_id_of(shop),
        "till_seq": number + 1, "kind": "sale_recorded", "subject": f"sale:{sale_id}", "happened_at": WHEN,
        "payload": f'{{"sale_id":"{sale_id}"}}',
        "outcome": "applied", "reason": "", "received_at": WHEN,
    }  # fmt: skip


def _sale(shop: int, number: int) -> dict[str, Any]:
    return {
        "shop_id": shop_id_of(shop), "sale_id": f"sale-{shop:05d}-{number:04d}", "till_id": till_id_of(shop),
        "fact_id": f"fact-{shop:05d}-{number:04d}", "number": f"A-{number:06d}", "kind": "sale", "happened_at": WHEN,
        "total_minor": 500, "order_id": "",
    }  # fmt: skip


def _handover(shop: int, order: int) -> dict[str, Any]:
    return {
        "shop_id": shop_id_of(shop), "handover_id": f"handover-{shop:05d}-{order:03d}",
        "order_id": f"order-{shop:05d}-{order:03d}", "till_id": till_id_of(shop), "fact_id": "", "told_no": 1,
        "happened_at": WHEN, "claimed_lines": "[1, 2]", "settled_lines": "[1, 2]", "undone_at": WHEN,
    }  # fmt: skip


def _disagreement(shop: int) -> dict[str, Any]:
    return {
        "shop_id": shop_id_of(shop), "exception_id": f"oversold:{shop}", "kind": "oversold", "order_id": "",
        "product_id": product_id_of(0), "fact_id": "", "opened_at": WHEN, "reason": "", "view": "{}",
        "settled_at": WHEN,
    }  # fmt: skip


def _told_head(shop: int, number: int) -> dict[str, Any]:
    return {
        "shop_id": shop_id_of(shop), "till_id": till_id_of(shop), "till_letter": "A", "series": "sales",
        "number": number + 1, "hash": "ab" * 32, "told_at": WHEN,
    }  # fmt: skip


def _changes(shop: int, volumes: Volumes) -> Iterator[dict[str, Any]]:
    entities = [("product", product_id_of(number)) for number in range(volumes.products)]
    entities += [("stock_movement", f"moved-{shop:05d}-{number:04d}") for number in range(volumes.movements)]
    entities += [("order", f"order-{shop:05d}-{number:03d}") for number in range(volumes.orders)]
    for seq, (kind, entity_id) in enumerate(entities, start=1):
        yield {"shop_id": shop_id_of(shop), "kind": kind, "entity_id": entity_id, "seq": seq}


def _mark(shop: int, volumes: Volumes) -> dict[str, Any]:
    return {"shop_id": shop_id_of(shop), "seq": head_of(volumes), "mark": f"{shop:015x}", "made_at": WHEN}


def _head(shop: int) -> dict[str, Any]:
    return {
        "shop_id": shop_id_of(shop), "till_id": till_id_of(shop), "till_letter": "A", "series": "sales", "number": 40,
        "hash": "ab" * 32, "signature": "cd" * 64, "perpetual_minor": 20_000, "perpetual_absolute_minor": 20_000,
        "told_at": WHEN,
    }  # fmt: skip


def sale_payload(shop: int, sale_id: str, movement_ids: tuple[str, str]) -> dict[str, Any]:
    """What a till tells of a sale of two articles."""
    return {
        "sale_id": sale_id,
        "number": f"A-{shop:06d}",
        "kind": "sale",
        "currency": "EUR",
        "total_minor": 500,
        "order_id": "",
        "corrects": "",
        "lines": [
            {
                "line_id": movement_id, "product_id": product_id_of(place), "label": f"Article {place}", "quantity": 1,
                "unit": "piece", "total_minor": 250, "vat_rate_bp": 550, "order_id": "", "nature": "goods",
                "discount_minor": 0, "corrects_sale_id": "", "corrects_line_no": 0,
            }
            for place, movement_id in enumerate(movement_ids)
        ],
        "vat": [{"rate_bp": 550, "net_minor": 474, "vat_minor": 26}],
        "payments": [{"means": "cash", "amount_minor": 500}],
        "movements": [
            {
                "movement_id": movement_id, "product_id": product_id_of(place), "location": "shop", "quantity": -1,
                "reason": "sale", "happened_at": WHEN, "source_id": sale_id,
            }
            for place, movement_id in enumerate(movement_ids)
        ],
    }  # fmt: skip
