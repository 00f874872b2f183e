"""What two tills, or a till and a customer, ask at the very same moment: as if one had come after the other, whichever
was first. With the server's own threads, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
import requests
from sqlalchemy import func, select

from app.marketplace import tables as t
from app.marketplace.order_edits import EditedOrder
from app.marketplace.orders import OrderRefused, change_order
from app.marketplace.purge import purge_customers
from tests.integration.marketplace.rescued import SigningTill
from tests.integration.marketplace.test_disagreements import an_answer, disagreements, edited
from tests.integration.marketplace.world import BREAD, CHEESE, WINE, AShop, Till, a_movement, a_result

ROUNDS = 6
_LONG_S = 60.0


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each returned; all begin together."""
    together = threading.Barrier(len(calls))

    def begin(call: Callable[[], Any]) -> Any:
        together.wait(_LONG_S)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result(_LONG_S) for future in [pool.submit(begin, call) for call in calls]]


def answered(answer: requests.Response) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()


def claim(till: Till, order_id: str, *, wanted: bool = False) -> dict[str, Any]:
    body = {"order_ids": [order_id], "wanted": wanted}
    return dict(answered(till.post("/v1/leases", body))["leases"][0])


def release(till: Till, order_id: str, number: int) -> dict[str, Any]:
    body = {"leases": [{"order_id": order_id, "number": number}]}
    return dict(answered(till.post("/v1/leases/release", body))["leases"][0])


def lease_of(till: Till, order_id: str) -> dict[str, Any]:
    return dict(till.order(order_id)["lease"] or {})


def feed_is_whole(shop: AShop) -> bool:
    """No number of the feed is given twice, none is above the head."""
    with shop.store.reading() as connection:
        of_shop = t.change.c.shop_id == shop.shop_id
        numbers = list(connection.execute(select(t.change.c.seq).where(of_shop)).scalars())
        head = connection.execute(select(t.shop.c.head_seq).where(t.shop.c.shop_id == shop.shop_id)).scalar_one()
    return len(numbers) == len(set(numbers)) and max(numbers) == head


class TestLeases:
    def test_two_tills_claim_a_free_one(self, shop: AShop, till: Till, second_till: Till) -> None:
        for _ in range(ROUNDS):
            order_id = shop.order((BREAD, 1)).order_id
            release(till, order_id, 1)
            states = at_once(*(lambda each=each, id_=order_id: claim(each, id_) for each in (till, second_till)))
            assert sorted(state["granted"] for state in states) == [False, True]
            holder = {state["till_id"] for state in states}
            assert holder == {lease_of(till, order_id)["till_id"]}, "both are told the same one"
            assert lease_of(till, order_id)["number"] == 2

    def test_given_up_and_wanted(self, shop: AShop, till: Till, second_till: Till) -> None:
        for _ in range(ROUNDS):
            order_id = shop.order((BREAD, 1)).order_id
            at_once(
                partial(lambda id_: release(till, id_, 1), order_id),
                partial(lambda id_: claim(second_till, id_, wanted=True), order_id),
            )
            lease = lease_of(till, order_id)
            assert (lease["till_id"], lease["number"]) == (second_till.till_id, 2)

    def test_given_up_while_its_own_till_asks_for_it_again(self, shop: AShop, till: Till, second_till: Till) -> None:
        for _ in range(ROUNDS):
            order_id = shop.order((BREAD, 1)).order_id
            claim(second_till, order_id, wanted=True)
            _, again = at_once(
                partial(lambda id_: release(till, id_, 1), order_id), partial(lambda id_: claim(till, id_), order_id)
            )
            lease = lease_of(till, order_id)
            assert (lease["till_id"], lease["number"]) == (second_till.till_id, 2)
            assert again["till_id"] in {till.till_id, second_till.till_id}

    def test_prepared_at_two_tills(self, shop: AShop, till: Till, second_till: Till) -> None:
        for _ in range(ROUNDS):
            order_id = shop.order((BREAD, 1)).order_id
            release(till, order_id, 1)
            payload = {"order_id": order_id, "lines": [a_result(1, BREAD, 1)]}
            tell = [(each, each.fact("order_prepared", f"order:{order_id}", payload)) for each in (till, second_till)]
            answers = at_once(*(lambda each=each, fact=fact: each.push(fact)[0] for each, fact in tell))
            assert [answer["outcome"] for answer in answers] == ["applied", "applied"]
            lease = lease_of(till, order_id)
            assert lease["number"] == 2
            assert {lease["till_id"], lease["wanted_by"]} == {till.till_id, second_till.till_id}


def test_one_disagreement_settled_at_two_tills(shop: AShop, till: Till, second_till: Till) -> None:
    for _ in range(ROUNDS):
        order_id = shop.order((CHEESE, 100)).order_id
        till.tell("order_handed_over", f"order:{order_id}", till.handover(order_id, (1, CHEESE, 100)))
        fact = second_till.fact(
            "order_handed_over", f"order:{order_id}", second_till.handover(order_id, (1, CHEESE, 100))
        )
        second_till.push(fact)
        settle = [
            (each, each.fact("exception_settled", f"exception:{fact['fact_id']}", answer))
            for each, answer in (
                (till, an_answer(fact["fact_id"], "handed_over_twice", "count_stock")),
                (second_till, an_answer(fact["fact_id"], "handed_over_twice", "goods_came_back")),
            )
        ]
        answers = at_once(*(lambda each=each, told=told: each.push(told)[0] for each, told in settle))
        assert [answer["outcome"] for answer in answers] == ["applied", "applied"]
        here, there = disagreements(till)[fact["fact_id"]], disagreements(second_till)[fact["fact_id"]]
        assert here == there
        assert here["answer"] in {"count_stock", "goods_came_back"}
    assert feed_is_whole(shop)


def test_two_returns_of_one_unknown_sale_and_the_sale(shop: AShop, till: Till, second_till: Till) -> None:
    third = shop.pair("Caisse du marché")
    try:
        for number in range(ROUNDS):
            original = f"sale-{number}"

            def sale(sale_id: str, quantity: int, corrects: str) -> dict[str, Any]:
                moved = [a_movement(BREAD, quantity, "sale")]
                fields = {"number": sale_id, "kind": "sale", "total_minor": 320, "order_id": ""}
                return {"sale_id": sale_id, "movements": moved, "corrects": corrects, **fields}

            facts = [
                (each, each.fact("sale_recorded", f"sale:{made['sale_id']}", made))
                for each, made in (
                    (till, sale(f"back-{number}", 1, original)),
                    (second_till, sale(f"again-{number}", 1, original)),
                    (third, sale(original, -2, "")),
                )
            ]
            answers = at_once(*(lambda each=each, fact=fact: each.push(fact)[0] for each, fact in facts))
            assert {answer["outcome"] for answer in answers} == {"applied"}
            open_ones = [one for one in disagreements(till).values() if one["settled_at"] is None]
            assert open_ones == [], "whichever came first, nothing is missing in the end"
        assert shop.physical(BREAD) == 10
    finally:
        third.session.close()


def test_told_by_the_till_itself_and_passed_on(shop: AShop, till: Till, second_till: Till) -> None:
    lost = SigningTill(till, shop.shop_id)
    assert lost.tells_its_key() == 204
    for done in range(1, ROUNDS + 1):
        facts = [
            till.fact("stock_moved", "product:wine", {"movements": [a_movement(WINE, -1, "loss")]}) for _ in range(10)
        ]
        part = lost.part(*facts)
        own, relayed = at_once(
            partial(lambda facts: till.push(*facts), facts),
            partial(lambda part: answered(second_till.post("/v1/relay", part))["results"], part),
        )
        for here, there in zip(own, relayed, strict=True):
            assert sorted((here["outcome"], there["outcome"])) == ["applied", "duplicate"]
        assert shop.physical(WINE) == 6 - 10 * done
    with shop.store.reading() as connection:
        kept = select(func.count()).select_from(t.fact).where(t.fact.c.till_id == till.till_id)
        assert connection.execute(kept).scalar_one() == 10 * ROUNDS
    assert feed_is_whole(shop)


def test_one_fact_told_twice(shop: AShop, till: Till) -> None:
    copy = replace(till, session=requests.Session())
    try:
        for done in range(1, ROUNDS + 1):
            fact = till.fact("stock_moved", "product:bread", {"movements": [a_movement(BREAD, -1, "loss")]})
            answers = at_once(
                partial(lambda fact: till.push(fact)[0], fact), partial(lambda fact: copy.push(fact)[0], fact)
            )
            assert sorted(answer["outcome"] for answer in answers) == ["applied", "duplicate"]
            assert shop.physical(BREAD) == 10 - done
    finally:
        copy.session.close()


class TestEdits:
    def test_ready_and_changed_by_its_customer(self, shop: AShop, till: Till) -> None:
        for _ in range(ROUNDS):
            order_id = shop.order((BREAD, 1)).order_id
            payload = {"order_id": order_id, "order_version": 1, "lines": [a_result(1, BREAD, 1)]}
            ready = till.fact("order_ready", f"order:{order_id}", payload)
            told, changed = at_once(
                partial(lambda ready: till.push(ready)[0], ready),
                partial(lambda order_id: edited(shop, order_id, (BREAD, 2), (CHEESE, 100)), order_id),
            )
            assert told["outcome"] == "applied"
            order = till.order(order_id)
            if isinstance(changed, OrderRefused):
                assert changed.reason == "already_ready"
                assert len(order["lines"]) == 1
            else:
                assert [line["quantity"] for line in order["lines"]] == [2, 100]
            assert order["total_minor"] == sum(line["total_minor"] for line in order["lines"])
            till.tell("order_handed_over", f"order:{order_id}", till.handover(order_id, (1, BREAD, 0)))
        assert feed_is_whole(shop)

    def test_handed_over_and_changed_by_its_customer(self, shop: AShop, till: Till) -> None:
        for _ in range(ROUNDS):
            order_id = shop.order((WINE, 1)).order_id
            payload = till.handover(order_id, (1, WINE, 1)) | {"order_version": till.order(order_id)["version"]}
            fact = till.fact("order_handed_over", f"order:{order_id}", payload)
            told, changed = at_once(
                partial(lambda fact: till.push(fact)[0], fact),
                partial(lambda order_id: edited(shop, order_id, (WINE, 1), (CHEESE, 50)), order_id),
            )
            order = till.order(order_id)
            if isinstance(changed, EditedOrder):
                assert (told["outcome"], told["reason"]) == ("conflict", "edited_before")
                assert (order["handover"], shop.promised(CHEESE)) == ("partly", 50)
                till.tell("order_handed_over", f"order:{order_id}", till.handover(order_id, (2, CHEESE, 50)))
            else:
                assert (told["outcome"], order["handover"]) == ("applied", "handed_over")
            assert (shop.promised(WINE), shop.promised(CHEESE)) == (0, 0)

    def test_names_are_taken_away_meanwhile(self, shop: AShop, till: Till, second_till: Till) -> None:
        orders = [shop.order((BREAD, 1)).order_id for _ in range(8)]
        for _ in range(ROUNDS):
            with shop.store.writing(shop.shop_id) as transaction:
                for order_id in orders:
                    change_order(transaction, order_id, customer_name="Mme Delattre", keep_until="2020-01-01")
            body = {"order_ids": list(reversed(orders)), "wanted": True}
            asked, plain, purged = at_once(
                partial(lambda body: second_till.post("/v1/leases", body).status_code, body),
                lambda: till.post("/v1/leases", {"order_ids": orders}).status_code,
                lambda: purge_customers(shop.store),
            )
            assert purged == len(orders)
            assert {asked, plain} <= {200, 503}, "503 is asked again"
            assert {till.order(order_id)["customer_name"] for order_id in orders} == {""}


def test_a_token_renewed_twice_and_used(till: Till) -> None:
    def renewed() -> str:
        answer = till.post("/v1/token", {})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["device_token"])

    def works(token: str) -> bool:
        code = requests.get(
            f"{till.url}/v1/status", headers={"Authorization": f"Bearer {token}"}, timeout=_LONG_S
        ).status_code
        assert code in {200, 401}
        return code == 200

    token = till.token
    for _ in range(ROUNDS):
        till.session.headers["Authorization"] = f"Bearer {token}"
        first, second = at_once(renewed, renewed)
        assert works(token), "neither was used yet"
        at_once(partial(works, first), partial(works, second))
        usable = [each for each in (first, second) if works(each)]
        assert len(usable) == 1
        assert not works(token)
        token = usable[0]


@pytest.mark.parametrize("who", ["same till", "two tills"])
def test_the_first_key_of_a_ledger_stays(shop: AShop, till: Till, second_till: Till, who: str) -> None:
    other = till if who == "same till" else second_till
    one, two = SigningTill(till, shop.shop_id), SigningTill(other, shop.shop_id)
    codes = at_once(one.tells_its_key, two.tells_its_key)
    assert sorted(codes) == ([204, 409] if who == "same till" else [204, 204])
