"""The marketplace failing in every way, by the real `sync` over a socket: a sentence, nothing lost, nothing twice."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from app.paths import database_path
from tests.fakes.fake_marketplace import A_PAIRING_CODE, FakeMarketplace, Fault, html, problem
from tests.fakes.wire_samples import wire_order, wire_product
from tests.integration.faults.conftest import FAR, Commands, contents

WAYS = {
    "401": (problem(401), "revoked"),
    "403": (problem(403), "revoked"),
    "404": (problem(404), "gone"),
    "408": (problem(408), "timeout"),
    "429": (problem(429, Retry_After="1"), "rate_limited"),
    "500": (problem(500), "server_error"),
    "502 of a proxy": (html(502), "server_error"),
    "503": (problem(503), "server_error"),
    "log-in page": (html(200), "not_understood"),
    "log-in page with 403": (html(403), "not_understood"),
    "cut in the middle": (Fault(cut_after=30), "not_understood"),
    "answer lost": (Fault(lose_answer=True), "no_network"),
    "half an object": (Fault(status=200, body=b'{"changes":[{"seq":'), "not_understood"),
}


@pytest.fixture
def busy(paired: FakeMarketplace, ask: Commands, tmp_path: Path) -> FakeMarketplace:
    """Something waits on both sides: a delivery and a handover here, an order there."""
    file = tmp_path / "articles.csv"
    file.write_text("nom;prix;tva;code\nMiel;4,50;5,5;T1\n", encoding="utf-8")
    ask.done("import", str(file))
    ask.done("stock", "T1", "--receive", "3")
    ask.done("ready", "1042")
    ask.done("handover", "1042")
    paired.change("order", "order-2", wire_order("order-2", number="1043", reference="K7F3K9Y", spoken_code=""))
    return paired


@pytest.mark.parametrize("path", ["/v1/facts", "/v1/changes"])
@pytest.mark.parametrize("way", WAYS)
def test_a_sentence_and_the_next_round_brings_everything_once(
    busy: FakeMarketplace, ask: Commands, way: str, path: str
) -> None:
    fault, reason = WAYS[way]
    fault = replace(fault, path=path)
    if path == "/v1/changes":
        ask.done("sync")  # nothing to send is left, so that the fault hits the way down
        busy.change("order", "order-3", wire_order("order-3", number="1044", reference="K7F3K92", spoken_code=""))
    assert ask.refused("sync", before_each=lambda: busy.fail_next(fault)) == reason
    assert ask.done("sync")["waiting"] == 0
    _assert_told_once(busy)
    assert ask.done("orders", "--find", "1044" if path == "/v1/changes" else "1043")["orders"]


@pytest.mark.parametrize("status", [400, 409, 422])
def test_a_batch_refused_as_a_whole_is_kept_and_named(busy: FakeMarketplace, ask: Commands, status: int) -> None:
    facts_before = contents(database_path())["fact"]
    busy.refuses_batch = lambda facts: status if any(f["kind"] == "stock_moved" for f in facts) else None
    answer = ask("sync")
    assert (answer["refused"], answer["waiting"]) == (1, 0), answer
    assert {fact["kind"] for fact in busy.facts.values()} == {"order_ready", "order_handed_over"}
    assert contents(database_path())["fact"] == facts_before
    assert ask("doctor")["reason"] == "things_to_see_to"


def test_nobody_listens(ask: Commands) -> None:
    with FakeMarketplace() as fake:
        fake.change("product", "p-1", wire_product("p-1", codes=["T1"]))
        ask.done("pair", A_PAIRING_CODE, "--url", fake.url)
        ask.done("sync")
    ask.done("stock", "T1", "--receive", "3")
    assert ask.refused("sync") == "no_network"
    assert ask.done("stock", "T1", "--receive", "1")["articles"][0]["physical"] == 4
    assert ask.refused("pair", A_PAIRING_CODE, "--url", fake.url) == "no_network"


def test_pages_repeated_and_turned_round_and_unknown_kinds_and_fields(busy: FakeMarketplace, ask: Commands) -> None:
    for number in range(4):
        busy.change("product", f"p-{number}", wire_product(f"p-{number}", colour="blue"))
        busy.change("appointment", f"a-{number}", {"when": "tomorrow"})
    busy.change("product", "p-broken", wire_product("p-broken", price_minor=-1))
    busy.change("order", "order-4", wire_order("order-4", number="1045", placed_at="9999-12-31T23:59:59Z"))

    def turned_round(page: dict[str, list[object]]) -> dict[str, list[object]]:
        return {**page, "changes": [*reversed(page["changes"]), *page["changes"]]}

    busy.fail_next(Fault("/v1/changes", change_page=turned_round))
    ask.done("sync")
    found = contents(database_path())
    assert {row[1] for row in found["product"]} >= {f"p-{number}" for number in range(4)}
    assert {row[1] for row in found["quarantine"]} == {"p-broken", "order-4"}
    before = found
    with sqlite3.connect(database_path()) as books:
        books.execute("UPDATE pulled_state SET value = '' WHERE name = 'cursor'")
    books.close()
    ask.done("sync")
    after = contents(database_path())
    assert {name for name in after if after[name] != before[name]} <= {"quarantine"}, "the whole feed again is no news"


def test_an_expired_order_goes_only_with_a_reason(paired: FakeMarketplace, ask: Commands) -> None:
    lease = {"till_id": "till-a", "until": FAR}
    paired.change("order", "order-1", wire_order(keep_until="2020-01-01T00:00:00Z", version=9, lease=lease))
    ask.done("sync")
    ask.done("ready", "1042")
    assert ask.refused("handover", "1042") == "expired"
    assert ask.done("handover", "1042", "--override", "le client avait prévenu")["verdict"] == "expired"


def _assert_told_once(marketplace: FakeMarketplace) -> None:
    told = contents(database_path())["fact"]
    assert set(marketplace.applied.values()) == {1}
    assert len(marketplace.facts) == len(told)
