"""Marketplace and three tills as real processes on a bad network, killed and frozen at random: at the end all agree.

`STORM_MINUTES` says how long it blows: half a minute unless said, three in CI, thirty in `make nightly`.
"""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from tests.storm.audit import check_storm
from tests.storm.storm import Storm, StormOptions

MINUTES = float(os.environ.get("STORM_MINUTES", "0.5"))
LONGEST_S = MINUTES * 60 + 3600
"""Far beyond what the storm itself allows for reaching everything and for calming down."""

TILL, MARKET = "till", "market"
DAMAGES = {
    "I1: line": (
        TILL,
        "INSERT INTO handover SELECT 'x', order_id, handed_over_at, operator, till_name, how, handed_to, verdict, '', "
        "sale_id, NULL, '', '' FROM handover WHERE undone_at IS NULL AND override_reason = '' LIMIT 1; "
        "INSERT INTO handover_line SELECT 'x', line_no, 'given', quantity, amount_minor, label, product_id "
        "FROM handover_line WHERE handover_id = "
        "(SELECT handover_id FROM handover WHERE undone_at IS NULL AND override_reason = '' LIMIT 1)",
    ),
    "I1: the marketplace settled": (MARKET, "UPDATE handover SET settled_lines = '[1, 1]' WHERE undone_at IS NULL"),
    "Caisse avant: I2": (TILL, "DELETE FROM sale WHERE sale_id = (SELECT max(sale_id) FROM sale)"),
    "Caisse avant: I2: promised": (MARKET, "DELETE FROM sale"),
    "Caisse avant: I3: never told": (MARKET, "DELETE FROM fact"),
    "Caisse avant: I3: invented": (TILL, "DELETE FROM fact WHERE till_seq = (SELECT max(till_seq) FROM fact)"),
    "Caisse avant: I3: told otherwise": (MARKET, "UPDATE fact SET payload = '{}'"),
    "Caisse avant: I3: told 2 times": (MARKET, "INSERT INTO fact SELECT * FROM fact"),
    "Caisse avant: I3: orders": (TILL, "UPDATE server_order SET paid_minor = paid_minor + 1"),
    "Caisse avant: I4 till": (TILL, "UPDATE stock_level SET quantity = quantity + 1"),
    "Caisse avant: I4 marketplace": (MARKET, "UPDATE stock_level SET physical = physical - 1"),
    "I4: movements differ": (MARKET, "DELETE FROM stock_movement WHERE till_id <> ''"),
    "Caisse avant: I5: ticket": (TILL, "DELETE FROM ledger WHERE series = 'sales' AND number = 2"),
    "Caisse avant: R5": (MARKET, "UPDATE ledger_head SET number = number + 1"),
}
"""How the finding begins: whose books are damaged, and how."""


@pytest.mark.timeout(LONGEST_S)
def test_after_a_storm_all_databases_agree(tmp_path: Path) -> None:
    seed = secrets.randbits(32)
    print(f"seed {seed}")
    storm = Storm(StormOptions(tmp_path / "storm", seed, MINUTES))
    print(storm.run())
    _the_audit_can_fail(storm, tmp_path)


def _the_audit_can_fail(storm: Storm, folder: Path) -> None:
    """An audit that sees nothing is worth nothing: each kind of damage, done to copies, must be seen."""
    first, *others = storm.tills_left
    for expected, (side, damage) in DAMAGES.items():
        till_copy, market_copy = folder / "till-copy.sqlite3", folder / "market-copy.sqlite3"
        shutil.copy(first.database, till_copy)
        shutil.copy(storm.photograph, market_copy)
        with sqlite3.connect(till_copy if side == TILL else market_copy) as connection:
            _drop_triggers(connection)
            connection.executescript(damage)
        connection.close()
        faults = check_storm([replace(first, database=till_copy), *others], market_copy)
        assert any(fault.startswith(expected) for fault in faults), f"{expected} was not seen, only {faults[:3]}"


def _drop_triggers(connection: sqlite3.Connection) -> None:
    """Whoever damages a ledger on purpose gets rid of its guards first (R1)."""
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
