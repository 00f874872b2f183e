"""First come, first served; and nobody waits for ever."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from app.storage.lock import FairLock, ProcessLock
from app.usecases.ports import StoreUnavailable


def waiting(lock: FairLock, count: int) -> None:
    """Return once so many wait."""
    pause = threading.Event()
    while len(lock._waiting) < count:
        pause.wait(0.001)


def test_the_lock_goes_to_whoever_has_waited_longest() -> None:
    lock = FairLock()
    assert lock.acquire(0)
    order: list[int] = []

    def take(number: int) -> None:
        assert lock.acquire(30)
        order.append(number)
        lock.release()

    threads = []
    for number in range(5):
        thread = threading.Thread(target=take, args=(number,))
        thread.start()
        threads.append(thread)
        waiting(lock, number + 1)
    lock.release()
    assert not lock.acquire(0) or order == [0, 1, 2, 3, 4]  # whoever lets go does not overtake those who wait
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3, 4]


def test_giving_up_leaves_the_lock_to_the_others() -> None:
    lock = FairLock()
    assert lock.acquire(0)
    assert not lock.acquire(0.01)
    lock.release()
    assert lock.acquire(0)
    lock.release()


def test_one_process_a_database(tmp_path: Path) -> None:
    first, second = ProcessLock(tmp_path / "till.sqlite3"), ProcessLock(tmp_path / "till.sqlite3")
    first.acquire()
    with pytest.raises(StoreUnavailable) as refused:
        second.acquire()
    assert refused.value.reason == "locked"
    first.release()
    second.acquire()
    second.release()
