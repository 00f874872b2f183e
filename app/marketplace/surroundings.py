"""Owns what the server takes from outside: the time, ids and chance, so that tests and the demo can pass their own.

Also the one written form of a moment. Never keeps state of its own.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

OLDEST_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
NEWEST_MOMENT = datetime(2200, 1, 1, tzinfo=UTC)


def uuid7(now: datetime, random_bits: int) -> str:
    """A UUIDv7 as text: 48 bits of milliseconds, then 74 bits of chance."""
    milliseconds = int(now.timestamp() * 1000) & ((1 << 48) - 1)
    high, low = random_bits >> 62 & 0xFFF, random_bits & ((1 << 62) - 1)
    return str(uuid.UUID(int=milliseconds << 80 | 7 << 76 | high << 64 | 2 << 62 | low))


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Attributes:
    now: aware UTC.
    random_bits: that many unguessable bits as a whole number; references, codes and tokens come from it.
    """

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    random_bits: Callable[[int], int] = secrets.randbits

    def new_id(self) -> str:
        return uuid7(self.now(), self.random_bits(74))


def time_text(moment: datetime) -> str:
    """RFC 3339 in UTC with microseconds, always of one length, so that texts sort as moments do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def time_of(text: str) -> datetime:
    """The moment written by `time_text`."""
    return datetime.fromisoformat(text)


def parse_moment(text: str) -> datetime:
    """A moment as somebody else wrote it, in UTC.

    Raises ValueError: no date and time, without an offset, or outside the years 2000 to 2199.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("the time has no offset from UTC")
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("the time is out of range") from None
    if not OLDEST_MOMENT <= moment < NEWEST_MOMENT:
        raise ValueError("the time is out of range")
    return moment
