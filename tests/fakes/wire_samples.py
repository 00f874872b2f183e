"""Records as the marketplace writes them (JSON-ready), for tests of the tolerant reader and of sync."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.domain.facts import Fact, FactKind
from tests.fakes.surroundings import NOON


def wire_order(order_id: str = "order-1", **other: Any) -> dict[str, Any]:
    order = {
        "order_id": order_id,
        "reference": "K7F3K9X",
        "number": "1042",
        "spoken_code": "22RPSY",
        "customer_name": "Camille Dubois",
        "placed_at": "2026-11-20T16:00:00.000000Z",
        "pickup_from": None,
        "keep_until": "2026-11-26T12:00:00+00:00",
        "mode": "pickup",
        "note": "",
        "cancelled_at": None,
        "currency": "EUR",
        "total_minor": 998,
        "paid_minor": 998,
        "preparation": "ready",
        "handover": "open",
        "handed_over_at": None,
        "handed_over_by": "",
        "lease": {"till_id": "till-a", "until": "2026-12-06T12:00:00Z"},
        "version": 1,
        "lines": [wire_line()],
    }
    return {**order, **other}


def wire_line(**other: Any) -> dict[str, Any]:
    line = {
        "line_no": 1,
        "product_id": "p-coffee",
        "label": "Café moulu 250 g",
        "quantity": 2,
        "unit": "piece",
        "unit_price_minor": 499,
        "vat_rate_bp": 550,
        "total_minor": 998,
        "shelf": "",
        "age_limit": 0,
        "withdrawal_right": True,
    }
    return {**line, **other}


def wire_product(product_id: str = "p-coffee", **other: Any) -> dict[str, Any]:
    product = {
        "product_id": product_id,
        "name": "Café moulu 250 g",
        "price_minor": 499,
        "vat_rate_bp": 550,
        "unit": "piece",
        "codes": ["3017620422003"],
        "category": "Épicerie",
        "stock_tracked": True,
        "shelf": "",
        "published": True,
        "withdrawal_right": True,
        "age_limit": 0,
        "active": True,
        "version": 3,
    }
    return {**product, **other}


def wire_movement(movement_id: str = "m-1", **other: Any) -> dict[str, Any]:
    movement = {
        "movement_id": movement_id,
        "product_id": "p-coffee",
        "location": "shop",
        "quantity": -2,
        "reason": "online_shipped",
        "happened_at": "2026-11-21T09:00:00Z",
        "source_id": "order-9",
        "till_id": "",
        "operator": "",
    }
    return {**movement, **other}


def a_fact(seq: int, subject: str | None = None, **payload: Any) -> Fact:
    """Fact number `seq` of this till, by default about something of its own."""
    return Fact(
        fact_id=f"fact-{seq:04d}",
        till_seq=seq,
        kind=FactKind.STOCK_MOVED,
        subject=subject or f"stock:{seq}",
        happened_at=NOON + timedelta(seconds=seq),
        payload={"movements": [], **payload},
    )
