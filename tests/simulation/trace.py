"""Owns the record of what happened: a hash that two runs of one seed must share, and the last lines for a person.

Never holds a secret or anything that is not a consequence of the seed.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable

LAST_LINES = 40


class Trace:
    def __init__(self, written_now: Callable[[], str], echo: Callable[[str], None] | None = None) -> None:
        """Args: written_now: the town's time, as shown; echo: told each line, to follow a run."""
        self._written_now = written_now
        self._echo = echo
        self._hash = hashlib.sha256()
        self.last: deque[str] = deque(maxlen=LAST_LINES)
        self.length = 0

    def note(self, who: str, what: str) -> None:
        line = f"{self._written_now()}  {who:<10} {what}"
        self._hash.update(line.encode())
        self._hash.update(b"\n")
        self.last.append(line)
        self.length += 1
        if self._echo is not None:
            self._echo(line)

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()[:16]
