"""Owns the thread of one printer: takes the jobs that are its own, prints each once, says how that went.

Between two jobs it opens the drawer if somebody asked, and asks an idle printer now and then how it does. Never decides
which printer a job belongs to (`print_routes`), nor what comes first (`print_order`).
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

from app.printing.print_order import is_too_late, next_paper
from app.printing.print_routes import Routes, Stand
from app.printing.printer import PrinterState, PrinterStatus
from app.usecases.ports import (
    PRINTED_ON,
    TOO_LATE,
    Clock,
    PrinterUnavailable,
    PrintJob,
    PrintQueue,
    PrintState,
    StoreUnavailable,
    UnitOfWorkFactory,
)

_log = logging.getLogger(__name__)

DRAWER_WINDOW = timedelta(seconds=30)
"""A drawer opened later than this after the sale would open on nobody's word."""

KICK_WINDOW = timedelta(seconds=10)
"""A drawer somebody asked to open is opened within this, or stays shut."""

UNPRINTABLE = "unprintable"
"""Why a job is `unknown` that cannot be read or laid out."""

_UNREADABLE = ("damaged", "newer_version")
"""Of one document. Where the whole store is damaged, saying so of the job fails too."""

TRIES_BEFORE_HANDING_ON = 3
"""So often a printer fails in a row before what it surely did not print goes to another one."""


class PrintWorker:
    """One printer and its thread. Made and driven by `spooler.Spooler`."""

    def __init__(
        self,
        index: int,
        stand: Stand,
        routes: Routes,
        unit_of_work: UnitOfWorkFactory,
        clock: Clock,
        on_change: Callable[[], None],
        on_handed_on: Callable[[int], None],
        before_first: Callable[[], None],
        retry_after_s: tuple[float, ...],
        look_every_s: float | None,
    ) -> None:
        """Args:
        index: which of the stands this is.
        on_handed_on: told the stand that got a job of this one.
        before_first: done before the first job, again while the store fails.
        retry_after_s: rests between tries while the printer or the store fails; the last one is repeated.
        look_every_s: how often an idle printer is asked how it does; None for never.
        """
        self._index = index
        self._stand = stand
        self._routes = routes
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._on_change = on_change
        self._on_handed_on = on_handed_on
        self._before_first = before_first
        self._retry_after_s = retry_after_s
        self._look_every_s = look_every_s
        self._wake = threading.Condition()
        self._drawers_asked: deque[datetime] = deque()
        self._kicked = False
        self._impatient = False
        self._look_asked = False
        self._stopping = False
        self._failures = 0
        self._thread = threading.Thread(target=self._run, name=f"print {index}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def kick(self) -> None:
        """There may be something to print. Cuts no rest short."""
        with self._wake:
            self._kicked = True
            self._wake.notify_all()

    def retry_now(self) -> None:
        """Print what waits at once; if nothing does, ask the printer how it is."""
        with self._wake:
            self._kicked = self._impatient = self._look_asked = True
            self._wake.notify_all()

    def open_drawer(self) -> None:
        """Open the drawer as soon as nothing is printing; `news` hears whether it opened."""
        with self._wake:
            self._drawers_asked.append(self._clock.now())
            self._impatient = True
            self._wake.notify_all()

    def call_off(self) -> None:
        """Print nothing more; what waits for the printer ends soon."""
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
        self._stand.printer.abort()

    def ended(self, limit_s: float) -> bool:
        """Whether the thread ended in time."""
        if self._thread.is_alive():
            self._thread.join(limit_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        self._with_the_store(self._before_first)
        while not self._stopping:
            self._open_drawers()
            job = self._with_the_store(self._take)
            if job is not None:
                self._look_asked = False
                self._print(job)
            elif self._look_asked:
                self._look_asked = self._impatient = False
                self._look()
            else:
                self._wait_for_work()

    def _take(self) -> PrintJob | None:
        now, changed, job = self._clock.now(), False, None
        with self._unit_of_work() as uow:
            mine = [paper for paper in uow.print_queue.waiting() if self._routes.of(paper) == self._index]
            for paper in mine:
                if is_too_late(paper, now):
                    uow.print_queue.set_state(paper.job_id, PrintState.FAILED, TOO_LATE, now)
                    changed = True
            chosen = next_paper([paper for paper in mine if not is_too_late(paper, now)], now)
            if chosen is not None:
                job = _read(uow.print_queue, chosen.job_id)
                state, why = (PrintState.PRINTING, "") if job is not None else (PrintState.UNKNOWN, UNPRINTABLE)
                uow.print_queue.set_state(chosen.job_id, state, why, now)
                changed = True
            if changed:
                uow.commit()
        if changed:
            self._on_change()
        if chosen is not None and job is None:
            self.kick()  # the next one can be read, perhaps
        return job

    def _print(self, job: PrintJob) -> None:
        drawer = job.open_drawer and self._is_fresh(job)
        try:
            self._stand.printer.print_document(job.document, open_drawer=drawer)
        except PrinterUnavailable as error:
            _log.info("print job %s: %s", job.job_id, error)
            self._settle(job, _state_after(error), error.reason)
            if drawer and job.attempts == 0:
                self._stand.news.drawer_stayed_shut(error.reason)
        except Exception:  # noqa: BLE001  # a document nobody can lay out must not stop the others
            _log.exception("print job %s cannot be printed", job.job_id)
            self._settle(job, PrintState.UNKNOWN, UNPRINTABLE)
        else:
            self._settle(job, PrintState.DONE, self._where(job))
            if drawer:
                self._tell_of_drawer()

    def _tell_of_drawer(self) -> None:
        if self._stand.printer.live:
            self._stand.news.drawer_opened()
        else:
            self._stand.news.drawer_stayed_shut("not_live")

    def _where(self, job: PrintJob) -> str:
        """ "" where it belongs, else which printer has it."""
        return "" if self._routes.is_home(job.job_id, job.kind, self._index) else PRINTED_ON + self._stand.name

    def _settle(self, job: PrintJob, state: PrintState, error: str) -> None:
        self._with_the_store(lambda: self._record(job, state, error))
        if state is PrintState.FAILED:
            self._failures += 1
            self._stand.news.failed(error)
            if self._failures >= TRIES_BEFORE_HANDING_ON:
                self._routes.note(self._index, failing=True)
            self._hand_on_or_rest(job)
            return
        self._failures = 0
        self._routes.note(self._index, failing=False)
        self._routes.forget(job.job_id)
        if state is PrintState.DONE:
            self._stand.news.printed()
        elif state is PrintState.UNKNOWN and error != UNPRINTABLE:
            self._stand.news.failed(error)

    def _hand_on_or_rest(self, job: PrintJob) -> None:
        taker = self._routes.hand_on(job.job_id, job.kind, self._index)
        if taker is None:
            self._rest(self._failures - 1)
        else:
            _log.info("print job %s: handed on to %s", job.job_id, taker)
            self._on_handed_on(taker)

    def _record(self, job: PrintJob, state: PrintState, error: str) -> None:
        with self._unit_of_work() as uow:
            if self._stopping and _was_taken_since(uow.print_queue, job):
                return
            uow.print_queue.set_state(job.job_id, state, error, self._clock.now())
            uow.commit()
        self._on_change()

    def _is_fresh(self, job: PrintJob) -> bool:
        return timedelta(0) <= self._clock.now() - job.created_at <= DRAWER_WINDOW

    def _open_drawers(self) -> None:
        while self._drawers_asked:
            asked_at = self._drawers_asked.popleft()
            try:
                if not timedelta(0) <= self._clock.now() - asked_at <= KICK_WINDOW:
                    raise PrinterUnavailable("timeout", "the printer was busy")
                self._stand.printer.open_drawer()
            except PrinterUnavailable as error:
                _log.info("the drawer stays shut: %s", error)
                self._stand.news.drawer_stayed_shut(error.reason)
            except Exception:  # noqa: BLE001  # as for a document: what nobody foresaw must not end the printing
                _log.exception("the drawer cannot be opened")
                self._stand.news.drawer_stayed_shut("io")
            else:
                self._stand.news.drawer_opened()

    def _wait_for_work(self) -> None:
        look_every_s = self._look_every_s if self._stand.printer.live else None
        with self._wake:
            awake = self._wake.wait_for(lambda: self._kicked or self._drawers_asked or self._stopping, look_every_s)
            self._kicked = False
        if not awake:
            self._look()

    def _look(self) -> None:
        """Nothing is to be done: ask the printer, so that the shop hears of the end of the paper before a customer."""
        try:
            status = self._stand.printer.status()
        except Exception:  # noqa: BLE001  # as for a document: what nobody foresaw must not end the printing
            _log.exception("the printer cannot be asked how it does")
            return
        if self._stopping:
            return
        self._stand.news.looked(status)
        well = status.state in (PrinterState.READY, PrinterState.SILENT)
        self._failures = 0 if well else max(self._failures, TRIES_BEFORE_HANDING_ON)
        self._routes.note(self._index, failing=not well)

    def status(self) -> PrinterStatus:
        return self._stand.printer.status()

    def _with_the_store(self, act: Callable[[], PrintJob | None]) -> PrintJob | None:
        """Do it, again and again if the store fails, until it is done or the printing is stopped; a first try is always
        made.
        """
        tries = 0
        while True:
            try:
                return act()
            except StoreUnavailable as error:
                _log.info("print queue: %s", error)
                self._rest(tries)
                tries += 1
            if self._stopping:
                return None

    def _rest(self, so_often: int) -> None:
        rest_s = self._retry_after_s[min(so_often, len(self._retry_after_s) - 1)]
        with self._wake:
            self._wake.wait_for(lambda: self._impatient or self._stopping, rest_s)
            self._impatient = False


def _read(queue: PrintQueue, job_id: str) -> PrintJob | None:
    """A job with what it says; None if that cannot be read (any more). Raises StoreUnavailable for anything else."""
    try:
        return queue.get(job_id)
    except StoreUnavailable as error:
        if error.reason not in _UNREADABLE:
            raise
        _log.warning("print job %s cannot be read: %s", job_id, error)
        return None


def _was_taken_since(queue: PrintQueue, job: PrintJob) -> bool:
    """Whether another worker has begun it after this one, which was called off and took long to end: what became of it
    then is not this one's to say."""
    now = _read(queue, job.job_id)
    return now is None or now.attempts > job.attempts + 1


def _state_after(error: PrinterUnavailable) -> PrintState:
    match error.reason:
        case "unknown":
            return PrintState.UNKNOWN
        case "no_printer":
            return PrintState.CANCELLED
        case _:
            return PrintState.FAILED
