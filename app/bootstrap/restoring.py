"""Owns putting a backup in the place of a till's data and what is noted about it. No window may be open on them."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from app.bootstrap.core import Core, opened_core
from app.bootstrap.ledger_watch import check_ledger
from app.storage.store import restore
from app.surroundings import SystemClock
from app.usecases.doubt_restored import doubt_what_waits
from app.usecases.long_work import LongWork
from app.usecases.ports import KeyStoreUnavailable
from app.usecases.start_ledger import log_restored

if TYPE_CHECKING:
    from app.bootstrap.window import Places


def put_back(source: Path, places: Places, work: LongWork | None = None) -> Path | None:
    """Restore a backup. Returns where the data that were there are kept, None if there were none.

    Raises:
        StoreUnavailable: `locked`; the backup is `damaged` or of a `newer_version`; the disk failed.
        WorkStopped: nothing has changed.
    """
    kept = restore(source, places.database, now=SystemClock().now(), work=work)
    with opened_core(places.database, places.secrets) as core:
        with contextlib.suppress(KeyStoreUnavailable):  # the window says so when it opens
            check_ledger(core, starting=False)
        note_restored(core)
        core.counter.witness()
    return kept


def note_restored(core: Core) -> None:
    """The journal says that a person put a copy in place; a till without a ledger has no journal yet. What waits may
    have been told since the copy was made."""
    doubt_what_waits(core.counter)
    if core.store.queries.ledger_books().ends():
        log_restored(core.counter)
