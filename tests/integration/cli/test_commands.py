"""The commands against a real marketplace on loopback and a real database file: words, exit codes, JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.__main__ import main
from app.domain.pickup_code import make_pickup_code
from app.marketplace.orders import PlacedOrder
from app.marketplace.seed import DemoCustomers, SeededShop, seed_demo
from app.marketplace.server import RunningMarketplace, start_in_thread
from app.paths import database_path, resources_dir

pytestmark = pytest.mark.allowed_logs("stopped")


class Shop:
    """The demo shop on a running marketplace, and its customers."""

    def __init__(self, server: RunningMarketplace, seeded: SeededShop) -> None:
        self.server = server
        self.seeded = seeded
        self.customers = DemoCustomers(server.store, seeded.shop_id)

    def order(self, *, prepaid: bool = True) -> PlacedOrder:
        placed = self.customers.place(prepaid=prepaid)
        assert isinstance(placed, PlacedOrder)
        return placed


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with start_in_thread(f"sqlite:///{tmp_path / 'market.sqlite3'}") as server:
        yield Shop(server, seed_demo(server.store, resources_dir() / "demo" / "catalogue.csv", max_products=60))


class Answers:
    """Runs commands with `--json` and reads what they say."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.exit_code = 0

    def __call__(self, *words: str) -> dict[str, Any]:
        self.exit_code = main([*words, "--json"])
        captured = self._capsys.readouterr()
        assert captured.err == ""
        answer = json.loads(captured.out)
        assert isinstance(answer, dict)
        assert answer["command"] == words[0]
        assert answer["ok"] == (self.exit_code == 0)
        assert answer["ok"] != bool(answer.get("reason"))
        assert answer["message"]
        return answer


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Answers:
    return Answers(capsys)


@pytest.fixture
def paired(shop: Shop, ask: Answers) -> Shop:
    ask("pair", shop.seeded.pairing_code, "--url", shop.server.url, "--name", "Caisse du fond")
    return shop


def test_the_main_job_by_commands_alone(paired: Shop, ask: Answers) -> None:
    placed = paired.order()
    assert ask("sync")["received"] >= 60
    [order] = ask("orders")["orders"]
    assert (order["number"], order["preparation"], order["amount_due_minor"]) == (placed.number, "to_prepare", 0)
    code = placed.pickup_code
    assert ask("handover", code)["reason"] == "not_ready"
    assert ask("ready", placed.number, "--bags", "2", "--shelf", "B2")["preparation"] == "ready"
    assert ask("handover", code, "--dry-run")["verdict"] == "ready"
    assert ask("handover", code)["verdict"] == "ready"
    again = ask("handover", code)
    assert (again["reason"], ask.exit_code) == ("already_handed_over", 1)
    sent = ask("sync")
    assert (sent["sent"], sent["waiting"], sent["refused"], sent["conflicted"]) == (2, 0, 0, 0)


def test_an_unpaid_order_is_not_given_without_a_word(paired: Shop, ask: Answers) -> None:
    placed = paired.order(prepaid=False)
    ask("sync")
    ask("ready", placed.number)
    refused = ask("handover", placed.number)
    assert refused["reason"] == "amount_due"
    assert refused["amount_due_minor"] == ask("orders", "--list", "ready")["orders"][0]["amount_due_minor"] > 0
    assert ask("handover", placed.number, "--override", "paiera demain")["verdict"] == "ready"


def test_codes_of_other_shops_and_no_codes_at_all(paired: Shop, ask: Answers) -> None:
    foreign = make_pickup_code("2", b"x" * 32, "another", "BCDFGHJ")
    assert ask("handover", foreign)["reason"] in {"wrong_shop", "bad_signature"}
    assert ask("handover", foreign[:-2])["reason"] == "misread"
    assert ask("handover", "https://id.gs1.org/01/03760123456789")["reason"] == "unknown_code"
    assert ask("handover", "A" * 10_000)["reason"] == "unknown_code"


def test_stock_is_received_and_counted(paired: Shop, ask: Answers, tmp_path: Path) -> None:
    file = tmp_path / "articles.csv"
    file.write_text("nom;prix;tva;unité;code\nTomme de test;18,90;5,5;kg;T1\nBoîte de test;2,50;5,5;pièce;T2\n")
    assert ask("import", str(file))["new"] == 2
    assert ask("stock", "T1", "--receive", "1,5")["articles"][0]["physical"] == 1500
    assert ask("stock", "T1", "--counted", "0,456")["articles"][0]["physical"] == 456
    assert ask("stock", "T2", "--receive", "12")["articles"][0]["physical"] == 12
    assert ask("stock", "T2", "--counted", "0")["articles"][0]["physical"] == 0
    assert ask("stock", "T2", "--receive", "1,5")["reason"] == "not_a_quantity"
    assert ask("stock", "test", "--receive", "1")["reason"] == "several_articles"
    assert ask("stock", "nothing-like-it", "--receive", "1")["reason"] == "unknown_article"


def test_a_refused_row_is_named_and_the_others_are_in(ask: Answers, tmp_path: Path) -> None:
    file = tmp_path / "articles.csv"
    file.write_text("nom;prix;tva\nBon;1,00;5,5\nMauvais;-1,00;5,5\n")
    answer = ask("import", str(file))
    assert (answer["new"], answer["reason"]) == (1, "rows_refused")
    assert answer["refused"] == [{"line": 3, "reason": "negative_price", "column": "prix", "value": "-1,00"}]
    file.write_text("prix;tva\n1;20\n")
    assert ask("import", str(file))["reason"] == "no_name_column"
    assert ask("import", str(tmp_path / "none.csv"))["reason"] == "no_such_file"


def test_the_world_failing_is_a_sentence(shop: Shop, ask: Answers) -> None:
    assert ask("sync")["reason"] == "not_paired"
    assert ask("pair", "WRONGCOD", "--url", shop.server.url)["reason"] == "wrong_code"
    assert ask("pair", "WRONGCOD", "--url", "http://127.0.0.1:9")["reason"] == "no_network"
    assert ask("pair", "WRONGCOD")["reason"] == "no_url"
    assert ask("doctor")["reason"] == "things_to_see_to"


def test_a_backup_can_be_put_back(paired: Shop, ask: Answers, tmp_path: Path) -> None:
    ask("sync")
    copy = tmp_path / "copy.sqlite3"
    assert ask("backup", str(copy))["path"] == str(copy)
    database_path().write_bytes(b"this is no database, " * 100)
    assert ask("orders")["reason"] == "damaged"
    restored = ask("restore", str(copy))
    assert restored["ok"], restored
    assert ask("orders")["ok"]


def test_wrong_use_is_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ending:
        main(["no-such-command"])
    assert ending.value.code == 2
    assert "no-such-command" in capsys.readouterr().err
