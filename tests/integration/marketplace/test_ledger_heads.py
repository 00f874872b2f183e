"""The marketplace as a witness of the tills' ledgers: it keeps the furthest end of each chain; on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import inspect

from app.marketplace import tables as t
from app.marketplace.store import open_store
from tests.integration.marketplace.world import BREAD, WHEN, AShop, Till, a_movement, utc_now


def a_head(number: int, series: str = "sales", letter: str = "A", **other: Any) -> dict[str, Any]:
    return {
        "till_letter": letter,
        "series": series,
        "number": number,
        "hash": f"{number:064x}",
        "signature": f"{number:0128x}",
        "perpetual_minor": number * 100,
        "perpetual_absolute_minor": number * 120,
        "trading_day": "2026-11-22",
        "happened_at": WHEN,
        **other,
    }


def told(till: Till, *heads: dict[str, Any], facts: tuple[dict[str, Any], ...] = ()) -> list[dict[str, Any]]:
    answer = till.post("/v1/facts", {"facts": list(facts), "heads": list(heads)})
    assert answer.status_code == 200, answer.text
    shown: list[dict[str, Any]] = answer.json()["heads"]
    assert till.get("/v1/status").json()["heads"] == shown
    return shown


def test_r06_the_furthest_end_of_each_chain_is_kept_and_given_back(till: Till) -> None:
    assert till.get("/v1/status").json()["heads"] == []
    assert told(till, a_head(7), a_head(3, "events")) == [a_head(3, "events"), a_head(7)]
    assert told(till, a_head(9)) == [a_head(3, "events"), a_head(9)]


def test_r06_heads_never_go_back_and_the_first_of_a_number_counts(till: Till) -> None:
    told(till, a_head(9))
    assert told(till, a_head(4), a_head(9, hash="f" * 64)) == [a_head(9)]
    assert told(till, a_head(12), a_head(10)) == [a_head(12)]


def forks(till: Till) -> list[dict[str, Any]]:
    changes, _ = till.pages()
    return [change["data"] for change in changes if change["data"].get("kind") == "ledger_forked"]


def test_one_number_with_two_digests_is_told_to_every_till_of_the_shop_once(
    till: Till, second_till: Till, other_shop: AShop
) -> None:
    """Two copies of one till are at work (a cloned disk)."""
    told(till, a_head(5), a_head(2, "events"))
    told(till, a_head(6))
    assert forks(second_till) == []
    told(till, a_head(6, hash="f" * 64))
    told(till, a_head(7))
    told(till, a_head(7, hash="e" * 64))
    for each in (till, second_till):
        (fork,) = forks(each)
        assert (fork["settled_at"], fork["view"]["letter"], fork["view"]["number"]) == (None, "A", 6)
        assert fork["view"]["till"] == till.name
    stranger = other_shop.pair()
    assert forks(stranger) == []
    stranger.session.close()


def test_a_copy_that_lags_behind_is_noticed_too(till: Till) -> None:
    for number in (5, 6, 7, 8):
        told(till, a_head(number))
    told(till, a_head(6, hash="f" * 64))
    assert [fork["view"]["number"] for fork in forks(till)] == [6]


def test_the_same_end_told_again_is_no_fork(till: Till, second_till: Till) -> None:
    for number in (5, 6, 5, 6, 6):
        told(till, a_head(number))
    told(second_till, a_head(6, hash="f" * 64))
    assert forks(till) == []


def test_a_fork_that_was_settled_is_opened_anew_only_by_what_the_other_copy_tells_later(till: Till) -> None:
    for number in (5, 6, 7):
        told(till, a_head(number))
    told(till, a_head(5, hash="f" * 64))
    (fork,) = forks(till)
    payload = {
        "exception_id": fork["exception_id"], "kind": "ledger_forked", "answer": "one_till_stops",
        "operator": "Léa", "note": "",
    }  # fmt: skip
    settled = till.fact("exception_settled", "exception:1", payload, happened_at=utc_now().isoformat())
    assert till.push(settled)[0]["outcome"] == "applied"
    told(till, a_head(6, hash="f" * 64), a_head(7, hash="f" * 64))  # the one that goes on meets what the other had told
    assert len(forks(till)) == 1
    told(till, a_head(8, hash="f" * 64))
    told(till, a_head(8))  # the other one is at work again
    assert len(forks(till)) == 2


def test_facts_bring_heads_with_them(till: Till) -> None:
    fact = till.fact("stock_moved", "stock:x", {"movements": [a_movement(BREAD, 1, "goods_in")], "operator": "Léa"})
    answer = till.post("/v1/facts", {"facts": [fact], "heads": [a_head(1)]}).json()
    assert [result["outcome"] for result in answer["results"]] == ["applied"]
    assert answer["heads"] == [a_head(1)]


def test_each_till_hears_what_it_told_itself(till: Till, second_till: Till, other_shop: AShop) -> None:
    told(till, a_head(5))
    assert told(second_till, a_head(2)) == [a_head(2)]
    stranger = other_shop.pair()
    assert told(stranger, a_head(1)) == [a_head(1)]
    stranger.session.close()
    assert till.get("/v1/status").json()["heads"] == [a_head(5)]


def test_a_head_of_which_little_is_known(till: Till) -> None:
    little = {key: a_head(2)[key] for key in ("till_letter", "series", "number", "hash", "signature")}
    unknown = {"perpetual_minor": 0, "perpetual_absolute_minor": 0, "trading_day": None, "happened_at": None}
    assert told(till, little) == [{**little, **unknown}]


@pytest.mark.parametrize(
    "other",
    [{"number": 0}, {"number": "7"}, {"hash": "xyz"}, {"signature": ""}, {"series": "a b"}, {"till_letter": "a"}],
)
def test_what_is_no_head_is_refused(till: Till, other: dict[str, Any]) -> None:
    assert till.post("/v1/facts", {"facts": [], "heads": [{**a_head(1), **other}]}).status_code == 422
    assert till.post("/v1/facts", {"facts": [], "heads": []}).status_code == 422
    assert till.get("/v1/status").json()["heads"] == []


def test_a_database_of_the_second_version_gets_their_table(database_url: str) -> None:
    store = open_store(database_url)
    with store.administering() as connection:
        t.ledger_head.drop(connection.core)
        connection.execute(t.schema_version.update().values(version=2))
    store.close()
    store = open_store(database_url)
    with store.reading() as connection:
        assert inspect(connection.core).has_table("ledger_head")
    store.close()
