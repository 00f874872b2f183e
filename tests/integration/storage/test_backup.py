"""A copy while the shop sells, and back again."""

from __future__ import annotations

import sqlite3
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.catalogue import Product
from app.domain.money import Money
from app.storage.backup import check_copy
from app.storage.store import Store, open_store, restore
from app.usecases.long_work import LongWork, WorkStopped
from app.usecases.ports import StoreUnavailable
from tests.fakes.samples import COFFEE, WINE
from tests.fakes.stopped_work import WorkStoppedAt
from tests.fakes.surroundings import NOON, HandSetClock
from tests.integration.storage.test_failures import reason_of, save

BULKY = [Product(f"p-{i}", f"Article {i} " + "x" * 4000, Money(100), 2000) for i in range(2000)]
"""Several steps of the copy."""


def test_a_copy_is_one_moment_however_much_is_sold_meanwhile(store: Store, tmp_path: Path, clock: HandSetClock) -> None:
    save(store, *BULKY)
    steps: list[tuple[int, int]] = []

    def sell_meanwhile(copied: int, whole: int) -> None:
        steps.append((copied, whole))
        if len(steps) == 1:
            save(store, COFFEE)

    store.backup(tmp_path / "copies" / "copy.sqlite3", progress=sell_meanwhile)
    assert len(steps) > 2
    assert steps[-1][0] == steps[-1][1]
    assert [path.name for path in (tmp_path / "copies").iterdir()] == ["copy.sqlite3"]
    copy = open_store(tmp_path / "copies" / "copy.sqlite3", clock=clock)
    assert copy.queries.product("p-1999") is not None
    assert copy.queries.product("p-coffee") is None
    copy.close()
    assert store.queries.product("p-coffee") is not None


def test_a_copy_given_up_leaves_nothing(store: Store, tmp_path: Path) -> None:
    save(store, *BULKY)
    stop = threading.Event()
    stop.set()
    target = tmp_path / "copies" / "copy.sqlite3"
    assert reason_of(lambda: store.backup(target, stop=stop)) == "io"
    assert list(target.parent.iterdir()) == []


def test_a_copy_stopped_at_any_step_leaves_nothing(store: Store, tmp_path: Path) -> None:
    save(store, *BULKY)
    target = tmp_path / "copies" / "copy.sqlite3"
    whole = WorkStoppedAt()
    store.backup(target, progress=whole.go_on)
    target.unlink()
    assert whole.looks > 2
    for look in range(1, whole.looks + 1):
        with pytest.raises(WorkStopped):
            store.backup(target, progress=WorkStoppedAt(look).go_on)
        assert list(target.parent.iterdir()) == []


def test_a_restore_stopped_at_any_step_changes_nothing(
    store: Store, database: Path, tmp_path: Path, clock: HandSetClock
) -> None:
    save(store, *BULKY)
    copy = tmp_path / "copy.sqlite3"
    store.backup(copy)
    save(store, COFFEE)
    store.close()
    look, before = 1, files_of(database.parent)
    while True:
        work = WorkStoppedAt(look)
        try:
            restore(copy, database, now=NOON, work=work)
        except WorkStopped:
            assert files_of(database.parent) == before
            look += 1
        else:
            break
    assert look > 6  # both copies in several steps, the last moment
    assert not work.stoppable
    again = open_store(database, clock=clock)
    assert again.queries.product("p-coffee") is None
    again.close()


def test_a_check_of_a_copy_ends_when_it_is_stopped(store: Store, tmp_path: Path) -> None:
    save(store, *BULKY)
    copy = tmp_path / "copy.sqlite3"
    store.backup(copy)
    store.close()
    work = LongWork()
    work.stop()
    with pytest.raises(WorkStopped):
        check_copy(copy, work)


def files_of(folder: Path) -> dict[str, bytes]:
    """Without what SQLite keeps beside a database that is read."""
    kept = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(("-wal", "-shm")))
    return {str(path): path.read_bytes() for path in kept}


def test_a_copy_that_cannot_be_written_says_so(store: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    assert reason_of(store.backup, tmp_path / "file" / "copy.sqlite3") == "io"


def test_restore_puts_the_copy_back_and_keeps_what_was_there(
    store: Store, database: Path, tmp_path: Path, clock: HandSetClock
) -> None:
    save(store, COFFEE)
    copy = tmp_path / "copy.sqlite3"
    store.backup(copy)
    save(store, WINE)
    assert reason_of(lambda: restore(copy, database, now=NOON)) == "locked"
    store.close()
    aside = restore(copy, database, now=NOON)
    again = open_store(database, clock=clock)
    assert again.queries.product("p-coffee") is not None
    assert again.queries.product("p-wine") is None
    again.close()
    assert aside is not None
    before = open_store(aside, clock=clock)
    assert before.queries.product("p-wine") is not None
    before.close()


@pytest.mark.parametrize("facts_in_copy", [0, 3])
def test_after_a_restore_no_fact_takes_a_number_that_was_told_since_the_copy(
    store: Store, database: Path, tmp_path: Path, clock: HandSetClock, facts_in_copy: int
) -> None:
    """The marketplace would refuse each such fact for ever: it knows that number with another content."""

    def draw(of: Store, times: int) -> list[int]:
        with of.unit_of_work() as uow:
            drawn = [uow.outbox.next_seq() for _ in range(times)]
            uow.commit()
        return drawn

    draw(store, facts_in_copy)
    copy = tmp_path / "copy.sqlite3"
    store.backup(copy)
    told = draw(store, 500)
    store.close()
    for day in (1, 2):
        restore(copy, database, now=NOON + timedelta(days=day))
        again = open_store(database, clock=clock)
        assert draw(again, 1)[0] > max(told)
        told = draw(again, 500)
        again.close()


def test_restore_refuses_what_is_no_sound_copy(store: Store, database: Path, tmp_path: Path) -> None:
    save(store, COFFEE)
    copy = tmp_path / "copy.sqlite3"
    store.backup(copy)
    store.close()
    before = database.read_bytes()
    rubbish = tmp_path / "rubbish.sqlite3"
    rubbish.write_bytes(b"rubbish" * 1000)
    assert reason_of(lambda: restore(rubbish, database, now=NOON)) == "damaged"
    assert reason_of(lambda: restore(tmp_path / "none.sqlite3", database, now=NOON)) == "io"
    connection = sqlite3.connect(copy)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    with pytest.raises(StoreUnavailable) as refused:
        restore(copy, database, now=NOON)
    assert refused.value.reason == "newer_version"
    assert database.read_bytes() == before
