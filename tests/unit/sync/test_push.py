"""Emptying the outbox: claim, send, settle, give back, split; with the store in memory and a marketplace by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.clock_skew import ClockReading
from app.domain.facts import Fact
from app.domain.fiscal import EventCode, KnownHead, Series
from app.sync.greeting import Greeting
from app.sync.heads import HeadsTold, pass_heads_on, tell_heads
from app.sync.push import MAX_BATCH, BatchSize, Pushed, push_batch
from app.usecases.log_event import log_event
from app.usecases.marketplace_port import FactAnswer, FactOutcome, MarketplaceStatus
from app.usecases.ports import (
    KeyStoreUnavailable,
    MarketplaceRefused,
    MarketplaceUnreachable,
    StoreUnavailable,
    Unavailable,
)
from tests.fakes.memory_store import MemoryStore
from tests.fakes.silent_marketplace import SilentMarketplace
from tests.fakes.surroundings import HandSetClock, HeardAnnouncements, a_counter
from tests.fakes.wire_samples import a_fact


@dataclass
class HandMarketplace(SilentMarketplace):
    """Answers what the test says; remembers what it was sent."""

    answer: Callable[[Sequence[Fact]], Sequence[FactAnswer]]
    batches: list[list[str]] = field(default_factory=list)
    heads: list[list[tuple[Series, int]]] = field(default_factory=list)
    remembered: Sequence[KnownHead] = ()
    reading: ClockReading | None = None

    def push(self, facts: Sequence[Fact], heads: Sequence[KnownHead] = ()) -> Sequence[FactAnswer]:
        self.batches.append([fact.fact_id for fact in facts])
        self.heads.append([(head.series, head.number) for head in heads])
        return self.answer(facts)

    def status(self) -> MarketplaceStatus:
        return MarketplaceStatus(heads=self.remembered)

    def clock_reading(self) -> ClockReading | None:
        return self.reading


def all_applied(facts: Sequence[Fact]) -> list[FactAnswer]:
    return [FactAnswer(fact.fact_id, FactOutcome.APPLIED) for fact in facts]


class Till:
    """A store with facts waiting, and what a push needs."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        self.clock = HandSetClock()
        self.store = MemoryStore()
        self.heard = HeardAnnouncements()
        self.counter = a_counter(self.store.unit_of_work, clock=self.clock, announce=self.heard)
        self.batch = BatchSize()
        self.told = HeadsTold()
        with self.store.unit_of_work() as uow:
            for fact in facts:
                uow.outbox.append(fact)
            uow.commit()

    def push(self, marketplace: HandMarketplace) -> Pushed:
        return push_batch(self.counter, marketplace, self.batch, self.told)

    def fail(self, marketplace: HandMarketplace) -> Unavailable:
        with pytest.raises(Unavailable) as caught:
            self.push(marketplace)
        return caught.value

    def states(self) -> dict[str, str]:
        return {fact_id: entry.state for fact_id, entry in self.store.tables.outbox.items()}

    def messages(self) -> set[str]:
        return {entry.message for entry in self.store.tables.outbox.values()}


def failing(error: Unavailable) -> Callable[[Sequence[Fact]], Sequence[FactAnswer]]:
    def answer(facts: Sequence[Fact]) -> Sequence[FactAnswer]:
        raise error

    return answer


def test_nothing_waits_nothing_is_sent_or_written() -> None:
    till = Till([])
    commits = till.store.commits
    marketplace = HandMarketplace(all_applied)
    assert till.push(marketplace) == Pushed()
    assert not marketplace.batches
    assert till.store.commits == commits


def test_each_outcome_is_settled_and_told() -> None:
    till = Till([a_fact(seq) for seq in range(1, 5)])
    outcomes = iter([FactOutcome.APPLIED, FactOutcome.DUPLICATE, FactOutcome.CONFLICT, FactOutcome.REFUSED])
    marketplace = HandMarketplace(lambda facts: [FactAnswer(f.fact_id, next(outcomes), "why") for f in facts])
    assert till.push(marketplace) == Pushed(claimed=4, applied=1, duplicate=1, conflict=1, refused=1)
    assert till.states() == {"fact-0003": "conflicted", "fact-0004": "refused"}
    assert till.messages() == {"why"}
    assert [touched.outbox for touched in till.heard] == [True]


@pytest.mark.parametrize(
    "error",
    [
        MarketplaceUnreachable("no_network"),
        MarketplaceUnreachable("timeout"),
        MarketplaceUnreachable("server_error"),
        MarketplaceUnreachable("not_understood"),
        MarketplaceUnreachable("rate_limited", retry_after_s=9.0),
        MarketplaceRefused("revoked"),
        MarketplaceRefused("not_paired"),
        MarketplaceRefused("gone"),
    ],
)
def test_a_failure_gives_everything_back_and_it_may_go_again_at_once(error: Unavailable) -> None:
    till = Till([a_fact(1), a_fact(2)])
    assert till.fail(HandMarketplace(failing(error))) is error
    assert set(till.states().values()) == {"pending"}
    assert till.messages() == {error.reason}
    assert till.push(HandMarketplace(all_applied)).applied == 2


def test_an_answer_lost_is_asked_for_again_and_was_a_duplicate() -> None:
    till = Till([a_fact(1)])
    taken: list[str] = []

    def lossy(facts: Sequence[Fact]) -> list[FactAnswer]:
        known = [fact.fact_id in taken for fact in facts]
        taken.extend(fact.fact_id for fact, was in zip(facts, known, strict=True) if not was)
        if not all(known):
            raise MarketplaceUnreachable("no_network")
        return [FactAnswer(fact.fact_id, FactOutcome.DUPLICATE) for fact in facts]

    till.fail(HandMarketplace(lossy))
    assert till.push(HandMarketplace(lossy)).duplicate == 1
    assert taken == ["fact-0001"]
    assert not till.states()


def test_a_fact_without_an_answer_waits_and_the_others_are_settled() -> None:
    till = Till([a_fact(1), a_fact(2), a_fact(3)])
    error = till.fail(HandMarketplace(lambda facts: all_applied(facts)[::2]))
    assert error.reason == "not_understood"
    assert till.states() == {"fact-0002": "pending"}


def test_the_batch_halves_on_failure_and_doubles_on_success() -> None:
    till = Till([a_fact(seq) for seq in range(1, 201)])
    failure = HandMarketplace(failing(MarketplaceUnreachable("timeout")))
    for _ in range(3):
        till.fail(failure)
    assert [len(batch) for batch in failure.batches] == [100, 50, 25]
    success = HandMarketplace(all_applied)
    while till.push(success).claimed:
        pass
    assert [len(batch) for batch in success.batches] == [12, 24, 48, 96, 20]


def test_a_cut_cable_does_not_shrink_the_batch() -> None:
    till = Till([a_fact(1)])
    till.fail(HandMarketplace(failing(MarketplaceUnreachable("no_network"))))
    assert till.batch.facts == MAX_BATCH


def refusing_batches_with(*bad: str) -> Callable[[Sequence[Fact]], Sequence[FactAnswer]]:
    def answer(facts: Sequence[Fact]) -> Sequence[FactAnswer]:
        if any(fact.fact_id in bad for fact in facts):
            raise MarketplaceRefused("refused", "HTTP 422: no such product")
        return all_applied(facts)

    return answer


@given(st.integers(1, 130), st.sets(st.integers(1, 130), max_size=6))
def test_a_refused_batch_is_split_until_only_the_bad_facts_are_refused(count: int, bad: set[int]) -> None:
    till = Till([a_fact(seq) for seq in range(1, count + 1)])
    bad_ids = {f"fact-{seq:04d}" for seq in bad if seq <= count}
    marketplace = HandMarketplace(refusing_batches_with(*bad_ids))
    while till.push(marketplace).claimed:
        pass
    assert till.states() == dict.fromkeys(bad_ids, "refused")
    if bad_ids:
        assert till.messages() == {"HTTP 422: no such product"}


def test_after_a_fact_refused_alone_the_rest_of_its_subject_stays_behind() -> None:
    facts = [a_fact(1, "order:1"), a_fact(2, "order:2"), a_fact(3, "order:1"), a_fact(4, "order:3")]
    till = Till(facts)
    marketplace = HandMarketplace(refusing_batches_with("fact-0001"))
    assert till.push(marketplace).refused == 1
    assert till.states() == {"fact-0001": "refused", "fact-0003": "pending"}
    assert not till.push(marketplace).claimed
    with till.store.unit_of_work() as uow:
        uow.outbox.resend("fact-0001")
        uow.commit()
    sent = HandMarketplace(all_applied)
    till.push(sent)
    assert sent.batches == [["fact-0001", "fact-0003"]]


def test_a_fact_the_server_always_chokes_on_makes_way_for_the_others() -> None:
    till = Till([a_fact(seq) for seq in range(1, 4)])

    def chokes(facts: Sequence[Fact]) -> Sequence[FactAnswer]:
        if any(fact.till_seq == 1 for fact in facts):
            raise MarketplaceUnreachable("server_error")
        return all_applied(facts)

    marketplace = HandMarketplace(chokes)
    for _ in range(20):
        if till.states().keys() == {"fact-0001"}:
            break
        try:
            till.push(marketplace)
        except MarketplaceUnreachable:
            continue
    assert till.states() == {"fact-0001": "pending"}


def test_a_full_disk_while_settling_loses_nothing() -> None:
    till = Till([a_fact(1)])

    def fills_the_disk(facts: Sequence[Fact]) -> Sequence[FactAnswer]:
        till.store.fail_commit_with = StoreUnavailable("disk_full")
        return all_applied(facts)

    assert till.fail(HandMarketplace(fills_the_disk)).reason == "disk_full"
    assert set(till.states()) == {"fact-0001"}
    till.clock.go_on(minutes=2)
    again: HandMarketplace = HandMarketplace(lambda facts: [FactAnswer(facts[0].fact_id, FactOutcome.DUPLICATE)])
    assert till.push(again).duplicate == 1


def test_a_crash_after_the_claim_loses_nothing() -> None:
    till = Till([a_fact(1)])

    def dies(facts: Sequence[Fact]) -> Sequence[FactAnswer]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        till.push(HandMarketplace(dies))
    assert till.states() == {"fact-0001": "sending"}
    assert not till.push(HandMarketplace(all_applied)).claimed
    till.clock.go_on(minutes=2)
    assert till.push(HandMarketplace(all_applied)).applied == 1


@given(st.data())
def test_whatever_fails_every_fact_is_taken_once_and_in_order(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 40))
    subjects = data.draw(st.lists(st.sampled_from("abcd"), min_size=count, max_size=count))
    till = Till([a_fact(seq, f"order:{subject}") for seq, subject in enumerate(subjects, 1)])
    taken: dict[str, int] = {}
    order: dict[str, list[int]] = {}

    def server(facts: Sequence[Fact]) -> Sequence[FactAnswer]:
        fate = data.draw(st.sampled_from(["ok", "ok", "down", "lost", "partly", "too_large"]))
        if fate == "down":
            raise MarketplaceUnreachable("no_network")
        if fate == "too_large" and len(facts) > 3:
            raise MarketplaceRefused("refused", "HTTP 413")
        answers = []
        for fact in facts:
            new = fact.fact_id not in taken
            taken[fact.fact_id] = taken.get(fact.fact_id, 0) + new
            if new:
                order.setdefault(fact.subject, []).append(fact.till_seq)
            answers.append(FactAnswer(fact.fact_id, FactOutcome.APPLIED if new else FactOutcome.DUPLICATE))
        if fate == "lost":
            raise MarketplaceUnreachable("timeout")
        return answers[: len(answers) // 2] if fate == "partly" else answers

    marketplace: Any = HandMarketplace(server)
    for _ in range(200):
        try:
            if not till.push(marketplace).claimed:
                break
        except Unavailable:
            till.clock.go_on(minutes=1)
    marketplace = HandMarketplace(lambda facts: [_once(fact, taken, order) for fact in facts])
    till.clock.go_on(minutes=5)
    while till.push(marketplace).claimed:
        pass
    assert not till.states()
    assert taken == {f"fact-{seq:04d}": 1 for seq in range(1, count + 1)}
    assert all(sequence == sorted(sequence) for sequence in order.values())


def _once(fact: Fact, taken: dict[str, int], order: dict[str, list[int]]) -> FactAnswer:
    if fact.fact_id in taken:
        return FactAnswer(fact.fact_id, FactOutcome.DUPLICATE)
    taken[fact.fact_id] = 1
    order.setdefault(fact.subject, []).append(fact.till_seq)
    return FactAnswer(fact.fact_id, FactOutcome.APPLIED)


# --- the ledger's ends go along ---


def an_event(till: Till) -> None:
    with till.store.unit_of_work() as uow:
        log_event(uow, till.counter, EventCode.DRAWER_OPENED, "Léa")
        uow.commit()


def test_r06_each_push_tells_how_far_the_ledger_goes() -> None:
    till = Till([a_fact(1)])
    an_event(till)
    marketplace = HandMarketplace(all_applied)
    till.push(marketplace)
    assert marketplace.heads == [[(Series.EVENTS, 2)]]  # the event of the new key, and the drawer
    assert not tell_heads(till.counter, marketplace, till.told)


def test_r06_the_ledger_alone_is_told_once_when_it_has_moved() -> None:
    till = Till([])
    marketplace = HandMarketplace(all_applied)
    assert not tell_heads(till.counter, marketplace, till.told)
    an_event(till)
    assert tell_heads(till.counter, marketplace, till.told)
    assert not tell_heads(till.counter, marketplace, till.told)
    assert (marketplace.batches, marketplace.heads) == ([[]], [[(Series.EVENTS, 2)]])


def test_heads_that_did_not_get_through_are_told_again() -> None:
    till = Till([a_fact(1)])
    an_event(till)
    till.fail(HandMarketplace(failing(MarketplaceUnreachable("timeout"))))
    marketplace = HandMarketplace(all_applied)
    with pytest.raises(MarketplaceUnreachable):
        tell_heads(till.counter, HandMarketplace(failing(MarketplaceUnreachable("timeout"))), till.told)
    assert tell_heads(till.counter, marketplace, till.told)


def test_r06_what_the_marketplace_remembers_is_passed_on() -> None:
    known = KnownHead("A", Series.SALES, 7, bytes(32))
    heard: list[Sequence[KnownHead]] = []
    pass_heads_on((), heard.append)
    assert heard == []
    pass_heads_on([known], heard.append)
    assert heard == [[known]]


def test_a_key_store_that_fails_does_not_stop_the_sync() -> None:
    def look(heads: Sequence[KnownHead]) -> None:
        raise KeyStoreUnavailable("denied")

    pass_heads_on([KnownHead("A", Series.SALES, 7, bytes(32))], look)


# --- a number that stands for another fact ---


def clashing(*reused: str) -> Callable[[Sequence[Fact]], list[FactAnswer]]:
    def answer(facts: Sequence[Fact]) -> list[FactAnswer]:
        return [
            FactAnswer(fact.fact_id, FactOutcome.REFUSED, "ancienne copie", reason="seq_reused")
            if fact.fact_id in reused
            else FactAnswer(fact.fact_id, FactOutcome.APPLIED)
            for fact in facts
        ]

    return answer


def test_a_number_used_by_another_fact_is_given_anew_and_nothing_is_refused() -> None:
    facts = [a_fact(1), a_fact(2), a_fact(3)]
    till = Till(facts)
    with pytest.raises(MarketplaceUnreachable, match="seq_reused"):
        push_batch(till.counter, HandMarketplace(clashing(facts[1].fact_id)), till.batch, till.told)
    (entry,) = till.store.tables.outbox.values()
    assert (entry.fact.fact_id, entry.state) == (facts[1].fact_id, "pending")
    assert entry.fact.till_seq > 1000
    notices = [known.kind for known, _ in till.store.tables.exceptions.values()]
    assert notices == ["older_copy"]
    assert push_batch(till.counter, HandMarketplace(all_applied), till.batch, till.told).applied == 1
    assert not till.store.tables.outbox


def test_a_marketplace_that_takes_no_number_tells_a_person_once_a_day() -> None:
    till = Till([a_fact(1)])
    stubborn = HandMarketplace(clashing(a_fact(1).fact_id))
    for _ in range(5):
        with pytest.raises(MarketplaceUnreachable, match="seq_reused"):
            push_batch(till.counter, stubborn, till.batch, till.told)
    assert len(till.store.tables.exceptions) == 1


# --- the first words ---


def test_the_ends_are_passed_on_once_a_start_and_the_status_asked_after_each_failure() -> None:
    till = Till([a_fact(1)])
    heard: list[Sequence[KnownHead]] = []
    marketplace = HandMarketplace(all_applied, remembered=[KnownHead("A", Series.SALES, 7, bytes(32))])
    asked = 0
    original = marketplace.status

    def status() -> MarketplaceStatus:
        nonlocal asked
        asked += 1
        return original()

    marketplace.status = status  # type: ignore[method-assign]  # counts
    greeting = Greeting(till.counter, heard.append)
    greeting.say(marketplace)
    greeting.say(marketplace)
    assert (asked, len(heard)) == (1, 1)
    greeting.say_again()
    greeting.say(marketplace)
    assert (asked, len(heard)) == (2, 1)


def test_a_status_of_another_till_lets_nothing_be_told() -> None:
    till = Till([a_fact(1)])

    class Other(HandMarketplace):
        def status(self) -> MarketplaceStatus:
            return MarketplaceStatus(till_id="another")

    greeting = Greeting(till.counter, lambda heads: None)
    with pytest.raises(MarketplaceRefused, match="other_till"):
        greeting.say(Other(all_applied))
