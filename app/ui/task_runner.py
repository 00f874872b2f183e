"""Owns how the window has work done elsewhere: in lanes of one thread each, with one door back to the main thread.

Lanes are named after the resource, so that a slow network never waits in the database's lane, nor the reverse. Results
come home through one long-lived QObject and one signal: no QThread and no QObject per task (a classic double free in
PySide6). Never touches a widget; never swallows an error that is not a failure of the world.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

_Result = TypeVar("_Result")
Failed = Callable[[Exception], None]


class Lane(StrEnum):
    """One worker thread each; within a lane, first come, first served."""

    STORE = "store"
    LISTS = "lists"
    """Reading that nobody waits for with a customer in front of them; it never stands before a scan in `STORE`."""
    BOOKS = "books"
    """Long reading and writing of files: checks, archives, exports. Minutes for a year; nothing else waits for it."""
    NET = "net"
    PRINT = "print"
    DECODE = "decode"


class Task:
    """A piece of work under way. `forget()`: nobody wants its result any more (it is not started if it still waits)."""

    def __init__(self) -> None:
        self.forgotten = False

    def forget(self) -> None:
        self.forgotten = True


class Runner(Protocol):
    """What presenters are given; tests give `tests.fakes.inline_runner.InlineRunner`."""

    def run(
        self,
        lane: Lane,
        work: Callable[[], _Result],
        done: Callable[[_Result], None],
        failed: Failed | None = None,
    ) -> Task:
        """Do `work` in a lane, then call `done(result)` on the main thread.

        A failure of the world (`app.usecases.ports.Unavailable`, `OSError`) goes to `failed`; anything else is a bug
        and is raised on the main thread, where the crash hook takes it.
        """


class _Door(QObject):
    came_home = Signal(object)


class TaskRunner:
    """The runner of the real window. `close()` waits for what has begun and drops what has not."""

    def __init__(self) -> None:
        self._lanes: dict[Lane, ThreadPoolExecutor] = {}
        self._door = _Door()
        self._receiver = _Receiver()
        self._door.came_home.connect(self._receiver.deliver, Qt.ConnectionType.QueuedConnection)
        self._closed = False

    @property
    def closing(self) -> bool:
        """Whether `close` has begun: it waits for work that goes on; long work looks here and ends. Any thread."""
        return self._closed

    def run(
        self,
        lane: Lane,
        work: Callable[[], _Result],
        done: Callable[[_Result], None],
        failed: Failed | None = None,
    ) -> Task:
        task = Task()
        if not self._closed:
            self._executor(lane).submit(self._work, task, work, done, failed)
        return task

    def close(self) -> None:
        """Stop all lanes. Results still on their way are dropped: the window is going."""
        self._closed = True
        self._receiver.closed = True
        for executor in self._lanes.values():
            executor.shutdown(wait=True, cancel_futures=True)
        self._lanes.clear()

    def _executor(self, lane: Lane) -> ThreadPoolExecutor:
        if lane not in self._lanes:
            self._lanes[lane] = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"lane-{lane}")
        return self._lanes[lane]

    def _work(self, task: Task, work: Callable[[], Any], done: Callable[[Any], None], failed: Failed | None) -> None:
        if task.forgotten:
            return
        try:
            result = work()
        except Exception as error:  # noqa: BLE001  # whatever it is, it is judged on the main thread
            self._door.came_home.emit((task, lambda caught=error: _settle_failure(caught, failed)))
        else:
            self._door.came_home.emit((task, lambda: done(result)))


class _Receiver(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.closed = False

    @Slot(object)
    def deliver(self, parcel: tuple[Task, Callable[[], None]]) -> None:
        task, call = parcel
        if self.closed or task.forgotten:
            return
        try:
            call()
        except Exception:  # noqa: BLE001  # PySide prints and forgets what a slot raises; the crash hook must have it
            sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]  # inside an except block none of them is None


def _settle_failure(error: Exception, failed: Failed | None) -> None:
    from app.usecases.ports import Unavailable  # off the start path

    if failed is not None and isinstance(error, Unavailable | OSError):
        failed(error)
        return
    raise error
