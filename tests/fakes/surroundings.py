"""What a use case needs besides a store: a clock set by hand, ids that count, keys, and ears for announcements."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from app.domain.fiscal import KnownHead
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
        self._other_token: str | None = None
        self._fiscal_key: str | None = None
        self._heads: Sequence[KnownHead] = ()
        self.weaker_way = weaker_way

    def pickup_keys(self) -> Mapping[str, bytes]:
        return dict(self._keys)

    def device_token(self) -> str | None:
        return self._token

    def set_device_token(self, token: str | None) -> None:
        if token != self._token:
            self._other_token = None if token is None else self._token
        self._token = token

    def use_other_device_token(self) -> bool:
        if self._other_token is None:
            return False
        self._token, self._other_token = self._other_token, self._token
        return True

    def set_pickup_keys(self, keys: Mapping[str, bytes]) -> None:
        self._keys = dict(keys)

    def fiscal_key(self) -> str | None:
        return self._fiscal_key

    def set_fiscal_key(self, pem: str) -> None:
        self._fiscal_key = pem

    def known_heads(self) -> Sequence[KnownHead]:
        return self._heads

    def set_known_heads(self, heads: Sequence[KnownHead]) -> None:
        self._heads = tuple(heads)


class DigestSigner:
    """Signs without a key pair: a keyed digest of the right length, quick and always the same."""

    def __init__(self, name: str = "a") -> None:
        self._name = name

    @property
    def key_id(self) -> str:
        return hashlib.sha256(self._name.encode()).hexdigest()[:16]

    @property
    def public_pem(self) -> str:
        return f"public key {self._name}"

    def sign(self, digest: bytes) -> bytes:
        return hashlib.sha512(self._name.encode() + digest).digest()


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
        signer=DigestSigner(),
    )
