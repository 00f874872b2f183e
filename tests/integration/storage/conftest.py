"""A store on a real file, and the counter that acts on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.storage.store import Store, open_store
from tests.fakes.memory_store import A_TILL
from tests.fakes.surroundings import HandSetClock


@pytest.fixture
def clock() -> HandSetClock:
    return HandSetClock()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "shop" / "till.sqlite3"


@pytest.fixture
def store(database: Path, clock: HandSetClock) -> Iterator[Store]:
    """Open and paired as till-a."""
    store = open_store(database, clock=clock)
    with store.unit_of_work() as uow:
        uow.set_identity(A_TILL)
        uow.commit()
    try:
        yield store
    finally:
        store.close()
