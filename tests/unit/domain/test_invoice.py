"""Invoices: who can be invoiced, what a line says before VAT, numbers, what is sealed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.canonical import canonical_bytes, content_of
from app.domain.catalogue import LineNature, Unit
from app.domain.fiscal import Series
from app.domain.invoice import (
    BuyerProblem,
    Invoice,
    InvoiceBuyer,
    InvoiceKind,
    Operation,
    invoice_body,
    kind_for,
    operation_of,
    problems_with_buyer,
    siren_of,
)
from app.domain.merchant import Merchant, VatRegime
from app.domain.money import ZERO, Money, total_of
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

BUYER = InvoiceBuyer("552100554", "Café de la Gare", ("12 place de la Gare",))
WHEN = datetime(2026, 11, 22, 14, 30, tzinfo=UTC)


def a_sale(*lines: BasketLine, discount: Money = ZERO, kind: DocumentKind = DocumentKind.SALE) -> SaleDocument:
    basket = Basket(lines, discount=discount, discount_reason="geste" if discount else "")
    frozen = freeze_lines(basket, VatRegime.NORMAL)
    return SaleDocument(
        "sale-1", "till-a", "A", "sales", 42, kind, WHEN, 60, "Léa", frozen, vat_parts(frozen),
        (Payment(PaymentMeans.CARD, basket.total, basket.total),), basket.total, trading_day=date(2026, 11, 22),
    )  # fmt: skip


def an_invoice(sale: SaleDocument, kind: InvoiceKind = InvoiceKind.INVOICE) -> Invoice:
    return Invoice(
        "i-1", "A", 12, kind, WHEN, date(2026, 11, 22), "Léa", Merchant(), BUYER, sale, date(2026, 11, 22), "Comptoir 1"
    )


def a_line(line_id: str, price_minor: int, rate_bp: int, quantity: int = 1, **other: object) -> BasketLine:
    return replace(BasketLine(line_id, "Article", Money(price_minor), rate_bp, quantity), **other)  # type: ignore[arg-type]  # any field


@pytest.mark.parametrize(
    ("typed", "siren"),
    [("552 100 554", "552100554"), ("732 829 320 00074", "732829320"), ("552.100.554", "552100554"), ("abc", "ABC")],
)
def test_a_siren_is_read_as_people_write_it(typed: str, siren: str) -> None:
    assert siren_of(typed) == siren


@given(st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_of_a_siren_is_seen(place: int, more: int) -> None:
    digits = list("552100554")
    digits[place] = str((int(digits[place]) + more) % 10)
    assert problems_with_buyer(replace(BUYER, siren="".join(digits))) == (BuyerProblem.SIREN,)


@pytest.mark.parametrize(
    ("other", "problem"),
    [
        ({"name": "  "}, BuyerProblem.NO_NAME),
        ({"address_lines": ("", " ")}, BuyerProblem.NO_ADDRESS),
        ({"name": "x" * 121}, BuyerProblem.TEXT_TOO_LONG),
        ({"name": "a\x00b"}, BuyerProblem.TEXT_TOO_LONG),
        ({"delivery_lines": ("a",) * 6}, BuyerProblem.TEXT_TOO_LONG),
        ({"siren": "55210055"}, BuyerProblem.SIREN),
        ({"siren": "٥٥٢١٠٠٥٥٤"}, BuyerProblem.SIREN),
        ({"vat_number": "FR00552100554"}, BuyerProblem.VAT_NUMBER),
        ({"vat_number": "FR44732829320"}, BuyerProblem.VAT_NUMBER_OF_ANOTHER),
    ],
)
def test_what_is_wrong_with_a_buyer_is_named(other: dict[str, object], problem: BuyerProblem) -> None:
    assert problems_with_buyer(BUYER) == ()
    assert problems_with_buyer(replace(BUYER, **other)) == (problem,)  # type: ignore[arg-type]  # any field


def test_a_line_before_vat_has_the_price_of_its_unit() -> None:
    invoice = an_invoice(a_sale(a_line("l", 712, 550, 1200, unit=Unit.KG)))
    [line] = invoice.lines
    assert (line.net, line.total, line.price) == (Money(809), Money(854), Decimal("6.741667"))


def test_discounts_are_shown_before_vat() -> None:
    sale = a_sale(a_line("l", 2400, 2000, 2, discount=Money(1200), discount_reason="geste"))
    [line] = an_invoice(sale).lines
    assert (line.price, line.discount, line.net) == (Decimal("20.000000"), Money(1000), Money(3000))


def test_only_what_makes_turnover_is_invoiced() -> None:
    sale = a_sale(a_line("l", 500, 1000), a_line("v", 2000, 0, nature=LineNature.VOUCHER))
    invoice = an_invoice(sale)
    assert (invoice.total, invoice.outside, len(invoice.lines)) == (Money(500), Money(2000), 1)
    assert kind_for(a_sale(a_line("v", 2000, 0, nature=LineNature.VOUCHER))) is None
    assert kind_for(replace(sale, kind=DocumentKind.PAYMENT_CHANGE)) is None


def test_the_operation_is_named() -> None:
    goods, service = a_line("g", 100, 2000), a_line("s", 100, 2000, nature=LineNature.SERVICE)
    voucher = a_line("v", 100, 0, nature=LineNature.VOUCHER)
    assert operation_of(a_sale(goods, voucher).lines) is Operation.GOODS
    assert operation_of(a_sale(service, voucher).lines) is Operation.SERVICES
    assert operation_of(a_sale(goods, service).lines) is Operation.MIXED


def test_a_credit_note_has_positive_amounts() -> None:
    sale = a_sale(a_line("l", 1250, 2000, -2, corrects_sale_id="s0"), kind=DocumentKind.RETURN)
    invoice = an_invoice(sale, InvoiceKind.CREDIT_NOTE)
    assert kind_for(sale) is InvoiceKind.CREDIT_NOTE
    assert (invoice.total, invoice.net, invoice.vat_total, invoice.paid) == (
        Money(2500), Money(2083), Money(417), Money(2500),
    )  # fmt: skip
    [line] = invoice.lines
    assert (line.quantity, line.price) == (2, Decimal("10.415000"))


@given(
    st.lists(
        st.tuples(st.integers(1, 9_999), st.sampled_from([2000, 1000, 550, 210]), st.integers(1, 30)),
        min_size=1,
        max_size=30,
    ),
    st.integers(0, 50),
)
def test_i6_lines_rates_and_totals_of_an_invoice_add_up(entries: list[tuple[int, int, int]], percent: int) -> None:
    lines = tuple(a_line(f"l{no}", *entry) for no, entry in enumerate(entries))
    discount = Money(total_of([line.total for line in lines]).minor * percent // 100)
    invoice = an_invoice(a_sale(*lines, discount=discount))
    assert total_of([line.net for line in invoice.lines]) == invoice.net
    assert invoice.net + invoice.vat_total == invoice.total == invoice.paid + invoice.due
    for line in invoice.lines:
        off = abs(line.price * line.quantity - Decimal((line.net + line.discount).minor) / 100)
        assert off <= Decimal("0.0000005") * line.quantity


def test_r25_what_is_sealed_can_be_sealed_and_names_nobody() -> None:
    invoice = an_invoice(a_sale(a_line("l", 1250, 2000)))
    sealed = canonical_bytes(
        series=Series.INVOICES, number=12, kind=invoice.kind, till_letter="A", till_id="till-a", happened_at=WHEN,
        utc_offset_minutes=60, trading_day=date(2026, 11, 22), record_id="i-1", operator="Léa", software="Comptoir 1",
        body=invoice_body(invoice, "ab" * 32),
    )  # fmt: skip
    content = content_of(sealed)
    assert (content["display"], content["ticket"], content["buyer_siren"]) == (
        "F-A-2026-000012",
        "A-000042",
        "552100554",
    )
    assert "Gare" not in sealed.decode()
