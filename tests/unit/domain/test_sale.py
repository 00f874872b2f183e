"""Baskets and documents: money adds up to the cent on every document (I6), whatever is in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.catalogue import Unit
from app.domain.errors import MoneyDoesNotAddUp
from app.domain.money import VAT_RATES_BP, ZERO, Money, total_of
from app.domain.sale import (
    Basket,
    BasketLine,
    DocumentKind,
    Payment,
    PaymentMeans,
    SaleDocument,
    check_document,
    freeze_lines,
    line_for_product,
    vat_parts,
)
from tests.fakes.samples import COFFEE, TOMATO, WINE
from tests.fakes.surroundings import NOON

cents = st.integers(0, 10**6).map(Money)


@st.composite
def basket_lines(draw: st.DrawFn, sign: int = 1) -> BasketLine:
    unit = draw(st.sampled_from(Unit))
    fixed = draw(st.none() | cents)
    return BasketLine(
        line_id=draw(st.uuids()).hex,
        label=draw(st.text(max_size=10)),
        unit_price=draw(cents),
        vat_rate_bp=draw(st.sampled_from(VAT_RATES_BP)),
        quantity=draw(st.integers(1, 999 * unit.base_per_priced)) * sign,
        unit=unit,
        fixed_total=None if fixed is None else Money(fixed.minor * sign),
        order_id="order-1" if fixed is not None else "",
    )


def a_document(lines: tuple[BasketLine, ...], payments: tuple[Payment, ...], **other: object) -> SaleDocument:
    document = SaleDocument(
        sale_id="sale-1",
        till_id="till-a",
        till_letter="A",
        series="sales",
        number=42,
        kind=DocumentKind.SALE,
        happened_at=NOON,
        utc_offset_minutes=60,
        operator="Léa",
        lines=freeze_lines(Basket(tuple(lines))),
        vat=vat_parts(lines),
        payments=payments,
        total=total_of([line.total for line in lines]),
    )
    return replace(document, **other)  # type: ignore[arg-type]  # any field of the document


@st.composite
def mixed_payments(draw: st.DrawFn, total: Money) -> tuple[Payment, ...]:
    """The total cut into card, cheque and cash at random; cash may be tendered too large."""
    payments = []
    rest = total.minor
    for means in (PaymentMeans.CARD, PaymentMeans.CHEQUE):
        part = draw(st.integers(0, rest))
        if part:
            payments.append(Payment(means, Money(part), Money(part)))
        rest -= part
    if rest:
        payments.append(Payment(PaymentMeans.CASH, Money(rest), Money(rest + draw(st.integers(0, 5000)))))
    return tuple(payments)


@given(st.lists(basket_lines(), max_size=12), st.data())
def test_every_document_adds_up(lines: list[BasketLine], data: st.DataObject) -> None:
    total = total_of([line.total for line in lines])
    document = a_document(tuple(lines), data.draw(mixed_payments(total)))
    check_document(document)
    assert [line.line_no for line in document.lines] == list(range(1, len(lines) + 1))
    assert total_of([line.net for line in document.lines]) == total_of([part.net for part in document.vat])
    for line in document.lines:
        assert ZERO <= line.net <= line.total


@given(st.lists(basket_lines(), max_size=12))
def test_a_return_mirrors_its_sale(lines: list[BasketLine]) -> None:
    returned = tuple(
        replace(line, quantity=-line.quantity, fixed_total=None if line.fixed_total is None else -line.fixed_total)
        for line in lines
    )
    sold = freeze_lines(Basket(tuple(lines)))
    back = freeze_lines(Basket(returned))
    assert [line.net for line in back] == [-line.net for line in sold]
    assert [(part.net, part.vat) for part in vat_parts(returned)] == [(-p.net, -p.vat) for p in vat_parts(lines)]


@given(st.lists(basket_lines(), max_size=6), st.lists(basket_lines(sign=-1), max_size=6))
def test_an_exchange_adds_up(sold: list[BasketLine], back: list[BasketLine]) -> None:
    lines = (*sold, *back)
    total = total_of([line.total for line in lines])
    check_document(a_document(lines, (Payment(PaymentMeans.CARD, total, total),) if total else ()))


# --- worked examples ---


def line(minor: int, rate_bp: int, line_id: str = "l") -> BasketLine:
    return BasketLine(line_id, "x", Money(minor), rate_bp)


def test_vat_is_rounded_once_a_document_not_once_a_line() -> None:
    three = (line(99, 2000, "a"), line(99, 2000, "b"), line(99, 2000, "c"))
    (part,) = vat_parts(three)
    # by line: 3 x 0.83 = 2.49; on the document: 2.97 / 1.2 = 2.475, half up 2.48
    assert (part.gross, part.net, part.vat) == (Money(297), Money(248), Money(49))
    assert [frozen.net for frozen in freeze_lines(Basket(three))] == [Money(83), Money(83), Money(82)]


def test_three_rates_in_one_document() -> None:
    parts = vat_parts((line(1250, 2000), line(480, 550), line(499, 550), line(210, 210)))
    assert [(p.rate_bp, p.gross.minor, p.net.minor, p.vat.minor) for p in parts] == [
        (2000, 1250, 1042, 208),
        (550, 979, 928, 51),
        (210, 210, 206, 4),
    ]


def test_a_weighed_line_is_priced_to_the_cent() -> None:
    assert line_for_product("l", TOMATO, 456).total == Money(219)


def test_mixed_payment_with_change() -> None:
    payments = (
        Payment(PaymentMeans.CARD, Money(1000), Money(1000)),
        Payment(PaymentMeans.CASH, Money(250), Money(2000)),
    )
    check_document(a_document((line(1250, 2000),), payments))
    assert payments[1].change == Money(1750)


@pytest.mark.parametrize(
    "payments",
    [
        (),
        (Payment(PaymentMeans.CASH, Money(1249), Money(1249)),),
        (Payment(PaymentMeans.CASH, Money(1251), Money(1251)),),
        (Payment(PaymentMeans.CASH, Money(1250), Money(1249)),),
        (Payment(PaymentMeans.CARD, Money(1250), Money(1300)),),
        (Payment(PaymentMeans.CARD, Money(1300), Money(1300)), Payment(PaymentMeans.CASH, Money(-50), Money(-49))),
    ],
    ids=["nothing", "too little", "too much", "change owed by the customer", "change from a card", "odd negative"],
)
def test_payments_that_do_not_add_up_are_a_bug(payments: tuple[Payment, ...]) -> None:
    with pytest.raises(MoneyDoesNotAddUp):
        check_document(a_document((line(1250, 2000),), payments))


def test_a_document_whose_parts_differ_by_a_cent_is_a_bug() -> None:
    exact = (Payment(PaymentMeans.CARD, Money(1250), Money(1250)),)
    good = a_document((line(1250, 2000),), exact)
    check_document(good)
    part, frozen = good.vat[0], good.lines[0]
    for wrong in (
        replace(good, total=Money(1251)),
        replace(good, vat=(replace(part, vat=part.vat + Money(1)),)),
        replace(good, vat=(replace(part, net=part.net + Money(1), vat=part.vat - Money(1)),)),
        replace(good, lines=(replace(frozen, net=frozen.net - Money(1)),)),
        replace(good, lines=(replace(frozen, total=frozen.total + Money(1)),)),
        replace(good, lines=(replace(frozen, vat_rate_bp=550),)),
    ):
        with pytest.raises(MoneyDoesNotAddUp):
            check_document(wrong)


def test_the_number_on_the_ticket() -> None:
    assert a_document((), ()).display_number == "A-000042"


# --- baskets ---


def test_the_same_piece_again_adds_to_the_last_line() -> None:
    basket = Basket().add(line_for_product("a", COFFEE, 1)).add(line_for_product("b", COFFEE, 2))
    assert [(entry.line_id, entry.quantity) for entry in basket.lines] == [("a", 3)]


def test_weighed_goods_open_prices_and_order_lines_stay_lines_of_their_own() -> None:
    tomato = line_for_product("a", TOMATO, 456)
    basket = Basket().add(tomato).add(replace(tomato, line_id="b"))
    basket = basket.add(line(350, 550, "c")).add(line(350, 550, "d"))
    of_order = replace(line_for_product("e", COFFEE, 1), order_id="order-1", fixed_total=Money(499))
    basket = basket.add(of_order).add(line_for_product("f", COFFEE, 1)).add(replace(of_order, line_id="g"))
    assert [entry.line_id for entry in basket.lines] == list("abcdefg")


def test_a_line_with_a_discount_is_not_added_to() -> None:
    cheaper = replace(line_for_product("a", COFFEE, 1), discount=Money(50))
    assert len(Basket().add(cheaper).add(line_for_product("b", COFFEE, 1)).lines) == 2


def test_what_an_order_brought_keeps_its_quantity() -> None:
    of_order = replace(line_for_product("a", COFFEE, 1), order_id="order-1", fixed_total=Money(499))
    assert Basket((of_order,)).with_quantity("a", 5).lines == (of_order,)


def test_changing_a_basket_leaves_the_old_one() -> None:
    old = Basket((line_for_product("a", COFFEE, 1), line_for_product("b", WINE, 1)), "order-1")
    assert old.with_quantity("a", 3).total == Money(3 * 499 + 1250)
    assert old.without("a").lines == old.lines[1:]
    assert old.without("a").order_id == old.with_quantity("a", 3).order_id == "order-1"
    assert old.total == Money(499 + 1250)
    assert old.age_limit == 18
    assert old.without("b").age_limit == 0


def test_a_document_keeps_its_moment() -> None:
    assert a_document((), (), happened_at=NOON + timedelta(hours=1)).happened_at > NOON
