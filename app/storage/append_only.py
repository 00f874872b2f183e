"""Owns the triggers that refuse to change or remove what was recorded (R1), for SQLite and PostgreSQL. Never knows what
the rows mean.

They stop mistakes and casual tampering; against somebody who drops them there are the chain and its signatures.
"""

from __future__ import annotations

from collections.abc import Sequence

REFUSAL = "what was recorded is never changed or removed"


def sqlite_triggers(tables: Sequence[str]) -> list[str]:
    """One trigger for each table and each way to change a row."""
    return [
        f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        for table in tables
        for act in ("UPDATE", "DELETE")
    ]


def postgresql_triggers(tables: Sequence[str]) -> list[str]:
    """The same for PostgreSQL, where a whole table can also be emptied at once."""
    refuse = (
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
    )
    return [refuse] + [
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        for table in tables
    ]
