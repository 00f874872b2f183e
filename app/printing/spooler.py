"""Owns the printing of queued jobs on one worker thread: oldest first, each once, never in the way of a sale.

A job was put into the queue by the transaction of the sale; the spooler comes after the commit:

    queued -> printing -> done
                       -> failed     nothing is on paper: tried again after 1, 2, 4, 8, then every 10 seconds, before
                       younger jobs -> unknown    some of it may be on paper: a person decides, nothing is reprinted
                       silently -> cancelled  there is no printer: the sale can be printed again once there is one

`printing` is committed before the first byte leaves, so a job that a crash cut short is found at the next start and
becomes `unknown`. If the store cannot be written when a job is done, that is tried again until it can, and no other job
is taken before.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta

from app.printing.printer import Printer, PrinterStatus
from app.usecases.ports import Clock, PrinterUnavailable, PrintJob, PrintState, StoreUnavailable, UnitOfWorkFactory

_log = logging.getLogger(__name__)

DRAWER_WINDOW = timedelta(seconds=30)
"""A drawer opened later than this after the sale would open on nobody's word."""

RETRY_AFTER_S = (1.0, 2.0, 4.0, 8.0, 10.0)

STOP_LIMIT_S = 2.0


class Spooler:
    """Prints what waits in the queue. `start` once, `kick` after each commit that queued something, `stop` once."""

    def __init__(
        self,
        unit_of_work: UnitOfWorkFactory,
        printer: Printer,
        clock: Clock,
        on_change: Callable[[], None],
        retry_after_s: tuple[float, ...] = RETRY_AFTER_S,
    ) -> None:
        """Args:
        unit_of_work: the store; one short transaction per change of a job's state.
        printer: where the paper comes out.
        clock: for the states' times and a drawer's patience.
        on_change: told after each change of a job's state, on the spooler's thread.
        retry_after_s: rests between tries while the printer or the store fails; the last one is repeated.
        """
        self._unit_of_work = unit_of_work
        self._printer = printer
        self._clock = clock
        self._on_change = on_change
        self._retry_after_s = retry_after_s
        self._wake = threading.Condition()
        self._kicked = False
        self._impatient = False
        self._stopping = False
        self._failures = 0
        self._thread = threading.Thread(target=self._run, name="print", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def kick(self) -> None:
        """Something was queued. Returns at once and cuts no rest short, so it may be called as often as one likes."""
        with self._wake:
            self._kicked = True
            self._wake.notify_all()

    def retry_now(self) -> None:
        """A person says that the printer is ready again: try at once."""
        with self._wake:
            self._kicked = self._impatient = True
            self._wake.notify_all()

    def status(self) -> PrinterStatus:
        """Ask the printer. Takes up to some seconds: never on the screen's thread, and not while a job is printing."""
        return self._printer.status()

    def stop(self) -> bool:
        """Print nothing more and end the thread; whether it ended in time. What is half printed becomes `unknown`."""
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
        self._printer.abort()
        if self._thread.is_alive():
            self._thread.join(STOP_LIMIT_S)
        return not self._thread.is_alive()

    def _run(self) -> None:
        self._with_the_store(self._settle_interrupted)
        while not self._stopping:
            job = self._with_the_store(self._take)
            if job is not None:
                self._print(job)
            else:
                self._wait_for_work()

    def _settle_interrupted(self) -> None:
        with self._unit_of_work() as uow:
            interrupted = uow.print_queue.interrupted()
            if not interrupted:
                return
            for job in interrupted:
                uow.print_queue.set_state(job.job_id, PrintState.UNKNOWN, "unknown", self._clock.now())
            uow.commit()
        self._on_change()

    def _take(self) -> PrintJob | None:
        with self._unit_of_work() as uow:
            job = uow.print_queue.next_queued()
            if job is None:
                return None
            uow.print_queue.set_state(job.job_id, PrintState.PRINTING, "", self._clock.now())
            uow.commit()
        self._on_change()
        return job

    def _print(self, job: PrintJob) -> None:
        try:
            self._printer.print_document(job.document, open_drawer=job.open_drawer and self._is_fresh(job))
        except PrinterUnavailable as error:
            _log.info("print job %s: %s", job.job_id, error)
            self._settle(job, _state_after(error), error.reason)
        except Exception:  # noqa: BLE001  # a document nobody can lay out must not stop the others
            _log.exception("print job %s cannot be printed", job.job_id)
            self._settle(job, PrintState.UNKNOWN, "unprintable")
        else:
            self._settle(job, PrintState.DONE, "")

    def _settle(self, job: PrintJob, state: PrintState, error: str) -> None:
        self._with_the_store(lambda: self._record(job, state, error))
        if state is PrintState.FAILED:
            self._rest()
        else:
            self._failures = 0

    def _record(self, job: PrintJob, state: PrintState, error: str) -> None:
        with self._unit_of_work() as uow:
            uow.print_queue.set_state(job.job_id, state, error, self._clock.now())
            uow.commit()
        self._on_change()

    def _is_fresh(self, job: PrintJob) -> bool:
        return timedelta(0) <= self._clock.now() - job.created_at <= DRAWER_WINDOW

    def _with_the_store(self, act: Callable[[], PrintJob | None]) -> PrintJob | None:
        """Do it, again and again if the store fails, until it is done or the spooler is stopped; a first try is always
        made.
        """
        while True:
            try:
                return act()
            except StoreUnavailable as error:
                _log.info("print queue: %s", error)
                self._rest()
            if self._stopping:
                return None

    def _wait_for_work(self) -> None:
        with self._wake:
            self._wake.wait_for(lambda: self._kicked or self._stopping)
            self._kicked = False

    def _rest(self) -> None:
        rest_s = self._retry_after_s[min(self._failures, len(self._retry_after_s) - 1)]
        self._failures += 1
        with self._wake:
            self._wake.wait_for(lambda: self._impatient or self._stopping, rest_s)
            self._impatient = False


def _state_after(error: PrinterUnavailable) -> PrintState:
    match error.reason:
        case "unknown":
            return PrintState.UNKNOWN
        case "no_printer":
            return PrintState.CANCELLED
        case _:
            return PrintState.FAILED
