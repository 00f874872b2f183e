"""The reads of `app.usecases.queries.Queries` over the tables of `memory_store`, in the plainest way there is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from app.domain.attestation import Attestation
from app.domain.barcodes import normalise_code
from app.domain.canonical import content_of
from app.domain.card import CardAttempt
from app.domain.catalogue import Product, fold_text, level_of
from app.domain.fiscal import EventCode, KnownHead
from app.domain.invoice import IssuedInvoice
from app.domain.merchant import Merchant
from app.domain.money import parse_amount, total_of
from app.domain.operators import Operator, PinTry
from app.domain.order import HandoverState, OrderAtCounter, Preparation
from app.domain.sale import SaleDocument, parse_display_number
from app.usecases.connector_ports import Linked
from app.usecases.lease_ports import LeaseHere
from app.usecases.ports import PrintJob, TillIdentity
from app.usecases.queries import (
    LevelRow,
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
from app.usecases.rescue_ports import RescuedFile, Unsent
from app.usecases.sale_queries import DocumentRow
from tests.fakes.memory_archive import MemoryArchiveQueries
from tests.fakes.memory_closing import MemoryClosingQueries
from tests.fakes.memory_exceptions import MemoryExceptionQueries
from tests.fakes.memory_reconciliation import MemoryReconciliationQueries
from tests.fakes.memory_rescue import rescued_files

if TYPE_CHECKING:
    from tests.fakes.memory_store import Tables


class MemoryQueries(MemoryArchiveQueries, MemoryClosingQueries, MemoryExceptionQueries, MemoryReconciliationQueries):
    """Reads what is committed at the moment of the call."""

    def __init__(self, tables: Callable[[], Tables]) -> None:
        self._now_kept = tables

    @property
    def _tables(self) -> Tables:
        return self._now_kept()

    def identity(self) -> TillIdentity:
        return self._tables.identity

    def linked(self) -> Linked:
        return self._tables.linked

    def leases_of(self, order_ids: Sequence[str]) -> Mapping[str, LeaseHere]:
        found = {order_id: self.order(order_id) for order_id in order_ids}
        return {
            order_id: LeaseHere(each.order.lease, each.facts.lease_given_up)
            for order_id, each in found.items()
            if each is not None
        }

    def newest_server_time(self) -> datetime | None:
        return self._tables.server_time

    def merchant(self) -> Merchant:
        return self._tables.merchant

    def last_attestation(self) -> Attestation | None:
        return self._tables.attestations[-1] if self._tables.attestations else None

    def operators(self) -> Sequence[Operator]:
        return sorted(self._tables.operators.values(), key=lambda operator: operator.name)

    def pin_hashes(self) -> Mapping[str, str]:
        active = {key for key, operator in self._tables.operators.items() if operator.active}
        return {key: pin_hash for key, pin_hash in self._tables.pin_hashes.items() if key in active}

    def pin_tries(self) -> Sequence[PinTry]:
        return self._tables.pin_tries

    # --- orders ---

    def orders(self, which: OrderList, now: datetime, limit: int = 200, after: str = "") -> Sequence[OrderRow]:
        found = [order for order in self._all_orders() if _belongs(order, which, now)]
        found.sort(key=lambda o: (o.order.pickup_from or o.order.placed_at, o.order.order_id))
        if which is OrderList.DONE:
            found.reverse()
        ids = [order.order.order_id for order in found]
        start = ids.index(after) + 1 if after in ids else 0
        return [_order_row(order) for order in found[start : start + limit]]

    def order_counts(self, now: datetime) -> OrderCounts:
        count = {which: sum(_belongs(o, which, now) for o in self._all_orders()) for which in OrderList}
        return OrderCounts(count[OrderList.TO_PREPARE], count[OrderList.READY], count[OrderList.TODAY])

    def order(self, order_id: str) -> OrderAtCounter | None:
        return self._tables.order_at_counter(order_id)

    def order_by_reference(self, reference: str) -> OrderAtCounter | None:
        return next((o for o in self._all_orders() if o.order.reference == reference), None)

    def order_by_spoken_code(self, code: str) -> OrderAtCounter | None:
        found = [order for order in self._all_orders() if order.order.spoken_code == code]
        return max(found, key=lambda o: (o.handover is not HandoverState.HANDED_OVER, o.order.placed_at), default=None)

    def find_orders(self, text: str, limit: int = 20) -> Sequence[OrderRow]:
        wanted = fold_text(text)
        found = [
            order
            for order in self._all_orders()
            if wanted
            and any(
                wanted in fold_text(field)
                for field in (order.order.customer_name, order.order.number, order.order.spoken_code)
            )
        ]
        found.sort(key=lambda o: (o.handover is HandoverState.HANDED_OVER, o.order.placed_at))
        return [_order_row(order) for order in found[:limit]]

    def _all_orders(self) -> list[OrderAtCounter]:
        return [order for key in self._tables.orders if (order := self._tables.order_at_counter(key)) is not None]

    # --- catalogue and stock ---

    def product_by_code(self, code: str) -> ProductRow | None:
        wanted = normalise_code(code)
        return next((self._row(p) for p in self._tables.products.values() if wanted in p.codes), None)

    def product(self, product_id: str) -> ProductRow | None:
        product = self._tables.products.get(product_id)
        return self._row(product) if product else None

    def search_products(self, text: str, limit: int = 50) -> Sequence[ProductRow]:
        words = fold_text(text).split()
        if not words:
            return []
        found = [
            product
            for product in self._tables.products.values()
            if product.active
            and (
                all(word in fold_text(product.name) for word in words)
                or any(code.startswith(text.strip()) for code in product.codes)
            )
        ]
        return [
            self._row(product) for product in sorted(found, key=lambda p: (fold_text(p.name), p.product_id))[:limit]
        ]

    def favourite_products(self, limit: int = 24) -> Sequence[ProductRow]:
        sold = Counter(line.product_id for sale in self._tables.sales.values() for line in sale.lines)
        active = [product for product in self._tables.products.values() if product.active]
        active.sort(key=lambda p: (bool(p.codes), -sold[p.product_id], fold_text(p.name)))
        return [self._row(product) for product in active[:limit]]

    def product_count(self) -> int:
        return sum(product.active for product in self._tables.products.values())

    def stock_card(self, product_id: str, movements: int = 50) -> StockCard | None:
        row = self.product(product_id)
        if row is None:
            return None
        own = [m for m in self._tables.movements.values() if m.product_id == product_id]
        locations = sorted({movement.location for movement in own})
        levels = [
            LevelRow(product_id, location, level_of(m for m in own if m.location == location), row.product.unit)
            for location in locations
        ]
        waiting = {
            movement["movement_id"]
            for entry in self._tables.outbox.values()
            for movement in entry.fact.payload.get("movements", ())
        }
        newest = sorted(own, key=lambda m: (m.happened_at, m.movement_id), reverse=True)
        return StockCard(
            row.product,
            levels,
            row.physical,
            row.promised,
            newest[:movements],
            sum(movement.movement_id in waiting for movement in own),
        )

    def _row(self, product: Product) -> ProductRow:
        own = (m for m in self._tables.movements.values() if m.product_id == product.product_id)
        promised = sum(
            line.quantity
            for order in self._all_orders()
            if order.handover is not HandoverState.HANDED_OVER and order.order.cancelled_at is None
            for line in order.open_lines
            if line.product_id == product.product_id
        )
        return ProductRow(product, level_of(own), promised)

    # --- outbox, sales, printing, baskets ---

    def outbox_state(self) -> OutboxState:
        entries = list(self._tables.outbox.values())
        waiting = [entry for entry in entries if entry.state in ("pending", "sending")]
        return OutboxState(
            len(waiting),
            sum(entry.state == "refused" for entry in entries),
            sum(entry.state == "conflicted" for entry in entries),
            min((entry.fact.happened_at for entry in waiting), default=None),
        )

    def unsent(self) -> Unsent:
        tables = self._tables
        entries = sorted(tables.outbox.values(), key=lambda entry: entry.fact.till_seq)
        facts = [entry.fact for entry in entries if entry.state in ("pending", "sending", "refused")]
        heads = [
            KnownHead(
                letter, series, head.number, head.hash, head.signature, head.perpetual, head.perpetual_absolute,
                head.trading_day, head.happened_at,
            )
            for (letter, series), head in tables.heads.items()
            if letter == tables.identity.till_letter and head.number
        ]  # fmt: skip
        return Unsent(tables.identity, facts, heads, tables.linked.kind)

    def rescued(self, limit: int = 50) -> Sequence[RescuedFile]:
        return rescued_files(self._tables)[:limit]

    def rescued_waiting(self) -> int:
        return sum(file.waiting for file in self.rescued())

    def quarantined(self, limit: int = 100) -> Sequence[QuarantineRow]:
        rows = list(self._tables.quarantine.values())[:limit]
        return [QuarantineRow(change.kind, change.record_id, change.reason, at) for change, at in rows]

    def sales(self, limit: int = 50, before: str = "") -> Sequence[SaleRow]:
        newest = sorted(self._tables.sales.values(), key=lambda sale: (sale.series, sale.number), reverse=True)
        ids = [sale.sale_id for sale in newest]
        start = ids.index(before) + 1 if before in ids else 0
        return [self._sale_row(sale) for sale in newest[start : start + limit]]

    def _sale_row(self, sale: SaleDocument) -> SaleRow:
        order = self._tables.orders.get(sale.order_id)
        means = [payment.means.value for payment in sale.payments]
        number = order.number if order else ""
        return SaleRow(sale.sale_id, sale.display_number, sale.happened_at, sale.total, means, number)

    def invoices(self, limit: int = 50, before: str = "") -> Sequence[IssuedInvoice]:
        newest = sorted(self._tables.invoices.values(), key=lambda invoice: invoice.invoice_id, reverse=True)
        return [invoice for invoice in newest if not before or invoice.invoice_id < before][:limit]

    def invoice_of_sale(self, sale_id: str) -> IssuedInvoice | None:
        return self._tables.invoices.get(sale_id)

    def invoice_file(self, invoice_id: str) -> bytes | None:
        return self._tables.invoice_files.get(invoice_id)

    def sale(self, sale_id: str) -> SaleDocument | None:
        return self._tables.sales.get(sale_id)

    def sales_of_day(self, trading_day: date, limit: int = 50, before: str = "") -> Sequence[DocumentRow]:
        of_day = [sale for sale in self._newest_documents() if sale.trading_day == trading_day]
        ids = [sale.sale_id for sale in of_day]
        start = ids.index(before) + 1 if before in ids else 0
        return [_document_row(sale) for sale in of_day[start : start + limit]]

    def find_sale(self, text: str, limit: int = 20) -> Sequence[DocumentRow]:
        wanted, amount = text.strip(), parse_amount(text.strip())
        number = parse_display_number(wanted, self._tables.identity.till_letter)
        newest = self._newest_documents()
        found = [sale for sale in newest if sale.sale_id == wanted]
        found += [sale for sale in newest if (sale.till_letter, sale.number) == number]
        found += [sale for sale in newest if sale.total == amount]
        distinct = {sale.sale_id: sale for sale in found}
        return [_document_row(sale) for sale in distinct.values()][:limit]

    def _newest_documents(self) -> list[SaleDocument]:
        return list(reversed(self._tables.sales.values()))

    def open_card_attempts(self) -> Sequence[CardAttempt]:
        return [attempt for attempt in self._tables.card_attempts.values() if attempt.is_open]

    def training(self) -> str:
        return training_by(self._tables)

    def print_jobs(self, limit: int = 50) -> Sequence[PrintJobRow]:
        newest = list(reversed(self._tables.print_jobs.values()))[:limit]
        return [PrintJobRow(job.job_id, job.created_at, job.title, job.state, job.error, job.kind) for job in newest]

    def print_job(self, job_id: str) -> PrintJob | None:
        job = self._tables.print_jobs.get(job_id)
        return replace(job) if job else None

    def parked_baskets(self) -> Sequence[ParkedRow]:
        return [
            ParkedRow(key, at, title, total_of([line.total for line in basket.lines]), len(basket.lines))
            for key, (basket, at, title) in self._tables.parked.items()
        ]


def _belongs(order: OrderAtCounter, which: OrderList, now: datetime) -> bool:
    done = order.handover is HandoverState.HANDED_OVER or order.order.cancelled_at is not None
    if which is OrderList.DONE or done:
        return which is OrderList.DONE and done
    if which is OrderList.TO_PREPARE:
        return order.preparation is not Preparation.READY
    if which is OrderList.READY:
        return order.preparation is Preparation.READY
    return order.order.pickup_from is not None and order.order.pickup_from.date() <= now.date()


def training_by(tables: Tables) -> str:
    """What the last event of its kind says, "" if training is off."""
    switches = (EventCode.TRAINING_ON, EventCode.TRAINING_OFF)
    last = next((row for row in reversed(tables.ledger.values()) if row.kind in switches), None)
    if last is None or last.kind == EventCode.TRAINING_OFF:
        return ""
    return str(content_of(last.canonical)["operator"])


def _document_row(sale: SaleDocument) -> DocumentRow:
    return DocumentRow(
        sale.sale_id,
        sale.display_number,
        sale.kind,
        sale.happened_at,
        sale.trading_day,
        sale.total,
        sale.operator,
        sale.corrects,
        tuple(dict.fromkeys(payment.means.value for payment in sale.payments)),
    )


def _order_row(order: OrderAtCounter) -> OrderRow:
    return OrderRow(
        order_id=order.order.order_id,
        number=order.order.number,
        customer_name=order.order.customer_name,
        preparation=order.preparation,
        handover=order.handover,
        amount_due=order.amount_due,
        pickup_from=order.order.pickup_from,
        keep_until=order.order.keep_until,
        shelf=order.facts.shelf,
        bags=order.facts.bags,
        line_count=len(order.order.lines),
        placed_at=order.order.placed_at,
        cancelled=order.order.cancelled_at is not None,
    )
