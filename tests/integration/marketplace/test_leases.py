"""Leases on the marketplace: who gets one, how it passes from till to till, and what of it comes late or twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.marketplace.lease_terms import LEASE_MARGIN, WISH
from app.marketplace.orders import cancel_order, change_order
from app.marketplace.pairing import revoke_till
from app.marketplace.surroundings import time_of, time_text
from tests.integration.marketplace.world import BREAD, AShop, Till


def claim(till: Till, *order_ids: str, wanted: bool = False) -> list[dict[str, Any]]:
    answer = till.post("/v1/leases", {"order_ids": list(order_ids), "wanted": wanted})
    assert answer.status_code == 200, answer.text
    leases: list[dict[str, Any]] = answer.json()["leases"]
    return leases


def release(till: Till, order_id: str, number: int) -> dict[str, Any]:
    answer = till.post("/v1/leases/release", {"leases": [{"order_id": order_id, "number": number}]})
    assert answer.status_code == 200, answer.text
    (lease,) = answer.json()["leases"]
    return dict(lease)


def lease_of(till: Till, order_id: str) -> dict[str, Any]:
    return dict(till.order(order_id)["lease"] or {})


def let_it_run_out(shop: AShop, order_id: str, ago: timedelta) -> None:
    with shop.store.writing(shop.shop_id) as transaction:
        change_order(transaction, order_id, lease_until=time_text(transaction.now - ago))


def let_the_wish_lapse(shop: AShop, order_id: str) -> None:
    with shop.store.writing(shop.shop_id) as transaction:
        change_order(transaction, order_id, lease_wanted_until=time_text(transaction.now - timedelta(seconds=1)))


class TestClaim:
    def test_the_first_till_has_it_and_keeps_it(self, shop: AShop, till: Till, second_till: Till) -> None:
        order_id = shop.order((BREAD, 1)).order_id
        (refused,) = claim(second_till, order_id)
        assert (refused["granted"], refused["till_id"]) == (False, till.till_id)
        (renewed,) = claim(till, order_id)
        assert (renewed["granted"], renewed["till_id"]) == (True, till.till_id)
        assert renewed["until"] > refused["until"]
        assert lease_of(till, order_id)["number"] == 1, "a lease that goes on keeps its number"

    def test_a_free_one_or_one_long_run_out_is_granted_and_told(
        self, shop: AShop, till: Till, second_till: Till
    ) -> None:
        free, expired = shop.order((BREAD, 1)).order_id, shop.order((BREAD, 1)).order_id
        release(till, free, 1)
        let_it_run_out(shop, expired, LEASE_MARGIN + timedelta(minutes=1))
        _, cursor = till.pages()
        assert [lease["granted"] for lease in claim(second_till, free, expired)] == [True, True]
        told = {c["id"]: c["data"]["lease"]["till_id"] for c in till.pages(cursor)[0]}
        assert told == {free: second_till.till_id, expired: second_till.till_id}
        assert lease_of(till, free)["number"] == lease_of(till, expired)["number"] == 2

    def test_one_that_has_just_run_out_is_its_own_tills_alone(self, shop: AShop, till: Till, second_till: Till) -> None:
        """The holder's clock may be behind by as much as the margin."""
        order_id = shop.order((BREAD, 1)).order_id
        let_it_run_out(shop, order_id, LEASE_MARGIN - timedelta(minutes=1))
        assert not claim(second_till, order_id)[0]["granted"]
        assert claim(till, order_id)[0]["granted"]

    def test_settled_and_unknown_orders_have_none_to_give(self, shop: AShop, till: Till, other_shop: AShop) -> None:
        cancelled, foreign = shop.order((BREAD, 1)).order_id, other_shop.order((BREAD, 1)).order_id
        with shop.store.writing(shop.shop_id) as transaction:
            cancel_order(transaction, cancelled)
        answers = claim(till, cancelled, foreign, "no-such-order")
        assert [a["granted"] for a in answers] == [False] * 3
        assert answers[1] == {"order_id": foreign, "granted": False, "till_id": "", "until": None}


class TestPassedOn:
    def test_the_holder_is_told_who_waits_and_what_it_gives_up_goes_there(
        self, shop: AShop, till: Till, second_till: Till
    ) -> None:
        order_id = shop.order((BREAD, 1)).order_id
        _, cursor = till.pages()
        assert not claim(second_till, order_id, wanted=True)[0]["granted"]
        changes, cursor = till.pages(cursor)
        shown = changes[-1]["data"]["lease"]
        assert (shown["till_id"], shown["wanted_by"]) == (till.till_id, second_till.till_id)
        answer = release(till, order_id, shown["number"])
        assert (answer["granted"], answer["till_id"]) == (True, second_till.till_id)
        lease = second_till.pages(cursor)[0][-1]["data"]["lease"]
        assert (lease["till_id"], lease["number"], lease["wanted_by"]) == (second_till.till_id, 2, "")

    def test_asking_again_is_no_news(self, shop: AShop, till: Till, second_till: Till) -> None:
        order_id = shop.order((BREAD, 1)).order_id
        claim(second_till, order_id, wanted=True)
        _, cursor = till.pages()
        claim(second_till, order_id, wanted=True)
        assert till.pages(cursor)[0] == []

    def test_a_plain_claim_disturbs_nobody(self, shop: AShop, till: Till, second_till: Till) -> None:
        order_id = shop.order((BREAD, 1)).order_id
        _, cursor = till.pages()
        claim(second_till, order_id)
        assert till.pages(cursor)[0] == []

    def test_given_up_for_nobody_it_is_free(self, shop: AShop, till: Till, second_till: Till) -> None:
        order_id = shop.order((BREAD, 1)).order_id
        assert release(till, order_id, 1) == {"order_id": order_id, "granted": False, "till_id": "", "until": None}
        assert lease_of(till, order_id) == {}
        assert claim(second_till, order_id)[0]["granted"]

    def test_told_twice_or_late_it_ends_no_newer_lease(self, shop: AShop, till: Till, second_till: Till) -> None:
        order_id = shop.order((BREAD, 1)).order_id
        claim(second_till, order_id, wanted=True)
        release(till, order_id, 1)
        release(till, order_id, 1)
        assert lease_of(till, order_id)["till_id"] == second_till.till_id
        release(second_till, order_id, 2)
        claim(till, order_id)
        release(till, order_id, 1)
        lease = lease_of(till, order_id)
        assert (lease["till_id"], lease["number"]) == (till.till_id, 3)

    def test_given_up_by_a_number_it_forgot_when_it_was_set_back(self, shop: AShop, till: Till) -> None:
        order_id = shop.order((BREAD, 1)).order_id
        assert release(till, order_id, 5) == {"order_id": order_id, "granted": False, "till_id": "", "until": None}

    def test_nobody_gives_up_for_another(self, shop: AShop, till: Till, second_till: Till) -> None:
        order_id = shop.order((BREAD, 1)).order_id
        release(second_till, order_id, 1)
        assert lease_of(till, order_id)["till_id"] == till.till_id

    def test_the_newest_wish_counts(self, shop: AShop, till: Till, second_till: Till) -> None:
        third = shop.pair("Caisse du marché")
        order_id = shop.order((BREAD, 1)).order_id
        claim(second_till, order_id, wanted=True)
        claim(third, order_id, wanted=True)
        assert release(till, order_id, 1)["till_id"] == third.till_id
        third.session.close()

    def test_not_to_a_till_that_was_shut_out_meanwhile(self, shop: AShop, till: Till, second_till: Till) -> None:
        order_id = shop.order((BREAD, 1)).order_id
        claim(second_till, order_id, wanted=True)
        revoke_till(shop.store, second_till.till_id)
        assert release(till, order_id, 1)["till_id"] == ""

    def test_an_order_settled_meanwhile_has_none(self, shop: AShop, till: Till, second_till: Till) -> None:
        order_id = shop.order((BREAD, 1)).order_id
        claim(second_till, order_id, wanted=True)
        with shop.store.writing(shop.shop_id) as transaction:
            cancel_order(transaction, order_id)
        assert release(till, order_id, 1)["till_id"] == ""

    def test_a_wish_says_until_when_it_counts(self, shop: AShop, till: Till, second_till: Till) -> None:
        order_id = shop.order((BREAD, 1)).order_id
        claim(second_till, order_id, wanted=True)
        page = till.get("/v1/changes", cursor=till.pages()[1]).json()
        left = time_of(lease_of(till, order_id)["wanted_until"]) - time_of(page["server_time"])
        assert timedelta(0) < left <= WISH


class TestPreparing:
    def test_who_prepares_is_put_down_as_wanting_it(self, shop: AShop, till: Till, second_till: Till) -> None:
        for kind in ("order_prepared", "order_ready"):
            order_id = shop.order((BREAD, 1)).order_id
            second_till.tell(kind, f"order:{order_id}", {"order_id": order_id, "lines": []})
            lease = lease_of(till, order_id)
            assert (lease["till_id"], lease["wanted_by"]) == (till.till_id, second_till.till_id)

    def test_but_not_before_a_customer_who_waits(self, shop: AShop, till: Till, second_till: Till) -> None:
        third = shop.pair("Caisse du marché")
        order_id = shop.order((BREAD, 1)).order_id
        claim(third, order_id, wanted=True)
        second_till.tell("order_ready", f"order:{order_id}", {"order_id": order_id, "lines": []})
        assert lease_of(till, order_id)["wanted_by"] == third.till_id
        let_the_wish_lapse(shop, order_id)
        second_till.tell("order_ready", f"order:{order_id}", {"order_id": order_id, "lines": []})
        assert lease_of(till, order_id)["wanted_by"] == second_till.till_id
        third.session.close()

    def test_its_own_is_renewed_and_a_free_one_taken(self, shop: AShop, till: Till, second_till: Till) -> None:
        order_id = shop.order((BREAD, 1)).order_id
        before = lease_of(till, order_id)
        till.tell("order_ready", f"order:{order_id}", {"order_id": order_id, "lines": []})
        after = lease_of(till, order_id)
        assert (after["until"] > before["until"], after["number"]) == (True, 1)
        release(till, order_id, 1)
        second_till.tell("order_prepared", f"order:{order_id}", {"order_id": order_id, "lines": []})
        assert lease_of(till, order_id)["till_id"] == second_till.till_id


class TestShutOut:
    def test_the_leases_of_a_till_that_may_still_hand_over_run_out(
        self, shop: AShop, till: Till, second_till: Till
    ) -> None:
        order_id = shop.order((BREAD, 1)).order_id
        revoke_till(shop.store, till.till_id)
        assert lease_of(second_till, order_id)["till_id"] == till.till_id
        assert not claim(second_till, order_id)[0]["granted"]

    def test_those_of_one_that_is_gone_are_free_at_once(self, shop: AShop, till: Till, second_till: Till) -> None:
        order_id = shop.order((BREAD, 1)).order_id
        revoke_till(shop.store, till.till_id, gone=True)
        assert lease_of(second_till, order_id) == {}
        assert claim(second_till, order_id)[0]["granted"]


def test_every_answer_says_what_time_it_is(shop: AShop, till: Till) -> None:
    order_id = shop.order((BREAD, 1)).order_id
    fact = till.fact("order_ready", f"order:{order_id}", {"order_id": order_id, "lines": []})
    answers = [
        till.get("/v1/changes"),
        till.get("/v1/status"),
        till.post("/v1/facts", {"facts": [fact]}),
        till.post("/v1/leases", {"order_ids": [order_id]}),
        till.post("/v1/leases/release", {"leases": [{"order_id": order_id, "number": 9}]}),
    ]
    told = [time_of(answer.json()["server_time"]) for answer in answers]
    assert told == sorted(told)
