"""Work goes to its lane's thread and comes home on the main thread; failures of the world and bugs part ways."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator

import pytest

from app.ui.task_runner import Lane, TaskRunner
from app.usecases.ports import StoreUnavailable


@pytest.fixture
def runner(qapp) -> Iterator[TaskRunner]:
    made = TaskRunner()
    yield made
    made.close()


def test_work_is_done_elsewhere_and_comes_home(runner, qtbot):
    seen: list[tuple[str, str]] = []
    runner.run(Lane.STORE, lambda: threading.current_thread().name, lambda name: seen.append((name, _here())))
    qtbot.waitUntil(lambda: bool(seen))
    assert seen[0][0].startswith("lane-store")
    assert seen[0][1] == "MainThread"


def test_a_lane_keeps_its_order(runner, qtbot):
    seen: list[int] = []
    for number in range(300):
        runner.run(Lane.STORE, lambda number=number: number, seen.append)
    qtbot.waitUntil(lambda: len(seen) == 300)
    assert seen == list(range(300))


def test_a_slow_network_does_not_hold_the_store_up(runner, qtbot):
    gate = threading.Event()
    seen: list[str] = []
    runner.run(Lane.NET, gate.wait, lambda _done: seen.append("net"))
    runner.run(Lane.STORE, lambda: "store", seen.append)
    qtbot.waitUntil(lambda: seen == ["store"])
    gate.set()
    qtbot.waitUntil(lambda: seen == ["store", "net"])


def test_a_failure_of_the_world_goes_to_its_handler(runner, qtbot):
    seen: list[Exception] = []

    def fail() -> None:
        raise StoreUnavailable("disk_full")

    runner.run(Lane.STORE, fail, lambda _none: None, seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    assert isinstance(seen[0], StoreUnavailable)


def test_a_bug_reaches_the_crash_hook(runner, qtbot, monkeypatch):
    seen: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, _error, _trace: seen.append(kind))
    runner.run(Lane.STORE, lambda: 1 // 0, lambda _none: None, lambda _error: seen.append(OSError))
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [ZeroDivisionError]


def test_a_bug_in_what_comes_home_reaches_the_crash_hook_too(runner, qtbot, monkeypatch):
    seen: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, _error, _trace: seen.append(kind))
    runner.run(Lane.STORE, lambda: 0, lambda number: 1 // number)
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [ZeroDivisionError]


def test_a_forgotten_result_is_not_delivered(runner, qtbot):
    gate = threading.Event()
    seen: list[str] = []
    task = runner.run(Lane.STORE, lambda: gate.wait() and "old", seen.append)
    task.forget()
    gate.set()
    runner.run(Lane.STORE, lambda: "new", seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == ["new"]


def test_closing_joins_the_lanes_and_drops_the_rest(qapp):
    runner = TaskRunner()
    seen: list[int] = []
    for lane in Lane:
        runner.run(lane, lambda: 1, seen.append)
    runner.close()
    qapp.processEvents()
    assert seen == []
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("lane-")]
    runner.run(Lane.STORE, lambda: 1, seen.append)


def _here() -> str:
    return threading.current_thread().name
