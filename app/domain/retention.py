"""Owns how long fiscal rows are kept: ten years at least, and never less than an archive that was checked (R16). Never
removes anything: no code of this program removes a fiscal row, and triggers refuse it; whoever writes one asks here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.domain.fiscal import Series

RETENTION_FLOOR_YEARS = 10
"""LPF L. 102 B from 1 January 2027, and C. com. L. 123-22; a shop may keep longer, never shorter."""
NEVER_PURGED = frozenset({Series.CLOSURES, Series.ARCHIVES})
"""Totals and the proof of archives stay for ever (R9, R16)."""


class PurgeVerdict(StrEnum):
    """Whether rows may go. TOTALS: closures and archives never. TOO_YOUNG: the floor is not over. NOT_ARCHIVED: a day
    of them is in no archive that was checked."""

    ALLOWED = "allowed"
    TOTALS = "totals"
    TOO_YOUNG = "too_young"
    NOT_ARCHIVED = "not_archived"


@dataclass(frozen=True, slots=True)
class ArchivedPeriod:
    """An archive. `verified`: it was checked after it was copied to where it is kept, and nothing was found."""

    first_day: date
    last_day: date
    verified: bool


def may_purge(
    series: Series,
    first_day: date,
    last_day: date,
    today: date,
    archives: Iterable[ArchivedPeriod],
    years: int = RETENTION_FLOOR_YEARS,
) -> PurgeVerdict:
    """Whether the rows of a series of these trading days may be removed.

    Args:
        years: what the shop chose to keep; less than the floor is the floor.
    """
    if series in NEVER_PURGED:
        return PurgeVerdict.TOTALS
    if keep_until(last_day, years) >= today:
        return PurgeVerdict.TOO_YOUNG
    return PurgeVerdict.ALLOWED if _covered(first_day, last_day, archives) else PurgeVerdict.NOT_ARCHIVED


def keep_until(day: date, years: int = RETENTION_FLOOR_YEARS) -> date:
    """The last day on which rows of a day are still owed: the end of that year, so many years on."""
    return date(day.year + max(years, RETENTION_FLOOR_YEARS), 12, 31)


def _covered(first_day: date, last_day: date, archives: Iterable[ArchivedPeriod]) -> bool:
    """Whether each day lies in a checked archive."""
    uncovered = first_day
    for archive in sorted(archives, key=lambda archive: archive.first_day):
        if archive.verified and archive.first_day <= uncovered <= archive.last_day:
            uncovered = archive.last_day + timedelta(days=1)
    return uncovered > last_day
