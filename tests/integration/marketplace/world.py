"""A small marketplace to test against: two shops, their tills speaking real HTTP, and facts as a till makes them."""

from __future__ import annotations

import itertools
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import requests

from app.domain.catalogue import MovementReason
from app.marketplace.catalogue import add_products
from app.marketplace.orders import Item, OrderRefused, PlacedOrder, new_page_token, place_order
from app.marketplace.pairing import make_pairing_code
from app.marketplace.schemas import MovementPayload, ProductPayload
from app.marketplace.seed import ShopProfile, create_shop
from app.marketplace.server import RunningMarketplace
from app.marketplace.stock import physical_levels, promised_quantities, record_movements
from app.marketplace.store import Store

WHEN = "2026-11-22T14:30:00.000000+00:00"
BREAD, CHEESE, WRAPPING, WINE, HIDDEN = "bread", "cheese", "wrapping", "wine", "hidden"
TIMEOUT_S = 30


def a_product(product_id: str, name: str, price_minor: int, **values: Any) -> ProductPayload:
    fields: dict[str, Any] = {
        "vat_rate_bp": 550, "unit": "piece", "codes": [f"C-{product_id}"], "published": True, **values,
    }  # fmt: skip
    return ProductPayload(product_id=product_id, name=name, price_minor=price_minor, **fields)


def a_movement(product_id: str, quantity: int, reason: str = "handover", **values: Any) -> dict[str, Any]:
    return {
        "movement_id": str(uuid.uuid4()),
        "product_id": product_id,
        "location": "shop",
        "quantity": quantity,
        "reason": reason,
        "happened_at": WHEN,
        "source_id": "",
        **values,
    }


def a_result(line_no: int, product_id: str, quantity: int, outcome: str = "given", **values: Any) -> dict[str, Any]:
    return {
        "line_no": line_no,
        "outcome": outcome,
        "quantity": quantity,
        "amount_minor": 100,
        "label": "",
        "product_id": product_id,
        **values,
    }


@dataclass
class Till:
    """A paired till: its token, and its numbering of facts."""

    url: str
    till_id: str
    letter: str
    name: str
    token: str
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self._numbers = itertools.count(1)
        self.session.headers["Authorization"] = f"Bearer {self.token}"

    def get(self, path: str, **params: Any) -> requests.Response:
        return self.session.get(f"{self.url}{path}", params=params, timeout=TIMEOUT_S)

    def post(self, path: str, body: Any, **headers: str) -> requests.Response:
        return self.session.post(f"{self.url}{path}", json=body, headers=headers, timeout=TIMEOUT_S)

    def pages(self, cursor: str = "", limit: int = 100) -> tuple[list[dict[str, Any]], str]:
        """All changes since the cursor, and the cursor after them."""
        changes: list[dict[str, Any]] = []
        while True:
            answer = self.get("/v1/changes", cursor=cursor, limit=limit)
            assert answer.status_code == 200, answer.text
            page = answer.json()
            changes += page["changes"]
            cursor = page["cursor"]
            if not page["more"]:
                return changes, cursor

    def fact(self, kind: str, subject: str, payload: dict[str, Any], **values: Any) -> dict[str, Any]:
        return {
            "fact_id": str(uuid.uuid4()),
            "till_seq": next(self._numbers),
            "kind": kind,
            "subject": subject,
            "happened_at": WHEN,
            "payload": payload,
            **values,
        }

    def push(self, *facts: dict[str, Any], **headers: str) -> list[dict[str, Any]]:
        answer = self.post("/v1/facts", {"facts": list(facts)}, **headers)
        assert answer.status_code == 200, answer.text
        results: list[dict[str, Any]] = answer.json()["results"]
        assert [result["fact_id"] for result in results] == [fact["fact_id"] for fact in facts]
        return results

    def tell(self, kind: str, subject: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Push one new fact; its answer."""
        return self.push(self.fact(kind, subject, payload))[0]

    def order(self, order_id: str) -> dict[str, Any]:
        answer = self.get(f"/v1/orders/{order_id}")
        assert answer.status_code == 200, answer.text
        shown: dict[str, Any] = answer.json()
        return shown

    def handover(self, order_id: str, *lines: tuple[int, str, int], complete: bool = True) -> dict[str, Any]:
        """The payload of a handover of these lines (line_no, product, quantity), each with its movement."""
        return {
            "handover_id": str(uuid.uuid4()),
            "order_id": order_id,
            "lines": [a_result(line_no, product, quantity) for line_no, product, quantity in lines],
            "movements": [a_movement(product, -quantity) for _, product, quantity in lines],
            "complete": complete,
            "operator": "Léa",
            "how": "scan",
            "verdict": "ready",
            "override_reason": "",
            "sale_id": "",
            "collected_minor": 0,
            "to_refund_minor": 0,
        }

    def undo(self, handover: dict[str, Any]) -> dict[str, Any]:
        """The payload that takes a handover back."""
        return {
            "handover_id": handover["handover_id"],
            "order_id": handover["order_id"],
            "movements": [
                a_movement(m["product_id"], -m["quantity"], "handover_undone") for m in handover["movements"]
            ],
            "operator": "Léa",
            "reason": "mistake",
        }


@dataclass
class AShop:
    """A shop with bread (10), cheese (5 kg), wine (6), a service, and an article not on line."""

    running: RunningMarketplace
    shop_id: str
    name: str

    @property
    def store(self) -> Store:
        return self.running.store

    def pair(self, name: str = "") -> Till:
        code, _ = make_pairing_code(self.store, self.shop_id)
        answer = requests.post(f"{self.running.url}/v1/pair", json={"code": code, "till_name": name}, timeout=TIMEOUT_S)
        assert answer.status_code == 201, answer.text
        given = answer.json()
        return Till(self.running.url, given["till_id"], given["till_letter"], given["till_name"], given["device_token"])

    def try_to_order(self, *items: tuple[str, int], prepaid: bool = False) -> PlacedOrder | OrderRefused:
        with self.store.writing(self.shop_id) as transaction:
            return place_order(
                transaction,
                [Item(product, quantity) for product, quantity in items],
                "Mme Delattre",
                prepaid=prepaid,
                page_token=new_page_token(transaction.surroundings),
            )

    def order(self, *items: tuple[str, int], prepaid: bool = False) -> PlacedOrder:
        placed = self.try_to_order(*items, prepaid=prepaid)
        assert isinstance(placed, PlacedOrder)
        return placed

    def physical(self, product_id: str) -> int:
        with self.store.reading() as connection:
            return physical_levels(connection, self.shop_id, [product_id]).get(product_id, 0)

    def promised(self, product_id: str) -> int:
        with self.store.reading() as connection:
            return promised_quantities(connection, self.shop_id, [product_id]).get(product_id, 0)


def open_shop(running: RunningMarketplace, shop_id: str, name: str) -> AShop:
    profile = ShopProfile(name, shop_id, "Épicerie", ("1 rue Haute", "59300 Valenciennes"), "12345678200010", "FR1")
    create_shop(running.store, shop_id, profile)
    with running.store.writing(shop_id) as transaction:
        add_products(
            transaction,
            [
                a_product(BREAD, "Pain de campagne", 320, category="Boulangerie"),
                a_product(CHEESE, "Maroilles à la coupe", 1790, unit="kg", category="Crèmerie"),
                a_product(WRAPPING, "Emballage cadeau", 250, vat_rate_bp=2000, stock_tracked=False),
                a_product(WINE, "Bordeaux", 1250, vat_rate_bp=2000, age_limit=18, category="Cave"),
                a_product(HIDDEN, "Réservé au comptoir", 500, published=False),
            ],
        )
        opening = [
            MovementPayload(**a_movement(product, quantity, MovementReason.OPENING.value))
            for product, quantity in ((BREAD, 10), (CHEESE, 5000), (WINE, 6), (HIDDEN, 3))
        ]
        record_movements(transaction, opening, till_id="")
    return AShop(running, shop_id, name)


def utc_now() -> datetime:
    return datetime.now(UTC)
