"""Owns the rule that a test leaves nothing running: no thread, no visible window, no unexpected log line.

Threads started by a fixture of a wider scope than the test (a server for a whole module) live until that fixture ends.
Never repairs anything: what was left behind fails the test and is named with where it began.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import time
import traceback
from collections.abc import Generator, Iterable

import pytest

_FRAMES_SHOWN = 6


class StartedThreads:
    """Knows of every `threading.Thread` where it was started and whether it belongs to a wider fixture."""

    def __init__(self, grace_s: float) -> None:
        self._grace_s = grace_s
        self._origins: dict[threading.Thread, str] = {}
        self._lent: set[threading.Thread] = set()
        self._original_start = threading.Thread.start

    def watch(self) -> None:
        original, note = self._original_start, self._note

        def start(self: threading.Thread) -> None:
            note(self)
            original(self)

        threading.Thread.start = start  # type: ignore[method-assign]  # the one place all threads pass through

    def unwatch(self) -> None:
        threading.Thread.start = self._original_start  # type: ignore[method-assign]  # put back what was there

    def _note(self, thread: threading.Thread) -> None:
        frames = traceback.extract_stack()[:-2][-_FRAMES_SHOWN:]
        self._origins[thread] = "".join(traceback.format_list(frames))
        if threading.current_thread() in self._lent:
            self._lent.add(thread)

    def lend(self, threads: Iterable[threading.Thread]) -> None:
        """These, and what they start, belong to a fixture that outlives the test."""
        self._lent.update(threads)

    def left_over(self, before: set[threading.Thread], lent_too: bool = False) -> list[str]:
        """Threads begun since `before` that have not ended after the grace time, each with where it began."""
        deadline = time.monotonic() + self._grace_s
        suspects = [t for t in _running() - before if lent_too or t not in self._lent]
        for thread in suspects:
            thread.join(max(0.0, deadline - time.monotonic()))
        described = [
            f"thread {thread.name!r} is still running; it was started at\n{self._origins.get(thread, '  (unknown)')}"
            for thread in suspects
            if thread.is_alive()
        ]
        self._origins = {t: text for t, text in self._origins.items() if t.is_alive()}
        self._lent = {t for t in self._lent if t.is_alive()}
        return described


def _running() -> set[threading.Thread]:
    # a dummy stands for a thread that Qt or C started: Python never hears of its end
    return {t for t in threading.enumerate() if not isinstance(t, threading._DummyThread)}


class LogWatch(logging.Handler):
    """Keeps the WARNING and worse lines of the running test."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(f"{record.levelname} {record.name}: {record.getMessage()}")

    def begin(self) -> None:
        self._lines = []

    def faults(self, expected: list[str], allowed: list[str]) -> list[str]:
        lines = list(self._lines)
        patterns = [*expected, *allowed]
        return [
            *(f"unexpected log line: {line}" for line in lines if not any(re.search(p, line) for p in patterns)),
            *(f"expected log line never came: {p}" for p in expected if not any(re.search(p, line) for line in lines)),
        ]


class LeakGuard:
    """The plugin: looks before the first fixture of a test and after its last."""

    def __init__(self, grace_s: float) -> None:
        self._threads = StartedThreads(grace_s)
        self._logs = LogWatch()
        self._before: set[threading.Thread] = set()
        self._windows_before: set[int] = set()
        self._at_start: set[threading.Thread] = set()

    def pytest_sessionstart(self) -> None:
        self._threads.watch()
        self._at_start = _running()
        logging.getLogger().addHandler(self._logs)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None]:
        self._before = _running()
        self._windows_before = {id(w) for w in _visible_windows()}
        self._logs.begin()
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[object]) -> Generator[None, object, object]:
        before = _running()
        try:
            return (yield)
        finally:
            if fixturedef.scope != "function":
                self._threads.lend(_running() - before)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None]:
        result = yield
        faults = [
            *self._threads.left_over(self._before),
            *(f"window left open: {w!r}" for w in _visible_windows() if id(w) not in self._windows_before),
            *self._logs.faults(_patterns(item, "expected_logs"), _patterns(item, "allowed_logs")),
        ]
        if faults:
            pytest.fail("\n".join(faults), pytrace=False)
        return result

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        logging.getLogger().removeHandler(self._logs)
        left = self._threads.left_over(self._at_start, lent_too=True)
        self._threads.unwatch()
        if left and session.exitstatus == pytest.ExitCode.OK:
            sys.stderr.write("\nleft running after the last test:\n" + "\n".join(left))
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _patterns(item: pytest.Item, marker: str) -> list[str]:
    return [pattern for mark in item.iter_markers(marker) for pattern in mark.args]


def _visible_windows() -> list[object]:
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is None or widgets.QApplication.instance() is None:
        return []
    return [window for window in widgets.QApplication.topLevelWidgets() if window.isVisible()]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("leak_grace_s", "seconds a thread may take to end after the tear-down", default="5")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(LeakGuard(float(config.getini("leak_grace_s"))), "comptoir-leaks")
