"""Owns what happens on the sheet that shows the papers: which sample is looked at, how wide, and which is printed. No
widget.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from app.settings import Settings
from app.ui import messages
from app.ui.paper_words import sample_sent_words
from app.ui.task_runner import Lane, Runner, Task
from app.usecases.ports import Counter, TillIdentity
from app.usecases.queries import Queries
from app.usecases.sample_papers import SAMPLES, SampleName, print_sample, sample_paper

WIDE, NARROW = 48, 32
"""Columns on paper of 80 and of 58 mm."""

LayOut = Callable[[Any, int, Settings], Sequence[Any]]
"""A document, columns and settings to the lines that the on-screen paper shows."""


@dataclass(frozen=True, slots=True)
class PapersSurroundings:
    """What the sheet is given.

    Attributes:
        lay_out: sets a document on paper, as the printer would.
        qr_modules: draws a QR.
    """

    counter: Counter
    queries: Queries
    runner: Runner
    settings: Callable[[], Settings]
    lay_out: LayOut
    qr_modules: Callable[[str], Sequence[Sequence[bool]]]


@dataclass(frozen=True, slots=True)
class PapersState:
    """What the sheet shows. `said`: the sentence below the buttons."""

    name: SampleName = SAMPLES[0]
    columns: int = WIDE
    lines: Sequence[Any] = ()
    said: str = ""


class PapersView(Protocol):
    def show_papers(self, state: PapersState) -> None: ...


class PapersPresenter:
    """Looks at one sample at a time."""

    def __init__(self, around: PapersSurroundings, view: PapersView) -> None:
        self._around = around
        self._view = view
        self._task = Task()
        width = around.settings().printer.width_columns
        self.state = PapersState(columns=NARROW if width < (WIDE + NARROW) // 2 else WIDE)

    def look(self) -> None:
        """Show the sample as it would come out now."""
        around, state = self._around, self.state
        self._task.forget()

        def read() -> Sequence[Any]:
            till: TillIdentity = around.queries.identity()
            software, now = around.counter.software, around.counter.clock.now()
            document = sample_paper(state.name, till.shop, till.till_name, software, now)
            return around.lay_out(document, state.columns, around.settings())

        self._task = around.runner.run(Lane.LISTS, read, lambda lines: self._change(lines=lines), self._failed)

    def choose(self, name: SampleName) -> None:
        self._change(name=name, said="")
        self.look()

    def choose_width(self, columns: int) -> None:
        self._change(columns=columns)
        self.look()

    def print(self) -> None:
        """The sample, on the shop's own printer and paper."""
        counter, name = self._around.counter, self.state.name

        def queued(_job: object) -> None:
            self._change(said=sample_sent_words())

        self._around.runner.run(Lane.STORE, lambda: print_sample(counter, name), queued, self._failed)

    def _failed(self, error: Exception) -> None:
        self._change(said=messages.describe_failure(error))

    def _change(self, **values: Any) -> None:
        self.state = replace(self.state, **values)
        self._view.show_papers(self.state)
