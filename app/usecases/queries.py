"""Owns the rows that screens and commands show, and the protocol that reads them. Frozen values, no rule, no writing.

Reading never blocks a sale: storage answers from its own connection (WAL), in milliseconds, always with a LIMIT.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from app.domain.attestation import Attestation
from app.domain.catalogue import Product, StockMovement, Unit
from app.domain.invoice import IssuedInvoice
from app.domain.merchant import Merchant
from app.domain.money import Money
from app.domain.operators import Operator, PinTry
from app.domain.order import HandoverState, OrderAtCounter, Preparation
from app.domain.receipt import PrintKind
from app.domain.sale import SaleDocument
from app.usecases.closing_ports import ClosingQueries
from app.usecases.connector_ports import Linked
from app.usecases.exception_queries import ExceptionQueries
from app.usecases.lease_ports import LeaseQueries
from app.usecases.ports import PrintJob, PrintState, TillIdentity
from app.usecases.reconciliation_ports import ReconciliationQueries
from app.usecases.rescue_ports import RescueQueries
from app.usecases.sale_queries import SaleQueries


class OrderList(StrEnum):
    """The lists of the pickup screen."""

    TO_PREPARE = "to_prepare"
    READY = "ready"
    TODAY = "today"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class OrderRow:
    order_id: str
    number: str
    customer_name: str
    preparation: Preparation
    handover: HandoverState
    amount_due: Money
    pickup_from: datetime | None
    keep_until: datetime | None
    shelf: str
    bags: int
    line_count: int
    placed_at: datetime
    cancelled: bool


@dataclass(frozen=True, slots=True)
class OrderCounts:
    to_prepare: int
    ready: int
    today: int


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A search result. Levels are base units: physical here, promised to open on-line orders."""

    product: Product
    physical: int
    promised: int


@dataclass(frozen=True, slots=True)
class LevelRow:
    product_id: str
    location: str
    quantity: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class StockCard:
    """An article's level explained: physical by location, promised, what the site may still sell, and the newest
    movements."""

    product: Product
    levels: Sequence[LevelRow]
    physical: int
    promised: int
    movements: Sequence[StockMovement]
    waiting_to_be_sent: int


@dataclass(frozen=True, slots=True)
class OutboxState:
    waiting: int
    refused: int
    conflicted: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True)
class SaleRow:
    sale_id: str
    display_number: str
    happened_at: datetime
    total: Money
    means: Sequence[str]
    order_number: str


@dataclass(frozen=True, slots=True)
class PrintJobRow:
    """`title` is the number people know it by, "" for papers without one; `kind` says what it is."""

    job_id: str
    created_at: datetime
    title: str
    state: PrintState
    error: str
    kind: PrintKind = PrintKind.SALE_RECEIPT


@dataclass(frozen=True, slots=True)
class ParkedRow:
    basket_id: str
    parked_at: datetime
    title: str
    total: Money
    line_count: int


@dataclass(frozen=True, slots=True)
class QuarantineRow:
    kind: str
    record_id: str
    reason: str
    at: datetime


class Queries(
    ClosingQueries,
    ExceptionQueries,
    LeaseQueries,
    SaleQueries,
    RescueQueries,
    ReconciliationQueries,
    Protocol,
):
    """Reads for screens and commands. Every call may raise StoreUnavailable."""

    def identity(self) -> TillIdentity: ...
    def linked(self) -> Linked: ...
    def merchant(self) -> Merchant: ...
    def last_attestation(self) -> Attestation | None:
        """The newest one that was made out."""

    def operators(self) -> Sequence[Operator]:
        """By name, those who have left included."""

    def pin_hashes(self) -> Mapping[str, str]:
        """By operator_id, of those who are active."""

    def pin_tries(self) -> Sequence[PinTry]:
        """Oldest first."""

    def orders(self, which: OrderList, now: datetime, limit: int = 200, after: str = "") -> Sequence[OrderRow]: ...
    def order_counts(self, now: datetime) -> OrderCounts: ...
    def order(self, order_id: str) -> OrderAtCounter | None: ...
    def order_by_reference(self, reference: str) -> OrderAtCounter | None: ...
    def order_by_spoken_code(self, code: str) -> OrderAtCounter | None:
        """Among orders not handed over yet, else the newest that was."""

    def find_orders(self, text: str, limit: int = 20) -> Sequence[OrderRow]:
        """Orders by part of the customer's name, number or spoken code, not handed over first."""

    def product_by_code(self, code: str) -> ProductRow | None: ...
    def product(self, product_id: str) -> ProductRow | None: ...
    def search_products(self, text: str, limit: int = 50) -> Sequence[ProductRow]:
        """As typed: accents, case, word order ignored; GTIN or the beginning of one; part of a word."""

    def favourite_products(self, limit: int = 24) -> Sequence[ProductRow]:
        """For the tiles: what has no bar code first, then what sells most."""

    def product_count(self) -> int:
        """How many articles are on sale."""

    def stock_card(self, product_id: str, movements: int = 50) -> StockCard | None: ...
    def outbox_state(self) -> OutboxState: ...
    def quarantined(self, limit: int = 100) -> Sequence[QuarantineRow]: ...
    def sales(self, limit: int = 50, before: str = "") -> Sequence[SaleRow]: ...
    def sale(self, sale_id: str) -> SaleDocument | None: ...
    def print_jobs(self, limit: int = 50) -> Sequence[PrintJobRow]: ...
    def print_job(self, job_id: str) -> PrintJob | None: ...
    def invoices(self, limit: int = 50, before: str = "") -> Sequence[IssuedInvoice]:
        """Newest first; `before`: the last invoice_id of the page before."""

    def invoice_of_sale(self, sale_id: str) -> IssuedInvoice | None: ...
    def invoice_file(self, invoice_id: str) -> bytes | None:
        """The PDF as it was handed out; None once its buyer was erased."""

    def parked_baskets(self) -> Sequence[ParkedRow]: ...
