"""Owns emptying the outbox: claim, send, settle or give back. Never decides what a fact means nor when to try again.

    a claim goes in parts that are small enough for the line; each part is settled before the next is sent, so that a
    line that breaks again and again still gets somewhere

    claimed --answer understood--> settled (applied, duplicate: gone; conflict, refused: kept, with the sentence)
            --no answer----------> released: the server may have applied it, and will then answer `duplicate` (I3)
            --whole batch refused-> halved until the bad fact is alone, which is refused with the server's sentence (I9)

Each step is one short transaction; none is open while the network is asked. A crash in between leaves claims that run
out by themselves, and facts that are sent again.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections import Counter as Tally
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NoReturn

from app.domain.facts import Fact, urgency_of
from app.domain.fiscal import KnownHead
from app.sync import wire
from app.sync.heads import HeadsTold, ends_of
from app.sync.sizes import Swing
from app.usecases.know_older_copy import go_on_after_clash
from app.usecases.marketplace_port import FactAnswer, FactOutcome, Marketplace
from app.usecases.ports import (
    Counter,
    MarketplaceRefused,
    MarketplaceUnreachable,
    StoreUnavailable,
    Touched,
    Unavailable,
)

MAX_BATCH = 100
MAX_BATCH_BYTES = 256 * 1024
LEAST_BATCH_BYTES = 2 * 1024
CLAIM_S = 60.0
"""How long a crash can hold claimed facts back. Only one thread of one process sends, so a claim that runs out during
a slow call does no harm."""
_SET_ASIDE = timedelta(seconds=30)
_ABOUT_WHAT_WAS_SENT = frozenset({"refused", "conflict"})
NUMBER_CLASH = "seq_reused"
_NOT_ABOUT_SIZE = frozenset({"no_network", NUMBER_CLASH})
_MAYBE_ITS_FAULT = frozenset({"server_error", "not_understood", "timeout"})


_FRAME_BYTES = 200
"""About what a fact takes beside its payload."""
_QUICK_S = 1.0
"""After a call this quick nobody waits for what goes along with his own."""
_BROKE_OFF_S = 2.0
"""Without a network a call fails at once; what broke off later had begun to carry something."""


class BatchSize:
    """How much goes at once: halves after a failure or a slow call, doubles after a quick one. Belongs to one thread.

    Attributes:
        facts: so many facts at most.
        bytes: so many bytes at most, as they are before they are zipped; one fact that is larger goes alone.
        monotonic: seconds that never go back.
    """

    def __init__(self, largest: int = MAX_BATCH, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._facts = Swing(1, largest)
        self._bytes = Swing(LEAST_BATCH_BYTES, MAX_BATCH_BYTES)
        self._usual_bytes = float(_FRAME_BYTES)
        self._last_call_s = math.inf
        self.monotonic = monotonic

    @property
    def facts(self) -> int:
        return self._facts.value

    @property
    def bytes(self) -> int:
        return self._bytes.value

    @property
    def to_claim(self) -> int:
        """About what fits into one call, so that what is urgent and comes next does not wait behind several."""
        return max(1, min(self.facts, int(0.9 * self.bytes / self._usual_bytes)))

    def went_well(self, took_s: float) -> None:
        self._last_call_s = took_s
        self._facts.went_well(took_s)
        self._bytes.went_well(took_s)

    def shrink(self) -> None:
        self._facts.shrink()
        self._bytes.shrink()

    def parts_of(self, facts: Sequence[Fact]) -> Iterator[list[Fact]]:
        """The facts in order, in parts of which each may go at once. Unless the last call was quick, what is most
        urgent goes without the others: a handover is not to arrive late because of the sales that travel with it."""
        part: list[Fact] = []
        size = 0
        for fact in facts:
            fact_bytes = _FRAME_BYTES + len(wire.write_json(fact.payload))
            self._usual_bytes += (fact_bytes - self._usual_bytes) / 16
            full = size + fact_bytes > self.bytes or len(part) == self.facts
            if part and (full or self._slow_and_less_urgent(part[-1], fact)):
                yield part
                part, size = [], 0
            part.append(fact)
            size += fact_bytes
        if part:
            yield part

    def _slow_and_less_urgent(self, last: Fact, fact: Fact) -> bool:
        return self._last_call_s > _QUICK_S and urgency_of(last.kind) == 0 < urgency_of(fact.kind)


@dataclass(frozen=True, slots=True)
class Pushed:
    """What became of claimed facts."""

    claimed: int = 0
    applied: int = 0
    duplicate: int = 0
    conflict: int = 0
    refused: int = 0

    def __add__(self, other: Pushed) -> Pushed:
        return Pushed(
            self.claimed + other.claimed,
            self.applied + other.applied,
            self.duplicate + other.duplicate,
            self.conflict + other.conflict,
            self.refused + other.refused,
        )


def push_batch(counter: Counter, marketplace: Marketplace, batch: BatchSize, told: HeadsTold) -> Pushed:
    """Send the oldest waiting facts, once, and with them how far the ledger goes.

    Raises:
        MarketplaceUnreachable, MarketplaceRefused: what was answered is settled, the rest waits in the outbox again.
        StoreUnavailable: nothing is lost; claims run out.
    """
    facts, heads = _claim(counter, batch.to_claim)
    if not facts:
        return Pushed()
    open_facts = {fact.fact_id: fact for fact in facts}
    tally: Tally[FactOutcome] = Tally()
    teller = _Teller(marketplace, heads, told, batch)
    try:
        _deliver(counter, teller, batch, open_facts, tally)
    except Unavailable as error:
        set_aside = batch.facts == 1 and error.reason in _MAYBE_ITS_FAULT
        if error.reason not in _NOT_ABOUT_SIZE or teller.took_s > _BROKE_OFF_S:
            batch.shrink()
        with contextlib.suppress(StoreUnavailable):  # then the claims run out by themselves
            _release(counter, open_facts, error.reason, _SET_ASIDE if set_aside else timedelta(0))
        raise
    if open_facts:
        _release(counter, open_facts, "", timedelta(0))
    return Pushed(
        len(facts),
        tally[FactOutcome.APPLIED],
        tally[FactOutcome.DUPLICATE],
        tally[FactOutcome.CONFLICT],
        tally[FactOutcome.REFUSED],
    )


class _Teller:
    """Sends facts with the ledger's ends of the same moment, and looks at the clock. `took_s`: of the last call."""

    def __init__(
        self, marketplace: Marketplace, heads: tuple[KnownHead, ...], told: HeadsTold, batch: BatchSize
    ) -> None:
        self._marketplace = marketplace
        self._heads = heads
        self._told = told
        self._batch = batch
        self.took_s = 0.0

    @property
    def server_time(self) -> datetime | None:
        """The marketplace's clock at its newest answer."""
        reading = self._marketplace.clock_reading()
        return None if reading is None else reading.server_time

    def push(self, facts: Sequence[Fact]) -> Sequence[FactAnswer]:
        began = self._batch.monotonic()
        try:
            answers = self._marketplace.push(facts, self._heads)
        finally:
            self.took_s = self._batch.monotonic() - began
        self._told.note(self._heads)
        self._batch.went_well(self.took_s)
        return answers


def _deliver(
    counter: Counter, teller: _Teller, batch: BatchSize, open_facts: dict[str, Fact], tally: Tally[FactOutcome]
) -> None:
    """Send the open facts part by part, taking the settled ones out; those of a subject held back stay in."""
    held_back: set[str] = set()
    parts = deque(batch.parts_of(list(open_facts.values())))
    while parts:
        part = [fact for fact in parts.popleft() if fact.subject not in held_back]
        if not part:
            continue
        try:
            answers = teller.push(part)
        except MarketplaceRefused as error:
            if error.reason not in _ABOUT_WHAT_WAS_SENT:
                raise
            if len(part) > 1:
                batch.shrink()
                half = len(part) // 2
                parts.extendleft([part[half:], part[:half]])
                continue
            held_back.add(part[0].subject)
            answers = [FactAnswer(part[0].fact_id, FactOutcome.REFUSED, error.detail, reason="malformed")]
        taken = [answer for answer in answers if not _is_clash(answer)]
        _settle(counter, taken, teller.server_time)
        for answer in taken:
            del open_facts[answer.fact_id]
            tally[answer.outcome] += 1
        if len(taken) < len(answers):
            _go_on_after_clash(counter, [open_facts[answer.fact_id] for answer in answers if _is_clash(answer)])
        if len(answers) < len(part):
            raise MarketplaceUnreachable("not_understood", f"{len(part) - len(answers)} facts without an answer")


def _is_clash(answer: FactAnswer) -> bool:
    """Whether the fact's number stands for another one at the marketplace: this is an older copy, or one of two."""
    return answer.outcome is FactOutcome.REFUSED and answer.reason == NUMBER_CLASH


def _go_on_after_clash(counter: Counter, clashing: Sequence[Fact]) -> NoReturn:
    """Give what waits new numbers, and let it be sent again: after a pause, for a marketplace that takes no number at
    all must not be asked in a loop."""
    go_on_after_clash(counter, max(fact.till_seq for fact in clashing))
    raise MarketplaceUnreachable(NUMBER_CLASH, f"{len(clashing)} facts renumbered")


def _claim(counter: Counter, limit: int) -> tuple[Sequence[Fact], tuple[KnownHead, ...]]:
    with counter.unit_of_work() as uow:
        facts = uow.outbox.claim(limit, counter.clock.now(), CLAIM_S)
        if not facts:
            return (), ()
        heads = ends_of(uow)
        uow.commit()
    return facts, heads


def _settle(counter: Counter, answers: Sequence[FactAnswer], server_time: datetime | None) -> None:
    if not answers:
        return
    with counter.unit_of_work() as uow:
        uow.outbox.settle(answers, counter.clock.now())
        if server_time is not None:
            uow.pulled.note_server_time(server_time, counter.clock.now())
        uow.commit()
    counter.announce(Touched(outbox=True, orders=any(answer.outcome is FactOutcome.CONFLICT for answer in answers)))


def _release(counter: Counter, facts: dict[str, Fact], error: str, pause: timedelta) -> None:
    """Give facts back. They may be sent again at once: the pause after a failure belongs to the network, not to a fact,
    save one that fails alone again and again, which makes way for those behind it."""
    with counter.unit_of_work() as uow:
        now = counter.clock.now()
        uow.outbox.release(list(facts), now, now + pause, error)
        uow.commit()
    counter.announce(Touched(outbox=True))
