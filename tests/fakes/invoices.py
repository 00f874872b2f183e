"""Who sells and buys in tests of invoices, documents that take tickets back, and a writer that writes no PDF."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.domain.fiscal import Series
from app.domain.invoice import Invoice, InvoiceBuyer
from app.domain.merchant import Merchant
from app.domain.money import Money
from app.domain.sale import (
    Basket,
    BasketLine,
    DocumentKind,
    Payment,
    PaymentMeans,
    SaleDocument,
    check_document,
    line_for_product,
    vat_parts,
)
from app.usecases.record_document import record_document
from app.usecases.seal_row import next_place
from app.usecases.sell_at_counter import SaleDone, SaleRequest, sell_at_counter
from tests.fakes.shop import Shop

A_MERCHANT = Merchant(
    legal_name="Lefèvre & fils",
    legal_form="SARL",
    siret="73282932000074",
    vat_number="FR44732829320",
    rcs="RCS Valenciennes",
    address_lines=("3 rue du Marché", "59300 Valenciennes"),
)
A_BUYER = InvoiceBuyer(
    siren="552100554",
    name="Café de la Gare <Hélène & Cie>",
    address_lines=("12 place de la Gare", "59300 Valenciennes"),
    vat_number="FR96552100554",
)
ANOTHER_BUYER = InvoiceBuyer("732829320", "Traiteur Œuvrard", ("1 rue Haute", "59000 Lille"))


class PlainWriter:
    """Writes the number and the buyer; remembers what it was asked."""

    def __init__(self) -> None:
        self.written: list[Invoice] = []

    def __call__(self, invoice: Invoice) -> bytes:
        self.written.append(invoice)
        return f"{invoice.display_number} {invoice.buyer.name}".encode()


def with_merchant(shop: Shop, merchant: Merchant = A_MERCHANT) -> Shop:
    with shop.store.unit_of_work() as uow:
        uow.set_merchant(merchant)
        uow.commit()
    return shop


def a_ticket(
    shop: Shop, *entries: tuple[Any, int], means: PaymentMeans = PaymentMeans.CARD, more: tuple[BasketLine, ...] = ()
) -> SaleDocument:
    """A sale of these articles, paid in one amount; nobody's age is asked."""
    ids = shop.counter.ids
    lines = tuple(replace(line_for_product(ids.new(), product, quantity), age_limit=0) for product, quantity in entries)
    basket = Basket((*lines, *more))
    done = sell_at_counter(
        shop.counter, SaleRequest(basket, (Payment(means, basket.total, basket.total),), operator="Léa")
    )
    assert isinstance(done, SaleDone), done
    return done.sale


def taken_back(shop: Shop, sale: SaleDocument, kind: DocumentKind, *line_nos: int) -> SaleDocument:
    """The document that takes lines of a ticket back (all, if none is named), recorded as any other."""
    with shop.store.unit_of_work() as uow:
        place = next_place(uow, shop.counter, Series.SALES)
        taken = [line for line in sale.lines if not line_nos or line.line_no in line_nos]
        lines = tuple(
            replace(
                line,
                line_id=shop.counter.ids.new(),
                line_no=line_no,
                quantity=-line.quantity,
                discount=-line.discount,
                ticket_discount=-line.ticket_discount,
                total=-line.total,
                net=-line.net,
                corrects_sale_id=sale.sale_id,
                corrects_line_no=line.line_no,
            )
            for line_no, line in enumerate(taken, start=1)
        )
        vat = vat_parts(lines)
        total = Money(sum(line.total.minor for line in lines))
        document = replace(
            sale,
            sale_id=shop.counter.ids.new(),
            number=place.number,
            kind=kind,
            happened_at=place.happened_at,
            lines=lines,
            vat=vat,
            payments=(Payment(sale.payments[0].means, total, total),),
            total=total,
            corrects=sale.sale_id if kind is DocumentKind.CANCELLATION else "",
        )
        check_document(document)
        record_document(uow, shop.counter, place, document)
        uow.commit()
    return document
