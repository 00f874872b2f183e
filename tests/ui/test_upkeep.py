"""Customers' data are taken away at start and once a day, on a real store."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.bootstrap.core import Core
from app.bootstrap.upkeep import Upkeep
from app.storage.store import open_store
from app.surroundings import News
from app.usecases.ports import Touched
from tests.fakes.inline_runner import InlineRunner
from tests.fakes.samples import an_order
from tests.fakes.surroundings import NOON, CountingIds, HandSetClock, HeardAnnouncements, MemorySecrets, a_counter


@pytest.fixture
def core(tmp_path):
    clock, heard = HandSetClock(), HeardAnnouncements()
    store = open_store(tmp_path / "till.sqlite3", clock=clock)
    yield Core(
        a_counter(store.unit_of_work, clock=clock, announce=heard), store, MemorySecrets(), News(), clock, CountingIds()
    )
    store.close()


def names(core: Core) -> list[str]:
    orders = {order_id: core.store.queries.order(order_id) for order_id in ("old", "new")}
    return [order_id for order_id, order in orders.items() if order is not None and order.order.customer_name]


def test_at_start_and_once_a_day(qapp, core):
    with core.counter.unit_of_work() as uow:
        uow.orders.save_server_copies(
            [
                an_order("old", keep_until=NOON - timedelta(days=31)),
                an_order("new", keep_until=NOON - timedelta(days=29, hours=12)),
            ]
        )
        uow.commit()
    upkeep = Upkeep(core, InlineRunner(), lambda: 30)
    upkeep.start()
    assert names(core) == ["new"]
    assert core.counter.announce == [Touched(orders=True, print_queue=True)]
    core.clock.go_on(hours=23)
    upkeep.look()
    assert names(core) == ["new"]  # its window has passed since, but not yet a day
    core.clock.go_on(hours=2)
    upkeep.look()
    assert names(core) == []
    assert core.store.queries.last_purge() == core.clock.now()
    upkeep.stop()
