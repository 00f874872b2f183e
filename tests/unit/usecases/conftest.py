"""Each use-case test runs twice: on the store in memory and on the real one, so the two cannot drift apart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.memory_store import MemoryStore
from tests.fakes.shop import Shop
from tests.fakes.surroundings import HandSetClock


@pytest.fixture(params=["memory", "sqlite"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    clock = HandSetClock()
    if request.param == "memory":
        yield Shop(MemoryStore(), clock)
        return
    from app.storage.store import open_store

    store = open_store(tmp_path / "till.sqlite3", clock=clock)
    try:
        yield Shop(store, clock)
    finally:
        store.close()
