"""Owns the JSON of disagreements, contract `/v1`. Never sends, stores or logs.

Tolerant as `wire` is: a kind or an answer that only a newer marketplace knows is kept as it is, to be looked at.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec

from app.sync.wire_values import clean, require, utc, utc_or_none
from app.usecases.marketplace_port import Disagreement, ExceptionChange

MAX_VIEW_BYTES = 100_000

_Key = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x20\x7f]+\Z")]
_KeyOrNone = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^\x00-\x20\x7f]*\Z")]
_Word = Annotated[str, msgspec.Meta(max_length=100)]
_Text = Annotated[str, msgspec.Meta(max_length=1000)]
_Instant = Annotated[datetime, msgspec.Meta(tz=True)]


class _Disagreement(msgspec.Struct, kw_only=True, gc=False):
    exception_id: _Key
    kind: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    opened_at: _Instant
    order_id: _KeyOrNone = ""
    product_id: _KeyOrNone = ""
    fact_id: _KeyOrNone = ""
    reason: _Word = ""
    view: dict[str, Any] = {}
    settled_at: _Instant | None = None
    settled_by: _Text = ""
    answer: _Word = ""
    note: _Text = ""


_DISAGREEMENT = msgspec.json.Decoder(_Disagreement)


def read_disagreement(raw: msgspec.Raw) -> ExceptionChange:
    """Raises msgspec's errors and BrokenRuleError."""
    require(len(bytes(raw)) <= MAX_VIEW_BYTES, "a disagreement too large to show")
    wire = _DISAGREEMENT.decode(raw)
    return ExceptionChange(
        Disagreement(
            exception_id=wire.exception_id,
            kind=clean(wire.kind),
            opened_at=utc(wire.opened_at),
            order_id=wire.order_id,
            product_id=wire.product_id,
            fact_id=wire.fact_id,
            reason=clean(wire.reason),
            view=wire.view,
            settled_at=utc_or_none(wire.settled_at),
            settled_by=clean(wire.settled_by),
            answer=clean(wire.answer),
            note=clean(wire.note),
        )
    )
