"""Column values: times that sort as they happened, JSON of one form."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import BrokenInvariant
from app.storage.values import canonical_json, plain_of, texts_json, texts_of, time_of, time_text

moments = st.datetimes(
    datetime(1970, 1, 2),  # noqa: DTZ001  # bounds are naive
    datetime(2200, 1, 1),  # noqa: DTZ001  # bounds are naive
    timezones=st.integers(-720, 840).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(moment=moments)
def test_a_time_comes_back_in_utc(moment: datetime) -> None:
    assert time_of(time_text(moment)) == moment
    assert time_of(time_text(moment)).utcoffset() == timedelta(0)


@given(moment=moments)
def test_a_time_is_written_as_the_standard_library_would(moment: datetime) -> None:
    for shown in (moment, moment.replace(microsecond=0), moment.replace(microsecond=moment.microsecond // 1000 * 1000)):
        assert time_text(shown) == shown.astimezone(UTC).isoformat(timespec="microseconds")


@given(one=moments, other=moments)
def test_texts_sort_as_times_do(one: datetime, other: datetime) -> None:
    assert (time_text(one) < time_text(other)) == (one < other)


def test_a_time_without_a_zone_is_a_bug() -> None:
    with pytest.raises(BrokenInvariant, match="zone"):
        time_text(datetime(2026, 1, 1))  # noqa: DTZ001  # that is the point
    assert time_text(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01T00:00:00.000000+00:00"


@given(value=plain)
def test_canonical_json_is_what_the_standard_library_would_write(value: object) -> None:
    text = canonical_json(value)
    assert text == json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert plain_of(text) == value


@given(texts=st.lists(st.text()))
def test_texts_come_back(texts: list[str]) -> None:
    assert texts_of(texts_json(texts)) == tuple(texts)
