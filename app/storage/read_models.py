"""Owns the answering of `usecases.queries` from connections that only read. Never blocks a writer, never writes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from app.domain.attestation import Attestation
from app.domain.card import CardAttempt
from app.domain.invoice import IssuedInvoice
from app.domain.merchant import Merchant
from app.domain.operators import Operator, PinTry
from app.domain.order import OrderAtCounter
from app.domain.sale import SaleDocument
from app.storage import activity_reads, order_reads, product_reads, sale_reads
from app.storage.archive_reads import ArchiveReads
from app.storage.closing_reads import ClosingReads
from app.storage.connector_books import StoredConnectorBooks
from app.storage.engine import failures_named
from app.storage.lease_reads import LeaseReads
from app.storage.linked import load_linked
from app.storage.outbox_reads import ExceptionReads
from app.storage.purge import LAST_PURGE
from app.storage.reconciliation_reads import ReconciliationReads
from app.storage.repositories.card_attempts import load_open_attempts
from app.storage.repositories.invoices import load_invoice_file, load_invoice_of_sale, load_invoices
from app.storage.repositories.merchant import last_attestation, load_merchant
from app.storage.repositories.operators import load_operators, load_pin_hashes, load_tries
from app.storage.repositories.order_rows import by_reference, by_spoken_code, load_order
from app.storage.repositories.print_queue import load_job
from app.storage.repositories.sales import load_sale
from app.storage.repositories.till import load_identity
from app.storage.rescue_reads import RescueReads
from app.storage.session import Compiler, Session
from app.storage.values import time_of
from app.usecases.connector_ports import Linked
from app.usecases.ports import Clock, PrintJob, TillIdentity
from app.usecases.queries import (
    OrderCounts,
    OrderList,
    OrderRow,
    OutboxState,
    ParkedRow,
    PrintJobRow,
    ProductRow,
    QuarantineRow,
    SaleRow,
    StockCard,
)
from app.usecases.sale_queries import DocumentRow

if TYPE_CHECKING:
    from app.storage.ledger_reads import StoredBooks
    from app.storage.unit_of_work import Writer


class StoreQueries(ArchiveReads, ClosingReads, ExceptionReads, LeaseReads, RescueReads, ReconciliationReads):
    """Implements `queries.Queries`, from any thread. Each answer is one moment's view of the database."""

    def __init__(self, readers: Engine, compiler: Compiler, clock: Clock) -> None:
        self._readers = readers
        self._compiler = compiler
        self._clock = clock

    def ledger_books(self) -> StoredBooks:
        """For checks of the ledger."""
        from app.storage.ledger_reads import StoredBooks  # not needed to sell: kept off the start path

        return StoredBooks(self._reading)

    def connector_books(self, writer: Writer | None) -> StoredConnectorBooks:
        """For connectors; `writer` keeps their journal."""
        return StoredConnectorBooks(self._reading, writer)

    def identity(self) -> TillIdentity:
        with self._reading() as session:
            return load_identity(session)

    def linked(self) -> Linked:
        with self._reading() as session:
            return load_linked(session)

    def merchant(self) -> Merchant:
        with self._reading() as session:
            return load_merchant(session)

    def last_attestation(self) -> Attestation | None:
        with self._reading() as session:
            return last_attestation(session)

    def operators(self) -> Sequence[Operator]:
        with self._reading() as session:
            return load_operators(session)

    def pin_hashes(self) -> Mapping[str, str]:
        with self._reading() as session:
            return load_pin_hashes(session)

    def pin_tries(self) -> Sequence[PinTry]:
        with self._reading() as session:
            return load_tries(session)

    def orders(self, which: OrderList, now: datetime, limit: int = 200, after: str = "") -> Sequence[OrderRow]:
        with self._reading() as session:
            return order_reads.orders(session, which, now, self._clock.utc_offset_minutes(), limit, after)

    def order_counts(self, now: datetime) -> OrderCounts:
        with self._reading() as session:
            return order_reads.order_counts(session, now, self._clock.utc_offset_minutes())

    def order(self, order_id: str) -> OrderAtCounter | None:
        with self._reading() as session:
            return load_order(session, order_id)

    def order_by_reference(self, reference: str) -> OrderAtCounter | None:
        with self._reading() as session:
            return by_reference(session, reference)

    def order_by_spoken_code(self, code: str) -> OrderAtCounter | None:
        with self._reading() as session:
            return by_spoken_code(session, code)

    def find_orders(self, text: str, limit: int = 20) -> Sequence[OrderRow]:
        with self._reading() as session:
            return order_reads.find_orders(session, text, limit)

    def product_by_code(self, code: str) -> ProductRow | None:
        with self._reading() as session:
            return product_reads.product_by_code(session, code)

    def product(self, product_id: str) -> ProductRow | None:
        with self._reading() as session:
            return product_reads.product_by_id(session, product_id)

    def search_products(self, text: str, limit: int = 50) -> Sequence[ProductRow]:
        with self._reading() as session:
            return product_reads.search_products(session, text, limit)

    def favourite_products(self, limit: int = 24) -> Sequence[ProductRow]:
        with self._reading() as session:
            return product_reads.favourite_products(session, limit)

    def product_count(self) -> int:
        with self._reading() as session:
            return product_reads.product_count(session)

    def stock_card(self, product_id: str, movements: int = 50) -> StockCard | None:
        with self._reading() as session:
            return product_reads.stock_card(session, product_id, movements)

    def outbox_state(self) -> OutboxState:
        with self._reading() as session:
            return activity_reads.outbox_state(session)

    def quarantined(self, limit: int = 100) -> Sequence[QuarantineRow]:
        with self._reading() as session:
            return activity_reads.quarantined(session, limit)

    def sales(self, limit: int = 50, before: str = "") -> Sequence[SaleRow]:
        with self._reading() as session:
            return activity_reads.sales(session, limit, before)

    def sale(self, sale_id: str) -> SaleDocument | None:
        with self._reading() as session:
            return load_sale(session, sale_id)

    def sales_of_day(self, trading_day: date, limit: int = 50, before: str = "") -> Sequence[DocumentRow]:
        with self._reading() as session:
            return sale_reads.documents_of_day(session, trading_day, limit, before)

    def find_sale(self, text: str, limit: int = 20) -> Sequence[DocumentRow]:
        with self._reading() as session:
            return sale_reads.find_documents(session, text, load_identity(session).till_letter, limit)

    def open_card_attempts(self) -> Sequence[CardAttempt]:
        with self._reading() as session:
            return load_open_attempts(session)

    def training(self) -> str:
        with self._reading() as session:
            return sale_reads.training_by(session, load_identity(session).till_letter)

    def invoices(self, limit: int = 50, before: str = "") -> Sequence[IssuedInvoice]:
        with self._reading() as session:
            return load_invoices(session, limit, before)

    def invoice_of_sale(self, sale_id: str) -> IssuedInvoice | None:
        with self._reading() as session:
            return load_invoice_of_sale(session, sale_id)

    def invoice_file(self, invoice_id: str) -> bytes | None:
        with self._reading() as session:
            return load_invoice_file(session, invoice_id)

    def print_jobs(self, limit: int = 50) -> Sequence[PrintJobRow]:
        with self._reading() as session:
            return activity_reads.print_jobs(session, limit)

    def print_job(self, job_id: str) -> PrintJob | None:
        with self._reading() as session:
            return load_job(session, job_id)

    def parked_baskets(self) -> Sequence[ParkedRow]:
        with self._reading() as session:
            return activity_reads.parked_baskets(session)

    def last_purge(self) -> datetime | None:
        """When customers' data were last taken away to the end; None if never."""
        with self._reading() as session:
            found = session.one(LAST_PURGE)
            return time_of(found[0]) if found else None

    def close(self) -> None:
        """Let go of all connections. No call may be under way."""
        self._readers.dispose()

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Session]:
        with failures_named():
            pooled = self._readers.raw_connection()
        session = Session(pooled.driver_connection, self._compiler)
        try:
            session.execute_text("BEGIN")  # one moment's view, however many statements
            yield session
            session.execute_text("COMMIT")
        except BaseException:
            pooled.invalidate()  # whatever was left open on it goes with it
            raise
        finally:
            session.close()
            pooled.close()
