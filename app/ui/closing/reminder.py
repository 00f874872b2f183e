"""Owns the reminder that a past day was not closed: a count on the rail as long as it is so, a sentence once. Never
closes anything, never stands in the way of a sale.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QObject, Qt, QTimer

from app.domain.closure import ClosureKind
from app.i18n import tr
from app.ui.closing_words import overdue_words
from app.ui.main_window import MainWindow
from app.ui.screen import PlaceName
from app.ui.style.tokens import Role
from app.ui.task_runner import Lane, Runner
from app.usecases.close_period import DuePeriod, due_closures
from app.usecases.ports import Counter

_log = logging.getLogger(__name__)

LOOK_EVERY_MS = 300_000
"""Whether the trading day has changed is asked by the clock: a timer of a day stands still while a laptop sleeps."""


class ClosingReminder(QObject):
    """On the main thread."""

    def __init__(self, counter: Counter, runner: Runner, window: MainWindow) -> None:
        super().__init__()
        self._counter = counter
        self._runner = runner
        self._window = window
        self._told: frozenset[date] = frozenset()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.VeryCoarseTimer)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        self.look()
        self._timer.start(LOOK_EVERY_MS)

    def stop(self) -> None:
        self._timer.stop()

    def look(self) -> None:
        """At start, now and then, and when something was closed."""
        counter = self._counter
        self._runner.run(Lane.LISTS, lambda: due_closures(counter), self._came, self._failed)

    def _came(self, due: Sequence[DuePeriod]) -> None:
        past = [period.first_day for period in due if period.is_over and period.kind is ClosureKind.DAY]
        self._window.set_count(PlaceName.CLOSING, len(past), Role.WARNING)
        if not past or frozenset(past) <= self._told or self._window.notice.text:
            return  # what is said there now is not pushed away; the count on the rail stays
        self._told = frozenset(past)
        self._window.show_notice(
            overdue_words(past), Role.WARNING, tr("Close the day"), lambda: self._window.go_to(PlaceName.CLOSING)
        )

    def _failed(self, error: Exception) -> None:
        _log.warning("whether a day is to be closed is not known: %s", getattr(error, "reason", type(error).__name__))
