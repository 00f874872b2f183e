"""The world failing has its name and its reason, on reading, writing and committing; afterwards all goes on."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from app.domain.catalogue import Product
from app.domain.money import Money
from app.storage.engine import named_failure
from app.storage.store import Store, open_store
from app.usecases.ports import StoreUnavailable
from tests.fakes.samples import COFFEE
from tests.fakes.surroundings import HandSetClock

MANY = [Product(f"p-{i}", f"Article {i} " + "x" * 200, Money(100), 2000) for i in range(2000)]


def connection_of(store: Store) -> sqlite3.Connection:
    return store.unit_of_work.connection  # type: ignore[attr-defined,no-any-return]  # to make it fail on purpose


def save(store: Store, *products: Product) -> None:
    with store.unit_of_work() as uow:
        uow.catalogue.save_all(products)
        uow.commit()


def reason_of(work: object, *arguments: object) -> str:
    with pytest.raises(StoreUnavailable) as failed:
        work(*arguments)  # type: ignore[operator]  # any callable
    return failed.value.reason


def test_a_full_disk_says_so_and_keeps_what_was_there(store: Store) -> None:
    save(store, COFFEE)
    pages = connection_of(store).execute("PRAGMA page_count").fetchone()[0]
    connection_of(store).execute(f"PRAGMA max_page_count={pages + 2}").close()
    assert reason_of(save, store, *MANY) == "disk_full"
    connection_of(store).execute("PRAGMA max_page_count=1000000").close()
    assert store.queries.product("p-0") is None
    save(store, *MANY)
    assert store.queries.product("p-0") is not None
    assert store.queries.product("p-coffee") is not None


def test_a_database_held_by_another_program_is_busy(store: Store, database: Path) -> None:
    connection_of(store).execute("PRAGMA busy_timeout=10").close()
    other = sqlite3.connect(database, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        assert reason_of(save, store, COFFEE) == "busy"
        other.execute("ROLLBACK")
        save(store, COFFEE)
    finally:
        other.close()


def test_a_read_only_medium_says_so(store: Store) -> None:
    connection_of(store).execute("PRAGMA query_only=ON").close()
    assert reason_of(save, store, COFFEE) == "read_only"
    connection_of(store).execute("PRAGMA query_only=OFF").close()
    save(store, COFFEE)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_says_so(tmp_path: Path, clock: HandSetClock) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    assert reason_of(lambda: open_store(folder / "till.sqlite3", clock=clock)) == "read_only"


def test_a_file_in_the_place_of_the_folder_says_so(tmp_path: Path, clock: HandSetClock) -> None:
    (tmp_path / "file").write_text("not a folder")
    assert reason_of(lambda: open_store(tmp_path / "file" / "till.sqlite3", clock=clock)) == "io"


def test_a_file_that_is_no_database_is_damaged_and_can_be_opened_once_mended(
    tmp_path: Path, clock: HandSetClock
) -> None:
    path = tmp_path / "till.sqlite3"
    path.write_bytes(b"holiday photos" * 1000)
    for _ in range(2):  # the second time it is not "locked": the first let go
        assert reason_of(lambda: open_store(path, clock=clock)) == "damaged"
        assert reason_of(lambda: open_store(path, clock=clock, read_only=True)) == "damaged"
    path.unlink()
    open_store(path, clock=clock).close()


def test_damage_in_the_middle_is_named_on_reading_and_on_writing(
    store: Store, database: Path, clock: HandSetClock
) -> None:
    save(store, *MANY)
    store.close()
    with database.open("r+b") as file:
        size = database.stat().st_size
        file.seek(size // 2 // 4096 * 4096)  # the first pages hold the list of tables: without it nothing opens
        file.write(b"\xa5" * (size // 2))
    damaged = open_store(database, clock=clock)
    try:
        assert reason_of(damaged.queries.search_products, "article") == "damaged"
        assert reason_of(save, damaged, *MANY) == "damaged"
    finally:
        damaged.close()


def test_nothing_to_read_says_so(tmp_path: Path, clock: HandSetClock) -> None:
    assert reason_of(lambda: open_store(tmp_path / "none.sqlite3", clock=clock, read_only=True)) == "io"
    assert not (tmp_path / "none.sqlite3").exists()


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (sqlite3.SQLITE_FULL, "disk_full"),
        (sqlite3.SQLITE_IOERR_SHMSIZE, "disk_full"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "busy"),
        (sqlite3.SQLITE_READONLY_DBMOVED, "read_only"),
        (sqlite3.SQLITE_CORRUPT_VTAB, "damaged"),
        (sqlite3.SQLITE_IOERR_FSYNC, "io"),
        (sqlite3.SQLITE_CANTOPEN, "io"),
    ],
)
def test_each_failure_has_its_reason(code: int, reason: str) -> None:
    error = sqlite3.OperationalError("whatever it says")
    error.sqlite_errorcode, error.sqlite_errorname = code, "SQLITE_X"
    failure = named_failure(error)
    assert failure is not None
    assert (failure.reason, failure.detail) == (reason, "SQLITE_X")


def test_a_bug_of_ours_stays_a_bug(store: Store) -> None:
    error = sqlite3.IntegrityError("UNIQUE")
    error.sqlite_errorcode, error.sqlite_errorname = sqlite3.SQLITE_CONSTRAINT_UNIQUE, "SQLITE_CONSTRAINT_UNIQUE"
    assert named_failure(error) is None
    with store.unit_of_work() as uow, pytest.raises(sqlite3.OperationalError, match="no such table"):
        uow.session.execute_text("SELECT * FROM nowhere")  # type: ignore[attr-defined]  # to make it fail on purpose
