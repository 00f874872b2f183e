"""The dated French rules and the calendar below them; worked examples of the domain notes carry their names."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.merchant import Merchant, VatRegime
from app.domain.money import Money
from app.domain.rules_fr import (
    LEGAL_GUARANTEE_MENTION,
    NO_PAPER_NOTICE,
    RETENTION_FLOOR_YEARS,
    SERVICE_NOTE_FROM,
    cash_limit,
    cash_still_allowed,
    easter_sunday,
    franchise_mention,
    is_public_holiday,
    is_working_day,
    kept_until,
    meal_voucher_rule,
    meal_voucher_share,
    public_holidays,
    service_note_is_due,
    takes_meal_vouchers_on,
    to_recheck,
    withdrawal_ends_on,
)

A_TUESDAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    "easter",
    ["2000-04-23", "2008-03-23", "2024-03-31", "2025-04-20", "2026-04-05", "2027-03-28", "2038-04-25", "2049-04-18"],
)
def test_easter(easter: str) -> None:
    day = date.fromisoformat(easter)
    assert easter_sunday(day.year) == day


def test_the_public_holidays_of_a_year() -> None:
    days = "01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25"
    assert sorted(public_holidays(2026)) == [date.fromisoformat(f"2026-{day}") for day in days.split()]


@given(st.integers(1990, 2100))
def test_easter_is_a_sunday_between_its_bounds(year: int) -> None:
    easter = easter_sunday(year)
    assert easter.weekday() == 6
    assert date(year, 3, 22) <= easter <= date(year, 4, 25)
    assert is_public_holiday(easter + timedelta(days=1))


# --- withdrawal ---


def test_example_withdrawal_clock() -> None:
    assert withdrawal_ends_on(date(2026, 12, 11)) == date(2026, 12, 28)


def test_example_withdrawal_clock_plain() -> None:
    assert withdrawal_ends_on(date(2026, 11, 20)) == date(2026, 12, 4)


@given(st.dates(date(2020, 1, 1), date(2060, 1, 1)))
def test_r31_the_clock_gives_fourteen_days_and_ends_on_a_working_day(received: date) -> None:
    end = withdrawal_ends_on(received)
    assert is_working_day(end)
    assert 14 <= (end - received).days <= 18
    assert not any(is_working_day(received + timedelta(days=days)) for days in range(14, (end - received).days))


# --- cash ---


def test_example_cash_cap() -> None:
    """A basket of 1,450.00: 900.00 in cash, then 550.00 in cash is too much; the card may pay the rest."""
    assert cash_still_allowed([]) >= Money(900_00)
    assert cash_still_allowed([Money(900_00)]) == Money(100_00)
    assert cash_still_allowed([Money(900_00)]) < Money(550_00)


def test_r26_the_limit_depends_on_where_the_customer_lives() -> None:
    assert (cash_limit(), cash_limit(resident=False)) == (Money(1000_00), Money(10_000_00))
    assert cash_still_allowed([Money(1000_00)]) == Money(0)
    assert cash_still_allowed([Money(700_00), Money(700_00)]) == Money(0)
    assert cash_still_allowed([Money(700_00), Money(700_00)], resident=False) == Money(8600_00)


# --- meal vouchers ---


def test_example_meal_voucher() -> None:
    """Food 30.00 and wine 10.00: vouchers may pay 25.00, the rest of 15.00 is paid by other means."""
    assert meal_voucher_share(Money(30_00), A_TUESDAY) == Money(25_00)


def test_r27_a_day_has_one_limit() -> None:
    assert meal_voucher_share(Money(12_00), A_TUESDAY) == Money(12_00)
    assert meal_voucher_share(Money(30_00), A_TUESDAY, spent_today=Money(20_00)) == Money(5_00)
    assert meal_voucher_share(Money(30_00), A_TUESDAY, spent_today=Money(26_00)) == Money(0)
    assert meal_voucher_share(Money(-5_00), A_TUESDAY) == Money(0)


def test_r27_the_limits_are_dated() -> None:
    assert meal_voucher_rule(date(2026, 12, 31)).any_food
    assert not meal_voucher_rule(date(2027, 1, 1)).any_food
    assert meal_voucher_rule(date(2020, 1, 1)) == meal_voucher_rule(date(2022, 10, 1))


def test_r27_not_on_sundays_and_holidays_unless_allowed() -> None:
    sunday, armistice = date(2026, 11, 22), date(2026, 11, 11)
    assert takes_meal_vouchers_on(A_TUESDAY, sundays_allowed=False)
    for day in (sunday, armistice):
        assert not takes_meal_vouchers_on(day, sundays_allowed=False)
        assert takes_meal_vouchers_on(day, sundays_allowed=True)


# --- texts and time-limits ---


def test_example_franchise_regime() -> None:
    """From franchise to VAT on 1 March: the mention before, the rates from then on."""
    merchant = Merchant(regimes=((date(2025, 1, 1), VatRegime.FRANCHISE), (date(2026, 3, 1), VatRegime.NORMAL)))
    assert merchant.regime_on(date(2026, 2, 28)) is VatRegime.FRANCHISE
    assert merchant.regime_on(date(2026, 3, 1)) is VatRegime.NORMAL


def test_r21_the_mention_of_the_franchise() -> None:
    assert franchise_mention(A_TUESDAY) == "TVA non applicable, art. 293 B du CGI"


def test_r22_the_mention_of_the_legal_guarantee_says_two_years() -> None:
    assert "2 ans" in LEGAL_GUARANTEE_MENTION
    assert "conformité" in LEGAL_GUARANTEE_MENTION


def test_r19_people_are_told_that_they_may_ask_for_paper() -> None:
    assert "demande" in NO_PAPER_NOTICE


def test_a_note_is_due_from_25_euros_of_services_on() -> None:
    assert service_note_is_due(SERVICE_NOTE_FROM)
    assert not service_note_is_due(Money(24_99))


def test_r16_ten_years_are_the_floor() -> None:
    assert RETENTION_FLOOR_YEARS == 10
    assert kept_until(date(2026, 11, 24)) == date(2036, 11, 24)
    assert kept_until(date(2028, 2, 29)) == date(2038, 3, 1)


def test_what_the_law_has_not_settled_is_named_once_its_day_has_passed() -> None:
    assert to_recheck(date(2026, 12, 31)) == ()
    assert to_recheck(date(2027, 1, 1)) == ("attestation", "meal_vouchers")
    assert "franchise_mention" in to_recheck(date(2028, 1, 1))
