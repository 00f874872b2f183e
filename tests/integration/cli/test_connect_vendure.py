"""The whole way by commands against a Vendure of our own making on loopback: linked, fetched, the customer given a
code, prepared, handed over on that code, told; and a second till that joined opens the same code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.__main__ import main
from app.cli.connect_parser import PASSWORD_VARIABLE
from tests.fakes.fake_vendure import FakeVendure
from tests.fakes.fake_vendure_api import FakeAdminApi
from tests.fakes.fake_vendure_http import on_loopback

pytestmark = pytest.mark.shows_secrets("the join code, for a person to type at the next till")


class Commands:
    """Runs commands with `--json` and reads what they say."""

    def __init__(self, capsys: pytest.CaptureFixture[str], url: str, vendure: FakeVendure) -> None:
        self._capsys = capsys
        self.vendure = vendure
        self.link = (
            *("connect", "vendure", "--url", url, "--user", vendure.user, "--channel", vendure.channel_token),
            *("--pickup-method", "click-and-collect"),
        )

    def __call__(self, *words: str) -> dict[str, Any]:
        main([*words, "--json"])
        answer: dict[str, Any] = json.loads(self._capsys.readouterr().out)
        return answer


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Commands]:
    vendure = FakeVendure()
    monkeypatch.setenv(PASSWORD_VARIABLE, vendure.password)
    with on_loopback(FakeAdminApi(vendure)) as url:
        yield Commands(capsys, url, vendure)


def test_from_the_web_shop_to_the_counter(ask: Commands, tmp_path: Path) -> None:
    cheese = ask.vendure.add_variant("Tomme", 1890, 5.5, 12)
    undecided = ask(*ask.link[:-2], "--test")
    assert undecided["reason"] == "findings"
    assert "click-and-collect" in undecided["message"], "it says what there is to choose from"
    assert ask(*ask.link, "--test")["options"]["pickup_methods"] == "click-and-collect"
    assert ask(*ask.link)["till_letter"] == "A"
    ask.vendure.place({cheese: 2})
    assert ask("sync")["received"] >= 2
    [order] = ask("orders")["orders"]
    code = ask("pickup-code", order["number"])["pickup_code"]
    assert ask("ready", order["number"])["ok"]
    assert ask("sync")["waiting"] == 0
    handed_over = ask("handover", code)
    assert handed_over["ok"], handed_over
    told = ask("sync")
    assert (told["waiting"], told["refused"], told["conflicted"]) == (0, 0, 0)
    [there] = [order for order in ask.vendure.orders.values() if not order.active]
    assert there.state == "Delivered"


def test_the_till_that_joined_opens_the_codes_of_the_first(ask: Commands, tmp_path: Path) -> None:
    cheese = ask.vendure.add_variant("Tomme", 1890, 5.5, 12)
    ask(*ask.link)
    ask.vendure.place({cheese: 1})
    ask("sync")
    [order] = ask("orders")["orders"]
    code = ask("pickup-code", order["number"])["pickup_code"]
    second = ("--database", str(tmp_path / "second.sqlite3"))
    join = ask("connect", "join-code")["join_code"]
    assert ask(*ask.link, "--join", join, *second)["till_letter"] == "B"
    ask("sync", *second)
    shown = ask("pickup-code", order["number"], *second)
    assert (shown["pickup_code"], shown["spoken_code"]) == (code, ask("pickup-code", code)["spoken_code"])
    assert ask("handover", code, "--dry-run", *second)["order_id"] == order["order_id"]


def test_what_was_told_after_a_copy_was_made_is_not_told_again_by_the_copy(ask: Commands, tmp_path: Path) -> None:
    """Vendure knows a level only, and the note of having written it was lost with the newer database."""
    cheese = ask.vendure.add_variant("Tomme", 1890, 5.5, 12)
    ask(*ask.link)
    ask("sync")
    assert ask("stock", "Tomme", "--receive", "5")["ok"]
    copy = tmp_path / "copy.sqlite3"
    ask("backup", str(copy))
    assert ask("sync")["waiting"] == 0
    assert ask.vendure.variants[cheese].on_hand == 17
    assert ask("restore", str(copy))["ok"]
    again = ask("sync")
    assert (again["waiting"], again["refused"]) == (0, 1)
    assert ask.vendure.variants[cheese].on_hand == 17
    [fact] = ask("outbox")["facts"]
    assert fact["reason"] == "stock_in_doubt"
