"""What the marketplace makes of what tills do not agree on: kept, told to all of them, settled once, never undone."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from app.marketplace.order_edits import EditedOrder, edit_order
from app.marketplace.orders import Item, OrderRefused, cancel_order
from tests.integration.marketplace.world import BREAD, CHEESE, TIMEOUT_S, WHEN, WINE, AShop, Till, a_movement, a_result


def disagreements(till: Till) -> dict[str, dict[str, Any]]:
    return {c["id"]: c["data"] for c in till.pages()[0] if c["kind"] == "disagreement"}


def an_answer(exception_id: str, kind: str, answer: str, **values: Any) -> dict[str, Any]:
    return {"exception_id": exception_id, "kind": kind, "answer": answer, "operator": "Léa", "note": "vu", **values}


def a_sale(sale_id: str, movements: list[dict[str, Any]] | None = None, **values: Any) -> dict[str, Any]:
    return {
        "sale_id": sale_id,
        "number": f"A-{sale_id}",
        "kind": "sale",
        "total_minor": 320,
        "order_id": "",
        "movements": movements or [],
        **values,
    }


def edited(shop: AShop, order_id: str, *items: tuple[str, int]) -> EditedOrder | OrderRefused:
    with shop.store.writing(shop.shop_id) as transaction:
        return edit_order(transaction, order_id, [Item(product, quantity) for product, quantity in items])


class TestHandovers:
    def test_both_tills_are_told_of_a_second_handover_without_a_name(
        self, shop: AShop, till: Till, second_till: Till
    ) -> None:
        order_id = shop.order((BREAD, 2)).order_id
        till.tell("order_handed_over", f"order:{order_id}", till.handover(order_id, (1, BREAD, 2)))
        fact = second_till.fact("order_handed_over", f"order:{order_id}", second_till.handover(order_id, (1, BREAD, 2)))
        (answer,) = second_till.push(fact)
        assert (answer["outcome"], answer["reason"]) == ("conflict", "already_handed_over")
        told = disagreements(till)
        assert told == disagreements(second_till)
        (one,) = told.values()
        assert (one["exception_id"], one["fact_id"], one["kind"]) == (fact["fact_id"],) * 2 + ("handed_over_twice",)
        assert (one["order_id"], one["settled_at"], one["reason"]) == (order_id, None, "already_handed_over")
        assert [line["label"] for line in one["view"]["lines"]] == ["Pain de campagne"]
        assert "Delattre" not in json.dumps(one)
        second_till.push(fact)
        assert disagreements(till) == told

    def test_a_settled_one_is_settled_for_all_and_the_first_answer_counts(
        self, shop: AShop, till: Till, second_till: Till
    ) -> None:
        order_id = shop.order((BREAD, 2)).order_id
        with shop.store.writing(shop.shop_id) as transaction:
            cancel_order(transaction, order_id)
        answer = till.tell("order_handed_over", f"order:{order_id}", till.handover(order_id, (1, BREAD, 2)))
        id_, kind = answer["fact_id"], "handed_over_after_cancel"
        first = second_till.tell("exception_settled", f"exception:{id_}", an_answer(id_, kind, "goods_are_gone"))
        again = till.tell("exception_settled", f"exception:{id_}", an_answer(id_, kind, "goods_came_back"))
        assert (first["outcome"], again["outcome"]) == ("applied", "applied")
        one = disagreements(till)[id_]
        assert (one["kind"], one["answer"], one["settled_by"], one["note"]) == (kind, "goods_are_gone", "Léa", "vu")
        assert one["settled_at"] is not None

    def test_one_that_only_a_till_had_opened_is_kept_settled(self, till: Till, second_till: Till) -> None:
        id_ = "edited:o-1:7"
        till.tell(
            "exception_settled",
            f"exception:{id_}",
            an_answer(id_, "order_edited", "keep_as_prepared", order_id="o-1"),
        )
        one = disagreements(second_till)[id_]
        assert (one["kind"], one["order_id"], one["answer"]) == ("order_edited", "o-1", "keep_as_prepared")


class TestOversold:
    def test_a_sale_of_promised_goods_is_named_once_until_enough_is_there_again(
        self, shop: AShop, till: Till, second_till: Till
    ) -> None:
        shop.order((BREAD, 8))
        till.tell("sale_recorded", "sale:1", a_sale("1", [a_movement(BREAD, -2)]))
        assert disagreements(till) == {}
        last = a_movement(BREAD, -1)
        answer = second_till.tell("sale_recorded", "sale:2", a_sale("2", [last]))
        assert answer["outcome"] == "applied"
        (one,) = disagreements(till).values()
        assert one["exception_id"] == f"oversold:{BREAD}:{last['movement_id']}"
        assert (one["kind"], one["product_id"]) == ("oversold", BREAD)
        assert (one["view"]["physical"], one["view"]["promised"], one["view"]["missing"]) == (7, 8, 1)
        till.tell("sale_recorded", "sale:3", a_sale("3", [a_movement(BREAD, -1)]))
        assert len(disagreements(till)) == 1
        till.tell("stock_moved", "stock:1", {"movements": [a_movement(BREAD, 20, "goods_in")]})
        till.tell("sale_recorded", "sale:4", a_sale("4", [a_movement(BREAD, -19)]))
        assert len(disagreements(till)) == 2

    def test_handing_promised_goods_over_oversells_nothing(self, shop: AShop, till: Till) -> None:
        order_id = shop.order((BREAD, 10)).order_id
        till.tell("order_handed_over", f"order:{order_id}", till.handover(order_id, (1, BREAD, 10)))
        assert disagreements(till) == {}

    def test_selling_below_nought_what_nobody_waits_for_disturbs_nobody(self, shop: AShop, till: Till) -> None:
        till.tell("sale_recorded", "sale:1", a_sale("1", [a_movement(BREAD, -50)]))
        assert disagreements(till) == {}

    def test_a_refused_fact_leaves_no_disagreement(self, shop: AShop, till: Till) -> None:
        shop.order((BREAD, 8))
        movement = a_movement(BREAD, -1)
        till.tell("stock_moved", "stock:1", {"movements": [movement]})
        reused = {**movement, "quantity": -5}
        answer = till.tell("stock_moved", "stock:1", {"movements": [a_movement(BREAD, -5), reused]})
        assert (answer["outcome"], answer["reason"]) == ("refused", "movement_reused")
        assert disagreements(till) == {}


class TestReturns:
    def test_a_return_of_something_never_seen_counts_and_closes_when_the_sale_comes(
        self, shop: AShop, till: Till, second_till: Till
    ) -> None:
        back = a_sale(
            "r-1", [a_movement(BREAD, 1, "customer_return")], kind="return", lines=[{"corrects_sale_id": "s-1"}]
        )
        assert second_till.tell("sale_recorded", "sale:r-1", back)["outcome"] == "applied"
        assert shop.physical(BREAD) == 11
        one = disagreements(till)["returned:s-1"]
        assert (one["kind"], one["view"]["number"], one["settled_at"]) == ("return_unknown", "A-r-1", None)
        till.tell("sale_recorded", "sale:s-1", a_sale("s-1", [a_movement(BREAD, -1)]))
        one = disagreements(second_till)["returned:s-1"]
        assert (one["answer"], one["settled_by"]) == ("came_later", "")
        assert one["settled_at"] is not None

    def test_a_return_of_a_known_sale_is_nothing_to_settle(self, till: Till) -> None:
        till.tell("sale_recorded", "sale:s-1", a_sale("s-1"))
        till.tell("sale_recorded", "sale:r-1", a_sale("r-1", kind="cancellation", corrects="s-1"))
        assert disagreements(till) == {}


def an_article(price_minor: int, based_on: int | None, product_id: str = "jam", **values: Any) -> dict[str, Any]:
    based = {} if based_on is None else {"based_on_version": based_on}
    return {
        "product_id": product_id,
        "name": "Confiture",
        "price_minor": price_minor,
        "vat_rate_bp": 550,
        "unit": "piece",
        "codes": [],
        **based,
        **values,
    }


class TestArticles:
    def price(self, till: Till) -> int:
        return int(till.get("/v1/products/jam").json()["price_minor"])

    def test_what_another_changed_meanwhile_is_not_overwritten(self, till: Till, second_till: Till) -> None:
        till.tell("product_changed", "product:jam", an_article(400, 0))
        fact = second_till.fact("product_changed", "product:jam", an_article(450, 0))
        (answer,) = second_till.push(fact)
        assert (answer["outcome"], answer["reason"]) == ("conflict", "product_newer")
        assert (answer["view"]["theirs"]["price_minor"], answer["view"]["ours"]["price_minor"]) == (400, 450)
        assert second_till.push(fact) == [answer]
        assert self.price(till) == 400
        one = disagreements(till)[fact["fact_id"]]
        assert (one["kind"], one["product_id"]) == ("price_changed", "jam")
        assert one["view"]["ours"]["price_minor"] == 450

    def test_ours_again_is_a_change_of_the_newest(self, till: Till, second_till: Till) -> None:
        till.tell("product_changed", "product:jam", an_article(400, 0))
        second_till.tell("product_changed", "product:jam", an_article(450, 0))
        assert second_till.tell("product_changed", "product:jam", an_article(450, 1))["outcome"] == "applied"
        assert self.price(till) == 450

    def test_a_till_that_changes_twice_before_it_heard_agrees_with_itself(self, till: Till) -> None:
        for price in (400, 410, 420):
            assert till.tell("product_changed", "product:jam", an_article(price, 0))["outcome"] == "applied"
        assert self.price(till) == 420

    def test_another_change_in_between_is_noticed_all_the_same(self, till: Till, second_till: Till) -> None:
        till.tell("product_changed", "product:jam", an_article(400, 0))
        second_till.tell("product_changed", "product:jam", an_article(500, 1))
        assert till.tell("product_changed", "product:jam", an_article(410, 1))["outcome"] == "conflict"
        assert till.tell("product_changed", "product:jam", an_article(410, 2))["outcome"] == "applied"
        assert second_till.tell("product_changed", "product:jam", an_article(500, 2))["outcome"] == "conflict"

    def test_the_same_change_at_two_tills_is_no_disagreement(self, till: Till, second_till: Till) -> None:
        till.tell("product_changed", "product:jam", an_article(400, 0))
        assert second_till.tell("product_changed", "product:jam", an_article(400, 0))["outcome"] == "applied"
        assert disagreements(till) == {}

    def test_a_till_that_does_not_say_what_it_changed_counts(self, till: Till, second_till: Till) -> None:
        till.tell("product_changed", "product:jam", an_article(400, None))
        assert second_till.tell("product_changed", "product:jam", an_article(450, None))["outcome"] == "applied"
        assert self.price(till) == 450


class TestEdits:
    def test_less_more_and_other_things_until_it_is_ready(self, shop: AShop, till: Till) -> None:
        order_id = shop.order((BREAD, 2), (WINE, 1)).order_id
        before = till.order(order_id)
        assert edited(shop, order_id, (BREAD, 3), (CHEESE, 500)) == EditedOrder(order_id, 3 * 320 + 895, changed=True)
        order = till.order(order_id)
        assert [(line["line_no"], line["product_id"], line["quantity"]) for line in order["lines"]] == [
            (1, BREAD, 3),
            (3, CHEESE, 500),
        ]
        assert order["version"] == before["version"] + 1
        assert order["total_minor"] == sum(line["total_minor"] for line in order["lines"])
        assert (shop.promised(BREAD), shop.promised(WINE), shop.promised(CHEESE)) == (3, 0, 500)
        assert edited(shop, order_id, (BREAD, 3), (CHEESE, 500), (WINE, 0)) == EditedOrder(
            order_id, order["total_minor"], changed=False
        )
        assert till.order(order_id) == order
        till.tell("order_ready", f"order:{order_id}", {"order_id": order_id, "lines": []})
        assert edited(shop, order_id, (BREAD, 1)) == OrderRefused("already_ready")

    def test_what_is_not_there_is_refused_and_nothing_changes(self, shop: AShop, till: Till) -> None:
        order_id = shop.order((BREAD, 6)).order_id
        before = till.order(order_id)
        assert edited(shop, order_id, (BREAD, 11)) == OrderRefused("not_enough", BREAD, "Pain de campagne", 4)
        assert edited(shop, order_id, (BREAD, 0)) == OrderRefused("nothing_ordered")
        assert edited(shop, order_id, ("no-such", 1)) == OrderRefused("not_on_sale", "no-such")
        assert edited(shop, "no-such", (BREAD, 1)) == OrderRefused("no_such_order")
        assert till.order(order_id) == before
        assert isinstance(edited(shop, order_id, (BREAD, 10)), EditedOrder)

    @pytest.mark.parametrize("complete", [True, False])
    def test_never_after_a_part_of_it_left(self, shop: AShop, till: Till, complete: bool) -> None:
        order_id = shop.order((BREAD, 2), (WINE, 1)).order_id
        handover = till.handover(order_id, (1, BREAD, 2), complete=complete)
        till.tell("order_handed_over", f"order:{order_id}", handover)
        assert edited(shop, order_id, (BREAD, 1)) == OrderRefused("already_settled")

    def test_a_handover_by_a_till_that_had_not_heard_stands_and_is_told(self, shop: AShop, till: Till) -> None:
        order_id = shop.order((BREAD, 2), (WINE, 1)).order_id
        seen = till.order(order_id)["version"]
        edited(shop, order_id, (BREAD, 3), (CHEESE, 500))
        handover = till.handover(order_id, (1, BREAD, 2), (2, WINE, 1)) | {"order_version": seen}
        answer = till.tell("order_handed_over", f"order:{order_id}", handover)
        assert (answer["outcome"], answer["reason"]) == ("conflict", "edited_before")
        assert (shop.physical(BREAD), shop.physical(WINE)) == (8, 5)
        assert (shop.promised(BREAD), shop.promised(WINE), shop.promised(CHEESE)) == (0, 0, 500)
        assert till.order(order_id)["handover"] == "partly"
        one = disagreements(till)[answer["fact_id"]]
        assert one["kind"] == "order_edited"
        changes = [(line["what"], line["label"], line["before"], line["after"]) for line in one["view"]["lines"]]
        assert sorted(changes) == [
            ("added", "Maroilles à la coupe", 0, 500),
            ("quantity", "Pain de campagne", 2, 3),
            ("removed", "Bordeaux", 1, 0),
        ]
        rest = till.handover(order_id, (3, CHEESE, 500)) | {"order_version": till.order(order_id)["version"]}
        assert till.tell("order_handed_over", f"order:{order_id}", rest)["outcome"] == "applied"
        assert till.order(order_id)["handover"] == "handed_over"

    def test_undoing_it_promises_no_line_that_was_taken_out(self, shop: AShop, till: Till) -> None:
        order_id = shop.order((BREAD, 2), (WINE, 1)).order_id
        seen = till.order(order_id)["version"]
        edited(shop, order_id, (BREAD, 3))
        handover = till.handover(order_id, (1, BREAD, 2), (2, WINE, 1)) | {"order_version": seen}
        till.tell("order_handed_over", f"order:{order_id}", handover)
        till.tell("handover_undone", f"order:{order_id}", till.undo(handover))
        assert (shop.promised(BREAD), shop.promised(WINE)) == (3, 0)
        assert (shop.physical(BREAD), shop.physical(WINE)) == (10, 6)
        assert till.order(order_id)["handover"] == "open"

    def test_preparing_what_was_taken_out_meanwhile_holds_nothing_up(self, shop: AShop, till: Till) -> None:
        order_id = shop.order((BREAD, 2), (WINE, 1)).order_id
        edited(shop, order_id, (BREAD, 2))
        payload = {"order_id": order_id, "order_version": 1, "lines": [a_result(2, WINE, 1)]}
        assert till.tell("order_prepared", f"order:{order_id}", payload)["outcome"] == "applied"
        assert till.tell("order_ready", f"order:{order_id}", payload)["outcome"] == "applied"

    def test_what_is_ready_as_it_was_before_an_edit_is_not_ready(self, shop: AShop, till: Till) -> None:
        order_id = shop.order((BREAD, 2), (WINE, 1)).order_id
        seen = till.order(order_id)["version"]
        edited(shop, order_id, (BREAD, 3), (WINE, 1))
        ready = {"order_id": order_id, "lines": [a_result(1, BREAD, 2)], "bags": 1}
        assert till.tell("order_ready", f"order:{order_id}", ready | {"order_version": seen})["outcome"] == "applied"
        order = till.order(order_id)
        assert order["preparation"] == "in_preparation"
        assert isinstance(edited(shop, order_id, (BREAD, 4), (WINE, 1)), EditedOrder)
        newest = till.order(order_id)["version"]
        till.tell("order_ready", f"order:{order_id}", ready | {"order_version": newest})
        assert till.order(order_id)["preparation"] == "ready"
        # told late by a till that was off line: what the other made ready stays ready
        till.tell("order_ready", f"order:{order_id}", ready | {"order_version": seen})
        assert till.order(order_id)["preparation"] == "ready"

    def test_what_was_changed_and_changed_back_is_ready(self, shop: AShop, till: Till) -> None:
        order_id = shop.order((BREAD, 2)).order_id
        seen = till.order(order_id)["version"]
        edited(shop, order_id, (BREAD, 3))
        edited(shop, order_id, (BREAD, 2))
        ready = {"order_id": order_id, "order_version": seen, "lines": []}
        till.tell("order_ready", f"order:{order_id}", ready)
        assert till.order(order_id)["preparation"] == "ready"

    def test_a_till_that_knows_the_edit_disagrees_with_nobody(self, shop: AShop, till: Till) -> None:
        order_id = shop.order((BREAD, 2)).order_id
        edited(shop, order_id, (BREAD, 1))
        version = till.order(order_id)["version"]
        handover = till.handover(order_id, (1, BREAD, 1)) | {"order_version": version}
        assert till.tell("order_handed_over", f"order:{order_id}", handover)["outcome"] == "applied"

    def test_the_administration_edits_as_a_customer_would(self, shop: AShop, till: Till) -> None:
        order_id = shop.order((BREAD, 2)).order_id
        address = f"{shop.running.url}/admin/orders/{order_id}/edit"
        headers = {"Authorization": f"Bearer {shop.running.admin_token}"}

        def edit(*items: dict[str, Any]) -> requests.Response:
            return requests.post(address, json={"items": list(items)}, headers=headers, timeout=TIMEOUT_S)

        done = edit({"product_id": BREAD, "quantity": 1})
        assert (done.status_code, done.json()) == (200, {"order_id": order_id, "total_minor": 320, "changed": True})
        assert edit({"product_id": BREAD, "quantity": 99}).status_code == 409


class TestForgotten:
    """The marketplace was set back to an older copy: what left the shop left all the same."""

    def test_a_handover_of_an_order_it_forgot_is_taken(self, shop: AShop, till: Till, second_till: Till) -> None:
        payload = {"order_id": "forgotten", "lines": [a_result(1, BREAD, 2)]}
        assert till.tell("order_prepared", "order:forgotten", payload)["outcome"] == "applied"
        assert till.tell("order_ready", "order:forgotten", payload)["outcome"] == "applied"
        handover = till.handover("forgotten", (1, BREAD, 2))
        fact = till.fact("order_handed_over", "order:forgotten", handover)
        (answer,) = till.push(fact)
        assert (answer["outcome"], answer["reason"]) == ("conflict", "order_forgotten")
        assert shop.physical(BREAD) == 8
        told = disagreements(till)
        assert told == disagreements(second_till)
        (one,) = told.values()
        assert (one["kind"], one["order_id"], one["fact_id"]) == ("conflict", "forgotten", fact["fact_id"])
        assert [(line["label"], line["quantity"], line["unit"]) for line in one["view"]["lines"]] == [
            ("Pain de campagne", 2, "piece")
        ]
        assert till.push(fact)[0]["outcome"] == "conflict"
        assert shop.physical(BREAD) == 8
        assert till.tell("handover_undone", "order:forgotten", till.undo(handover))["outcome"] == "applied"
        assert shop.physical(BREAD) == 10
        assert till.get("/v1/orders/forgotten").status_code == 404

    def test_another_shops_order_is_as_one_it_forgot(self, shop: AShop, till: Till, other_shop: AShop) -> None:
        order_id = other_shop.order((BREAD, 2)).order_id
        stranger = other_shop.pair("Étrangère")
        try:
            before = stranger.order(order_id)
            for kind in ("order_prepared", "order_ready"):
                till.tell(kind, f"order:{order_id}", {"order_id": order_id, "lines": [a_result(1, BREAD, 2)]})
            answer = till.tell("order_handed_over", f"order:{order_id}", till.handover(order_id, (1, BREAD, 2)))
            assert (answer["reason"], answer.get("view")) == ("order_forgotten", None)
            assert (stranger.order(order_id), disagreements(stranger)) == (before, {})
            handed_over = stranger.handover(order_id, (1, BREAD, 2))
            assert stranger.tell("order_handed_over", f"order:{order_id}", handed_over)["outcome"] == "applied"
        finally:
            stranger.session.close()

    def test_a_line_of_an_edit_it_forgot(self, shop: AShop, till: Till) -> None:
        order_id = shop.order((BREAD, 2)).order_id
        ready = {"order_id": order_id, "lines": [a_result(1, BREAD, 2), a_result(2, WINE, 1)]}
        assert till.tell("order_ready", f"order:{order_id}", ready)["outcome"] == "applied"
        handover = till.handover(order_id, (1, BREAD, 2), (2, WINE, 1))
        answer = till.tell("order_handed_over", f"order:{order_id}", handover)
        assert (answer["outcome"], answer["reason"]) == ("conflict", "line_forgotten")
        assert (shop.physical(BREAD), shop.physical(WINE)) == (8, 5)
        assert till.order(order_id)["handover"] == "handed_over"
        one = disagreements(till)[answer["fact_id"]]
        assert (one["kind"], [line["label"] for line in one["view"]["lines"]]) == ("conflict", ["Bordeaux"])
        till.tell("handover_undone", f"order:{order_id}", till.undo(handover))
        assert (shop.physical(BREAD), shop.physical(WINE), shop.promised(BREAD)) == (10, 6, 2)

    @pytest.mark.parametrize("complete", [True, False])
    def test_a_number_of_a_line_it_gave_again_to_another_article(self, shop: AShop, till: Till, complete: bool) -> None:
        order_id = shop.order((BREAD, 2)).order_id
        edited(shop, order_id, (BREAD, 2), (CHEESE, 500))
        handover = till.handover(order_id, (1, BREAD, 2), (2, WINE, 1), complete=complete)
        answer = till.tell("order_handed_over", f"order:{order_id}", handover)
        assert (answer["outcome"], answer["reason"]) == ("conflict", "line_forgotten")
        assert (shop.promised(BREAD), shop.promised(CHEESE), shop.physical(WINE)) == (0, 500, 5)
        assert till.order(order_id)["handover"] == "partly"

    def test_what_left_after_all_it_knows_of_left(self, shop: AShop, till: Till) -> None:
        order_id = shop.order((BREAD, 2)).order_id
        till.tell("order_handed_over", f"order:{order_id}", till.handover(order_id, (1, BREAD, 2), complete=False))
        rest = till.handover(order_id, (2, WINE, 1))
        assert till.tell("order_handed_over", f"order:{order_id}", rest)["reason"] == "line_forgotten"


def test_the_moment_of_a_settlement_is_the_counters(till: Till) -> None:
    till.tell("exception_settled", "exception:x", an_answer("x", "conflict", "look_at_it"))
    assert disagreements(till)["x"]["settled_at"][:19] == WHEN[:19]
