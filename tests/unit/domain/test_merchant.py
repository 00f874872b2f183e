"""Who the merchant is: numbers that fit together, the dated regime, the trading day, the fiscal year."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.merchant import (
    FiscalYear,
    Merchant,
    MerchantProblem,
    VatRegime,
    changed_fields,
    problems_with,
    siret_problem,
    trading_day,
    vat_key_of,
    vat_number_problem,
    without_blanks,
)

SIREN = "732829320"
SIRET = "73282932000074"


def luhn_total(digits: str) -> int:
    return sum(sum(divmod(int(digit) * (1 + place % 2), 10)) for place, digit in enumerate(reversed(digits)))


@pytest.mark.parametrize(
    ("siret", "problem"),
    [
        (SIRET, None),
        ("35600000000048", None),  # head office of La Poste: follows Luhn
        ("35600000049837", None),  # an office of La Poste: its digits sum up to a multiple of five
        ("35600000049838", MerchantProblem.SIRET_CHECK_DIGIT),
        ("73282932000075", MerchantProblem.SIRET_CHECK_DIGIT),
        ("73282932100073", MerchantProblem.SIRET_CHECK_DIGIT),  # SIREN wrong, SIRET right as a whole
        ("7328293200007", MerchantProblem.SIRET_NOT_14_DIGITS),
        ("732 829 320 00074", MerchantProblem.SIRET_NOT_14_DIGITS),
        ("7328293200007O", MerchantProblem.SIRET_NOT_14_DIGITS),
        ("７3282932000074", MerchantProblem.SIRET_NOT_14_DIGITS),
    ],
)
def test_siret(siret: str, problem: MerchantProblem | None) -> None:
    assert siret_problem(siret) is problem


@given(st.integers(0, 99_999_999), st.integers(0, 9_999))
def test_one_wrong_digit_of_a_siret_is_found(body: int, office: int) -> None:
    siren = with_check_digit(f"{body:08d}")
    siret = with_check_digit(f"{siren}{office:04d}")
    assert siret_problem(siret) is None
    spoilt = siret[:5] + str((int(siret[5]) + 1) % 10) + siret[6:]
    if not spoilt.startswith("356000000"):
        assert siret_problem(spoilt) is MerchantProblem.SIRET_CHECK_DIGIT


def with_check_digit(body: str) -> str:
    return next(f"{body}{digit}" for digit in range(10) if luhn_total(f"{body}{digit}") % 10 == 0)


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        ("FR44732829320", None),
        ("FR45732829320", MerchantProblem.VAT_NUMBER_KEY),
        ("FR44732829321", MerchantProblem.VAT_NUMBER_KEY),
        ("FRK7732829320", None),
        ("FRO7732829320", MerchantProblem.VAT_NUMBER_FORM),
        ("BE0123456789", MerchantProblem.VAT_NUMBER_FORM),
        ("44732829320", MerchantProblem.VAT_NUMBER_FORM),
    ],
)
def test_vat_numbers(number: str, problem: MerchantProblem | None) -> None:
    assert vat_number_problem(number) is problem


def test_the_key_of_a_vat_number_has_two_digits() -> None:
    assert vat_key_of("732829320") == "44"
    assert all(len(vat_key_of(f"{siren:09d}")) == 2 for siren in range(97))


def test_numbers_as_people_write_them() -> None:
    assert without_blanks(" 732 829.320-00074 ") == SIRET
    assert without_blanks("fr 44 732\u00a0829\u202f320") == "FR44732829320"


def test_nothing_entered_is_no_problem() -> None:
    assert problems_with(Merchant()) == ()


@pytest.mark.parametrize(
    ("merchant", "problem"),
    [
        (Merchant(siret="1"), MerchantProblem.SIRET_NOT_14_DIGITS),
        (Merchant(vat_number="FR"), MerchantProblem.VAT_NUMBER_FORM),
        (Merchant(siret=SIRET, vat_number="FR83404833048"), MerchantProblem.VAT_NUMBER_OF_ANOTHER),
        (Merchant(legal_name="x" * 121), MerchantProblem.TEXT_TOO_LONG),
        (Merchant(address_lines=("x" * 121,)), MerchantProblem.TEXT_TOO_LONG),
        (Merchant(cutoff_hour=13), MerchantProblem.CUTOFF_HOUR),
        (Merchant(cutoff_hour=-1), MerchantProblem.CUTOFF_HOUR),
        (Merchant(fiscal_year_start_month=0), MerchantProblem.FISCAL_YEAR_MONTH),
        (
            Merchant(regimes=((date(2026, 3, 1), VatRegime.NORMAL), (date(2026, 3, 1), VatRegime.FRANCHISE))),
            MerchantProblem.REGIMES_NOT_IN_ORDER,
        ),
    ],
)
def test_each_problem_is_named(merchant: Merchant, problem: MerchantProblem) -> None:
    assert problems_with(merchant) == (problem,)


def test_all_problems_are_named_at_once() -> None:
    assert len(problems_with(Merchant(siret="1", vat_number="2", cutoff_hour=99))) == 3


def test_r21_the_regime_has_its_dates() -> None:
    merchant = Merchant(regimes=((date(2025, 1, 1), VatRegime.FRANCHISE), (date(2026, 3, 1), VatRegime.NORMAL)))
    assert merchant.regime_on(date(2024, 12, 31)) is VatRegime.NORMAL
    assert merchant.regime_on(date(2025, 1, 1)) is VatRegime.FRANCHISE
    assert merchant.regime_on(date(2026, 2, 28)) is VatRegime.FRANCHISE
    assert merchant.regime_on(date(2026, 3, 1)) is VatRegime.NORMAL


def test_r21_a_new_regime_holds_from_its_day_on() -> None:
    first = Merchant().with_regime(date(2025, 1, 1), VatRegime.FRANCHISE)
    both = first.with_regime(date(2026, 3, 1), VatRegime.NORMAL)
    assert both.regimes == ((date(2025, 1, 1), VatRegime.FRANCHISE), (date(2026, 3, 1), VatRegime.NORMAL))
    assert both.with_regime(date(2026, 3, 1), VatRegime.NORMAL) == both
    assert both.with_regime(date(2026, 3, 1), VatRegime.FRANCHISE) == first
    assert both.with_regime(date(2026, 4, 1), VatRegime.NORMAL) == both
    assert Merchant().with_regime(date(2026, 1, 1), VatRegime.NORMAL) == Merchant()


# --- trading day ---


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("utc", "offset", "cutoff", "day"),
    [
        ("2026-11-21 12:00", 60, 4, date(2026, 11, 21)),
        ("2026-11-21 23:30", 60, 4, date(2026, 11, 21)),  # half past midnight belongs to the evening
        ("2026-11-22 02:59", 60, 4, date(2026, 11, 21)),
        ("2026-11-22 03:00", 60, 4, date(2026, 11, 22)),
        ("2026-11-21 22:59", 60, 0, date(2026, 11, 21)),
        ("2026-11-21 23:00", 60, 0, date(2026, 11, 22)),
        ("2026-12-31 23:59", 60, 4, date(2026, 12, 31)),
    ],
)
def test_r10_the_trading_day_ends_at_the_cut_off(utc: str, offset: int, cutoff: int, day: date) -> None:
    assert trading_day(moment(utc), offset, cutoff) == day


@given(st.integers(0, 36 * 3600), st.integers(3, 12), st.integers(0, 3600))
def test_r10_the_autumn_hour_change_is_no_step_back(since_s: int, cutoff: int, later_s: int) -> None:
    """The hour that comes twice, from 2 to 3, lies before every such cut-off."""
    change = moment("2026-10-25 01:00")
    at = moment("2026-10-24 12:00") + timedelta(seconds=since_s)

    def offset(when: datetime) -> int:
        return 120 if when < change else 60

    after = at + timedelta(seconds=later_s)
    assert trading_day(at, offset(at), cutoff) <= trading_day(after, offset(after), cutoff)


# --- fiscal year ---


def test_r08_a_fiscal_year_may_begin_in_any_month() -> None:
    july = Merchant(fiscal_year_start_month=7)
    assert july.fiscal_year_of(date(2026, 6, 30)) == FiscalYear(date(2025, 7, 1), date(2026, 6, 30))
    assert july.fiscal_year_of(date(2026, 7, 1)) == FiscalYear(date(2026, 7, 1), date(2027, 6, 30))
    assert Merchant().fiscal_year_of(date(2028, 2, 29)) == FiscalYear(date(2028, 1, 1), date(2028, 12, 31))


@given(st.dates(date(2020, 1, 1), date(2060, 1, 1)), st.integers(1, 12))
def test_r08_every_day_is_in_its_fiscal_year(day: date, month: int) -> None:
    year = Merchant(fiscal_year_start_month=month).fiscal_year_of(day)
    assert year.first_day <= day <= year.last_day
    assert (year.last_day - year.first_day).days in (364, 365)
    assert Merchant(fiscal_year_start_month=month).fiscal_year_of(year.last_day) == year


def test_changes_are_named_not_told() -> None:
    before = Merchant(legal_name="Lefèvre", siret=SIRET)
    after = Merchant(legal_name="Lefèvre et fils", siret=SIRET, cutoff_hour=5)
    assert changed_fields(before, after) == ("legal_name", "cutoff_hour")
    assert changed_fields(before, before) == ()
