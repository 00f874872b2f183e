"""Owns the lease of an order: the right of one till to hand it over without asking. Never reads a clock, never decides
about goods (`order.judge_handover` does).

A lease that was given up is over for this till from that moment, whatever the marketplace's copy still says: the number
of the lease says which one was meant. And time only goes forward: a clock that was set back revives nothing, because
the newest time the marketplace told counts as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

RENEW_BEFORE = timedelta(days=14)
"""A lease runs 15 days: renewed about once a day, so that a till that goes off line has nearly all of it."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right of one till to hand an order over without asking the marketplace, until a moment.

    Attributes:
        until: by the marketplace's clock; it waits longer before it gives the lease to another till.
        number: one higher with each grant; 0 from a marketplace that does not count them.
        wanted_by: the till that waits for it, "" for none; wanted_until: by the marketplace's clock, from then on the
            wish no longer counts.
    """

    till_id: str
    until: datetime
    number: int = 0
    wanted_by: str = ""
    wanted_until: datetime | None = None


def newest_time(now: datetime, server_time: datetime | None) -> datetime:
    """The moment by which a lease has run out or not: by this till's clock or the marketplace's, whichever is later."""
    return now if server_time is None else max(now, server_time)


def is_held(lease: Lease | None, till_id: str, given_up: int | None, newest: datetime) -> bool:
    """Whether a till may use this lease.

    Args:
        given_up: the number of the last lease of this order that the till gave up, None for none.
        newest: see `newest_time`.
    """
    if lease is None or lease.till_id != till_id or newest > lease.until:
        return False
    return given_up is None or lease.number > given_up


def is_asked_back(lease: Lease | None, till_id: str, given_up: int | None, server_time: datetime | None) -> bool:
    """Whether another till waits for a lease that this till has not given up yet, run out or not."""
    if lease is None or lease.till_id != till_id or lease.wanted_by in ("", till_id):
        return False
    if given_up is not None and lease.number <= given_up:
        return False
    return server_time is None or lease.wanted_until is None or server_time < lease.wanted_until


def is_to_be_claimed(lease: Lease | None, till_id: str, given_up: int | None, newest: datetime) -> bool:
    """Whether to ask for the lease of an open order: nobody's, run out, or our own that is not new any more. Not one
    that we gave up and the marketplace still takes for ours: it does not know yet."""
    if lease is None:
        return True
    if lease.till_id != till_id:
        return lease.until <= newest
    if given_up is not None and lease.number <= given_up:
        return False
    return lease.until - newest < RENEW_BEFORE
