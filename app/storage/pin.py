"""Owns how a PIN is turned into a hash and held against one: argon2id. Never stores one, never logs one.

A PIN is short: whoever has a copy of the database can try all of them. The hash makes each try cost memory and time;
the real protection is that the file is not given away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argon2

MEMORY_KIB = 19_456
PASSES = 2
"""What OWASP asks for at least; one PIN is held against every operator's hash, so more would be felt at the counter."""


class Argon2PinHasher:
    """Implements `ports.PinHasher`. The library is imported with the first PIN, not at the start."""

    def __init__(self, memory_kib: int = MEMORY_KIB, passes: int = PASSES) -> None:
        self._memory_kib = memory_kib
        self._passes = passes
        self._made: argon2.PasswordHasher | None = None

    def hash(self, pin: str) -> str:
        return self._hasher().hash(pin)

    def matches(self, pin_hash: str, pin: str) -> bool:
        from argon2.exceptions import InvalidHashError, VerificationError

        try:
            return self._hasher().verify(pin_hash, pin)
        except (VerificationError, InvalidHashError):
            return False

    def _hasher(self) -> argon2.PasswordHasher:
        import argon2

        if self._made is None:
            self._made = argon2.PasswordHasher(
                time_cost=self._passes, memory_cost=self._memory_kib, parallelism=1, type=argon2.Type.ID
            )
        return self._made
