"""The simulator's own parts: what a torn disk keeps, who runs when, how a broken town is made small."""

from __future__ import annotations

import importlib
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from app.domain.facts import Fact, FactKind
from app.marketplace.pairing import new_code
from app.storage.store import open_store
from tests.fakes.surroundings import NOON, HandSetClock
from tests.simulation.book import Broken
from tests.simulation.clock import Timeline
from tests.simulation.disk import AFTER, BEFORE, TORN, Disk, salvage
from tests.simulation.mutations import all_mutations, applied
from tests.simulation.registry import all_actions, all_invariants
from tests.simulation.schedule import Actor, Died, Schedule, TownBell
from tests.simulation.server import Server
from tests.simulation.shrink import shrunk
from tests.simulation.trace import Trace
from tests.simulation.world import Played, TownToPlay, plan_of


def _keep_fact(store: object, seq: int) -> None:
    with store.unit_of_work() as uow:  # type: ignore[attr-defined]  # a store
        fact = Fact(f"fact-{seq}", seq, FactKind.STOCK_MOVED, "stock:x", NOON, {"movements": []})
        uow.outbox.append(fact)
        uow.commit()


@pytest.mark.parametrize(("where", "kept"), [(BEFORE, 5), (AFTER, 6), (TORN, 5)])
@pytest.mark.parametrize("seed", range(4))
def test_a_dead_machine_keeps_what_was_committed(tmp_path: Path, where: str, kept: int, seed: int) -> None:
    store = open_store(tmp_path / "a" / "till.sqlite3", clock=HandSetClock())
    writer = store._writer
    assert writer is not None
    disk = writer.connection = Disk(writer.connection)
    disk.die_at_commit(where, 5)
    for seq in range(1, 6):
        _keep_fact(store, seq)
    with pytest.raises(Died):
        _keep_fact(store, 6)
    with pytest.raises(Died):
        _keep_fact(store, 7)
    salvage(store.path, tmp_path / "b", disk.torn, Random(seed))
    store.close()
    again = open_store(tmp_path / "b" / "till.sqlite3", clock=HandSetClock())
    with again.unit_of_work() as uow:
        assert len(uow.outbox.claim(100, NOON, 1.0)) == kept
    again.close()


def test_a_commit_that_writes_nothing_tears_nothing(tmp_path: Path) -> None:
    store = open_store(tmp_path / "a" / "till.sqlite3", clock=HandSetClock())
    writer = store._writer
    assert writer is not None
    disk = writer.connection = Disk(writer.connection)
    _keep_fact(store, 1)
    disk.die_at_commit(TORN, 0)
    with pytest.raises(Died), store.unit_of_work() as uow:
        uow.commit()
    salvage(store.path, tmp_path / "b", disk.torn, Random(1))
    store.close()
    again = open_store(tmp_path / "b" / "till.sqlite3", clock=HandSetClock())
    with again.unit_of_work() as uow:
        assert len(uow.outbox.claim(100, NOON, 1.0)) == 1
    again.close()


def test_only_one_actor_runs_and_the_seed_says_which() -> None:
    def order_of(seed: int) -> list[str]:
        schedule = Schedule(Timeline(), Random(seed))
        seen: list[str] = []

        def life(name: str) -> None:
            for _ in range(5):
                seen.append(name)
                actor = schedule.current
                assert actor is not None
                actor.pause(1.0)

        for name in ("a", "b", "c"):
            Actor(schedule, name, lambda name=name: life(name))  # type: ignore[misc]  # bound now
        schedule.run_until(100.0)
        assert not schedule.failures
        return seen

    assert order_of(1) == order_of(1)
    assert len({tuple(order_of(seed)) for seed in range(20)}) > 10


def test_a_dead_actor_runs_no_further() -> None:
    schedule = Schedule(Timeline(), Random(1))
    done: list[str] = []

    def life() -> None:
        bell.wait(1000.0)
        done.append("went on")

    bell = TownBell(schedule)
    actor = Actor(schedule, "a", life)
    schedule.run_until(10.0)
    actor.kill()
    schedule.run_until(5000.0)
    assert not actor.alive
    assert not done


def test_a_broken_town_is_made_small() -> None:
    town = TownToPlay(1, 5)
    guilty = {7, 90}

    def play_one(fewer: TownToPlay) -> Played:
        broken = Broken("I1", "twice") if fewer.keep is not None and guilty <= set(fewer.keep) else None
        return Played("", 5.0, 0, [], broken)

    small, played = shrunk(town, Played("", 5.0, 0, [], Broken("I1", "twice")), play_one=play_one)
    assert small.keep == (7, 90)
    assert played.broken is not None
    assert "--keep 7,90" in small.command()


def test_taking_events_away_leaves_the_others_as_they_are() -> None:
    plan = plan_of(TownToPlay(1, 5), all_actions())
    fewer = plan_of(TownToPlay(1, 5), [action for action in all_actions() if action.name != "somebody_buys"])
    assert [(e.at_s, e.seed) for e in plan if e.action.name != "somebody_buys"] == [(e.at_s, e.seed) for e in fewer]


def test_names_are_used_once() -> None:
    for names in ([each.name for each in all_actions()], [each.name for each in all_invariants()]):
        assert len(names) == len(set(names))
        assert names


def test_a_mutation_is_taken_back() -> None:
    pull: Any = importlib.import_module("app.sync.pull")
    before = pull.apply_page
    with applied("early_cursor"):
        assert pull.apply_page is not before
    assert pull.apply_page is before
    assert len(all_mutations()) >= 14


def test_hands_in_the_database_are_not_struck_by_what_kills_the_server(tmp_path: Path) -> None:
    server = Server(tmp_path / "server", Timeline(), Random(1), Trace(lambda: "noon"))
    server.die_at_next_commit(BEFORE)
    with server.behind_its_back() as connection:
        connection.execute(text("DELETE FROM product"), {})
    assert server.visit(new_code) is None  # it waited for the application
    with server.behind_its_back() as connection:
        assert connection.execute(text("SELECT count(*) FROM product"), {}).scalar_one() == 0
    server.close()
