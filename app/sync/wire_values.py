"""Owns the small readings that every record of the contract shares: clean text, times in UTC, rules no schema can say.
Never knows a record."""

from __future__ import annotations

import re
from datetime import UTC, datetime


class BrokenRuleError(ValueError):
    """A record is well-formed but breaks a rule no schema can say."""


def require(condition: bool, reason: str) -> None:
    """Raises BrokenRuleError."""
    if not condition:
        raise BrokenRuleError(reason)


# Control characters could drive a printer, direction marks could make a name read as another.
_UNWANTED = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    """The text without characters that could do more than be read."""
    return text if text.isprintable() else _UNWANTED.sub(" ", text)


def utc(moment: datetime) -> datetime:
    """The moment in UTC. Raises BrokenRuleError outside the years that every system can show in the shop's zone."""
    require(2000 <= moment.year <= 2999, "a time out of this world")
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


def utc_or_none(moment: datetime | None) -> datetime | None:
    return None if moment is None else utc(moment)
