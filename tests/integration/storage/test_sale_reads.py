"""What the counter reads at each sale stays a look into an index, however many events and documents there are."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.dialects import sqlite

from app.storage import sale_reads
from app.storage.store import open_store
from tests.fakes.surroundings import HandSetClock


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        ("_SWITCHED", "ix_ledger_training"),
        ("_CORRECTING", "ix_sale_corrects"),
        ("_CORRECTING", "ix_sale_line_corrects_sale_id"),
        ("_RECORDED_ONLINE", "ix_sale_order_id"),
        ("_OF_DAY", "ix_sale_trading_day"),
        ("_BY_AMOUNT", "INTEGER PRIMARY KEY (rowid>?)"),
    ],
)
def test_each_read_has_its_index(tmp_path: Path, statement: str, index: str) -> None:
    path = tmp_path / "till.sqlite3"
    open_store(path, clock=HandSetClock()).close()
    compiled = getattr(sale_reads, statement).compile(dialect=sqlite.dialect(paramstyle="qmark"))
    places = [1] * len(compiled.positiontup)
    connection = sqlite3.connect(path)
    try:
        plan = " / ".join(str(row[3]) for row in connection.execute(f"EXPLAIN QUERY PLAN {compiled}", places))
    finally:
        connection.close()
    assert index in plan
    assert "SCAN ledger" not in plan
    assert "SCAN sale" not in plan
