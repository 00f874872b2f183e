"""Knows an older copy of this till's database by what the marketplace says of it, and goes on so that nothing is
doubled and nothing is stuck. Never sends anything, never gives up a fact.

    the marketplace's last fact is here           all is well, or the marketplace itself was set back: nothing is done
    its number cannot be, so far above ours it is    nothing is believed of it, no number is left out; a person is told
    it is not here, or its number is another's    facts were told that this database lacks: it is an older copy, or two
                                                  copies are at work. Numbers far above all known are drawn from now
                                                  on, what waits is renumbered, and a person is told

A fact keeps its id: one that the marketplace took before the copy was put back is known to it all the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.disagreements import NUMBER_DISBELIEVED, DisagreementKind, disbelieved_id, older_copy_id
from app.domain.fiscal import EventCode
from app.usecases.give_up_leases import give_up_all_leases
from app.usecases.log_event import log_event
from app.usecases.marketplace_port import Disagreement, MarketplaceStatus
from app.usecases.ports import Counter, MarketplaceRefused, Touched, UnitOfWork

NUMBERS_LEFT_OUT = 1000
"""Enough for what a copy at work elsewhere tells before it hears of this one."""
SECONDS_UNTIL_2242 = 2**33
"""`comptoir restore` goes on with a number that is the seconds since 1970, by whatever clock the computer had."""
MOST_AHEAD = 10_000_000
"""No copy of this till told that many facts more than this one, or than the last restore's number: decades of work. Who
says so is broken or hostile, and believing it would use the till's numbers up."""


@dataclass(frozen=True, slots=True)
class OlderCopy:
    """What was found and done.

    Attributes:
        known_seq, known_fact_id: the last fact of this till that the marketplace has.
        drawn_seq: the last number this database had given out.
        renumbered: how many facts that wait have another number now.
    """

    known_seq: int
    known_fact_id: str
    drawn_seq: int
    renumbered: int


def know_older_copy(counter: Counter, status: MarketplaceStatus) -> OlderCopy | None:
    """Look whether the marketplace knows facts of this till that are not here. To be asked before anything is pushed.

    Returns None if not, or if all was done about it before.

    Raises:
        MarketplaceRefused: `other_till`: this computer was paired as another till since this copy was made. Nothing may
            be told under a wrong name: a person must pair it anew.
        StoreUnavailable, KeyStoreUnavailable: nothing was changed.
    """
    with counter.unit_of_work() as uow:
        if status.till_id and status.till_id != uow.identity().till_id:
            raise MarketplaceRefused("other_till")
        if not status.last_seq or uow.fact_numbers.fact_at(status.last_seq) == status.last_fact_id:
            return None
        if not 0 < status.last_seq <= max(uow.fact_numbers.last_drawn(), SECONDS_UNTIL_2242) + MOST_AHEAD:
            if _disbelieve(uow, counter, status.last_seq):
                uow.commit()
                counter.announce(Touched(outbox=True))
            return None
        found = _go_on_above(uow, counter, status.last_seq, status.last_fact_id)
        if found is None:
            return None
        uow.commit()
    counter.announce(Touched(outbox=True))
    return found


def go_on_after_clash(counter: Counter, till_seq: int) -> None:
    """The marketplace said that it knows this number under another fact: give what waits numbers above it.

    Raises:
        StoreUnavailable, KeyStoreUnavailable: nothing was changed.
    """
    with counter.unit_of_work() as uow:
        _renumber(uow, counter, till_seq, "")
        uow.commit()
    counter.announce(Touched(outbox=True))


def _disbelieve(uow: UnitOfWork, counter: Counter, told_seq: int) -> bool:
    """Note it and tell a person, once a day. Whether anything was written."""
    now, drawn = counter.clock.now(), uow.fact_numbers.last_drawn()
    notice_id = disbelieved_id(uow.identity().till_id, now.date().isoformat())
    if uow.exceptions.get(notice_id) is not None:
        return False
    log_event(uow, counter, EventCode.NUMBER_DISBELIEVED, "", {"told": told_seq, "drawn": drawn})
    uow.exceptions.open(
        Disagreement(
            exception_id=notice_id,
            kind=DisagreementKind.CONFLICT.value,
            opened_at=now,
            reason=NUMBER_DISBELIEVED,
            view={"told": told_seq, "drawn": drawn},
        )
    )
    return True


def _go_on_above(uow: UnitOfWork, counter: Counter, known_seq: int, known_fact_id: str) -> OlderCopy | None:
    lowest = uow.fact_numbers.lowest_unsent()
    may_clash = uow.fact_numbers.last_drawn() <= known_seq or 0 < lowest <= known_seq
    is_told = uow.exceptions.get(_notice_id(uow, counter, known_fact_id)) is not None
    return None if is_told and not may_clash else _renumber(uow, counter, known_seq, known_fact_id)


def _renumber(uow: UnitOfWork, counter: Counter, known_seq: int, known_fact_id: str) -> OlderCopy:
    drawn = uow.fact_numbers.last_drawn()
    uow.fact_numbers.leave_out(max(drawn, known_seq) + NUMBERS_LEFT_OUT)
    found = OlderCopy(known_seq, known_fact_id, drawn, uow.fact_numbers.renumber_unsent())
    notice_id = _notice_id(uow, counter, known_fact_id)
    if uow.exceptions.get(notice_id) is None:
        _tell(uow, counter, found, notice_id)
    return found


def _notice_id(uow: UnitOfWork, counter: Counter, known_fact_id: str) -> str:
    """One notice for each fact that shows it; a number refused alone names no fact and is told once a day."""
    return older_copy_id(uow.identity().till_id, known_fact_id or counter.clock.now().date().isoformat())


def _tell(uow: UnitOfWork, counter: Counter, found: OlderCopy, notice_id: str) -> None:
    give_up_all_leases(uow, counter.clock.now())  # they may have passed on, or been used, since this copy was made
    log_event(
        uow,
        counter,
        EventCode.OLDER_COPY,
        "",
        {
            "known": found.known_seq,
            "fact": found.known_fact_id,
            "drawn": found.drawn_seq,
            "renumbered": found.renumbered,
        },
    )
    uow.exceptions.open(
        Disagreement(
            exception_id=notice_id,
            kind=DisagreementKind.OLDER_COPY.value,
            opened_at=counter.clock.now(),
            fact_id=found.known_fact_id,
            view={"till": uow.identity().till_letter, "known": found.known_seq, "drawn": found.drawn_seq},
        )
    )
