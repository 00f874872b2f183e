"""Owns who runs when: one actor at a time, the next one by time and, at one moment, by the seed.

Lanes of tills are real threads (their code calls down to the network and waits there), but only one thread of the town
ever runs: the baton goes to an actor and comes back when it waits or ends. So nothing depends on the machine, and every
interleaving of the places where an actor may wait can come up.
"""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from app.sync.pace import Bell, Woken
from tests.simulation.clock import Timeline

_BATON_LIMIT_S = 120.0
"""Real seconds until a lost baton is a fault of the simulator: an actor waits for something outside the town."""


class Died(BaseException):
    """The machine stopped at this very point. No `except Exception` may catch it, no code runs on."""


class BatonLost(RuntimeError):
    """An actor neither waited nor ended."""


@dataclass(slots=True)
class Event:
    at_s: float
    call: Callable[[], None]
    cancelled: bool = False


class Schedule:
    """The events to come. Everything but `Actor.pause` is called on the main thread or by the actor that runs.

    Attributes:
        failures: faults of the program in actors, with their names.
        before_waiting: called by an actor before it gives the baton away; raises if it must not wait here.
    """

    def __init__(self, timeline: Timeline, chance: Random) -> None:
        self.timeline = timeline
        self._chance = chance
        self._events: list[tuple[float, int, int, Event]] = []  # by time, then by chance
        self._serials = itertools.count()
        self.current: Actor | None = None
        self.failures: list[tuple[str, BaseException]] = []
        self.before_waiting: Callable[[], None] = lambda: None
        self._baton = threading.Lock()
        self._baton.acquire()

    def after(self, delay_s: float, call: Callable[[], None]) -> Event:
        """Have something happen; of two events of one moment the seed says which comes first."""
        event = Event(self.timeline.seconds + max(delay_s, 0.0), call)
        heapq.heappush(self._events, (event.at_s, self._chance.getrandbits(32), next(self._serials), event))
        return event

    def run_until(self, at_s: float) -> None:
        """Let everything happen up to a moment."""
        while self._events and self._events[0][0] <= at_s:
            event = heapq.heappop(self._events)[-1]
            if event.cancelled:
                continue
            self.timeline.seconds = max(self.timeline.seconds, event.at_s)
            event.call()
            if self.failures:
                return
        self.timeline.seconds = max(self.timeline.seconds, at_s)

    def give_baton(self, to: Actor) -> None:
        before, self.current = self.current, to
        to.lock.release()
        if not self._baton.acquire(timeout=_BATON_LIMIT_S):
            raise BatonLost(to.name)
        self.current = before

    def take_back(self) -> None:
        self._baton.release()


class Actor:
    """A thread of the town. It runs `body` whenever it has the baton."""

    def __init__(self, schedule: Schedule, name: str, body: Callable[[], None]) -> None:
        self.name = name
        self.lock = threading.Lock()
        self.lock.acquire()
        self.alive = True
        self._schedule = schedule
        self._body = body
        self._dying = False
        self._due: Event | None = schedule.after(0.0, self._resume)
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def pause(self, seconds: float) -> None:
        """Wait, from inside the actor; `wake` cuts it short. Raises Died if the machine dies meanwhile."""
        self._schedule.before_waiting()
        self._due = self._schedule.after(seconds, self._resume)
        self._schedule.take_back()
        self.lock.acquire()
        if self._dying:
            raise Died

    def wake(self) -> None:
        """Let it go on at this moment, if it waits."""
        if self.alive and self._due is not None:
            self._due.cancelled = True
            self._due = self._schedule.after(0.0, self._resume)

    def kill(self) -> None:
        """End it where it waits, from the main thread: nothing of its code does anything any more."""
        self._dying = True
        self.finish()

    def finish(self) -> None:
        """Let it run to its end, from the main thread; its waits are over at once."""
        for _ in range(1000):
            if not self.alive:
                self._thread.join()
                return
            if self._due is not None:
                self._due.cancelled = True
            self._resume()
        raise BatonLost(f"{self.name} does not end")

    def _resume(self) -> None:
        if self.alive:
            self._due = None
            self._schedule.give_baton(self)

    def _run(self) -> None:
        self.lock.acquire()
        try:
            if not self._dying:
                self._body()
        except Died:
            pass
        except BaseException as error:  # noqa: BLE001  # told on the main thread, as a fault of the program
            self._schedule.failures.append((self.name, error))
        finally:
            self.alive = False
            self._schedule.take_back()


class TownBell(Bell):
    """A lane's bell in the town: the same words, but waiting is the schedule's."""

    def __init__(self, schedule: Schedule) -> None:
        super().__init__()
        self._schedule = schedule
        self._waiting: Actor | None = None

    def kick(self) -> None:
        super().kick()
        self._ring()

    def hurry(self) -> None:
        super().hurry()
        self._ring()

    def stop(self) -> None:
        super().stop()
        self._ring()

    def wait(self, timeout_s: float) -> Woken:
        actor = self._schedule.current
        if actor is None:
            raise BatonLost("a bell is waited for on the main thread")
        woken = super().wait(0.0)
        if woken is Woken.TIME and timeout_s > 0:
            self._waiting = actor
            actor.pause(timeout_s)
            self._waiting = None
            woken = super().wait(0.0)
        return woken

    def _ring(self) -> None:
        if self._waiting is not None:
            self._waiting.wake()
