"""The outbox, played at random: nothing is lost, nothing is claimed twice, each subject keeps its order, and the most
urgent goes first."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from app.domain.facts import Fact, FactKind, urgency_of
from app.storage.store import Store, open_store
from app.usecases.marketplace_port import Disagreement, FactAnswer, FactOutcome
from app.usecases.ports import Outbox
from tests.fakes.memory_store import MemoryStore
from tests.fakes.surroundings import NOON, HandSetClock

LEASE_S = 60.0


def a_fact(number: int, subject: str, kind: FactKind = FactKind.STOCK_MOVED) -> Fact:
    return Fact(f"fact-{number}", number, kind, subject, NOON, {"movements": [], "nth": number})


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
        self.aside: set[str] = set()
        self.claims: dict[str, datetime] = {}
        self.waits: dict[str, datetime] = {}

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    @rule(
        subject=st.sampled_from(["order:1", "order:2", "sale:1"]),
        kind=st.sampled_from(
            [FactKind.ORDER_READY, FactKind.STOCK_MOVED, FactKind.SALE_RECORDED, FactKind.PRODUCT_CHANGED]
        ),
    )
    def append(self, subject: str, kind: FactKind) -> None:
        with self.store.unit_of_work() as uow:
            fact = a_fact(uow.outbox.next_seq(), subject, kind)
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
        places = [(urgency_of(fact.kind), fact.till_seq) for fact in facts]
        assert places == sorted(places), "the most urgent goes first"
        assert [fact.fact_id for fact in facts] == self._expected(limit, now)
        for fact in facts:
            assert fact == self.appended[fact.fact_id]
            assert fact.fact_id not in {*self.told, *self.refused, *self.conflicted, *self.aside}
            assert fact.fact_id not in self._held(now), "two claims on one fact"
        taken = {fact.fact_id for fact in facts}
        for fact in facts:
            for earlier in self._earlier(fact):
                gone = {*taken, *self.told, *self.conflicted, *self.aside}
                assert earlier in gone, "out of its order"
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
            assert uow.exceptions.settle(fact_id, self.clock.now(), "Léa", "look_at_it", "vu")
            assert not uow.exceptions.settle(fact_id, self.clock.now(), "Tom", "count_stock", "again")
            uow.outbox.leave(fact_id)
            uow.commit()
        self.conflicted.remove(fact_id)
        self.told.append(fact_id)

    @precondition(lambda self: self.refused)
    @rule(choice=st.randoms(use_true_random=False))
    def set_aside(self, choice: object) -> None:
        fact_id = choice.choice(sorted(self.refused))  # type: ignore[attr-defined]  # a random.Random
        with self.store.unit_of_work() as uow:
            refused = uow.outbox.refused(fact_id)
            assert refused is not None
            assert (refused.fact, refused.message) == (self.appended[fact_id], "a sentence")
            uow.outbox.set_aside(refused, self.clock.now(), "Tom", "hopeless")
            assert uow.outbox.refused(fact_id) is None
            uow.commit()
        self.refused.remove(fact_id)
        self.aside.add(fact_id)

    @rule(fact_id=st.sampled_from(["fact-1", "fact-2", "no-such"]))
    def leaving_takes_only_what_was_told(self, fact_id: str) -> None:
        if fact_id not in self.conflicted:
            with self.store.unit_of_work() as uow:
                uow.outbox.leave(fact_id)
                uow.commit()

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
        assert set(rows) | set(self.told) | self.aside == set(self.appended)
        assert not set(rows) & {*self.told, *self.aside}
        assert {row.fact_id for row in self.store.queries.set_aside()} == self.aside
        assert {key for key, state in rows.items() if state == "refused"} == self.refused
        assert {key for key, state in rows.items() if state == "conflicted"} == self.conflicted
        state = self.store.queries.outbox_state()
        gone = len(self.told) + len(self.refused) + len(self.conflicted) + len(self.aside)
        assert state.waiting == len(self.appended) - gone
        assert (state.refused, state.conflicted) == (len(self.refused), len(self.conflicted))
        assert {row.exception_id for row in self.store.queries.exceptions()} == self.conflicted

    def _held(self, now: datetime) -> set[str]:
        return {fact_id for fact_id, until in (*self.claims.items(), *self.waits.items()) if until > now}

    def _expected(self, limit: int, now: datetime) -> list[str]:
        """What a claim must take: all that nothing holds back, most urgent first."""
        out_of_queue = {*self.told, *self.conflicted, *self.aside}
        blocked = {*self.refused, *self._held(now)}
        free = []
        for fact in self.appended.values():
            before = [self.appended[key] for key in self._earlier(fact) if key not in out_of_queue]
            held_back = any(
                other.fact_id in blocked or urgency_of(other.kind) > urgency_of(fact.kind) for other in before
            )
            if fact.fact_id not in out_of_queue | blocked and not held_back:
                free.append(fact)
        free.sort(key=lambda fact: (urgency_of(fact.kind), fact.till_seq))
        return [fact.fact_id for fact in free[:limit]]

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


KINDS = (FactKind.ORDER_READY, FactKind.STOCK_MOVED, FactKind.SALE_RECORDED, FactKind.PRODUCT_CHANGED)
queued = st.tuples(
    st.sampled_from(["order:1", "order:2", "sale:1"]),
    st.sampled_from(KINDS),
    st.sampled_from(["waits", "waits", "waits", "refused", "conflicted", "set aside", "tried again later"]),
)


@pytest.mark.parametrize("which", ["sqlite", "memory"])
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries=st.lists(queued, max_size=9), limit=st.integers(1, 9))
def test_a_claim_takes_what_nothing_holds_back_in_the_order_of_urgency(
    store: Store, which: str, entries: list[tuple[str, FactKind, str]], limit: int
) -> None:
    """Urgency, order within a subject, refusals and pauses, all together."""
    facts = [a_fact(n, subject, kind) for n, (subject, kind, _) in enumerate(entries, start=1)]
    with (store if which == "sqlite" else MemoryStore()).unit_of_work() as uow:  # never committed
        wished = zip(facts, entries, strict=True)
        states = {fact.fact_id: _put(uow.outbox, fact, state) for fact, (_, _, state) in wished}
        claimed = uow.outbox.claim(limit, NOON, LEASE_S)
    gone = {"conflicted", "set aside"}
    free = []
    for fact in facts:
        before = [f for f in facts if f.subject == fact.subject and f.till_seq < fact.till_seq]
        held_back = any(
            states[f.fact_id] not in gone
            and (states[f.fact_id] != "waits" or urgency_of(f.kind) > urgency_of(fact.kind))
            for f in before
        )
        if states[fact.fact_id] == "waits" and not held_back:
            free.append(fact)
    free.sort(key=lambda fact: (urgency_of(fact.kind), fact.till_seq))
    assert list(claimed) == free[:limit]


def _put(outbox: Outbox, fact: Fact, state: str) -> str:
    """Queue a fact and bring it into a state; which one it is in, for what is held back cannot be tried."""
    outbox.append(fact)
    if state in ("refused", "set aside"):
        outbox.settle([FactAnswer(fact.fact_id, FactOutcome.REFUSED)], NOON)
    if state == "set aside":
        refused = outbox.refused(fact.fact_id)
        assert refused is not None
        outbox.set_aside(refused, NOON, "Tom", "hopeless")
    if state == "conflicted":
        outbox.settle([FactAnswer(fact.fact_id, FactOutcome.CONFLICT)], NOON)
    if state == "tried again later":
        tried = [taken.fact_id for taken in outbox.claim(100, NOON, LEASE_S)]
        outbox.release([fact_id for fact_id in tried if fact_id != fact.fact_id], NOON, NOON, "")
        outbox.release([fact.fact_id], NOON, NOON + timedelta(minutes=5), "timeout")
        return state if fact.fact_id in tried else "waits"
    return state


def test_handovers_go_before_stock_before_sales_before_the_catalogue(store: Store) -> None:
    kinds = [FactKind.PRODUCT_CHANGED, FactKind.SALE_RECORDED, FactKind.STOCK_MOVED, FactKind.ORDER_HANDED_OVER]
    with store.unit_of_work() as uow:
        uow.outbox.append_all([a_fact(n, f"subject:{n}", kind) for n, kind in enumerate(kinds, start=1)])
        assert [fact.till_seq for fact in uow.outbox.claim(2, NOON, LEASE_S)] == [4, 3]
        assert [fact.till_seq for fact in uow.outbox.claim(9, NOON, LEASE_S)] == [2, 1]


def test_a_more_urgent_fact_does_not_overtake_what_came_before_about_the_same(store: Store) -> None:
    with store.unit_of_work() as uow:
        uow.outbox.append(a_fact(1, "order:1", FactKind.SALE_RECORDED))
        uow.outbox.append(a_fact(2, "order:1", FactKind.ORDER_READY))
        uow.outbox.append(a_fact(3, "order:2", FactKind.ORDER_READY))
        assert [fact.till_seq for fact in uow.outbox.claim(9, NOON, LEASE_S)] == [3, 1]
        uow.outbox.settle([FactAnswer("fact-1", FactOutcome.APPLIED)], NOON)
        assert [fact.till_seq for fact in uow.outbox.claim(9, NOON, LEASE_S)] == [2]


def test_what_was_set_aside_holds_nothing_back_and_says_why(store: Store) -> None:
    with store.unit_of_work() as uow:
        uow.outbox.append(a_fact(1, "order:1"))
        uow.outbox.append(a_fact(2, "order:1"))
        uow.outbox.settle([FactAnswer("fact-1", FactOutcome.REFUSED, "inconnue", None, "unknown_order")], NOON)
        uow.commit()
    [refused, _] = store.queries.outbox()
    assert (refused.state, refused.reason, refused.holds_back, refused.editable) == ("refused", "unknown_order", 1, ())
    with store.unit_of_work() as uow:
        known = uow.outbox.refused("fact-1")
        assert known is not None
        uow.outbox.set_aside(known, NOON, "Tom", "commande d'essai")
        assert [fact.till_seq for fact in uow.outbox.claim(9, NOON, LEASE_S)] == [2]
        uow.commit()
    [row] = store.queries.set_aside()
    assert (row.fact_id, row.till_seq, row.operator, row.note) == ("fact-1", 1, "Tom", "commande d'essai")
    assert (row.message, row.reason, row.replaced_by) == ("inconnue", "unknown_order", "")


def a_disagreement(**values: object) -> Disagreement:
    return replace(Disagreement("fact-1", "handed_over_twice", NOON, order_id="o-1", fact_id="fact-1"), **values)  # type: ignore[arg-type]  # fields by name


def test_one_settled_elsewhere_before_our_answer_came_waits_for_nobody(store: Store) -> None:
    settled = a_disagreement(settled_at=NOON, settled_by="Zoé", answer="count_stock", note="compté")
    with store.unit_of_work() as uow:
        uow.outbox.append(Fact("fact-1", 1, FactKind.ORDER_HANDED_OVER, "order:o-1", NOON, {"order_id": "o-1"}))
        uow.exceptions.told(settled)
        uow.outbox.settle([FactAnswer("fact-1", FactOutcome.CONFLICT, "déjà remise", {}, "already_handed_over")], NOON)
        uow.commit()
    assert store.queries.outbox() == []
    assert store.queries.exceptions() == []
    [row] = store.queries.exceptions(open_only=False)
    assert (row.settled_by, row.answer, row.message) == ("Zoé", "count_stock", "déjà remise")


def test_what_was_settled_here_stays_settled_when_the_marketplace_tells_of_it_late(store: Store) -> None:
    with store.unit_of_work() as uow:
        uow.exceptions.told(a_disagreement())
        assert uow.exceptions.settle("fact-1", NOON, "Tom", "count_stock", "vu")
        uow.exceptions.told(a_disagreement(view={"number": "17"}))
        uow.commit()
    row = store.queries.exception("fact-1")
    assert row is not None
    assert (row.settled_by, row.answer, row.view) == ("Tom", "count_stock", {"number": "17"})
    with store.unit_of_work() as uow:
        uow.exceptions.told(a_disagreement(settled_at=NOON, settled_by="Zoé", answer="goods_came_back"))
        uow.commit()
    row = store.queries.exception("fact-1")
    assert row is not None
    assert (row.settled_by, row.answer) == ("Zoé", "goods_came_back")  # hers came first: the marketplace decides


def test_the_open_ones_of_an_order_are_found(store: Store) -> None:
    with store.unit_of_work() as uow:
        uow.exceptions.open(a_disagreement(exception_id="edited:o-1:2", kind="order_edited"))
        uow.exceptions.open(a_disagreement(exception_id="edited:o-2:2", kind="order_edited", order_id="o-2"))
        uow.exceptions.open(a_disagreement())
        uow.exceptions.settle("fact-1", NOON, "Tom", "count_stock", "")
        uow.commit()
    [row] = store.queries.exceptions_of_order("o-1")
    assert row.exception_id == "edited:o-1:2"
    assert [choice.value for choice in row.choices] == ["prepare_again", "keep_as_prepared"]
