"""Owns a till of the town: the real one (store, use cases, lanes, client) on its own clock, disk, key store and wire,
and how it starts, stops, dies and comes back.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import app.marketplace.store as marketplace_store_module
import app.storage.store as store_module
from app.bootstrap.core import SOFTWARE, Core
from app.bootstrap.ledger_watch import check_ledger, end_ledger
from app.domain.fiscal import KnownHead, Series
from app.marketplace.changes import read_cursor
from app.storage.read_models import StoreQueries
from app.storage.signing import LedgerSigner
from app.storage.store import Store, open_store
from app.surroundings import News, TimeOrderedIds
from app.sync.client import HttpMarketplace
from app.sync.lane_steps import Lanes
from app.sync.leases import LeaseWishes
from app.sync.link import Lane
from app.sync.pace import Pace
from app.usecases.marketplace_port import LinkState, LinkStatus
from app.usecases.pair_till import pair_till
from app.usecases.ports import (
    Counter,
    MarketplaceRefused,
    MarketplaceUnreachable,
    StoreUnavailable,
    TillIdentity,
    Touched,
    Unavailable,
)
from app.usecases.start_ledger import log_restored, witness_heads
from tests.fakes.surroundings import MemorySecrets
from tests.simulation.book import Book, Broken, Seen
from tests.simulation.clock import TillClock, Timeline
from tests.simulation.disk import AFTER, BEFORE, Disk, salvage
from tests.simulation.network import Link, Wire
from tests.simulation.schedule import Actor, Died, Schedule, TownBell
from tests.simulation.trace import Trace

URL = "http://127.0.0.1"
PACE = Pace(idle_s=1800.0, lease_check_s=7200.0, lease_gap_s=60.0, longest_pause_s=7200.0)
"""Slower than in the world where nothing is to be seen of it: a town's day is long and mostly idle."""
WITNESS_EVERY_S = 60.0
"""As `app.bootstrap.upkeep`, which cannot be imported without a window."""
_Outcome = TypeVar("_Outcome")


@contextlib.contextmanager
def one_compiler() -> Iterator[None]:
    """All stores of the town share what SQLAlchemy compiled, and so do all its marketplaces: opening one costs a
    thousandth then. One inside another shares with it."""
    with _shared_in(store_module), _shared_in(marketplace_store_module):
        yield


@contextlib.contextmanager
def _shared_in(place: Any) -> Iterator[None]:
    original = place.Compiler
    shared: dict[str, Any] = {}

    def compiler(dialect: Any) -> Any:
        if "one" not in shared:
            shared["one"] = original(dialect)
        return shared["one"]

    place.Compiler = compiler
    try:
        yield
    finally:
        place.Compiler = original


_TO_PAIR_ANEW = frozenset({"revoked", "other_till"})
"""The second one: a marketplace set back to a copy from before a new pairing knows the till as who it was then."""


class KeyStore(MemorySecrets):
    """The machine's key store: survives what its database does not; the machine can die at any write."""

    def __init__(self, power_off: Callable[[], None]) -> None:
        super().__init__({})
        self._power_off = power_off
        self.die_at_write = ""

    def set_device_token(self, token: str | None) -> None:
        with self._maybe_dying():
            super().set_device_token(token)

    def set_pickup_keys(self, keys: Mapping[str, bytes]) -> None:
        with self._maybe_dying():
            super().set_pickup_keys(keys)

    def set_known_heads(self, heads: Sequence[KnownHead]) -> None:
        with self._maybe_dying():
            super().set_known_heads(heads)

    @contextlib.contextmanager
    def _maybe_dying(self) -> Iterator[None]:
        dies, self.die_at_write = self.die_at_write, ""
        if dies == BEFORE:
            self._power_off()
        yield
        if dies == AFTER:
            self._power_off()


@dataclass(frozen=True, slots=True)
class Town:
    """What all tills of a town share."""

    timeline: Timeline
    schedule: Schedule
    trace: Trace
    book: Book
    chance: Random


class Till:
    """One till of the shop.

    Attributes:
        running: the program is up: a person may act here (only then).
        set_back: how often an older copy of its database was put in place.
        cannot_know: an older copy of the life that the power cut short: no witness has seen what came after it, so the
            till takes itself for up to date until it greets (`docs/sync.md`, what is not guaranteed).
        paired_as: the till id that it was given last; shut_out: the marketplace takes nothing from it any more.
        counter, queries, store, secrets: while it runs.
    """

    def __init__(self, name: str, folder: Path, town: Town, link: Link) -> None:
        self.name = name
        self.link = link
        self.clock = TillClock(town.timeline)
        self.running = False
        self.set_back = 0
        self.cannot_know = False
        self.paired_as = ""
        self.shut_out = False
        self._town = town
        self._folder = folder
        self._lives = 0
        self.database = folder / "0" / "till.sqlite3"
        self._chance = Random(town.chance.getrandbits(64))
        self._ids = TimeOrderedIds(self.clock, self._chance.getrandbits)
        self.secrets = KeyStore(self._power_off)
        self.secrets.set_fiscal_key(_key_of_chance(self._chance))
        self.core: Core | None = None
        self.disk: Disk | None = None
        self._lanes: Lanes | None = None
        self._wishes = LeaseWishes(town.timeline.monotonic)
        self._actors: list[Actor] = []
        self._noted_up_to = 0
        self._versions: dict[str, int] = {}
        self._stops_wanted = False
        self._witness_due = False

    # --- what actions use ---

    @property
    def counter(self) -> Counter:
        return self._core.counter

    @property
    def store(self) -> Store:
        return self._core.store

    @property
    def queries(self) -> StoreQueries:
        return self._core.store.queries

    @property
    def is_open(self) -> bool:
        """Whether the program has its database open, or its machine is dead."""
        return self.core is not None or not self.database.exists()

    @property
    def till_id(self) -> str:
        return self.queries.identity().till_id

    def act(self, name: str, call: Callable[[], _Outcome]) -> _Outcome | None:
        """What a person does here, and what became of it; None if the machine died of it or its disk was full.

        Raises:
            Broken: the network kept somebody from working (I7), or the program failed.
        """
        try:
            outcome = call()
        except Died:
            self._town.trace.note(self.name, f"{name}: the machine dies")
            self._fall()
            return None
        except StoreUnavailable as failure:
            if not (self._disk.full and failure.reason == "disk_full"):
                raise Broken("I7", f"{name} at {self.name} failed: {failure}") from failure
            self._town.trace.note(self.name, f"{name}: disk full")
            return None
        except Unavailable as failure:
            raise Broken("I7", f"{name} at {self.name} was stopped by {type(failure).__name__} {failure}") from failure
        self._town.trace.note(self.name, f"{name}: {_said(outcome)}")
        self.note_facts()
        self._witness_soon()
        return outcome

    @property
    def is_writing(self) -> bool:
        """Whether a unit of work is open: then nobody may wait for anything."""
        return self.disk is not None and self.disk.in_transaction

    @property
    def stands_at(self) -> int:
        """How far it has taken in what the marketplace tells."""
        ((cursor,),) = self.ask("SELECT value FROM pulled_state WHERE name = 'cursor'")
        return read_cursor(cursor)[0]

    def ask(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """What its database says; never inside somebody's transaction."""
        return self._disk.real.execute(sql, parameters).fetchall()

    # --- its life ---

    def install(self, template: Path, pairing_code: str) -> None:
        """Set up and paired, on the first morning."""
        self.database.parent.mkdir(parents=True)
        if template.exists():
            shutil.copyfile(template, self.database)
        else:
            open_store(self.database, clock=self.clock).close()
            shutil.copyfile(self.database, template)
        self._open()
        with self._connected() as marketplace:
            self.paired_as = pair_till(self.counter, self.secrets, marketplace, pairing_code, self.name, URL).till_id
        self.shut()

    @property
    def needs_pairing(self) -> bool:
        """Somebody reads on its screen that it must be paired anew: it was shut out, an older copy of it was put back
        that says that it is who it was before, or the marketplace was set back and forgot it."""
        return self.running and (self.shut_out or self.till_id != self.paired_as or self._is_told_to_pair)

    @property
    def link_status(self) -> LinkStatus | None:
        """What the window's chip says, None if it is not up."""
        return self._lanes.judge.status if self._lanes is not None else None

    @property
    def _is_told_to_pair(self) -> bool:
        status = self.link_status
        return status is not None and status.state is LinkState.REFUSED and status.message_key in _TO_PAIR_ANEW

    def pair_anew(self, pairing_code: str) -> None:
        """With the same database, if the network lets it; the lanes rest meanwhile, as in the window."""
        self._end_lanes()
        try:
            with self._connected() as marketplace:
                identity = self.act("pair anew", lambda: self._paired_again(marketplace, pairing_code))
        finally:
            if self.running:
                self._start_lanes()
        if identity is not None:
            self.paired_as, self.shut_out = identity.till_id, False

    def _paired_again(self, marketplace: HttpMarketplace, pairing_code: str) -> TillIdentity | None:
        try:
            return pair_till(self.counter, self.secrets, marketplace, pairing_code, self.name, URL, cash_passes=True)
        except (MarketplaceUnreachable, MarketplaceRefused) as failure:
            self._town.trace.note(self.name, f"cannot be paired: {failure.reason}")
            return None

    def start(self) -> None:
        """The program starts: the ledger's ends are looked at, the lanes begin. Nothing if it is up already."""
        if self.running:
            return
        self._open()
        if not self._survives("it starts", lambda: check_ledger(self._core, starting=True)):
            return
        self._start_lanes()
        self.running = True
        self.note_facts()
        self._town.trace.note(self.name, "starts")

    def stop(self) -> None:
        """Somebody closes the program in an orderly way."""
        if not self.running:
            return
        self.running = False
        self._end_lanes()
        if not self._survives("it is closed", lambda: end_ledger(self._core)):
            return
        self.note_facts()
        self.shut()
        self._town.trace.note(self.name, "is closed")

    def _ends_orderly(self) -> bool:
        was_running, lives = self.running, self._lives
        self.stop()
        return was_running and self._lives == lives

    def shut(self) -> None:
        """Let go of the database."""
        if self.core is not None:
            self.core.close()
            self.core = self.disk = None

    def die_at_commit(self, where: str, after_commits: int) -> None:
        self._disk.die_at_commit(where, after_commits)

    def pull_the_plug(self) -> None:
        """The power goes between two acts, wherever the lanes are."""
        if self.running:
            self._disk.dead = True
            self._fall()

    def mend(self) -> None:
        """The disk has room again and no death is waiting; it starts if it is not up."""
        if self.running:
            self._disk.full = False
            self._disk.die_at_commit("", 0)
            self.secrets.die_at_write = ""
        else:
            self._town.schedule.after(0.0, self.start)

    def end(self) -> None:
        """The town is over: let go of everything, whatever state it is in."""
        self.running = False
        for actor in self._actors:
            actor.kill()
        self._lanes, self._actors = None, []
        with contextlib.suppress(Exception):
            self.shut()

    def want_lease(self, order_id: str) -> None:
        """As `SyncWorker.want_lease`."""
        self._wishes.add(order_id)
        if self._lanes is not None:
            self._lanes.bells[Lane.PUSH].kick()

    def fill_disk(self, full: bool) -> None:
        if self.running:
            self._disk.full = full

    def keep_copy(self) -> Path:
        """A copy as `comptoir backup` makes it."""
        copy = self._folder / "copy.sqlite3"
        self.store.backup(copy)
        return copy

    def put_back(self, copy: Path, *, by_hand: bool) -> None:
        """An older copy takes the database's place, by `comptoir restore` or by a file manager; then it starts."""
        ended_orderly = self._ends_orderly()
        if self.is_open:
            return
        self.cannot_know = by_hand and not ended_orderly
        if by_hand:
            for suffix in ("-wal", "-shm"):
                self.database.with_name(self.database.name + suffix).unlink(missing_ok=True)
            shutil.copyfile(copy, self.database)
        else:
            store_module.restore(copy, self.database, now=self.clock.now())
        self.set_back += 1
        self._versions.clear()
        self._forget_what_the_copy_lacks()
        self._town.trace.note(self.name, f"an older copy is put in place {'by hand' if by_hand else 'by restore'}")
        self.start()
        if self.running and not by_hand:
            self.act("say it was restored", lambda: log_restored(self.counter))

    def note_facts(self) -> None:
        """Remember, from outside, what is in the database now."""
        rows = self.ask(
            "SELECT till_seq, fact_id, kind, subject, payload FROM fact WHERE till_seq > ? ORDER BY till_seq",
            self._noted_up_to,
        )
        for seq, fact_id, kind, subject, payload in rows:
            at_s = self._town.timeline.seconds
            self._town.book.note(self.name, fact_id, seq, kind, subject, json.loads(payload), at_s)
            self._noted_up_to = seq

    # --- inside ---

    def _witness_soon(self) -> None:
        """As the window's timer has the ledger's ends remembered, if there is anything new."""
        if not self._witness_due:
            self._witness_due = True
            self._town.schedule.after(WITNESS_EVERY_S, self._witness_now)

    def _witness_now(self) -> None:
        self._witness_due = False
        if self.running:
            self._survives("the ledger's ends are remembered", self.counter.witness)

    @property
    def _core(self) -> Core:
        if self.core is None:
            raise RuntimeError(f"{self.name} does not run")
        return self.core

    @property
    def _disk(self) -> Disk:
        if self.disk is None:
            raise RuntimeError(f"{self.name} does not run")
        return self.disk

    def _open(self) -> None:
        store = open_store(self.database, clock=self.clock)
        writer: Any = store._writer
        self.disk = writer.connection = Disk(writer.connection)
        news = News()
        signer = LedgerSigner(self.secrets)
        counter = Counter(
            store.unit_of_work,
            self.clock,
            self._ids,
            self.secrets,
            news,
            SOFTWARE,
            signer,
            lambda: _witness(store, self.secrets),
        )
        self.core = Core(counter, store, self.secrets, news, self.clock, self._ids)
        news.subscribe(self._hear)
        self._check_nothing_is_lost()

    def _hear(self, touched: Touched) -> None:
        if touched.outbox and self._lanes is not None:
            self._lanes.bells[Lane.PUSH].kick()
        if touched.orders:
            self._note_versions()

    def _note_versions(self) -> None:
        """Remember, from outside, how new each order is here."""
        for order_id, version in self.ask("SELECT order_id, version FROM server_order WHERE version >= 0"):
            newest = self._versions.get(order_id, version)
            if version < newest:
                self._town.book.went_back.append(f"{self.name} had order {order_id} at {newest}, and then at {version}")
            self._versions[order_id] = version

    def _connected(self) -> HttpMarketplace:
        return HttpMarketplace(
            URL,
            self.secrets.device_token,
            adapter=Wire(self.link),
            monotonic=self._town.timeline.monotonic,
            now=self.clock.now,
        )

    def _start_lanes(self) -> None:
        core, schedule = self._core, self._town.schedule
        self._lanes = lanes = Lanes(
            core.counter,
            core.store.queries,
            self.secrets,
            self._connected,
            bells={lane: TownBell(schedule) for lane in Lane},
            chance=self._chance.random,
            on_status=lambda status: None,
            on_heads=lambda told: check_ledger(core, starting=False, told=told),
            pace=PACE,
            monotonic=self._town.timeline.monotonic,
            wishes=self._wishes,
        )
        self._actors = [Actor(schedule, f"{self.name} {lane.value}", partial(self._live, lanes, lane)) for lane in Lane]

    def _live(self, lanes: Lanes, lane: Lane) -> None:
        try:
            lanes.run(lane)
        except Died:
            if self.running and self._disk.dead:  # it died here: whoever acts next finds it dead
                self.running = False
                self._town.trace.note(self.name, f"the machine dies in its {lane.value} lane")
                self._town.schedule.after(0.0, self._fall)
            raise

    def _end_lanes(self) -> None:
        if self._lanes is not None:
            self._lanes.stop()
            for actor in self._actors:
                actor.finish()
        self._lanes, self._actors = None, []

    def _survives(self, what: str, call: Callable[[], object]) -> bool:
        try:
            call()
        except Died:
            self._town.trace.note(self.name, f"the machine dies while {what}")
            self._fall()
            return False
        return True

    def _power_off(self) -> None:
        self._disk.die()

    def _fall(self) -> None:
        """The machine is dead: nothing of the program runs on; the files are what they are; it comes back later."""
        self.running = False
        for actor in self._actors:
            actor.kill()
        self._lanes, self._actors = None, []
        self._lives += 1
        into = self._folder / str(self._lives)
        salvage(self.database, into, self._disk.torn, self._chance)
        old, self.database = self.database.parent, into / self.database.name
        self.shut()
        shutil.rmtree(old)
        self._town.schedule.after(self._chance.choice((20.0, 300.0, 7200.0, 43_200.0)), self.start)

    def _check_nothing_is_lost(self) -> None:
        """I2: what was in the database when a use case returned is there after every start."""
        there = {fact_id for (fact_id,) in self.ask("SELECT fact_id FROM fact")}
        for fact_id, seen in self._town.book.of_till(self.name).items():
            if fact_id not in there and not seen.lost:
                raise Broken("I2", f"{self.name} has lost fact {fact_id} ({seen.kind} {seen.seq})")

    def _forget_what_the_copy_lacks(self) -> None:
        store = open_store(self.database, clock=self.clock)
        with store.unit_of_work() as uow:
            session: Any = uow
            rows = session.session._connection.execute("SELECT fact_id, till_seq FROM fact").fetchall()
        store.close()
        there = {fact_id for fact_id, _seq in rows}
        heads = [head for head in self.secrets.known_heads() if head.series is Series.SALES]
        witnessed = {head.till_letter: head.number for head in heads}
        for fact_id, seen in self._town.book.of_till(self.name).items():
            seen.lost = fact_id not in there
            seen.unwitnessed = seen.lost and (seen.unwitnessed or not _is_witnessed(seen, witnessed))
        self._noted_up_to = max((seq for _fact_id, seq in rows), default=0)


def _witness(store: Store, secrets: KeyStore) -> None:
    with contextlib.suppress(Unavailable):
        witness_heads(store.queries.ledger_books(), secrets)


def _is_witnessed(seen: Seen, numbers: Mapping[str, int]) -> bool:
    letter, number = str(seen.payload.get("number", "-0")).split("-")
    return int(number) <= numbers.get(letter, 0)


def _said(outcome: object) -> str:
    name = type(outcome).__name__
    reason = getattr(outcome, "reason", None)
    verdict = getattr(outcome, "verdict", None)
    kind = getattr(verdict, "kind", None)
    return " ".join(str(part) for part in (name, reason, kind) if part)


def _key_of_chance(chance: Random) -> str:
    """A ledger key that follows from the seed: the signatures must, because their bytes go over the wire."""
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = derive_private_key(chance.getrandbits(255) + 1, SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")
