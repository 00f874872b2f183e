"""One till of the storm through all its lives: its process, its home, its papers, and how far it is."""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.journeys.processes import Child
from tests.storm.audit import TillLeft

TILLS = ("Caisse avant", "Caisse arrière", "Retraits")


@dataclass
class TillUnderStorm:
    """One till's process, home and papers, through all its lives."""

    number: int
    folder: Path
    child: Child | None = None
    dies_by_itself: bool = False
    _born_at: int = 0

    @property
    def left(self) -> TillLeft:
        return TillLeft(TILLS[self.number], self.home / "data" / "comptoir.sqlite3", self.folder / "journal.jsonl")

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def errors(self) -> Path:
        return self.folder / "errors.txt"

    def begin_life(self, child: Child) -> None:
        self.child = child
        journal = self.left.journal
        self._born_at = journal.stat().st_size if journal.exists() else 0

    def acts_of_this_life(self) -> int:
        """How many lines its journal has grown by; cheap, it is asked for often."""
        if not self.left.journal.exists():
            return 0
        with self.left.journal.open("rb") as journal:
            journal.seek(self._born_at)
            return journal.read().count(b"\n")

    @property
    def is_at_rest(self) -> bool:
        """Whether the clerk of this life has gone home."""
        promises = self.left.promises
        return self.child is not None and bool(promises) and promises[-1].get("at_rest") == self.child.pid

    def state(self) -> Mapping[str, Any]:
        """What waits in its outbox, by state, and how far it has read the marketplace's feed."""
        connection = sqlite3.connect(f"{self.left.database.as_uri()}?mode=ro", uri=True)
        try:
            waiting = dict(
                connection.execute("SELECT state, count(*) FROM outbox WHERE state <> 'conflicted' GROUP BY state")
            )
            cursor = connection.execute("SELECT value FROM pulled_state WHERE name = 'cursor'").fetchone()
        finally:
            connection.close()
        return {"waiting": waiting, "cursor": _position(cursor[0]) if cursor else 0}


def _position(cursor: str) -> int:
    """The number in the reference marketplace's cursor."""
    decoded = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    return int(decoded.split(".")[1])


def last_lines(path: Path) -> list[str]:
    if not path.exists():
        return []
    return path.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
