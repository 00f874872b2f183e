"""Owns the JSON of the ledger's ends, contract `/v1`. Never sends, stores or logs.

Tolerant as `wire` is: what is not understood is left out, as are series that only a newer till knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated

import msgspec

from app.domain.fiscal import KnownHead, Series
from app.domain.money import Money

_Total = Annotated[int, msgspec.Meta(ge=-(2**62), le=2**62)]


class _Head(msgspec.Struct, kw_only=True, gc=False):
    till_letter: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{1,3}\Z")]
    series: Series
    number: Annotated[int, msgspec.Meta(ge=1, le=2**53)]
    hash: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
    signature: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{128}\Z")]
    perpetual_minor: _Total = 0
    perpetual_absolute_minor: _Total = 0
    trading_day: date | None = None
    happened_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


_HEAD = msgspec.json.Decoder(_Head)
_UNREADABLE = (msgspec.MsgspecError, RecursionError, OverflowError, ValueError)


def read_heads(raw_heads: Sequence[msgspec.Raw]) -> tuple[KnownHead, ...]:
    """Those of the ends that are understood."""
    found = (_read_head(raw) for raw in raw_heads)
    return tuple(head for head in found if head is not None)


def _read_head(raw: msgspec.Raw) -> KnownHead | None:
    try:
        wire = _HEAD.decode(raw)
        return KnownHead(
            wire.till_letter,
            wire.series,
            wire.number,
            bytes.fromhex(wire.hash),
            bytes.fromhex(wire.signature),
            Money(wire.perpetual_minor),
            Money(wire.perpetual_absolute_minor),
            wire.trading_day,
            wire.happened_at.astimezone(UTC) if wire.happened_at else None,
        )
    except _UNREADABLE:
        return None
