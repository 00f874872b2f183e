"""The table of rights in docs/operators.md is what the code allows."""

from __future__ import annotations

from pathlib import Path

from app.domain.operators import Right, Role, rights_of

PAGE = Path(__file__).resolve().parents[2] / "docs" / "operators.md"


def test_the_table_of_rights_is_true() -> None:
    rows = [
        line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `") and "/" not in line
    ]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    told = {name.strip("`"): [Role(role) for role, yes in zip(Role, said, strict=True) if yes] for name, *said in cells}
    assert told == {right.value: [role for role in Role if right in rights_of(role)] for right in Right}
