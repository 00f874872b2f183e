"""Who may act at this till. Frozen: what changes afterwards is another revision."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"

STATEMENTS: tuple[str, ...] = (
    """CREATE TABLE operator (
    operator_id TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    pin_hash TEXT NOT NULL,
    CONSTRAINT pk_operator PRIMARY KEY (operator_id),
    CONSTRAINT uq_operator_name UNIQUE (name)
) WITHOUT ROWID""",
    """CREATE TABLE pin_try (
    row_id INTEGER NOT NULL,
    at TEXT NOT NULL,
    role TEXT NOT NULL,
    CONSTRAINT pk_pin_try PRIMARY KEY (row_id)
)""",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
