"""What a use case needs besides a store: a clock set by hand, ids that count, keys, and ears for announcements."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from app.usecases.ports import Counter, Touched, UnitOfWorkFactory

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
A_KEY = bytes(range(32))


class HandSetClock:
    """Stands still until told otherwise."""

    def __init__(self, now: datetime = NOON, utc_offset_minutes: int = 60) -> None:
        self._now = now
        self._utc_offset_minutes = utc_offset_minutes

    def now(self) -> datetime:
        return self._now

    def utc_offset_minutes(self) -> int:
        return self._utc_offset_minutes

    def go_on(self, **by: float) -> None:
        """`clock.go_on(minutes=11)`."""
        self._now += timedelta(**by)


class CountingIds:
    """id-000001, id-000002 ...: unique and sorted by time, as the real ones; from any thread."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def new(self) -> str:
        return f"id-{next(self._numbers):06d}"


class MemorySecrets:
    """The key store in memory. `weaker_way` as on a bare Linux if told so."""

    def __init__(self, keys: Mapping[str, bytes] | None = None, weaker_way: bool = False) -> None:
        self._keys = dict({"7": A_KEY} if keys is None else keys)
        self._token: str | None = None
        self.weaker_way = weaker_way

    def pickup_keys(self) -> Mapping[str, bytes]:
        return dict(self._keys)

    def device_token(self) -> str | None:
        return self._token

    def set_device_token(self, token: str | None) -> None:
        self._token = token

    def set_pickup_keys(self, keys: Mapping[str, bytes]) -> None:
        self._keys = dict(keys)


class HeardAnnouncements(list[Touched]):
    """An `Announce` that remembers what it was told."""

    def __call__(self, touched: Touched) -> None:
        self.append(touched)


def a_counter(
    unit_of_work: UnitOfWorkFactory,
    *,
    clock: HandSetClock | None = None,
    secrets: MemorySecrets | None = None,
    announce: HeardAnnouncements | None = None,
) -> Counter:
    """A `Counter` with everything handmade: `a_counter(store.unit_of_work)`."""
    return Counter(
        unit_of_work=unit_of_work,
        clock=clock or HandSetClock(),
        ids=CountingIds(),
        keys=secrets or MemorySecrets(),
        announce=announce if announce is not None else HeardAnnouncements(),
        software="Comptoir 0.1.0",
    )
