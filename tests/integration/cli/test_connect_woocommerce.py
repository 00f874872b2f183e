"""The whole way by commands against a WooCommerce of our own making on loopback, each request signed: linked, fetched,
made ready, handed over, told."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from app.__main__ import main
from app.cli.connect_parser import PASSWORD_VARIABLE
from tests.fakes.fake_woocommerce import FakeWooCommerce
from tests.fakes.fake_woocommerce_http import on_loopback


def test_from_the_web_shop_to_the_counter(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(*words: str) -> dict[str, Any]:
        main([*words, "--json"])
        answer: dict[str, Any] = json.loads(capsys.readouterr().out)
        return answer

    site = FakeWooCommerce(lambda: datetime.now(UTC))
    cheese = site.add_product("Tomme", 1890, 5.5, 12)
    monkeypatch.setenv(PASSWORD_VARIABLE, site.secret)
    with on_loopback(site) as url:
        link = ("connect", "woocommerce", "--url", url, "--key", site.key)
        assert ask("connect", "woocommerce", "--url", url, "--key", "ck_other", "--test")["reason"] == "wrong_login"
        assert ask(*link, "--test")["options"]["pickup_methods"] == "local_pickup,pickup_location"
        assert ask(*link)["till_letter"] == "A"
        order_id = site.place({cheese: 2})
        assert ask("sync")["received"] >= 2
        [order] = ask("orders")["orders"]
        code = ask("pickup-code", order["number"])["pickup_code"]
        assert ask("ready", order["number"])["ok"]
        assert ask("sync")["waiting"] == 0
        assert ask("handover", code)["ok"]
        assert ask("sync")["waiting"] == 0
    assert site.orders[order_id].status == "completed"
    assert site.products[cheese].left_to_sell == 10
