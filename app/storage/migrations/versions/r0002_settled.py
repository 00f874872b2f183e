"""Who settled a disagreement and what they noted; when upkeep was last done. Frozen: what changes afterwards is another
revision."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS = (
    "ALTER TABLE exception RENAME TO exception_before",
    """CREATE TABLE exception (
    exception_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    order_id TEXT NOT NULL,
    message TEXT NOT NULL,
    "view" TEXT NOT NULL,
    proposed_answer TEXT NOT NULL,
    settled_at TEXT,
    settled_by TEXT NOT NULL,
    settled_note TEXT NOT NULL,
    CONSTRAINT pk_exception PRIMARY KEY (exception_id)
) WITHOUT ROWID""",
    """INSERT INTO exception
SELECT exception_id, kind, opened_at, order_id, message, "view", proposed_answer, settled_at, '', ''
FROM exception_before""",
    "DROP TABLE exception_before",
    """CREATE TABLE upkeep (
    task TEXT NOT NULL,
    done_at TEXT NOT NULL,
    CONSTRAINT pk_upkeep PRIMARY KEY (task)
) WITHOUT ROWID""",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
