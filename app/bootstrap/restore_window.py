"""Owns the window in which a backup is put in the place of a till's data, between two windows of the till: how far it
is, and stopping it. Holds no rule: what is done is `restoring.put_back`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app.bootstrap.restoring import put_back
from app.ui.restore_sheet import RestoreSheet
from app.ui.style.look import Look
from app.ui.task_runner import Lane, TaskRunner
from app.usecases.long_work import LongWork

if TYPE_CHECKING:
    from app.bootstrap.window import Places


def put_back_watched(look: Look, backup: Path, places: Places) -> Path | None:
    """As `put_back`, beside the main thread, with a window; closing it stops the work as its button does.

    Raises: as `put_back`; WorkStopped if a person stopped it.
    """
    work, runner = LongWork(), TaskRunner()
    sheet = RestoreSheet(look, backup.name, work)
    ended: list[Path | Exception | None] = []

    def end(result: Path | Exception | None) -> None:
        ended.append(result)
        sheet.end()

    def restore() -> Path | Exception | None:
        try:
            return put_back(backup, places, work)
        except Exception as failure:  # noqa: BLE001  # raised again below, in the thread that asked
            return failure

    runner.run(Lane.BOOKS, restore, end)
    sheet.stay()
    runner.close()
    [result] = ended
    if isinstance(result, Exception):
        raise result
    return result
