"""Owns the runner for presenter tests: work is done at once, or when the test says so, on the test's own thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.ui.task_runner import Failed, Lane, Task
from app.usecases.ports import Unavailable


class InlineRunner:
    """Does work at once; with `hold = True` it keeps it until `release()`, to test what is shown meanwhile.

    Attributes:
        lanes: the lane of each piece of work, in order.
    """

    def __init__(self) -> None:
        self.lanes: list[Lane] = []
        self.hold = False
        self._held: list[Callable[[], None]] = []

    def run(
        self,
        lane: Lane,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Failed | None = None,
    ) -> Task:
        task = Task()
        self.lanes.append(lane)

        def call() -> None:
            if task.forgotten:
                return
            try:
                result = work()
            except (Unavailable, OSError) as error:
                if failed is None:
                    raise
                failed(error)
            else:
                done(result)

        if self.hold:
            self._held.append(call)
        else:
            call()
        return task

    def release(self) -> None:
        """Do what was held, in order."""
        held, self._held = self._held, []
        for call in held:
            call()
