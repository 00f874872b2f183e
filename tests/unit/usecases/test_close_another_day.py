"""A day is not closed under a date that looks wrong before a person has said that it is right (R10)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.clock_skew import ClockTold
from app.usecases.close_period import (
    CloseDayRequest,
    CloseRefusal,
    CloseRefused,
    DayClosed,
    close_day,
    close_month,
    close_year,
)
from tests.fakes.shop import Shop
from tests.fakes.surroundings import NOON
from tests.fakes.tills_day import sell

YEARS = timedelta(days=1500)


def hear(shop: Shop, ahead: timedelta) -> None:
    """The marketplace says that it is noon; this computer says something else."""
    with shop.store.unit_of_work() as uow:
        uow.pulled.note_server_time(NOON, NOON + ahead)
        uow.commit()


@pytest.mark.parametrize("heard_before", [True, False])
def test_a_clock_years_ahead_is_asked_about_and_closes_once_confirmed(shop: Shop, heard_before: bool) -> None:
    hear(shop, YEARS if heard_before else timedelta(0))
    shop.clock.go_on(days=YEARS.days)
    sell(shop, 500)
    refused = close_day(shop.counter, CloseDayRequest("Léa"))
    assert refused == CloseRefused(
        CloseRefusal.ANOTHER_DAY, clock_told=ClockTold(NOON, NOON + (YEARS if heard_before else timedelta(0)))
    )
    assert shop.queries.closures() == []
    for close in (close_month, close_year):
        outcome = close(shop.counter, "Léa")
        assert isinstance(outcome, CloseRefused)
        assert outcome.reason is CloseRefusal.ANOTHER_DAY
    assert isinstance(close_day(shop.counter, CloseDayRequest("Léa", date_confirmed=True)), DayClosed)


def test_a_clock_behind_the_marketplace_is_asked_about(shop: Shop) -> None:
    hear(shop, timedelta(0))
    shop.clock.go_on(days=-2)
    sell(shop, 500)
    refused = close_day(shop.counter, CloseDayRequest("Léa"))
    assert isinstance(refused, CloseRefused)
    assert refused.reason is CloseRefusal.ANOTHER_DAY


def test_two_weeks_off_line_are_nothing_to_ask_about(shop: Shop) -> None:
    hear(shop, timedelta(hours=5))
    shop.clock.go_on(days=14)
    sell(shop, 500)
    assert isinstance(close_day(shop.counter, CloseDayRequest("Léa")), DayClosed)
