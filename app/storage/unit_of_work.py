"""Owns the transaction boundary: one writer at a time, rolled back unless committed. Never decides what is written."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Any

from app.domain.attestation import Attestation
from app.domain.errors import BrokenInvariant
from app.domain.merchant import Merchant
from app.storage.engine import BUSY_TIMEOUT_S, failures_named
from app.storage.linked import load_linked, save_linked
from app.storage.lock import FairLock
from app.storage.outbox import OutboxRows
from app.storage.repositories.baskets import BasketRows
from app.storage.repositories.card_attempts import CardAttemptRows
from app.storage.repositories.cash import CashRows
from app.storage.repositories.catalogue import CatalogueRows
from app.storage.repositories.closures import ClosureRows
from app.storage.repositories.exceptions import ExceptionRows
from app.storage.repositories.fact_numbers import FactNumberRows
from app.storage.repositories.invoices import InvoiceRows
from app.storage.repositories.leases import LeaseRows
from app.storage.repositories.ledger import CopyRows, LedgerRows
from app.storage.repositories.merchant import add_attestation, load_merchant, save_merchant
from app.storage.repositories.operators import OperatorRows
from app.storage.repositories.order_views import OrderViews
from app.storage.repositories.orders import OrderRows
from app.storage.repositories.print_queue import PrintQueueRows
from app.storage.repositories.pulled import PulledRows
from app.storage.repositories.reconciliations import ReconciliationRows
from app.storage.repositories.rescued import RescuedRows
from app.storage.repositories.sales import SaleRows
from app.storage.repositories.stock import StockRows
from app.storage.repositories.till import load_identity, save_identity
from app.storage.repositories.upkeep import UpkeepRows
from app.storage.sale_reads import training_by
from app.storage.session import Compiler, Session
from app.usecases.closing_ports import CashJournal, Closures
from app.usecases.connector_ports import Linked
from app.usecases.exception_ports import Exceptions
from app.usecases.fiscal_ports import CardAttempts, Copies, Invoices, Ledger
from app.usecases.identity_ports import FactNumbers, Upkeep
from app.usecases.lease_ports import Leases
from app.usecases.ports import (
    Baskets,
    Catalogue,
    Clock,
    Operators,
    Orders,
    Outbox,
    PrintQueue,
    PulledState,
    Sales,
    Stock,
    StoreUnavailable,
    TillIdentity,
)
from app.usecases.reconciliation_ports import Reconciliations
from app.usecases.rescue_ports import RescuedFacts

TURN_TIMEOUT_S = 300.0
"""Whoever has the turn is at work in this very process: a sale waits for its end, it is not refused (I7). The longest
work we have is writing a catalogue of 200,000 articles; after five minutes something is broken, and it is said."""


class Settled:
    """What every sale asks for and hardly ever changes, kept from one transaction to the next. No other process writes
    this database; whoever changes something of it makes it unknown again.

    Attributes:
        keys: public keys that were there when a transaction began.
    """

    def __init__(self) -> None:
        self.identity: TillIdentity | None = None
        self.merchant: Merchant | None = None
        self.keys: set[str] = set()


class Writer:
    """The one connection that writes, and the turn to use it. Calling it begins a unit of work.

    Two threads that read and then write under a plain BEGIN fail at once; under BEGIN IMMEDIATE the second waits. In
    this process they wait at the fair lock; the busy time-out only concerns other programs that opened the file.
    """

    def __init__(self, connection: Any, compiler: Compiler, clock: Clock) -> None:
        self.connection = connection
        self.compiler = compiler
        self.clock = clock
        self.settled = Settled()
        self._lock = FairLock()
        self._owner: int | None = None
        self._closed = False

    def __call__(self) -> StoreUnitOfWork:
        """Implements `ports.UnitOfWorkFactory`: begins when the `with` block is entered."""
        return StoreUnitOfWork(self)

    def take_turn(self) -> None:
        """Raises StoreUnavailable (`busy`) after `TURN_TIMEOUT_S`, BrokenInvariant if this thread is in a unit of work
        already."""
        if self._owner == threading.get_ident():
            raise BrokenInvariant("a unit of work inside another one")
        if not self._lock.acquire(TURN_TIMEOUT_S):
            raise StoreUnavailable("busy", "another unit of work of this program")
        if self._closed:
            self._lock.release()
            raise BrokenInvariant("the store is closed")
        self._owner = threading.get_ident()

    def end_turn(self) -> None:
        self._owner = None
        self._lock.release()

    def empty_log(self) -> None:
        """Bring the write-ahead log into the database and leave none of it on the disk. Waits for nobody: what a screen
        reads at this moment stays until the next time."""
        self.take_turn()
        try:
            with failures_named():
                self.connection.execute("PRAGMA busy_timeout=0").close()
                self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
        finally:
            self.connection.execute(f"PRAGMA busy_timeout={round(BUSY_TIMEOUT_S * 1000)}").close()
            self.end_turn()

    def close(self) -> None:
        """Wait for the unit of work under way, then let go of the connection. Further ones are refused."""
        if self._closed:
            return
        self.take_turn()
        self._closed = True
        self.connection.close()
        self.end_turn()


class StoreUnitOfWork:
    """Implements `ports.UnitOfWork`: BEGIN IMMEDIATE on entry; on exit ROLLBACK, unless `commit` was called.

    Attributes:
        session, views: for storage's own work only; no use case knows them.
    """

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def __enter__(self) -> StoreUnitOfWork:
        self._writer.take_turn()
        session = Session(self._writer.connection, self._writer.compiler)
        try:
            session.execute_text("BEGIN IMMEDIATE")
        except BaseException:
            self._writer.end_turn()
            raise
        self.session = session
        self._in_transaction = True
        self._changed_settled = False
        self.views = OrderViews(session)
        self.catalogue: Catalogue = CatalogueRows(session)
        self.stock: Stock = StockRows(session)
        self.orders: Orders = OrderRows(session, self.views)
        self.sales: Sales = SaleRows(session, self.views)
        self.ledger: Ledger = LedgerRows(session, self._writer.settled.keys)
        self.copies: Copies = CopyRows(session)
        self.cash: CashJournal = CashRows(session)
        self.closures: Closures = ClosureRows(session)
        self.invoices: Invoices = InvoiceRows(session)
        self.card_attempts: CardAttempts = CardAttemptRows(session)
        exceptions = ExceptionRows(session)
        self.exceptions: Exceptions = exceptions
        self.outbox: Outbox = OutboxRows(session, exceptions)
        self.print_queue: PrintQueue = PrintQueueRows(session)
        self.baskets: Baskets = BasketRows(session)
        self.pulled: PulledState = PulledRows(session)
        self.operators: Operators = OperatorRows(session)
        self.reconciliations: Reconciliations = ReconciliationRows(session)
        self.rescued: RescuedFacts = RescuedRows(session)
        self.fact_numbers: FactNumbers = FactNumberRows(session)
        self.upkeep: Upkeep = UpkeepRows(session)
        self.leases: Leases = LeaseRows(session)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._in_transaction:
                self._roll_back()
        finally:
            if self._changed_settled:
                self._unsettle()
            self.session.close()
            self._writer.end_turn()

    def identity(self) -> TillIdentity:
        settled = self._writer.settled
        if settled.identity is None:
            settled.identity = load_identity(self.session)
        return settled.identity

    def set_identity(self, identity: TillIdentity) -> None:
        save_identity(self.session, identity)
        self._unsettle()

    def linked(self) -> Linked:
        return load_linked(self.session)

    def set_linked(self, linked: Linked) -> None:
        save_linked(self.session, linked)

    def merchant(self) -> Merchant:
        settled = self._writer.settled
        if settled.merchant is None:
            settled.merchant = load_merchant(self.session)
        return settled.merchant

    def set_merchant(self, merchant: Merchant) -> None:
        save_merchant(self.session, merchant)
        self._unsettle()

    def _unsettle(self) -> None:
        """Something of it was changed: what is read from now on may be rolled back, so it is not kept."""
        self._writer.settled.identity = self._writer.settled.merchant = None
        self._changed_settled = True

    def training(self) -> str:
        return training_by(self.session, self.identity().till_letter)

    def add_attestation(self, made: Attestation) -> None:
        add_attestation(self.session, made)

    def commit(self) -> None:
        self.views.rewrite()
        self.session.execute_text("COMMIT")
        self._in_transaction = False
        self.session.close()

    def _roll_back(self) -> None:
        self._in_transaction = False
        if self._writer.connection.in_transaction:  # SQLite itself has rolled back after some failures (disk full, I/O)
            self.session.execute_text("ROLLBACK")
