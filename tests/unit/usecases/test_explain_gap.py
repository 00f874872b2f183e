"""What may explain a difference, from the documents and movements since the last closure, on both stores."""

from __future__ import annotations

from app.domain.cash import CashMovementKind
from app.domain.cash_gap import GapKind
from app.domain.money import Money
from app.domain.sale import DocumentKind
from app.usecases.close_period import CloseDayRequest, DayClosed, close_day
from app.usecases.explain_gap import explain_gap
from app.usecases.keep_cash import move_cash
from tests.fakes.shop import Shop
from tests.fakes.tills_day import CARD, CASH, a_line, paid, record, sell


def test_a_ticket_of_that_value_is_named_with_its_time(shop: Shop) -> None:
    sell(shop, 7_00)
    shop.clock.go_on(minutes=12)
    sold_at, ticket = shop.clock.now(), sell(shop, 18_40)
    shop.clock.go_on(minutes=3)
    sell(shop, 18_40, CARD)
    (cause,) = explain_gap(shop.queries, Money(-18_40))
    assert (cause.kind, cause.numbers, cause.times) == (
        GapKind.CARD_ENTERED_AS_CASH,
        (ticket.display_number,),
        (sold_at,),
    )


def test_up_to_three_candidates_the_likeliest_first(shop: Shop) -> None:
    sell(shop, 20_00)
    record(shop, DocumentKind.SALE, (a_line(shop, 12_00),), (paid(CASH, 12_00, tendered=50_00),))
    sell(shop, 30_00)
    sell(shop, 8_00)
    move_cash(shop.counter, CashMovementKind.CASH_IN, Money(30_00), "monnaie", "Léa")
    causes = explain_gap(shop.queries, Money(-30_00))
    assert [cause.kind for cause in causes] == [
        GapKind.CARD_ENTERED_AS_CASH,
        GapKind.MOVEMENT_NOT_MADE,
        GapKind.CHANGE_ERROR,
    ]
    assert causes[1].reason == "monnaie"


def test_what_is_closed_is_not_looked_at(shop: Shop) -> None:
    sell(shop, 18_40)
    assert isinstance(close_day(shop.counter, CloseDayRequest("Léa")), DayClosed)
    sell(shop, 1_00)
    assert explain_gap(shop.queries, Money(-18_40)) == ()


def test_looking_records_nothing(shop: Shop) -> None:
    sell(shop, 18_40)
    before = shop.everything()
    explain_gap(shop.queries, Money(-18_40))
    assert shop.everything() == before
