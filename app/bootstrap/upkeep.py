"""Owns what is done by the clock: customers' data taken away (I10) at start and once a day, in steps so short that no
sale waits for them; the ledger's ends remembered outside the database once a minute (R6), beside the sales, so that no
sale waits for a key store. Never decides whose data, nor touches the database on the main thread.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer

from app.ui.task_runner import Lane, Runner
from app.usecases.ports import Touched

if TYPE_CHECKING:
    from app.bootstrap.core import Core
    from app.storage.purge import PurgeStep

_log = logging.getLogger(__name__)

EVERY = timedelta(days=1)
WITNESS_EVERY_MS = 60_000
LOOK_EVERY_MS = 3_600_000
"""Whether a day has passed is asked by the clock: a timer of a day stands still while a laptop sleeps."""


class Upkeep(QObject):
    """One round at `start`, then one a day. On the main thread; each step is a task of its own in the store's lane."""

    def __init__(self, core: Core, runner: Runner, keep_customer_days: Callable[[], int]) -> None:
        super().__init__()
        self._core = core
        self._runner = runner
        self._keep_customer_days = keep_customer_days
        self._begun_at: datetime | None = None
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.VeryCoarseTimer)
        self._timer.timeout.connect(self.look)
        self._witness_timer = QTimer(self)
        self._witness_timer.setTimerType(Qt.TimerType.VeryCoarseTimer)
        self._witness_timer.timeout.connect(self.witness)

    def start(self) -> None:
        self.look()
        self._timer.start(LOOK_EVERY_MS)
        self._witness_timer.start(WITNESS_EVERY_MS)

    def stop(self) -> None:
        self._timer.stop()
        self._witness_timer.stop()

    def look(self) -> None:
        """Begin a round if the last one began a day ago, or at a time the clock has not reached again."""
        now = self._core.clock.now()
        if self._begun_at is None or not timedelta() <= now - self._begun_at < EVERY:
            self._begun_at = now
            self._step(now - timedelta(days=self._keep_customer_days()), "")

    def witness(self) -> None:
        """Have the ledger's ends remembered; nothing is written if nothing was recorded."""
        self._runner.run(Lane.NET, self._core.counter.witness, lambda _: None)

    def _step(self, before: datetime, after: str) -> None:
        def work() -> PurgeStep:
            return self._core.store.purge_step(before, after)

        self._runner.run(Lane.STORE, work, lambda step: self._done(before, step), self._failed)

    def _done(self, before: datetime, step: PurgeStep) -> None:
        if step.orders_blanked:
            self._core.counter.announce(Touched(orders=True, print_queue=True))
        if step.after is not None:
            self._step(before, step.after)

    def _failed(self, error: Exception) -> None:
        """The disk is full, for instance: what is left is done within the hour or at the next start."""
        _log.warning("customers' data not taken away: %s", getattr(error, "reason", type(error).__name__))
        self._begun_at = None
