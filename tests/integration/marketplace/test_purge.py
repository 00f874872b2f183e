"""Customers' names leave the marketplace too, some time after their orders' windows (I10)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from app.marketplace import tables as t
from app.marketplace.purge import ORDERS_AT_ONCE, purge_customers
from app.marketplace.surroundings import time_text
from tests.integration.marketplace.world import BREAD, AShop, Till


def names_of(shop: AShop) -> dict[str, tuple[str, str]]:
    with shop.store.reading() as connection:
        rows = connection.execute(select(t.shop_order.c.order_id, t.shop_order.c.customer_name, t.shop_order.c.note))
        return {row.order_id: (row.customer_name, row.note) for row in rows}


def set_columns(shop: AShop, order_id: str, **values: str | None) -> None:
    with shop.store.administering() as connection:
        connection.execute(t.shop_order.update().where(t.shop_order.c.order_id == order_id).values(**values))


def test_names_go_with_their_window_and_orders_stay(shop: AShop, till: Till) -> None:
    now = shop.store.surroundings.now()
    long_ago, lately = time_text(now - timedelta(days=31)), time_text(now - timedelta(days=29))
    cases: dict[str, dict[str, str | None]] = {
        "kept until long ago": {"keep_until": long_ago},
        "kept until lately": {"keep_until": lately},
        "handed over long ago": {"keep_until": None, "handed_over_at": long_ago},
        "cancelled lately": {"keep_until": None, "cancelled_at": lately},
        "open for ever": {"keep_until": None},
    }
    placed = {}
    for name, columns in cases.items():
        placed[name] = shop.order((BREAD, 1)).order_id
        set_columns(shop, placed[name], note="sonner deux fois", **columns)
    assert purge_customers(shop.store) == 2
    assert purge_customers(shop.store) == 0
    names = names_of(shop)
    assert {name for name in cases if names[placed[name]] == ("", "")} == {
        "kept until long ago",
        "handed over long ago",
    }
    assert till.order(placed["kept until long ago"])["lines"][0]["product_id"] == BREAD


def test_notes_of_disagreements_go_a_while_after_they_were_settled(shop: AShop, till: Till) -> None:
    now = shop.store.surroundings.now()

    def settled(exception_id: str, days_ago: int) -> None:
        answer = {"exception_id": exception_id, "kind": "conflict", "answer": "look_at_it"}
        payload = {**answer, "operator": "Léa", "note": "Zébuline Trucquemard rappelle"}
        moment = time_text(now - timedelta(days=days_ago))
        fact = till.fact("exception_settled", f"exception:{exception_id}", payload, happened_at=moment)
        assert till.push(fact)[0]["outcome"] == "applied"

    settled("old", 31)
    settled("new", 29)
    purge_customers(shop.store)
    told = {change["id"]: change["data"] for change in till.pages()[0] if change["kind"] == "disagreement"}
    assert (told["old"]["note"], told["old"]["answer"], told["old"]["settled_by"]) == ("", "look_at_it", "Léa")
    assert told["new"]["note"] == "Zébuline Trucquemard rappelle"


def test_more_orders_than_go_at_once(shop: AShop) -> None:
    order_id = shop.order((BREAD, 1)).order_id
    with shop.store.administering() as connection:
        row = dict(connection.execute(select(t.shop_order).where(t.shop_order.c.order_id == order_id)).mappings().one())
        old = time_text(shop.store.surroundings.now() - timedelta(days=40))
        copies = [
            {
                **row, "order_id": f"o{n}", "page_hash": f"p{n}", "reference": f"r{n}", "number": f"n{n}",
                "spoken_code": f"s{n}", "keep_until": old, "customer_name": "Zébuline Trucquemard",
            }
            for n in range(ORDERS_AT_ONCE + 3)
        ]  # fmt: skip
        connection.execute(t.shop_order.insert(), copies)
    assert purge_customers(shop.store) == ORDERS_AT_ONCE + 3
    with shop.store.reading() as connection:
        left = select(func.count()).where(t.shop_order.c.customer_name == "Zébuline Trucquemard")
        assert connection.execute(left.select_from(t.shop_order)).scalar_one() == 0


def test_a_fact_whose_words_were_taken_away_is_still_the_same(shop: AShop, till: Till) -> None:
    order = shop.order((BREAD, 1))
    payload = {**till.handover(order.order_id, (1, BREAD, 1)), "override_reason": "la voisine de Mme Quénu"}
    fact = till.fact("order_handed_over", f"order:{order.order_id}", payload)
    assert till.push(fact)[0]["outcome"] == "applied"
    blank = {**fact, "payload": {**payload, "override_reason": ""}}
    assert till.push(blank)[0]["outcome"] == "duplicate"
    other_words = {**fact, "payload": {**payload, "override_reason": "le voisin"}}
    assert till.push(other_words)[0]["outcome"] == "refused"
    other_amount = {**fact, "payload": {**payload, "override_reason": "", "collected_minor": 5}}
    assert till.push(other_amount)[0]["outcome"] == "refused"
