"""Owns a till with a real database for the printing tests; also run as a program, to be killed in the middle of a job.

`python till.py DATABASE PORT COUNT` sells COUNT times with a ticket each and prints on a loopback port until it is
killed.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from app.domain.money import Money
from app.domain.receipt import ShopIdentity
from app.domain.sale import Basket, BasketLine, Payment, PaymentMeans
from app.printing.layout import as_given
from app.printing.print_routes import Stand
from app.printing.printer import PaperPrinter, Printer
from app.printing.spooler import Spooler
from app.printing.transports.network import NetworkTransport
from app.printing.transports.talk import Limits
from app.settings import PrinterProfile
from app.storage.store import Store, open_store
from app.surroundings import SystemClock
from app.usecases.ports import Clock, Counter, TillIdentity
from app.usecases.sell_at_counter import SaleDone, SaleRequest, sell_at_counter
from tests.fakes.surroundings import DigestSigner

IDENTITY = TillIdentity("till-1", "A", "Caisse A", ShopIdentity("Chez Zoé"), "shop-1", "", datetime.now(UTC))
SHORT = Limits(connect_s=0.3, answer_s=0.3, send_s=0.5, fence_s=0.5, silent_fence_s=0.2, drain_s=0.3)


class CountedIds:
    """In order even within a millisecond."""

    def __init__(self) -> None:
        self._last = 0
        self._start = f"{datetime.now(UTC).timestamp():.6f}"

    def new(self) -> str:
        self._last += 1
        return f"{self._start}-{self._last:06d}"


class NoKeys:
    def pickup_keys(self) -> dict[str, bytes]:
        return {}


class Till:
    """A counter on a real store, and a spooler on a printer's port."""

    def __init__(self, store: Store, printer: Printer, clock: Clock, others: Sequence[Stand] = ()) -> None:
        self.store = store
        self.changed = threading.Condition()
        self.spooler = Spooler(store.unit_of_work, printer, clock, self._note, (0.05,), others=others)
        self.counter = Counter(
            unit_of_work=store.unit_of_work,
            clock=clock,
            ids=CountedIds(),
            keys=NoKeys(),
            announce=lambda touched: self.spooler.kick(),
            software="Comptoir test",
            signer=DigestSigner(),
        )
        with store.unit_of_work() as uow:
            uow.set_identity(IDENTITY)
            uow.commit()

    def sell(self) -> SaleDone:
        """A sale of 3,50 with a ticket, which must never fail because of a printer."""
        line = BasketLine(self.counter.ids.new(), "Café « gourmand »", Money(350), 1000)
        payments = (Payment(PaymentMeans.CASH, Money(350), Money(400)),)
        request = SaleRequest(Basket((line,)), payments, "Camille", print_receipt=True)
        done = sell_at_counter(self.counter, request)
        assert isinstance(done, SaleDone)
        return done

    def states(self) -> list[str]:
        """States of all jobs, oldest first."""
        return [row.state.value for row in reversed(self.store.queries.print_jobs(limit=1000))]

    def wait_for(self, states: list[str]) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: self.states() == states, 30), self.states()

    def _note(self) -> None:
        with self.changed:
            self.changed.notify_all()


def at_port(port: int, limits: Limits = SHORT, *, open_drawer: bool = False) -> PaperPrinter:
    profile = PrinterProfile(transport="network", host="127.0.0.1", port=port, open_drawer=open_drawer)
    return PaperPrinter(profile, NetworkTransport("127.0.0.1", port, limits), "fr", as_given)


@contextmanager
def open_till(database: Path, port: int, limits: Limits = SHORT) -> Iterator[Till]:
    with open_till_with(database, at_port(port, limits)) as till:
        yield till


@contextmanager
def open_till_with(
    database: Path, printer: Printer, others: Sequence[Stand] = (), clock: Clock | None = None
) -> Iterator[Till]:
    clock = clock or SystemClock()
    store = open_store(database, clock=clock)
    till = Till(store, printer, clock, others)
    try:
        yield till
    finally:
        stopped = till.spooler.stop()
        store.close()
        assert stopped


def main() -> None:
    database, port, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    with open_till(database, port, Limits(fence_s=600)) as till:
        for _ in range(count):
            till.sell()
        till.spooler.start()
        threading.Event().wait()


if __name__ == "__main__":
    main()
