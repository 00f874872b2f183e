"""Owns the way from any older database to today's tables: which revision it is, a copy first, then step by step.

Never touches a database that is up to date: alembic is not even imported then. A database of a newer Comptoir, or one
that is not ours, is refused. A step that fails leaves the database as it was: all of it is one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from app.storage import (
    connector_tables,  # noqa: F401  # its tables belong to the same metadata
    fiscal_tables,  # noqa: F401  # its tables belong to the same metadata
    reconciliation_tables,  # noqa: F401  # its tables belong to the same metadata
    sale_tables,  # noqa: F401  # the same
)
from app.storage.backup import copy_database
from app.storage.engine import APPLICATION_ID
from app.storage.repositories.pulled import CURSOR
from app.storage.tables import metadata, pulled_state
from app.usecases.ports import StoreUnavailable

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008")
"""All revisions, oldest first; the last is what `tables` describes."""

SCRIPTS = Path(__file__).parent / "migrations"


def bring_up_to_date(
    engine: Engine, path: Path, now: datetime, *, revisions: Sequence[str] = REVISIONS, scripts: Path = SCRIPTS
) -> Path | None:
    """Make the tables of a new database, or migrate an older one after copying it.

    Returns the copy's path, None if nothing had to be migrated.

    Raises:
        StoreUnavailable: `newer_version`, or `damaged` if it is another program's database; or the disk failed.
    """
    with engine.connect() as connection:
        found = stored_revision(connection, revisions)
        connection.rollback()
    if found == revisions[-1]:
        return None
    if found is None:
        _create(engine, revisions[-1])
        return None
    copy = path.parent / "backups" / f"{path.stem}-before-{revisions[-1]}-{now:%Y%m%dT%H%M%S}.sqlite3"
    copy_database(path, copy)
    with engine.begin() as connection:
        _upgrade(connection, scripts)
        connection.execute(pulled_state.delete().where(pulled_state.c.name == CURSOR))  # pull anew, queues stay
    return copy


def check_up_to_date(connection: Connection) -> None:
    """For reading only. Raises StoreUnavailable: `newer_version`, `damaged`, `locked` if it must be migrated first."""
    found = stored_revision(connection, REVISIONS)
    if found is None:
        raise StoreUnavailable("damaged", "no table in it")
    if found != REVISIONS[-1]:
        raise StoreUnavailable("locked", f"revision {found} must be migrated first")


def stored_revision(connection: Connection, revisions: Sequence[str]) -> str | None:
    """The revision a database is at, None if it is empty. Raises StoreUnavailable if it cannot be ours to use."""
    if connection.scalar(text("SELECT count(*) FROM sqlite_master")) == 0:
        return None
    if connection.scalar(text("PRAGMA application_id")) != APPLICATION_ID:
        raise StoreUnavailable("damaged", "a database of another program")
    found = str(connection.scalar(text("SELECT version_num FROM alembic_version")))
    if found not in revisions:
        raise StoreUnavailable("newer_version", f"revision {found}")
    return found


def _create(engine: Engine, revision: str) -> None:
    with engine.begin() as connection:
        metadata.create_all(connection)
        connection.exec_driver_sql(
            "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
            "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
        )
        connection.execute(text("INSERT INTO alembic_version VALUES (:revision)"), {"revision": revision})
        connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")


def _upgrade(connection: Connection, scripts: Path) -> None:
    from alembic import command  # a third of a second: only when there is something to migrate
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
