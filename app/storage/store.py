"""Owns the opening and closing of the till's database. Never reads or writes a row of it itself."""

from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path
from typing import NoReturn

from app.storage import backup as copies
from app.storage.engine import failures_named, reader_engine, writer_engine
from app.storage.lock import ProcessLock
from app.storage.migrate import REVISIONS, bring_up_to_date, check_up_to_date
from app.storage.outbox import free_claims
from app.storage.purge import PurgeStep, purge_customer_data, purge_step
from app.storage.read_models import StoreQueries
from app.storage.session import Compiler, Session
from app.storage.unit_of_work import Writer
from app.usecases.long_work import LongWork
from app.usecases.ports import Clock, StoreUnavailable, UnitOfWorkFactory


class Store:
    """An open database.

    Attributes:
        unit_of_work: begins a writing transaction.
        queries: answers screens and commands, from any thread.
        connector_books: what a connector to somebody else's marketplace reads and notes, from any thread.
        path: the file.
    """

    def __init__(
        self,
        path: Path,
        queries: StoreQueries,
        unit_of_work: UnitOfWorkFactory,
        writer: Writer | None = None,
        lock: ProcessLock | None = None,
    ) -> None:
        self.path = path
        self.queries = queries
        self.unit_of_work = unit_of_work
        self.connector_books = queries.connector_books(writer)
        self._writer = writer
        self._lock = lock

    def close(self) -> None:
        """Wait for the unit of work under way, then let the database go. Twice does no harm."""
        self.queries.close()
        if self._writer is not None:
            self._writer.close()
        if self._lock is not None:
            self._lock.release()

    def backup(
        self, target: Path, *, stop: threading.Event | None = None, progress: copies.Progress | None = None
    ) -> None:
        """Copy the database while the shop sells; see `backup.copy_database`."""
        copies.copy_database(self.path, target, stop=stop, progress=progress)

    def purge_customer_data(self, before: datetime) -> int:
        """Take customers' data away (I10); see `purge.purge_customer_data`. Raises StoreUnavailable."""
        if self._writer is None:
            raise StoreUnavailable("read_only", "opened for reading")
        return purge_customer_data(self._writer, before)

    def purge_step(self, before: datetime, after: str = "") -> PurgeStep:
        """One short transaction of it, for those who must not wait long; see `purge.purge_step`."""
        if self._writer is None:
            raise StoreUnavailable("read_only", "opened for reading")
        return purge_step(self._writer, before, after)


def open_store(path_or_url: Path | str, *, clock: Clock, read_only: bool = False) -> Store:
    """Open the till's database; it is made if there is none, migrated (after a copy) if it is older.

    Args:
        path_or_url: a file, or `sqlite:///...`.
        read_only: look only; allowed beside a running Comptoir, and never changes the file.

    Raises:
        StoreUnavailable: `locked` (another Comptoir has it), `newer_version`, `damaged`, `disk_full`, `read_only`,
            `io`.
    """
    path = _path_of(path_or_url)
    return _open_for_reading(path, clock) if read_only else _open_for_writing(path, clock)


def restore(source: Path, path_or_url: Path | str, *, now: datetime, work: LongWork | None = None) -> Path | None:
    """Put a backup in the database's place. No Comptoir may be running on it.

    Returns where the database that was there is kept, None if there was none.

    Raises:
        StoreUnavailable: `locked`; the backup is `damaged` or of a `newer_version`; the disk failed. Then nothing has
            changed.
        WorkStopped: nothing has changed.
    """
    path = _path_of(path_or_url)
    if copies.check_copy(source, work) not in REVISIONS:
        raise StoreUnavailable("newer_version", "the backup")
    _make_folder(path)
    lock = ProcessLock(path)
    lock.acquire()
    try:
        aside = path.parent / "backups" / f"{path.stem}-before-restore-{now:%Y%m%dT%H%M%S}.sqlite3"
        had_one = path.exists()
        copies.replace_database(source, path, aside, now, work)
        return aside if had_one else None
    finally:
        lock.release()


def _open_for_writing(path: Path, clock: Clock) -> Store:
    _make_folder(path)
    lock = ProcessLock(path)
    lock.acquire()
    try:
        engine = writer_engine(path)
        with failures_named():
            bring_up_to_date(engine, path, clock.now())
            pooled = engine.raw_connection()
        driver_connection = pooled.driver_connection
        pooled.detach()
        writer = Writer(driver_connection, Compiler(engine.dialect), clock)
        _free_claims(writer)
        queries = StoreQueries(reader_engine(path), Compiler(engine.dialect), clock)
    except BaseException:
        lock.release()
        raise
    return Store(path, queries, writer, writer, lock)


def _open_for_reading(path: Path, clock: Clock) -> Store:
    if not path.is_file():
        raise StoreUnavailable("io", "no such file")
    engine = reader_engine(path)
    with failures_named(), engine.connect() as connection:
        check_up_to_date(connection)
    return Store(path, StoreQueries(engine, Compiler(engine.dialect), clock), _refuse_to_write)


def _refuse_to_write() -> NoReturn:
    raise StoreUnavailable("read_only", "opened for reading")


def _free_claims(writer: Writer) -> None:
    session = Session(writer.connection, writer.compiler)
    free_claims(session)
    session.close()


def _path_of(path_or_url: Path | str) -> Path:
    text = str(path_or_url)
    if text.startswith("sqlite:///"):
        return Path(text.removeprefix("sqlite:///"))
    if "://" in text:
        raise StoreUnavailable("io", "only SQLite files are opened by this version")
    return Path(text)


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnavailable("read_only" if isinstance(error, PermissionError) else "io", "the folder") from error
