"""What people do at the counter, in one line each, for tests of documents and payments."""

from __future__ import annotations

from typing import Any

from app.domain.canonical import content_of
from app.domain.fiscal import EventCode, Series
from app.domain.money import Money
from app.domain.operators import Operator, Role
from app.domain.sale import Basket, BasketLine, Payment, PaymentMeans, SaleDocument, check_document, line_for_product
from app.usecases.correct_sale import lines_coming_back, return_lines
from app.usecases.sell_at_counter import SaleDone, SaleRefused, SaleRequest, sell_at_counter
from tests.fakes.shop import Shop


def pay(means: PaymentMeans, minor: int, tendered: int | None = None) -> Payment:
    return Payment(means, Money(minor), Money(minor if tendered is None else tendered))


def cash(minor: int, tendered: int | None = None) -> Payment:
    return pay(PaymentMeans.CASH, minor, tendered)


def card(minor: int) -> Payment:
    return pay(PaymentMeans.CARD, minor)


def open_price(shop: Shop, minor: int, rate_bp: int, quantity: int = 1, **other: Any) -> BasketLine:
    return BasketLine(shop.counter.ids.new(), f"Article {minor}", Money(minor), rate_bp, quantity, **other)


def articles(shop: Shop, *entries: tuple[Any, int], **other: Any) -> Basket:
    lines = (line_for_product(shop.counter.ids.new(), product, quantity) for product, quantity in entries)
    return Basket(tuple(lines), **other)


def a_request(basket: Basket, *payments: Payment, **other: Any) -> SaleRequest:
    """Paid by card if nothing else is said, the age confirmed."""
    paid = payments or ((card(basket.total.minor),) if basket.total else ())
    return SaleRequest(basket, tuple(paid), "Léa", **{"age_confirmed_by": "Léa", **other})


def sell(shop: Shop, basket: Basket, *payments: Payment, **other: Any) -> SaleDocument:
    done = sell_at_counter(shop.counter, a_request(basket, *payments, **other))
    assert isinstance(done, SaleDone), done
    check_document(done.sale)
    return done.sale


def not_sold(shop: Shop, basket: Basket, *payments: Payment, **other: Any) -> SaleRefused:
    """Refused, and nothing is written."""
    before = (shop.everything(), ends(shop))
    outcome = sell_at_counter(shop.counter, a_request(basket, *payments, **other))
    assert isinstance(outcome, SaleRefused), outcome
    assert (shop.everything(), ends(shop)) == before
    return outcome


def coming_back(shop: Shop, sale: SaleDocument, *broken: int, **quantities: int) -> Basket:
    """`coming_back(shop, sale, l1=2)`: two of line 1."""
    ticket = return_lines(shop.counter, sale.sale_id)
    assert ticket is not None
    wanted = {int(name[1:]): quantity for name, quantity in quantities.items()}
    return Basket(lines_coming_back(shop.counter.ids, ticket, wanted, broken=broken))


def ends(shop: Shop) -> dict[Series, tuple[int, int, int]]:
    """Number and perpetual totals (algebraic, absolute) of each chain."""
    with shop.store.unit_of_work() as uow:
        heads = {series: uow.ledger.head("A", series) for series in Series}
    return {series: (h.number, h.perpetual.minor, h.perpetual_absolute.minor) for series, h in heads.items()}


def rows(shop: Shop, series: Series) -> list[dict[str, Any]]:
    """What a chain's rows say."""
    with shop.store.unit_of_work() as uow:
        return [content_of(bytes(row.canonical)) for row in uow.ledger.rows("A", series, 1, 10_000)]


def events(shop: Shop, code: EventCode) -> list[dict[str, Any]]:
    """The details of the events of a kind, with who acted."""
    return [{"operator": row["operator"], **row["details"]} for row in rows(shop, Series.EVENTS) if row["kind"] == code]


def has_team(shop: Shop) -> None:
    """Léa is at the counter, Paul is the manager, Ada keeps the books."""
    with shop.store.unit_of_work() as uow:
        for name, role in (("Léa", Role.CASHIER), ("Paul", Role.MANAGER), ("Ada", Role.ACCOUNTANT)):
            uow.operators.add(Operator(f"op-{name}", name, role), "x")
        uow.commit()
