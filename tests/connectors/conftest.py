"""What the tests of this folder share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulation.tills import one_compiler


@pytest.fixture(scope="session")
def till_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where an empty till's database is kept once one was made."""
    return tmp_path_factory.mktemp("template") / "till.sqlite3"


@pytest.fixture(autouse=True)
def _compiled_once() -> Iterator[None]:
    with one_compiler():
        yield
