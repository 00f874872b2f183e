"""The marketplace as a witness: a till put back to an older copy, key store and all, hears of it at the next sync."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.__main__ import main
from app.bootstrap.core import opened_core
from app.domain.fiscal import EventCode, Series
from app.domain.money import Money
from app.domain.sale import Basket, BasketLine, Payment, PaymentMeans
from app.marketplace.seed import seed_demo
from app.marketplace.server import start_in_thread
from app.paths import database_path, resources_dir, secrets_path
from app.usecases.sell_at_counter import SaleDone, SaleRequest, sell_at_counter

pytestmark = pytest.mark.allowed_logs("stopped")


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Any:
    def answer(*words: str) -> dict[str, Any]:
        assert main([*words, "--json"]) == 0
        said: dict[str, Any] = json.loads(capsys.readouterr().out)
        return said

    return answer


@pytest.fixture
def paired(ask: Any, tmp_path: Path) -> Iterator[None]:
    with start_in_thread(f"sqlite:///{tmp_path / 'market.sqlite3'}") as server:
        seeded = seed_demo(server.store, resources_dir() / "demo" / "catalogue.csv", max_products=20)
        ask("pair", seeded.pairing_code, "--url", server.url)
        yield


def sell() -> str:
    """The number of a new ticket."""
    basket = Basket((BasketLine("l1", "Ourlet", Money(1500), 2000),))
    with opened_core(database_path(), secrets_path()) as core:
        request = SaleRequest(basket, (Payment(PaymentMeans.CARD, Money(1500), Money(1500)),), "Léa")
        done = sell_at_counter(core.counter, request)
    assert isinstance(done, SaleDone), done
    return done.sale.display_number


def gaps() -> list[dict[str, Any]]:
    with opened_core(database_path(), secrets_path()) as core, core.counter.unit_of_work() as uow:
        rows = list(uow.ledger.rows("A", Series.EVENTS, 1, 10_000))
    return [json.loads(row.canonical)["details"] for row in rows if row.kind == EventCode.LEDGER_GAP]


@pytest.mark.usefixtures("paired")
def test_r06_an_older_copy_is_found_by_the_marketplace_and_no_number_is_drawn_twice(ask: Any, tmp_path: Path) -> None:
    assert [sell(), sell()] == ["A-000001", "A-000002"]
    assert ask("sync")["ledger"] == []
    copies = [(database_path(), tmp_path / "copy.sqlite3"), (secrets_path(), tmp_path / "copy-secrets")]
    for original, copy in copies:
        shutil.copy(original, copy)
    assert [sell(), sell(), sell()][-1] == "A-000005"
    assert ask("sync")["ledger"] == []
    for original, copy in copies:
        shutil.copy(copy, original)
    found = ask("sync")
    assert set(found["ledger"]) <= {"older_copy", "tail_cut"}
    assert found["ledger"]
    [gap] = [gap for gap in gaps() if gap["series"] == "sales"]
    assert (gap["first"], gap["last"]) == (3, 5)
    assert sell() == "A-000006"
    assert ask("sync")["ledger"] == []
    assert len([gap for gap in gaps() if gap["series"] == "sales"]) == 1


@pytest.mark.usefixtures("paired")
def test_a_till_whose_ledger_is_whole_hears_nothing(ask: Any) -> None:
    for _ in range(3):
        sell()
        assert ask("sync")["ledger"] == []
    assert gaps() == []
