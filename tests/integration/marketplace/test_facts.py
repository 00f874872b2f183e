"""What tills tell: each fact once, whatever is repeated, and the effect the contract gives it."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest

from app.domain.money import Money
from app.domain.sale import PaymentMeans
from app.usecases.correct_sale import cancel_sale, change_payment
from tests.fakes.counter_acts import articles, cash, coming_back, sell
from tests.fakes.memory_store import MemoryStore
from tests.fakes.samples import COFFEE
from tests.fakes.shop import Shop
from tests.fakes.surroundings import HandSetClock
from tests.integration.marketplace.world import (
    BREAD,
    CHEESE,
    WINE,
    WRAPPING,
    AShop,
    Till,
    a_movement,
    a_product,
    a_result,
)


def _stock(till: Till, quantity: int = -1, product: str = BREAD) -> dict:
    return till.fact("stock_moved", f"stock:{product}", {"movements": [a_movement(product, quantity, "correction")]})


class TestOnce:
    def test_a_fact_told_again_is_a_duplicate_and_counts_once(self, shop: AShop, till: Till) -> None:
        fact = _stock(till, -2)
        assert [r["outcome"] for r in till.push(fact, fact)] == ["applied", "duplicate"]
        assert till.push(fact)[0]["outcome"] == "duplicate"
        assert shop.physical(BREAD) == 8

    def test_the_same_moment_written_otherwise_is_the_same_fact(self, shop: AShop, till: Till) -> None:
        fact = _stock(till)
        till.push(fact)
        again = {**fact, "happened_at": "2026-11-22T15:30:00+01:00"}
        assert till.push(again)[0]["outcome"] == "duplicate"
        assert till.push({**fact, "happened_at": "2026-11-22T14:30:00Z"})[0]["outcome"] == "duplicate"

    def test_an_id_never_stands_for_another_content(self, shop: AShop, till: Till) -> None:
        fact = _stock(till)
        till.push(fact)
        for other in (
            {**fact, "payload": {"movements": [a_movement(BREAD, -5, "loss")]}},
            {**fact, "kind": "sale_recorded"},
            {**fact, "subject": "stock:wine"},
        ):
            answer = till.push(other)[0]
            assert answer["outcome"] == "refused"
            assert answer["message"]
        assert shop.physical(BREAD) == 9

    def test_an_older_copy_that_gave_it_another_number_tells_nothing_new(self, shop: AShop, till: Till) -> None:
        """It had been passed on by another till, or its answer lost, before the till was set back."""
        fact = _stock(till)
        till.push(fact)
        assert till.push({**fact, "till_seq": 1099})[0]["outcome"] == "duplicate"
        assert shop.physical(BREAD) == 9

    def test_a_till_paired_anew_tells_once_more_what_it_told_before(
        self, shop: AShop, till: Till, second_till: Till
    ) -> None:
        """The answer was lost, the till was revoked and paired again: the same fact comes under its new name."""
        fact = _stock(till)
        till.push(fact)
        assert second_till.push(fact)[0]["outcome"] == "duplicate"
        other = {**fact, "payload": {"movements": [a_movement(BREAD, -5, "loss")]}}
        assert second_till.push(other)[0]["outcome"] == "refused"
        assert shop.physical(BREAD) == 9

    def test_a_number_of_the_till_never_stands_for_two_facts(self, shop: AShop, till: Till, second_till: Till) -> None:
        first, second = _stock(till), _stock(till)
        till.push(first)
        assert till.push({**second, "till_seq": first["till_seq"]})[0]["outcome"] == "refused"
        assert till.push(second)[0]["outcome"] == "applied", "the number of a refused fact must stay free"
        assert second_till.push(_stock(second_till))[0]["outcome"] == "applied", "numbers are the till's own"

    def test_one_bad_fact_does_not_hold_up_the_others(self, shop: AShop, till: Till) -> None:
        bad = till.fact("order_ready", "order:x", {"order_id": "x"})
        unknown = till.fact("moon_landed", "moon:1", {})
        broken = till.fact("stock_moved", "stock:1", {"movements": [{"quantity": "many"}]})
        answers = till.push(_stock(till), bad, unknown, broken, _stock(till))
        assert [a["outcome"] for a in answers] == ["applied", "refused", "refused", "refused", "applied"]
        assert all(a["message"] for a in answers if a["outcome"] == "refused")
        assert shop.physical(BREAD) == 8

    def test_a_refused_fact_may_be_told_again_once_its_reason_is_gone(self, shop: AShop, till: Till) -> None:
        good = a_movement(BREAD, -1)
        taken = {**a_movement(BREAD, -3), "movement_id": good["movement_id"]}
        fact = till.fact("stock_moved", "stock:1", {"movements": [taken, a_movement(WINE, -1)]})
        till.tell("stock_moved", "stock:1", {"movements": [good]})
        cursor = till.pages()[1]
        assert till.push(fact)[0]["outcome"] == "refused"
        assert (shop.physical(BREAD), shop.physical(WINE)) == (9, 6), "nothing of a refused fact stays"
        assert till.pages(cursor)[0] == [], "nor is anything told of it"

    def test_a_movement_counts_once_by_its_id(self, shop: AShop, till: Till, second_till: Till) -> None:
        movement = a_movement(BREAD, -4)
        till.tell("stock_moved", "stock:1", {"movements": [movement, movement]})
        till.tell("stock_moved", "stock:1", {"movements": [movement]})
        assert shop.physical(BREAD) == 6
        told = [c for c in second_till.pages()[0] if c["id"] == movement["movement_id"]]
        assert [c["data"] for c in told] == [{**movement, "till_id": till.till_id, "operator": ""}]

    @pytest.mark.parametrize("language", ["fr", "en-GB,en;q=0.9,fr;q=0.8"])
    def test_sentences_are_in_the_language_asked_for(self, till: Till, language: str) -> None:
        fact = till.fact("moon_landed", "moon:1", {})
        message = till.push(fact, **{"Accept-Language": language})[0]["message"]
        assert message.startswith("Le marché" if language == "fr" else "The marketplace")


class TestPreparation:
    def test_prepared_then_ready(self, shop: AShop, till: Till) -> None:
        order_id = shop.order((BREAD, 2), (CHEESE, 400)).order_id
        lines = [a_result(1, BREAD, 2), a_result(2, CHEESE, 420, "weighed")]
        assert till.tell("order_prepared", f"order:{order_id}", {"order_id": order_id, "lines": lines[:1]})
        assert till.order(order_id)["preparation"] == "in_preparation"
        ready = {"order_id": order_id, "lines": lines, "bags": 2, "shelf": "B4"}
        assert till.tell("order_ready", f"order:{order_id}", ready)["outcome"] == "applied"
        assert till.order(order_id)["preparation"] == "ready"
        late = till.tell("order_prepared", f"order:{order_id}", {"order_id": order_id, "lines": lines})
        assert late["outcome"] == "applied"
        assert till.order(order_id)["preparation"] == "ready", "preparation only goes forward"

    def test_a_cancelled_order_is_a_conflict_to_show(self, shop: AShop, till: Till) -> None:
        order_id = shop.order((BREAD, 2)).order_id
        _cancel(shop, order_id)
        answer = till.tell("order_ready", f"order:{order_id}", {"order_id": order_id, "lines": []})
        assert answer["outcome"] == "conflict"
        assert answer["view"]["cancelled_at"]


class TestHandover:
    def test_goods_leave_and_are_no_longer_promised(self, shop: AShop, till: Till, second_till: Till) -> None:
        order_id = shop.order((BREAD, 2), (CHEESE, 400)).order_id
        assert (shop.physical(BREAD), shop.promised(BREAD), shop.promised(CHEESE)) == (10, 2, 400)
        payload = till.handover(order_id, (1, BREAD, 2), (2, CHEESE, 410))
        assert till.tell("order_handed_over", f"order:{order_id}", payload)["outcome"] == "applied"
        assert (shop.physical(BREAD), shop.promised(BREAD)) == (8, 0)
        assert (shop.physical(CHEESE), shop.promised(CHEESE)) == (4590, 0)
        order = second_till.order(order_id)
        assert (order["handover"], order["handed_over_by"]) == ("handed_over", "Caisse avant")
        assert order["handed_over_at"] == "2026-11-22T14:30:00.000000+00:00"
        assert order["paid_minor"] == 0, "what the till takes is the till's own record"

    def test_twice_keeps_both_facts_and_the_stock_both_tills_have(
        self, shop: AShop, till: Till, second_till: Till
    ) -> None:
        order_id = shop.order((BREAD, 2)).order_id
        first = till.handover(order_id, (1, BREAD, 2))
        second = second_till.handover(order_id, (1, BREAD, 2))
        till.tell("order_handed_over", f"order:{order_id}", first)
        fact = second_till.fact("order_handed_over", f"order:{order_id}", second)
        answer = second_till.push(fact)[0]
        assert answer["outcome"] == "conflict"
        assert answer["message"]
        assert (answer["view"]["order_id"], answer["view"]["handed_over_by"]) == (order_id, "Caisse avant")
        assert second_till.push(fact)[0] == answer, "a conflict told again is the same conflict"
        assert shop.physical(BREAD) == 6, "goods left at both tills, and a count at either puts both sides right (I4)"

    def test_undoing_the_first_of_two_counts_the_second(self, shop: AShop, till: Till, second_till: Till) -> None:
        order_id = shop.order((BREAD, 2)).order_id
        first, second = till.handover(order_id, (1, BREAD, 2)), second_till.handover(order_id, (1, BREAD, 2))
        till.tell("order_handed_over", f"order:{order_id}", first)
        second_till.tell("order_handed_over", f"order:{order_id}", second)
        till.tell("handover_undone", f"order:{order_id}", till.undo(first))
        assert shop.physical(BREAD) == 8, "the second till's goods did leave"
        order = till.order(order_id)
        assert (order["handover"], order["handed_over_by"]) == ("handed_over", "Caisse arrière")
        second_till.tell("handover_undone", f"order:{order_id}", second_till.undo(second))
        assert (shop.physical(BREAD), shop.promised(BREAD)) == (10, 2)
        assert till.order(order_id)["handover"] == "open"

    def test_undoing_the_one_kept_aside_gives_its_goods_back(self, shop: AShop, till: Till, second_till: Till) -> None:
        order_id = shop.order((BREAD, 2)).order_id
        second = second_till.handover(order_id, (1, BREAD, 2))
        till.tell("order_handed_over", f"order:{order_id}", till.handover(order_id, (1, BREAD, 2)))
        second_till.tell("order_handed_over", f"order:{order_id}", second)
        assert second_till.tell("handover_undone", "order:1", second_till.undo(second))["outcome"] == "applied"
        assert shop.physical(BREAD) == 8
        assert till.order(order_id)["handed_over_by"] == "Caisse avant"

    def test_undo_gives_everything_back_once(self, shop: AShop, till: Till) -> None:
        order_id = shop.order((BREAD, 2), (WRAPPING, 1)).order_id
        payload = till.handover(order_id, (1, BREAD, 2))
        payload["lines"].append(a_result(2, WRAPPING, 1))
        till.tell("order_handed_over", f"order:{order_id}", payload)
        assert till.tell("handover_undone", "order:1", till.undo(payload))["outcome"] == "applied"
        order = till.order(order_id)
        assert (order["handover"], order["handed_over_at"], order["handed_over_by"]) == ("open", None, "")
        assert (shop.physical(BREAD), shop.promised(BREAD), shop.promised(WRAPPING)) == (10, 2, 1)
        again = till.tell("handover_undone", "order:1", till.undo(payload))
        assert again["outcome"] == "conflict"
        assert shop.physical(BREAD) == 10

    def test_in_two_parts(self, shop: AShop, till: Till, second_till: Till) -> None:
        order_id = shop.order((BREAD, 2), (WINE, 1)).order_id
        part = till.handover(order_id, (1, BREAD, 2), complete=False)
        part["lines"].append(a_result(2, "", 0, "to_follow"))
        till.tell("order_handed_over", f"order:{order_id}", part)
        assert till.order(order_id)["handover"] == "partly"
        assert (shop.promised(BREAD), shop.promised(WINE)) == (0, 1)
        rest = second_till.handover(order_id, (2, WINE, 1))
        assert second_till.tell("order_handed_over", f"order:{order_id}", rest)["outcome"] == "applied"
        assert till.order(order_id)["handover"] == "handed_over"
        till.tell("handover_undone", f"order:{order_id}", till.undo(part))
        assert till.order(order_id)["handover"] == "partly"
        assert (shop.physical(BREAD), shop.promised(BREAD)) == (10, 2)
        assert (shop.physical(WINE), shop.promised(WINE)) == (5, 0)

    def test_parts_that_overlap_are_told_and_move_what_left(self, shop: AShop, till: Till, second_till: Till) -> None:
        order_id = shop.order((BREAD, 2), (WINE, 1)).order_id
        till.tell("order_handed_over", "order:1", till.handover(order_id, (1, BREAD, 2), complete=False))
        both = second_till.handover(order_id, (1, BREAD, 2), (2, WINE, 1))
        assert second_till.tell("order_handed_over", "order:1", both)["outcome"] == "conflict"
        assert (shop.physical(BREAD), shop.physical(WINE)) == (6, 5)
        assert till.order(order_id)["handover"] == "handed_over"

    def test_goods_of_a_cancelled_order_that_left_are_counted(self, shop: AShop, till: Till) -> None:
        order_id = shop.order((BREAD, 2)).order_id
        _cancel(shop, order_id)
        assert shop.promised(BREAD) == 0
        answer = till.tell("order_handed_over", "order:1", till.handover(order_id, (1, BREAD, 2)))
        assert answer["outcome"] == "conflict"
        assert answer["view"]["handover"] == "handed_over"
        assert shop.physical(BREAD) == 8

    def test_what_cannot_be_is_refused(self, shop: AShop, till: Till) -> None:
        order_id = shop.order((BREAD, 2)).order_id
        good = till.handover(order_id, (1, BREAD, 2))
        refused = [
            {**till.handover(order_id), "complete": False},
            {**till.handover(order_id), "order_id": ""},
        ]
        answers = [till.tell("order_handed_over", "order:1", payload) for payload in refused]
        answers.append(till.tell("handover_undone", "order:1", till.undo(good)))
        assert [a["outcome"] for a in answers] == ["refused"] * 3
        till.tell("order_handed_over", "order:1", good)
        assert till.tell("order_handed_over", "order:1", good)["outcome"] == "refused", "one handover, one fact"
        assert shop.physical(BREAD) == 8


class TestRest:
    def test_a_sale_moves_the_stock_once(self, shop: AShop, till: Till) -> None:
        sale = {
            "sale_id": str(uuid.uuid4()),
            "number": "A-1",
            "kind": "sale",
            "currency": "EUR",
            "total_minor": 640,
            "order_id": "",
            "movements": [a_movement(BREAD, -2, "sale")],
        }
        assert till.tell("sale_recorded", "sale:1", sale)["outcome"] == "applied"
        assert till.tell("sale_recorded", "sale:1", sale)["outcome"] == "refused"
        assert shop.physical(BREAD) == 8

    def test_returns_cancellations_and_changes_of_means_are_taken_as_the_till_tells_them(
        self, shop: AShop, till: Till
    ) -> None:
        counter = Shop(MemoryStore(), HandSetClock())
        counter.has_products(replace(COFFEE, product_id=BREAD))
        sold = sell(counter, articles(counter, (replace(COFFEE, product_id=BREAD), 3)))
        sell(counter, coming_back(counter, sold, l1=1), cash(-499))
        wrong = sell(counter, articles(counter, (replace(COFFEE, product_id=BREAD), 1)))
        change_payment(
            counter.counter, sold.sale_id, {PaymentMeans.CARD: Money(1)}, {PaymentMeans.CASH: Money(1)}, "Léa"
        )
        cancel_sale(counter.counter, wrong.sale_id, "Léa", "Erreur")
        facts = counter.facts()
        assert [fact.payload["kind"] for fact in facts] == ["sale", "return", "sale", "payment_change", "cancellation"]
        for fact in facts:
            assert till.tell("sale_recorded", fact.subject, dict(fact.payload))["outcome"] == "applied"
        assert shop.physical(BREAD) == 10 - 2

    def test_a_product_changed_here_reaches_the_other_till(self, shop: AShop, till: Till, second_till: Till) -> None:
        cursor = second_till.pages()[1]
        payload = a_product(BREAD, "Pain au levain", 390).model_dump(exclude_none=True)
        assert till.tell("product_changed", "product:bread", payload)["outcome"] == "applied"
        (change,), _ = second_till.pages(cursor)
        assert (change["kind"], change["id"]) == ("product", BREAD)
        assert change["data"] == {**payload, "version": 2}

    def test_flags_once_told_stay_while_nobody_tells_them_anew(
        self, shop: AShop, till: Till, second_till: Till
    ) -> None:
        bare = a_product(BREAD, "Pain au levain", 390).model_dump(exclude_none=True)
        flags = {"nature": "goods", "meal_voucher": True, "legal_guarantee": False, "weigh_slip": True}
        till.tell("product_changed", "product:bread", {**bare, **flags})
        till.tell("product_changed", "product:bread", {**bare, "price_minor": 400})
        product = next(change for change in second_till.pages()[0] if change["id"] == BREAD)
        assert product["data"] == {**bare, **flags, "price_minor": 400, "version": 3}

    @pytest.mark.parametrize(
        "wrong",
        [
            {"price_minor": 10**30},
            {"price_minor": 3.5},
            {"price_minor": "320"},
            {"price_minor": True},
            {"price_minor": -1},
            {"name": "nul\x00"},
            {"name": ""},
            {"name": "x" * 300},
            {"vat_rate_bp": 1960},
            {"unit": "stone"},
            {"codes": ["x"] * 51},
            {"product_id": "../etc"},
            {"age_limit": 99},
            {"nature": "gift"},
            {"meal_voucher": "oui"},
        ],
    )
    def test_impossible_products_are_refused(self, till: Till, wrong: dict) -> None:
        payload = {**a_product(BREAD, "Pain", 390).model_dump(), **wrong}
        answer = till.post("/v1/facts", {"facts": [till.fact("product_changed", "product:bread", payload)]})
        assert answer.status_code in (200, 422)
        if answer.status_code == 200:
            assert answer.json()["results"][0]["outcome"] == "refused"


def _cancel(shop: AShop, order_id: str) -> None:
    from app.marketplace.orders import cancel_order

    with shop.store.writing(shop.shop_id) as transaction:
        assert cancel_order(transaction, order_id)
