"""Codes and names to verdicts, the same with and without a network."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.order import VerdictKind
from app.domain.pickup_code import make_pickup_code
from app.usecases.find_order import judge_code, judge_order
from app.usecases.ports import KeyStoreUnavailable
from tests.fakes.samples import an_order, pickup_code_of
from tests.fakes.shop import Shop
from tests.fakes.surroundings import A_KEY, NOON


def kind(shop: Shop, text: str) -> VerdictKind:
    return judge_code(shop.queries, shop.secrets, text, NOON).kind


def test_a_genuine_code_opens_its_order(shop: Shop) -> None:
    order = shop.has_order(an_order())
    verdict = judge_code(shop.queries, shop.secrets, pickup_code_of(order).lower() + "\n", NOON)
    assert (verdict.kind, verdict.order) == (VerdictKind.READY, shop.order())


def test_a_genuine_code_of_an_order_not_downloaded_yet(shop: Shop) -> None:
    verdict = judge_code(shop.queries, shop.secrets, make_pickup_code("7", A_KEY, "shop-1", "B3D5G7J"), NOON)
    assert (verdict.kind, verdict.reference) == (VerdictKind.NOT_HERE_YET, "B3D5G7J")


def test_a_spoken_code_opens_its_order(shop: Shop) -> None:
    shop.has_order(an_order())
    assert kind(shop, "22r-psy") is VerdictKind.READY
    assert kind(shop, "22RPSX") is VerdictKind.UNKNOWN_CODE
    assert kind(shop, "222222") is VerdictKind.UNKNOWN_CODE


def test_bad_codes_have_their_own_verdicts(shop: Shop) -> None:
    order = shop.has_order(an_order())
    code = pickup_code_of(order)
    assert kind(shop, code[:-1]) is VerdictKind.MISREAD
    assert kind(shop, pickup_code_of(order, key_id="9")) is VerdictKind.KEY_REPLACED
    assert kind(shop, pickup_code_of(replace(order, reference="2345678"), key_id="9")) is VerdictKind.WRONG_SHOP
    assert kind(shop, pickup_code_of(order, key=b"x" * 32)) is VerdictKind.BAD_SIGNATURE
    assert kind(shop, pickup_code_of(order, shop_id="shop-2")) is VerdictKind.BAD_SIGNATURE


@pytest.mark.parametrize(
    "text", ["", " ", "3017620422003", "https://example.com/?q=1", "x" * 10_240, "\x00\x1b", "\ud800", "Dubois"]
)
def test_anything_else_is_an_unknown_code(shop: Shop, text: str) -> None:
    shop.has_order(an_order())
    assert kind(shop, text) is VerdictKind.UNKNOWN_CODE


def test_an_order_chosen_by_name(shop: Shop) -> None:
    shop.has_order(an_order())
    assert judge_order(shop.queries, "order-1", NOON).kind is VerdictKind.READY
    assert judge_order(shop.queries, "order-2", NOON).kind is VerdictKind.UNKNOWN_CODE


def test_a_locked_key_store_is_a_failure_of_the_world(shop: Shop) -> None:
    class Locked:
        def pickup_keys(self) -> dict[str, bytes]:
            raise KeyStoreUnavailable("denied")

    with pytest.raises(KeyStoreUnavailable):
        judge_code(shop.queries, Locked(), pickup_code_of(an_order()), NOON)
    assert judge_code(shop.queries, Locked(), "3017620422003", NOON).kind is VerdictKind.UNKNOWN_CODE
