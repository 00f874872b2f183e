"""Owns whole copies of the database: while the shop sells, and back again. Never opens the till's store itself."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from app.storage.engine import APPLICATION_ID, failures_named
from app.usecases.long_work import KEEPING_ASIDE, PUTTING_BACK, LongWork, WorkStopped
from app.usecases.ports import StoreUnavailable

PAGES_A_STEP = 1000
PAUSE_S = 0.005
_STEPS_BETWEEN_LOOKS = 100_000
"""Of SQLite's machine: some milliseconds."""

_REASONS = {
    errno.ENOSPC: "disk_full",
    errno.EDQUOT: "disk_full",
    errno.EROFS: "read_only",
    errno.EACCES: "read_only",
    errno.EPERM: "read_only",
}

Progress = Callable[[int, int], None]
"""Called with pages copied and pages in all."""


def copy_database(
    source: Path, target: Path, *, stop: threading.Event | None = None, progress: Progress | None = None
) -> None:
    """Copy a database as it is at this moment, in steps with pauses, so that a sale never waits for it.

    The copy reads one snapshot: sales made meanwhile neither appear in it nor start it again. It gets its name only
    when it is whole and on the disk.

    Args:
        stop: set it to give up; the half copy is removed and StoreUnavailable (`io`) raised.
        progress: what it raises ends the copy; told a last time when all is on the disk, before it gets its name.

    Raises:
        StoreUnavailable: `disk_full`, `io`, `read_only`, `damaged`.
    """
    paused = stop or threading.Event()

    pages = 0

    def after_step(_status: int, remaining: int, total: int) -> None:
        nonlocal pages
        pages = total
        if progress is not None:
            progress(total - remaining, total)
        if remaining and paused.wait(PAUSE_S):
            raise StoreUnavailable("io", "the copy was given up")

    part = target.with_name(target.name + ".part")
    try:
        if target.exists() and target.samefile(source):  # what is sold meanwhile would go into a file without a name
            raise StoreUnavailable("io", "a copy onto itself")
        target.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        with failures_named():
            _copy(source, part, after_step)
        _sync(part)
        if progress is not None:
            progress(pages, pages)
        part.replace(target)
        _sync(target.parent)
    except OSError as error:
        raise _failure(error) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def _copy(source: Path, part: Path, after_step: Callable[[int, int, int], None]) -> None:
    reading = sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    try:
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM sqlite_master").close()  # the snapshot is taken by the first read
        writing = sqlite3.connect(part, isolation_level=None)
        try:
            reading.backup(writing, pages=PAGES_A_STEP, progress=after_step)
            writing.execute("PRAGMA journal_mode=DELETE").close()  # one file, nothing beside it
        finally:
            writing.close()
    finally:
        reading.close()


def check_copy(path: Path, work: LongWork | None = None) -> str:
    """The revision of a whole, sound copy.

    Raises:
        WorkStopped: while it was being read.
        StoreUnavailable: `damaged` if it is not a sound Comptoir database, `io` if it cannot be read.
    """
    if not path.is_file():
        raise StoreUnavailable("io", "no such file")
    with failures_named():
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
                raise StoreUnavailable("damaged", "a database of another program")
            if not _is_sound(connection, work or LongWork()):
                raise StoreUnavailable("damaged", "quick_check")
            return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])
        finally:
            connection.close()


def _is_sound(connection: sqlite3.Connection, work: LongWork) -> bool:
    connection.set_progress_handler(lambda: int(work.stopped), _STEPS_BETWEEN_LOOKS)
    try:
        sound = bool(connection.execute("PRAGMA quick_check").fetchone()[0] == "ok")
        work.check()
        return sound
    except sqlite3.OperationalError:
        work.check()
        raise
    finally:
        connection.set_progress_handler(None, 0)


def replace_database(copy: Path, database: Path, aside: Path, now: datetime, work: LongWork | None = None) -> None:
    """Put a checked copy in the database's place; what was there is kept at `aside`. The caller holds the process lock.

    Facts go on with numbers that were never told: the copy does not know which were used since it was made, and the
    marketplace refuses a number that it knows with another content.

    Args:
        work: told how much was copied: of what was there (step `KEEPING_ASIDE`), then of the copy (`PUTTING_BACK`).

    Raises:
        StoreUnavailable, WorkStopped: the database that was there is still, or again, in its place.
    """
    work = work or LongWork()
    if database.exists():
        work.begin(KEEPING_ASIDE)
        _keep_aside(database, aside, work)
    fresh = database.with_name(database.name + ".restored")
    try:
        work.begin(PUTTING_BACK)
        copy_database(copy, fresh, progress=work.go_on)
        with failures_named():
            _leave_fact_numbers_out(fresh, int(now.timestamp()))
        work.keep()
        for suffix in ("-wal", "-shm"):  # of the old file: to the new one they would be damage
            database.with_name(database.name + suffix).unlink(missing_ok=True)
        fresh.replace(database)
        _sync(database.parent)
    except OSError as error:
        raise _failure(error) from error
    except WorkStopped:
        for suffix in ("", "-wal"):  # of what is still in its place
            aside.with_name(aside.name + suffix).unlink(missing_ok=True)
        raise
    finally:
        fresh.unlink(missing_ok=True)


def _leave_fact_numbers_out(database: Path, up_to: int) -> None:
    """`up_to`: seconds since 1970, which no till's facts and no earlier restore can have reached."""
    connection = sqlite3.connect(database, isolation_level=None)
    try:
        connection.execute(
            "INSERT INTO counter (name, value) VALUES ('fact', ?) "
            "ON CONFLICT (name) DO UPDATE SET value = max(value + 1, excluded.value)",
            (up_to,),
        )
    finally:
        connection.close()


def _keep_aside(database: Path, aside: Path, work: LongWork) -> None:
    """Copy what is there; if it is too damaged to be read, keep its bytes as they are, the journal beside them."""
    try:
        copy_database(database, aside, progress=work.go_on)
    except StoreUnavailable as failure:
        if failure.reason != "damaged":
            raise
        try:
            for suffix in ("", "-wal"):
                part = database.with_name(database.name + suffix)
                if part.exists():
                    shutil.copyfile(part, aside.with_name(aside.name + suffix))
        except OSError as error:
            raise _failure(error) from error


def _sync(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return  # a folder cannot be synced there
    handle = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _failure(error: OSError) -> StoreUnavailable:
    return StoreUnavailable(_REASONS.get(error.errno or 0, "io"), error.strerror or type(error).__name__)
