"""Orders and products that tests begin with; every field can be told otherwise."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.domain.catalogue import Product, Unit, price_of
from app.domain.lease import Lease
from app.domain.money import ZERO, Money, total_of
from app.domain.order import Order, OrderLine, Preparation
from app.domain.pickup_code import make_pickup_code
from tests.fakes.surroundings import A_KEY, NOON

COFFEE = Product("p-coffee", "Café moulu 250 g", Money(499), 550, codes=("3017620422003",), category="Épicerie")
TOMATO = Product("p-tomato", "Tomate cœur de bœuf", Money(480), 550, Unit.KG, shelf="Étal 2", withdrawal_right=False)
WINE = Product("p-wine", "Bordeaux 75 cl", Money(1250), 2000, codes=("3175529657725",), age_limit=18, shelf="C4")
HEMMING = Product("p-hemming", "Ourlet", Money(1500), 2000, stock_tracked=False)


def an_order_line(line_no: int, product: Product, quantity: int = 1, **other: Any) -> OrderLine:
    values: dict[str, Any] = {
        "line_no": line_no,
        "product_id": product.product_id,
        "label": product.name,
        "quantity": quantity,
        "unit": product.unit,
        "unit_price": product.price,
        "vat_rate_bp": product.vat_rate_bp,
        "total": price_of(product.price, quantity, product.unit),
        "shelf": product.shelf,
        "age_limit": product.age_limit,
        "withdrawal_right": product.withdrawal_right,
    }
    return OrderLine(**{**values, **other})


def an_order(order_id: str = "order-1", *, prepaid: bool = False, **other: Any) -> Order:
    """Two coffees and 1.2 kg of tomatoes, ready, leased to till-a, to pay at the counter unless `prepaid`."""
    lines = other.pop("lines", (an_order_line(1, COFFEE, 2), an_order_line(2, TOMATO, 1200)))
    total = total_of([line.total for line in lines])
    values: dict[str, Any] = {
        "order_id": order_id,
        "reference": "K7F3K9X",
        "number": "1042",
        "spoken_code": "22RPSY",
        "customer_name": "Camille Dubois",
        "placed_at": NOON - timedelta(hours=20),
        "total": total,
        "paid_online": total if prepaid else ZERO,
        "lines": lines,
        "pickup_from": NOON - timedelta(hours=2),
        "keep_until": NOON + timedelta(days=5),
        "server_preparation": Preparation.READY,
        "lease": Lease("till-a", NOON + timedelta(days=10)),
        "version": 1,
    }
    return Order(**{**values, **other})


def pickup_code_of(order: Order, key_id: str = "7", key: bytes = A_KEY, shop_id: str = "shop-1") -> str:
    return make_pickup_code(key_id, key, shop_id, order.reference)
