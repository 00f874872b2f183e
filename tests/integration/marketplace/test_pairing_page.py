"""The page that shows a pairing code as QR: for codes that still admit a till alone, and a till can be linked by it."""

from __future__ import annotations

from datetime import timedelta

import requests

from app.domain.pairing_text import PairingText, write_pairing_text
from app.marketplace.api import WRONG_CODES_ALLOWED
from app.marketplace.pairing import make_pairing_code
from app.marketplace.shopfront.picture import qr_svg
from tests.integration.marketplace.world import TIMEOUT_S, AShop


def ask(shop: AShop, code: str) -> requests.Response:
    return requests.get(f"{shop.running.url}/relier/{code}", timeout=TIMEOUT_S)


def pair(shop: AShop, code: str) -> requests.Response:
    wanted = {"code": code, "till_name": ""}
    return requests.post(f"{shop.running.url}/v1/pair", json=wanted, timeout=TIMEOUT_S)


def test_the_qr_holds_the_code_and_the_address_of_this_site(shop: AShop) -> None:
    code, _until = make_pairing_code(shop.store, shop.shop_id)
    answer = ask(shop, code.lower())
    text = write_pairing_text(PairingText(code, shop.running.url))
    assert answer.status_code == 200
    assert qr_svg(text, "Code pour relier une caisse") in answer.text
    assert shop.name in answer.text
    assert code in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert pair(shop, code).status_code == 201, "looking at it uses nothing up"


def test_a_code_that_admits_nobody_any_more_is_not_shown(shop: AShop) -> None:
    used, _until = make_pairing_code(shop.store, shop.shop_id)
    assert pair(shop, used).status_code == 201
    old, _until = make_pairing_code(shop.store, shop.shop_id, timedelta(seconds=-1))
    for code in (used, old, "23456789", "x", "é"):
        answer = ask(shop, code)
        assert answer.status_code == 404, code
        assert 'class="qr"' not in answer.text


def test_who_tries_many_codes_tries_none_after(shop: AShop) -> None:
    code, _until = make_pairing_code(shop.store, shop.shop_id)
    for _time in range(WRONG_CODES_ALLOWED):
        assert ask(shop, "23456789").status_code == 404
    assert ask(shop, code).status_code == 429
    assert pair(shop, code).status_code == 429, "one count for both ways"
