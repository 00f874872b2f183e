"""Owns when what is done again and again was done last. Never does it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.sqlite import insert

from app.storage.session import Session
from app.storage.tables import upkeep
from app.storage.values import time_of, time_text

_GET = select(upkeep.c.done_at).where(upkeep.c.task == bindparam("of_task"))
_FORGET = delete(upkeep).where(upkeep.c.task == bindparam("of_task"))
_INSERT = insert(upkeep)
_NOTE = _INSERT.on_conflict_do_update(index_elements=[upkeep.c.task], set_={"done_at": _INSERT.excluded.done_at})


class UpkeepRows:
    """Implements `identity_ports.Upkeep`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def done_at(self, task: str) -> datetime | None:
        row = self._session.one(_GET, of_task=task)
        return time_of(row[0]) if row else None

    def note_done(self, task: str, at: datetime) -> None:
        self._session.run(_NOTE, task=task, done_at=time_text(at))

    def forget(self, task: str) -> None:
        self._session.run(_FORGET, of_task=task)
