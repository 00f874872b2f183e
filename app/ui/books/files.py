"""Owns archives and exports from the window: which period, which folder, what came of it. No widget, no wording."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from app.domain.closure import last_day_of_month
from app.domain.errors import MoneyDoesNotAddUp
from app.domain.journal import WrongAccounts
from app.domain.merchant import Merchant
from app.domain.operators import Right
from app.ui.books.desk import BooksSurroundings, Period
from app.ui.settings.merchant import day_typed
from app.ui.task_runner import Lane
from app.usecases.export_archive import ArchiveDone, ArchiveRefused
from app.usecases.export_books import ExportDone, ExportKind, ExportRefused
from app.usecases.long_work import LongWork, WorkStopped, unless_stopped


class Span(StrEnum):
    """Periods that one asks for by name."""

    LAST_MONTH = "last_month"
    THIS_MONTH = "this_month"
    LAST_YEAR = "last_year"
    THIS_YEAR = "this_year"


class FilesNotice(StrEnum):
    """What there is to say besides results; worded in `words.py`."""

    NOT_A_DAY = "not_a_day"
    REVERSED = "reversed"
    STOPPED = "stopped"


Outcome = ArchiveDone | ArchiveRefused | ExportDone | ExportRefused | WrongAccounts | MoneyDoesNotAddUp


@dataclass(frozen=True, slots=True)
class FilesState:
    """All that the sheet shows.

    Attributes:
        draft_no: changes whenever the days are to be filled anew.
        work: the file under way.
        kind: of the export that was asked for last.
    """

    first_day: date
    last_day: date
    folder: Path
    draft_no: int = 0
    work: LongWork | None = None
    kind: ExportKind | None = None
    outcome: Outcome | None = None
    said: FilesNotice | Exception | None = None

    @property
    def busy(self) -> bool:
        return self.work is not None

    @property
    def written(self) -> Path | None:
        """What was written last, for opening its folder."""
        if isinstance(self.outcome, ArchiveDone):
            return Path(self.outcome.path)
        if isinstance(self.outcome, ExportDone) and self.outcome.paths:
            return Path(self.outcome.paths[0])
        return None


class FilesView(Protocol):
    """What the presenter shows itself with."""

    def show_files(self, state: FilesState) -> None: ...


class FilesPresenter:
    """One for archives, one for exports; one file at a time."""

    def __init__(self, around: BooksSurroundings, view: FilesView) -> None:
        self._around = around
        self._view = view
        first_day, last_day = days_of(Span.LAST_MONTH, around.today(), Merchant())
        self.state = FilesState(first_day, last_day, around.folder())

    def choose_span(self, span: Span) -> None:
        queries, today = self._around.queries, self._around.today()

        def came(merchant: Merchant) -> None:
            first_day, last_day = days_of(span, today, merchant)
            self._change(first_day=first_day, last_day=last_day, draft_no=self.state.draft_no + 1, said=None)

        self._around.runner.run(Lane.LISTS, queries.merchant, came, self._failed)

    def choose_folder(self, folder: Path) -> None:
        self._change(folder=folder)

    def make_archive(self, first: str, last: str) -> None:
        """Archive the days as typed."""
        around, operator = self._around, self._around.operator()
        self._make(Right.ARCHIVE, first, last, None, lambda period, work: around.make_archive(period, operator, work))

    def make_export(self, kind: ExportKind, first: str, last: str) -> None:
        around, operator = self._around, self._around.operator()
        self._make(
            Right.EXPORT, first, last, kind, lambda period, work: around.make_export(kind, period, operator, work)
        )

    def stop(self) -> None:
        """Nothing of the file under way is left."""
        if self.state.work is not None:
            self.state.work.stop()

    def open_folder(self) -> None:
        if self.state.written is not None:
            self._around.open_path(self.state.written.parent)

    def _make(
        self,
        right: Right,
        first: str,
        last: str,
        kind: ExportKind | None,
        make: Callable[[Period, LongWork], Outcome],
    ) -> None:
        first_day, last_day = day_typed(first.strip()), day_typed(last.strip())
        if self.state.busy:
            return
        if first_day is None or last_day is None:
            self._change(said=FilesNotice.NOT_A_DAY, outcome=None)
            return
        if last_day < first_day:
            self._change(said=FilesNotice.REVERSED, outcome=None)
            return
        period = Period(first_day, last_day, self.state.folder)

        def answered(approved_by: str | None) -> None:
            if approved_by is not None and not self.state.busy:
                work = LongWork()
                self._change(first_day=first_day, last_day=last_day, kind=kind, work=work, outcome=None, said=None)
                self._around.runner.run(Lane.BOOKS, lambda: _made(make, period, work), self._done, self._failed)

        self._around.leave(right, answered)

    def _done(self, outcome: Outcome | WorkStopped) -> None:
        if isinstance(outcome, WorkStopped):
            self._change(work=None, said=FilesNotice.STOPPED)
        else:
            self._change(work=None, outcome=outcome)

    def _failed(self, error: Exception) -> None:
        self._change(work=None, said=error)

    def _change(self, **values: Any) -> None:
        self.state = replace(self.state, **values)
        self._view.show_files(self.state)


def _made(make: Callable[[Period, LongWork], Outcome], period: Period, work: LongWork) -> Outcome | WorkStopped:
    """What was made; closures that are not the sum of their documents are an answer too."""
    try:
        return unless_stopped(lambda: make(period, work))
    except MoneyDoesNotAddUp as error:
        return error


def days_of(span: Span, today: date, merchant: Merchant) -> tuple[date, date]:
    """The first and last day of a named period; what is under way ends today."""
    month = today.replace(day=1)
    year = merchant.fiscal_year_of(today)
    match span:
        case Span.THIS_MONTH:
            return month, today
        case Span.LAST_MONTH:
            before = (month - timedelta(days=1)).replace(day=1)
            return before, last_day_of_month(before)
        case Span.THIS_YEAR:
            return year.first_day, today
        case Span.LAST_YEAR:
            last = merchant.fiscal_year_of(year.first_day - timedelta(days=1))
            return last.first_day, last.last_day
