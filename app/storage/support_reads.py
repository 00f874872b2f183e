"""Owns what a check-up and a support bundle ask of the database beyond what screens show: its shape, counts, ages.
Never reads a text that a person typed, a name or an amount.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.storage.engine import failures_named
from app.storage.values import time_of, time_text

SQLITE_VERSION = sqlite3.sqlite_version


@dataclass(frozen=True, slots=True)
class StoreShape:
    """Attributes:
    revision: of the schema.
    counts: rows by table; `states`: rows by table and state, for the tables that have one.
    token_given_at: when this till's token was made; None if it is not known.
    leases_held, leases_over: of open orders here: still this till's, and this till's until a moment that has passed.
    """

    revision: str
    counts: Mapping[str, int]
    states: Mapping[str, Mapping[str, int]]
    token_given_at: datetime | None
    leases_held: int
    leases_over: int


_WITH_STATES = ("outbox", "print_job", "rescued_fact")
_LEASES = (
    "SELECT count(*) FILTER (WHERE lease_until > :now), count(*) FILTER (WHERE lease_until <= :now) FROM server_order"
    " JOIN order_summary USING (order_id) WHERE lease_till_id = :till AND list_key <> 'done'"
)
_TOKEN = "SELECT done_at FROM upkeep WHERE task = 'token'"  # noqa: S105  # a statement


def shape_of(database: Path, till_id: str, now: datetime) -> StoreShape:
    """Args: now: by the clock that leases are judged by. Raises StoreUnavailable."""
    with (
        failures_named(),
        contextlib.closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as db,
    ):
        names = [
            str(name)
            for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
            if not name.startswith(("sqlite_", "product_words", "product_parts"))
        ]
        counts = {name: int(db.execute(f"SELECT count(*) FROM {name}").fetchone()[0]) for name in names}  # noqa: S608  # our tables
        states = {
            name: {
                str(state): int(count)
                for state, count in db.execute(f"SELECT state, count(*) FROM {name} GROUP BY state")  # noqa: S608  # our tables
            }
            for name in _WITH_STATES
        }
        revision = str(db.execute("SELECT version_num FROM alembic_version").fetchone()[0])
        token = db.execute(_TOKEN).fetchone()
        held, over = db.execute(_LEASES, {"now": time_text(now), "till": till_id}).fetchone()
    return StoreShape(revision, counts, states, time_of(token[0]) if token else None, held, over)
