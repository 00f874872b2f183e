"""Owns rescue files as the outbox shows them: written onto a stick, read from one, and those whose things wait here. No
widget, no wording."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from app.domain.rescue import RescueRefusal
from app.ui.outbox.state import OutboxSurroundings
from app.ui.task_runner import Lane
from app.usecases.rescue import NothingWritten, RescueImported, RescueWritten
from app.usecases.rescue_ports import RescuedFile

Outcome = RescueWritten | NothingWritten | RescueImported | RescueRefusal


@dataclass(frozen=True, slots=True)
class RescueState:
    """All that the page shows. `unsent`: own facts that nobody has confirmed; `files`: imported here, newest first."""

    unsent: int = 0
    files: Sequence[RescuedFile] = ()
    busy: bool = False
    outcome: Outcome | None = None
    failure: Exception | None = None


class RescueView(Protocol):
    """What the presenter shows itself with."""

    def show_rescue(self, state: RescueState) -> None: ...


class RescuePresenter:
    """One file at a time."""

    def __init__(self, around: OutboxSurroundings, view: RescueView) -> None:
        self._around = around
        self._view = view
        self.state = RescueState()

    def load(self) -> None:
        queries = self._around.queries

        def read() -> tuple[int, Sequence[RescuedFile]]:
            state = queries.outbox_state()
            return state.waiting + state.refused, queries.rescued()

        self._around.runner.run(Lane.LISTS, read, self._read, self._failed)

    def write(self, folder: Path) -> None:
        """Save what nobody has confirmed into a file of that folder."""
        self._do(lambda: self._around.write_rescue(folder))

    def take_in(self, file: Path) -> None:
        """Take a file of another till in; it is passed on with the next exchange."""
        operator = self._around.operator()
        self._do(lambda: self._around.import_rescue(file, operator))

    def _do(self, work: Callable[[], Outcome]) -> None:
        if not self.state.busy:
            self._change(busy=True, outcome=None, failure=None)
            self._around.runner.run(Lane.BOOKS, work, self._done, self._failed)

    def _done(self, outcome: Outcome) -> None:
        self._change(busy=False, outcome=outcome)
        if isinstance(outcome, RescueImported):
            self._around.sync_now()
        self.load()

    def _read(self, found: tuple[int, Sequence[RescuedFile]]) -> None:
        unsent, files = found
        self._change(unsent=unsent, files=files)

    def _failed(self, error: Exception) -> None:
        self._change(busy=False, failure=error)

    def _change(self, **values: Any) -> None:
        self.state = replace(self.state, **values)
        self._view.show_rescue(self.state)
