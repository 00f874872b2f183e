"""The worked examples on documents (fiscal-fr.md section 9), and I6 on any basket at all (R20)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.catalogue import LineNature, Unit
from app.domain.merchant import VatRegime
from app.domain.money import VAT_RATES_BP, ZERO, Money, total_of
from app.domain.returns import Rest, ReturnableLine, line_coming_back, mirrored, rest_of
from app.domain.sale import (
    TURNOVER_NATURES,
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
from tests.fakes.surroundings import NOON


def a_line(minor: int, rate_bp: int, quantity: int = 1, **other: object) -> BasketLine:
    return BasketLine(f"l-{minor}", "Article", Money(minor), rate_bp, quantity, **other)  # type: ignore[arg-type]  # fields of a line


def a_document(basket: Basket, regime: VatRegime = VatRegime.NORMAL) -> SaleDocument:
    lines = freeze_lines(basket, regime)
    payment = Payment(PaymentMeans.CARD, basket.total, basket.total)
    return SaleDocument(
        sale_id="sale-1",
        till_id="till-a",
        till_letter="A",
        series="sales",
        number=42,
        kind=DocumentKind.SALE,
        happened_at=NOON,
        utc_offset_minutes=60,
        operator="Léa",
        lines=lines,
        vat=vat_parts(lines),
        payments=(payment,) if basket.total else (),
        total=basket.total,
        trading_day=date(2026, 11, 21),
        vat_regime=regime,
        discount_reason=basket.discount_reason,
    )


# --- the examples ---


def test_example_vat_per_document() -> None:
    tickets = [a_document(Basket((a_line(500, 1000),))) for _ in range(3)]
    assert [(p.net.minor, p.vat.minor) for ticket in tickets for p in ticket.vat] == [(455, 45)] * 3
    assert total_of([p.net for ticket in tickets for p in ticket.vat]) == Money(1365)
    assert total_of([p.vat for ticket in tickets for p in ticket.vat]) == Money(135)


def test_example_weighed_line() -> None:
    document = a_document(Basket((a_line(712, 550, 1200, unit=Unit.KG),)))
    (part,) = document.vat
    assert (document.total.minor, part.net.minor, part.vat.minor) == (854, 809, 45)


def test_example_line_net_allocation() -> None:
    document = a_document(Basket((a_line(99, 2000), a_line(199, 2000), a_line(349, 2000))))
    assert [(part.net.minor, part.vat.minor) for part in document.vat] == [(539, 108)]
    assert [line.net.minor for line in document.lines] == [82, 166, 291]


def test_example_global_discount() -> None:
    basket = Basket((a_line(2000, 550), a_line(1000, 2000)), discount=Money(500), discount_reason="Geste")
    document = a_document(basket)
    assert [line.ticket_discount.minor for line in document.lines] == [333, 167]
    assert [(part.rate_bp, part.gross.minor) for part in document.vat] == [(2000, 833), (550, 1667)]


def test_r21_a_franchise_ticket_has_no_vat_anywhere() -> None:
    document = a_document(Basket((a_line(2000, 550), a_line(1000, 2000))), VatRegime.FRANCHISE)
    assert [(part.rate_bp, part.vat) for part in document.vat] == [(0, ZERO)]
    assert [(line.vat_rate_bp, line.net) for line in document.lines] == [(0, Money(2000)), (0, Money(1000))]


# --- any basket (I6) ---

natures = st.sampled_from([*[LineNature.GOODS] * 6, LineNature.SERVICE, *LineNature])


@st.composite
def any_line(draw: st.DrawFn, number: int) -> BasketLine:
    """Sold or brought back, weighed or by the piece, discounted or not, of any nature."""
    unit, nature = draw(st.sampled_from(Unit)), draw(natures)
    comes_back = draw(st.integers(0, 4)) == 0
    quantity = draw(st.integers(1, 40 * unit.base_per_priced)) * (-1 if comes_back else 1)
    line = BasketLine(
        line_id=f"l{number}",
        label="Article",
        unit_price=Money(draw(st.integers(0, 20_000))),
        vat_rate_bp=draw(st.sampled_from(VAT_RATES_BP)) if nature in TURNOVER_NATURES else 0,
        quantity=quantity,
        unit=unit,
        nature=nature,
    )
    if nature not in TURNOVER_NATURES or comes_back or not draw(st.booleans()):
        return line
    off = Money(draw(st.integers(0, line.total.minor)))
    return Basket((line,)).with_line_discount(line.line_id, off, "Geste").lines[0]


@st.composite
def any_basket(draw: st.DrawFn) -> Basket:
    lines = tuple(draw(any_line(number)) for number in range(draw(st.integers(1, 60))))
    basket = Basket(lines)
    off = draw(st.integers(0, max(basket.discountable.minor, 0)))
    return basket.with_discount(Money(off), "Geste") if draw(st.booleans()) else basket


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
@given(any_basket(), st.sampled_from(VatRegime))
def test_r20_any_document_adds_up_to_the_cent(basket: Basket, regime: VatRegime) -> None:
    document = a_document(basket, regime)
    check_document(document)
    assert document.turnover + document.outside == document.total
    assert abs(document.turnover.minor) <= document.turnover_absolute.minor
    assert total_of([line.ticket_discount for line in document.lines]) == basket.discount
    for line in document.lines:
        assert line.nature in TURNOVER_NATURES or not (line.ticket_discount or line.vat_rate_bp)
        assert line.total.minor >= 0 if line.quantity > 0 else line.total.minor <= 0
    if regime is VatRegime.FRANCHISE:
        assert {part.rate_bp for part in document.vat} <= {0}


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
@given(any_basket())
def test_r02_the_mirror_of_any_document_undoes_it_at_every_rate(basket: Basket) -> None:
    document = a_document(basket)
    lines = tuple(mirrored(line, f"m{line.line_no}", document.sale_id) for line in document.lines)
    parts = {part.rate_bp: part for part in vat_parts(lines)}
    for part in document.vat:
        undone = parts[part.rate_bp]
        assert (undone.gross, undone.net, undone.vat) == (-part.gross, -part.net, -part.vat)
        of_rate = [line.net for line in lines if line.vat_rate_bp == part.rate_bp and line.nature in TURNOVER_NATURES]
        assert total_of(of_rate) == undone.net


@given(any_line(1).filter(lambda line: line.quantity > 1), st.data())
def test_parts_of_a_line_that_come_back_add_up_to_it(line: BasketLine, data: st.DataObject) -> None:
    document = a_document(Basket((line,)))
    left, given_back = rest_of(document.lines[0]), Rest(0, ZERO, ZERO)
    while left.quantity:
        part = left.part(data.draw(st.integers(1, left.quantity)))
        back = line_coming_back("back", document, ReturnableLine(document.lines[0], left), part.quantity)
        assert (back.total, back.quantity) == (-part.amount, -part.quantity)
        left, given_back = left - part, given_back + part
        assert left.amount.minor >= 0 or left.quantity == 0
    assert given_back == rest_of(document.lines[0])


@pytest.mark.parametrize("rate_bp", VAT_RATES_BP)
def test_an_exchange_has_the_right_vat_whichever_way_it_goes(rate_bp: int) -> None:
    for sold, back in ((1000, 999), (999, 1000), (1, 1000), (1000, 1)):
        check_document(a_document(Basket((a_line(sold, rate_bp), a_line(back, rate_bp, -1)))))
