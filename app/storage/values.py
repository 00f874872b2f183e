"""Owns how values of the domain become column values and back. Never knows a table.

Times are UTC text with microseconds, so that they sort as they happened; amounts are whole minor units.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from app.domain.errors import BrokenInvariant


def time_text(moment: datetime) -> str:
    """Raises BrokenInvariant for a time without a zone."""
    if moment.tzinfo is None:
        raise BrokenInvariant(f"a time without a zone: {moment!r}")
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    written: str = msgspec.to_builtins(utc)  # "...T14:30:00Z", "...T14:30:00.000001Z"; isoformat is far slower
    return f"{written[:19]}.{written[20:-1]:0<6}+00:00"


def optional_time_text(moment: datetime | None) -> str | None:
    return None if moment is None else time_text(moment)


def time_of(text: str) -> datetime:
    return datetime.fromisoformat(text)


def optional_time_of(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def canonical_json(plain: Any) -> str:
    """Plain data with sorted keys and no blanks: the same data always gives the same bytes."""
    return msgspec.json.encode(plain, order="sorted").decode()


def plain_of(text: str) -> Any:
    return json.loads(text)


def texts_json(texts: Sequence[str]) -> str:
    return canonical_json(list(texts)) if texts else "[]"


def texts_of(text: str) -> tuple[str, ...]:
    return () if text == "[]" else tuple(json.loads(text))
