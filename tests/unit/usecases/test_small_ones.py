"""Pairing, paper, parked baskets, facts sent again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.receipt import HandoverSlip, PreparationList, PrintKind, SaleReceipt, SelfTest, ShopIdentity
from app.domain.sale import Basket, Payment, PaymentMeans, line_for_product
from app.usecases.find_order import HowFound
from app.usecases.hand_over_order import HandoverRequest, hand_over_order
from app.usecases.marketplace_port import FactAnswer, FactOutcome, Pairing
from app.usecases.pair_till import pair_till
from app.usecases.park_basket import park_basket, take_basket
from app.usecases.ports import MarketplaceRefused, PrintJob, PrintState, Touched
from app.usecases.print_document import (
    cancel_print,
    confirm_printed,
    print_again,
    print_preparation_list,
    print_receipt_copy,
    print_self_test,
    print_slip,
)
from app.usecases.resend_fact import resend_fact
from app.usecases.sell_at_counter import SaleDone, SaleRequest, order_basket_lines, sell_at_counter
from tests.fakes.samples import COFFEE, TOMATO, an_order
from tests.fakes.shop import Shop
from tests.fakes.surroundings import NOON

# --- pairing ---

PAIRING = Pairing(
    "till-9", "B", "Caisse B", "shop-1", ShopIdentity("Fromagerie Denis"), "secret-token", {"K": b"key" * 8}
)


class PairingDesk:
    """A marketplace that only pairs, with one code."""

    def __init__(self, pairing: Pairing = PAIRING) -> None:
        self.pairing = pairing
        self.asked: list[tuple[str, str]] = []
        self.previous_tokens: list[str] = []

    def pair(self, code: str, till_name: str, previous_token: str = "") -> Pairing:
        self.asked.append((code, till_name))
        self.previous_tokens.append(previous_token)
        if code != "GOODCODE":
            raise MarketplaceRefused("wrong_code")
        return self.pairing


@pytest.mark.parametrize("code", ["", "GOODCOD", "GOODCODE1", "GOOD/COD", "\udcff" * 8, "A" * 10_000])
def test_what_is_no_pairing_code_is_not_asked_about(shop: Shop, code: str) -> None:
    with pytest.raises(MarketplaceRefused) as refused:
        pair_till(shop.counter, shop.secrets, None, code, "Caisse B", "https://m.example")  # type: ignore[arg-type]  # nobody is asked
    assert refused.value.reason == "wrong_code"


def test_pairing_keeps_identity_in_the_store_and_secrets_outside(shop: Shop) -> None:
    with shop.store.unit_of_work() as uow:
        uow.pulled.set_cursor("of shop-1")
        uow.commit()
    desk = PairingDesk()
    identity = pair_till(shop.counter, shop.secrets, desk, " good-code ", "Caisse B", "https://m.example")  # type: ignore[arg-type]  # pairing is all it can do
    assert desk.asked == [("GOODCODE", "Caisse B")]
    assert shop.queries.identity() == identity
    assert (identity.till_id, identity.marketplace_url, identity.paired_at) == ("till-9", "https://m.example", NOON)
    assert shop.secrets.device_token() == "secret-token"
    assert shop.secrets.pickup_keys() == {"K": b"key" * 8}
    assert "secret" not in repr(identity)
    with shop.store.unit_of_work() as uow:
        assert uow.pulled.cursor() == "of shop-1"  # paired anew with the same shop: the same feed goes on


def test_a_till_of_one_shop_is_never_joined_to_another(shop: Shop) -> None:
    """What waits to be sent, the customers and the tickets are the first shop's: the second must not get them."""
    sold = a_sale(shop)
    desk = PairingDesk(replace(PAIRING, shop_id="shop-2"))
    before = shop.queries.identity()
    with pytest.raises(MarketplaceRefused) as refused:
        pair_till(shop.counter, shop.secrets, desk, "GOODCODE", "Caisse B", "https://m.example")  # type: ignore[arg-type]  # pairing is all it can do
    assert refused.value.reason == "another_shop"
    assert shop.queries.identity() == before
    assert shop.secrets.device_token() is None
    assert shop.facts()[0].payload["sale_id"] == sold.sale.sale_id


def test_a_wrong_code_changes_nothing(shop: Shop) -> None:
    before = shop.queries.identity()
    with pytest.raises(MarketplaceRefused):
        pair_till(shop.counter, shop.secrets, PairingDesk(), "BADCODE1", "Caisse B", "https://m.example")  # type: ignore[arg-type]  # pairing is all it can do
    assert shop.queries.identity() == before
    assert shop.secrets.device_token() is None
    assert shop.heard == []


# --- paper ---


def a_sale(shop: Shop, *, of_order: bool = False, handover: HandoverRequest | None = None) -> SaleDone:
    lines = order_basket_lines(shop.counter.ids, shop.order()) if of_order else (line_for_product("l", COFFEE, 1),)
    basket = Basket(lines)
    payment = Payment(PaymentMeans.CARD, basket.total, basket.total)
    done = sell_at_counter(shop.counter, SaleRequest(basket, (payment,), "Léa", handover))
    assert isinstance(done, SaleDone)
    return done


def printed(shop: Shop, job: PrintJob | None) -> PrintJob:
    assert job is not None
    kept = shop.queries.print_job(job.job_id)
    assert kept == job
    return kept


def test_the_first_ticket_is_the_original_and_the_next_are_numbered_duplicates(shop: Shop) -> None:
    sale = a_sale(shop).sale
    copies = []
    for _ in range(3):
        document = printed(shop, print_receipt_copy(shop.counter, sale.sale_id, "Léa")).document
        assert isinstance(document, SaleReceipt)
        assert document.sale == sale
        copies.append(document.copy_no)
    assert copies == [0, 1, 2]
    assert shop.heard[-1] == Touched(print_queue=True)
    assert print_receipt_copy(shop.counter, "sale-9", "Léa") is None


def test_the_slip_of_the_last_handover(shop: Shop) -> None:
    shop.has_order(an_order())
    assert print_slip(shop.counter, "order-1") is None
    a_sale(shop, of_order=True, handover=HandoverRequest("order-1", HowFound.SCAN, "Léa"))
    first = printed(shop, print_slip(shop.counter, "order-1")).document
    again = printed(shop, print_slip(shop.counter, "order-1")).document
    assert isinstance(first, HandoverSlip)
    assert isinstance(again, HandoverSlip)
    assert (first.copy_no, again.copy_no, first.collected.minor) == (0, 1, 1574)
    assert print_slip(shop.counter, "order-9") is None


def test_lists_and_self_tests(shop: Shop) -> None:
    shop.has_order(an_order())
    job = printed(shop, print_preparation_list(shop.counter, "order-1"))
    assert job.kind is PrintKind.PREPARATION_LIST
    assert isinstance(job.document, PreparationList)
    assert job.document.order == shop.order()
    assert print_preparation_list(shop.counter, "order-9") is None
    assert isinstance(printed(shop, print_self_test(shop.counter)).document, SelfTest)


def test_a_person_settles_a_job(shop: Shop) -> None:
    job = print_self_test(shop.counter)
    for settle, state in (
        (cancel_print, PrintState.CANCELLED),
        (print_again, PrintState.QUEUED),
        (confirm_printed, PrintState.DONE),
    ):
        assert settle(shop.counter, job.job_id)
        kept = shop.queries.print_job(job.job_id)
        assert kept is not None
        assert kept.state is state
    assert not cancel_print(shop.counter, "job-9")


def test_what_the_printer_has_now_is_left_to_it(shop: Shop) -> None:
    job = print_self_test(shop.counter)
    with shop.store.unit_of_work() as uow:
        uow.print_queue.set_state(job.job_id, PrintState.PRINTING, "", NOON)
        uow.commit()
    assert not print_again(shop.counter, job.job_id)
    kept = shop.queries.print_job(job.job_id)
    assert kept is not None
    assert kept.state is PrintState.PRINTING


# --- baskets ---


def test_a_parked_basket_comes_back_whole_and_once(shop: Shop) -> None:
    shop.has_order(an_order())
    lines = (*order_basket_lines(shop.counter.ids, shop.order()), line_for_product("l", TOMATO, 456))
    basket = Basket(lines, "order-1")
    basket_id = park_basket(shop.counter, basket, "dame au chien")
    (row,) = shop.queries.parked_baskets()
    assert (row.basket_id, row.title, row.total, row.line_count) == (basket_id, "dame au chien", basket.total, 3)
    assert take_basket(shop.counter, basket_id) == basket
    assert take_basket(shop.counter, basket_id) is None
    assert shop.queries.parked_baskets() == []
    assert shop.heard == [Touched(baskets=True)] * 2


# --- facts ---


def test_a_refused_fact_is_sent_again_on_a_persons_word(shop: Shop) -> None:
    shop.has_order(an_order(prepaid=True))
    hand_over_order(shop.counter, HandoverRequest("order-1", HowFound.SCAN, "Léa"))
    (fact,) = shop.facts()
    with shop.store.unit_of_work() as uow:
        uow.outbox.claim(10, NOON, 30)
        uow.outbox.settle([FactAnswer(fact.fact_id, FactOutcome.REFUSED, "unknown order")], NOON)
        uow.commit()
    assert shop.facts() == []
    (row,) = shop.queries.outbox()
    assert (row.state, row.message) == ("refused", "unknown order")
    resend_fact(shop.counter, fact.fact_id)
    assert shop.facts() == [fact]
    assert shop.heard[-1] == Touched(outbox=True)
