"""Owns the rule that the main thread is never long away from its event loop: every test with a Qt application runs
under a watch.

A turn is one pass of the event loop, or one key, click or scan that a test gives straight to the window. The limit is
`LIMIT_MS` for what the main thread itself computes, or itself waits (for a lock, a socket, the database, a sleep), in
one turn. What fails a test is more: half as much again, because nothing a test can measure tells a free machine from
one whose caches and cores others use, and the whole grows with how slow the machine is just then: a busy machine fails
no test. Whoever knows that the machine is free says so by `COMPTOIR_FREE_MACHINE=1`: then the limit itself judges. Only
the thread's own processor time counts, not the clock. Collecting garbage does not count: the tests' heap is many times
the till's. Stalls that others caused are written under the test's report only. What the test itself does between turns,
its fixtures, and waiting for the first exposure of a window are no turns. Never repairs anything.
"""

from __future__ import annotations

import faulthandler
import functools
import gc
import os
import re
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

LIMIT_MS = 50.0
_LOOK_S = 0.01
_STACKS_KEPT = 4
_STILL_LOOKS = 3
"""How many looks in a row must have come in time for a wait to be the thread's own doing."""
_STILL_S = 0.0005
REFERENCE_S = 0.00135
"""What `_a_known_piece_of_work` takes on the machine the limit was set on (min of many)."""
_SLOWEST = 6.0
CONTENDED = 1.5
"""How much more processor time the same work may take while other programs use the same caches and cores; the piece of
work above is too small to feel it, and neighbours on the same host show in no counter."""
FREE_MACHINE = "COMPTOIR_FREE_MACHINE"
"""A person's word for it that nothing else runs on this machine."""
_ROOT = str(Path(__file__).parents[2])


@dataclass(frozen=True)
class Known:
    """A place that may take longer in one turn, and why. `place` is a part of a stack's line, `file:function`."""

    place: str
    limit_ms: float
    why: str


KNOWN: tuple[Known, ...] = (
    Known("app/ui/main_window.py:_built", 250, "the two screens for scans are built at once: a card and its lists"),
    Known("app/bootstrap/window.py:_attach", 400, "start: the first screen is built once the core is there"),
    Known("app/bootstrap/window.py:_step", 400, "start, as above"),
    Known("app/ui/style/look.py:use", 1000, "another theme dresses every widget anew; a person asked for it"),
    Known("app/ui/style/look.py:apply", 1000, "the dress of the application at its start"),
)
"""Kept by place, never by test. What is here is a fault somebody has looked at."""


@dataclass(frozen=True)
class Turn:
    """A turn that took too long. `kind`: "computed", "waited" (faults both) or "was kept waiting" (by the machine)."""

    kind: str
    took_ms: float
    stacks: tuple[str, ...]

    def __str__(self) -> str:
        stacks = "\n  and\n".join(self.stacks) or "  (too short to be looked at)"
        return f"the main thread {self.kind} {self.took_ms:.0f} ms in one turn of its event loop:\n{stacks}"


def _a_known_piece_of_work() -> float:
    began = time.thread_time()
    sum(number * number for number in range(20_000))
    return time.thread_time() - began


def slowness() -> float:
    """How many times more processor time a turn may take here and now than on the reference machine, left alone."""
    return allowance(min(_a_known_piece_of_work() for _ in range(7)), free=os.environ.get(FREE_MACHINE) == "1")


def allowance(known_piece_s: float, *, free: bool) -> float:
    """How many times the limit a turn may take where the known piece of work takes this long.

    Args: free: somebody knows that no other program runs.
    """
    slower = min(_SLOWEST, max(1.0, known_piece_s / REFERENCE_S))
    return slower if free else CONTENDED * slower


class TurnWatch:
    """Watches the main thread from `start` to `stop`; what calls into the event loop or the window is passed through
    `inside`. `beat` begins a new turn."""

    def __init__(self) -> None:
        self._main = threading.get_ident()
        self._main_state = Path(f"/proc/self/task/{threading.get_native_id()}/stat")
        self._depth = 0
        self._watching = False
        self._since_s = self._uncounted_s = self._collecting_since_s = 0.0
        self._since_wall_s = self._idle_wall_s = 0.0
        self._turn_no = 0
        self._stacks: list[str] = []
        self.turns: list[Turn] = []
        self._awake, self._ended = threading.Event(), threading.Event()
        self._looker: threading.Thread | None = None

    # --- for the plugin

    def start(self) -> None:
        self.turns = []
        self._depth = 0
        self._watching = True
        gc.callbacks.append(self._collecting)
        self._ended.clear()
        self._looker = threading.Thread(target=self._look, name="turns", daemon=True)
        self._looker.start()

    def stop(self) -> list[Turn]:
        self._watching = False
        self._depth = 0
        gc.callbacks.remove(self._collecting)
        self._ended.set()
        self._awake.set()
        if self._looker is not None:
            self._looker.join()
        return self.turns

    def inside(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """The same call, watched. What it calls that is watched too is a turn of its own."""

        @functools.wraps(call)
        def watched(*args: Any, **named: Any) -> Any:
            if not self._watching or threading.get_ident() != self._main:
                return call(*args, **named)
            self.beat()
            self._depth += 1
            self._begin()
            self._awake.set()
            try:
                return call(*args, **named)
            finally:
                self.beat()
                self._depth = max(0, self._depth - 1)
                if not self._depth:
                    self._awake.clear()

        return watched

    def apart(self, work: Callable[[], Any]) -> Callable[[], Any]:
        """The same work, not counted: in the till another thread does it."""

        def uncounted() -> Any:
            began_s = time.thread_time()
            try:
                return work()
            finally:
                self._uncounted_s += time.thread_time() - began_s

        return uncounted

    def beat(self) -> None:
        """One turn has ended, the next begins."""
        if not self._depth:
            return
        used_ms = (time.thread_time() - self._since_s - self._uncounted_s) * 1000
        if used_ms > LIMIT_MS:
            self.turns.append(Turn("computed", used_ms, tuple(self._stacks)))
        elif self._stacks and (took_ms := (time.perf_counter() - self._idle_wall_s) * 1000) > LIMIT_MS:
            self.turns.append(Turn("was kept waiting", took_ms, tuple(self._stacks)))
        self._begin()

    # --- the main thread

    def _begin(self) -> None:
        self._turn_no += 1
        if self._stacks:
            self._stacks = []
        self._uncounted_s = 0.0
        self._since_wall_s = self._idle_wall_s = time.perf_counter()
        self._since_s = time.thread_time()

    def _collecting(self, phase: str, _info: dict[str, int]) -> None:
        if threading.get_ident() != self._main:
            return
        if phase == "start":
            self._collecting_since_s = time.thread_time()
        else:
            self._uncounted_s += time.thread_time() - self._collecting_since_s

    # --- the thread that looks

    def _look(self) -> None:
        used_before, looked_before, turn_before = 0.0, 0.0, -1
        still_since, still_looks, told = 0.0, 0, False
        while not self._ended.is_set():
            self._awake.wait()
            if self._ended.wait(_LOOK_S):
                return
            now, used, turn = time.perf_counter(), self._used_by_main_s(), self._turn_no
            moved = turn != turn_before or used - used_before > _STILL_S or not self._sleeps()
            late = now - looked_before > 3 * _LOOK_S
            if moved or late:
                still_since, still_looks, told = now, 0, False
            else:
                still_looks += 1
                if self._stacks == []:
                    self._idle_wall_s = now  # in the loop, waiting for events, as far as one sees
                still_ms = (now - still_since) * 1000
                if still_ms > LIMIT_MS and still_looks >= _STILL_LOOKS and not told:
                    told = True
                    self._waited(turn, still_ms)
            if moved and turn == turn_before and (now - self._idle_wall_s) * 1000 > LIMIT_MS / 2:
                self._keep_stack(turn)
            used_before, looked_before, turn_before = used, now, turn

    def _waited(self, turn: int, still_ms: float) -> None:
        stack = self._stack_of_main()
        if _in_product(stack) and turn == self._turn_no:
            self.turns.append(Turn("waited", still_ms, (stack,)))

    def _keep_stack(self, turn: int) -> None:
        if len(self._stacks) >= _STACKS_KEPT or not self._depth:
            return
        stack = self._stack_of_main()
        if turn == self._turn_no and stack:
            self._stacks.append(stack)

    def _used_by_main_s(self) -> float:
        if sys.platform != "linux":
            return time.perf_counter()  # waits are not told from work there
        return time.clock_gettime(time.pthread_getcpuclockid(self._main))

    def _sleeps(self) -> bool:
        try:
            return self._main_state.read_text().rsplit(")", 1)[1].split()[0] in "SD"
        except OSError:
            return False

    def _stack_of_main(self) -> str:
        """Written by the fault handler: a frame held here would keep its painter alive after its paint event, which
        Qt does not bear."""
        with tempfile.TemporaryFile("w+") as file:
            faulthandler.dump_traceback(file)
            file.seek(0)
            threads = file.read().split("\n\n")
        of_main = next((each for each in threads if f"0x{self._main:016x}" in each), "")
        return _cut_at_watch(of_main)


def _cut_at_watch(stack: str) -> str:
    """The lines from the deepest call up to where the watch let it through, paths within the project."""
    kept = []
    for line in stack.splitlines()[1:]:
        if f'{Path(__file__).name}"' in line and " in watched" in line:
            break
        kept.append(line.replace(_ROOT + "/", ""))
    return "\n".join(kept)


def _in_product(stack: str) -> bool:
    return 'File "app/' in stack


def _place(line: str) -> str:
    found = re.search(r'File "(.*)", line \d+ in (.*)', line)
    return f"{found[1]}:{found[2]}" if found else ""


def limit_ms_of(turn: Turn, known: Sequence[Known] = KNOWN) -> float:
    """How long this turn may take: more than usual if it was seen at a place that is known."""
    places = {_place(line) for stack in turn.stacks for line in stack.splitlines()}
    return max([LIMIT_MS, *(each.limit_ms for each in known if each.place in places)])


def too_long(turns: Sequence[Turn], slower: float, known: Sequence[Known] = KNOWN) -> list[Turn]:
    """The turns that are faults on a machine this much slower than the reference."""
    own = (turn for turn in turns if turn.kind != "was kept waiting" and not _is_the_tests_own(turn))
    return [turn for turn in own if turn.took_ms > slower * limit_ms_of(turn, known)]


def _is_the_tests_own(turn: Turn) -> bool:
    """A timer or a signal led back into the test, which took its time there."""
    return bool(turn.stacks) and all('File "tests/' in stack and not _in_product(stack) for stack in turn.stacks)


class TurnGuard:
    """The plugin: puts the watch round every way into the window once, and asks it after each test."""

    def __init__(self) -> None:
        self._watch: TurnWatch | None = None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        if "qapp" not in getattr(item, "fixturenames", ()):
            return (yield)
        if self._watch is None:
            self._watch = TurnWatch()
            _put_round(self._watch)
        slower = slowness()
        self._watch.start()
        try:
            result = yield
        finally:
            turns = self._watch.stop()
            if turns:
                item.add_report_section("call", "turns of the event loop", "\n".join(map(str, turns)))
        faults = too_long(turns, slower) and too_long(turns, max(slower, slowness()))
        if faults and sys.gettrace() is None:  # a traced test is slow by what traces it
            pytest.fail("\n".join(map(str, faults)), pytrace=False)
        return result


def _put_round(watch: TurnWatch) -> None:
    from PySide6.QtCore import QAbstractEventDispatcher, QCoreApplication, QEventLoop
    from PySide6.QtTest import QTest

    from app.ui.main_window import MainWindow

    dispatcher = QAbstractEventDispatcher.instance()
    dispatcher.awake.connect(watch.beat)
    dispatcher.aboutToBlock.connect(watch.beat)
    QEventLoop.exec = watch.inside(QEventLoop.exec)  # type: ignore[method-assign]  # pytest-qt waits in it
    QCoreApplication.processEvents = staticmethod(  # type: ignore[method-assign]  # tests turn the loop by it
        watch.inside(QCoreApplication.processEvents)
    )
    for name in ("keyClick", "mouseClick", "qWait"):
        setattr(QTest, name, staticmethod(watch.inside(getattr(QTest, name))))
    for name in ("take_scan", "take_input"):
        setattr(MainWindow, name, watch.inside(getattr(MainWindow, name)))
    _put_apart_what_lanes_do(watch)


def _put_apart_what_lanes_do(watch: TurnWatch) -> None:
    from tests.fakes.inline_runner import InlineRunner

    run_at_once = InlineRunner.run

    def run(self: InlineRunner, lane: Any, work: Callable[[], Any], *after: Any, **named: Any) -> Any:
        return run_at_once(self, lane, watch.apart(work), *after, **named)

    InlineRunner.run = run  # type: ignore[method-assign]  # it stands for threads


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(TurnGuard(), "comptoir-turns")
