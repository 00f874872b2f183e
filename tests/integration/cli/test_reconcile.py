"""`comptoir reconcile` against a real marketplace: what it says, in words and as JSON, and its exit code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.__main__ import main
from app.marketplace.seed import SeededShop, seed_demo
from app.marketplace.server import RunningMarketplace, start_in_thread
from app.paths import resources_dir

pytestmark = pytest.mark.allowed_logs("stopped")


class Shop:
    """A paired till with a delivery told, at the demo shop's marketplace."""

    def __init__(self, server: RunningMarketplace, seeded: SeededShop, capsys: pytest.CaptureFixture[str]) -> None:
        self._server = server
        self._capsys = capsys
        self.exit_code = -1
        self.ask("pair", seeded.pairing_code, "--url", server.url)
        self.ask("sync")
        self.article = str(self.value("SELECT product_id FROM stock_level ORDER BY product_id LIMIT 1"))
        self.name = str(self.value("SELECT name FROM product WHERE product_id = :article", article=self.article))
        self.code = json.loads(self.value("SELECT codes FROM product WHERE product_id = :a", a=self.article))[0]
        self.ask("stock", self.code, "--receive", "7")
        self.ask("sync")

    def ask(self, *words: str) -> dict[str, Any]:
        self.exit_code = main([*words, "--json"])
        answer = json.loads(self._capsys.readouterr().out)
        assert isinstance(answer, dict)
        return answer

    def read(self, *words: str) -> str:
        self.exit_code = main(list(words))
        return self._capsys.readouterr().out

    def value(self, sql: str, **values: object) -> Any:
        with self._server.store.reading() as connection:
            return connection.execute(text(sql), values).scalar_one()

    def damage(self, sql: str, **values: object) -> None:
        with self._server.store.administering() as connection:
            assert connection.execute(text(sql), values).rowcount


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Shop]:
    with start_in_thread(f"sqlite:///{tmp_path / 'market.sqlite3'}") as server:
        seeded = seed_demo(server.store, resources_dir() / "demo" / "catalogue.csv", max_products=20)
        yield Shop(server, seeded, capsys)


def test_all_is_well(shop: Shop) -> None:
    answer = shop.ask("reconcile")
    assert (shop.exit_code, answer["ok"], answer["gaps"], answer["mended"], answer["explained"]) == (
        0,
        True,
        [],
        [],
        [],
    )
    assert answer["facts"]["stock_moved"] == {
        "here": {"count": 1, "sum_minor": 0},
        "there": {"count": 1, "sum_minor": 0},
    }
    assert answer["products"] > 0
    assert shop.read("reconcile") == "La caisse et la place de marché sont d’accord.\n"


def test_what_was_lost_is_mended_and_named(shop: Shop) -> None:
    shop.damage("DELETE FROM fact")
    answer = shop.ask("reconcile")
    assert shop.exit_code == 0
    (mended,) = answer["mended"]
    assert (mended["kind"], mended["title"], mended["mend"]) == ("fact_missing_there", shop.name, "tell_again")
    assert mended["sentence"].startswith(f"Mouvement de stock de {shop.name}, ")
    assert mended["sentence"].endswith(" : envoyé, et la place de marché l’a perdu. L’envoi est refait.")
    assert answer["gaps"] == []
    assert shop.value("SELECT count(*) FROM fact") == 1


def test_what_remains_is_a_refusal(shop: Shop) -> None:
    shop.damage("UPDATE stock_movement SET quantity = 70 WHERE quantity = 7 AND till_id <> ''")
    shop.damage("UPDATE stock_level SET physical = physical + 63 WHERE product_id = :article", article=shop.article)
    answer = shop.ask("reconcile")
    assert (shop.exit_code, answer["ok"], answer["reason"]) == (1, False, "gaps_remain")
    (gap,) = answer["gaps"]
    assert (gap["kind"], gap["here"], gap["there"], gap["mend"]) == ("movement_differs", 7, 70, "none")
    said = shop.read("reconcile")
    assert said.startswith("1 écart avec la place de marché.\n  ✗  ")
    assert "Comptez cet article, puis appelez l’assistance" in said


def test_a_level_is_put_right_on_either_side(shop: Shop) -> None:
    shop.damage("UPDATE stock_level SET physical = 999 WHERE product_id = :article", article=shop.article)
    said = shop.read("reconcile")
    assert shop.exit_code == 0
    assert "le stock disait sur la place de marché 999" in said
    assert shop.read("reconcile") == "La caisse et la place de marché sont d’accord.\n"


def test_a_till_that_is_not_paired_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reconcile", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["reason"] == "not_paired"
