"""Owns what `comptoir rescue` and `comptoir marketplace import-rescue` do. Holds no rule."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.output import Answer
from app.domain.rescue import RescueRefusal
from app.ui import rescue_words

if TYPE_CHECKING:
    from app.bootstrap.core import Core


def run_write(options: argparse.Namespace, core: Core) -> Answer:
    """Put all that waits into a file of that folder."""
    from app.storage.rescue_files import RescueFolder
    from app.storage.signing import is_signed_by
    from app.usecases.rescue import RescueWritten, write_rescue

    done = write_rescue(core.counter, core.store.queries, RescueFolder(options.path), is_signed_by)
    if not isinstance(done, RescueWritten):
        return Answer(rescue_words.nothing_written(done), reason=done.value)
    moments = {"first_at": done.first_at.isoformat(), "last_at": done.last_at.isoformat()}
    return Answer(rescue_words.written(done), {"path": done.path, "facts": done.facts, **moments})


def run_import(options: argparse.Namespace, core: Core) -> Answer:
    """Take a file in at this till."""
    from app.storage.rescue_files import read_rescue_file
    from app.storage.signing import is_signed_by
    from app.usecases.rescue import RescueImported, import_rescue

    done = import_rescue(core.counter, read_rescue_file(options.path), is_signed_by, options.operator)
    if not isinstance(done, RescueImported):
        return _refused(done)
    data = {
        "till_letter": done.till_letter,
        "made_at": done.made_at.isoformat(),
        "facts": done.facts,
        "waiting": done.waiting,
        "known": done.known,
    }
    return Answer(rescue_words.imported(done), data)


def run_import_at_marketplace(database_url: str, path: Path) -> Answer:
    """Take a file in on the marketplace's own database."""
    from app.marketplace.relay import RescueTaken, import_file
    from app.marketplace.store import open_store
    from app.storage.rescue_files import read_rescue_file

    data = read_rescue_file(path)
    store = open_store(database_url)
    try:
        done = import_file(store, data)
    finally:
        store.close()
    if not isinstance(done, RescueTaken):
        return _refused(done)
    outcomes = {name: done.outcomes.get(name, 0) for name in ("applied", "duplicate", "conflict", "refused")}
    refused = [{"fact_id": fact_id, "reason": reason} for fact_id, reason in done.refused]
    message = rescue_words.taken_by_marketplace(done.till_letter, outcomes)
    data_shown = {"till_letter": done.till_letter, **outcomes, "refused_facts": refused}
    return Answer(message, data_shown, list(done.refused), reason="facts_refused" if refused else "")


def _refused(reason: RescueRefusal) -> Answer:
    return Answer(rescue_words.refusal(reason), reason=reason.value)
