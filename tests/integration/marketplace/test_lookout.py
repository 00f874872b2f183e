"""Waiting costs the marketplace nothing: one look a second for all shops together, however many tills wait."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from app.marketplace import lookout
from app.marketplace.changes import Bell
from app.marketplace.lookout import Lookout
from app.marketplace.schemas import LONGEST_WAIT_S
from app.marketplace.server import RunningMarketplace
from app.marketplace.statements import Connection
from tests.integration.marketplace.world import BREAD, AShop, Till, open_shop

TILLS = 6
LOOKS = 4
TIMEOUT_S = 60
_HEADS = " ".join(str(lookout.HEADS.statement).split())


@contextmanager
def statements_of(running: RunningMarketplace) -> Iterator[list[str]]:
    """Every statement that the server runs meanwhile: through Core, and those handed to the driver."""
    seen: list[str] = []
    call = Connection._call

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    def noted_call(connection: Connection, how: str, sql: str, values: Any) -> Any:
        seen.append(sql)
        return call(connection, how, sql, values)

    event.listen(running.store._engine, "before_cursor_execute", note)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Connection, "_call", noted_call)
        try:
            yield seen
        finally:
            event.remove(running.store._engine, "before_cursor_execute", note)


class CountedLooks:
    """Counts what `Lookout.look` does, and says when it did it often enough."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._changed = threading.Condition()
        self._count = 0
        look = Lookout.look

        def counted(lookout_itself: Lookout) -> None:
            look(lookout_itself)
            with self._changed:
                self._count += 1
                self._changed.notify_all()

        monkeypatch.setattr(Lookout, "look", counted)

    def wait_for(self, more: int) -> None:
        with self._changed:
            wanted = self._count + more
            assert self._changed.wait_for(lambda: self._count >= wanted, TIMEOUT_S)


def test_many_who_wait_cost_one_look_for_all(
    shop: AShop, till: Till, running: RunningMarketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookout, "LOOK_AGAIN_S", 0.05)
    looks = CountedLooks(monkeypatch)
    tills = [shop.pair() for _ in range(TILLS)]
    cursors = [each.pages()[1] for each in tills]
    with ThreadPoolExecutor(TILLS) as pool, statements_of(running) as seen:
        waiting = [
            pool.submit(each.get, "/v1/changes", cursor=cursor, wait_s=LONGEST_WAIT_S)
            for each, cursor in zip(tills, cursors, strict=True)
        ]
        # each till has read once when it waits; from then on the looks alone may ask the database
        while sum("FROM change" in statement for statement in seen) < TILLS:
            looks.wait_for(1)
        looks.wait_for(1)
        seen.clear()
        looks.wait_for(LOOKS)
        assert {" ".join(statement.split()) for statement in seen} - {"BEGIN"} == {_HEADS}
        placed = shop.order((BREAD, 1))
        pages = [each.result(TIMEOUT_S).json() for each in waiting]
    assert [[change["id"] for change in page["changes"]] for page in pages] == [[placed.order_id]] * TILLS
    for each in tills:
        each.session.close()


class HeardBell(Bell):
    """Remembers for whom it rang."""

    def __init__(self) -> None:
        super().__init__()
        self.rung: list[str] = []

    def ring(self, shop_id: str) -> None:
        self.rung.append(shop_id)


def test_it_rings_for_those_whose_feed_moved_and_for_nobody_else(shop: AShop, running: RunningMarketplace) -> None:
    bell = HeardBell()
    looking = Lookout(running.store, bell)
    looking.look()
    assert bell.rung == [shop.shop_id]  # whoever waits since before the first look may have missed something
    bell.rung.clear()
    looking.look()
    assert bell.rung == []
    other = open_shop(running, "shop-c", "Chez Paul")
    shop.order((BREAD, 1))
    looking.look()
    assert sorted(bell.rung) == sorted([shop.shop_id, other.shop_id])
    bell.rung.clear()
    looking.look()
    assert bell.rung == []


def test_a_feed_that_went_back_rings_too(shop: AShop, running: RunningMarketplace) -> None:
    from app.marketplace import tables as t

    bell = HeardBell()
    looking = Lookout(running.store, bell)
    looking.look()
    bell.rung.clear()
    with running.store.administering() as connection:
        connection.execute(t.shop.update().values(head_seq=1))
    looking.look()
    assert bell.rung == [shop.shop_id]
