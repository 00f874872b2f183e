"""Owns emptying the outbox: claim, send, settle or give back. Never decides what a fact means nor when to try again.

    claimed --answer understood--> settled (applied, duplicate: gone; conflict, refused: kept, with the sentence)
            --no answer----------> released: the server may have applied it, and will then answer `duplicate` (I3)
            --whole batch refused-> halved until the bad fact is alone, which is refused with the server's sentence (I9)

Each step is one short transaction; none is open while the network is asked. A crash in between leaves claims that run
out by themselves, and facts that are sent again.
"""

from __future__ import annotations

import contextlib
from collections import Counter as Tally
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from app.domain.facts import Fact
from app.domain.fiscal import KnownHead
from app.sync.heads import HeadsTold, ends_of
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
CLAIM_S = 60.0
"""How long a crash can hold claimed facts back. Only one thread of one process sends, so a claim that runs out during
a slow call does no harm."""
_SET_ASIDE = timedelta(seconds=30)
_ABOUT_WHAT_WAS_SENT = frozenset({"refused", "conflict"})
_MAYBE_ITS_FAULT = frozenset({"server_error", "not_understood", "timeout"})


class BatchSize:
    """How many facts go at once: halves after a failure, doubles after a success. Belongs to one thread."""

    def __init__(self, largest: int = MAX_BATCH) -> None:
        self._largest = largest
        self.facts = largest

    def grow(self) -> None:
        self.facts = min(self.facts * 2, self._largest)

    def shrink(self) -> None:
        self.facts = max(self.facts // 2, 1)


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
    facts, heads = _claim(counter, batch.facts)
    if not facts:
        return Pushed()
    open_facts = {fact.fact_id: fact for fact in facts}
    tally: Tally[FactOutcome] = Tally()
    try:
        _deliver(counter, _Teller(marketplace, heads, told), batch, open_facts, tally)
    except Unavailable as error:
        set_aside = batch.facts == 1 and error.reason in _MAYBE_ITS_FAULT
        if error.reason != "no_network":
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


@dataclass(frozen=True, slots=True)
class _Teller:
    """Sends facts with the ledger's ends of the same moment."""

    marketplace: Marketplace
    heads: tuple[KnownHead, ...]
    told: HeadsTold

    def push(self, facts: Sequence[Fact]) -> Sequence[FactAnswer]:
        answers = self.marketplace.push(facts, self.heads)
        self.told.note(self.heads)
        return answers


def _deliver(
    counter: Counter, teller: _Teller, batch: BatchSize, open_facts: dict[str, Fact], tally: Tally[FactOutcome]
) -> None:
    """Send the open facts part by part, taking the settled ones out; those of a subject held back stay in."""
    held_back: set[str] = set()
    parts = deque([list(open_facts.values())])
    while parts:
        part = [fact for fact in parts.popleft() if fact.subject not in held_back]
        if not part:
            continue
        try:
            answers = teller.push(part)
            batch.grow()
        except MarketplaceRefused as error:
            if error.reason not in _ABOUT_WHAT_WAS_SENT:
                raise
            if len(part) > 1:
                batch.shrink()
                half = len(part) // 2
                parts.extendleft([part[half:], part[:half]])
                continue
            held_back.add(part[0].subject)
            answers = [FactAnswer(part[0].fact_id, FactOutcome.REFUSED, error.detail)]
        _settle(counter, answers)
        for answer in answers:
            del open_facts[answer.fact_id]
            tally[answer.outcome] += 1
        if len(answers) < len(part):
            raise MarketplaceUnreachable("not_understood", f"{len(part) - len(answers)} facts without an answer")


def _claim(counter: Counter, limit: int) -> tuple[Sequence[Fact], tuple[KnownHead, ...]]:
    with counter.unit_of_work() as uow:
        facts = uow.outbox.claim(limit, counter.clock.now(), CLAIM_S)
        if not facts:
            return (), ()
        heads = ends_of(uow)
        uow.commit()
    return facts, heads


def _settle(counter: Counter, answers: Sequence[FactAnswer]) -> None:
    if not answers:
        return
    with counter.unit_of_work() as uow:
        uow.outbox.settle(answers, counter.clock.now())
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
