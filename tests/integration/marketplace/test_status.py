"""What the marketplace says of a till: how far its facts went; on both databases."""

from __future__ import annotations

from tests.integration.marketplace.world import BREAD, AShop, Till, a_movement


def told(till: Till) -> tuple[int, str]:
    status = till.get("/v1/status").json()
    return status["last_seq"], status["last_fact_id"]


def test_the_highest_number_counts_not_the_latest(till: Till, second_till: Till) -> None:
    assert told(till) == (0, "")
    facts = [
        till.fact("stock_moved", "stock:x", {"movements": [a_movement(BREAD, 1, "goods_in")], "operator": "Léa"})
        for _ in range(3)
    ]
    till.push(facts[2])
    till.push(facts[0], facts[1])
    assert told(till) == (3, facts[2]["fact_id"])
    assert told(second_till) == (0, "")


def test_a_refused_fact_leaves_no_number(till: Till, shop: AShop) -> None:
    refused = till.fact("order_prepared", "order:none", {"order_id": "none", "bags": 1, "operator": "Léa"})
    assert till.push(refused)[0]["outcome"] == "refused"
    assert told(till) == (0, "")
