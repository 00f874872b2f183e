"""Owns how old things may get before the check-up asks for something to be done. Looks at no content."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.cli.doctor import Finding, Health
from app.i18n import tr
from app.ui.messages import day_and_time

PURGE_OVERDUE = timedelta(days=7)
CONTACT_OVERDUE = timedelta(days=1)
TOKEN_OVERDUE = timedelta(days=45)
RECONCILIATION_OVERDUE = timedelta(days=7)
BACKUP_OVERDUE = timedelta(days=7)
WAITING_TOO_LONG = timedelta(days=1)


def is_overdue(last: datetime, now: datetime, limit: timedelta = PURGE_OVERDUE) -> bool:
    return now - last > limit


def age_of_copies(now: datetime, folders: Sequence[Path]) -> Finding:
    """The newest copy of the database in any of the folders."""
    made = [
        datetime.fromtimestamp(file.stat().st_mtime, UTC)
        for folder in folders
        if folder.is_dir()
        for file in folder.glob("*.sqlite3")
    ]
    if not made:
        text = tr("There is no copy of the database. Make one: comptoir backup, and keep it on another device.")
        return Finding("backup", Health.TO_SEE_TO, text)
    text = tr("The newest copy of the database is of {date}.").format(date=day_and_time(max(made)))
    if is_overdue(max(made), now, BACKUP_OVERDUE):
        again = tr("Make a new one: comptoir backup, and keep it on another device.")
        return Finding("backup", Health.TO_SEE_TO, f"{text} {again}")
    return Finding("backup", Health.OK, text)
