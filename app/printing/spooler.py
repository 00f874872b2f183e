"""Owns the printing of queued jobs: one worker for each printer of the counter, never in the way of a sale.

A job was put into the queue by the transaction of the sale; the spooler comes after the commit:

    queued -> printing -> done       said where, if another printer took over
                       -> failed     nothing is on paper: tried again after 1, 2, 4, 8, then every 10 seconds, before
                       younger jobs; after three failures in a row it goes to the fallback printer, if that one works
                       -> unknown    some of it may be on paper: a person decides, nothing is reprinted silently and
                       nothing goes to the fallback
                       -> cancelled  there is no printer: the sale can be printed again once there is one
           -> failed: too_late       it waited until nobody was waiting for it (`print_order`): a person decides

`printing` is committed before the first byte leaves, so a job that a crash cut short is found at the next start and
becomes `unknown`. If the store cannot be written when a job is done, that is tried again until it can, and no other job
is taken before.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from app.printing.print_routes import NoNews, PrinterNews, Routes, Stand
from app.printing.print_worker import DRAWER_WINDOW, PrintWorker
from app.printing.printer import Printer, PrinterStatus
from app.usecases.ports import Clock, PrintState, UnitOfWorkFactory

__all__ = ["DRAWER_WINDOW", "RETRY_AFTER_S", "Spooler"]

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
        *,
        others: Sequence[Stand] = (),
        news: PrinterNews | None = None,
        look_every_s: float | None = None,
        follows: Spooler | None = None,
    ) -> None:
        """Args:
        unit_of_work: the store; one short transaction per change of a job's state.
        printer: where the paper comes out.
        clock: for the states' times and a drawer's patience.
        on_change: told after each change of a job's state, on a printer's thread.
        retry_after_s: rests between tries while the printer or the store fails; the last one is repeated.
        others: printers for certain papers, and the one that takes over.
        news: hears how `printer` does.
        look_every_s: how often an idle printer is asked how it does, where it can answer; None for never.
        follows: the one before, which was called off: it is waited for, on a printer's thread, before anything is done.
        """
        self._follows = follows
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._on_change = on_change
        self._once = threading.Lock()
        self._settled = False
        stands = (Stand(printer, news=news or NoNews()), *others)
        self._routes = routes = Routes(stands)
        self._workers = [
            PrintWorker(
                index,
                stand,
                routes,
                unit_of_work,
                clock,
                on_change,
                self._kick_one,
                self._settle_interrupted,
                retry_after_s,
                look_every_s,
            )
            for index, stand in enumerate(stands)
        ]

    def start(self) -> None:
        for worker in self._workers:
            worker.start()

    def kick(self) -> None:
        """Something was queued. Returns at once and cuts no rest short, so it may be called as often as one likes."""
        for worker in self._workers:
            worker.kick()

    def retry_now(self) -> None:
        """A person says that the printer is ready again: try at once."""
        for worker in self._workers:
            worker.retry_now()

    def keep_at(self, job_id: str, index: int) -> None:
        """A job that no printer has seen yet is for this one alone: 0 is the tickets', 1 the first of `others`."""
        self._routes.keep_at(job_id, index)

    def open_drawer(self) -> None:
        """Open the drawer without a paper, between two papers; `news` hears whether it opened. Nothing happens where
        none is set up."""
        self._workers[0].open_drawer()

    def status(self) -> PrinterStatus:
        """Ask the printer. Takes up to some seconds: never on the screen's thread, and not while a job is printing."""
        return self._workers[0].status()

    def call_off(self) -> None:
        """Print nothing more. Returns at once; the threads end soon. What is half printed becomes `unknown`."""
        for worker in self._workers:
            worker.call_off()

    def stop(self) -> bool:
        """Call off, and wait for the threads; whether they ended in time."""
        self.call_off()
        deadline = time.monotonic() + STOP_LIMIT_S
        ended = [worker.ended(max(0.0, deadline - time.monotonic())) for worker in self._workers]
        return all(ended)

    def _kick_one(self, index: int) -> None:
        self._workers[index].kick()

    def _settle_interrupted(self) -> None:
        """Once, by whichever worker comes first; the others wait for it."""
        with self._once:
            if not self._settled:
                if self._follows is not None:
                    self._follows.stop()
                    self._follows = None
                self._mark_interrupted()
                self._settled = True

    def _mark_interrupted(self) -> None:
        with self._unit_of_work() as uow:
            interrupted = uow.print_queue.interrupted()
            if not interrupted:
                return
            for job in interrupted:
                uow.print_queue.set_state(job.job_id, PrintState.UNKNOWN, "unknown", self._clock.now())
            uow.commit()
        self._on_change()
