"""The storm itself: marketplace, network, three tills and customers, a killer among them, and the wait until everything
has calmed down.

What must have happened is waited for, never counted against the clock: the storm goes on until its time is over *and*
each kind of act, fault and death has been there; then it heals and goes on until everything is level.
"""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.journeys.processes import Child, MarketplaceProcess, command
from tests.storm.audit import TillLeft, check_storm
from tests.storm.ledgers import check_ledgers
from tests.storm.market_database import MarketDatabase
from tests.storm.shop import Customers, write_shop
from tests.storm.till_under_storm import TILLS, TillUnderStorm, last_lines
from tests.storm.weather import FAULTS

WANTED_ACTS = frozenset(
    {"sell", "prepare", "serve", "undo", "goods_in", "count", "reprice", "give_back", "cancel", "close", "settle"}
)
WANTED_HITS = FAULTS | {"old_request"}
BLOWS = ("kill_till", "kill_till", "die_inside", "die_inside", "kill_market", "freeze_till", "freeze_market")
WANTED_BLOWS = frozenset(BLOWS)
DEATHS = (
    ("clerk", 6000),
    ("clerk", 6000),
    ("net-push:_settle", 4),
    ("net-push", 3000),
    ("net-pull:store_page", 4),
    ("net-pull", 3000),
)
"""Where a till kills itself, and after how many calls at most (`till_process.Death`)."""

BLOW_PAUSE_S = (0.3, 2.0)
ACTS_BETWEEN_BLOWS = 8
KILLED_WHILE_STARTING = 0.15
FROZEN_S = (0.3, 5.0)
DOWN_S = (0.0, 1.5)
STARTS_WITHIN_S = 300.0
REACHES_ALL_WITHIN_S = 1800.0
STANDSTILL_S = 90.0
"""However slow the machine is, within this time something must move on the way to a state that was promised."""

ENDINGS = 3
REPLAYED_AT_THE_END = 60


class StormFailed(AssertionError):
    """What is wrong at the end, or what never came to an end, with the schedule that led there."""


@dataclass(frozen=True)
class StormOptions:
    """Attributes:
    minutes: how long it blows at least.
    store_url: the marketplace's database, "" for a new SQLite file.
    breakage: what is broken on purpose (`breakages`), "" for nothing.
    renew_tokens: the tills renew their tokens all the time.
    """

    folder: Path
    seed: int
    minutes: float
    store_url: str = ""
    breakage: str = ""
    renew_tokens: bool = False


@dataclass
class Storm:
    """One storm. `run` it once."""

    options: StormOptions
    blows: Counter[str] = field(default_factory=Counter)
    schedule: list[str] = field(default_factory=list)

    def run(self) -> str:
        """Let it blow, calm down, and judge. Returns what happened, in a few words.

        Raises:
            StormFailed: with everything a person needs to look for the cause.
        """
        with ExitStack() as stack:
            self._set_up(stack)
            self._blow()
            self._calm_down()
            self._judge()
            return self._summary()

    @property
    def tills_left(self) -> list[TillLeft]:
        """What the tills left behind."""
        return [till.left for till in self._tills]

    @property
    def _blowing(self) -> Path:
        """Exists as long as the storm blows."""
        return self.options.folder / "blowing"

    @property
    def photograph(self) -> Path:
        """The marketplace's tables at the end."""
        return self.options.folder / "market-photograph.sqlite3"

    # --- setting up ---

    def _set_up(self, stack: ExitStack) -> None:
        folder, seed = self.options.folder, str(self.options.seed)
        folder.mkdir(parents=True, exist_ok=True)
        self._chance = random.Random(f"{seed}/killer")
        self._begun = time.monotonic()
        catalogue = write_shop(folder)
        stack.callback(self._end_processes)
        self._tills = [TillUnderStorm(number, folder / f"till-{number}") for number in range(len(TILLS))]
        self._proxy: Child | None = None
        self._customers: Customers | None = None
        self._market = self._started_market(folder, catalogue)
        self._market_books = MarketDatabase(self.options.store_url or f"sqlite:///{self._market.database}")
        self._proxy = Child(
            [
                "-m",
                "tests.storm.fault_proxy",
                f"--upstream={self._market.port}",
                f"--lines={len(TILLS)}",
                f"--seed={seed}",
                f"--log={folder / 'proxy.jsonl'}",
            ],
            folder / "proxy-home",
            folder / "proxy.err",
        )
        ports = self._said("ports")
        for till, port in zip(self._tills, ports, strict=True):
            till.folder.mkdir()
            self._pair(till, port)
        self._customers = Customers(self._market, self._goods(), folder / "customers.txt", f"{seed}/customers")
        self._customers.start()
        for till in self._tills:
            self._start_till(till)

    def _started_market(self, folder: Path, catalogue: Path) -> MarketplaceProcess:
        self._blowing.touch()
        program = (
            "-m",
            "tests.storm.marketplace_process",
            f"--breakage={self.options.breakage}",
            f"--short-leases-while={self._blowing}",
        )
        return MarketplaceProcess(folder, catalogue, self.options.store_url, program)

    def _pair(self, till: TillUnderStorm, port: int) -> None:
        shop = self._market.shop
        code = shop["pairing_code"]
        if till.number:
            code = self._market.admin("POST", f"/admin/shops/{shop['shop_id']}/pairing-codes")["code"]
        name = TILLS[till.number]
        exit_code, answer = command("pair", code, "--url", f"http://127.0.0.1:{port}", "--name", name, home=till.home)
        assert exit_code == 0, answer

    def _goods(self) -> list[tuple[str, str]]:
        sold = "SELECT product_id, unit FROM product WHERE published AND stock_tracked AND age_limit = 0"
        return [(row["product_id"], row["unit"]) for row in self._market_books.rows(sold)]

    def _start_till(self, till: TillUnderStorm, *, at_rest: bool = False, die_in: str = "", after: int = 0) -> None:
        folder = self.options.folder
        arguments = [
            "-m",
            "tests.storm.till_process",
            f"--customers={folder / 'customers.txt'}",
            f"--codes={folder / 'codes.txt'}",
            f"--journal={till.left.journal}",
            f"--said={till.folder / 'said.txt'}",
            f"--seed={self._chance.randrange(10**9)}",
            f"--breakage={self.options.breakage}",
        ]
        if self.options.renew_tokens:
            arguments.append("--renew-tokens")
        if at_rest:
            arguments.append("--at-rest")
        if die_in:
            arguments += [f"--die-in={die_in}", f"--after={after}"]
        till.dies_by_itself = bool(die_in)
        till.begin_life(Child(arguments, till.home, till.errors))

    # --- blowing ---

    def _blow(self) -> None:
        self._tell_network(do="begin")
        until = time.monotonic() + self.options.minutes * 60
        give_up = until + REACHES_ALL_WITHIN_S
        for blow in self._deck():
            self._look_after_tills()
            if time.monotonic() >= until and not (missing := self._missing()):
                return
            if time.monotonic() >= give_up:
                self._fail([f"after {REACHES_ALL_WITHIN_S:g} s more there still was no {sorted(missing)}"])
            if self._chance.random() >= KILLED_WHILE_STARTING:
                self._wait_for_life()
            time.sleep(self._chance.uniform(*BLOW_PAUSE_S))  # the moment is the chance here
            getattr(self, f"_{blow}")()
            self.blows[blow] += 1

    def _wait_for_life(self) -> None:
        """However slow the machine is: each till acts a few times before the next blow, the network changes meanwhile,
        and customers come."""
        give_up = time.monotonic() + STARTS_WITHIN_S
        while not all(till.acts_of_this_life() >= ACTS_BETWEEN_BLOWS for till in self._tills):
            if time.monotonic() >= give_up:
                self._fail(["a till does nothing any more", *self._states()])
            time.sleep(0.1)
            self._look_after_tills()

    def _deck(self) -> Iterator[str]:
        while True:
            deck = list(BLOWS)
            self._chance.shuffle(deck)
            yield from deck

    def _missing(self) -> set[str]:
        """What has not happened yet and must."""
        acts = Counter(promise.get("done", "") for till in self._tills for promise in till.left.promises)
        hits = Counter(line.get("hit", "") for line in self._network_log())
        missing: set[str] = set(WANTED_ACTS - acts.keys())
        missing |= (WANTED_HITS - hits.keys()) | (WANTED_BLOWS - self.blows.keys())
        assert self._customers is not None
        missing |= {"ordered", "edited", "cancelled"} - self._customers.done.keys()
        if not any(till.number and _passed_on(promise) for till in self._tills for promise in till.left.promises):
            missing.add("a handover under a lease that was passed on")
        return missing

    def _look_after_tills(self) -> None:
        """Tills that killed themselves start again; any other end is a fault."""
        for till in self._tills:
            assert till.child is not None
            code = till.child.exit_code
            if code is None:
                continue
            if not (till.dies_by_itself and code < 0):
                self._fail_ended(till)
            till.child.close()
            self._note(f"{till.left.name} killed itself")
            self._start_till(till)

    def _kill_till(self) -> None:
        till = self._chance.choice(self._tills)
        assert till.child is not None
        self._kill(till)
        time.sleep(self._chance.uniform(*DOWN_S))
        self._start_till(till)

    def _die_inside(self) -> None:
        """Killed now; in its next life it kills itself at a chosen place."""
        till = self._chance.choice(self._tills)
        self._kill(till)
        place, most = self._chance.choice(DEATHS)
        self._start_till(till, die_in=place, after=self._chance.randint(1, most))

    def _kill(self, till: TillUnderStorm) -> None:
        assert till.child is not None
        self._note(f"kill -9 {till.left.name}")
        if till.child.exit_code is None:
            till.child.kill()
        till.child.close()

    def _kill_market(self) -> None:
        self._note("kill -9 marketplace")
        self._market.kill()
        time.sleep(self._chance.uniform(*DOWN_S))
        self._start_market()

    def _start_market(self) -> None:
        """On the port it had. Another program may sit on it for a moment."""
        give_up = time.monotonic() + STARTS_WITHIN_S
        while True:
            try:
                self._market.start_again()
                return
            except AssertionError:
                if time.monotonic() >= give_up:
                    raise
                time.sleep(0.5)

    def _freeze_till(self) -> None:
        till = self._chance.choice(self._tills)
        assert till.child is not None
        if till.child.exit_code is not None:
            return
        frozen_s = self._chance.uniform(*FROZEN_S)
        self._note(f"freeze {till.left.name} for {frozen_s:.1f} s")
        till.child.freeze()
        time.sleep(frozen_s)
        till.child.thaw()

    def _freeze_market(self) -> None:
        frozen_s = self._chance.uniform(*FROZEN_S)
        self._note(f"freeze marketplace for {frozen_s:.1f} s")
        self._market.freeze()
        time.sleep(frozen_s)
        self._market.thaw()

    # --- calming down ---

    def _calm_down(self) -> None:
        assert self._customers is not None
        self._customers.stop()
        self._tell_network(do="heal")
        assert self._said("healed")
        self._note("healed")
        self._blowing.unlink()
        self._kill_market()  # from now on its leases run for days again
        for till in self._tills:
            self._bring_to_rest(till)
        self._wait_until(self._all_at_rest, "the tills are at rest")
        self._wait_until(self._all_level, "everything is level")
        self._replay_the_past()
        self._end_level()

    def _end_level(self) -> None:
        """End the tills so that everything is level afterwards."""
        for _ in range(ENDINGS):
            self._wait_until(self._all_level, "everything is level again")
            self._end_tills()
            if self._all_level():
                return
            for till in self._tills:  # one asked for a lease while another had ended: it has that to hear yet
                self._start_till(till, at_rest=True)
                self._bring_to_rest(till)
            self._wait_until(self._all_at_rest, "the tills are at rest again")
        self._fail(["what was level is not any more", *self._states()])

    def _end_tills(self) -> None:
        for till in self._tills:
            assert till.child is not None
            till.child.tell()
            code = till.child.wait()
            if code:
                self._fail([f"{till.left.name} ended with code {code}", *last_lines(till.errors)])

    def _bring_to_rest(self, till: TillUnderStorm) -> None:
        """No more acts: the clerk goes home, the worker goes on. One that would kill itself some day is killed now."""
        assert till.child is not None
        if till.dies_by_itself:
            self._kill(till)
            self._start_till(till, at_rest=True)
        elif till.child.exit_code is not None:
            self._fail_ended(till)
        till.child.tell()

    def _all_at_rest(self) -> bool:
        for till in self._tills:
            assert till.child is not None
            if till.child.exit_code is not None:
                self._fail_ended(till)
        return all(till.is_at_rest for till in self._tills)

    def _fail_ended(self, till: TillUnderStorm) -> None:
        assert till.child is not None
        self._fail([f"{till.left.name} ended by itself, code {till.child.exit_code}", *last_lines(till.errors)])

    def _all_level(self) -> bool:
        """Nothing waits at any till, and each has read the marketplace's feed to its end."""
        head = self._head()
        return all(state["waiting"] == {} and state["cursor"] == head for state in self._till_states())

    def _replay_the_past(self) -> None:
        """Once more what was sent long ago: nothing may come of it."""
        before = self._market_facts()
        self._tell_network(do="replay", count=REPLAYED_AT_THE_END)
        if not self._said("replayed"):
            self._fail(["no old request could be sent again"])
        after = self._market_facts()
        if before != after:
            changed = [name for name in before if before[name] != after[name]]
            self._fail([f"old requests changed {changed}"])

    def _market_facts(self) -> dict[str, list[Any]]:
        """What no repeated request may change."""

        def sorted_rows(sql: str) -> list[Any]:
            return sorted((tuple(row.values()) for row in self._market_books.rows(sql)), key=repr)

        return {
            "facts": sorted_rows("SELECT fact_id, till_id, till_seq, outcome FROM fact"),
            "movements": sorted_rows("SELECT movement_id, quantity FROM stock_movement"),
            "levels": sorted_rows("SELECT product_id, physical FROM stock_level"),
            "handovers": sorted_rows("SELECT handover_id, settled_lines, undone_at FROM handover"),
            "sales": sorted_rows("SELECT sale_id, total_minor FROM sale"),
            "orders": sorted_rows("SELECT order_id, preparation, handover, cancelled_at FROM shop_order"),
        }

    def _wait_until(self, reached: Callable[[], bool], what: str) -> None:
        was, moved_at = self._position(), time.monotonic()
        while not reached():
            time.sleep(0.2)
            if (now := self._position()) != was:
                was, moved_at = now, time.monotonic()
            if time.monotonic() - moved_at >= STANDSTILL_S:
                self._fail([f"it never came to this: {what}", *self._states()])

    def _position(self) -> list[Any]:
        """How far everybody is. Claims come and go: what is under way counts as waiting."""
        return [self._head(), *([sum(state["waiting"].values()), state["cursor"]] for state in self._till_states())]

    def _head(self) -> int:
        """The last number of the marketplace's feed."""
        return int(self._market_books.rows("SELECT head_seq FROM shop")[0]["head_seq"])

    def _till_states(self) -> list[Mapping[str, Any]]:
        return [till.state() for till in self._tills]

    # --- judging ---

    def _judge(self) -> None:
        self._market_books.photograph(self.photograph)
        left = self.tills_left
        faults = [*check_storm(left, self.photograph), *check_ledgers(left, self.photograph), *self._complaints()]
        if faults:
            self._fail(faults)

    def _complaints(self) -> list[str]:
        """No process may have broken in silence."""
        papers = [*(till.errors for till in self._tills), self.options.folder / "market.err"]
        papers.append(self.options.folder / "proxy.err")
        return [
            f"{paper.name} of {paper.parent.name}: {line}"
            for paper in papers
            if paper.exists()
            for line in paper.read_text(encoding="utf-8", errors="replace").splitlines()
            if line.startswith(("Traceback", "FAULT"))
        ]

    def _summary(self) -> str:
        acts = Counter(promise["done"] for till in self._tills for promise in till.left.promises if "done" in promise)
        hits = Counter(line["hit"] for line in self._network_log() if "hit" in line)
        assert self._customers is not None
        conflicts = self._market_books.rows("SELECT count(*) AS n FROM fact WHERE outcome = 'conflict'")[0]["n"]
        facts = self._market_books.rows("SELECT count(*) AS n FROM fact")[0]["n"]
        return (
            f"seed {self.options.seed}: {time.monotonic() - self._begun:.0f} s, {facts} facts, {conflicts} conflicts; "
            f"acts {dict(acts)}; customers {dict(self._customers.done)}; network {dict(hits)}; blows {dict(self.blows)}"
        )

    def _states(self) -> list[str]:
        lines = [f"marketplace: head {self._head()}"]
        for till in self._tills:
            lines.append(f"{till.left.name}: {till.state()}")
            lines += last_lines(till.errors)
        return lines

    def _fail(self, faults: list[str]) -> None:
        told = [
            f"the storm with seed {self.options.seed} left {len(faults)} faults (all is in {self.options.folder}):",
            *faults[:40],
            "--- schedule",
            *self.schedule[-60:],
            "--- network",
            *(json.dumps(line) for line in self._network_log()[-40:]),
        ]
        raise StormFailed("\n".join(told))

    # --- processes ---

    def _note(self, what: str) -> None:
        self.schedule.append(f"{time.monotonic() - self._begun:8.2f} {what}")

    def _tell_network(self, **order: Any) -> None:
        assert self._proxy is not None
        self._proxy.tell(json.dumps(order))

    def _said(self, key: str) -> Any:
        assert self._proxy is not None
        line = self._proxy.line()
        assert line is not None, self._proxy.complaints()
        return line[key]

    def _network_log(self) -> list[dict[str, Any]]:
        path = self.options.folder / "proxy.jsonl"
        if not path.exists():
            return []
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith("\n")]

    def _end_processes(self) -> None:
        if self._customers is not None:
            self._customers.stop()
        for till in self._tills:
            if till.child is not None:
                till.child.close()
        if self._proxy is not None:
            self._proxy.close()
        self._market.close()


def _passed_on(promise: Mapping[str, Any]) -> bool:
    """Whether goods left without an override; a new order's lease goes to the first till, so at any other till the
    lease had come to it."""
    return "handover_id" in promise and not promise["overridden"]
