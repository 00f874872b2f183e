"""Dates on goods: which day they mean, and what that means for a sale."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.gs1_goods import DateVerdict, Gs1Goods, date_of, judge_dates

TODAY = date(2026, 11, 23)
YESTERDAY = TODAY - timedelta(days=1)


@pytest.mark.parametrize(
    ("figures", "this_year", "day"),
    [
        ("261231", 2026, date(2026, 12, 31)),
        ("261200", 2026, date(2026, 12, 31)),
        ("280200", 2026, date(2028, 2, 29)),
        ("270229", 2026, None),
        ("261301", 2026, None),
        ("260001", 2026, None),
        ("260132", 2026, None),
        ("760101", 2026, date(2076, 1, 1)),
        ("770101", 2026, date(1977, 1, 1)),
        ("490101", 2099, date(2149, 1, 1)),
        ("500101", 2099, date(2050, 1, 1)),
        ("26123", 2026, None),
        ("26123x", 2026, None),
        ("٢٦١٢٣١", 2026, None),
    ],
)
def test_the_day_six_figures_say(figures, this_year, day):
    assert date_of(figures, this_year) == day


@given(st.dates(date(2000, 1, 1), date(2199, 12, 31)), st.integers(-49, 50))
def test_a_day_near_enough_comes_back(day, ahead):
    assert date_of(f"{day:%y%m%d}", day.year - ahead) == day


@pytest.mark.parametrize(
    ("goods", "verdict"),
    [
        (Gs1Goods(), DateVerdict.FINE),
        (Gs1Goods(use_by=TODAY, best_before=TODAY, sell_by=TODAY), DateVerdict.FINE),
        (Gs1Goods(use_by=YESTERDAY), DateVerdict.PAST_USE_BY),
        (Gs1Goods(use_by=YESTERDAY, best_before=YESTERDAY), DateVerdict.PAST_USE_BY),
        (Gs1Goods(best_before=YESTERDAY, sell_by=YESTERDAY), DateVerdict.PAST_BEST_BEFORE),
        (Gs1Goods(use_by=TODAY, sell_by=YESTERDAY), DateVerdict.PAST_SELL_BY),
    ],
)
def test_what_the_dates_mean_today(goods, verdict):
    assert judge_dates(goods, TODAY) is verdict
