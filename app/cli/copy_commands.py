"""Owns `comptoir backup` and `restore`: copies of the till's database, taken and put back. Holds no rule."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.output import Answer
from app.i18n import tr
from app.paths import backups_dir
from app.usecases.ports import StoreUnavailable

if TYPE_CHECKING:
    from app.bootstrap.core import Core


def run_backup(options: argparse.Namespace, core: Core, database: Path) -> Answer:
    stamp = core.clock.now().strftime("%Y%m%d-%H%M%S")
    target = options.target or backups_dir() / f"comptoir-{stamp}.sqlite3"
    if _is_of_the_database(target, database):
        return Answer(tr("This is the database itself. Name another file for the copy."), reason="own_database")
    core.store.backup(target)
    return Answer(tr("Backed up to {path}.").format(path=target), {"path": str(target)})


def _is_of_the_database(path: Path, database: Path) -> bool:
    """Whether this is the database in use, by whatever name, or a file that SQLite or the lock keeps beside it."""
    if path.exists() and database.exists() and path.samefile(database):
        return True
    beside = {database.name + suffix for suffix in ("", "-wal", "-shm", "-journal", ".lock")}
    return path.name in beside and path.parent.resolve() == database.parent.resolve()


def run_restore(options: argparse.Namespace, database: Path) -> Answer:
    from app.storage.store import restore
    from app.surroundings import SystemClock

    if _is_of_the_database(options.source, database):
        return Answer(tr("This is the database itself. Name the file of a copy."), reason="own_database")
    try:
        kept = restore(options.source, database, now=SystemClock().now())
    except StoreUnavailable as failure:
        if failure.reason != "damaged" and options.source.is_file():
            raise
        text = tr("{path} is no usable copy of a till. Nothing was changed; choose another file.")
        return Answer(text.format(path=options.source), reason=failure.reason)
    text = tr("Restored. What was there before is kept as {path}.") if kept else tr("Restored.")
    return Answer(text.format(path=kept), {"kept": str(kept) if kept else ""})
