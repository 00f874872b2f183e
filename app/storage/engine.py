"""Owns connections to the database: how each is set up, and what its failures mean. Never knows a table.

One connection writes (under the store's fair lock), any number read. Both are in the driver's autocommit mode: the
transaction statements are ours, because the driver's own would begin a write late and then fail instead of waiting.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool, QueuePool

from app.usecases.ports import StoreUnavailable

BUSY_TIMEOUT_S = 5.0
APPLICATION_ID = 0x434D5054
""" "CMPT" in the file's header: tells our database from any other SQLite file."""

_WRITER_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA recursive_triggers=ON",  # so that REPLACE removes nothing that a trigger protects (R1)
    "PRAGMA secure_delete=ON",  # a customer's name that was purged is not left in a free page
    "PRAGMA wal_autocheckpoint=4000",  # 16 MB of log: with the usual 1000 pages every seventh sale syncs twice more
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-64000",
)
_READER_PRAGMAS = ("PRAGMA query_only=ON", "PRAGMA temp_store=MEMORY", "PRAGMA cache_size=-8000")

_REASONS = {
    sqlite3.SQLITE_FULL: "disk_full",
    sqlite3.SQLITE_BUSY: "busy",
    sqlite3.SQLITE_LOCKED: "busy",
    sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_PERM: "read_only",
    sqlite3.SQLITE_AUTH: "read_only",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_NOTADB: "damaged",
    sqlite3.SQLITE_IOERR: "io",
    sqlite3.SQLITE_CANTOPEN: "io",
    sqlite3.SQLITE_PROTOCOL: "io",
}
_EXTENDED_REASONS = {sqlite3.SQLITE_IOERR_SHMSIZE: "disk_full"}  # the WAL index cannot grow


def writer_engine(path: Path) -> Engine:
    """An engine whose connections may write: durable at commit, waiting `BUSY_TIMEOUT_S` for other programs."""
    engine = create_engine("sqlite://", creator=lambda: _connect(path, _WRITER_PRAGMAS), poolclass=NullPool)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def reader_engine(path: Path) -> Engine:
    """An engine whose connections cannot write; each is used by one thread at a time."""
    return create_engine(
        "sqlite://",
        creator=lambda: _connect(path, _READER_PRAGMAS, "?mode=ro"),
        poolclass=QueuePool,
        pool_size=4,
        max_overflow=-1,
        pool_reset_on_return=None,
    )


def _connect(path: Path, pragmas: tuple[str, ...], query: str = "") -> sqlite3.Connection:
    connection = sqlite3.connect(
        path.absolute().as_uri() + query,
        uri=True,
        timeout=BUSY_TIMEOUT_S,
        isolation_level=None,
        check_same_thread=False,  # never used by two threads at once: the fair lock and the pool see to that
        cached_statements=256,
    )
    try:
        for pragma in pragmas:
            connection.execute(pragma).close()
    except BaseException:
        connection.close()
        raise
    return connection


@contextlib.contextmanager
def failures_named() -> Iterator[None]:
    """Turn failures of the world inside the block into StoreUnavailable; what is a bug of ours passes as it is."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        named = named_failure(error.orig if isinstance(error, DBAPIError) else error)
        if named is None:
            raise
        raise named from error


def named_failure(error: BaseException | None) -> StoreUnavailable | None:
    """The failure of the world behind a driver's exception, None if there is none. Its detail names no row."""
    code = getattr(error, "sqlite_errorcode", None)
    if not isinstance(error, sqlite3.Error) or code is None:
        return None
    reason = _EXTENDED_REASONS.get(code) or _REASONS.get(code & 0xFF)
    return StoreUnavailable(reason, error.sqlite_errorname) if reason else None
