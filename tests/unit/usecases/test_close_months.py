"""Months and fiscal years: sums of their days and months, closed when they are over, never twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.closure import Closure, ClosureKind, joined_parts
from app.domain.merchant import Merchant
from app.domain.money import Money, total_of
from app.usecases.close_period import (
    CloseDayRequest,
    CloseRefusal,
    CloseRefused,
    DayClosed,
    PeriodsClosed,
    close_day,
    close_month,
    close_year,
    due_closures,
)
from tests.fakes.memory_store import MemoryStore
from tests.fakes.shop import Shop
from tests.fakes.surroundings import HandSetClock
from tests.fakes.tills_day import sell


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 11, 0, tzinfo=UTC)


def go_to(shop: Shop, day: date) -> None:
    shop.clock._now = noon(day)


def closed(shop: Shop) -> tuple[Closure, ...]:
    done = close_day(shop.counter, CloseDayRequest("Léa"))
    assert isinstance(done, DayClosed), done
    return done.closures


def trade(shop: Shop, day: date, minor: int = 1_234) -> None:
    go_to(shop, day)
    sell(shop, minor, rate_bp=550)
    closed(shop)


def begins_in(shop: Shop, month: int) -> None:
    with shop.counter.unit_of_work() as uow:
        uow.set_merchant(Merchant(fiscal_year_start_month=month))
        uow.commit()


def kinds(shop: Shop) -> list[tuple[str, str]]:
    return [(row.kind.value, row.period) for row in reversed(shop.queries.closures(1000))]


def test_r08_the_month_is_the_sum_of_its_days(shop: Shop) -> None:
    for day in (3, 3, 4, 30):
        trade(shop, date(2026, 11, day))
        shop.clock.go_on(hours=1)
    go_to(shop, date(2026, 12, 1))
    outcome = close_month(shop.counter, "Léa")
    assert isinstance(outcome, PeriodsClosed)
    (month,) = outcome.closures
    days = [row for row in reversed(shop.queries.closures(1000)) if row.kind is ClosureKind.DAY]
    assert (month.totals, month.cash, month.activity) == joined_parts(days)
    assert month.totals.turnover == Money(4 * 1_234)
    assert (month.first_number, month.last_number, month.parts) == (1, 4, (1, 2, 3, 4))
    assert (month.first_day, month.last_day) == (date(2026, 11, 1), date(2026, 11, 30))
    assert (month.perpetual, month.year_to_date) == (Money(4 * 1_234), Money(4 * 1_234))


def test_r08_a_month_that_is_over_closes_with_the_next_day_that_is_closed(shop: Shop) -> None:
    trade(shop, date(2026, 9, 30))
    trade(shop, date(2026, 10, 31))
    trade(shop, date(2026, 12, 1))
    assert kinds(shop) == [
        ("day", "2026-09-30"),
        ("day", "2026-10-31"),
        ("month", "2026-09"),
        ("day", "2026-12-01"),
        ("month", "2026-10"),
    ]


def test_r08_a_month_is_closed_once_and_only_when_it_is_over(shop: Shop) -> None:
    trade(shop, date(2026, 11, 30))
    assert close_month(shop.counter, "Léa") == CloseRefused(CloseRefusal.NOT_OVER)
    go_to(shop, date(2026, 12, 1))
    assert [due.kind for due in due_closures(shop.counter)] == [ClosureKind.MONTH]
    assert isinstance(close_month(shop.counter, "Léa"), PeriodsClosed)
    assert close_month(shop.counter, "Léa") == CloseRefused(CloseRefusal.NOT_OVER)
    assert due_closures(shop.counter) == ()


def test_r08_a_month_with_an_open_day_is_not_closed(shop: Shop) -> None:
    trade(shop, date(2026, 11, 29))
    go_to(shop, date(2026, 11, 30))
    sell(shop, 500)
    go_to(shop, date(2026, 12, 1))
    assert [due.kind for due in due_closures(shop.counter)] == [ClosureKind.DAY]
    assert close_month(shop.counter, "Léa") == CloseRefused(CloseRefusal.DAYS_OPEN)
    assert [(row.kind, row.period) for row in closed(shop)] == [
        (ClosureKind.DAY, "2026-11-30"),
        (ClosureKind.MONTH, "2026-11"),
    ]


def test_r10_after_the_month_is_closed_the_cut_off_still_holds(shop: Shop) -> None:
    trade(shop, date(2026, 11, 30))
    shop.clock._now = datetime(2026, 12, 1, 2, 30, tzinfo=UTC)  # half past three: still 30 November
    assert close_month(shop.counter, "Léa") == CloseRefused(CloseRefusal.NOT_OVER)
    shop.clock.go_on(hours=1)
    assert isinstance(close_month(shop.counter, "Léa"), PeriodsClosed)


def test_r08_the_fiscal_year_is_the_sum_of_its_months(shop: Shop) -> None:
    begins_in(shop, 7)
    for day in (date(2026, 6, 30), date(2026, 7, 1), date(2026, 12, 31), date(2027, 6, 30)):
        trade(shop, day)
    go_to(shop, date(2027, 7, 1))
    outcome = close_year(shop.counter, "Léa")
    assert isinstance(outcome, PeriodsClosed)
    assert [(row.kind, row.period) for row in outcome.closures] == [
        (ClosureKind.MONTH, "2027-06"),
        (ClosureKind.YEAR, "2026"),
    ]
    year = outcome.closures[-1]
    assert (year.first_day, year.last_day) == (date(2026, 7, 1), date(2027, 6, 30))
    assert (year.totals.turnover, year.year_to_date, year.perpetual) == (
        Money(3 * 1_234),
        Money(3 * 1_234),
        Money(4 * 1_234),
    )
    years = [row for row in shop.queries.closures(1000) if row.kind is ClosureKind.YEAR]
    assert [row.period for row in years] == ["2026", "2025"]
    assert close_year(shop.counter, "Léa") == CloseRefused(CloseRefusal.NOT_OVER)


def test_r09_perpetual_totals_go_on_over_the_year_and_the_year_to_date_begins_anew(shop: Shop) -> None:
    trade(shop, date(2026, 12, 31), 100)
    go_to(shop, date(2027, 1, 1))
    sell(shop, 50)
    day, *longer = closed(shop)
    assert (day.perpetual, day.year_to_date, day.year_first_day) == (Money(150), Money(50), date(2027, 1, 1))
    assert [(row.kind, row.year_to_date, row.perpetual) for row in longer] == [
        (ClosureKind.MONTH, Money(100), Money(100)),
        (ClosureKind.YEAR, Money(100), Money(100)),
    ]


def test_r08_a_fiscal_year_that_is_moved_begins_after_the_one_that_is_closed(shop: Shop) -> None:
    """What one year took already is in no year to date of the next one."""
    trade(shop, date(2026, 11, 20), 1_000)
    trade(shop, date(2027, 1, 4), 200)
    begins_in(shop, 7)
    trade(shop, date(2027, 6, 30), 30)
    go_to(shop, date(2027, 7, 1))
    sell(shop, 4)
    day, *longer = closed(shop)
    assert (day.year_first_day, day.year_to_date) == (date(2027, 7, 1), Money(4))
    (year,) = [one for one in longer if one.kind is ClosureKind.YEAR]
    assert (year.first_day, year.year_first_day) == (date(2027, 1, 1), date(2027, 1, 1))
    assert year.year_to_date == year.totals.turnover == Money(230)


def test_a_fiscal_year_that_is_moved_counts_no_month_twice(shop: Shop) -> None:
    trade(shop, date(2026, 3, 10), 100)
    trade(shop, date(2026, 12, 10), 100)
    go_to(shop, date(2027, 1, 5))
    assert isinstance(close_year(shop.counter, "Léa"), PeriodsClosed)
    begins_in(shop, 10)
    trade(shop, date(2027, 2, 10), 100)
    go_to(shop, date(2027, 10, 1))
    outcome = close_year(shop.counter, "Léa")
    assert isinstance(outcome, PeriodsClosed)
    year = outcome.closures[-1]
    assert (year.period, year.totals.turnover, len(year.parts)) == ("2026", Money(100), 1)


def test_a_year_may_have_53_weeks_and_a_leap_day(shop: Shop) -> None:
    day = date(2027, 12, 31)
    while day < date(2029, 1, 1):
        trade(shop, day, 100)
        day += timedelta(days=7)
    go_to(shop, date(2029, 1, 1))
    assert isinstance(close_year(shop.counter, "Léa"), PeriodsClosed)
    years = {row.period: row for row in shop.queries.closures(1000) if row.kind is ClosureKind.YEAR}
    assert years["2028"].totals.document_count == 52
    assert years["2027"].totals.document_count == 1
    trade(shop, date(2029, 1, 2))
    feb = next(row for row in shop.queries.closures(1000) if row.period == "2028-02")
    assert feb.last_day == date(2028, 2, 29)


@pytest.mark.parametrize("close", [close_month, close_year])
def test_r10_a_clock_behind_closes_no_month(shop: Shop, close) -> None:
    trade(shop, date(2027, 1, 1))
    go_to(shop, date(2026, 12, 31))
    assert close(shop.counter, "Léa") == CloseRefused(CloseRefusal.CLOCK_BEHIND)


@given(
    st.lists(st.tuples(st.integers(0, 45), st.integers(1, 9_999), st.booleans()), min_size=1, max_size=25),
    st.integers(1, 12),
)
@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=40)
def test_r08_whatever_the_days_every_sum_is_in_one_month_and_one_year(
    plan: list[tuple[int, int, bool]], month: int
) -> None:
    shop = Shop(MemoryStore(), HandSetClock(noon(date(2026, 1, 1))))
    begins_in(shop, month)
    for days, minor, close in plan:
        shop.clock.go_on(days=days, minutes=1)
        sell(shop, minor)
        if close:
            closed(shop)
    shop.clock.go_on(days=800)
    close_day(shop.counter, CloseDayRequest("Léa"))
    close_year(shop.counter, "Léa")
    everything = Money(sum(minor for _, minor, _ in plan))
    for kind in ClosureKind:
        of_kind = [row for row in shop.queries.closures(10_000) if row.kind is kind]
        assert total_of([row.totals.turnover for row in of_kind]) == everything
        assert max(of_kind, key=lambda row: row.number).perpetual == everything
        assert all(row.rank == 1 for row in of_kind if kind is not ClosureKind.DAY)
        numbers = sorted(number for row in of_kind for number in range(row.first_number, row.last_number + 1))
        assert numbers == list(range(1, len(plan) + 1))
