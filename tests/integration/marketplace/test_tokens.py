"""Who a till is to the marketplace: its token renewed without ever locking it out, taken away, paired anew; on both
databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
import requests
from sqlalchemy import func, select

from app.marketplace import tables as t
from app.marketplace.pairing import make_pairing_code, revoke_till
from tests.integration.marketplace.world import BREAD, TIMEOUT_S, AShop, Till, a_movement


def with_token(till: Till, token: str) -> Till:
    return replace(till, token=token, session=requests.Session())


def ask(till: Till) -> str:
    answer = till.post("/v1/token", {})
    assert answer.status_code == 201, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    token: str = answer.json()["device_token"]
    return token


def status(till: Till) -> int:
    code = till.get("/v1/status").status_code
    till.session.close()
    return code


def test_the_old_token_works_until_the_new_one_is_used(till: Till) -> None:
    new = with_token(till, ask(till))
    assert (status(till), status(till)) == (200, 200)
    assert new.get("/v1/status").json()["till_id"] == till.till_id
    assert (status(till), status(new)) == (401, 200)


def test_a_lost_answer_locks_nobody_out(till: Till) -> None:
    lost = with_token(till, ask(till))
    new = with_token(till, ask(till))
    assert status(lost) == 401
    assert (status(till), status(new), status(till)) == (200, 200, 401)


def test_a_new_token_can_be_renewed_at_once(till: Till) -> None:
    second = with_token(till, ask(till))
    third = with_token(till, ask(second))
    second.session.close()
    assert (status(till), status(second), status(third), status(second)) == (401, 200, 200, 401)


def test_a_new_token_first_used_by_two_requests_at_once(till: Till) -> None:
    token = ask(till)
    with ThreadPoolExecutor(4) as pool:
        codes = list(pool.map(lambda _: status(with_token(till, token)), range(8)))
    assert set(codes) == {200}


def test_no_token_is_in_the_database(till: Till, shop: AShop) -> None:
    token = ask(till)
    with shop.store.reading() as connection:
        rows = connection.execute(select(t.till)).all()
    assert all(token not in map(str, row) and till.token not in map(str, row) for row in rows)


def test_a_till_shut_out_renews_nothing(till: Till, shop: AShop) -> None:
    new = with_token(till, ask(till))
    assert revoke_till(shop.store, till.till_id)
    assert till.post("/v1/token", {}).status_code == 403
    assert (status(new), status(till)) == (403, 401)


# --- paired anew ---


def pair_anew(shop: AShop, till: Till, previous: str) -> Till:
    code, _ = make_pairing_code(shop.store, shop.shop_id)
    body = {"code": code, "till_name": till.name, "previous_token": previous}
    answer = requests.post(f"{till.url}/v1/pair", json=body, timeout=TIMEOUT_S)
    assert answer.status_code == 201, answer.text
    given = answer.json()
    return Till(till.url, given["till_id"], given["till_letter"], given["till_name"], given["device_token"])


def leases(shop: AShop) -> dict[str, tuple[str | None, int]]:
    with shop.store.reading() as connection:
        rows = connection.execute(select(t.shop_order)).all()
    return {row.order_id: (row.lease_till_id, row.lease_number) for row in rows}


@pytest.mark.parametrize("revoked_before", [True, False])
def test_a_till_paired_anew_keeps_its_leases_and_shuts_its_old_self_out(
    till: Till, shop: AShop, revoked_before: bool
) -> None:
    order_id = shop.order((BREAD, 1)).order_id
    assert leases(shop) == {order_id: (till.till_id, 1)}
    if revoked_before:
        revoke_till(shop.store, till.till_id)
    anew = pair_anew(shop, till, till.token)
    assert leases(shop) == {order_id: (anew.till_id, 2)}
    assert status(till) == 403
    assert (anew.letter, status(anew)) == ("B", 200)
    with shop.store.reading() as connection:
        continues = select(t.till.c.continues).where(t.till.c.till_id == anew.till_id)
        assert connection.execute(continues).scalar_one() == till.till_id


def test_a_pairing_whose_answer_was_lost_keeps_nothing_for_itself(till: Till, shop: AShop) -> None:
    """It had taken the leases; the next try, with the token from before, gets them."""
    order_id = shop.order((BREAD, 1)).order_id
    lost = pair_anew(shop, till, till.token)
    anew = pair_anew(shop, till, till.token)
    assert leases(shop)[order_id][0] == anew.till_id
    assert (status(lost), status(anew)) == (403, 200)


def test_a_copy_with_the_token_from_before_takes_nothing_from_the_till_that_was_paired_anew(
    till: Till, shop: AShop
) -> None:
    order_id = shop.order((BREAD, 1)).order_id
    anew = pair_anew(shop, till, till.token)
    assert status(anew) == 200
    copy = pair_anew(shop, till, till.token)
    assert leases(shop)[order_id][0] == anew.till_id
    assert (status(anew), status(copy)) == (200, 200)


def test_a_token_of_another_shop_passes_nothing_on(till: Till, shop: AShop, other_shop: AShop) -> None:
    order_id = shop.order((BREAD, 1)).order_id
    for previous in (till.token, "never-given-out"):
        stranger = pair_anew(other_shop, till, previous)
        assert status(stranger) == 200
    assert leases(shop) == {order_id: (till.till_id, 1)}
    assert status(till) == 200


def test_facts_told_before_and_after_pairing_anew_count_once(till: Till, shop: AShop) -> None:
    """The last answer before the till was shut out was lost: it tells the fact again under its new name."""

    def a_fact() -> dict[str, Any]:
        return till.fact("stock_moved", "stock:x", {"movements": [a_movement(BREAD, -1)], "operator": "Léa"})

    told, waiting = a_fact(), a_fact()
    till.push(told)
    revoke_till(shop.store, till.till_id)
    assert till.post("/v1/facts", {"facts": [waiting]}).status_code == 403
    till.session.close()
    anew = pair_anew(shop, till, till.token)
    assert [answer["outcome"] for answer in anew.push(told, waiting)] == ["duplicate", "applied"]
    assert shop.physical(BREAD) == 8
    with shop.store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(t.fact)).scalar_one() == 2
    anew.session.close()
