"""What a till told by its rescue file counts as if it had told it itself: once, and only if it is genuine. On both
databases."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from app.domain.rescue import RescueRefusal
from app.marketplace import tables as t
from app.marketplace.pairing import revoke_till
from app.marketplace.relay import RescueTaken, import_file
from app.marketplace.server import RunningMarketplace
from tests.integration.marketplace.rescued import SigningTill
from tests.integration.marketplace.world import BREAD, AShop, Till, a_movement, a_result

HEAD = {
    "till_letter": "A",
    "series": "sales",
    "number": 12,
    "hash": "ab" * 32,
    "signature": "cd" * 64,
    "perpetual_minor": 4200,
    "perpetual_absolute_minor": 4200,
    "trading_day": "2026-11-22",
    "happened_at": "2026-11-22T17:59:00.000000Z",
}


@pytest.fixture
def lost(till: Till, shop: AShop) -> SigningTill:
    """A till that cannot reach the marketplace any more; its key is known there."""
    signing = SigningTill(till, shop.shop_id)
    assert signing.tells_its_key() == 204
    return signing


def moved(lost: SigningTill, quantity: int = -1) -> dict[str, Any]:
    return lost.till.fact("stock_moved", "product:bread", {"movements": [a_movement(BREAD, quantity, "loss")]})


def outcomes(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [result["outcome"] for result in answer.json()["results"]]


def facts_of(shop: AShop) -> list[tuple[str, str, int]]:
    rows = select(t.fact.c.fact_id, t.fact.c.till_id, t.fact.c.till_seq).order_by(t.fact.c.till_seq)
    with shop.store.reading() as connection:
        return [tuple(row) for row in connection.execute(rows.where(t.fact.c.shop_id == shop.shop_id))]


# --- keys ---


def test_the_first_key_stays(till: Till, shop: AShop) -> None:
    signing, other = SigningTill(till, shop.shop_id), SigningTill(till, shop.shop_id)
    assert [signing.tells_its_key(), signing.tells_its_key()] == [204, 204]
    assert other.tells_its_key() == 409
    assert signing.tells_its_key() == 204
    with shop.store.reading() as connection:
        assert connection.execute(select(t.ledger_key.c.public_pem)).scalars().all() == [signing.signer.public_pem]


def test_a_new_pairing_brings_a_new_key(till: Till, second_till: Till, shop: AShop) -> None:
    assert SigningTill(till, shop.shop_id).tells_its_key() == 204
    assert SigningTill(second_till, shop.shop_id).tells_its_key() == 204


@pytest.mark.parametrize("key", ["", "no key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "é"])
def test_what_is_no_key_is_refused(till: Till, shop: AShop, key: str) -> None:
    assert SigningTill(till, shop.shop_id).tells_its_key(key or " ") == 422


# --- through another till ---


def test_another_till_passes_it_on_as_if_the_lost_one_had_told_it(
    lost: SigningTill, second_till: Till, shop: AShop
) -> None:
    first, second = moved(lost), moved(lost, -2)
    assert outcomes(second_till.post("/v1/relay", lost.part(first, second))) == ["applied", "applied"]
    assert shop.physical(BREAD) == 7
    assert facts_of(shop) == [(first["fact_id"], lost.till.till_id, 1), (second["fact_id"], lost.till.till_id, 2)]
    with shop.store.reading() as connection:
        tills = connection.execute(select(t.stock_movement.c.till_id).where(t.stock_movement.c.till_id != "")).scalars()
        assert set(tills) == {lost.till.till_id}


def test_twice_changes_nothing_and_neither_does_the_lost_till_coming_back(
    lost: SigningTill, second_till: Till, shop: AShop
) -> None:
    fact = moved(lost)
    part = lost.part(fact)
    assert outcomes(second_till.post("/v1/relay", part)) == ["applied"]
    assert outcomes(second_till.post("/v1/relay", part)) == ["duplicate"]
    assert lost.till.push(fact)[0]["outcome"] == "duplicate"
    assert shop.physical(BREAD) == 9


def test_what_the_lost_till_told_meanwhile_is_a_duplicate(lost: SigningTill, second_till: Till, shop: AShop) -> None:
    told, untold = moved(lost), moved(lost)
    lost.till.push(told)
    assert outcomes(second_till.post("/v1/relay", lost.part(told, untold))) == ["duplicate", "applied"]
    assert shop.physical(BREAD) == 8


def test_a_double_handover_is_kept_and_said(lost: SigningTill, second_till: Till, shop: AShop) -> None:
    order = shop.order((BREAD, 2), prepaid=True)
    there = second_till.handover(order.order_id, (1, BREAD, 2))
    assert second_till.tell("order_handed_over", f"order:{order.order_id}", there)["outcome"] == "applied"
    here = lost.till.fact(
        "order_handed_over", f"order:{order.order_id}", lost.till.handover(order.order_id, (1, BREAD, 2))
    )
    assert outcomes(second_till.post("/v1/relay", lost.part(here))) == ["conflict"]
    assert shop.physical(BREAD) == 6


def test_one_bad_fact_is_refused_and_all_others_count(lost: SigningTill, second_till: Till, shop: AShop) -> None:
    bad_envelope = moved(lost) | {"happened_at": "yesterday"}
    unknown = lost.till.fact("order_ready", "order:x", {"order_id": "x"})
    good = moved(lost)
    answer = second_till.post("/v1/relay", lost.part(bad_envelope, unknown, good))
    assert outcomes(answer) == ["refused", "refused", "applied"]
    assert all(result["message"] for result in answer.json()["results"][:2])
    assert shop.physical(BREAD) == 9


def test_the_ends_of_its_ledger_come_along(lost: SigningTill, second_till: Till) -> None:
    odd = HEAD | {"series": "EVENTS?"}
    assert outcomes(second_till.post("/v1/relay", lost.part(moved(lost), heads=[HEAD, odd, 7]))) == ["applied"]
    (known,) = lost.till.get("/v1/status").json()["heads"]
    assert (known["number"], known["hash"]) == (12, HEAD["hash"])


def test_a_till_that_was_shut_out_is_heard_through_another_one(
    lost: SigningTill, second_till: Till, shop: AShop
) -> None:
    revoke_till(shop.store, lost.till.till_id)
    assert outcomes(second_till.post("/v1/relay", lost.part(moved(lost)))) == ["applied"]


def test_a_till_that_was_shut_out_gets_no_lease_by_what_it_had_prepared(
    lost: SigningTill, second_till: Till, shop: AShop
) -> None:
    order_id = shop.order((BREAD, 2)).order_id
    revoke_till(shop.store, lost.till.till_id, gone=True)
    payload = {"order_id": order_id, "lines": [a_result(1, BREAD, 2)]}
    ready = lost.till.fact("order_ready", f"order:{order_id}", payload)
    assert outcomes(second_till.post("/v1/relay", lost.part(ready))) == ["applied"]
    assert second_till.order(order_id)["preparation"] == "ready"
    claimed = second_till.post("/v1/leases", {"order_ids": [order_id]}).json()["leases"]
    assert [lease["granted"] for lease in claimed] == [True], "nobody else could ever have given it up"


def test_an_older_copy_drew_numbers_that_were_told_before(lost: SigningTill, second_till: Till, shop: AShop) -> None:
    told = moved(lost)
    lost.till.push(told)
    rescued = moved(lost) | {"till_seq": told["till_seq"]}
    part = lost.part(rescued)
    assert outcomes(second_till.post("/v1/relay", part)) == ["applied"]
    assert outcomes(second_till.post("/v1/relay", part)) == ["duplicate"]
    assert shop.physical(BREAD) == 8
    # that till comes back, and has given it another number meanwhile
    assert lost.till.push(rescued | {"till_seq": 1007})[0]["outcome"] == "duplicate"


# --- refused: nothing of it is taken ---


def refusal(second_till: Till, shop: AShop, part: dict[str, Any]) -> str:
    answer = second_till.post("/v1/relay", part, **{"Accept-Language": "en"})
    assert answer.status_code == 422, answer.text
    assert answer.json()["detail"].endswith(".")
    assert shop.physical(BREAD) == 10
    assert facts_of(shop) == []
    return str(answer.json()["type"]).removeprefix("/problems/")


def test_a_changed_fact_is_refused(lost: SigningTill, second_till: Till, shop: AShop) -> None:
    part = lost.part(moved(lost))
    part["facts"] = [part["facts"][0] | {"subject": "product:wine"}]
    assert refusal(second_till, shop, part) == "rescue_altered"


def test_a_part_of_another_number_is_refused(lost: SigningTill, second_till: Till, shop: AShop) -> None:
    assert refusal(second_till, shop, lost.part(moved(lost)) | {"part": 1}) == "rescue_altered"


def test_a_changed_statement_is_refused(lost: SigningTill, second_till: Till, shop: AShop) -> None:
    part = lost.part(moved(lost))
    part["statement"]["last_seq"] += 1
    assert refusal(second_till, shop, part) == "rescue_bad_signature"


def test_the_signature_of_an_unknown_key_is_refused(
    lost: SigningTill, second_till: Till, shop: AShop, till: Till
) -> None:
    stranger = SigningTill(till, shop.shop_id)
    assert refusal(second_till, shop, stranger.part(moved(lost))) == "rescue_unknown_key"
    known_pem = lost.signer.public_pem
    assert refusal(second_till, shop, stranger.part(moved(lost), public_key=known_pem)) == "rescue_bad_signature"


def test_a_till_that_never_told_its_key_is_refused(second_till: Till, till: Till, shop: AShop) -> None:
    silent = SigningTill(till, shop.shop_id)
    assert refusal(second_till, shop, silent.part(moved(silent))) == "rescue_unknown_key"


def test_another_shops_file_is_refused(lost: SigningTill, shop: AShop, other_shop: AShop) -> None:
    stranger = other_shop.pair("ailleurs")
    try:
        assert refusal(stranger, shop, lost.part(moved(lost))) == "rescue_other_shop"
        # nor by claiming to be of the shop that passes it on
        assert refusal(stranger, shop, lost.part(moved(lost), shop_id=other_shop.shop_id)) == "rescue_unknown_till"
    finally:
        stranger.session.close()


@pytest.mark.parametrize("till_id", ["\x00", "x" * 65, "a\n", ""])
def test_a_till_that_can_be_none_is_refused(lost: SigningTill, second_till: Till, shop: AShop, till_id: str) -> None:
    assert refusal(second_till, shop, lost.part(moved(lost), till_id=till_id)) == "rescue_unknown_till"


def test_a_newer_format_is_refused(lost: SigningTill, second_till: Till, shop: AShop) -> None:
    assert refusal(second_till, shop, lost.part(moved(lost), version=2)) == "rescue_newer_format"
    assert refusal(second_till, shop, lost.part(moved(lost), format="x")) == "rescue_not_a_rescue_file"


@pytest.mark.parametrize(
    "changed", [{"statement": {}}, {"statement": {"parts": 7}}, {"facts": []}, {"part": -1}, {"signature": "ab"}]
)
def test_nonsense_is_refused(lost: SigningTill, second_till: Till, shop: AShop, changed: dict[str, Any]) -> None:
    refusal(second_till, shop, lost.part(moved(lost)) | changed)


def test_without_a_token_nothing_is_passed_on(lost: SigningTill) -> None:
    del lost.till.session.headers["Authorization"]
    assert lost.till.post("/v1/relay", lost.part(moved(lost))).status_code == 401


# --- by hand ---


def test_those_who_run_the_marketplace_import_the_file(
    lost: SigningTill, running: RunningMarketplace, shop: AShop
) -> None:
    facts = [moved(lost) for _ in range(3)]
    data = lost.file(*facts)
    assert import_file(running.store, data) == RescueTaken("A", {"applied": 3}, [])
    assert shop.physical(BREAD) == 7
    assert import_file(running.store, data) == RescueTaken("A", {"duplicate": 3}, [])
    assert [answer["outcome"] for answer in lost.till.push(*facts)] == ["duplicate"] * 3
    assert shop.physical(BREAD) == 7


def test_what_is_refused_by_hand_is_named(lost: SigningTill, running: RunningMarketplace) -> None:
    unknown = lost.till.fact("order_ready", "order:x", {"order_id": "x"})
    done = import_file(running.store, lost.file(unknown, moved(lost)))
    assert done == RescueTaken("A", {"refused": 1, "applied": 1}, [(unknown["fact_id"], "bad_payload")])


def test_a_file_that_is_not_genuine_is_not_imported(
    lost: SigningTill, running: RunningMarketplace, shop: AShop
) -> None:
    data = lost.file(moved(lost))
    changed = bytearray(data)
    changed[-20] ^= 4
    assert import_file(running.store, bytes(changed)) is RescueRefusal.ALTERED
    assert import_file(running.store, b"") is RescueRefusal.NOT_A_RESCUE_FILE
    assert import_file(running.store, lost.file(moved(lost), version=9)) is RescueRefusal.NEWER_FORMAT
    assert import_file(running.store, lost.file(moved(lost), shop_id="nowhere")) is RescueRefusal.OTHER_SHOP
    assert import_file(running.store, lost.file(moved(lost), till_id="nobody")) is RescueRefusal.UNKNOWN_TILL
    stranger = SigningTill(lost.till, shop.shop_id)
    assert import_file(running.store, stranger.file(moved(lost))) is RescueRefusal.UNKNOWN_KEY
    with running.store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(t.fact)).scalar_one() == 0
