"""The contract of the tills' routes: pairing, the change feed, leases, and what is answered to nonsense."""

from __future__ import annotations

import base64
import contextlib
import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import requests

from app.domain.pickup_code import CodeJudgement, judge_pickup_code, parse_spoken_code
from app.marketplace import lookout
from app.marketplace.api import WRONG_CODES_ALLOWED
from app.marketplace.changes import make_cursor
from app.marketplace.description import published
from app.marketplace.lease_terms import LEASE
from app.marketplace.orders import OrderRefused, PlacedOrder, cancel_order
from app.marketplace.pairing import make_pairing_code, revoke_till, rotate_key
from app.marketplace.schemas import LONGEST_WAIT_S, ChangePage, OrderShown
from app.marketplace.server import RunningMarketplace, start_in_thread
from app.marketplace.surroundings import time_of
from tests.integration.marketplace.rescued import SigningTill
from tests.integration.marketplace.world import (
    BREAD,
    CHEESE,
    HIDDEN,
    TIMEOUT_S,
    WINE,
    AShop,
    Till,
    a_movement,
    a_product,
)

GIFT = "gift-basket"
PROBLEM = "application/problem+json"


def _is_problem(answer: requests.Response, status: int) -> bool:
    body = answer.json()
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == PROBLEM
    assert set(body) >= {"type", "title", "status", "detail"}
    assert body["status"] == status
    assert body["detail"]
    return True


class TestPairing:
    def test_a_code_admits_one_till(self, shop: AShop) -> None:
        code, _ = make_pairing_code(shop.store, shop.shop_id)
        typed = f" {code[:4].lower()}-{code[4:]} "
        url = f"{shop.running.url}/v1/pair"
        given = requests.post(url, json={"code": typed, "till_name": " Caisse A "}, timeout=TIMEOUT_S).json()
        assert (given["till_letter"], given["till_name"]) == ("A", "Caisse A")
        assert given["shop"] == {
            "shop_id": shop.shop_id,
            "name": "Au Bon Comptoir",
            "address_lines": ["1 rue Haute", "59300 Valenciennes"],
            "siret": "12345678200010",
            "vat_number": "FR1",
        }
        keys = {key["key_id"]: base64.b64decode(key["key"]) for key in given["pickup_keys"]}
        placed = shop.order((BREAD, 1))
        assert judge_pickup_code(placed.pickup_code, shop.shop_id, keys)[0] is CodeJudgement.GENUINE
        assert parse_spoken_code(placed.spoken_code) == placed.spoken_code
        assert _is_problem(requests.post(url, json={"code": code, "till_name": ""}, timeout=TIMEOUT_S), 404)

    def test_letters_are_given_once_for_ever(self, shop: AShop) -> None:
        first, second = shop.pair(), shop.pair()
        revoke_till(shop.store, first.till_id)
        third = shop.pair()
        assert [first.letter, second.letter, third.letter] == ["A", "B", "C"]
        assert third.name == "Caisse C"

    def test_an_expired_code_admits_nobody(self, shop: AShop) -> None:
        code, _ = make_pairing_code(shop.store, shop.shop_id, timedelta(seconds=-1))
        answer = requests.post(f"{shop.running.url}/v1/pair", json={"code": code}, timeout=TIMEOUT_S)
        assert _is_problem(answer, 404)

    def test_two_tills_racing_for_one_code(self, shop: AShop) -> None:
        code, _ = make_pairing_code(shop.store, shop.shop_id)

        def ask(_: int) -> int:
            url = f"{shop.running.url}/v1/pair"
            return requests.post(url, json={"code": code}, timeout=TIMEOUT_S).status_code

        with ThreadPoolExecutor(4) as pool:
            assert sorted(pool.map(ask, range(4))) == [201, 404, 404, 404]

    def test_nobody_can_try_all_codes(self, shop: AShop) -> None:
        url = f"{shop.running.url}/v1/pair"
        tries = [requests.post(url, json={"code": "BBBBBBBB"}, timeout=TIMEOUT_S) for _ in range(12)]
        assert [t.status_code for t in tries] == [404] * WRONG_CODES_ALLOWED + [429] * 2
        assert tries[-1].headers["retry-after"] == "60"

    def test_tokens_are_not_in_the_database(self, shop: AShop, till: Till) -> None:
        from sqlalchemy import select

        from app.marketplace import tables as t

        with shop.store.reading() as connection:
            everything = "".join(
                str(row) for table in t.metadata.sorted_tables for row in connection.execute(select(table))
            )
        assert till.till_id in everything
        assert till.token not in everything

    def test_a_revoked_till_is_shut_out(self, shop: AShop, till: Till, second_till: Till) -> None:
        assert revoke_till(shop.store, till.till_id)
        assert _is_problem(till.get("/v1/status"), 403)
        assert second_till.get("/v1/status").status_code == 200
        assert not revoke_till(shop.store, "nobody")


class TestChanges:
    def test_everything_once_oldest_first(self, shop: AShop, till: Till) -> None:
        order_id = shop.order((BREAD, 1), (CHEESE, 250), prepaid=True).order_id
        changes, cursor = till.pages(limit=3)
        assert [c["seq"] for c in changes] == sorted({c["seq"] for c in changes})
        kinds = [c["kind"] for c in changes]
        assert (kinds.count("product"), kinds.count("stock_movement"), kinds.count("pickup_key")) == (5, 4, 1)
        assert (kinds[-1], changes[-1]["id"]) == ("order", order_id)
        order = changes[-1]["data"]
        OrderShown.model_validate(order)
        assert (order["total_minor"], order["paid_minor"]) == (320 + 448, 768)
        assert order["lease"]["till_id"] == till.till_id
        assert time_of(order["lease"]["until"]) - time_of(order["placed_at"]) == LEASE
        assert [line["quantity"] for line in order["lines"]] == [1, 250]
        assert till.pages(cursor)[0] == []

    def test_an_entity_changed_again_moves_to_the_end(self, shop: AShop, till: Till) -> None:
        first, second = shop.order((BREAD, 1)).order_id, shop.order((BREAD, 1)).order_id
        _, cursor = till.pages()
        for _ in range(3):
            till.tell("order_ready", f"order:{first}", {"order_id": first, "lines": []})
        assert [c["id"] for c in till.pages(cursor)[0]] == [first]
        ids = [c["id"] for c in till.pages()[0]]
        assert (ids.index(second) < ids.index(first), ids.count(first)) == (True, 1)

    def test_versions_grow(self, shop: AShop, till: Till) -> None:
        order_id = shop.order((BREAD, 1)).order_id
        before = till.order(order_id)["version"]
        till.tell("order_ready", "order:1", {"order_id": order_id, "lines": []})
        assert till.order(order_id)["version"] > before

    @pytest.mark.parametrize("cursor", ["x", "!!", "MS4t", base64.urlsafe_b64encode(b"2.1").decode(), "1.5", "é"])
    def test_a_foreign_cursor_is_named(self, till: Till, cursor: str) -> None:
        assert _is_problem(till.get("/v1/changes", cursor=cursor), 400)

    def test_a_cursor_ahead_of_the_feed_says_to_start_again(self, till: Till) -> None:
        assert _is_problem(till.get("/v1/changes", cursor=make_cursor(10**6)), 410)

    def test_a_long_poll_wakes_for_a_new_order(self, shop: AShop, till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(lookout, "LOOK_AGAIN_S", 2 * LONGEST_WAIT_S)  # the bell alone must wake it
        _, cursor = till.pages()
        asked = threading.Event()
        placed: list[PlacedOrder] = []

        def place() -> None:
            asked.wait(TIMEOUT_S)
            placed.append(shop.order((BREAD, 1)))

        buyer = threading.Thread(target=place)
        buyer.start()
        asked.set()
        # a poll that nobody wakes would outlast this request
        page = till.session.get(
            f"{till.url}/v1/changes",
            params={"cursor": cursor, "wait_s": str(LONGEST_WAIT_S)},
            timeout=LONGEST_WAIT_S - 5,
        ).json()
        buyer.join()
        ChangePage.model_validate(page)
        assert [c["id"] for c in page["changes"]] == [placed[0].order_id]

    def test_another_process_writing_wakes_it_too(self, database_url: str, shop: AShop, till: Till) -> None:
        _, cursor = till.pages()
        with start_in_thread(database_url) as second:  # another server on the same database: no bell rings here
            neighbour = AShop(second, shop.shop_id, shop.name)
            buyer = threading.Timer(0.05, lambda: neighbour.order((BREAD, 1)))
            buyer.start()
            page = till.get("/v1/changes", cursor=cursor, wait_s=20).json()
            buyer.join()
        assert len(page["changes"]) == 1

    def test_an_idle_long_poll_ends_empty(self, till: Till) -> None:
        _, cursor = till.pages()
        answer = till.get("/v1/changes", cursor=cursor, wait_s=0.05)
        page = answer.json()
        assert (page["changes"], page["cursor"], page["more"]) == ([], cursor, False)

    def test_stopping_ends_long_polls(self, database_url: str) -> None:
        from tests.integration.marketplace.world import open_shop

        running = start_in_thread(database_url)
        till = open_shop(running, "shop-a", "A").pair()
        _, cursor = till.pages()
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(till.get, "/v1/changes", cursor=cursor, wait_s=25)
            till.get("/v1/status")
            running.stop()
            with contextlib.suppress(requests.ConnectionError):  # if the poll had not reached the server yet
                assert waiting.result(TIMEOUT_S).json()["changes"] == []
        till.session.close()

    def test_nothing_falls_between_pages_while_others_write(self, shop: AShop, till: Till, second_till: Till) -> None:
        writers = [shop.pair() for _ in range(4)]
        done = threading.Event()
        seen: list[dict[str, Any]] = []

        def write(writer: Till) -> list[str]:
            told = []
            for _ in range(15):
                movement = a_movement(BREAD, 1, "goods_in")
                assert writer.tell("stock_moved", "stock:bread", {"movements": [movement]})["outcome"] == "applied"
                told.append(movement["movement_id"])
            writer.session.close()
            return told

        def read() -> None:
            cursor = ""
            while True:
                last_round = done.is_set()
                changes, cursor = till.pages(cursor, limit=7)
                seen.extend(changes)
                if last_round and not changes:
                    return

        with ThreadPoolExecutor(5) as pool:
            reader = pool.submit(read)
            told = {movement_id for ids in pool.map(write, writers) for movement_id in ids}
            done.set()
            reader.result(TIMEOUT_S)
        ids = [c["id"] for c in seen if c["kind"] == "stock_movement"]
        assert told <= set(ids)
        assert len(ids) == len(set(ids))
        seqs = [c["seq"] for c in seen]
        assert seqs == sorted(set(seqs))
        assert shop.physical(BREAD) == 10 + 60

    def test_a_rotated_key_reaches_the_tills(self, shop: AShop, till: Till) -> None:
        _, cursor = till.pages()
        old = shop.order((BREAD, 1)).pickup_code
        first = old.removeprefix("P1")[0]
        with shop.store.writing(shop.shop_id) as transaction:
            second, withdrawn = rotate_key(transaction)
            assert withdrawn == []
        with shop.store.writing(shop.shop_id) as transaction:
            third, withdrawn = rotate_key(transaction)
            assert withdrawn == [first]
        assert len({first, second, third}) == 3
        told = {c["id"]: c["data"]["key"] for c in till.pages(cursor)[0] if c["kind"] == "pickup_key"}
        assert told[first] is None
        keys = {key_id: base64.b64decode(key) for key_id, key in told.items() if key}
        assert judge_pickup_code(shop.order((BREAD, 1)).pickup_code, shop.shop_id, keys)[0] is CodeJudgement.GENUINE
        assert judge_pickup_code(old, shop.shop_id, keys)[0] is CodeJudgement.WRONG_SHOP

    def test_shops_begin_at_different_key_ids(self, shop: AShop, other_shop: AShop) -> None:
        """So that a till says "code of another shop", which it cannot if that one's key has the id of its own."""
        assert shop.order((BREAD, 1)).pickup_code[2] != other_shop.order((BREAD, 1)).pickup_code[2]


class TestIsolation:
    """Another shop's token reaches nothing: every route that takes a till's token is here, or this test fails."""

    def test_every_route(self, shop: AShop, till: Till, other_shop: AShop, running: RunningMarketplace) -> None:
        order_id = shop.order((BREAD, 2)).order_id
        movement = a_movement(BREAD, -1)
        till.tell("stock_moved", "stock:1", {"movements": [movement]})
        till.tell("product_changed", f"product:{GIFT}", a_product(GIFT, "Panier", 4500).model_dump())
        cancelled = shop.order((WINE, 1)).order_id
        with shop.store.writing(shop.shop_id) as transaction:
            cancel_order(transaction, cancelled)
        answer = till.tell("order_ready", "order:2", {"order_id": cancelled, "lines": []})
        assert answer["outcome"] == "conflict"
        stranger = other_shop.pair("Étrangère")
        _, cursor = stranger.pages()
        before = (shop.physical(BREAD), shop.promised(BREAD), till.order(order_id))

        def push_everything() -> None:
            facts = [
                stranger.fact("order_prepared", "order:1", {"order_id": order_id, "lines": []}),
                stranger.fact("order_ready", "order:1", {"order_id": order_id, "lines": []}),
                stranger.fact("order_handed_over", "order:1", stranger.handover(order_id, (1, BREAD, 2))),
                stranger.fact("handover_undone", "order:1", stranger.undo(stranger.handover(order_id, (1, BREAD, 2)))),
            ]
            answers = stranger.push(*facts)
            # as of an order that was forgotten: its own goods left, the other shop's order is not touched
            assert [a["outcome"] for a in answers] == ["applied", "applied", "conflict", "applied"]
            assert all(a["view"] is None for a in answers)
            own = stranger.push(
                stranger.fact("stock_moved", "stock:1", {"movements": [a_movement(BREAD, -5)]}),
                stranger.fact("sale_recorded", "s", {
                    "sale_id": "s", "number": "A-1", "kind": "sale", "total_minor": 1, "order_id": order_id,
                    "movements": [],
                }),
            )  # fmt: skip
            assert [a["outcome"] for a in own] == ["applied"] * 2
            assert other_shop.physical(BREAD) == 5

        def see_no_change() -> None:
            ours = {c["id"] for c in stranger.pages()[0]}
            assert order_id not in ours
            assert not any(c["kind"] == "order" for c in stranger.pages()[0])
            assert stranger.pages(cursor)[0] == []

        def claim_nothing() -> None:
            (lease,) = stranger.post("/v1/leases", {"order_ids": [order_id]}).json()["leases"]
            assert lease == {"order_id": order_id, "granted": False, "till_id": "", "until": None}

        def release_nothing() -> None:
            body = {"leases": [{"order_id": order_id, "number": 1}]}
            (lease,) = stranger.post("/v1/leases/release", body).json()["leases"]
            assert lease == {"order_id": order_id, "granted": False, "till_id": "", "until": None}

        def status_is_its_own() -> None:
            status = stranger.get("/v1/status").json()
            assert (status["shop_id"], status["orders_open"]) == (other_shop.shop_id, 0)

        def renew_its_own() -> None:
            renewed = stranger.post("/v1/token", {}).json()["device_token"]
            assert renewed not in (till.token, stranger.token)

        def admit_nobody() -> None:
            body = {"code": stranger.token[:8], "till_name": ""}
            assert stranger.post("/v1/pair", body).status_code == 404

        def compare_nothing_of_ours() -> None:
            answers = [
                stranger.get("/v1/reconciliation", through_seq=1000),
                stranger.get("/v1/reconciliation/facts", from_seq=1, to_seq=1000),
                stranger.post("/v1/reconciliation/known", {"fact_ids": [answer["fact_id"]]}),
                stranger.get("/v1/reconciliation/stock"),
                stranger.get("/v1/reconciliation/movements", product_id=BREAD),
                stranger.post("/v1/reconciliation/recount", {"product_ids": [BREAD]}),
                stranger.get("/v1/reconciliation/orders"),
            ]
            assert [one.status_code for one in answers] == [200] * 7
            for ours in (order_id, movement["movement_id"], answer["fact_id"]):
                assert not any(ours in one.text for one in answers)

        def pass_nothing_on() -> None:
            lost = SigningTill(till, shop.shop_id)
            part = lost.part(till.fact("stock_moved", "s", {"movements": [a_movement(BREAD, -1, "loss")]}))
            _is_problem(stranger.post("/v1/relay", part), 422)
            other = lost.part(*part["facts"], shop_id=other_shop.shop_id)
            _is_problem(stranger.post("/v1/relay", other), 422)

        def tell_its_own_key() -> None:
            assert SigningTill(stranger, other_shop.shop_id).tells_its_key() == 204
            assert SigningTill(till, shop.shop_id).tells_its_key() == 204

        probes = {
            ("GET", "/v1/reconciliation"): compare_nothing_of_ours,
            ("GET", "/v1/reconciliation/facts"): compare_nothing_of_ours,
            ("POST", "/v1/reconciliation/known"): compare_nothing_of_ours,
            ("GET", "/v1/reconciliation/stock"): compare_nothing_of_ours,
            ("GET", "/v1/reconciliation/movements"): compare_nothing_of_ours,
            ("POST", "/v1/reconciliation/recount"): compare_nothing_of_ours,
            ("GET", "/v1/reconciliation/orders"): compare_nothing_of_ours,
            ("POST", "/v1/relay"): pass_nothing_on,
            ("PUT", "/v1/ledger-key"): tell_its_own_key,
            ("GET", "/v1/changes"): see_no_change,
            ("GET", "/v1/orders/{order_id}"): lambda: _is_problem(stranger.get(f"/v1/orders/{order_id}"), 404),
            ("GET", "/v1/products/{product_id}"): lambda: _is_problem(stranger.get(f"/v1/products/{GIFT}"), 404),
            ("GET", "/v1/stock-movements/{movement_id}"): lambda: _is_problem(
                stranger.get(f"/v1/stock-movements/{movement['movement_id']}"), 404
            ),
            ("GET", "/v1/disagreements/{exception_id}"): lambda: _is_problem(
                stranger.get(f"/v1/disagreements/{answer['fact_id']}"), 404
            ),
            ("GET", "/v1/status"): status_is_its_own,
            ("POST", "/v1/facts"): push_everything,
            ("POST", "/v1/leases"): claim_nothing,
            ("POST", "/v1/leases/release"): release_nothing,
            ("POST", "/v1/pair"): admit_nobody,
            ("POST", "/v1/token"): renew_its_own,
        }
        assert set(probes) == _routes("/v1")
        for probe in probes.values():
            probe()
        assert (shop.physical(BREAD), shop.promised(BREAD), till.order(order_id)) == before
        stranger.session.close()

    def test_no_route_works_without_a_token_but_pairing(self, running: RunningMarketplace, till: Till) -> None:
        for method, path in sorted(_routes("/v1") - {("POST", "/v1/pair")}):
            url = running.url + re.sub(r"\{.*?\}", "x", path)
            for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": f"Basic {till.token}"}):
                answer = requests.request(method, url, json={}, headers=headers, timeout=TIMEOUT_S)
                assert _is_problem(answer, 401), (method, path)

    def test_the_administration_wants_its_own_token(self, running: RunningMarketplace, till: Till) -> None:
        routes = _routes("/admin")
        assert len(routes) == 8
        for method, path in sorted(routes):
            url = running.url + path.replace("{", "").replace("}", "")
            for headers in ({}, {"Authorization": f"Bearer {till.token}"}):
                assert _is_problem(requests.request(method, url, json={}, headers=headers, timeout=TIMEOUT_S), 401)

    def test_without_the_switch_there_is_no_administration(self, database_url: str) -> None:
        with start_in_thread(database_url, faults=False) as plain:
            assert plain.admin_token is None
            assert _is_problem(requests.put(f"{plain.url}/admin/faults", json={}, timeout=TIMEOUT_S), 404)


def _routes(prefix: str) -> set[tuple[str, str]]:
    described = json.loads(published())["paths"]
    return {(method.upper(), path) for path in described if path.startswith(prefix) for method in described[path]}


class TestNonsense:
    """Whatever is sent, the answer is a sentence with a 4xx."""

    def test_bodies(self, till: Till) -> None:
        odd: list[Any] = [
            b"",
            b"{",
            b"[]",
            b"null",
            b"\xff\xfe",
            b'{"facts": []}',
            b'{"facts": 1}',
            b'{"facts": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
            b'{"facts": [{"fact_id": "a", "till_seq": ' + b"9" * 5000 + b"}]}",
            json.dumps({"facts": [{}] * 101}).encode(),
        ]
        for body in odd:
            headers = {"Content-Type": "application/json"}
            url = f"{till.url}/v1/facts"
            answer = till.session.post(url, data=body, headers=headers, timeout=TIMEOUT_S)
            assert answer.status_code in (400, 422)
            assert _is_problem(answer, answer.status_code)

    def test_envelopes(self, till: Till) -> None:
        odd: list[Any] = [
            {"fact_id": "a\x00b"},
            {"fact_id": "x" * 65},
            {"fact_id": "\ud800"},
            {"till_seq": "1"},
            {"till_seq": 1.0},
            {"till_seq": True},
            {"till_seq": 0},
            {"till_seq": 10**40},
            {"kind": None},
            {"subject": "\x00"},
            {"happened_at": "yesterday"},
            {"happened_at": "2026-11-22T14:30:00"},
            {"happened_at": "9999-12-31T23:59:59-14:00"},
            {"happened_at": 5},
            {"payload": []},
            {"payload": {"x": 1.5}},
            {"payload": {"x": 10**30}},
            {"payload": {"a": {"a": {"a": {"a": {"a": {"a": {"a": {"a": {"a": 1}}}}}}}}}},
        ]
        for wrong in odd:
            fact = {**till.fact("stock_moved", "stock:1", {"movements": []}), **wrong}
            assert _is_problem(till.post("/v1/facts", {"facts": [fact]}), 422)

    @pytest.mark.parametrize("payload", [{}, {"movements": None}, {"movements": [None]}, {"\ud800": "\ud800"}])
    def test_payloads(self, till: Till, payload: dict[str, Any]) -> None:
        answer = till.post("/v1/facts", {"facts": [till.fact("stock_moved", "stock:1", payload)]})
        assert answer.status_code == 422 or answer.json()["results"][0]["outcome"] == "refused"

    def test_a_hundred_megabytes(self, till: Till) -> None:
        def chunks() -> Any:
            for _ in range(100):
                yield b"x" * 1_000_000

        for body in (b"x" * 10_000_000, chunks()):
            answer = till.session.post(f"{till.url}/v1/facts", data=body, timeout=TIMEOUT_S)
            assert _is_problem(answer, 413)

    @pytest.mark.parametrize(
        "query", ["limit=0", "limit=501", "limit=" + "9" * 5000, "limit=x", "wait_s=nan", "wait_s=-1", "wait_s=26"]
    )
    def test_queries(self, till: Till, query: str) -> None:
        assert _is_problem(till.get(f"/v1/changes?{query}"), 422)

    @pytest.mark.parametrize("path", ["/v1/orders/%00", "/v1/orders/" + "x" * 65, "/v1/orders/..%2f"])
    def test_paths(self, till: Till, path: str) -> None:
        assert till.get(path).status_code in (404, 422)

    def test_unknown_address_and_method(self, till: Till) -> None:
        assert _is_problem(till.get("/v1/nothing"), 404)
        assert _is_problem(till.post("/v1/status", {}), 405)

    def test_errors_never_repeat_what_was_sent(self, till: Till) -> None:
        answer = till.post("/v1/facts", {"facts": [{"fact_id": {"secret": "Mme Delattre"}}]})
        assert "Delattre" not in answer.text

    def test_english_is_spoken(self, running: RunningMarketplace) -> None:
        answer = requests.get(f"{running.url}/v1/status", headers={"Accept-Language": "en"}, timeout=TIMEOUT_S)
        assert "Pair it again" in answer.json()["detail"]


class TestPromises:
    def test_no_more_is_sold_than_is_there(self, shop: AShop) -> None:
        refused = shop.try_to_order((BREAD, 11))
        assert refused == OrderRefused("not_enough", BREAD, "Pain de campagne", 10)
        shop.order((BREAD, 4), (BREAD, 5))
        assert shop.try_to_order((BREAD, 2)) == OrderRefused("not_enough", BREAD, "Pain de campagne", 1)
        assert shop.try_to_order((HIDDEN, 1)) == OrderRefused("not_on_sale", HIDDEN)
        assert shop.try_to_order(("nothing", 1)) == OrderRefused("not_on_sale", "nothing")
        assert shop.try_to_order() == OrderRefused("nothing_ordered")

    def test_buyers_racing_for_the_last_bottles(self, shop: AShop) -> None:
        def buy(_: int) -> bool:
            return isinstance(shop.try_to_order((WINE, 2)), PlacedOrder)

        with ThreadPoolExecutor(8) as pool:
            bought = list(pool.map(buy, range(8)))
        assert bought.count(True) == 3
        assert shop.promised(WINE) == 6

    def test_what_was_sold_at_the_counter_is_no_longer_on_line(self, shop: AShop, till: Till) -> None:
        till.tell("stock_moved", "stock:1", {"movements": [a_movement(BREAD, -8, "sale")]})
        assert shop.try_to_order((BREAD, 3)) == OrderRefused("not_enough", BREAD, "Pain de campagne", 2)

    def test_codes_differ(self, shop: AShop) -> None:
        placed = [shop.order((CHEESE, 100)) for _ in range(20)]
        for codes in ([p.spoken_code for p in placed], [p.pickup_code for p in placed], [p.number for p in placed]):
            assert len(set(codes)) == 20
