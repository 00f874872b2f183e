"""A till's life, played at random: whatever people do in whatever order, the books stay whole.

A model beside the till keeps the few sums a shopkeeper would keep on paper; after each act the till must say the same,
and at the end the ledger verifies, the closures are the sum of their documents and a stranger's verifier believes the
archive.
"""

from __future__ import annotations

import csv
import json
import shutil
import tempfile
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.domain.canonical import content_of
from app.domain.cash import CashCount, CashMovementKind
from app.domain.catalogue import LineNature
from app.domain.closure import ClosureKind, closure_of
from app.domain.fiscal import Series
from app.domain.merchant import PrepaidOrders, VatRegime
from app.domain.money import Money, total_of
from app.domain.order import Order, OrderAtCounter
from app.domain.period_totals import totals_of_documents
from app.domain.sale import (
    TURNOVER_NATURES,
    Basket,
    BasketLine,
    Payment,
    PaymentMeans,
    SaleDocument,
    check_document,
    line_for_product,
)
from app.storage.archive_check import load_verifier
from app.storage.archive_files import FolderSink, ZipSink, enclosures
from app.storage.signing import SignatureChecker
from app.usecases.apply_server_orders import apply_page
from app.usecases.close_period import CloseDayRequest, CloseRefused, DayClosed, close_day, close_month, close_year
from app.usecases.correct_sale import (
    Cancelled,
    PaymentChanged,
    cancel_sale,
    change_payment,
    line_without_ticket,
    lines_coming_back,
    return_lines,
)
from app.usecases.export_archive import ArchiveDone, ArchiveRequest, export_archive
from app.usecases.export_books import ExportDone, ExportKind, ExportRequest, export_books
from app.usecases.find_order import HowFound
from app.usecases.hand_over_order import HandoverRequest, hand_over_order
from app.usecases.issue_invoice import InvoiceRequest, issue_invoice
from app.usecases.keep_cash import CashMoved, correct_count, move_cash, open_cash, open_drawer
from app.usecases.marketplace_port import ChangePage, OrderChange
from app.usecases.park_basket import abandon_parked_basket, park_basket
from app.usecases.print_document import print_receipt_copy
from app.usecases.sell_at_counter import SaleDone, SaleRequest, order_basket_lines, sell_at_counter
from app.usecases.start_ledger import check_at_start, witness_heads
from app.usecases.training import start_training, stop_training
from app.usecases.undo_handover import undo_handover
from tests.fakes.invoices import A_BUYER, A_MERCHANT, PlainWriter
from tests.fakes.samples import COFFEE, TOMATO, WINE, an_order
from tests.fakes.surroundings import MemorySecrets
from tests.integration.ledger.trade import OPERATOR, Till, open_till

BEFORE_THE_HOUR_CHANGES = datetime(2026, 10, 24, 20, 0, tzinfo=UTC)
STOCKED = (COFFEE, TOMATO, WINE)

prices = st.integers(1, 30_000)
rates = st.sampled_from((0, 210, 550, 1000, 2000))
open_lines = st.tuples(prices, rates, st.integers(1, 5), st.sampled_from(LineNature))
articles = st.tuples(st.sampled_from(STOCKED), st.integers(1, 900))
means = st.sampled_from((PaymentMeans.CASH, PaymentMeans.CARD, PaymentMeans.CHEQUE, PaymentMeans.GIFT_VOUCHER))
refund_means = st.sampled_from((PaymentMeans.CASH, PaymentMeans.CARD, PaymentMeans.GIFT_VOUCHER))
shares = st.integers(0, 100)
places = st.integers(0, 10_000)


class TillLife(RuleBasedStateMachine):
    """The acts of a shop. Whatever the till refuses must have changed nothing; the model learns of what it did."""

    def __init__(self) -> None:
        super().__init__()
        self._path = Path(tempfile.mkdtemp())
        self.till: Till = open_till(self._path / "till.sqlite3")
        self.sales: list[str] = []
        self.turnover = self.absolute = 0
        self.left = self.drawer = 0
        self.closed_once = self.float_given = False
        self.levels = {product.product_id: 0 for product in STOCKED}
        self.orders = 0

    @initialize(cutoff=st.integers(0, 12), first_month=st.integers(1, 12), prepaid=st.sampled_from(PrepaidOrders))
    def begins(self, cutoff: int, first_month: int, prepaid: PrepaidOrders) -> None:
        merchant = replace(A_MERCHANT, cutoff_hour=cutoff, fiscal_year_start_month=first_month, prepaid_orders=prepaid)
        self._set_clock(BEFORE_THE_HOUR_CHANGES, 120)
        with self.till.store.unit_of_work() as uow:
            uow.set_merchant(merchant)
            uow.commit()
        assert check_at_start(self.till.counter, self.till.secrets, SignatureChecker()) == ()

    # --- documents ---

    @rule(
        lines=st.lists(st.one_of(open_lines, articles), min_size=1, max_size=6),
        means=means,
        other=means,
        share=shares,
        off=st.integers(0, 60),
        line_off=st.integers(0, 100),
    )
    def sells(
        self,
        lines: list[tuple[object, ...]],
        means: PaymentMeans,
        other: PaymentMeans,
        share: int,
        off: int,
        line_off: int,
    ) -> None:
        made = tuple(self._line(entry) for entry in lines)
        first = made[0]
        if line_off and first.nature in TURNOVER_NATURES:
            taken = Money(first.total.minor * line_off // 100)
            made = (replace(first, discount=taken, discount_reason="abîmé"), *made[1:])
        basket = Basket(made)
        basket = basket.with_discount(Money(basket.discountable.minor * off // 100), "fidélité")
        self._sell(basket, self._payments(basket.total, means, other, share))

    @precondition(lambda self: self.sales)
    @rule(which=places, quantity=st.integers(1, 400), new=st.none() | open_lines, means=refund_means)
    def takes_back(self, which: int, quantity: int, new: tuple[object, ...] | None, means: PaymentMeans) -> None:
        """A return, or an exchange if something else leaves."""
        ticket = return_lines(self.till.counter, self.sales[which % len(self.sales)])
        assert ticket is not None
        wanted = {line.line.line_no: quantity for line in ticket.lines}
        lines = lines_coming_back(self.till.counter.ids, ticket, wanted)
        if not lines:
            return
        basket = Basket((*lines, *([self._line(new)] if new else [])))
        self._sell(basket, self._payments(basket.total, means, means, 100))

    @rule(price=prices, rate=rates, quantity=st.integers(1, 3))
    def takes_back_without_ticket(self, price: int, rate: int, quantity: int) -> None:
        line = line_without_ticket(self.till.counter.ids, "Rendu", Money(price), rate, quantity)
        basket = Basket((line,))
        self._sell(basket, self._payments(basket.total, PaymentMeans.CASH, PaymentMeans.CASH, 100))

    @precondition(lambda self: self.sales)
    @rule(which=places)
    def cancels(self, which: int) -> None:
        outcome = cancel_sale(self.till.counter, self.sales[which % len(self.sales)], OPERATOR, "erreur")
        if isinstance(outcome, Cancelled):
            self._saw(outcome.document)
            self._moves_stock_back(outcome.document)

    @precondition(lambda self: self.sales)
    @rule(which=places, to=means)
    def changes_payment(self, which: int, to: PaymentMeans) -> None:
        ticket = return_lines(self.till.counter, self.sales[which % len(self.sales)])
        assert ticket is not None
        before = dict(list(ticket.payments.items())[:1])
        outcome = change_payment(
            self.till.counter, ticket.sale.sale_id, before, {to: total_of([*before.values()])}, OPERATOR
        )
        if isinstance(outcome, PaymentChanged):
            self._saw(outcome.document)

    @precondition(lambda self: self.sales)
    @rule(which=places)
    def copies_and_invoices(self, which: int) -> None:
        sale_id = self.sales[which % len(self.sales)]
        print_receipt_copy(self.till.counter, sale_id, OPERATOR)
        issue_invoice(self.till.counter, PlainWriter(), InvoiceRequest(sale_id, A_BUYER, OPERATOR))

    @rule(lines=st.lists(open_lines, min_size=1, max_size=3))
    def trains(self, lines: list[tuple[object, ...]]) -> None:
        assert start_training(self.till.counter, OPERATOR)
        basket = Basket(tuple(self._line(entry) for entry in lines))
        payments = self._payments(basket.total, PaymentMeans.CARD, PaymentMeans.CARD, 100)
        sell_at_counter(self.till.counter, SaleRequest(basket, payments, OPERATOR, training=True))
        assert stop_training(self.till.counter, OPERATOR)

    @rule(entry=open_lines)
    def parks_and_forgets(self, entry: tuple[object, ...]) -> None:
        parked = park_basket(self.till.counter, Basket((self._line(entry),)), "plus tard")
        assert abandon_parked_basket(self.till.counter, parked, OPERATOR, "parti")

    # --- orders ---

    @rule(prepaid=st.booleans(), undo=st.booleans(), pay=means)
    def hands_an_order_over(self, prepaid: bool, undo: bool, pay: PaymentMeans) -> None:
        self.orders += 1
        number = str(self.orders)
        order = an_order(
            f"order-{number}", prepaid=prepaid, reference=f"K7F3K9{number}", number=number, spoken_code=f"S{number}"
        )
        self._pulls(order)
        at_counter = self.till.store.queries.order(order.order_id)
        assert at_counter is not None
        request = HandoverRequest(order.order_id, HowFound.SCAN, OPERATOR, override_reason="test")
        if prepaid:
            hand_over_order(self.till.counter, request)
            if undo:
                undo_handover(self.till.counter, order.order_id, OPERATOR, "erreur")
        else:
            self._sells_order(at_counter, request, pay)
        self._learns_from_ledger()

    def _pulls(self, order: Order) -> None:
        page = ChangePage([OrderChange(order)], f"c{self.orders}", False)
        apply_page(self.till.counter, self.till.secrets, page)

    def _sells_order(self, order: OrderAtCounter, handover: HandoverRequest, pay: PaymentMeans) -> None:
        basket = Basket(order_basket_lines(self.till.counter.ids, order), order.order.order_id)
        payments = self._payments(basket.total, pay, pay, 100)
        sell_at_counter(self.till.counter, SaleRequest(basket, payments, OPERATOR, handover))

    # --- the drawer ---

    @rule(amount=st.integers(0, 30_000))
    def opens_cash(self, amount: int) -> None:
        done = open_cash(self.till.counter, Money(amount), OPERATOR)
        assert isinstance(done, CashMoved) is not self.float_given
        if isinstance(done, CashMoved):
            self.float_given = True
            self.drawer += amount - self.left

    @rule(amount=st.integers(1, 20_000), out=st.booleans())
    def moves_cash(self, amount: int, out: bool) -> None:
        kind = CashMovementKind.CASH_OUT if out else CashMovementKind.CASH_IN
        done = move_cash(self.till.counter, kind, Money(amount), "appoint", OPERATOR)
        assert isinstance(done, CashMoved) or (out and amount > self.drawer)
        if isinstance(done, CashMoved):
            self.drawer += -amount if out else amount
        open_drawer(self.till.counter, "monnaie", OPERATOR)

    # --- closures ---

    @rule(
        counted=st.booleans(),
        off=st.sampled_from((0, 0, 5, -5, 1500)),
        keep=st.none() | st.integers(0, 20_000),
    )
    def closes_the_day(self, counted: bool, off: int, keep: int | None) -> None:
        found = max(self.drawer + off, 0) if counted else self.drawer
        request = CloseDayRequest(
            OPERATOR,
            CashCount.of_amount(Money(found)) if counted else None,
            "inexpliqué",
            next_float=Money(keep) if keep is not None and keep <= found else None,
        )
        done = close_day(self.till.counter, request)
        if isinstance(done, CloseRefused):
            return
        self.drawer = self.left = keep if keep is not None and keep <= found else found
        self.closed_once, self.float_given = True, False
        assert self.till.store.queries.cash_session().float_amount.minor == self.left

    @rule(year=st.booleans())
    def closes_longer(self, year: bool) -> None:
        (close_year if year else close_month)(self.till.counter, OPERATOR)

    @rule(change=st.integers(-3, 3))
    def puts_a_count_right(self, change: int) -> None:
        days = [row for row in self.till.store.queries.closures(50) if row.kind is ClosureKind.DAY]
        if not days or self.float_given:
            return
        closure = self.till.store.queries.closure(days[0].closure_id)
        assert closure is not None
        if closure.cash.counted is None or closure.cash.counted.minor + change < 0:
            return
        count = CashCount.of_amount(closure.cash.counted + Money(change))
        done = correct_count(self.till.counter, closure.closure_id, count, "recompté", OPERATOR)
        if isinstance(done, CashMoved):
            self.drawer += done.movement.amount.minor
            self.left += done.movement.amount.minor

    # --- time, settings, the program ---

    @rule(minutes=st.integers(1, 90))
    def time_passes(self, minutes: int) -> None:
        self.till.clock.go_on(minutes=minutes)

    @rule(hours=st.sampled_from((8, 24, 24 * 3, 24 * 31, 24 * 200)))
    def nobody_comes(self, hours: int) -> None:
        self.till.clock.go_on(hours=hours)

    @rule(minutes=st.sampled_from((1, 70, 60 * 26)))
    def clock_is_set_back(self, minutes: int) -> None:
        self.till.clock.go_on(minutes=-minutes)

    @rule(summer=st.booleans())
    def the_hour_changes(self, summer: bool) -> None:
        self._set_clock(self.till.clock.now(), 120 if summer else 60)

    @rule(franchise=st.booleans(), cutoff=st.integers(0, 12))
    def settings_change(self, franchise: bool, cutoff: int) -> None:
        today = self.till.clock.now().date()
        regime = VatRegime.FRANCHISE if franchise else VatRegime.NORMAL
        with self.till.store.unit_of_work() as uow:
            uow.set_merchant(replace(uow.merchant().with_regime(today, regime), cutoff_hour=cutoff))
            uow.commit()

    @rule(witnessed=st.booleans(), key_lost=st.sampled_from((False, False, False, True)))
    def starts_again(self, witnessed: bool, key_lost: bool) -> None:
        if witnessed:
            witness_heads(self.till.store.queries.ledger_books(), self.till.secrets)
        clock, secrets, ids = self.till.clock, self.till.secrets, self.till.counter.ids
        self.till.store.close()
        if key_lost:
            heads, secrets = secrets.known_heads(), MemorySecrets()
            secrets.set_known_heads(heads)
        self.till = open_till(self._path / "till.sqlite3", clock=clock, secrets=secrets, ids=ids)
        findings = check_at_start(self.till.counter, secrets, SignatureChecker())
        assert {finding.kind.value for finding in findings} <= {"clock_behind", "key_replaced"}

    # --- what must always hold ---

    @invariant()
    def perpetual_totals_are_the_sums(self) -> None:
        with self.till.store.unit_of_work() as uow:
            head = uow.ledger.head("A", Series.SALES)
        assert (head.perpetual.minor, head.perpetual_absolute.minor) == (self.turnover, self.absolute)

    @invariant()
    def the_drawer_holds_what_went_in_less_what_went_out(self) -> None:
        assert self.till.store.queries.cash_session().expected.minor == self.drawer

    @invariant()
    def stock_is_what_moved(self) -> None:
        with self.till.store.unit_of_work() as uow:
            levels = {key: uow.stock.level(key) for key in self.levels}
        assert levels == self.levels

    def teardown(self) -> None:
        try:
            self._closes_for_good()
            self._ledger_verifies()
            self._closures_are_their_documents()
            self._a_stranger_believes_the_archive()
        finally:
            self.till.store.close()
            shutil.rmtree(self._path)

    def _closes_for_good(self) -> None:
        self.till.clock.go_on(hours=24 * 400)
        done = close_day(self.till.counter, CloseDayRequest(OPERATOR, None, print_z=False))
        assert isinstance(done, DayClosed) or done.reason.value == "nothing_to_close", done

    def _ledger_verifies(self) -> None:
        report = self.till.verify(every_signature=True)
        assert report.faults == ()
        assert report.is_sound

    def _closures_are_their_documents(self) -> None:
        after = 0
        with self.till.store.unit_of_work() as uow:
            for row in uow.ledger.rows("A", Series.CLOSURES, 1, 10_000):
                closure = closure_of(content_of(row.canonical))
                if closure.kind is not ClosureKind.DAY or not closure.last_number:
                    continue
                assert closure.first_number == after + 1
                after = closure.last_number
                documents = list(uow.ledger.rows("A", Series.SALES, closure.first_number, closure.last_number))
                assert closure.totals == totals_of_documents(content_of(one.canonical) for one in documents)
                assert {one.trading_day for one in documents} == {closure.first_day}
            assert after == uow.ledger.head("A", Series.SALES).number

    def _a_stranger_believes_the_archive(self) -> None:
        if not self.sales:
            return
        period = date(2026, 1, 1), self.till.clock.now().date()
        reader = self.till.store.queries
        sink = ZipSink(self._path / "archives", "all")
        done = export_archive(self.till.counter, reader, ArchiveRequest(*period, OPERATOR), sink, enclosures())
        assert isinstance(done, ArchiveDone), done
        report = load_verifier().check(done.path, every_signature=True)
        assert [finding.sentence("en") for finding in report.findings] == []
        for kind in ExportKind:
            books = FolderSink(self._path / "books", kind.value)
            exported = export_books(self.till.counter, reader, ExportRequest(kind, *period, OPERATOR), books)
            assert isinstance(exported, ExportDone), exported
        self._the_accountant_finds_the_same()

    def _the_accountant_finds_the_same(self) -> None:
        """Each entry of the journal balances; sales accounts, e-reporting and invoices come to the turnover."""
        balances: dict[str, int] = {}
        for row in self._rows_of("*-journal-*.txt", "\t"):
            balances[row["EcritureNum"]] = (
                balances.get(row["EcritureNum"], 0) + _cents(row["Debit"]) - _cents(row["Credit"])
            )
        assert set(balances.values()) <= {0}
        reported = sum(_cents(row["ttc"]) for row in self._rows_of("e-reporting-2*.csv"))
        (plain,) = (self._path / "books").rglob("e-reporting-*.json")
        invoiced = sum(
            Decimal(block["tax_exclusive_amount"]) + Decimal(block["tax_total"])
            for block in json.loads(plain.read_text(encoding="utf-8"))["by_invoice"]
        )
        assert reported + int(invoiced * 100) == self.turnover
        perpetual = [row["total_perpetuel"] for row in self._rows_of("z-*.csv") if row["total_perpetuel"]]
        assert _cents(perpetual[-1]) == self.turnover

    def _rows_of(self, pattern: str, delimiter: str = ";") -> list[dict[str, str]]:
        (path,) = (self._path / "books").rglob(pattern)
        return list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines(), delimiter=delimiter))

    # --- helpers ---

    def _set_clock(self, moment: datetime, offset: int) -> None:
        clock = self.till.clock
        clock.__init__(moment, offset)  # type: ignore[misc]  # the counter keeps this very clock

    def _line(self, entry: tuple[object, ...]) -> BasketLine:
        new_id = self.till.counter.ids.new()
        if len(entry) == 2:
            product, quantity = entry
            return line_for_product(new_id, product, quantity)  # type: ignore[arg-type]  # a drawn article
        price, rate, quantity, nature = entry
        return BasketLine(new_id, "Divers", Money(price), rate, quantity, nature=nature)  # type: ignore[arg-type]

    def _payments(self, total: Money, means: PaymentMeans, other: PaymentMeans, share: int) -> tuple[Payment, ...]:
        first = Money(total.minor * share // 100)
        pairs = [(means, first), (other, total - first)]
        return tuple(Payment(one, amount, amount) for one, amount in pairs if amount)

    def _sell(self, basket: Basket, payments: tuple[Payment, ...]) -> None:
        request = SaleRequest(basket, payments, OPERATOR, reason="essai", age_confirmed_by=OPERATOR)
        done = sell_at_counter(self.till.counter, request)
        if isinstance(done, SaleDone):
            self._saw(done.sale)
            for line in basket.lines:
                if line.stock_tracked:
                    self.levels[line.product_id] -= line.quantity

    def _saw(self, document: SaleDocument) -> None:
        check_document(document)
        self.sales.append(document.sale_id)
        in_turnover = [line.total.minor for line in document.lines if line.nature in TURNOVER_NATURES]
        self.turnover += sum(in_turnover)
        self.absolute += sum(abs(total) for total in in_turnover)
        self.drawer += total_of([p.amount for p in document.payments if p.means is PaymentMeans.CASH]).minor

    def _moves_stock_back(self, document: SaleDocument) -> None:
        for line in document.lines:
            if line.product_id in self.levels and not line.order_id:
                self.levels[line.product_id] -= line.quantity

    def _learns_from_ledger(self) -> None:
        """What an order brought: its documents, as sealed, and the goods that left."""
        with self.till.store.unit_of_work() as uow:
            rows = list(uow.ledger.rows("A", Series.SALES, len(self.sales) + 1, 10_000))
            self.levels = {key: uow.stock.level(key) for key in self.levels}
        for row in rows:
            document = self.till.store.queries.sale(row.record_id)
            assert document is not None
            self._saw(document)


def _cents(amount: str) -> int:
    return int(amount.replace(",", "") or 0)


TestTillLife = pytest.mark.timeout(600)(TillLife.TestCase)
TestTillLife.settings = settings(
    max_examples=20,
    stateful_step_count=30,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # a life is long: shrinking one takes minutes
)
