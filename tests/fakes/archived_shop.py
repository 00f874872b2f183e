"""A till on a real file with a real key, some days of trade behind it, and archives made of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from types import ModuleType

from app.domain.cash import CashCount
from app.domain.catalogue import LineNature
from app.domain.fiscal import EventCode, Series
from app.domain.merchant import VatRegime
from app.domain.money import Money
from app.domain.sale import (
    Basket,
    BasketLine,
    DocumentKind,
    Payment,
    PaymentMeans,
    SaleDocument,
    check_document,
    freeze_lines,
    vat_parts,
)
from app.storage.archive_check import load_verifier
from app.storage.archive_files import ZipSink, enclosures
from app.storage.signing import LedgerSigner
from app.storage.store import Store, open_store
from app.usecases.archive_ports import LedgerReader
from app.usecases.close_period import CloseDayRequest, DayClosed, close_day, report_x
from app.usecases.export_archive import ArchiveDone, ArchiveRequest, export_archive
from app.usecases.issue_invoice import InvoiceDone, InvoiceRequest, issue_invoice
from app.usecases.keep_cash import open_drawer
from app.usecases.log_event import log_event
from app.usecases.record_document import record_document
from app.usecases.seal_row import next_place
from tests.fakes.invoices import A_BUYER, A_MERCHANT, PlainWriter
from tests.fakes.memory_store import A_TILL
from tests.fakes.surroundings import HandSetClock, MemorySecrets, a_counter

FIRST_DAY = date(2026, 11, 2)
_ARTICLES = (
    ("Café moulu 250 g", 499, 550, LineNature.GOODS),
    ("Vin rouge « Côtes »; 75 cl", 1290, 2000, LineNature.GOODS),
    ('Bouquet "Été"', 1500, 1000, LineNature.GOODS),
    ("Ourlet", 1200, 2000, LineNature.SERVICE),
    ("Journal", 210, 210, LineNature.GOODS),
    ("Consigne bouteille", 30, 2000, LineNature.CONTAINER),
    ("=Étiquette", 333, 2000, LineNature.GOODS),
)


class ArchivedShop:
    """Sells by seeded chance; `folder` holds the database and the archives."""

    def __init__(self, folder: Path, seed: int = 1) -> None:
        self.folder = folder
        self.chance = Random(seed)
        self.clock = HandSetClock(datetime(2026, 11, 2, 8, 0, tzinfo=UTC))
        self.store: Store = open_store(folder / "till.sqlite3", clock=self.clock)
        self.secrets = MemorySecrets()
        counter = a_counter(self.store.unit_of_work, clock=self.clock, secrets=self.secrets)
        self.counter = replace(counter, signer=LedgerSigner(self.secrets))
        self.reader: LedgerReader = self.store.queries
        with self.store.unit_of_work() as uow:
            uow.set_identity(A_TILL)
            uow.set_merchant(A_MERCHANT)
            uow.commit()

    def close(self) -> None:
        self.store.close()

    def trade(self, days: int, tickets: int) -> None:
        """Some days of sales, returns, training and events, one day after the other."""
        for _ in range(days):
            for _ in range(tickets):
                self.clock.go_on(minutes=7)
                sale = self.sell()
            self.invoice(sale)
            self.close_day()
            self.clock.go_on(minutes=24 * 60 - tickets * 7)

    def sell(self, series: Series = Series.SALES) -> SaleDocument:
        lines = tuple(self._line() for _ in range(self.chance.randint(1, 5)))
        sale = self._record(Basket(lines), DocumentKind.SALE, series)
        if series is Series.SALES and self.chance.random() < 0.2:
            back = replace(sale.lines[0], quantity=-sale.lines[0].quantity)
            line = self._basket_line(back.label, back.unit_price.minor, back.vat_rate_bp, back.nature, back.quantity)
            returned = replace(line, corrects_sale_id=sale.sale_id, corrects_line_no=1)
            self._record(Basket((returned,)), DocumentKind.RETURN, series)
            self.event(EventCode.DUPLICATE, document=sale.sale_id, copy=1)
        if self.chance.random() < 0.1 and series is Series.SALES:
            self.sell(Series.TRAINING)
        return sale

    def close_day(self) -> None:
        open_drawer(self.counter, "monnaie", "Léa")
        count = CashCount.of_amount(report_x(self.counter).cash.expected + Money(50))
        request = CloseDayRequest("Léa", count, "pièces", next_float=Money(100))
        closed = close_day(self.counter, request)
        assert isinstance(closed, DayClosed), closed

    def invoice(self, sale: SaleDocument) -> None:
        done = issue_invoice(self.counter, PlainWriter(), InvoiceRequest(sale.sale_id, A_BUYER, "Léa"))
        assert isinstance(done, InvoiceDone), done

    def event(self, code: EventCode, **details: str | int) -> None:
        with self.store.unit_of_work() as uow:
            log_event(uow, self.counter, code, "Léa", details)
            uow.commit()

    def archive(self, first_day: date, last_day: date) -> Path:
        done = export_archive(
            self.counter,
            self.reader,
            ArchiveRequest(first_day, last_day, "Léa"),
            ZipSink(self.folder / "archives", f"archive-{first_day}-{last_day}"),
            enclosures(),
        )
        assert isinstance(done, ArchiveDone)
        return Path(done.path)

    def _line(self) -> BasketLine:
        label, price, rate, nature = self.chance.choice(_ARTICLES)
        return self._basket_line(label, price, rate, nature, self.chance.randint(1, 4))

    def _basket_line(self, label: str, price: int, rate: int, nature: LineNature, quantity: int) -> BasketLine:
        return BasketLine(self.counter.ids.new(), label, Money(price), rate, quantity, nature=nature)

    def _record(self, basket: Basket, kind: DocumentKind, series: Series) -> SaleDocument:
        with self.store.unit_of_work() as uow:
            place = next_place(uow, self.counter, series)
            regime = VatRegime.NORMAL
            lines = freeze_lines(basket, regime)
            cash = Money(basket.total.minor // 3)
            card = basket.total - cash
            sale = SaleDocument(
                sale_id=self.counter.ids.new(),
                till_id=place.till.till_id,
                till_letter=place.till.till_letter,
                series=series.value,
                number=place.number,
                kind=kind,
                happened_at=place.happened_at,
                utc_offset_minutes=place.utc_offset_minutes,
                operator="Zoé",
                lines=lines,
                vat=vat_parts(lines),
                payments=(
                    Payment(PaymentMeans.CASH, cash, cash + Money(5) if cash.minor > 0 else cash),
                    Payment(PaymentMeans.CARD, card, card, "A1"),
                ),
                total=basket.total,
                trading_day=place.trading_day,
                vat_regime=regime,
            )
            check_document(sale)
            record_document(uow, self.counter, place, sale)
            uow.commit()
        return sale


def the_verifier() -> ModuleType:
    """The verifier that goes with each archive, as a module."""
    return load_verifier()
