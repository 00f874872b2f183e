"""The fiscal file maps every requirement R1-R32 to code and tests that exist, and every worked example to its test."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "fiscal-file.md"
REQUIREMENTS = [f"R{number}" for number in range(1, 33)] + ["R4b"]
WORKED_EXAMPLES = 24


def test_every_requirement_has_code_and_a_test_named_after_it() -> None:
    rows = _rows("## Exigences")
    assert sorted(rows) == sorted(REQUIREMENTS)
    for requirement, (_, code, tests) in rows.items():
        paths = re.findall(r"`([\w/.]+\.(?:py|sql|html|txt))`", code)
        assert paths, f"{requirement} names no code"
        assert all((ROOT / path).is_file() for path in paths), f"{requirement}: {paths}"
        named = _named_tests(tests)
        word = requirement.lower().replace("r", "r0") if len(requirement.rstrip("b")) == 2 else requirement.lower()
        assert any(f"_{word}_" in test for _, test in named), f"{requirement} has no test named after it ({word})"


def test_every_worked_example_has_its_test() -> None:
    rows = _rows("## Exemples chiffrés")
    assert len(rows) == WORKED_EXAMPLES
    assert all(_named_tests(cells[-1]) for cells in rows.values())


def test_every_test_named_exists() -> None:
    named = _named_tests(PAGE.read_text(encoding="utf-8"))
    assert len(named) > 60
    for file, test in named:
        assert f"def {test}(" in (ROOT / file).read_text(encoding="utf-8"), f"{file}::{test}"


def _rows(heading: str) -> dict[str, list[str]]:
    """The table under a heading, by its first column."""
    part = PAGE.read_text(encoding="utf-8").split(heading, 1)[1].split("\n## ", 1)[0]
    lines = [line.strip().strip("|").split("|") for line in part.splitlines() if line.startswith("|")]
    return {cells[0].strip(): [cell.strip() for cell in cells[1:]] for cells in lines[2:]}


def _named_tests(text: str) -> list[tuple[str, str]]:
    return re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", text)
