"""The language of an order's customer. Frozen: what changes afterwards is another revision."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"

STATEMENTS: tuple[str, ...] = ("ALTER TABLE server_order ADD COLUMN language TEXT DEFAULT '' NOT NULL",)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
