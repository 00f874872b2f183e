"""The comparing half of `fake_marketplace`: its answers follow from the facts it took and the movements in its feed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from app.domain.reconciliation import digest_of_movements, figures_of

Record = dict[str, Any]


class Asked(Protocol):
    query: Mapping[str, str]
    body: bytes


def ranges(facts: Iterable[Record], heads: Sequence[Record], asked: Asked) -> Record:
    """As `GET /v1/reconciliation`, in one page, everything with its digest."""
    after, through = int(asked.query["after_seq"]), int(asked.query["through_seq"])
    known = [(f["till_seq"], f["fact_id"], f["kind"], _cents(f)) for f in facts]
    shown = [
        {
            "first_seq": figures.first_seq,
            "count": figures.count,
            "sha256": figures.sha256,
            "kinds": {kind: {"count": each.count, "sum_minor": each.sum_minor} for kind, each in figures.kinds.items()},
        }
        for figures in figures_of(fact for fact in known if after < fact[0] <= through)
    ]
    last = max((fact[0] for fact in known), default=0)
    return {"last_seq": last, "ranges": shown, "next_after_seq": None, "heads": list(heads)}


def listed(facts: Iterable[Record], asked: Asked) -> Record:
    first, last = int(asked.query["from_seq"]), int(asked.query["to_seq"])
    shown = [
        {
            "till_seq": fact["till_seq"],
            "fact_id": fact["fact_id"],
            "kind": fact["kind"],
            "happened_at": fact["happened_at"],
            "title": fact["payload"].get("number", ""),
            "amount_minor": _cents(fact),
        }
        for fact in sorted(facts, key=lambda fact: int(fact["till_seq"]))
        if first <= fact["till_seq"] <= last
    ]
    return {"facts": shown, "more": False}


def movements_of(facts: Iterable[Record], changes: Iterable[Record]) -> list[Record]:
    """Each movement once, whether a fact told it or the feed brings it."""
    told = [
        {"till_id": "till-a", "operator": "", **movement}
        for fact in facts
        for movement in fact["payload"].get("movements", ())
    ]
    fed = [change["data"] for change in changes if change["kind"] == "stock_movement"]
    return list({movement["movement_id"]: movement for movement in (*told, *fed)}.values())


def stock(movements: Iterable[Record]) -> Record:
    by_product: dict[str, list[tuple[str, int]]] = {}
    for movement in movements:
        by_product.setdefault(movement["product_id"], []).append((movement["movement_id"], movement["quantity"]))
    shown = [
        {
            "product_id": product_id,
            "physical": sum(quantity for _, quantity in moved),
            "moved": sum(quantity for _, quantity in moved),
            "movements": len(moved),
            "sha256": digest_of_movements(moved),
        }
        for product_id, moved in sorted(by_product.items())
    ]
    return {"products": shown, "next_after": None}


def movements(known: Iterable[Record], asked: Asked) -> Record:
    wanted = asked.query["product_id"]
    return {"movements": [each for each in known if each["product_id"] == wanted], "next_after": None}


def open_orders(changes: Iterable[Record]) -> Record:
    shown = [
        {name: change["data"][name] for name in ("order_id", "number", "version", "handover")}
        for change in changes
        if change["kind"] == "order"
        and change["data"].get("handover") != "handed_over"
        and not change["data"].get("cancelled_at")
    ]
    return {"orders": shown, "next_after": None}


def _cents(fact: Record) -> int | None:
    return fact["payload"].get("total_minor") if fact["kind"] == "sale_recorded" else None
