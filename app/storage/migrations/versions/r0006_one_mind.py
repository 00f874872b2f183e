"""What keeps till and marketplace of one mind: who holds what, what is disagreed on, what was compared, what was rescued.
Frozen: what changes afterwards is another revision."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"

STATEMENTS: tuple[str, ...] = ()


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
