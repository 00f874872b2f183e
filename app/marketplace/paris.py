"""Owns the local time of the shops (metropolitan France), for what customers read. Everything else is UTC.

The European rule is written out, because not every machine has a time zone database.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

_WINTER = timezone(timedelta(hours=1), "CET")
_SUMMER = timezone(timedelta(hours=2), "CEST")
_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip


def in_paris(moment: datetime) -> datetime:
    """The same moment on a Paris clock: summer time from the last Sunday of March to that of October, at 1:00 UTC."""
    utc = moment.astimezone(UTC)
    summer = _last_sunday(utc.year, 3) <= utc < _last_sunday(utc.year, 10)
    return utc.astimezone(_SUMMER if summer else _WINTER)


def _last_sunday(year: int, month: int) -> datetime:
    last_day = datetime(year, month, 31, 1, tzinfo=UTC)  # March and October both have 31 days
    return last_day - timedelta(days=(last_day.weekday() + 1) % 7)


def end_of_day_in_paris(moment: datetime) -> datetime:
    """23:59:59 of that day in Paris, as an aware UTC moment."""
    local = in_paris(moment).replace(hour=23, minute=59, second=59, microsecond=0, tzinfo=None)
    summer = in_paris(local.replace(tzinfo=_WINTER)).tzinfo
    return local.replace(tzinfo=summer).astimezone(UTC)


def day_in_words(moment: datetime) -> str:
    """`samedi 22 novembre`."""
    local = in_paris(moment)
    day = "1er" if local.day == 1 else str(local.day)
    return f"{_DAYS[local.weekday()]} {day} {_MONTHS[local.month - 1]}"


def moment_in_words(moment: datetime) -> str:
    """`samedi 22 novembre à 14 h 30`."""
    local = in_paris(moment)
    return f"{day_in_words(moment)} à {local.hour}\u202fh\u202f{local.minute:02d}"
