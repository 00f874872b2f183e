"""A day at a till in few words: sell this much at that rate, in cash or by card. For tests of cash and closures."""

from __future__ import annotations

from typing import Protocol

from app.domain.catalogue import LineNature
from app.domain.fiscal import Series
from app.domain.merchant import VatRegime
from app.domain.money import Money
from app.domain.sale import (
    Basket,
    BasketLine,
    DocumentKind,
    Payment,
    PaymentMeans,
    SaleDocument,
    freeze_lines,
    vat_parts,
)
from app.usecases.ports import Counter
from app.usecases.record_document import record_document
from app.usecases.seal_row import next_place
from app.usecases.sell_at_counter import SaleDone, SaleRequest, sell_at_counter

CASH, CARD = PaymentMeans.CASH, PaymentMeans.CARD


class Trading(Protocol):
    """Whatever has a counter."""

    @property
    def counter(self) -> Counter: ...


def a_line(shop: Trading, minor: int, rate_bp: int = 2000, nature: LineNature = LineNature.GOODS) -> BasketLine:
    return BasketLine(shop.counter.ids.new(), "Divers", Money(minor), rate_bp, nature=nature)


def paid(means: PaymentMeans, minor: int, tendered: int | None = None) -> Payment:
    return Payment(means, Money(minor), Money(minor if tendered is None else tendered))


def sell(
    shop: Trading, minor: int, means: PaymentMeans = CASH, rate_bp: int = 2000, operator: str = "Léa"
) -> SaleDocument:
    basket = Basket((a_line(shop, minor, rate_bp),))
    done = sell_at_counter(shop.counter, SaleRequest(basket, (paid(means, minor),), "Léa"))
    assert isinstance(done, SaleDone), done
    return done.sale


def record(
    shop: Trading,
    kind: DocumentKind,
    lines: tuple[BasketLine, ...],
    payments: tuple[Payment, ...],
    corrects: str = "",
    series: Series = Series.SALES,
) -> SaleDocument:
    """Put any document straight into the ledger, as the use cases of corrections do."""
    with shop.counter.unit_of_work() as uow:
        place = next_place(uow, shop.counter, series)
        regime: VatRegime = place.merchant.regime_on(place.trading_day)
        basket = Basket(lines)
        frozen = freeze_lines(basket, regime)
        document = SaleDocument(
            sale_id=shop.counter.ids.new(),
            till_id=place.till.till_id,
            till_letter=place.till.till_letter,
            series=place.series,
            number=place.number,
            kind=kind,
            happened_at=place.happened_at,
            utc_offset_minutes=place.utc_offset_minutes,
            operator="Léa",
            lines=frozen,
            vat=vat_parts(frozen),
            payments=payments,
            total=basket.total,
            corrects=corrects,
            trading_day=place.trading_day,
            vat_regime=regime,
        )
        record_document(uow, shop.counter, place, document)
        uow.commit()
    return document


def give_back(shop: Trading, minor: int, means: PaymentMeans = CASH, rate_bp: int = 2000) -> SaleDocument:
    line = BasketLine(shop.counter.ids.new(), "Divers", Money(minor), rate_bp, quantity=-1)
    return record(shop, DocumentKind.RETURN, (line,), (paid(means, -minor),))
