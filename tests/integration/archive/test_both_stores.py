"""The store in memory and the one on disk are read alike by archives and exports."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.domain.fiscal import Series
from app.storage.store import open_store
from app.usecases.archive_ports import LedgerReader
from app.usecases.export_archive import spans_of
from tests.fakes.invoices import a_ticket
from tests.fakes.memory_store import MemoryStore
from tests.fakes.samples import COFFEE
from tests.fakes.shop import Shop
from tests.fakes.surroundings import HandSetClock


@pytest.fixture(params=["memory", "disk"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    clock = HandSetClock()
    store: Any = MemoryStore() if request.param == "memory" else open_store(tmp_path / "till.sqlite3", clock=clock)
    yield Shop(store, clock)
    store.close()


def test_spans_of_days_that_follow_each_other_hold_each_row_once(shop: Shop) -> None:
    first = shop.clock.now().date()
    for tickets in (2, 0, 3, 1):
        for _ in range(tickets):
            shop.clock.go_on(minutes=3)
            a_ticket(shop, (COFFEE, 1))
        shop.clock.go_on(days=1)
    reader: LedgerReader = shop.queries  # type: ignore[assignment]  # both stores' queries are readers too
    found = []
    for day in range(5):
        [span] = [
            span
            for span in spans_of(reader, first + timedelta(days=day), first + timedelta(days=day))
            if span.series is Series.SALES
        ]
        found.append((span.before.number, span.first, span.last))
    assert found == [(0, 1, 2), (2, 3, 2), (2, 3, 5), (5, 6, 6), (6, 7, 6)]
    numbers = [row.number for row in reader.ledger_rows("A", Series.SALES, 2, 4)]
    assert numbers == [2, 3, 4]
    assert reader.ledger_last_before("A", Series.SALES, 1) is None
    assert reader.ledger_first_since("A", Series.SALES, date(2099, 1, 1)) == 7
    assert [key.key_id for key in reader.public_keys()] == [shop.counter.signer.key_id]
