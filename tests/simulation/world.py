"""Owns a town: one marketplace, the tills of one shop, a plan of all that will happen, and playing it to the end.

The plan follows from the seed alone and is made before anything happens: a list of events, each with its own chance. So
the shrinker can take events away and all others stay as they are. Each seed has its own mix: some kinds of events do
not happen in it at all, some three times as often, so that rare ones meet often enough.
"""

from __future__ import annotations

import contextlib
import gc
import shlex
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from app.marketplace import lease_terms
from app.marketplace.orders import PlacedOrder
from app.marketplace.pairing import new_code
from tests.simulation.book import Book, Broken
from tests.simulation.clock import DAY_S, Timeline
from tests.simulation.network import Link
from tests.simulation.registry import ALWAYS, AT_REST, Action, When, all_actions, all_invariants
from tests.simulation.schedule import Schedule
from tests.simulation.server import Server, no_thread_pool
from tests.simulation.tills import Till, Town, one_compiler
from tests.simulation.trace import Trace

SHORT_LEASES = "short leases"
"""The scenario in which leases run for hours instead of days, so that they do run out in a town's time."""
SHORT_LEASE = timedelta(hours=6)
_USUAL_LEASE = lease_terms.LEASE
REST_EVERY_DAYS = 7
RARE_A_DAY = 3.0
_MIX = (0.0, 1.0, 1.0, 3.0)
_REST_STEP_S = 7200.0
_LONGEST_REST_STEPS = 12 * 5
_ORDERS_BUT_FOR_RENEWALS = """SELECT order_id, handover, preparation, cancelled_at, edits, lease_till_id, lease_number,
    lease_wanted_by FROM shop_order ORDER BY order_id"""
_WAITING = """SELECT count(*) FROM outbox o WHERE o.state IN ('pending', 'sending') AND NOT EXISTS (
    SELECT 1 FROM outbox r WHERE r.subject = o.subject AND r.till_seq < o.till_seq AND r.state = 'refused')"""


@dataclass(frozen=True, slots=True)
class Planned:
    """Something that will happen. `number`: its place in the plan, by which the shrinker names it."""

    number: int
    at_s: float
    action: Action
    seed: str


@dataclass(frozen=True, slots=True)
class TownToPlay:
    """What to play: the same values give the same trace.

    Attributes:
        keep: the numbers of the events to let happen; None: all.
    """

    seed: int
    days: int
    tills: int = 2
    scenario: str = ""
    keep: tuple[int, ...] | None = None

    def command(self) -> str:
        words = f"python -m tests.simulation --seed {self.seed} --days {self.days} --tills {self.tills}"
        if self.scenario:
            words += f" --scenario {shlex.quote(self.scenario)}"
        return words + (f" --keep {','.join(map(str, self.keep))}" if self.keep is not None else "")


@dataclass
class Played:
    """How it went. `broken`: the invariant that did not hold."""

    digest: str
    shop_days: float
    events: int
    last: list[str]
    broken: Broken | None = None
    counts: dict[str, int] = field(default_factory=dict)


def plan_of(town: TownToPlay, actions: Collection[Action]) -> list[Planned]:
    """Everything that will happen, by time."""
    planned: list[tuple[float, str, Action]] = []
    for action in actions:
        if action.scenario not in ("", town.scenario):
            continue
        rare = not action.scenario and action.per_day[1] < RARE_A_DAY
        mix = Random(f"{town.seed}/{action.name}").choice(_MIX) if rare else 1.0
        for day in range(town.days):
            chance = Random(f"{town.seed}/{action.name}/{day}")
            times = mix * chance.uniform(*action.per_day)
            times = int(times) + (chance.random() < times % 1)
            for time in range(times):
                at_s = day * DAY_S + 3600.0 * chance.uniform(*action.hours)
                planned.append((at_s, f"{town.seed}/{action.name}/{day}/{time}", action))
    planned.sort(key=lambda each: each[:2])
    return [Planned(number, at_s, action, seed) for number, (at_s, seed, action) in enumerate(planned)]


class World:
    """The town while it is played.

    Attributes:
        tills: of the one shop, by name.
        orders: what customers hold in their hands, oldest first.
    """

    def __init__(
        self, town: TownToPlay, folder: Path, template: Path, echo: Callable[[str], None] | None = None
    ) -> None:
        self.town = town
        self.timeline = Timeline()
        self.trace = Trace(self.timeline.written, echo)
        self.schedule = Schedule(self.timeline, Random(f"{town.seed}/order"))
        self.book = Book()
        self.server = Server(folder / "server", self.timeline, Random(f"{town.seed}/server"), self.trace)
        self.orders: list[PlacedOrder] = []
        self.notes: dict[str, Any] = {}
        self._invariants = all_invariants()
        self._resting = False
        self._compared_after: tuple[int, frozenset[str]] = (0, frozenset())
        shared = Town(self.timeline, self.schedule, self.trace, self.book, Random(f"{town.seed}/tills"))
        self.tills: list[Till] = []
        for number in range(town.tills):
            name = f"till {chr(ord('A') + number)}"
            link = Link(name, self.schedule, self.server, Random(f"{town.seed}/{name}/wire"), self.trace)
            till = Till(name, folder / name.replace(" ", "-"), shared, link)
            till.install(template, self.server.pairing_code())
            self.tills.append(till)

        self.schedule.before_waiting = self._check_nobody_writes

    def _check_nobody_writes(self) -> None:
        for till in self.tills:
            if till.is_writing:
                raise Broken("I7", f"{till.name} waits for the network or for time with a transaction open")

    # --- what actions use ---

    def a_running_till(self, chance: Random) -> Till | None:
        """One where somebody may act now, None if none is up."""
        up = [till for till in self.tills if till.running]
        return chance.choice(up) if up else None

    def another_till(self, than: Till, chance: Random) -> Till | None:
        up = [till for till in self.tills if till.running and till is not than]
        return chance.choice(up) if up else None

    def after(self, seconds: float, call: Callable[[], None]) -> None:
        """Have something happen later, if the town lives that long."""
        self.schedule.after(seconds, call)

    def ask_server(self, sql: str, **parameters: Any) -> list[tuple[Any, ...]]:
        """What the marketplace's database says."""
        with contextlib.closing(self.server.store._engine.raw_connection()) as connection:
            rows: list[tuple[Any, ...]] = connection.execute(sql, parameters).fetchall()
            return rows

    def pair_anew_if_it_says_so(self, till: Till) -> None:
        """Somebody reads the sentence, fetches a code and links the till again."""
        if till.needs_pairing:
            code = self.server.visit(lambda transaction: new_code(transaction)[0])
            if code is not None:
                till.pair_anew(code)

    def check_now(self) -> None:
        """What must hold at every moment. Raises Broken."""
        self._check(ALWAYS)

    # --- playing ---

    def play(self) -> None:
        """Day after day. Raises Broken."""
        kept = None if self.town.keep is None else frozenset(self.town.keep)
        for event in plan_of(self.town, all_actions()):
            if kept is None or event.number in kept:
                self.schedule.after(event.at_s, self._happening(event))
        for till in self.tills:
            till.start()
        for day in range(1, self.town.days + 1):
            self._run_until(day * DAY_S)
            self._check(ALWAYS)
            if day == self.town.days or day % REST_EVERY_DAYS == 0:
                with leases_of(_USUAL_LEASE):
                    self.come_to_rest()
                    self._check(AT_REST)

    def come_to_rest(self) -> None:
        """Everything is mended; the lanes run until they have nothing left to do. Raises Broken if they never do."""
        self.trace.note("town", "everything is mended")
        self.server.come_up()
        for till in self.tills:
            till.link.heal()
            till.clock.wrong_by *= 0
            till.mend()
        self._resting = True
        for _ in range(_LONGEST_REST_STEPS):
            self._let_comparisons_find_what_was_forgotten()
            before = self._moving()
            self._run_until(self.timeline.seconds + _REST_STEP_S)
            for till in self.tills:
                self.pair_anew_if_it_says_so(till)
            is_quiet = all(till.running for till in self.tills) and not self._open() and not self._is_to_be_compared()
            if is_quiet and before == self._moving():
                self._resting = False
                for till in self.tills:
                    till.link.be_as_usual()
                return
        raise Broken("I3", f"the lanes never come to rest: {self._open() or self._moving()}")

    def _let_comparisons_find_what_was_forgotten(self) -> None:
        """The daily ones: who put a copy aside days ago may put it back even now."""
        while self._is_to_be_compared():
            self._compared_after = self._what_comparisons_find()
            self._run_until(self.timeline.seconds + 30 * 3600.0)

    def _is_to_be_compared(self) -> bool:
        return self._what_comparisons_find() != self._compared_after

    def _what_comparisons_find(self) -> tuple[int, frozenset[str]]:
        """How often a database was set back; and which facts the marketplace has that their till lost with a newer
        copy: a stick may bring one, or a request of days ago, long after the older copy was put in place."""
        set_back = self.server.set_back + sum(till.set_back for till in self.tills)
        lost = {fact_id for fact_id, seen in self.book.facts.items() if seen.lost}
        there = {fact_id for (fact_id,) in self.ask_server("SELECT fact_id FROM fact")} if lost else set()
        return set_back, frozenset(lost & there)

    def close(self) -> None:
        for till in self.tills:
            till.end()
        self.server.close()

    def _happening(self, event: Planned) -> Callable[[], None]:
        def happen() -> None:
            if self._resting:
                return
            self.trace.note("plan", f"{event.number} {event.action.name}")
            event.action.act(self, Random(event.seed))

        return happen

    def _run_until(self, at_s: float) -> None:
        self.schedule.run_until(at_s)
        for name, error in self.schedule.failures:
            raise Broken("I7", f"{name} ended by a fault of the program: {type(error).__name__}: {error}") from error

    def _check(self, when: When) -> None:
        for till in self.tills:
            if till.running:
                till.note_facts()  # what a comparison told in its lane, too
        for invariant in self._invariants:
            if invariant.when in (when, ALWAYS):
                for sentence in invariant.check(self):
                    raise Broken(invariant.number, f"{invariant.name}: {sentence}")

    def _moving(self) -> tuple[Any, ...]:
        """What stands still once nobody has anything to say: all that the feed tells, but for leases that are renewed
        about once a day for as long as an order is open."""
        others = self.ask_server("SELECT max(seq), count(*) FROM change WHERE kind <> 'order'")
        return (others, self.ask_server(_ORDERS_BUT_FOR_RENEWALS))

    def _behind(self) -> list[str]:
        """Tills that have not taken in the end of the feed."""
        ((head,),) = self.ask_server("SELECT max(head_seq) FROM shop")
        return [till.name for till in self.tills if till.running and till.stands_at != head]

    def _open(self) -> list[Any]:
        """Who has still to be told what."""
        return [*self._unsaid(), *self._behind()]

    def _unsaid(self) -> list[tuple[str, int]]:
        """How many facts still wait, by till; not those behind a refused one of their subject, which a person must see
        to first."""
        waiting = [(till.name, till.ask(_WAITING)[0][0]) for till in self.tills if till.running]
        return [(name, count) for name, count in waiting if count]


@contextlib.contextmanager
def little_collecting() -> Iterator[None]:
    """The libraries' thousands of objects are not looked through again and again: a tenth of a town's time."""
    thresholds = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()


@contextlib.contextmanager
def leases_of(length: timedelta) -> Iterator[None]:
    """What the marketplace grants meanwhile."""
    before, lease_terms.LEASE = lease_terms.LEASE, length
    try:
        yield
    finally:
        lease_terms.LEASE = before


@contextlib.contextmanager
def a_folder() -> Iterator[Path]:
    """In memory if the machine has such a place."""
    memory = Path("/dev/shm")  # noqa: S108  # a folder of its own is made in it
    made = Path(tempfile.mkdtemp(prefix="comptoir-town-", dir=memory if memory.is_dir() else None))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def play(town: TownToPlay, echo: Callable[[str], None] | None = None, template: Path | None = None) -> Played:
    """Play a town to its end or to its first broken invariant.

    Args:
        template: where an empty till's database is, or shall be kept for the next town.
    """
    leases = leases_of(SHORT_LEASE if town.scenario == SHORT_LEASES else lease_terms.LEASE)
    with a_folder() as folder, no_thread_pool(), one_compiler(), little_collecting(), leases:
        world = World(town, folder, template or folder / "template.sqlite3", echo)
        broken = None
        try:
            world.play()
        except Broken as found:
            broken = found
        finally:
            world.close()
        days = min(world.timeline.seconds / DAY_S, float(town.days))
        return Played(world.trace.digest, days, world.trace.length, list(world.trace.last), broken)
