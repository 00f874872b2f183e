"""The store in memory: the same promises as `app.storage` without a file, for tests of use cases and presenters.

A transaction works on a copy and replaces the original at `commit()`; leaving without it leaves nothing behind. Writers
take turns. Everything kept is immutable, so copying the tables is enough.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from app.domain.attestation import Attestation
from app.domain.barcodes import normalise_code
from app.domain.card import CardAttempt
from app.domain.cash import CashMovement
from app.domain.catalogue import MovementReason, Product, StockMovement, level_of
from app.domain.clock_skew import ClockTold
from app.domain.closure import Closure
from app.domain.facts import Fact
from app.domain.fiscal import GENESIS, LedgerHead, LedgerRow, Series
from app.domain.invoice import IssuedInvoice
from app.domain.ledger_check import ChainEnd, RawHead, RawKey, RawRow
from app.domain.merchant import Merchant
from app.domain.money import Money
from app.domain.operators import Operator, PinTry
from app.domain.order import CounterFacts, HandoverState, LineResult, Order, OrderAtCounter, PastHandover
from app.domain.receipt import HandoverSlip, PreparationList, Printable, SaleReceipt, ShopIdentity
from app.domain.sale import Basket, DocumentKind, PaymentMeans, SaleDocument
from app.usecases import closing_ports, exception_ports, fiscal_ports, ports
from app.usecases.connector_ports import Linked
from app.usecases.identity_ports import FactNumbers, Upkeep
from app.usecases.lease_ports import Leases
from app.usecases.marketplace_port import BrokenChange, Disagreement
from app.usecases.ports import (
    TOO_LATE,
    Clock,
    PrintJob,
    PrintState,
    StoreUnavailable,
    TillIdentity,
    WaitingPrint,
)
from app.usecases.reconciliation_ports import Reconciliations
from app.usecases.rescue_ports import RescuedFacts
from tests.fakes.memory_closing import MemoryCashJournal, MemoryClosures
from tests.fakes.memory_connector import MemoryConnectorBooks
from tests.fakes.memory_exceptions import MemoryExceptions
from tests.fakes.memory_identity import MemoryFactNumbers, MemoryUpkeep
from tests.fakes.memory_leases import GivenUpRow, MemoryLeases
from tests.fakes.memory_outbox import MemoryOutbox, OutboxEntry, SetAside
from tests.fakes.memory_queries import MemoryQueries, training_by
from tests.fakes.memory_reconciliation import KeptRun, MemoryReconciliations
from tests.fakes.memory_rescue import KeptFile, MemoryRescued

A_TILL = TillIdentity(
    till_id="till-a",
    till_letter="A",
    till_name="Caisse A",
    shop=ShopIdentity("Épicerie Lefèvre", ("3 rue du Marché", "59300 Valenciennes"), "12345678900011", "FR12123456789"),
    shop_id="shop-1",
    marketplace_url="http://127.0.0.1:1",
    paired_at=datetime(2026, 11, 1, tzinfo=UTC),
)


CLOCK_PUT_RIGHT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class HandoverRow:
    order_id: str
    handover: PastHandover
    verdict: str
    override_reason: str
    undone_at: datetime | None = None
    undone_by: str = ""
    undone_reason: str = ""


@dataclass(frozen=True, slots=True)
class Preparation:
    results: tuple[LineResult, ...] = ()
    ready_at: datetime | None = None
    bags: int = 0
    shelf: str = ""


@dataclass
class Tables:
    """Everything kept, by key. Tests may look, and only look."""

    identity: TillIdentity = A_TILL
    linked: Linked = field(default_factory=Linked)
    merchant: Merchant = field(default_factory=Merchant)
    attestations: tuple[Attestation, ...] = ()
    products: dict[str, Product] = field(default_factory=dict)
    product_versions: dict[str, int] = field(default_factory=dict)
    movements: dict[str, StockMovement] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    preparations: dict[str, Preparation] = field(default_factory=dict)
    handovers: dict[str, HandoverRow] = field(default_factory=dict)
    sales: dict[str, SaleDocument] = field(default_factory=dict)
    ledger: dict[tuple[str, Series, int], LedgerRow] = field(default_factory=dict)
    heads: dict[tuple[str, Series], LedgerHead] = field(default_factory=dict)
    fiscal_keys: dict[str, str] = field(default_factory=dict)
    copies: dict[tuple[str, int], str] = field(default_factory=dict)
    cash_movements: dict[str, CashMovement] = field(default_factory=dict)
    closures: dict[str, Closure] = field(default_factory=dict)
    invoices: dict[str, IssuedInvoice] = field(default_factory=dict)
    invoice_files: dict[str, bytes] = field(default_factory=dict)
    card_attempts: dict[str, CardAttempt] = field(default_factory=dict)
    till_seq: int = 0
    facts: dict[str, Fact] = field(default_factory=dict)
    outbox: dict[str, OutboxEntry] = field(default_factory=dict)
    exceptions: dict[str, tuple[Disagreement, str]] = field(default_factory=dict)
    set_aside: dict[str, SetAside] = field(default_factory=dict)
    print_jobs: dict[str, PrintJob] = field(default_factory=dict)
    parked: dict[str, tuple[Basket, datetime, str]] = field(default_factory=dict)
    cursor: str = ""
    server_time: datetime | None = None
    server_time_here: datetime | None = None
    leases_given_up: dict[str, GivenUpRow] = field(default_factory=dict)
    rescue_files: dict[str, KeptFile] = field(default_factory=dict)
    reconciliation_runs: tuple[KeptRun, ...] = ()
    lost_facts: dict[str, datetime] = field(default_factory=dict)
    operators: dict[str, Operator] = field(default_factory=dict)
    pin_hashes: dict[str, str] = field(default_factory=dict)
    pin_tries: tuple[PinTry, ...] = ()
    quarantine: dict[tuple[str, str], tuple[BrokenChange, datetime]] = field(default_factory=dict)
    upkeep: dict[str, datetime] = field(default_factory=dict)

    def twin(self) -> Tables:
        twin = copy(self)
        for name, value in vars(twin).items():
            if isinstance(value, dict):
                setattr(twin, name, dict(value))
        return twin

    def order_at_counter(self, order_id: str) -> OrderAtCounter | None:
        order = self.orders.get(order_id)
        if order is None:
            return None
        rows = sorted(
            (row for row in self.handovers.values() if row.order_id == order_id),
            key=lambda row: row.handover.handed_over_at,
        )
        prepared = self.preparations.get(order_id, Preparation())
        by_rate = paid_by_rate(self.sales.values(), order_id)
        given_up = self.leases_given_up.get(order_id)
        return OrderAtCounter(
            order,
            CounterFacts(
                prepared=prepared.results,
                ready_at=prepared.ready_at,
                bags=prepared.bags,
                shelf=prepared.shelf,
                paid_here=Money(sum(by_rate.values())),
                paid_here_by_rate=tuple((rate, Money(cents)) for rate, cents in sorted(by_rate.items(), reverse=True)),
                handovers=tuple(row.handover for row in rows if row.undone_at is None),
                undone_at=tuple(row.handover.handed_over_at for row in rows if row.undone_at is not None),
                lease_given_up=given_up.number if given_up else None,
            ),
        )


def paid_by_rate(sales: Iterable[SaleDocument], order_id: str) -> dict[int, int]:
    paid: dict[int, int] = {}
    for sale in sales:
        for line in sale.lines:
            if line.order_id == order_id:
                paid[line.vat_rate_bp] = paid.get(line.vat_rate_bp, 0) + line.total.minor
    return paid


def document_id_of(document: Printable) -> str:
    """What a print job is a copy of: the sale, the handover, the order's list."""
    if isinstance(document, SaleReceipt):
        return document.sale.sale_id
    if isinstance(document, HandoverSlip):
        return document.handover.handover_id
    if isinstance(document, PreparationList):
        return document.order.order.order_id
    return ""


class MemoryCatalogue:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def get(self, product_id: str) -> Product | None:
        return self._tables.products.get(product_id)

    def by_code(self, code: str) -> Product | None:
        wanted = normalise_code(code)
        return next((p for p in self._tables.products.values() if wanted in p.codes), None)

    def save_all(self, products: Iterable[Product], versions: Mapping[str, int] | None = None) -> None:
        for product in products:
            version = (versions or {}).get(product.product_id)
            if version is not None:
                if version < self._tables.product_versions.get(product.product_id, 0):
                    continue
                self._tables.product_versions[product.product_id] = version
                self._tables.quarantine.pop(("product", product.product_id), None)
            self._take_codes_over(product)
            self._tables.products[product.product_id] = product

    def _take_codes_over(self, product: Product) -> None:
        """A code belongs to one article: who is saved last has it."""
        for code, owner in self.owners_of_codes(product.codes).items():
            if owner != product.product_id:
                other = self._tables.products[owner]
                self._tables.products[owner] = replace(other, codes=tuple(c for c in other.codes if c != code))

    def get_all(self, product_ids: Sequence[str]) -> Mapping[str, Product]:
        return {key: self._tables.products[key] for key in product_ids if key in self._tables.products}

    def versions(self, product_ids: Sequence[str]) -> Mapping[str, int]:
        known = self._tables.products
        return {key: self._tables.product_versions.get(key, 0) for key in product_ids if key in known}

    def owners_of_codes(self, codes: Sequence[str]) -> Mapping[str, str]:
        wanted = set(codes)
        if not wanted:
            return {}
        return {
            code: product.product_id
            for product in self._tables.products.values()
            for code in product.codes
            if code in wanted
        }


class MemoryStock:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def record(self, movements: Iterable[StockMovement]) -> list[StockMovement]:
        new = []
        for movement in movements:
            if movement.movement_id not in self._tables.movements:
                self._tables.movements[movement.movement_id] = movement
                new.append(movement)
        return new

    def level(self, product_id: str, location: str | None = None) -> int:
        return level_of(
            movement
            for movement in self._tables.movements.values()
            if movement.product_id == product_id and location in (None, movement.location)
        )

    def levels(self, product_ids: Sequence[str], location: str) -> Mapping[str, int]:
        wanted, levels = set(product_ids), dict[str, int]()
        for movement in self._tables.movements.values():
            if movement.product_id in wanted and movement.location == location:
                levels[movement.product_id] = levels.get(movement.product_id, 0) + movement.quantity
        return levels

    def moved_by(self, source_ids: Sequence[str]) -> Sequence[StockMovement]:
        return [movement for movement in self._tables.movements.values() if movement.source_id in source_ids]


class MemoryOrders:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def get(self, order_id: str) -> OrderAtCounter | None:
        return self._tables.order_at_counter(order_id)

    def by_reference(self, reference: str) -> OrderAtCounter | None:
        return MemoryQueries(lambda: self._tables).order_by_reference(reference)

    def by_spoken_code(self, code: str) -> OrderAtCounter | None:
        return MemoryQueries(lambda: self._tables).order_by_spoken_code(code)

    def save_server_copy(self, order: Order) -> bool:
        self._tables.quarantine.pop(("order", order.order_id), None)
        known = self._tables.orders.get(order.order_id)
        if known is not None and known.version >= order.version:
            return False
        self._tables.orders[order.order_id] = order
        return True

    def save_server_copies(self, orders: Sequence[Order]) -> Mapping[str, bool]:
        before = set(self._tables.orders)
        return {order.order_id: order.order_id not in before for order in orders if self.save_server_copy(order)}

    def begun_here(self, order_ids: Sequence[str]) -> Mapping[str, OrderAtCounter]:
        known = {key: order for key in order_ids if (order := self._tables.order_at_counter(key)) is not None}
        return {
            key: order
            for key, order in known.items()
            if replace(order.facts, lease_given_up=None) != CounterFacts()
            and order.handover is not HandoverState.HANDED_OVER
            and order.order.cancelled_at is None
        }

    def forget_preparation(self, order_id: str, line_nos: Sequence[int]) -> None:
        known = self._tables.preparations.get(order_id, Preparation())
        kept = tuple(result for result in known.results if result.line_no not in line_nos)
        self._tables.preparations[order_id] = Preparation(kept)

    def save_preparation(self, order_id: str, results: Sequence[LineResult]) -> None:
        known = self._tables.preparations.get(order_id, Preparation())
        by_line = {result.line_no: result for result in (*known.results, *results)}
        ordered = tuple(by_line[line_no] for line_no in sorted(by_line))
        self._tables.preparations[order_id] = replace(known, results=ordered)

    def save_ready(self, order_id: str, ready_at: datetime, bags: int, shelf: str) -> None:
        known = self._tables.preparations.get(order_id, Preparation())
        self._tables.preparations[order_id] = replace(known, ready_at=ready_at, bags=bags, shelf=shelf)

    def add_handover(
        self, order_id: str, handover: PastHandover, *, verdict: str, override_reason: str, sale_id: str
    ) -> None:
        kept = replace(handover, sale_id=sale_id)
        self._tables.handovers[handover.handover_id] = HandoverRow(order_id, kept, verdict, override_reason)

    def undo_handover(self, handover_id: str, undone_at: datetime, operator: str, reason: str) -> None:
        row = self._tables.handovers[handover_id]
        self._tables.handovers[handover_id] = replace(
            row, undone_at=undone_at, undone_by=operator, undone_reason=reason
        )

    def handover_movements(self, handover_id: str) -> Sequence[StockMovement]:
        return [
            movement
            for movement in self._tables.movements.values()
            if movement.source_id == handover_id and movement.reason is MovementReason.HANDOVER
        ]


class MemorySales:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, sale: SaleDocument) -> None:
        assert sale.sale_id not in self._tables.sales
        self._tables.sales[sale.sale_id] = sale

    def get(self, sale_id: str) -> SaleDocument | None:
        return self._tables.sales.get(sale_id)

    def correcting(self, sale_id: str) -> Sequence[SaleDocument]:
        return [
            sale
            for sale in self._tables.sales.values()
            if sale.corrects == sale_id or any(line.corrects_sale_id == sale_id for line in sale.lines)
        ]

    def recorded_online(self, order_id: str) -> Sequence[SaleDocument]:
        return [
            sale
            for sale in self._tables.sales.values()
            if sale.order_id == order_id and any(p.means is PaymentMeans.ONLINE for p in sale.payments)
        ]

    def paid_for_order(self, order_id: str) -> int:
        return sum(paid_by_rate(self._tables.sales.values(), order_id).values())


class MemoryLedger:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def head(self, till_letter: str, series: Series) -> LedgerHead:
        return self._tables.heads.get((till_letter, series), GENESIS)

    def append(self, row: LedgerRow) -> None:
        place = (row.till_letter, row.series, row.number)
        assert place not in self._tables.ledger
        assert row.key_id in self._tables.fiscal_keys
        self._tables.ledger[place] = row
        self._tables.heads[row.till_letter, row.series] = row.head

    def row_of(self, record_id: str) -> LedgerRow | None:
        return next((row for row in self._tables.ledger.values() if row.record_id == record_id), None)

    def rows(self, till_letter: str, series: Series, first: int, last: int) -> Iterator[LedgerRow]:
        for place in sorted(self._tables.ledger):
            if place[:2] == (till_letter, series) and first <= place[2] <= last:
                yield self._tables.ledger[place]

    def knows_key(self, key_id: str) -> bool:
        return key_id in self._tables.fiscal_keys

    def knows_any_key(self) -> bool:
        return bool(self._tables.fiscal_keys)

    def add_key(self, key_id: str, public_pem: str, created_at: datetime) -> None:
        self._tables.fiscal_keys[key_id] = public_pem

    def set_head(self, till_letter: str, series: Series, head: LedgerHead) -> None:
        self._tables.heads[till_letter, series] = head

    def ends(self) -> Sequence[ChainEnd]:
        return [self._end(letter, series, head) for (letter, series), head in self._tables.heads.items()]

    def _end(self, letter: str, series: Series, head: LedgerHead) -> ChainEnd:
        rows = list(self.rows(letter, series, 1, head.number))[-2:]
        last, before = rows[-1] if rows else None, rows[-2] if len(rows) > 1 else None
        return ChainEnd(letter, series.value, raw_of(last), raw_of(before), raw_counter(head))

    def row_at(self, till_letter: str, series: str, number: int) -> RawRow | None:
        return raw_of(self._tables.ledger.get((till_letter, Series(series), number)))

    def turning_events(self, till_letter: str) -> Sequence[RawRow]:
        turning = ("clock_set_back", "key_created", "key_replaced", "ledger_gap")
        rows = (row for row in self._tables.ledger.values() if row.till_letter == till_letter and row.kind in turning)
        return [raw for row in sorted(rows, key=lambda row: row.number) if (raw := raw_of(row)) is not None]

    def keys(self) -> Sequence[RawKey]:
        return [RawKey(key_id, public_pem, "") for key_id, public_pem in self._tables.fiscal_keys.items()]


def raw_of(row: LedgerRow | None) -> RawRow | None:
    """A row as a database would hold it."""
    if row is None:
        return None
    at = row.happened_at.isoformat(timespec="microseconds")
    header = (row.till_letter, row.series.value, row.number, row.kind, row.record_id, at, row.trading_day.isoformat())
    return RawRow(*header, row.canonical, row.hash, row.signature, row.key_id)


def raw_counter(head: LedgerHead) -> RawHead:
    """A head as a database would hold it."""
    day = head.trading_day.isoformat() if head.trading_day else ""
    at = head.happened_at.isoformat(timespec="microseconds") if head.happened_at else ""
    totals = (head.perpetual.minor, head.perpetual_absolute.minor)
    return RawHead(head.number, head.hash, head.signature, *totals, day, at)


class MemoryCopies:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def count(self, document_id: str) -> int:
        return sum(id_ == document_id for id_, _ in self._tables.copies)

    def add(self, document_id: str, copy_no: int, kind: str, made_at: datetime, operator: str) -> None:
        assert (document_id, copy_no) not in self._tables.copies
        self._tables.copies[document_id, copy_no] = operator


class MemoryCardAttempts:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, attempt: CardAttempt) -> None:
        assert attempt.attempt_id not in self._tables.card_attempts
        self._tables.card_attempts[attempt.attempt_id] = attempt

    def get(self, attempt_id: str) -> CardAttempt | None:
        return self._tables.card_attempts.get(attempt_id)

    def change(self, attempt: CardAttempt) -> None:
        self._tables.card_attempts[attempt.attempt_id] = attempt

    def open(self) -> Sequence[CardAttempt]:
        return [attempt for attempt in self._tables.card_attempts.values() if attempt.is_open]


class MemoryInvoices:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, issued: IssuedInvoice, file: bytes) -> None:
        assert issued.sale_id not in self._tables.invoices
        self._tables.invoices[issued.sale_id] = issued
        self._tables.invoice_files[issued.invoice_id] = file

    def of_sale(self, sale_id: str) -> IssuedInvoice | None:
        return self._tables.invoices.get(sale_id)

    def was_cancelled(self, sale_id: str) -> bool:
        corrections = (sale for sale in self._tables.sales.values() if sale.corrects == sale_id)
        return any(sale.kind is DocumentKind.CANCELLATION for sale in corrections)


class MemoryPrintQueue:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, job: PrintJob) -> None:
        self._tables.print_jobs[job.job_id] = job

    def get(self, job_id: str) -> PrintJob | None:
        return self._tables.print_jobs.get(job_id)

    def waiting(self) -> Sequence[WaitingPrint]:
        return [
            WaitingPrint(job.job_id, job.created_at, job.kind)
            for job in self._tables.print_jobs.values()
            if job.state in (PrintState.QUEUED, PrintState.FAILED) and job.error != TOO_LATE
        ]

    def interrupted(self) -> Sequence[WaitingPrint]:
        return [
            WaitingPrint(job.job_id, job.created_at, job.kind)
            for job in self._tables.print_jobs.values()
            if job.state is PrintState.PRINTING
        ]

    def set_state(self, job_id: str, state: PrintState, error: str, now: datetime) -> None:
        job = self._tables.print_jobs[job_id]
        attempts = job.attempts + (state is PrintState.PRINTING)
        self._tables.print_jobs[job_id] = replace(job, state=state, error=error, attempts=attempts)

    def ask_again(self, job_id: str, now: datetime) -> None:
        job = self._tables.print_jobs[job_id]
        asked = replace(job, state=PrintState.QUEUED, error="", created_at=now, open_drawer=False)
        self._tables.print_jobs[job_id] = asked

    def copies_of(self, document_id: str) -> int:
        return sum(document_id_of(job.document) == document_id for job in self._tables.print_jobs.values())


class MemoryBaskets:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def park(self, basket_id: str, basket: Basket, parked_at: datetime, title: str) -> None:
        self._tables.parked[basket_id] = (basket, parked_at, title)

    def count(self) -> int:
        return len(self._tables.parked)

    def take(self, basket_id: str) -> Basket | None:
        row = self._tables.parked.pop(basket_id, None)
        return row[0] if row else None


class MemoryPulledState:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def cursor(self) -> str:
        return self._tables.cursor

    def set_cursor(self, cursor: str) -> None:
        self._tables.cursor = cursor

    def server_time(self) -> datetime | None:
        return self._tables.server_time

    def clock_told(self) -> ClockTold | None:
        told, here = self._tables.server_time, self._tables.server_time_here
        return ClockTold(told, here) if told is not None and here is not None else None

    def note_server_time(self, told: datetime, here: datetime) -> None:
        known = self._tables.server_time
        if known is None or told > known or known - told > CLOCK_PUT_RIGHT:
            self._tables.server_time, self._tables.server_time_here = told, here

    def begin_anew(self) -> None:
        self._tables.cursor = ""
        self._tables.product_versions.clear()
        self._tables.orders.update({key: replace(order, version=-1) for key, order in self._tables.orders.items()})

    def quarantine(self, change: BrokenChange, at: datetime) -> None:
        self._tables.quarantine[change.kind, change.record_id] = (change, at)

    def understood(self, kind: str, record_ids: Sequence[str]) -> None:
        for record_id in record_ids:
            self._tables.quarantine.pop((kind, record_id), None)


class MemoryOperators:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def all(self) -> Sequence[Operator]:
        return sorted(self._tables.operators.values(), key=lambda operator: operator.name)

    def add(self, new: Operator, pin_hash: str) -> None:
        assert new.operator_id not in self._tables.operators
        self._tables.operators[new.operator_id] = new
        self._tables.pin_hashes[new.operator_id] = pin_hash

    def change(self, changed: Operator) -> None:
        self._tables.operators[changed.operator_id] = changed

    def set_pin(self, operator_id: str, pin_hash: str) -> None:
        self._tables.pin_hashes[operator_id] = pin_hash

    def tries(self) -> Sequence[PinTry]:
        return self._tables.pin_tries

    def add_try(self, entry: PinTry, forget_before: datetime) -> None:
        kept = tuple(old for old in self._tables.pin_tries if old.at >= forget_before)
        self._tables.pin_tries = (*kept, entry)


class MemoryUnitOfWork:
    """One transaction on a copy of the tables."""

    def __init__(self, tables: Tables, on_commit: Callable[[Tables], None]) -> None:
        self._tables = tables
        self._on_commit = on_commit
        self.committed = False
        self.catalogue: ports.Catalogue = MemoryCatalogue(tables)
        self.stock: ports.Stock = MemoryStock(tables)
        self.orders: ports.Orders = MemoryOrders(tables)
        self.sales: ports.Sales = MemorySales(tables)
        self.ledger: fiscal_ports.Ledger = MemoryLedger(tables)
        self.copies: fiscal_ports.Copies = MemoryCopies(tables)
        self.cash: closing_ports.CashJournal = MemoryCashJournal(tables)
        self.closures: closing_ports.Closures = MemoryClosures(tables)
        self.invoices: fiscal_ports.Invoices = MemoryInvoices(tables)
        self.card_attempts: fiscal_ports.CardAttempts = MemoryCardAttempts(tables)
        exceptions = MemoryExceptions(tables)
        self.exceptions: exception_ports.Exceptions = exceptions
        self.outbox: ports.Outbox = MemoryOutbox(tables, exceptions)
        self.print_queue: ports.PrintQueue = MemoryPrintQueue(tables)
        self.baskets: ports.Baskets = MemoryBaskets(tables)
        self.pulled: ports.PulledState = MemoryPulledState(tables)
        self.operators: ports.Operators = MemoryOperators(tables)
        self.reconciliations: Reconciliations = MemoryReconciliations(tables)
        self.rescued: RescuedFacts = MemoryRescued(tables)
        self.fact_numbers: FactNumbers = MemoryFactNumbers(tables)
        self.upkeep: Upkeep = MemoryUpkeep(tables)
        self.leases: Leases = MemoryLeases(tables)

    def identity(self) -> TillIdentity:
        return self._tables.identity

    def set_identity(self, identity: TillIdentity) -> None:
        self._tables.identity = identity

    def linked(self) -> Linked:
        return self._tables.linked

    def set_linked(self, linked: Linked) -> None:
        self._tables.linked = linked

    def merchant(self) -> Merchant:
        return self._tables.merchant

    def set_merchant(self, merchant: Merchant) -> None:
        self._tables.merchant = merchant

    def training(self) -> str:
        return training_by(self._tables)

    def add_attestation(self, made: Attestation) -> None:
        self._tables.attestations += (made,)

    def commit(self) -> None:
        assert not self.committed, "one use case, one commit"
        self._on_commit(self._tables)
        self.committed = True


class MemoryStore:
    """Stands in for `app.storage`'s Store.

    Attributes:
        tables: what is committed; tests may look.
        commits: how many transactions were committed.
        fail_commit_with: the next commit raises it and keeps nothing (disk full, locked...).
    """

    def __init__(self, identity: TillIdentity = A_TILL) -> None:
        self.tables = Tables(identity=identity)
        self.commits = 0
        self.fail_commit_with: StoreUnavailable | None = None
        self._writing = threading.Lock()
        self.queries = MemoryQueries(lambda: self.tables)
        self.connector_books = MemoryConnectorBooks(lambda: self.tables)

    @contextmanager
    def unit_of_work(self) -> Iterator[MemoryUnitOfWork]:
        with self._writing:
            yield MemoryUnitOfWork(self.tables.twin(), self._keep)

    def close(self) -> None:
        """Nothing to close; present because the real store has it."""

    def _keep(self, tables: Tables) -> None:
        failure, self.fail_commit_with = self.fail_commit_with, None
        if failure is not None:
            raise failure
        self.tables = tables
        self.commits += 1


def memory_store(clock: Clock | None = None) -> MemoryStore:
    """A paired till with nothing in it; the signature of `app.storage.open_store` without the path."""
    del clock  # the real store stamps its rows with it
    return MemoryStore()
