"""One sync a use case (D1), and `kill -9` at any moment (I2)."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from app.storage.store import Store, open_store
from tests.fakes.surroundings import HandSetClock

ROOT = Path(__file__).parents[3]
SALES = 150
MOST_SYNCS_A_SALE = 1.1


def commits_in(wal: Path) -> int:
    """Frames that end a transaction (they carry the size of the database), since the log began anew."""
    log = wal.read_bytes()
    page_size, salt = struct.unpack(">I", log[8:12])[0], log[16:24]
    count = 0
    for at in range(32, len(log) - 23, 24 + page_size):
        size_after_commit = struct.unpack(">I", log[at + 4 : at + 8])[0]
        if log[at + 8 : at + 16] != salt:
            break
        count += size_after_commit > 0
    return count


def sell(database: Path, sales: int) -> list[str]:
    return [sys.executable, "-m", "tests.integration.storage.seller", str(database), str(sales)]


def test_a_sale_is_one_transaction_synced_in_full(store: Store, database: Path) -> None:
    """Counted in the log itself; that each commit syncs it is SQLite's promise for WAL with synchronous FULL."""
    from tests.integration.storage.seller import Seller

    seller = Seller(store)
    writer = store.unit_of_work.connection  # type: ignore[attr-defined]  # the setting is the connection's own
    assert writer.execute("PRAGMA synchronous").fetchone() == (2,)
    assert writer.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    writer.execute("PRAGMA wal_checkpoint(RESTART)").close()
    seller.sell()  # the log begins anew
    before = commits_in(database.with_name(database.name + "-wal"))
    for _ in range(10):
        seller.sell()
    assert commits_in(database.with_name(database.name + "-wal")) - before == 10


@pytest.mark.skipif(shutil.which("strace") is None, reason="no strace on this machine")
def test_a_sale_costs_one_sync_counted_at_the_system_call(tmp_path: Path) -> None:
    database = tmp_path / "till.sqlite3"
    counted = {}
    for sales in (0, SALES):
        log = tmp_path / f"strace-{sales}"
        command = ["strace", "-f", "-qq", "-e", "trace=fsync,fdatasync", "-o", str(log), *sell(database, sales)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
        if "ptrace" in done.stderr.lower():
            pytest.skip("strace may not trace here")
        assert done.returncode == 0, done.stderr
        counted[sales] = len(re.findall(r"\b(?:fsync|fdatasync)\(", log.read_text()))
    syncs_a_sale = (counted[SALES] - counted[0]) / SALES
    assert 0.9 <= syncs_a_sale <= MOST_SYNCS_A_SALE, counted


@pytest.mark.skipif(os.name == "nt", reason="no kill -9 there")
def test_killed_at_any_moment_the_database_is_whole_and_holds_what_was_said(tmp_path: Path) -> None:
    database = tmp_path / "till.sqlite3"
    chance = random.Random(20261122)
    said = 0
    for _ in range(6):
        process = subprocess.Popen(sell(database, 10_000), stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert process.stdout is not None
        for _ in range(chance.randrange(3, 40)):
            said = int(process.stdout.readline())  # the number of the ticket the screen showed as done
        process.send_signal(signal.SIGKILL)
        process.wait()
        said = max([said, *map(int, re.findall(r"^(\d+)\n", process.stdout.read(), re.MULTILINE))])
        process.stdout.close()
        check_whole(database, at_least=said)
    store = open_store(database, clock=HandSetClock())
    assert store.queries.outbox_state().waiting >= said
    store.close()


def check_whole(database: Path, at_least: int) -> None:
    connection = sqlite3.connect(database)
    try:
        one = lambda sql: connection.execute(sql).fetchone()[0]  # noqa: E731  # short names for short questions
        assert one("PRAGMA integrity_check") == "ok"
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        sales = one("SELECT count(*) FROM sale")
        assert sales >= at_least
        assert one("SELECT max(number) FROM sale") == sales  # no gap, no double
        assert one("SELECT count(*) FROM fact") == one("SELECT max(till_seq) FROM fact") == sales
        assert one("SELECT sum(total_minor) FROM sale") == one("SELECT sum(total_minor) FROM sale_line")
        assert one("SELECT sum(total_minor) FROM sale") == one("SELECT sum(amount_minor) FROM sale_payment")
        assert one("SELECT sum(quantity) FROM stock_movement") == one("SELECT sum(quantity) FROM stock_level")
        assert one("SELECT count(*) FROM stock_movement") == one("SELECT count(*) FROM sale_line")
        assert one("SELECT count(*) FROM print_job") == sales
    finally:
        connection.close()
