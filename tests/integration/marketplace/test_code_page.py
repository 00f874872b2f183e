"""The page that shows a pickup code as QR: for genuine codes alone, whoever asks, and nothing but the code."""

from __future__ import annotations

import requests

from app.domain.pickup_code import make_pickup_code, normalise
from app.marketplace.api import WRONG_CODES_ALLOWED
from app.marketplace.pairing import rotate_key
from app.marketplace.shopfront.picture import qr_svg
from tests.integration.marketplace.world import BREAD, TIMEOUT_S, AShop


def ask(shop: AShop, code: str) -> requests.Response:
    return requests.get(f"{shop.running.url}/q/{code}", timeout=TIMEOUT_S)


def test_a_genuine_code_is_shown_and_nothing_else(shop: AShop) -> None:
    placed = shop.order((BREAD, 1))
    answer = ask(shop, placed.pickup_code)
    assert answer.status_code == 200
    assert qr_svg(placed.pickup_code) in answer.text
    assert placed.pickup_code in answer.text
    for secret in (placed.number, placed.spoken_code, placed.order_id, "Pain"):
        assert secret not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_blanks_and_case_do_not_matter(shop: AShop) -> None:
    code = shop.order((BREAD, 1)).pickup_code
    typed = f"{code[:5]}-{code[5:10]} {code[10:]}".lower()
    assert normalise(typed) == code
    assert ask(shop, typed).status_code == 200


def test_what_no_shop_sealed_is_not_shown(shop: AShop, other_shop: AShop) -> None:
    code = shop.order((BREAD, 1)).pickup_code
    forged = make_pickup_code(code[2], b"x" * 32, shop.shop_id, code[3:10])
    for text in (forged, code[:-1], code[:-1] + ("2" if code[-1] != "2" else "3"), "P1", "é"):
        answer = ask(shop, text)
        assert answer.status_code == 404, text
        assert "qr" not in answer.text
    assert ask(shop, other_shop.order((BREAD, 1)).pickup_code).status_code == 200, "any of its shops"


def test_a_code_of_a_withdrawn_key_is_not_shown(shop: AShop) -> None:
    code = shop.order((BREAD, 1)).pickup_code
    with shop.running.store.writing(shop.shop_id) as transaction:
        rotate_key(transaction)
    assert ask(shop, code).status_code == 200, "two are valid at a time"
    with shop.running.store.writing(shop.shop_id) as transaction:
        rotate_key(transaction)
    assert ask(shop, code).status_code == 404


def test_who_tries_many_is_made_to_wait(shop: AShop) -> None:
    code = shop.order((BREAD, 1)).pickup_code
    for _ in range(WRONG_CODES_ALLOWED):
        assert ask(shop, "P1" + "2" * 23).status_code == 404
    refused = ask(shop, code)
    assert refused.status_code == 429
    assert "qr" not in refused.text
