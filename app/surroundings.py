"""Owns the real clock, the real ids and the news of commits: what `bootstrap` passes where tests pass their own.

Never read by `domain` or `usecases` directly; they get it through `usecases.ports.Counter`.
"""

from __future__ import annotations

import secrets
import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from app.usecases.ports import Announce, Clock, Touched


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def utc_offset_minutes(self) -> int:
        offset = datetime.now(UTC).astimezone().utcoffset()
        return int(offset.total_seconds() // 60) if offset is not None else 0


class TimeOrderedIds:
    """UUIDs of version 7 (RFC 9562 5.7): 48 bits of milliseconds, 74 random bits.

    Written here because the standard library has them from Python 3.14 on only. Two made in one millisecond have no
    fixed order: what must be in order has a sequence number.
    """

    def __init__(self, clock: Clock, random_bits: Callable[[int], int] = secrets.randbits) -> None:
        self._clock = clock
        self._random_bits = random_bits

    def new(self) -> str:
        milliseconds = int(self._clock.now().timestamp() * 1000) & (1 << 48) - 1
        number = milliseconds << 80 | 7 << 76 | self._random_bits(12) << 64 | 0b10 << 62 | self._random_bits(62)
        return str(uuid.UUID(int=number))


class News:
    """Passes on what each commit touched to whoever listens; may be called and subscribed to from any thread.

    A listener must return at once (it runs on the thread that committed) and must not raise.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: tuple[Announce, ...] = ()

    def __call__(self, touched: Touched) -> None:
        for listener in self._listeners:
            listener(touched)

    def subscribe(self, listener: Announce) -> Callable[[], None]:
        """Have a listener called after each commit. Returns what ends it."""
        with self._lock:
            self._listeners = (*self._listeners, listener)

        def unsubscribe() -> None:
            with self._lock:
                self._listeners = tuple(kept for kept in self._listeners if kept is not listener)

        return unsubscribe
