"""Owns the sentences about this computer's clock. No Qt import: the command line uses it too."""

from __future__ import annotations

from datetime import timedelta

from app.domain.clock_skew import ClockTold
from app.i18n import tr
from app.ui.formats import day_and_time, duration


def skew_words(clock_skew_s: int) -> str:
    """What to say of a clock that is not right; "" if it is.

    Args:
        clock_skew_s: see `LinkStatus`.
    """
    if not clock_skew_s:
        return ""
    span = duration(timedelta(seconds=abs(clock_skew_s)))
    if clock_skew_s > 0:
        return tr("This computer's clock is {span} ahead of the marketplace's: put it right.").format(span=span)
    return tr("This computer's clock is {span} behind the marketplace's: put it right.").format(span=span)


def another_day_words(told: ClockTold | None) -> str:
    """Asked before a day is closed under a date the marketplace would not give it."""
    if told is None:
        return ""
    return tr(
        "The marketplace last said that it is {there}: this computer's date looks wrong. Put it right first, for what "
        "is closed keeps its date. If it is right, close once more."
    ).format(there=day_and_time(told.server_time))
