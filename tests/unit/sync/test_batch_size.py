"""How much goes over a weak line at once: fewer facts and bytes after failures and slow calls, more after quick ones;
what was settled on the way stays settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.facts import Fact, FactKind
from app.sync.heads import HeadsTold
from app.sync.push import LEAST_BATCH_BYTES, MAX_BATCH, MAX_BATCH_BYTES, BatchSize, push_batch
from app.sync.sizes import SLOW_CALL_S
from app.usecases.marketplace_port import FactAnswer, FactOutcome
from app.usecases.ports import MarketplaceUnreachable
from tests.fakes.memory_store import MemoryStore
from tests.fakes.surroundings import a_counter
from tests.fakes.wire_samples import a_fact


class Line:
    """Carries so many bytes of payload a second; breaks what takes longer than it holds."""

    def __init__(self, bytes_a_second: float, holds_s: float = 1e9) -> None:
        self.bytes_a_second = bytes_a_second
        self.holds_s = holds_s
        self.now_s = 0.0
        self.sizes: list[int] = []
        self.bytes_sent: list[int] = []

    def push(self, facts: Sequence[Fact], heads: object) -> list[FactAnswer]:
        size = sum(len(str(fact.payload)) for fact in facts)
        self.sizes.append(len(facts))
        self.bytes_sent.append(size)
        took_s = size / self.bytes_a_second
        self.now_s += min(took_s, self.holds_s)
        if took_s > self.holds_s:
            raise MarketplaceUnreachable("no_network", "cut")
        return [FactAnswer(fact.fact_id, FactOutcome.APPLIED) for fact in facts]

    def clock_reading(self) -> None:
        """It does not say what time it is."""


class Till:
    def __init__(self, line: Line, facts: Sequence[Fact]) -> None:
        self.line = line
        self.store = MemoryStore()
        self.counter = a_counter(self.store.unit_of_work)
        self.batch = BatchSize(monotonic=lambda: line.now_s)
        with self.store.unit_of_work() as uow:
            uow.outbox.append_all(facts)
            uow.commit()

    def push(self) -> int:
        return push_batch(self.counter, self.line, self.batch, HeadsTold()).applied  # type: ignore[arg-type]  # pushing is all it can do

    def waiting(self) -> int:
        return len(self.store.tables.outbox)


def facts_of(count: int, payload_bytes: int) -> list[Fact]:
    return [a_fact(seq, text="x" * payload_bytes) for seq in range(1, count + 1)]


def test_a_quick_line_gets_a_hundred_at_once() -> None:
    till = Till(Line(1e9), facts_of(250, 800))
    while till.push():
        pass
    assert till.line.sizes == [100, 100, 50]


def test_a_slow_call_makes_the_next_ones_smaller_until_they_are_quick() -> None:
    till = Till(Line(2_000), facts_of(400, 1_000))
    while till.push():
        pass
    slow = [size for size in till.line.bytes_sent[4:] if size / 2_000 > SLOW_CALL_S]
    assert till.line.sizes[0] > till.line.sizes[4]
    assert slow == []
    assert till.waiting() == 0


def test_a_line_that_breaks_again_and_again_still_gets_everything_through() -> None:
    till = Till(Line(1_000, holds_s=8.0), facts_of(100, 900))
    failures = 0
    while till.waiting():
        try:
            till.push()
        except MarketplaceUnreachable:
            failures += 1
    assert failures < 10
    assert max(till.line.sizes[-5:]) <= 8


def test_parts_that_got_through_stay_so_when_a_later_one_breaks() -> None:
    line = Line(1e9)
    till = Till(line, facts_of(30, 1_000))
    for _ in range(10):
        till.batch.shrink()
    till.batch._usual_bytes = 50.0  # it takes the facts for smaller than they are: one claim, several parts
    line.holds_s = 0.0
    quick = line.push
    calls = 0

    def two_then_a_cut(facts: Sequence[Fact], heads: object) -> list[FactAnswer]:
        nonlocal calls
        calls += 1
        line.holds_s = 0.0 if calls > 2 else 1.0
        return quick(facts, heads)

    line.push = two_then_a_cut  # type: ignore[method-assign]  # the third call breaks
    till.batch._facts.value = 20
    with pytest.raises(MarketplaceUnreachable):
        till.push()
    assert calls == 3
    assert till.waiting() == 30 - sum(line.sizes[:2])


@given(st.lists(st.integers(0, 40_000), min_size=1, max_size=60), st.integers(0, 12))
def test_parts_keep_order_and_bounds_and_lose_nothing(sizes: list[int], failures: int) -> None:
    batch = BatchSize()
    for _ in range(failures):
        batch.shrink()
    facts = [a_fact(seq, text="x" * size) for seq, size in enumerate(sizes, 1)]
    parts = list(batch.parts_of(facts))
    assert [fact for part in parts for fact in part] == facts
    for part in parts:
        assert 0 < len(part) <= batch.facts
        assert len(part) == 1 or sum(len(fact.payload["text"]) for fact in part) <= batch.bytes


def test_what_is_claimed_is_about_what_fits_into_one_call() -> None:
    batch = BatchSize()
    list(batch.parts_of(facts_of(100, 5_000)))
    assert batch.to_claim < 60
    for _ in range(20):
        batch.shrink()
    assert (batch.facts, batch.bytes, batch.to_claim) == (1, LEAST_BATCH_BYTES, 1)
    for _ in range(20):
        batch.went_well(0.1)
    assert (batch.facts, batch.bytes) == (MAX_BATCH, MAX_BATCH_BYTES)


def test_no_network_at_once_says_nothing_about_sizes_but_a_call_broken_off_does() -> None:
    line = Line(1e9)
    till = Till(line, facts_of(5, 100))
    line.holds_s = -1.0  # fails before anything was carried
    with pytest.raises(MarketplaceUnreachable):
        till.push()
    assert till.batch.facts == MAX_BATCH
    line.bytes_a_second, line.holds_s = 1.0, 5.0
    with pytest.raises(MarketplaceUnreachable):
        till.push()
    assert till.batch.facts == MAX_BATCH // 2


def handovers_and_sales() -> list[Fact]:
    handovers = [replace(a_fact(seq), kind=FactKind.ORDER_HANDED_OVER) for seq in (1, 2)]
    return [*handovers, *(replace(a_fact(seq), kind=FactKind.SALE_RECORDED) for seq in range(3, 9))]


def test_what_is_urgent_goes_alone_until_the_line_is_known_to_be_quick() -> None:
    facts = handovers_and_sales()
    batch = BatchSize()
    assert [len(part) for part in batch.parts_of(facts)] == [2, 6]
    batch.went_well(0.2)
    assert [len(part) for part in batch.parts_of(facts)] == [8]
    batch.went_well(4.0)
    assert [len(part) for part in batch.parts_of(facts)] == [2, 6]
