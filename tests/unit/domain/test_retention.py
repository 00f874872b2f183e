"""How long fiscal rows are kept (R16)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.fiscal import Series
from app.domain.retention import ArchivedPeriod, PurgeVerdict, keep_until, may_purge

A_YEAR = date(2026, 1, 1), date(2026, 12, 31)
ARCHIVED = ArchivedPeriod(*A_YEAR, verified=True)
LATER = date(2037, 1, 1)


def test_r16_nothing_goes_before_ten_years_are_over() -> None:
    assert keep_until(date(2026, 3, 1)) == date(2036, 12, 31)
    assert may_purge(Series.SALES, *A_YEAR, date(2036, 12, 31), [ARCHIVED]) is PurgeVerdict.TOO_YOUNG
    assert may_purge(Series.SALES, *A_YEAR, LATER, [ARCHIVED]) is PurgeVerdict.ALLOWED


def test_r16_a_shop_may_keep_longer_but_not_shorter() -> None:
    assert may_purge(Series.EVENTS, *A_YEAR, date(2033, 1, 1), [ARCHIVED], years=6) is PurgeVerdict.TOO_YOUNG
    assert may_purge(Series.EVENTS, *A_YEAR, LATER, [ARCHIVED], years=15) is PurgeVerdict.TOO_YOUNG


def test_r16_no_purge_without_a_checked_archive_of_each_day() -> None:
    unchecked = ArchivedPeriod(*A_YEAR, verified=False)
    half = ArchivedPeriod(date(2026, 1, 1), date(2026, 6, 29), verified=True)
    rest = ArchivedPeriod(date(2026, 7, 1), date(2026, 12, 31), verified=True)
    for archives in ([], [unchecked], [half], [half, rest]):
        assert may_purge(Series.SALES, *A_YEAR, LATER, archives) is PurgeVerdict.NOT_ARCHIVED


@pytest.mark.parametrize("series", [Series.CLOSURES, Series.ARCHIVES])
def test_r16_closures_and_archives_are_never_purged(series: Series) -> None:
    assert may_purge(series, *A_YEAR, date(2100, 1, 1), [ARCHIVED]) is PurgeVerdict.TOTALS


@given(st.lists(st.integers(1, 40), min_size=1, max_size=8), st.integers(-1, 7))
def test_r16_archives_that_follow_each_other_cover_all_their_days(lengths: list[int], missing: int) -> None:
    periods, day = [], A_YEAR[0]
    for length in lengths:
        periods.append(ArchivedPeriod(day, day + timedelta(days=length - 1), verified=True))
        day += timedelta(days=length)
    whole = periods[0].first_day, periods[-1].last_day
    assert may_purge(Series.SALES, *whole, LATER, reversed(periods)) is PurgeVerdict.ALLOWED
    if 0 <= missing < len(periods):
        del periods[missing]
        assert may_purge(Series.SALES, *whole, LATER, periods) is PurgeVerdict.NOT_ARCHIVED
