"""`comptoir rescue` and `comptoir marketplace import-rescue`: the whole way by commands, refusals in sentences."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from app.__main__ import main
from app.marketplace.pairing import make_pairing_code
from app.paths import database_path
from tests.integration.cli.test_commands import Answers, Shop, ask, shop

__all__ = ["ask", "shop"]  # fixtures

pytestmark = pytest.mark.allowed_logs("stopped")


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


@pytest.fixture
def dying(shop: Shop, ask: Answers) -> Shop:
    """Paired, met the marketplace once, then sold and counted off line: two things to tell."""
    ask("pair", shop.seeded.pairing_code, "--url", shop.server.url)
    ask("sync")
    ask("sync")
    for article in articles(ask)[:2]:
        assert ask("stock", article, "--receive", "3")["ok"]
    return shop


def articles(ask: Answers) -> list[str]:
    """Bar codes of articles whose stock is kept."""
    import sqlite3

    connection = sqlite3.connect(database_path())
    rows = connection.execute(
        "SELECT c.code FROM product_code c JOIN product p ON p.row_id = c.row_id "
        "WHERE p.stock_tracked = 1 AND c.position = 0 ORDER BY c.code"
    ).fetchall()
    connection.close()
    return [row[0] for row in rows]


def well_till(shop: Shop, ask: Answers, tmp_path: Path, shop_id: str = "") -> Path:
    """Another till of the shop, in a database of its own."""
    database = tmp_path / "well.sqlite3"
    code, _ = make_pairing_code(shop.server.store, shop_id or shop.seeded.shop_id)
    ask("pair", code, "--url", shop.server.url, "--database", str(database))
    return database


def written(ask: Answers, stick: Path) -> dict[str, Any]:
    done = ask("rescue", "write", str(stick))
    assert done["ok"], done
    return done


def test_the_whole_way_by_another_till(dying: Shop, ask: Answers, stick: Path, tmp_path: Path) -> None:
    done = written(ask, stick)
    path = Path(done["path"])
    assert done["facts"] == 2
    assert list(stick.iterdir()) == [path]
    database = well_till(dying, ask, tmp_path)
    there = ("--database", str(database))
    taken = ask("rescue", "import", str(path), *there)
    assert (taken["till_letter"], taken["facts"], taken["waiting"], taken["known"]) == ("A", 2, 2, False)
    ask("sync", *there)
    again = ask("rescue", "import", str(path), *there)
    assert (again["waiting"], again["known"]) == (0, True)
    assert ask("sync")["waiting"] == 0
    nothing = ask("rescue", "write", str(stick))
    assert nothing["reason"] == "nothing_waits"


def test_the_whole_way_by_those_who_run_the_marketplace(dying: Shop, ask: Answers, stick: Path, tmp_path: Path) -> None:
    path = written(ask, stick)["path"]
    url = f"sqlite:///{tmp_path / 'market.sqlite3'}"
    first = ask("marketplace", "import-rescue", path, "--database-url", url)
    assert (first["applied"], first["duplicate"], first["refused"]) == (2, 0, 0)
    second = ask("marketplace", "import-rescue", path, "--database-url", url)
    assert (second["applied"], second["duplicate"]) == (0, 2)
    assert ask("sync")["waiting"] == 0


def test_a_changed_file_is_refused_everywhere(dying: Shop, ask: Answers, stick: Path, tmp_path: Path) -> None:
    path = Path(written(ask, stick)["path"])
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert ask("rescue", "import", str(path))["reason"] == "altered"
    url = f"sqlite:///{tmp_path / 'market.sqlite3'}"
    assert ask("marketplace", "import-rescue", str(path), "--database-url", url)["reason"] == "altered"


def test_no_stick_no_file_no_rescue_file(dying: Shop, ask: Answers, stick: Path) -> None:
    assert ask("rescue", "write", str(stick / "not there"))["reason"] == "no_folder"
    assert ask("rescue", "import", str(stick / "not there"))["reason"] == "no_such_file"
    holiday = stick / "holiday.json.gz"
    holiday.write_bytes(b"sun")
    assert ask("rescue", "import", str(holiday))["reason"] == "not_a_rescue_file"
    assert ask("marketplace", "import-rescue")["reason"] == "no_file"


def test_a_till_of_no_shop(ask: Answers, stick: Path) -> None:
    ask("stock", "nothing", "--counted", "1")  # makes the database
    assert ask("rescue", "write", str(stick))["reason"] == "not_paired"


@pytest.mark.skipif(os.name == "nt", reason="one process has the database there")
def test_it_is_written_beside_a_running_comptoir(dying: Shop, ask: Answers, stick: Path) -> None:
    from app.storage.store import open_store
    from app.surroundings import SystemClock

    running = open_store(database_path(), clock=SystemClock())
    try:
        assert written(ask, stick)["facts"] == 2
    finally:
        running.close()


def test_people_read_sentences(dying: Shop, stick: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rescue", "write", str(stick)]) == 0
    said = capsys.readouterr().out
    assert "2 envois" in said
    (path,) = stick.iterdir()
    assert main(["marketplace", "import-rescue", str(path), "--database-url", "sqlite://"]) == 1
    assert "Rien n’a été importé" in capsys.readouterr().out
