"""The outbox, played at random: nothing is lost, nothing is claimed twice, each subject keeps its order."""

from __future__ import annotations

import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from app.domain.facts import Fact, FactKind
from app.storage.store import Store, open_store
from app.usecases.marketplace_port import FactAnswer, FactOutcome
from tests.fakes.surroundings import NOON, HandSetClock

LEASE_S = 60.0


def a_fact(number: int, subject: str) -> Fact:
    return Fact(f"fact-{number}", number, FactKind.STOCK_MOVED, subject, NOON, {"movements": [], "nth": number})


class OutboxPlay(RuleBasedStateMachine):
    """What the outbox must be is kept beside it in plain dictionaries."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = HandSetClock()
        self.store = open_store(Path(self.folder.name) / "till.sqlite3", clock=self.clock)
        self.appended: dict[str, Fact] = {}
        self.told: list[str] = []
        self.refused: set[str] = set()
        self.conflicted: set[str] = set()
        self.claims: dict[str, datetime] = {}
        self.waits: dict[str, datetime] = {}

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    @rule(subject=st.sampled_from(["order:1", "order:2", "sale:1"]))
    def append(self, subject: str) -> None:
        with self.store.unit_of_work() as uow:
            fact = a_fact(uow.outbox.next_seq(), subject)
            uow.outbox.append(fact)
            uow.commit()
        self.appended[fact.fact_id] = fact

    @rule(subject=st.sampled_from(["order:1", "order:2"]))
    def append_and_fail(self, subject: str) -> None:
        with self.store.unit_of_work() as uow:
            uow.outbox.append(a_fact(uow.outbox.next_seq(), subject))

    @rule(limit=st.integers(1, 5))
    def claim(self, limit: int) -> None:
        now = self.clock.now()
        with self.store.unit_of_work() as uow:
            facts = uow.outbox.claim(limit, now, LEASE_S)
            uow.commit()
        assert len(facts) <= limit
        assert [fact.till_seq for fact in facts] == sorted(fact.till_seq for fact in facts)
        for fact in facts:
            assert fact == self.appended[fact.fact_id]
            assert fact.fact_id not in {*self.told, *self.refused, *self.conflicted}
            assert fact.fact_id not in self._held(now), "two claims on one fact"
        taken = {fact.fact_id for fact in facts}
        for fact in facts:
            for earlier in self._earlier(fact):
                assert earlier in taken or earlier in self.told or earlier in self.conflicted, "out of its order"
        for fact_id in taken:
            self.waits.pop(fact_id, None)
            self.claims[fact_id] = now + timedelta(seconds=LEASE_S)

    @precondition(lambda self: self.claims)
    @rule(choice=st.randoms(use_true_random=False), outcome=st.sampled_from(list(FactOutcome)))
    def settle_the_oldest_of_a_subject(self, choice: object, outcome: FactOutcome) -> None:
        fact_id = choice.choice(self._first_of_their_subject())  # type: ignore[attr-defined]  # a random.Random
        answer = FactAnswer(fact_id, outcome, "a sentence", {"order_id": "1", "customer_name": "Camille"})
        for _ in range(2):  # an answer may come twice
            with self.store.unit_of_work() as uow:
                uow.outbox.settle([answer], self.clock.now())
                uow.commit()
        del self.claims[fact_id]
        if outcome is FactOutcome.REFUSED:
            self.refused.add(fact_id)
        elif outcome is FactOutcome.CONFLICT:
            self.conflicted.add(fact_id)
        else:
            self.told.append(fact_id)

    @precondition(lambda self: self.claims)
    @rule(wait_s=st.sampled_from([0, 5, 120]))
    def release_all(self, wait_s: int) -> None:
        now = self.clock.now()
        later = now + timedelta(seconds=wait_s)
        with self.store.unit_of_work() as uow:
            uow.outbox.release(list(self.claims), now, later, "timeout")
            uow.commit()
        self.waits.update(dict.fromkeys(self.claims, later))
        self.claims.clear()

    @precondition(lambda self: self.refused)
    @rule(choice=st.randoms(use_true_random=False))
    def resend(self, choice: object) -> None:
        fact_id = choice.choice(sorted(self.refused))  # type: ignore[attr-defined]  # a random.Random
        with self.store.unit_of_work() as uow:
            uow.outbox.resend(fact_id)
            uow.commit()
        self.refused.remove(fact_id)

    @precondition(lambda self: self.conflicted)
    @rule(choice=st.randoms(use_true_random=False))
    def settle_a_disagreement(self, choice: object) -> None:
        fact_id = choice.choice(sorted(self.conflicted))  # type: ignore[attr-defined]  # a random.Random
        with self.store.unit_of_work() as uow:
            assert uow.outbox.settle_exception(fact_id, self.clock.now(), "Léa", "vu")
            assert not uow.outbox.settle_exception(fact_id, self.clock.now(), "Tom", "again")
            uow.commit()
        self.conflicted.remove(fact_id)
        self.told.append(fact_id)

    @rule(seconds=st.sampled_from([1, 61, 500]))
    def time_goes_on(self, seconds: int) -> None:
        self.clock.go_on(seconds=seconds)
        held = self._held(self.clock.now())
        self.claims = {fact_id: until for fact_id, until in self.claims.items() if fact_id in held}

    @rule()
    def the_till_starts_again(self) -> None:
        path = self.store.path
        self.store.close()
        self.store = open_store(path, clock=self.clock)
        states = {row.fact_id: row.state for row in self.store.queries.outbox()}
        assert "sending" not in states.values()  # whoever held a claim is dead
        self.claims.clear()

    @invariant()
    def nothing_is_lost(self) -> None:
        rows = {row.fact_id: row.state for row in self.store.queries.outbox()}
        assert set(rows) | set(self.told) == set(self.appended)
        assert not set(rows) & set(self.told)
        assert {key for key, state in rows.items() if state == "refused"} == self.refused
        assert {key for key, state in rows.items() if state == "conflicted"} == self.conflicted
        state = self.store.queries.outbox_state()
        assert state.waiting == len(self.appended) - len(self.told) - len(self.refused) - len(self.conflicted)
        assert (state.refused, state.conflicted) == (len(self.refused), len(self.conflicted))
        assert {row.exception_id for row in self.store.queries.exceptions()} == self.conflicted

    def _held(self, now: datetime) -> set[str]:
        return {fact_id for fact_id, until in (*self.claims.items(), *self.waits.items()) if until > now}

    def _earlier(self, fact: Fact) -> list[str]:
        return [
            other.fact_id
            for other in self.appended.values()
            if other.subject == fact.subject and other.till_seq < fact.till_seq
        ]

    def _first_of_their_subject(self) -> list[str]:
        oldest: dict[str, str] = {}
        for fact_id in sorted(self.claims, key=lambda key: self.appended[key].till_seq):
            oldest.setdefault(self.appended[fact_id].subject, fact_id)
        return sorted(oldest.values())


OutboxPlay.TestCase.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestOutboxPlay = OutboxPlay.TestCase


def test_a_fact_is_kept_word_for_word_and_for_ever(store: Store) -> None:
    payload = {"z": [1, {"é": 'œuf \u2028 \x01 "\\'}], "a": -5, "b": True, "c": None, "order_id": "o"}
    with store.unit_of_work() as uow:
        uow.outbox.append(Fact("fact-1", 1, FactKind.ORDER_READY, "order:o", NOON, payload))
        uow.outbox.settle([FactAnswer("fact-1", FactOutcome.APPLIED)], NOON)
        uow.commit()
    kept = store.unit_of_work.connection.execute("SELECT payload FROM fact").fetchone()[0]  # type: ignore[attr-defined]  # as it is stored
    assert kept == '{"a":-5,"b":true,"c":null,"order_id":"o","z":[1,{"é":"œuf \u2028 \\u0001 \\"\\\\"}]}'
    assert store.queries.outbox() == []


@pytest.mark.parametrize(
    ("view", "kind", "proposed"),
    [
        ({"handover": "handed_over", "cancelled_at": None}, "handed_over_twice", "count_stock"),
        (
            {"handover": "handed_over", "cancelled_at": "2026-11-21T10:00:00Z"},
            "handed_over_after_cancel",
            "goods_are_gone",
        ),
    ],
)
def test_a_conflict_opens_an_exception_that_names_nobody(
    store: Store, view: dict[str, object], kind: str, proposed: str
) -> None:
    fact = Fact("fact-1", 1, FactKind.ORDER_HANDED_OVER, "order:o-1", NOON, {"order_id": "o-1"})
    answer = FactAnswer("fact-1", FactOutcome.CONFLICT, "déjà remise", {**view, "customer_name": "Camille Dubois"})
    with store.unit_of_work() as uow:
        uow.outbox.append(fact)
        uow.outbox.settle([answer], NOON)
        uow.commit()
    [row] = store.queries.exceptions()
    assert (row.kind, row.order_id, row.message, row.proposed_answer) == (kind, "o-1", "déjà remise", proposed)
    stored = store.unit_of_work.connection.execute("SELECT * FROM exception").fetchall()  # type: ignore[attr-defined]  # as it is stored
    assert "Camille" not in str(stored)


def test_a_refused_fact_holds_back_its_own_subject_until_it_is_sent_again(store: Store) -> None:
    def claimed() -> list[str]:
        with store.unit_of_work() as uow:
            facts = uow.outbox.claim(10, NOON, LEASE_S)
            uow.outbox.release([fact.fact_id for fact in facts], NOON, NOON, "")
            uow.commit()
        return [fact.fact_id for fact in facts]

    with store.unit_of_work() as uow:
        for number, subject in enumerate(("order:1", "order:1", "order:2"), start=1):
            uow.outbox.append(a_fact(number, subject))
        uow.outbox.settle([FactAnswer("fact-1", FactOutcome.REFUSED, "inconnue")], NOON)
        uow.commit()
    assert claimed() == ["fact-3"]
    with store.unit_of_work() as uow:
        uow.outbox.resend("fact-1")
        uow.commit()
    assert claimed() == ["fact-1", "fact-2", "fact-3"]


def test_a_fact_waiting_for_its_next_try_holds_back_what_followed_it(store: Store) -> None:
    with store.unit_of_work() as uow:
        uow.outbox.append(a_fact(1, "order:1"))
        uow.outbox.claim(10, NOON, LEASE_S)
        uow.outbox.append(a_fact(2, "order:1"))
        assert uow.outbox.claim(10, NOON, LEASE_S) == []  # the first is under way
        uow.outbox.release(["fact-1"], NOON, NOON + timedelta(seconds=5), "timeout")
        assert uow.outbox.claim(10, NOON, LEASE_S) == []
        later = NOON + timedelta(seconds=5)
        assert [fact.fact_id for fact in uow.outbox.claim(10, later, LEASE_S)] == ["fact-1", "fact-2"]


def test_a_clock_that_was_years_ahead_does_not_hold_facts_back(store: Store) -> None:
    """A computer that started with a wrong date is put right by its network: what was tried before goes at once."""
    years_ahead = NOON + timedelta(days=1500)
    with store.unit_of_work() as uow:
        for number in (1, 2, 3):
            uow.outbox.append(a_fact(number, f"order:{number}"))
        uow.outbox.claim(2, years_ahead, LEASE_S)
        uow.outbox.release(["fact-1"], years_ahead, years_ahead, "not_trusted")
        uow.outbox.append(a_fact(4, "order:1"))
        assert [fact.till_seq for fact in uow.outbox.claim(10, NOON, LEASE_S)] == [1, 2, 3, 4]
