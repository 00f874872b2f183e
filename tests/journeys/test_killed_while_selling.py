"""`kill -9` during 500 sales in a loop, of a real process: no gap, no orphan, no double number, and after every death
the whole ledger verifies (R7)."""

from __future__ import annotations

import random
import secrets
import sqlite3
from pathlib import Path

import pytest

from app.storage.keys import open_secrets
from app.storage.signing import LedgerSigner, SignatureChecker
from app.storage.store import open_store
from app.surroundings import SystemClock
from app.usecases.verify_ledger import LedgerReport, Outside, verify_ledger
from tests.journeys.processes import Child

SALES = 500
MOST_SALES_A_LIFE = 90
CALLS_OF_A_SALE = 2500
"""About as many calls as Comptoir's own code makes for a sale and what may come with it."""


def verified(home: Path) -> LedgerReport:
    database = home / "data" / "comptoir.sqlite3"
    clock = SystemClock()
    store = open_store(database, clock=clock, read_only=True)
    try:
        kept = open_secrets(str(database.resolve()), next(home.rglob("secrets.json")))
        outside = Outside(kept.known_heads(), LedgerSigner(kept).key_id)
        return verify_ledger(store.queries.ledger_books(), SignatureChecker(), clock, outside)
    finally:
        store.close()


def count_of(database: Path, sql: str) -> int:
    connection = sqlite3.connect(database)
    try:
        return int(connection.execute(sql).fetchone()[0])
    finally:
        connection.close()


@pytest.mark.timeout(300)
def test_r07_killed_again_and_again_the_ledger_is_whole(tmp_path: Path) -> None:
    seed = secrets.randbits(32)
    print(f"seed {seed}")
    chance, home = random.Random(seed), tmp_path / "home"
    database, said, deaths, by_itself = home / "data" / "comptoir.sqlite3", 0, 0, 0
    while said < SALES:
        inside = deaths % 2 == 0
        after = chance.randint(1, CALLS_OF_A_SALE * 30) if inside else 0
        child = Child(
            ["-m", "tests.journeys.selling_process", f"--seed={chance.randrange(10**9)}", f"--after={after}"],
            home,
            tmp_path / "errors",
        )
        try:
            opened = child.line()
            assert opened is not None, child.complaints()
            assert opened["findings"] == []
            wanted = chance.randint(1, MOST_SALES_A_LIFE)
            while wanted and (line := child.line()) is not None:
                said, wanted = line["number"], wanted - 1
            by_itself += wanted > 0
            child.kill()
            for line in child.lines():
                said = line["number"]
        finally:
            child.close()
        deaths += 1
        report = verified(home)
        assert report.findings == (), report.findings[:5]
        sealed = count_of(database, "SELECT count(*) FROM ledger WHERE series = 'sales'")
        assert sealed == count_of(database, "SELECT coalesce(max(number), 0) FROM ledger WHERE series = 'sales'")
        assert sealed == count_of(database, "SELECT count(*) FROM sale")
        assert said <= sealed <= said + 1, "what was said is there, and at most the sale under way beside it"
        assert count_of(database, "SELECT count(*) FROM fact WHERE kind = 'sale_recorded'") == sealed
    print(f"{deaths} deaths, {by_itself} of them in the middle of an act, {said} sales")
    assert deaths >= 5
    assert by_itself >= 1
