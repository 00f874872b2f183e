"""How a till is linked to somebody else's marketplace, and the journal of what it writes there. Frozen: what changes
afterwards is another revision."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"

STATEMENTS: tuple[str, ...] = (
    """CREATE TABLE connector_setting (
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    CONSTRAINT pk_connector_setting PRIMARY KEY (name)
) WITHOUT ROWID""",
    """CREATE TABLE connector_write (
    operation_id TEXT NOT NULL,
    read_before TEXT NOT NULL,
    written TEXT NOT NULL,
    state TEXT NOT NULL,
    noted_at TEXT NOT NULL,
    CONSTRAINT pk_connector_write PRIMARY KEY (operation_id)
) WITHOUT ROWID""",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
