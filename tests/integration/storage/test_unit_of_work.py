"""One transaction at a time: rolled back unless committed, in turn, refused from outside."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from app.domain.errors import BrokenInvariant
from app.storage.store import Store, open_store
from app.usecases.ports import StoreUnavailable
from tests.fakes.samples import COFFEE, WINE
from tests.fakes.surroundings import HandSetClock


def in_threads(work: Callable[[], None], count: int) -> list[BaseException]:
    """Run the same work at once in several threads; what they raised."""
    failures: list[BaseException] = []

    def guarded() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001  # handed to the test
            failures.append(error)

    threads = [threading.Thread(target=guarded) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def test_leaving_without_commit_leaves_nothing(store: Store) -> None:
    with store.unit_of_work() as uow:
        uow.catalogue.save_all([COFFEE])
    assert store.queries.product("p-coffee") is None


def test_an_exception_leaves_nothing_and_passes(store: Store) -> None:
    def fail_in_the_middle() -> None:
        with store.unit_of_work() as uow:
            uow.catalogue.save_all([COFFEE])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_in_the_middle()
    assert store.queries.product("p-coffee") is None


def test_what_was_committed_is_there_after_opening_again(store: Store, database: Path, clock: HandSetClock) -> None:
    with store.unit_of_work() as uow:
        uow.catalogue.save_all([COFFEE])
        uow.commit()
    store.close()
    again = open_store(database, clock=clock)
    try:
        found = again.queries.product("p-coffee")
        assert found is not None
        assert found.product == COFFEE
    finally:
        again.close()


def test_numbers_drawn_and_not_committed_are_drawn_again(store: Store) -> None:
    with store.unit_of_work() as uow:
        assert uow.outbox.next_seq() == 1
    with store.unit_of_work() as uow:
        assert uow.outbox.next_seq() == 1
        uow.commit()
    with store.unit_of_work() as uow:
        assert uow.outbox.next_seq() == 2


def test_threads_that_read_and_then_write_all_get_through(store: Store) -> None:
    """Under a plain BEGIN the second of two would fail at once with "database is locked"."""
    numbers: list[int] = []

    def draw_often() -> None:
        for _ in range(25):
            with store.unit_of_work() as uow:
                uow.catalogue.get("p-coffee")
                numbers.append(uow.outbox.next_seq())
                uow.commit()

    assert in_threads(draw_often, 4) == []
    assert sorted(numbers) == list(range(1, 101))


def test_a_writer_waits_at_begin_for_another_program(store: Store, database: Path) -> None:
    """BEGIN IMMEDIATE: the lock is taken on entering, before anything is read."""
    other = sqlite3.connect(database, timeout=0, isolation_level=None)
    try:
        with store.unit_of_work(), pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    finally:
        other.close()


def test_reading_goes_on_while_someone_writes(store: Store) -> None:
    with store.unit_of_work() as uow:
        uow.catalogue.save_all([COFFEE])
        assert store.queries.product("p-coffee") is None  # not committed yet, and not waiting for it
        uow.commit()
    assert store.queries.product("p-coffee") is not None


def test_a_unit_of_work_inside_another_is_a_bug_not_a_dead_lock(store: Store) -> None:
    with store.unit_of_work(), pytest.raises(BrokenInvariant, match="inside"), store.unit_of_work():
        pass


def test_nothing_passes_through_a_unit_of_work_that_is_over(store: Store) -> None:
    with store.unit_of_work() as uow:
        uow.commit()
        with pytest.raises(BrokenInvariant, match="over"):
            uow.catalogue.save_all([WINE])
    with pytest.raises(BrokenInvariant, match="over"):
        uow.catalogue.get("p-coffee")


def test_a_second_comptoir_is_refused_and_a_reader_is_not(store: Store, database: Path, clock: HandSetClock) -> None:
    with pytest.raises(StoreUnavailable) as refused:
        open_store(database, clock=clock)
    assert refused.value.reason == "locked"
    reader = open_store(database, clock=clock, read_only=True)
    try:
        assert reader.queries.identity().till_id == "till-a"
        with pytest.raises(StoreUnavailable) as refused:
            reader.unit_of_work()
        assert refused.value.reason == "read_only"
    finally:
        reader.close()


def test_closing_twice_does_no_harm(store: Store) -> None:
    store.close()
    store.close()
