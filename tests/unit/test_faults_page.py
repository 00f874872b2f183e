"""The page of faults names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_test_named_in_the_page_of_faults_exists() -> None:
    page = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:tests|faults)/[\w/]+\.py)::(\w+)`", page)
    assert len(named) > 20
    for file, test in named:
        path = ROOT / re.sub("^faults/", "tests/integration/faults/", file)
        assert f"def {test}(" in path.read_text(encoding="utf-8"), f"{file}::{test}"
