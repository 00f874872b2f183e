"""The code of an order for its customer: genuine at every till of the shop, on a slip and in an e-mail, without a name
in the QR."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from app.domain.order import HandoverState, Order
from app.domain.pickup_code import CodeJudgement, judge_pickup_code
from app.domain.receipt import PickupSlip, PrintKind
from app.ui.pickup_pass_words import no_pass_words, pass_text
from app.usecases.connector_kinds import CODE_PAGE_OPTION
from app.usecases.connector_ports import Linked, MarketplaceKind
from app.usecases.find_order import judge_code
from app.usecases.ports import PrintJob
from app.usecases.show_pickup_code import NoPass, PickupPass, pickup_pass, print_pickup_slip
from tests.fakes.samples import an_order
from tests.fakes.shop import Shop
from tests.fakes.surroundings import NOON, MemorySecrets


def keep(shop: Shop, order: Order) -> None:
    with shop.store.unit_of_work() as uow:
        uow.orders.save_server_copy(order)
        uow.commit()


def link(shop: Shop, linked: Linked) -> None:
    with shop.store.unit_of_work() as uow:
        uow.set_linked(linked)
        uow.commit()


def given(shop: Shop, order_id: str = "order-1") -> PickupPass:
    found = pickup_pass(shop.store.queries, shop.secrets, order_id)
    assert isinstance(found, PickupPass)
    return found


def test_the_code_is_genuine_and_finds_the_order(shop: Shop) -> None:
    keep(shop, an_order())
    code = given(shop).pickup_code
    till = shop.store.queries.identity()
    assert judge_pickup_code(code, till.shop_id, shop.secrets.pickup_keys())[0] is CodeJudgement.GENUINE
    verdict = judge_code(shop.store.queries, shop.secrets, code, NOON)
    assert verdict.order is not None
    assert verdict.order.order.order_id == "order-1"


def test_of_two_keys_all_tills_take_the_same(shop: Shop) -> None:
    keep(shop, an_order())
    shop.secrets.set_pickup_keys({"7": b"a" * 32, "3": b"b" * 32})
    first = given(shop).pickup_code
    shop.secrets.set_pickup_keys({"3": b"b" * 32, "7": b"a" * 32})
    assert given(shop).pickup_code == first


def test_the_slip_holds_all_the_counter_needs_and_one_letter_of_the_customer(shop: Shop) -> None:
    order = an_order(customer_name="camille Martin", keep_until=NOON + timedelta(days=3))
    keep(shop, order)
    job = print_pickup_slip(shop.counter, "order-1")
    assert isinstance(job, PrintJob)
    assert (job.kind, job.title) == (PrintKind.PICKUP_SLIP, order.number)
    slip = job.document
    assert isinstance(slip, PickupSlip)
    assert slip.pickup_code == given(shop).pickup_code
    assert (slip.initial, slip.spoken_code, slip.keep_until) == ("C", order.spoken_code, order.keep_until)
    assert "Martin" not in repr(slip)


@pytest.mark.parametrize(
    ("order", "why"),
    [
        (an_order(cancelled_at=NOON), NoPass.CANCELLED),
        (an_order(server_handover=HandoverState.HANDED_OVER), NoPass.ALREADY_HANDED_OVER),
        (an_order(reference=""), NoPass.NO_REFERENCE),
        (an_order(reference="K7F3K9A"), NoPass.NO_REFERENCE),
        (an_order("another"), NoPass.UNKNOWN_ORDER),
    ],
)
def test_why_there_is_no_code(shop: Shop, order: Order, why: NoPass) -> None:
    keep(shop, order)
    assert pickup_pass(shop.store.queries, shop.secrets, "order-1") is why
    assert print_pickup_slip(shop.counter, "order-1") is why
    assert no_pass_words(why)


def test_without_a_key_no_code_is_made(shop: Shop) -> None:
    keep(shop, an_order())
    assert pickup_pass(shop.store.queries, MemorySecrets({}), "order-1") is NoPass.NO_KEY


def test_the_page_is_the_marketplaces_or_the_one_that_was_entered(shop: Shop) -> None:
    keep(shop, an_order())
    code = given(shop).pickup_code
    url = shop.store.queries.identity().marketplace_url
    assert given(shop).link == f"{url}/q/{code}"
    link(shop, Linked(MarketplaceKind.VENDURE, {"channel": "t0k"}))
    assert given(shop).link == ""
    options = {"channel": "t0k", CODE_PAGE_OPTION: "https://ville.example/q/"}
    link(shop, Linked(MarketplaceKind.VENDURE, options))
    assert given(shop).link == f"https://ville.example/q/{code}"


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("link", ["", "https://ville.example/q/P1"])
def test_the_e_mail_says_the_codes_and_nobodys_name(shop: Shop, language: str, link: str) -> None:
    keep(shop, an_order(customer_name="Camille Martin", keep_until=NOON))
    told = replace(given(shop), link=link)
    text = pass_text(told, language, lambda moment: moment.astimezone(UTC))
    spoken = f"{told.spoken_code[:3]} {told.spoken_code[3:]}"
    for part in (told.pickup_code, spoken, told.order_number, "21/11/2026", link):
        assert part in str(text)
    assert told.order_number in text.subject
    assert "Martin" not in str(text)
    assert "{" not in str(text)


def test_a_customer_without_a_name_or_spoken_code_still_gets_one(shop: Shop) -> None:
    keep(shop, an_order(customer_name=" ", spoken_code=""))
    job = print_pickup_slip(shop.counter, "order-1")
    assert isinstance(job, PrintJob)
    assert isinstance(job.document, PickupSlip)
    assert job.document.initial == ""
    assert "Code à dire" not in pass_text(given(shop), "fr").body
