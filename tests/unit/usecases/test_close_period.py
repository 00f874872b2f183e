"""Closing: one Z for each trading day, months and years from them, nothing inside what is closed."""

from __future__ import annotations

from datetime import date

from app.domain.cash import CashCount
from app.domain.closure import ClosureKind
from app.domain.money import Money
from app.usecases.close_period import (
    CloseDayRequest,
    CloseRefusal,
    CloseRefused,
    DayClosed,
    PeriodsClosed,
    close_day,
    close_month,
    due_closures,
    report_x,
)
from tests.fakes.shop import Shop
from tests.fakes.tills_day import CARD, give_back, sell


def closed(shop: Shop, **request: object) -> DayClosed:
    done = close_day(shop.counter, CloseDayRequest("Léa", **request))  # type: ignore[arg-type]  # fields by name
    assert isinstance(done, DayClosed), done
    return done


def test_r08_a_days_closure_holds_sums_and_both_perpetual_totals(shop: Shop) -> None:
    sell(shop, 10_000)
    give_back(shop, 3_000)
    sell(shop, 5_00, CARD, 550)
    done = closed(shop, count=CashCount.of_amount(Money(7_000)))
    (z,) = done.closures
    assert (z.kind, z.period, z.rank, z.first_number, z.last_number) == (ClosureKind.DAY, "2026-11-21", 1, 1, 3)
    assert (z.totals.sales, z.totals.refunds, z.totals.turnover) == (Money(10_500), Money(3_000), Money(7_500))
    assert (z.perpetual, z.perpetual_absolute) == (Money(7_500), Money(13_500))
    assert shop.queries.closure(z.closure_id) == z
    assert shop.queries.closures() == [z]


def test_nothing_open_is_nothing_to_close(shop: Shop) -> None:
    sell(shop, 500)
    closed(shop)
    assert close_day(shop.counter, CloseDayRequest("Léa")) == CloseRefused(CloseRefusal.NOTHING_TO_CLOSE)


def test_r08_the_month_is_the_sum_of_its_days(shop: Shop) -> None:
    for _ in range(12):
        sell(shop, 1_234, rate_bp=550)
        closed(shop)
        shop.clock.go_on(days=1)
    month = [row for row in shop.queries.closures() if row.kind is ClosureKind.MONTH]
    assert [(row.period, row.totals.turnover.minor) for row in month] == [("2026-11", 12_340)]
    assert close_month(shop.counter, "Léa") == CloseRefused(CloseRefusal.NOT_OVER)
    shop.clock.go_on(days=40)
    done = close_month(shop.counter, "Léa")
    assert isinstance(done, PeriodsClosed)
    assert [row.totals.turnover.minor for row in done.closures] == [2_468]


def test_x_says_what_the_z_would(shop: Shop) -> None:
    sell(shop, 10_000)
    sell(shop, 5_00, CARD, 550)
    x = report_x(shop.counter)
    assert [due.first_day for due in due_closures(shop.counter)] == [date(2026, 11, 21)]
    (z,) = closed(shop).closures
    assert (x.totals, x.cash, x.perpetual) == (z.totals, z.cash, z.perpetual)
