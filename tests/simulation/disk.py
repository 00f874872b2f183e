"""Owns what a till's disk does: commits that end the machine before, after or in the middle, a disk that is full, and
what is left of the files when the power comes back.

The store runs with `synchronous=OFF` in the town; what would have been durable is decided here. A commit that returned
is durable (the product asks for `synchronous=FULL`, which a test of its own holds); one under way when the power goes
may be there whole, or the end of the log is torn at any byte, and then nothing of it may be there.
"""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from random import Random
from typing import Any

from tests.simulation.schedule import Died

_WAL_HEADER, _FRAME_HEADER = 32, 24
BEFORE, AFTER, TORN = "before", "after", "torn"


class Disk:
    """The writer's connection as the store sees it: passes everything on, until the machine dies.

    Attributes:
        real: the driver's connection.
        commits: how many were made.
        full: commits fail for lack of room.
        on_commit: called before each commit, with nothing else allowed to happen.
    """

    def __init__(self, real: sqlite3.Connection) -> None:
        self.real = real
        self.commits = 0
        self.full = False
        self.dead = False
        self.torn = False
        self._death = ""
        self._commits_to_live = 0
        self._changes_before = 0
        real.execute("PRAGMA synchronous=OFF").close()

    def die_at_commit(self, where: str, after_commits: int) -> None:
        """The machine dies at a commit: `before` it, `after` it or in the middle (`torn`); so many commits live on."""
        self._death, self._commits_to_live = where, after_commits

    # --- what the store uses ---

    @property
    def in_transaction(self) -> bool:
        return not self.dead and self.real.in_transaction

    def execute(self, sql: str, parameters: Any = ()) -> sqlite3.Cursor:
        self._alive()
        if sql.startswith("BEGIN"):
            self._changes_before = self.real.total_changes
        if sql == "COMMIT":
            return self._commit()
        return self.real.execute(sql, parameters)

    def executemany(self, sql: str, parameters: Any) -> sqlite3.Cursor:
        self._alive()
        return self.real.executemany(sql, parameters)

    def cursor(self) -> sqlite3.Cursor:
        self._alive()
        return self.real.cursor()

    def close(self) -> None:
        self.real.close()

    # --- what befalls it ---

    def _alive(self) -> None:
        if self.dead:
            raise Died

    def _commit(self) -> sqlite3.Cursor:
        dies = self._death if self._death and self._commits_to_live == 0 else ""
        self._commits_to_live -= 1
        if self.full:
            failure = sqlite3.OperationalError("database or disk is full")
            failure.sqlite_errorcode = sqlite3.SQLITE_FULL
            failure.sqlite_errorname = "SQLITE_FULL"
            raise failure
        if dies == BEFORE:
            self.die()
        if dies == TORN:
            self.real.execute("PRAGMA wal_autocheckpoint=0").close()
        done = self.real.execute("COMMIT")
        self.commits += 1
        if dies:
            self.torn = dies == TORN and self.real.total_changes > self._changes_before  # else it wrote nothing
            self.die()
        return done

    def die(self) -> None:
        self.dead = True
        raise Died


def salvage(database: Path, into: Path, torn: bool, chance: Random) -> None:
    """Take a dead machine's files as they are; if the last commit was under way, the log breaks off inside it."""
    into.mkdir(parents=True)
    shutil.copyfile(database, into / database.name)
    log = database.with_name(database.name + "-wal")
    if not log.exists():
        return
    content = log.read_bytes()
    if torn:
        begin, end = _last_commit(content)
        if end > begin:
            content = content[: begin + int((end - begin) * chance.random())]
    (into / log.name).write_bytes(content)


def _last_commit(log: bytes) -> tuple[int, int]:
    """Where in the write-ahead log the last transaction begins and ends."""
    page_size = int.from_bytes(log[8:12], "big") if len(log) >= _WAL_HEADER else 0
    if not page_size:
        return 0, 0
    salts = log[16:24]
    ends = [_WAL_HEADER]
    at = _WAL_HEADER
    while at + _FRAME_HEADER + page_size <= len(log) and log[at + 8 : at + 16] == salts:
        is_commit = log[at + 4 : at + 8] != b"\0\0\0\0"
        at += _FRAME_HEADER + page_size
        if is_commit:
            ends.append(at)
    return (ends[-2], ends[-1]) if len(ends) > 1 else (0, 0)
